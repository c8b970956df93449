"""`python -m engine.debugger SCRIPT`: the program is as without it, but for the stops."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.rules import RULES

ROOT = Path(__file__).parents[3]

TRAIN = """\
import random
import sys

from nn import MLP, squared_error

print(sys.argv, sys.path[0], __file__, __name__, sys.modules["__main__"].sys is sys)
random.seed(1)
model = MLP(2, [2, 1], activation="tanh")
for epoch in range(3):
    model.zero_grad()
    loss = squared_error(model([1.0, -1.0]), 0.5)
    loss.backward()
    for parameter in model.parameters():
        parameter.data -= 0.1 * parameter.grad
    print(f"epoch {epoch}: {loss.data!r}")
"""
SESSION = re.compile(r"backward\(\)(?: number \d+)? from .*\n(?:(?!\(backward ).*\n)*|\(backward \d+/\d+\) .*\n")


def run(arguments, typed="", *, cwd, debugged=True):
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", *(["-m", "engine.debugger"] if debugged else []), *arguments]
    return subprocess.run(
        command, input=typed, env=variables, cwd=cwd, capture_output=True, check=False, encoding="utf-8"
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    return tmp_path


def program(folder, ending=""):
    (folder / "inner" / "train.py").write_text(TRAIN + ending)
    return ["inner/train.py", "--lr", "0.1", "δ"]


ENDINGS = {
    "the end": "",
    "sys.exit(3)": "sys.exit(3)",
    "sys.exit(text)": "sys.exit('enough')",
    "an error": "def g():\n    raise KeyError('x')\ng()",
    "an error with a cause": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('v') from e",
    "a deep error": "def g(n):\n    g(n - 1) if n else 1 / 0\ng(500)",
    "its own excepthook": "sys.excepthook = lambda *e: print('mine', e[0].__name__)\n1 / 0",
    "at exit": "import atexit\natexit.register(lambda: print(sys.modules['__main__'].epoch))",
    "an interrupt": "raise KeyboardInterrupt",
    "an undefined derivative": "from engine import Value\n(Value(0.0, 'x') ** 0.5).backward()",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=list(ENDINGS))
@pytest.mark.parametrize("typed", ["", "detach\n", "quit\n" * 4], ids=["end of input", "detach", "quit"])
def test_output_arguments_exit_code_and_traceback_are_as_without_it(folder, ending, typed):
    arguments = program(folder, ending)
    plain = run(arguments, cwd=folder, debugged=False)
    debugged = run(arguments, typed, cwd=folder)
    assert (debugged.returncode, debugged.stderr) == (plain.returncode, plain.stderr)
    assert SESSION.sub("", debugged.stdout) == plain.stdout


def test_it_stops_where_asked_in_each_pass_and_lets_the_program_run_on(folder):
    arguments = program(folder)
    typed = "break a[1][1]\nc\nq\nc\nprint δ₁⁽¹⁾\nq\nrc\nc\nc\nq\n"
    done = run(arguments, typed, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("breakpoint 1: break a[1][1]\n") == 4
    assert [line for line in done.stdout.splitlines() if line.startswith("backward()")] == [
        f"backward(){number} from E = {loss}: 21 steps, at train.py:12: loss.backward()"
        for number, loss in (("", "0.3244"), (" number 2", "0.08869"), (" number 3", "0.02439"))
    ]
    assert SESSION.findall(done.stdout)
    plain = run(arguments, cwd=folder, debugged=False).stdout.splitlines()
    assert [line for line in done.stdout.splitlines() if line.startswith("epoch")] == plain[1:]


def test_the_first_screen_comes_once(folder):
    done = run(program(folder), "q\nq\nq\n", cwd=folder)
    assert done.stdout.count("operand.grad += local * upstream") == 1


def test_a_breakpoint_that_a_graph_does_not_have_waits_for_one_that_does(folder):
    (folder / "two.py").write_text(
        "from engine import Value\nx, y = Value(2.0, 'x'), Value(3.0, 'y')\n"
        "(x * y).backward()\n(x + 1).backward()\n(x * y).backward()\n"
    )
    done = run(["two.py"], "break y\nq\ninfo\nc\nq\nc\n", cwd=folder)
    assert "1: break y   (not in this graph)" in done.stdout
    assert done.stdout.rpartition("number 3")[2].count("breakpoint 1: break y") == 1


def test_the_program_and_the_debugger_share_standard_input(folder):
    (folder / "ask.py").write_text(
        "from engine import Value\nname = input()\nx = Value(2.0, name)\n(x * x).backward()\nprint(x, input())\n"
    )
    done = run(["ask.py"], "theta\ns\nq\nthe end\n", cwd=folder)
    assert "contributes 2 · 1 = 2 to theta" in done.stdout
    assert done.stdout.endswith("Value(theta = 2, grad = 4) the end\n")


def test_a_program_that_redirects_its_output_keeps_it_to_itself(folder):
    (folder / "quiet.py").write_text(
        "import contextlib, io\nfrom engine import Value\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n    Value(1.0).exp().backward()\n    print('mine')\n"
        "assert out.getvalue() == 'mine\\n'\n"
    )
    done = run(["quiet.py"], "s\nq\n", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "step 1:" in done.stdout


def test_a_module_is_run_with_m(folder):
    program(folder)
    done = run(["-m", "inner.train", "a"], "detach\n", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"['{folder}/inner/train.py', 'a'] {folder} {folder}/inner/train.py __main__ True" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py"], "can't open 'nowhere.py': No such file or directory"),
        (["inner"], "can't open 'inner': Is a directory"),
        (["-m", "nowhere"], "there is no module 'nowhere'"),
        (["-m", "nowhere.at.all"], "there is no module 'nowhere.at.all'"),
        ([], "usage: python -m engine.debugger SCRIPT"),
        (["-m"], "usage: python -m engine.debugger SCRIPT"),
        (["--where", "tanhh"], "the table has no rule 'tanhh'; did you mean tanh or tan?"),
        (["--where", "σ"], f"the table has no rule 'σ'; there are {', '.join(sorted(RULES))}\n"),
        (["--where", "tanh", "relu"], "--where takes one rule, or none; got tanh relu\n"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_code_2(folder, arguments, message):
    done = run(arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"python -m engine.debugger: {message}")
    assert done.stderr.count("\n") == 1


def test_help_tells_how_to_run_a_program_and_what_where_prints(folder):
    done = run(["--help"], cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    first, *where = done.stdout.splitlines(keepends=True)
    assert first.startswith("usage: python -m engine.debugger SCRIPT [ARGUMENTS], or -m MODULE [ARGUMENTS]; stops at ")
    assert "".join(where) == (
        "       python -m engine.debugger --where         prints FILE:LINE of operand.grad += local * upstream\n"
        "       python -m engine.debugger --where RULE    prints FILE:LINE, CONDITION for the derivative of tanh, say\n"
    )


def test_a_program_that_is_no_python_fails_as_without_it(folder):
    (folder / "broken.py").write_text("x = (\n")
    plain, debugged = (run(["broken.py"], cwd=folder, debugged=debugged) for debugged in (False, True))
    assert (debugged.returncode, debugged.stdout) == (plain.returncode, plain.stdout)
    assert debugged.stderr.replace(f"{folder}/", "") == plain.stderr.replace(f"{folder}/", "")


def test_ctrl_c_completes_the_pass_and_the_program_runs_on(folder):
    program(folder)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-m", "engine.debugger", "inner/train.py"],
        cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"s\n")
        process.stdin.flush()
        while b"step 1:" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(b"detach\ndetach\n")
    assert (process.returncode, errors) == (0, b"")
    assert b"epoch 0: 0.324" in out
    assert b"epoch 2: 0.024" in out


def test_where_nothing_can_be_typed_it_is_said_once_and_the_program_runs_as_without(folder):
    arguments = program(folder)
    command = shlex.join([sys.executable, "-m", "engine.debugger", *arguments]) + " <&-"  # no standard input at all
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, check=False, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = [line for line in done.stdout.splitlines() if "nothing can be typed here" in line]
    assert len(said) == 1
    plain = run(arguments, cwd=folder, debugged=False).stdout.splitlines()
    assert [line for line in done.stdout.splitlines() if line.startswith("epoch")] == plain[1:]
