"""DEBUGGING.md keeps its word: its commands are run, in pdb itself, and a learner would see what it says."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.rules import RULES
from tests.primer import WEIGHTS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "engine" / "debugger" / "DEBUGGING.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)
ACCUMULATION, *_, LESSON = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
VALUE = (ROOT / "engine" / "value.py").read_text().splitlines()

NEURONS = f"""
from nn import MLP, half_squared_error
half_squared_error(MLP.from_weights({WEIGHTS}, activation="tanh")([1, 2]), [1, 1.15]).backward()
"""


@pytest.fixture
def lesson(tmp_path):
    """A folder with the program of the guide, and the engine within reach, as in a clone."""
    (tmp_path / "lesson.py").write_text(LESSON)
    (tmp_path / "engine").symlink_to(ROOT / "engine")
    return tmp_path


def shell(command, *typed, cwd):
    """What a command of the guide shows for each line that is typed at its prompt."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": path}
    done = subprocess.run(
        ["bash", "-euc", command], input="\n".join([*typed, "q"]), env=variables, cwd=cwd, capture_output=True,
        check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split("(Pdb) ")


def command(part):
    (found,) = [block for block in SHELL if part in block]
    return found


def test_the_line_is_found_and_is_the_only_one(lesson):
    (shown,) = shell(command("grep -n 'operand.grad += local' engine/value.py\n"), cwd=lesson)
    line, _, text = shown.partition(":")
    assert shown.count("\n") == 1
    assert text.strip() == ACCUMULATION.strip() == VALUE[int(line) - 1].strip()


def test_pdb_stops_on_the_accumulation_line_with_its_four_names(lesson):
    stopped, names, displayed, done, at_next, *_ = shell(
        command("pdb -c \"break engine/value.py:$line\" -c"),
        "p node, operand, local, upstream", "display operand.grad", "n", "c", cwd=lesson,
    )  # fmt: skip
    assert "-> operand.grad += local * upstream" in stopped
    assert names == "(Value(E = 0.05684, grad = 1), Value(−0.2384, grad = —), -0.4768116880884703, 1.0)\n"
    assert displayed == "display operand.grad: 0.0\n"
    assert "display operand.grad: -0.4768116880884703  [old: 0.0]" in done
    assert "-> operand.grad += local * upstream" in at_next


def test_a_condition_on_the_label_stops_at_one_node(lesson):
    conditioned, stopped, names, *_ = shell(
        command("pdb -c \"break engine/value.py:$line\" -c"),
        'condition 1 node.label == "z"', "c", "p node, operand, local, upstream", cwd=lesson,
    )[1:]  # fmt: skip
    assert "New condition set for breakpoint 1" in conditioned
    assert "-> operand.grad += local * upstream" in stopped
    assert names == "(Value(z = 0.7616, grad = −0.4768), Value(1, grad = —), 0.419974341614026, -0.4768116880884703)\n"


@pytest.mark.parametrize("condition", ['node.name == "a₂⁽¹⁾"', '"a₂⁽¹⁾" in str(node)'])
def test_a_condition_on_the_name_stops_at_one_neuron(lesson, condition):
    assert f"`condition 1 {condition}`" in GUIDE
    (lesson / "lesson.py").write_text(NEURONS)
    shown = shell(
        command('pdb -c "break engine/value.py:$line" -c'),
        f"condition 1 {condition}",
        "c",
        "p node, operand",
        cwd=lesson,
    )
    assert shown[3].startswith("(Value(a₂⁽¹⁾ = 1.1, grad = −0.03752), Value(w₂,₁⁽¹⁾ = 0.3, grad = —))")


def test_stepping_into_a_rule_lands_on_its_row(lesson):
    _, names, call, on_the_row, row_names, returned, *_ = shell(
        command("op.locals(out, x.data)"), "p op, x, out", "s", "s", "p out, x", "r", cwd=lesson
    )
    assert names == "(<rule tanh>, Value(1, grad = —), 0.7615941559557649)\n"
    _, row = inspect.getsourcelines(RULES["tanh"].locals)
    assert re.search(rf"engine/rules\.py\({row}\)<lambda>\(\)\n-> Rule\(\"tanh\"", on_the_row)
    assert "--Call--" in call
    assert row_names == "(0.7615941559557649, 1.0)\n"
    assert re.search(r"--Return--\n.*->\(0\.4199743416140\d+,\)", returned)


def test_the_line_of_rules_with_several_operands_is_there_too():
    assert sum("op.locals(out, *numbers)" in line for line in VALUE) == 1


def test_the_reversible_debugger_runs_the_lesson(lesson):
    (shown,) = shell(command("python -m engine.debugger lesson.py"), "break z", "c", cwd=lesson)
    assert "breakpoint 1: break z" in shown


def test_the_configurations_for_vs_code_start_what_is_there():
    text = re.sub(r"^\s*//.*$", "", (ROOT / ".vscode" / "launch.json").read_text(), flags=re.M)
    configurations = json.loads(text)["configurations"]
    assert all(not configuration["justMyCode"] for configuration in configurations)
    for configuration in configurations:
        assert f"*{configuration['name']}*" in GUIDE or configuration["name"] == "The primer's demo"
        module = configuration.get("module", "engine").replace(".", "/")
        assert (ROOT / module).exists() or (ROOT / f"{module}.py").exists()
