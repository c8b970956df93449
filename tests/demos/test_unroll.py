"""The unrolled primer: what the demo prints is a program."""

from __future__ import annotations

import subprocess
import sys
from ast import literal_eval

import pytest

from demos.unroll import DEMO
from tests.primer import DW1, DW2


@pytest.mark.parametrize("notation", ["bishop", "nielsen"])
def test_what_is_printed_runs_and_gives_the_primers_reference_gradients(capsys, notation):
    assert DEMO.main(["--notation", notation]) == 0
    done = subprocess.run(
        [sys.executable, "-I", "-"], input=capsys.readouterr().out, capture_output=True, encoding="utf-8"
    )
    _, gradient = literal_eval(done.stdout)
    assert gradient == pytest.approx([x for row in (*DW1, *DW2) for x in row], abs=1e-7)


def test_the_groups_are_the_layers(capsys):
    assert DEMO.main(["--groups"]) == 0
    assert capsys.readouterr().out.count("matrix product") == 2
