"""The factors of a term: local derivatives, as a rule's row prints them, with the real operands in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.explaining.ledger import Edge, Uses
from engine.explaining.numbers import agrees
from engine.explaining.typesetting import node_symbol
from engine.naming.names import Naming
from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import Symbol, simplified, symbol
from engine.rules import Rule
from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION
from engine.value import Value

SHOWN = 6  # terms of a sum; of more, the first are shown
LARGE = 24  # symbols of a local derivative; a larger one is written as ∂user/∂operand


class Factors:
    """The local derivatives in one graph, as symbols.

    `names` decides how far unnamed operands are written out: each by its name, or as the operation that it is, so that
    equal factors can cancel.
    """

    def __init__(self, uses: Uses, naming: Naming, written_out: bool) -> None:
        self.uses, self.naming, self.written_out = uses, naming, written_out

    def local(self, edge: Edge) -> Symbol:
        """∂user/∂operand as the rule's row prints it; ∂user/∂operand itself where that is too large to read."""
        user, op = edge.user, edge.user.op
        assert op is not None
        unread = Symbol("partial", user, edge.operand, edge.local)
        if op.only_floats:
            return unread
        expression = symbol(_row(op, len(user.operands))[edge.slot])
        if expression.size(LARGE) >= LARGE:
            return unread

        def fill(part: Symbol) -> Symbol | None:
            if part.kind == "operand":
                return self.written(user.operands[part.parts[0]])
            if part.kind == "softmax":
                return self._share(edge, part)
            return self.written(user) if part.kind == "out" else None

        filled = simplified(expression.replaced(fill))
        if filled.size(LARGE) >= LARGE:
            return unread
        return filled if agrees(filled, edge.local) else Symbol("recorded", filled, edge.local)

    def local_or_slope(self, edge: Edge) -> Symbol:
        """The local derivative, written as h′ if it is that of a neuron's activation function."""
        if is_activation(edge.operand, edge.user):
            return Symbol("slope", node_symbol(edge.operand), edge.local)
        return self.local(edge)

    def written(self, node: Value) -> Symbol:
        return self.naming.written_out(node) if self.written_out else self.naming.symbol(node)

    def _share(self, edge: Edge, part: Symbol) -> Symbol:
        """A softmax of operands: by the name of the node that is this share, if there is one; p₂ without."""
        for other in self.uses.edges(edge.operand):
            node = other.user
            if node.op is not None and node.op.name == "share" and node.operands[2] is edge.user:
                return self.naming.symbol(node)
        places = [place.parts[0] for place in part.parts[1]]
        return Symbol("softmax", part.parts[0], tuple(node_symbol(edge.user.operands[place]) for place in places))


def is_activation(node: Value, user: Value) -> bool:
    """Is `user` the activation of the neuron with the pre-activation `node`?"""
    first, second = node.role, user.role
    if first is None or second is None or len(user.operands) != 1:
        return False
    return first.kind == PRE_ACTIVATION and second.kind in (ACTIVATION, OUTPUT)


def is_share(node: Value, user: Value) -> bool:
    """Is `user` the output of a softmax layer that `node` is a part of?"""
    return user.op is not None and user.op.name == "share" and node is not user.operands[1]


@lru_cache(maxsize=64)
def _row(op: Rule, count: int) -> Sequence[Symbol]:
    """The local derivatives of a rule by each of so many operands."""
    rule = SYMBOLIC[op.name]
    places = [Symbol("operand", i) for i in range(count)]
    row: Sequence[Symbol] = (rule.textbook or rule.locals)(Symbol("out"), *places)
    return row
