"""What several test files share."""

from __future__ import annotations

import pytest
from hypothesis import settings

import engine.operations
from engine.derivatives import ROWS
from engine.readings import arrays
from engine.readings.formulas import SYMBOLIC
from engine.readings.python import CALLED, INLINED
from engine.rules import RULES

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


@pytest.fixture
def operations_forgotten():
    """Outside of tests an operation of one's own is there for good."""
    before = {*RULES}
    yield
    for name in {*RULES} - before:
        del RULES[name], engine.operations._operations[name]
        for reading in (arrays.ROWS, arrays.WRITTEN, arrays.STACKS, SYMBOLIC, ROWS, CALLED, INLINED):
            reading.pop(name, None)
