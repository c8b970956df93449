"""What is shown of a backward pass at its position, as lines of text: nodes, terms, the events around, paths."""

from __future__ import annotations

from engine.debugger.replay import Replay
from engine.support.numerals import plural
from engine.support.undefined import Undefined
from engine.value import Constant, Value

TO_COME = "□"  # a number that the pass has not come to yet
LONGEST = 12  # lines or terms; of more, the first and the last are shown


def state(replay: Replay, node: Value) -> str:
    """Name, value and gradient: `a₂⁽¹⁾ = 1.1, δ₂⁽¹⁾ = −0.03752`, with what is still to come."""
    if isinstance(node, Constant):
        return f"the constant {replay.number(node.data)}: it has no gradient"
    value = f"{replay.naming.introduced(node)} = {replay.number(node.data)}"
    return f"{value}, {replay.gradient_of(node)} = {_progress(replay, node)}"


def _progress(replay: Replay, node: Value) -> str:
    """A gradient, and how far it has come: `−0.1026 so far, 1 of 2 terms`."""
    gradient = replay.gradient(node)
    shown = TO_COME if gradient is None else replay.number(gradient)
    if not replay.is_complete(node):
        arrived = len(replay.arrived(node))
        return f"{shown}{' so far' * bool(arrived)}, {arrived} of {plural(len(replay.arrivals[node]), 'term')}"
    if replay.trace.complete and gradient is not None and node.grad != gradient:
        return f"{shown} in this pass; with what was there before, grad = {replay.number(node.grad)}"
    return shown


def terms(replay: Replay, node: Value) -> str:
    """The sum that makes the node's gradient, a term for each edge into it: what is still to come shows as □."""
    if node is replay.root or isinstance(node, Constant):
        return state(replay, node) + " (the pass begins here)" * (node is replay.root)
    shown = _shortened([_term(replay, index) for index in replay.arrivals[node]], "…")
    return f"{replay.gradient_of(node)} = {' + '.join(shown)} = {_progress(replay, node)}"


def _term(replay: Replay, index: int) -> str:
    user, slot = replay.trace.edge(index - 1)
    term = _product(replay, index) if index <= replay.position else f"{_local(replay, user, slot)}·{TO_COME}"
    return f"{term} [via {replay.called(user)}]"


def _product(replay: Replay, index: int) -> str:
    """local · upstream of an event; the first is known since the forward pass, the second may be still to come."""
    node, slot = replay.trace.edge(index - 1)
    if index <= replay.position:
        upstream: float | None = replay.done[index - 1].upstream
    else:
        upstream = replay.gradient(node) if replay.is_complete(node) else None
    return f"{_local(replay, node, slot)}·{TO_COME if upstream is None else _bracketed(replay.number(upstream))}"


def around(replay: Replay, count: int) -> list[str]:
    """The events around this position, `count` before and `count` after it."""
    position = replay.position
    rows = []
    for index in range(max(position - count, 0) + 1, min(position + count, len(replay.trace)) + 1):
        node, slot = replay.trace.edge(index - 1)
        mark = "→" if index == position else "✓" if index < position else TO_COME
        edge = f"{replay.called(node)} → {replay.called(node.operands[slot])}"
        result = replay.number(replay.done[index - 1].contribution) if index <= position else TO_COME
        rows.append((mark, str(index), edge, f"{_product(replay, index)} = {result}"))
    wide = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return [f"{m} {i:>{wide[1]}}  {edge:<{wide[2]}}  {product}" for m, i, edge, product in rows]


def path(replay: Replay, node: Value | None = None) -> list[str]:
    """The shortest path from the root to the node, with the local derivative on each edge; else along the event."""
    if node is not None or replay.event is None:
        edges = _path(replay.root, replay.root if node is None else node)
    else:
        edges = [*_path(replay.root, replay.event.node), (replay.event.node, replay.event.slot)]
    names = [replay.called(user.operands[slot]) for user, slot in edges]
    wide = max(map(len, names), default=0)
    lines = [f"  → {name:{wide}}  × {_local(replay, *edge)}" for name, edge in zip(names, edges, strict=True)]
    return [replay.called(replay.root), *_shortened(lines, f"  … {len(lines) - LONGEST} more …")]


def _path(root: Value, node: Value) -> list[tuple[Value, int]]:
    """Its edges, each as a user and the place of its operand, found level by level from the root."""
    came: dict[Value, tuple[Value, int]] = {}
    level = [root]
    while node not in came and level:
        below = []
        for user in level:
            for slot, operand in enumerate(user.operands):
                if operand not in came and operand is not root:
                    came[operand] = user, slot
                    below.append(operand)
        level = below
    edges = []
    while node is not root:
        edges.append(came[node])
        node = came[node][0]
    return edges[::-1]


def _local(replay: Replay, node: Value, slot: int) -> str:
    local = node.locals[slot] if node.locals else 0.0
    return "undefined" if isinstance(local, Undefined) else _bracketed(replay.number(local))


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _shortened(lines: list[str], gap: str) -> list[str]:
    half = LONGEST // 2
    return lines if len(lines) <= LONGEST else [*lines[:half], gap, *lines[-half:]]
