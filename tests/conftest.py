"""What several test files share."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("shared machines", deadline=None)
settings.load_profile("shared machines")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden DOT files anew; then look at the diff"
    )


@pytest.fixture
def no_system_dot(monkeypatch, tmp_path):
    """A machine without Graphviz: nothing on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
