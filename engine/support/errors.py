"""Errors that say where in the graph: the operation, its operands, and how they came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.rules import Rule
from engine.support.numerals import number
from engine.support.undefined import Undefined

SHOWN = 8  # operands, and nodes of a chain, that a note lists


def located(error: Exception, op: Rule, operands: Sequence[Any]) -> Exception:
    """An error of the forward pass, with the operation and its operands, on which `viz.draw` can draw it."""
    if isinstance(error, OverflowError) and len(error.args) == 2:
        error.args = error.args[1:]  # ** puts the number of the error before its words
    error.op, error.operands = op, operands  # type: ignore[attr-defined]
    more = ", …" if len(operands) > SHOWN else ""
    error.add_note(f"in {op.name}({', '.join(map(repr, operands[:SHOWN]))}{more})")
    if op.note:
        error.add_note(f"{op.name}: {op.note}")
    return error


def place(node: Any) -> str:
    """The edge of a node whose derivative does not exist, so that a backward pass can't go on along it."""
    operand = next(x for x, local in zip(node.operands, node.locals, strict=True) if isinstance(local, Undefined))
    return f"in backward(), on the edge from {node!r} to {operand!r}"


def not_finite(op: Rule, operands: Sequence[Any], data: float) -> FloatingPointError:
    """The first NaN or infinity of a forward pass."""
    error = FloatingPointError(f"{op.name} gives {number(data)}")
    located(error, op, operands)
    error.add_note(f"the chain from a leaf: {_chain(operands)} → {op.name}")
    return error


def anomaly(node: Any, order: Sequence[Any]) -> FloatingPointError:
    """The first NaN or infinity of a backward pass, with the contributions that it is the sum of."""
    error = FloatingPointError(f"the gradient of {node!r} is {number(node.grad)}")
    root = order[-1]
    for user in order:
        for operand, local in zip(user.operands, user.locals):  # noqa: B905  (constants have no locals)
            if operand is node:
                error.add_note(f"{user!r} contributes {number(local)} · {number(user.grad)}")
    error.add_note(f"the chain from a leaf: {_chain([node])} → … → {root!r}")
    return error


def refuse_a_cycle(path: Sequence[Any]) -> None:
    """ValueError if a node comes twice on a path of users: no operation makes a cycle, but who sets `operands` can."""
    first: dict[Any, int] = {}
    for i, node in enumerate(path):
        if node in first:
            circle = " ← ".join(map(repr, path[first[node] : i + 1][:6]))
            raise ValueError(f"the graph has a cycle, so there is no order to go through it: {circle}")
        first[node] = i


def _chain(operands: Sequence[Any]) -> str:
    """From a leaf up to these operands, through the largest operand of each node, since there the trouble grows."""
    chain = []
    while operands:
        node = max(operands, key=lambda operand: abs(operand.data) if operand.data == operand.data else float("inf"))
        chain.append(repr(node) if node.op is None else f"{node.op.name} {node!r}")
        operands = node.operands
    if len(chain) > SHOWN:
        chain[SHOWN // 2 : -SHOWN // 2] = ["…"]
    return " → ".join(reversed(chain))
