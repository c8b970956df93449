"""What a node without a name is: its operation as the row of the rule writes it, with the real operands in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import Symbol, simplified, symbol
from engine.rules import Rule
from engine.support.labels import one_line
from engine.value import Value

SHOWN = 6  # operands of an expression; of one with more, a call shows the first and the last

Written = Callable[[Value], Symbol | None]


def operation_of(node: Value, written: Written) -> Symbol | None:
    """The node's operation, each operand as it is `written`; None if an operand is not, or if there are too many."""
    assert node.op is not None
    if len(node.operands) > SHOWN or not node.op.name.isidentifier():
        return None
    maybe = [written(operand) for operand in node.operands]
    operands = [operand for operand in maybe if operand is not None]
    if len(operands) < len(maybe):
        return None
    formula = _formula(node.op, len(operands))
    whole = formula.replaced(lambda part: operands[part.parts[0]] if part.kind == "operand" else None)
    found = simplified(whole)
    if found.kind == "number" or any(_same(found, operand) for operand in operands):  # x · 1 is no other name of x
        return Symbol("call", node.op.name, *operands) if any(whole is operand for operand in operands) else whole
    return found


def _same(x: Symbol, y: Symbol) -> bool:
    return (
        x.kind == y.kind
        and len(x.parts) == len(y.parts)
        and all(
            _same(a, b) if isinstance(a, Symbol) and isinstance(b, Symbol) else a is b
            for a, b in zip(x.parts, y.parts, strict=True)
        )
    )


def share_of(node: Value) -> Symbol | None:
    """The node as the share of a softmax, if it is one: x − m − s with s = log Σ exp(xᵢ − m)."""
    if node.op is None or node.op.name != "share" or len(node.operands) != 3:
        return None
    x, _, s = node.operands
    if s.op is None or s.op.name != "log_sum_exp_less":
        return None
    operands = s.operands[1:]
    place = next((place for place, operand in enumerate(operands, start=1) if operand is x), None)
    return None if place is None else Symbol("softmax", place, tuple(Symbol("node", operand) for operand in operands))


def call_of(node: Value, written: Callable[[Value], Symbol]) -> Symbol:
    """The node's operation as a call: `sum(x₁, x₂, …, x₉)`."""
    assert node.op is not None
    operands = [written(operand) for operand in node.operands]
    if len(operands) > SHOWN:
        operands = [*operands[:2], Symbol.named("…", r"\dots"), operands[-1]]
    name = node.op.name if node.op.name.isidentifier() else one_line(node.op.name)
    return Symbol("call", name, *operands)


@lru_cache(maxsize=256)
def _formula(op: Rule, count: int) -> Symbol:
    """The rule's own expression; a call by its name where the row says how to compute it, not how to write it."""
    places = [Symbol("operand", i) for i in range(count)]
    if not op.only_floats:
        expression = symbol(SYMBOLIC[op.name].forward(*places))
        if expression.size(3 * count + 1, "operand") == count:
            return expression
    return Symbol("call", op.name, *places)
