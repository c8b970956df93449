"""Programs that tests need and pip does not install: a TeX engine, for one."""

from __future__ import annotations

import os
import shutil

import pytest

REQUIRED = "TOOLS_REQUIRED"  # set by .ci/run, where nothing may be skipped


def tool(name: str, use: str) -> str:
    """The path of the program; where there is none, the test is skipped, or fails if the environment says so."""
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is not installed, which {use}"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{missing}; {REQUIRED} is set, so .ci/run has to install it", pytrace=False)
        pytest.skip(missing)
    return path
