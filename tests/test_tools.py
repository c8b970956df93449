"""A program or a library that a test needs: there, or a reason to skip, or, where nothing may be skipped, to fail."""

import math
import sys
from pathlib import Path

import pytest

from tests.tools import LIBRARIES_REQUIRED, REQUIRED, library, tool

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


def test_a_library_is_the_module_of_its_name():
    assert library("math", "computes") is math


def test_without_a_library_the_test_is_skipped_unless_it_is_named_as_required(monkeypatch):
    missing = "no_such_library is not installed, which computes nothing"
    monkeypatch.setenv(LIBRARIES_REQUIRED, "another one")
    with pytest.raises(pytest.skip.Exception) as skipped:
        library("no_such_library.part", "computes nothing")
    assert str(skipped.value) == missing
    monkeypatch.setenv(LIBRARIES_REQUIRED, "another no_such_library")
    with pytest.raises(pytest.fail.Exception) as failed:
        library("no_such_library.part", "computes nothing")
    assert str(failed.value) == f"{missing}; LIBRARIES_REQUIRED names it, so .ci/run has to install it"
