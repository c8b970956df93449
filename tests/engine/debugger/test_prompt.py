"""The debugger at a pipe: every command, every refusal in one line, and gradients as `backward()` leaves them."""

from __future__ import annotations

import importlib
import io
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, on_gradient, sqrt, tanh, topological_order
from engine.debugger import drawing
from engine.debugger.conversation import ALIASES, TOPICS
from engine.debugger.prompt import Debugger
from nn import BISHOP, MLP, NIELSEN, half_squared_error
from tests.primer import WEIGHTS

ROOT = Path(__file__).parents[3]
PRIMER = f"""
from nn import MLP, half_squared_error
loss = half_squared_error(MLP.from_weights({WEIGHTS}, activation="tanh")([1, 2]), [1, 1.15])
"""


def primer():
    return half_squared_error(MLP.from_weights(WEIGHTS, activation="tanh")([1, 2]), [1, 1.15])


def reused():
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    loss = y + 2 * x
    loss.label = "E"
    return loss


def session(root, *commands):
    """What each command answers, after the first screen."""
    out = io.StringIO()
    root.debug(io.StringIO("".join(f"{command}\n" for command in commands)), out)
    first, *rest = out.getvalue().split("(backward ")
    shown = list(commands) if commands and commands[-1] in ("q", "quit", "detach") else [*commands, ""]
    echoes, answers = zip(*(part.split(") ", 1)[1].split("\n", 1) for part in rest), strict=True)
    assert list(echoes) == shown  # what came in is seen, so that a transcript reads as it would on a screen
    return first, list(answers)


def answer(root, *commands):
    """What the last of the commands answers."""
    return session(root, *commands, "q")[1][len(commands) - 1].rstrip("\n")


def state(root):
    return [(repr(node.grad), node.reached) for node in topological_order(root)]


def after_backward(root):
    root.backward()
    return state(root)


# ── the first screen ───────────────────────────────────────────────────────────────────────────


def test_the_first_screen_teaches_enough_to_go_on():
    first, _ = session(primer(), "q")
    assert len(first.splitlines()) == 8
    assert first.startswith("backward() from E = 0.1316: 36 steps\n")
    assert "operand.grad += local * upstream" in first
    for word in ("step", "back", "break a[1][1]", "continue", "next", "sum", "why", "set", "help", "quit", "□"):
        assert word in first


def test_every_command_has_help_with_its_usage_and_is_listed():
    listed = answer(primer(), "help")
    commands = " ".join(TOPICS.values()).split()
    assert {name for name in dir(Debugger) if name.startswith("do_")} == {f"do_{c}" for c in commands} | {"do_EOF"}
    for name in commands:
        assert f"\n  {name}" in listed
        assert answer(primer(), f"help {name}").startswith(name)
    assert set(ALIASES.values()) <= set(commands)


# ── moving in time ─────────────────────────────────────────────────────────────────────────────


def test_step_and_back_do_and_undo_one_event():
    _, (one, two, undone, repeated, *_) = session(primer(), "s", "step 2", "back", "", "q")
    assert one == "step 1: E contributes 0.5 · 1 = 0.5 to (y₁ − t₁)² + (y₂ − t₂)²\n"
    assert [line.split(":")[0] for line in two.splitlines()] == ["step 2", "step 3"]
    assert [line.split(":")[0] for line in undone.splitlines()] == ["undone", "step 2"]
    assert [line.split(":")[0] for line in repeated.splitlines()] == ["undone", "step 1"]


def test_next_stops_where_the_next_delta_is_complete():
    _, answers = session(primer(), *["n"] * 6, "q")
    reached = [text.splitlines()[0].rpartition(" to ")[2] for text in answers[:5]]
    assert reached == ["a₂⁽²⁾", "a₁⁽²⁾", "a₃⁽¹⁾", "a₂⁽¹⁾", "a₁⁽¹⁾"]
    assert "The pass is complete" in answers[5]


def test_next_without_neurons_says_what_to_use():
    assert answer(reused(), "n") == "no neuron in this graph gets a gradient; use step, or continue"


def test_a_breakpoint_stops_time_from_either_side_at_the_same_place():
    _, answers = session(primer(), "break z[1][1]", "c", "c", "rc", "rc", "q")
    assert answers[0] == "breakpoint 1: break z[1][1]\n"
    assert answers[1].splitlines()[1:] == ["∂E/∂z₁⁽¹⁾ is complete: −0.05277", "breakpoint 1: break z[1][1]"]
    assert "The pass is complete" in answers[2]
    assert answers[3] == answers[1]
    assert answers[4] == "at the beginning: nothing has been yet\n"


def test_goto_goes_there_whatever_breakpoints_say():
    _, answers = session(primer(), "watch w[2][1,1]", "goto 20", "goto 5", "goto 5", "goto 0", "goto 36", "q")
    assert [text.split(":")[0] for text in answers[1:6]] == [
        "step 20",
        "step 5",
        "step 5",
        "at the beginning",
        "step 36",
    ]
    assert "breakpoint" not in "".join(answers[1:])


# ── stopping ───────────────────────────────────────────────────────────────────────────────────


def test_a_temporary_breakpoint_stops_once():
    _, answers = session(primer(), "tbreak if contribution > 0", "c", "info", "c", "q")
    assert "breakpoint 1: tbreak if contribution > 0" in answers[1]
    assert "no breakpoints" in answers[2]
    assert "The pass is complete" in answers[3]


def test_a_watch_stops_at_each_contribution():
    _, answers = session(reused(), "watch x", "c", "c", "c", "c", "q")
    assert [text.splitlines()[0].rpartition(", ")[2] for text in answers[2:4]] == ["which makes 5", "which makes 8"]
    assert "∂E/∂x is complete: 8" in answers[3]


def test_a_condition_speaks_of_the_event():
    stopped = answer(primer(), 'break if node == "a₁⁽¹⁾" and abs(contribution) < 0.01', "c")
    assert stopped.startswith("step 35: a₁⁽¹⁾ contributes 0.1 · −0.04150 = −0.004150 to x₁")


def test_a_condition_that_fails_says_so_stops_there_and_stays():
    _, answers = session(primer(), "break if 1 / (local - 1) > 100", "c", "info", "c", "q")
    first, *_ = answers[1].splitlines()
    assert first.startswith("can't tell whether breakpoint 1: break if 1 / (local - 1) > 100 holds: ")
    assert "division by zero" in first
    assert answers[1].splitlines()[1].startswith("step 2:")
    assert "1: break if 1 / (local - 1) > 100" in answers[2]
    assert answers[3].splitlines()[1].startswith("step 3:")


def test_breakpoints_are_listed_and_deleted():
    _, answers = session(primer(), "br δ₁⁽¹⁾", "w E", "watch x[1]", "d 1", "i", "d 7", "d", "info", "q")
    assert answers[4] == "step 0 of 36; E = 0.1316, ∂E/∂E = 1\n2: watch x[1]\n"
    assert answers[5] == "there is no breakpoint 1; there are: 2\n".replace("1;", "7;")
    assert answers[7].endswith("no breakpoints\n")


# ── looking ────────────────────────────────────────────────────────────────────────────────────


def test_the_ledger_shows_what_is_to_come_as_a_box():
    _, answers = session(reused(), "sum x", "s 2", "sum x", "s", "sum x", "c", "sum x", "q")
    assert answers[0] == "∂E/∂x = 2·□ [via 2 · x] + 3·□ [via y] + 3·□ [via y] = □, 0 of 3 terms\n"
    assert answers[2] == "∂E/∂x = 2·□ [via 2 · x] + 3·□ [via y] + 3·□ [via y] = □, 0 of 3 terms\n"
    assert answers[4] == "∂E/∂x = 2·1 [via 2 · x] + 3·□ [via y] + 3·□ [via y] = 2 so far, 1 of 3 terms\n"
    assert answers[6] == "∂E/∂x = 2·1 [via 2 · x] + 3·1 [via y] + 3·1 [via y] = 8\n"


def test_an_earlier_pass_is_told_once_the_pass_is_complete():
    loss = reused()
    loss.backward()
    assert answer(loss, "c", "p x") == "x = 3, ∂E/∂x = 8 in this pass; with what was there before, grad = 16"


def test_print_shows_the_event_a_node_or_an_expression():
    _, answers = session(
        primer(), "p", "p grad", "n", "p", "p δ₂⁽²⁾", "p contribution / local", "p operand", "p 1 < 2", "q"
    )
    assert answers[0] == "step 0 of 36; nothing has been yet, so there is no event to print\n"
    assert answers[1] == "an expression is about the last event, and none has been yet\n"
    assert answers[3].splitlines()[2:] == [
        "local        = 1",
        "upstream     = −0.003658",
        "contribution = −0.003658",
        "before       = 0",
        "after        = −0.003658",
    ]
    assert answers[4] == "a₂⁽²⁾ = 1.146, δ₂⁽²⁾ = −0.003658\n"
    assert answers[5:8] == ["−0.003658\n", answers[4], "True\n"]


def test_where_is_the_way_from_the_loss_through_this_event():
    lines = answer(primer(), "goto 25", "where").splitlines()
    assert lines[0] == "E"
    assert [line.split()[1] for line in lines[-3:]] == ["z₃⁽¹⁾", "a₃⁽¹⁾", "x₁"]
    assert lines[-1].split() == ["→", "x₁", "×", "0.5"]
    assert answer(primer(), "where w[2][1,1]").splitlines()[-1].split() == ["→", "w₁,₁⁽²⁾", "×", "0.4621"]


def test_list_shows_the_events_around():
    lines = answer(primer(), "goto 26", "list 2").splitlines()
    assert lines == [
        "✓ 25  a₃⁽¹⁾ → x₁       0.5·(−0.01952) = −0.009758",
        "→ 26  a₃⁽¹⁾ → x₂       0.6·(−0.01952) = −0.01171",
        "□ 27  z₂⁽¹⁾ → a₂⁽¹⁾    0.3592·(−0.1044) = □",
        "□ 28  a₂⁽¹⁾ → w₂,₁⁽¹⁾  1·□ = □",
    ]


def test_why_answers_with_the_chain_rule_once_the_gradient_is_complete():
    _, answers = session(primer(), "why δ₂⁽¹⁾", "break δ₂⁽¹⁾", "c", "why δ₂⁽¹⁾", "q")
    assert answers[0].startswith("not complete yet: δ₂⁽¹⁾ = 0.3592·□ [via z₂⁽¹⁾] = □")
    assert "−0.03752" in answers[3]


def test_draw_writes_the_graph_as_of_this_step(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    importlib.import_module("viz")
    assert answer(primer(), "s 3", "draw") == "wrote backward-3.svg"
    assert (tmp_path / "backward-3.svg").read_text().startswith("<?xml")
    assert answer(primer(), "draw missing/x.svg").startswith("[Errno 2] No such file or directory: ")
    assert "unknown format 'gif'" in answer(primer(), "draw x.gif")


def test_draw_asks_for_an_import_where_nothing_that_draws_was_imported(monkeypatch):
    monkeypatch.setattr(drawing, "_handed_in", [])
    told = "draw: nothing that draws has been imported; write `import viz` in the program, and start again"
    assert answer(primer(), "draw") == told


def test_draw_gives_what_it_draws_to_the_function_that_was_handed_in_last(monkeypatch):
    monkeypatch.setattr(drawing, "_handed_in", [])
    drawn = []
    drawing.draw_with(lambda *_: drawn.append("the first"))
    drawing.draw_with(lambda trace, notation, path: drawn.append((trace.root, trace.position, notation, path)))
    loss = primer()
    assert answer(loss, "s 3", "draw ~/step.svg") == "wrote ~/step.svg"
    assert drawn == [(loss, 3, BISHOP, os.path.expanduser("~/step.svg"))]


# ── notation ───────────────────────────────────────────────────────────────────────────────────


def nielsens():
    return half_squared_error(MLP.from_weights(WEIGHTS, activation="tanh", notation=NIELSEN)([1, 2]), [1, 1.15])


@pytest.mark.parametrize(
    ("make", "asked", "names"),
    [
        (nielsens, None, "C z₂⁽¹⁾ z[1][2] a₂⁽¹⁾"),
        (primer, NIELSEN, "C z₂⁽¹⁾ z[1][2] a₂⁽¹⁾"),
        (nielsens, "bishop", "E a₂⁽¹⁾ a[1][2] z₂⁽¹⁾"),
    ],
)
def test_a_session_is_in_the_notation_of_the_model_or_in_the_one_asked_for(make, asked, names):
    C, z, typed, a = names.split()
    out = io.StringIO()
    make().debug(io.StringIO(f"break {typed}\nc\nwhy {typed}\nsum {typed[:3]}[9]\np\nwatch {C}\n"), out, notation=asked)
    said = [part.split("\n", 1)[1].splitlines() for part in out.getvalue().split("(backward ")[1:]]
    assert out.getvalue().startswith(f"backward() from {C} = 0.1316: 36 steps\n")
    assert said[1][0] == f"step 27: {a} contributes 0.3592 · −0.1044 = −0.03752 to {z}"
    assert said[2][0].startswith(f"δ₂⁽¹⁾ = h′({z}) Σₖ wₖ,₂⁽²⁾ δₖ⁽²⁾ = ")
    assert said[3][0].startswith(f"nothing here is called '{typed[:3]}[9]'; did you mean ")
    assert [line.partition(" = ")[2] for line in said[4][:2]] == [
        f"{a} = 0.8005, ∂{C}/∂{a} = −0.1044",
        f"{z} = 1.1, δ₂⁽¹⁾ = −0.03752",
    ]
    assert said[5] == [f"the gradient of {C} never changes in this pass"]


# ── what if ────────────────────────────────────────────────────────────────────────────────────


def test_set_compares_what_would_be_with_what_the_gradient_predicts():
    x = Value(2.0, "x")
    loss = x * x
    loss.label = "E"
    before = state(loss)
    out = io.StringIO()
    debugger = Debugger(io.StringIO("set x 2.5\n"), out)
    debugger.use_rawinput = False
    debugger.debug(loss)
    assert out.getvalue().split("set x 2.5\n")[1].split("(backward")[0].splitlines() == [
        "x      2 → 2.5",
        "E      4 → 6.25",
        "∂E/∂x  4 → 5",
        "E changes by 2.25; the gradient predicts (4)(0.5) = 2",
    ]
    assert (x.data, loss.data, len(before)) == (2.0, 4.0, 2)


def test_set_on_a_neuron_predicts_with_its_delta():
    lines = answer(primer(), "set a[1][2] 1.0").splitlines()
    assert lines[0] == "a₂⁽¹⁾  1.1 → 1"
    assert lines[2].startswith("δ₂⁽¹⁾  −0.03752 → ")
    assert lines[3].endswith("(−0.03752)(−0.1000) = 0.003752")


def test_set_leaves_the_graph_and_the_pass_untouched():
    loss, twin = primer(), primer()
    _, answers = session(loss, "s 9", "info", "list", "set w[1][1,1] −3", "set E 2", "info", "list", "q")
    assert (answers[1], answers[2]) == (answers[5], answers[6])
    assert state(loss) == after_backward(twin)
    assert [node.data for node in topological_order(loss)] == [node.data for node in topological_order(twin)]


def test_a_what_if_that_does_not_exist_is_one_line():
    x = Value(2.0, "x")
    assert answer(x.log(), "set x -1").startswith("math domain error")


# ── refusals ───────────────────────────────────────────────────────────────────────────────────


CONDITION = 'abs(contribution) > 0.1 and node == "a[1][2]"'
IN_AN_EXPRESSION = (
    "can't stand in an expression; there are node, operand, local, upstream, contribution, grad, numbers, labels in "
    "quotes, + - * / % **, comparisons, and, or, not, abs, min, max"
)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nxet", "there is no command 'nxet'; did you mean next?"),
        ("frobnicate", "there is no command 'frobnicate'; help lists them"),
        ("sum a[9][9]", "nothing here is called 'a[9][9]'; did you mean 'a[2][2]' or 'a[2][1]' or 'a[1][3]'?"),
        ("break a[1][22]", "nothing here is called 'a[1][22]'; did you mean 'a[1][2]' or 'w[1][2,2]' or 'z[1][2]'?"),
        ("break", f"break: expected a label or a condition, such as break a[1][1] or break if {CONDITION}"),
        ("tbreak", f"tbreak: expected a label or a condition, such as tbreak a[1][1] or tbreak if {CONDITION}"),
        ("break if", f"break if: expected a condition, such as break if {CONDITION}"),
        ("tbreak if", f"tbreak if: expected a condition, such as tbreak if {CONDITION}"),
        ("break if node.data", f"node.data {IN_AN_EXPRESSION}"),
        ("break if __import__('os')", f"__import__('os') {IN_AN_EXPRESSION}"),
        ("watch", "watch: expected a label, such as watch a[1][1]"),
        ("watch E", "the gradient of E never changes in this pass"),
        ("sum", "sum: expected a label, such as sum a[1][1]"),
        ("why", "why: expected a label, such as why a[1][1]"),
        (
            "print nothing",
            "nothing here is called 'nothing'; there are 'w[2][1,1]', 'w[2][1,2]', 'w[2][1,3]', 'w[1][1,1]', 'w[1][1,2]', 'x[1]', …",  # noqa: E501
        ),
        ("step x", "step: expected a number of steps; got 'x'"),
        ("step -1", "step: expected a number of steps; got '-1'"),
        ("list x", "list: expected a number of steps; got 'x'"),
        ("goto", "goto: expected a position, 0 to 36"),
        ("goto x", "goto: expected a position, 0 to 36; got 'x'"),
        ("goto 37", "goto: expected a position, 0 to 36; got '37'"),
        ("delete x", "delete: expected the number of a breakpoint; got 'x'"),
        ("delete 1", "there is no breakpoint 1; there are: none"),
        ("set", "set: expected a label and a value, such as set a[1][1] 0.6"),
        ("set w[1][1,1]", "set: expected a label and a value, such as set a[1][1] 0.6; got 'w[1][1,1]'"),
        ("set w[1][1,1] big", "set: expected a number for the value, such as 0.5; got 'big'"),
        ("help nxet", "there is no command 'nxet'; did you mean next?"),
        ("!ls", "there is no command '!ls'; help lists them"),
        ("leaf@1000", "there is no command 'leaf@1000'; help lists them"),
        (
            "sum leaf@1000",
            "nothing here is called 'leaf@1000'; there are 'w[2][1,1]', 'w[2][1,2]', 'w[2][1,3]', 'w[1][1,1]', 'w[1][1,2]', 'x[1]', …",  # noqa: E501
        ),
    ],
)
def test_what_can_not_be_done_is_one_line_and_the_session_goes_on(command, message):
    _, (refusal, goes_on, *_) = session(primer(), command, "s", "q")
    assert refusal == f"{message}\n"
    assert goes_on.startswith("step 1:")


def test_a_remark_does_nothing():
    assert answer(primer(), "# the loss hands 1 to itself") == ""


# ── leaving ────────────────────────────────────────────────────────────────────────────────────

LEAVING = [["q"], ["quit"], ["detach"], []]


@pytest.mark.parametrize("end", LEAVING, ids=lambda end: "".join(end) or "end of input")
@pytest.mark.parametrize("commands", [[], ["s 7"], ["c"], ["c", "b 5"], ["c", "goto 0"]], ids=" ".join)
@pytest.mark.parametrize("passes", [0, 2])
@pytest.mark.parametrize("make", [primer, reused, lambda: Value(1.0)], ids=["primer", "reused", "leaf"])
def test_leaving_completes_the_pass_as_backward_would(make, passes, commands, end):
    loss, twin = make(), make()
    for _ in range(passes):
        loss.backward()
        twin.backward()
    session(loss, *commands, *end)
    assert state(loss) == after_backward(twin)


class Interrupted(io.StringIO):
    """A hand on Ctrl-C after the last line."""

    def readline(self, *_):
        line = super().readline()
        if not line:
            raise KeyboardInterrupt
        return line


@pytest.mark.parametrize("commands", ["", "s 7\n", "c\n"])
def test_ctrl_c_completes_the_pass_and_lets_the_program_run_on(commands):
    loss, twin = primer(), primer()
    loss.backward()
    twin.backward()
    loss.debug(Interrupted(commands), io.StringIO())
    assert state(loss) == after_backward(twin)


def test_ctrl_c_in_the_middle_of_a_long_run_completes_it_too():
    loss, twin = primer(), primer()
    calls = iter(range(100))

    def interrupt(gradient):
        if next(calls) == 0:
            raise KeyboardInterrupt

    node = loss.operands[1].operands[0]
    with on_gradient(node, interrupt):
        loss.debug(io.StringIO("c\n"), io.StringIO())
    assert state(loss) == after_backward(twin)


class Unread(io.StringIO):
    """Where nothing can be typed: what a front end, or pytest, raises when it is asked."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def readline(self, *_):
        raise self.error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotImplementedError("this front end has no input."), "this front end has no input"),
        (OSError("reading from stdin\nwhile output is captured!"), "reading from stdin while output is captured!"),
        (RuntimeError("input(): lost sys.stdin"), "input(): lost sys.stdin"),
        (ValueError("I/O operation on closed file"), "I/O operation on closed file"),
    ],
)
@pytest.mark.parametrize("passes", [0, 2])
def test_where_nothing_can_be_typed_one_line_says_so_and_the_pass_is_completed(error, reason, passes):
    loss, twin = primer(), primer()
    for _ in range(passes):
        loss.backward()
        twin.backward()
    out = io.StringIO()
    loss.debug(Unread(error), out)
    assert out.getvalue().rpartition("(backward 0/36) ")[2] == (
        f"\nnothing can be typed here ({reason}), so the pass is completed without stops; "
        "`for step in loss.backward_steps(): print(step)` prints it\n"
    )
    assert state(loss) == after_backward(twin)


def test_an_undefined_derivative_is_shown_with_its_edge_and_raised_when_it_is_left():
    def make():
        x, y = Value(0.0, "x"), Value(2.0, "y")
        return sqrt(x) * y, [x, y]

    loss, leaves = make()
    out = io.StringIO()
    with pytest.raises(ZeroDivisionError, match="sqrt") as left:
        loss.debug(io.StringIO("c\nb\nc\nq\n"), out)
    told = [line for line in out.getvalue().splitlines() if "can't go on" in line]
    assert len(told) == 2
    assert "on the edge from sqrt(x) to x, the derivative of sqrt by x does not exist at x = 0.0" in told[0]
    twin, twins = make()
    with pytest.raises(ZeroDivisionError) as plain:
        twin.backward()
    assert left.value.__notes__ == plain.value.__notes__
    assert left.value.__context__ is None
    assert [leaf.grad for leaf in leaves] == [leaf.grad for leaf in twins]


COMMANDS = st.one_of(
    st.sampled_from(
        ["s", "b", "n", "c", "rc", "", "i", "l", "p", "w", "d", "h", "watch x1", "tbreak if grad > 0", "sum operand"]
    ),
    st.builds("{} {}".format, st.sampled_from(["s", "b", "n", "goto", "list", "d"]), st.integers(-2, 40)),
    st.builds(
        "{} {}".format,
        st.sampled_from(["br", "tb", "watch", "p", "sum", "where", "set x0", "break if 1 / grad > "]),
        st.sampled_from(["x0", "x1", "operand", "root", "mul@5", "add@4", "1.5", "nobody"]),
    ),
    st.text(max_size=12).map(lambda text: "".join(text.split())).filter(lambda text: text[:1] not in "qE"),
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from("+*t")), max_size=8),
    st.lists(COMMANDS, max_size=15),
    st.integers(0, 1),
)
def test_whatever_is_typed_the_gradients_are_those_of_backward(operations, commands, passes):
    def build():
        nodes = [Value(0.5, "x0"), Value(-1.5, "x1")]
        for left, right, operation in operations:
            x, y = nodes[left % len(nodes)], nodes[right % len(nodes)]
            nodes.append(x + y if operation == "+" else x * y if operation == "*" else tanh(x))
        for _ in range(passes):
            nodes[-1].backward()
        return nodes[-1]

    loss, twin = build(), build()
    loss.debug(io.StringIO("\n".join(commands)), io.StringIO())
    assert state(loss) == after_backward(twin)


# ── over a real pipe, and on a terminal ────────────────────────────────────────────────────────


def run(program, typed, **environment):
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(
        command,
        input=typed,
        env=variables,
        cwd=environment.get("HOME"),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def test_a_session_over_a_real_pipe(tmp_path):
    commands = [
        "break δ₂⁽¹⁾", "continue", "sum δ₂⁽¹⁾", "back", "sum δ₂⁽¹⁾", "step", "why δ₂⁽¹⁾", "set w[1][2,1] 0.4",
        "draw graph.svg", "nonsense", "sum nobody", "break if 1 / 0 > grad", "step", "print δ₂⁽¹⁾", "quit",
    ]  # fmt: skip
    done = run("import viz\n" + PRIMER + "loss.debug(); print(loss)", "\n".join(commands), HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [part.split(") ", 1)[1].split("\n", 1) for part in done.stdout.split("(backward ")[1:]]
    assert [command for command, _ in answers] == commands
    said = [text.splitlines() for _, text in answers]
    assert said[1][1] == "breakpoint 1: break δ₂⁽¹⁾"
    assert said[2] == ["δ₂⁽¹⁾ = 0.3592·(−0.1044) [via z₂⁽¹⁾] = −0.03752"]
    assert said[4] == ["δ₂⁽¹⁾ = 0.3592·□ [via z₂⁽¹⁾] = □, 0 of 1 term"]
    assert "−0.03752" in "".join(said[6])
    assert said[7][0] == "w₂,₁⁽¹⁾      0.3 → 0.4"
    assert said[8] == ["wrote graph.svg"]
    assert (tmp_path / "graph.svg").exists()
    assert [len(lines) for lines in said[9:12]] == [1, 1, 1]
    assert said[12][0].startswith("can't tell whether breakpoint 2: break if 1 / 0 > grad holds")
    assert said[13] == ["a₂⁽¹⁾ = 1.1, δ₂⁽¹⁾ = −0.03752"]
    assert said[14] == ["Value(E = 0.1316, grad = 1)"]


def test_a_pipe_and_an_ascii_console_get_no_colours_and_no_crash(tmp_path):
    done = run(PRIMER + "loss.debug()", "s\nsum δ₂⁽¹⁾\nfoo\nq\n", PYTHONIOENCODING="ascii:surrogateescape")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("variables", "colours"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_has_colours_history_and_completion(tmp_path, variables, colours):
    pytest.importorskip("readline")
    master, slave = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PRIMER + "loss.debug(); print(loss)"],
        stdin=slave, stdout=slave, stderr=slave, env=environment | variables, cwd=tmp_path, close_fds=True,
    ) as process:  # fmt: skip
        os.close(slave)

        def read_to(end):
            seen = ""
            while not seen.endswith(end):
                seen += os.read(master, 4096).decode(errors="replace")
            return seen

        assert ("\x1b[1mbackward() from E" in read_to("(backward 0/36) ")) == colours
        os.write(master, b"sum w[2][1,3\t\n")
        assert "∂E/∂w₁,₃⁽²⁾ = 0.9354·□" in read_to("(backward 0/36) ")
        os.write(master, b"\x1b[A\n")  # the last line once more
        assert "∂E/∂w₁,₃⁽²⁾ = 0.9354·□" in read_to("(backward 0/36) ")
        os.write(master, b"nonsense\n")
        assert ("\x1b[38;5;208mthere is no command" in read_to("(backward 0/36) ")) == colours
        process.send_signal(signal.SIGINT)
        os.write(master, b"\n")  # wakes it, should the signal have come just before it began to wait
        assert "Value(E = 0.1316, grad = 1)" in read_to("grad = 1)\r\n")
        process.wait()  # a terminal that is gone before the program ends is an error there
        os.close(master)
    assert process.returncode == 0
