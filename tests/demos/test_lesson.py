"""The lesson: a program that runs by itself, and whose gradient is the one that its docstring derives."""

from __future__ import annotations

import subprocess
import sys
from math import tanh
from pathlib import Path

from demos.lesson import DEMO
from engine.support.numerals import number

x, w = 2.0, 0.5
z = tanh(w * x)
SHOWN = f"Value(w = 0.5, grad = {number(2 * (z - 1) * (1 - z**2) * x)})\n"


def test_it_prints_the_gradient_that_the_chain_rule_gives(capsys):
    assert DEMO.main([]) == 0
    assert capsys.readouterr().out == SHOWN


def test_it_runs_as_a_module_which_other_debuggers_start(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "demos.lesson"], cwd=tmp_path, capture_output=True, encoding="utf-8",
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, SHOWN, "")
