"""The factors of a term: local derivatives, as a rule's row prints them, with the real operands in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.explaining.ledger import Edge
from engine.explaining.typesetting import figure, node_symbol
from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import Symbol, simplified, symbol
from engine.rules import Rule
from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION
from engine.value import Value

SHOWN = 6  # operands of an expression; one of more goes by its operation
LARGE = 24  # symbols of an expression; a larger one goes by its operation
NESTED = 3  # operations inside each other that are written out


def local(edge: Edge) -> Symbol:
    """∂user/∂operand as the rule's row prints it; ∂user/∂operand itself where that is too large to read."""
    user, op = edge.user, edge.user.op
    assert op is not None
    if op.only_floats:
        return Symbol("partial", user, edge.operand)
    row = _row(op, len(user.operands))
    return _filled(symbol(row[edge.slot]), user, NESTED) or Symbol("partial", user, edge.operand)


def local_or_slope(edge: Edge) -> Symbol:
    """The local derivative, written as h′ if it is that of a neuron's activation function."""
    return Symbol("slope", node_symbol(edge.operand)) if is_activation(edge.operand, edge.user) else local(edge)


def written(node: Value, nested: int = NESTED) -> Symbol:
    """A node by its name, a leaf without one by its number, an operation without one by its expression."""
    if node.label or node.role is not None:
        return node_symbol(node)
    if node.op is None:
        return figure(node.data)
    if nested == 0 or len(node.operands) > SHOWN or node.op.only_floats:
        return node_symbol(node)
    places = _places(len(node.operands))
    expression = symbol(SYMBOLIC[node.op.name].forward(*places))
    if expression.size(LARGE, "operand") != len(places):  # the sound way to compute it, not to write it
        expression = Symbol("call", node.op.name, *places)
    return _filled(expression, node, nested - 1) or node_symbol(node)


def is_activation(node: Value, user: Value) -> bool:
    """Is `user` the activation of the neuron with the pre-activation `node`?"""
    first, second = node.role, user.role
    if first is None or second is None or len(user.operands) != 1:
        return False
    return first.kind == PRE_ACTIVATION and second.kind in (ACTIVATION, OUTPUT)


@lru_cache(maxsize=64)
def _row(op: Rule, count: int) -> Sequence[Symbol]:
    """The local derivatives of a rule by each of so many operands."""
    rule = SYMBOLIC[op.name]
    row: Sequence[Symbol] = (rule.textbook or rule.locals)(Symbol("out"), *_places(count))
    return row


def _places(count: int) -> list[Symbol]:
    return [Symbol("operand", i) for i in range(count)]


def _filled(expression: Symbol, user: Value, nested: int) -> Symbol | None:
    """A row's expression with the nodes in it; None if that gets too large to read."""
    if expression.size(LARGE) >= LARGE:
        return None

    def fill(part: Symbol) -> Symbol | None:
        if part.kind == "operand":
            return written(user.operands[part.parts[0]], nested)
        return written(user, nested) if part.kind == "out" else None

    filled = simplified(expression.replaced(fill))
    return filled if filled.size(LARGE) < LARGE else None
