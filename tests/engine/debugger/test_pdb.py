"""DEBUGGING.md keeps its word: its commands are run, in pdb itself, and a learner would see what it says.

They are run in a folder of the learner's own, outside of the clone, with a program that lies there, too.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

import demos.lesson
from engine.rules import RULES
from engine.value import record, unary
from tests.primer import WEIGHTS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "engine" / "debugger" / "DEBUGGING.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)
WHERE, CHAIN_RULE, INTO_A_ROW, REVERSIBLE = SHELL
ACCUMULATION, LESSON = re.findall(r"```python\n(.*?)```", GUIDE, re.S)

MINE = "from engine import Value\n" + LESSON
NEURONS = f"""
from nn import MLP, half_squared_error
half_squared_error(MLP.from_weights({WEIGHTS}, activation="tanh")([1, 2]), [1, 1.15]).backward()
"""


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


def of_mine(command, folder, program=MINE):
    """The command with a program of one's own in the place of the lesson, as the guide says."""
    (folder / "my_program.py").write_text(program)
    assert command.endswith(" -m demos.lesson\n")
    return command.replace("-m demos.lesson", "my_program.py")


@pytest.fixture(params=["the lesson", "a program of one's own"])
def program(request, tmp_path):
    """What makes a command of the guide run the one or the other."""
    return (lambda command: command) if request.param == "the lesson" else lambda command: of_mine(command, tmp_path)


def test_the_lesson_of_the_guide_is_the_demo():
    body = inspect.getsource(demos.lesson.lesson).partition("\n")[2]
    assert body == indent(LESSON, "    ") + "    return 0\n"


def test_the_line_is_printed_and_is_the_only_one(tmp_path):
    (shown,) = shell(WHERE, cwd=tmp_path)
    path, _, line = shown.removesuffix("\n").rpartition(":")
    lines = Path(path).read_text().splitlines()
    assert Path(path) == ROOT / "engine" / "value.py"
    assert [number for number, text in enumerate(lines, 1) if text.strip() == ACCUMULATION.strip()] == [int(line)]


def test_pdb_stops_on_the_accumulation_line_with_its_four_names(program, tmp_path):
    stopped, names, displayed, done, at_next, *_ = shell(
        program(CHAIN_RULE), "p node, operand, local, upstream", "display operand.grad", "n", "c", cwd=tmp_path
    )
    assert "-> operand.grad += local * upstream" in stopped
    assert names == "(Value(E = 0.05684, grad = 1), Value(−0.2384, grad = —), -0.4768116880884703, 1.0)\n"
    assert displayed == "display operand.grad: 0.0\n"
    assert "display operand.grad: -0.4768116880884703  [old: 0.0]" in done
    assert "-> operand.grad += local * upstream" in at_next


@pytest.mark.parametrize(
    ("condition", "edge"),
    [
        ('node.called("z")', "(Value(z = 0.7616, grad = −0.4768), Value(1, grad = —), 0.419974341614026)\n"),
        ('operand.called("w")', "(Value(1, grad = −0.2002), Value(w = 0.5, grad = —), 2.0)\n"),
    ],
)
def test_a_condition_on_what_a_node_is_called_stops_there(program, tmp_path, condition, edge):
    assert f"`condition 1 {condition}`" in GUIDE
    _, conditioned, stopped, names, *_ = shell(
        program(CHAIN_RULE), f"condition 1 {condition}", "c", "p node, operand, local", cwd=tmp_path
    )
    assert "New condition set for breakpoint 1" in conditioned
    assert "-> operand.grad += local * upstream" in stopped
    assert names == edge


@pytest.mark.parametrize("name", ["a[1][2]", "delta[1][2]", "a₂⁽¹⁾"])
def test_a_condition_that_a_keyboard_has_stops_at_one_neuron(tmp_path, name):
    assert f'`node.called("{name}")`' in GUIDE
    command = of_mine(CHAIN_RULE, tmp_path, NEURONS)
    shown = shell(command, f'condition 1 node.called("{name}")', "c", "p node, operand", cwd=tmp_path)
    assert shown[3] == "(Value(a₂⁽¹⁾ = 1.1, grad = −0.03752), Value(w₂,₁⁽¹⁾ = 0.3, grad = —))\n"


# ── into a row ─────────────────────────────────────────────────────────────────────────────────


def test_the_command_for_a_rule_stops_on_its_row_where_its_derivative_is_taken(program, tmp_path):
    stopped, numbers, caller, names, row, returned, *_ = shell(
        program(INTO_A_ROW), "p out, x", "u", "p op, x, out", "d", "r", cwd=tmp_path
    )
    _, line = inspect.getsourcelines(RULES["tanh"].locals)
    shown = f"> {ROOT}/engine/rules.py({line})<lambda>()\n-> textbook=lambda out, x: (1.0 - out**2,), "
    assert shown in stopped
    assert numbers == "(0.7615941559557649, 1.0)\n"
    assert "unary()" in caller
    assert names == "(<rule tanh>, Value(1, grad = —), 0.7615941559557649)\n"
    assert row.startswith(shown)
    assert re.search(r"--Return--\n.*->\(0\.4199743416140\d+,\)", returned)


def line_of(function, part):
    lines, first = inspect.getsourcelines(function)
    (found,) = [first + i for i, line in enumerate(lines) if part in line]
    return f"{inspect.getsourcefile(function)}:{found}"


CALLED = {"unary": line_of(unary, "op.locals(out, x.data)"), "record": line_of(record, "op.locals(out, *numbers)")}


@pytest.mark.parametrize(
    ("name", "caller", "textbook"),
    [
        ("tanh", "unary", "1.0 - out**2"),
        ("sigmoid", "unary", "out * (1.0 - out)"),
        ("relu", "unary", "where(x > 0.0, 1.0, 0.0)"),
        ("sqrt", "record", "1.0 / (2.0 * out)"),
    ],
)
def test_stepping_from_the_call_of_a_row_shows_the_textbooks_form_first(tmp_path, name, caller, textbook):
    command = f"python -m pdb -c \"break {CALLED[caller]}, op.name == '{name}'\" -c continue -m demos.lesson\n"
    program = dedent(f"""
        from engine import Value
        Value(2.0, "x").{name}()
    """)
    _, call, on_the_row, *_ = shell(of_mine(command, tmp_path, program), "s", "s", cwd=tmp_path)
    assert "--Call--" in call
    assert on_the_row.split("\n")[1].startswith(f"-> textbook=lambda out, x: ({textbook},), locals=lambda out, x: (")


# ── the reversible debugger, and editors ───────────────────────────────────────────────────────


def test_the_reversible_debugger_runs_the_lesson(program, tmp_path):
    (shown,) = shell(program(REVERSIBLE), "break z", "c", cwd=tmp_path)
    assert "breakpoint 1: break z" in shown
    assert shown.endswith("Value(w = 0.5, grad = −0.4005)\n")


def test_the_configurations_for_vs_code_start_what_is_there():
    text = re.sub(r"^\s*//.*$", "", (ROOT / ".vscode" / "launch.json").read_text(), flags=re.M)
    configurations = json.loads(text)["configurations"]
    assert all(not configuration["justMyCode"] for configuration in configurations)
    for configuration in configurations:
        assert f"*{configuration['name']}*" in " ".join(GUIDE.split()) or configuration["name"] == "The primer's demo"
        module = configuration.get("module", "engine").replace(".", "/")
        assert (ROOT / module).exists() or (ROOT / f"{module}.py").exists()
