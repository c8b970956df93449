"""What every output says in every state that a graph can be in: `tests/STATES.md`, a table to read.

`python -m tests.states` writes it anew; a test tells when it is stale.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from engine import Value, log, sqrt
from nn import MLP, deltas, half_squared_error
from nn.by_layer import matrices
from viz import draw, draw_network

PAGE = Path(__file__).parent / "STATES.md"
HEAD = """# What is said in every state

A net of two inputs, two neurons (tanh) and one output, E = ½ (y − t)². For each state that a graph can be in, what
`repr`, explanations, the trace, the debugger, both pictures and the tables say. Written by `python -m tests.states`.
"""

Net = tuple[MLP, Value]


def net() -> Net:
    model = MLP.from_weights([[[0.5, -0.2], [0.3, 0.8]], [[0.6, -0.4]]], activation="tanh")
    return model, half_squared_error(model([1.0, 2.0]), 1.0)


# ── the states ─────────────────────────────────────────────────────────────────────────────────


def before(model: MLP, loss: Value) -> None:
    """No backward pass has been."""


def after(model: MLP, loss: Value) -> None:
    """A backward pass has been."""
    loss.backward()


def in_the_middle(model: MLP, loss: Value) -> None:
    """A trace is at step 7."""
    model.trace = loss.backward_steps()  # type: ignore[assignment]  # someone holds it
    model.trace.goto(7)


def in_the_middle_of_a_second(model: MLP, loss: Value) -> None:
    """A backward pass has been, then a trace is at step 7."""
    loss.backward()
    in_the_middle(model, loss)


def undone(model: MLP, loss: Value) -> None:
    """A trace was at step 7 when `backward()` went over its graph."""
    in_the_middle(model, loss)
    loss.backward()


def twice(model: MLP, loss: Value) -> None:
    """Two backward passes, not zeroed in between."""
    loss.backward()
    loss.backward()


def zeroed(model: MLP, loss: Value) -> None:
    """Two backward passes, cleared by hand in between as micrograd's programs do."""
    loss.backward()
    for p in model.parameters():
        p.grad = 0.0
    loss.backward()


def another_loss(model: MLP, loss: Value) -> None:
    """A backward pass of this loss, then one of another loss on the same net."""
    loss.backward()
    half_squared_error(model([2.0, 1.0]), 0.0).backward()


def only_another_loss(model: MLP, loss: Value) -> None:
    """A backward pass of another loss on the same net, none of this."""
    half_squared_error(model([2.0, 1.0]), 0.0).backward()


def changed_leaf(model: MLP, loss: Value) -> None:
    """A backward pass, then w₁,₁⁽²⁾ became −1."""
    loss.backward()
    model.layers[1].neurons[0].w[0].data = -1.0


def set_by_hand(model: MLP, loss: Value) -> None:
    """Someone has set the gradients of E to 1 and of w₁,₁⁽¹⁾ to 5; no pass."""
    loss.grad = 1.0
    model.layers[0].neurons[0].w[0].grad = 5.0


def set_before_a_pass(model: MLP, loss: Value) -> None:
    """Someone has set the gradient of w₁,₁⁽¹⁾ to 5, then a backward pass."""
    model.layers[0].neurons[0].w[0].grad = 5.0
    loss.backward()


def cleared_by_hand(model: MLP, loss: Value) -> None:
    """A backward pass, then the weights' gradients were set to 0."""
    loss.backward()
    for p in model.parameters():
        p.grad = 0.0


def another_root(model: MLP, loss: Value) -> None:
    """A backward pass from E, then one from the output."""
    loss.backward()
    output = loss.operands[1].operands[0].operands[0]
    output.backward()


def part_of_a_sum(model: MLP, loss: Value) -> None:
    """A backward pass from the half of E and another loss."""
    (0.5 * (loss + half_squared_error(model([2.0, 1.0]), 0.0))).backward()


def changed_result(model: MLP, loss: Value) -> None:
    """A backward pass, then someone has given the output other data."""
    loss.backward()
    loss.operands[1].operands[0].operands[0].data = 3.0


STATES: list[Callable[[MLP, Value], None]] = [
    before, in_the_middle, after, in_the_middle_of_a_second, undone, twice, zeroed, another_loss, only_another_loss,
    changed_leaf, set_by_hand, set_before_a_pass, cleared_by_hand, another_root, part_of_a_sum, changed_result,
]  # fmt: skip


# ── the outputs ────────────────────────────────────────────────────────────────────────────────


def reprs(model: MLP, loss: Value) -> Iterator[str]:
    yield repr(model.layers[0].neurons[0].w[0])
    yield repr(loss.operands[1])
    yield repr(loss)


def explanations(model: MLP, loss: Value) -> Iterator[str]:
    for name in ("w[1][1,1]", "w[2][1,1]", "δ[1][1]"):
        yield from str(loss.explain(name)).splitlines()


def the_trace(model: MLP, loss: Value) -> Iterator[str]:
    yield from repr(getattr(model, "trace", None) or loss.backward_steps()).splitlines()


def debugger(model: MLP, loss: Value) -> Iterator[str]:
    commands = [
        "info",
        "print w[2][1,1]",
        "why w[2][1,1]",
        "goto 7",
        "print w[2][1,1]",
        "why w[2][1,1]",
        "why x[1]",
        "q",
    ]
    out = io.StringIO()
    loss.debug(io.StringIO("\n".join(commands) + "\n"), out)
    shown = out.getvalue()
    yield from shown[shown.index("(backward ") :].splitlines()


def graph(model: MLP, loss: Value) -> Iterator[str]:
    yield from _pictured(draw(loss).source, ("w₁,₁⁽¹⁾", "w₁,₁⁽²⁾", "E", "undefined"))


def network(model: MLP, loss: Value) -> Iterator[str]:
    yield from _pictured(draw_network(model, loss).source, ("w₁,₁⁽¹⁾", "w₁,₁⁽²⁾", "∂E/∂w = ", "E = ", "δ₁⁽¹⁾"))


def tables(model: MLP, loss: Value) -> Iterator[str]:
    for table in (deltas, matrices):
        try:
            yield f"{table.__name__}: {table(loss)!r}" if table is deltas else str(matrices(loss)).splitlines()[-1]
        except ValueError as error:
            yield f"{table.__name__}: ValueError: {error}"


def _pictured(dot: str, shown: tuple[str, ...]) -> Iterator[str]:
    """The boxes with these words, and the lines below."""
    for row in re.findall(r"<TR>(.*?)</TR>", dot):
        cells = re.findall(r"&#160;(.*?)</FONT>", row)
        if cells and cells[0] in shown:
            yield " | ".join(cells)
    for quoted, bare in re.findall(r'\blabel=(?:"((?:[^"\\]|\\.)*)"|([^"<\s]+))', dot):
        for line in (quoted or bare).split(r"\l"):
            if line.startswith(shown) or line.endswith("(recorded)") or (" " in line and "=" not in line[:20]):
                yield line


OUTPUTS: list[tuple[str, Callable[[MLP, Value], Iterator[str]]]] = [
    ("repr of w₁,₁⁽¹⁾, (y − t)², E", reprs),
    ("explain", explanations),
    ("trace", the_trace),
    ("draw", graph),
    ("draw_network", network),
    ("tables", tables),
    ("debug", debugger),  # it completes the pass, so it comes last
]


def failures() -> Iterator[str]:
    """What is said where a pass fails."""
    x, y = Value(-1.0, "x"), Value(0.0, "y")
    yield "\n## The forward pass fails: log(2x) with x = −1\n\n```text"
    try:
        log(x * 2.0)
    except ValueError as error:
        yield "\n".join([f"ValueError: {error}", *error.__notes__])
        yield "\n".join(_pictured(draw(error).source, ("x", "2 · x")))
    yield "```\n\n## The backward pass fails: 3 √y with y = 0\n\n```text"
    root = sqrt(y) * 3.0
    try:
        root.backward()
    except ZeroDivisionError as error:
        yield "\n".join([f"ZeroDivisionError: {error}", *error.__notes__])
    yield "\n".join([repr(y), repr(root), str(root.explain(y))])
    yield "\n".join(_pictured(draw(root).source, ("y", "√y", "E", "undefined")))
    yield "```"


def page() -> str:
    lines = [HEAD]
    for state in STATES:
        lines.append(f"\n## {state.__name__.replace('_', ' ').capitalize()}\n\n{state.__doc__}\n")
        model, loss = net()
        state(model, loss)
        for name, output in OUTPUTS:
            lines += [f"{name}:\n", "```text", *output(model, loss), "```\n"]
    return "\n".join([*lines, *failures()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
