"""A program that a test needs: there, or a reason to skip, or, where nothing may be skipped, to fail."""

import sys
from pathlib import Path

import pytest

from tests.tools import REQUIRED, tool

MISSING = "no-such-program is not installed, which draws what is never drawn"


def missing():
    return tool("no-such-program", "draws what is never drawn")


def test_a_program_is_found_by_its_name(monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert Path(tool(Path(sys.executable).name, "runs this")) == Path(sys.executable)


def test_without_it_the_test_is_skipped(monkeypatch):
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception) as raised:
        missing()
    assert str(raised.value) == MISSING


def test_where_tools_are_required_the_test_fails(monkeypatch):
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception) as raised:
        missing()
    assert str(raised.value) == f"{MISSING}; TOOLS_REQUIRED is set, so .ci/run has to install it"
