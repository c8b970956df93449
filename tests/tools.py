"""What tests need and may lack: programs that pip does not install, such as a TeX engine, and large libraries."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parent / "viz" / "live" / "node_modules"  # npm install --prefix tests/viz/live
REQUIRED = "TOOLS_REQUIRED"  # set by .ci/run, where nothing may be skipped
LIBRARIES_REQUIRED = (
    "LIBRARIES_REQUIRED"  # the same for libraries, by name: .ci/run has an environment for the large ones
)


def tool(name: str, use: str) -> str:
    """The path of the program; where there is none, the test is skipped, or fails if the environment says so."""
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is not installed, which {use}"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{missing}; {REQUIRED} is set, so .ci/run has to install it", pytrace=False)
        pytest.skip(missing)
    return path


def package(name: str, use: str) -> Path:
    """The folder of a package of npm; where it is not installed, the test is skipped, or fails if that is asked for."""
    path = PACKAGES / name
    if not path.is_dir():
        missing = f"{name} is not installed by npm, which {use}"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{missing}; {REQUIRED} is set, so .ci/run has to install it", pytrace=False)
        pytest.skip(missing)
    return path


def library(name: str, use: str) -> Any:
    """The module; where its library is not installed, the test is skipped, or fails if the environment says so."""
    package = name.partition(".")[0]
    if find_spec(package) is None:
        missing = f"{package} is not installed, which {use}"
        if package in os.environ.get(LIBRARIES_REQUIRED, "").split():
            pytest.fail(f"{missing}; {LIBRARIES_REQUIRED} names it, so .ci/run has to install it", pytrace=False)
        pytest.skip(missing)
    return import_module(name)
