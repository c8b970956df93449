"""Unroll: every node, and the gradient of every node, as an expression.

Forward follows the graph's order. Backward, the gradient of a node is the sum, over its users, of their gradient times
the local derivative on the edge, read off the row. What a reader knows by name is named here; `assignments.py` makes
lines of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.compiling.form import Form, named
from engine.compiling.source.expressions import Expressions, NamedExpression
from engine.compiling.source.identifiers import Identifiers, spelled
from engine.naming.names import Naming
from engine.readings.python import CALLED, HELPERS, SUM
from engine.readings.symbols import Symbol, symbol
from engine.rules import Rule
from engine.support.notation import LOSS, PRE_ACTIVATION, Notation
from engine.value import Value

RESERVED = ["inputs", "parameters", "forward", "gradient", "INPUTS", "PARAMETERS", "g", "d"]


class Unrolled:
    """A form as expressions with the names that a reader knows."""

    def __init__(
        self,
        form: Form,
        order: Sequence[Value],
        parameters: Sequence[int],
        reserved: Iterable[str] = (),
        notation: Notation | str | None = None,
        *,
        backward: bool = True,
    ) -> None:
        self.form = form
        self.expressions = Expressions()
        self.identifiers = Identifiers({*RESERVED, *reserved})
        self.names: dict[int, str] = {}  # expression → the name that it is assigned to
        self.named_expressions: list[NamedExpression] = []
        self.gradient_names: dict[int, str] = {}  # node → what its gradient is called, if it has a line
        self.values: list[int] = []  # node → its expression
        self._preferred = self._preferred_names(Naming(order, notation))
        self._headings = _headings(form)
        self.result_names: list[str] = []  # of the roots
        self._forward()
        self._forward_size = len(self.expressions)  # what comes later is computed backward
        self.results = [self.values[root] for root in form.roots]
        self.gradients = self._backward(parameters) if backward else []

    def _preferred_names(self, naming: Naming) -> dict[int, tuple[str, str]]:
        """For each node that has a name: it, and what its gradient is called."""
        origins = {i: origin for i, origin in enumerate(self.form.origins) if origin is not None and named(origin)}
        names = naming.of(origins.values())
        preferred = {}
        for i, origin in origins.items():
            name = names[origin]
            if text := spelled(name.parts[0]):
                signal = spelled(name.signal) if name.signal else ""
                preferred[i] = text, signal or f"g_{text}"
        return preferred

    def _leaf_name(self, i: int, stem: str) -> str:
        return (
            self.identifiers.unique(self._preferred[i][0]) if i in self._preferred else self.identifiers.numbered(stem)
        )

    def leaf(self, i: int) -> str:
        """What the leaf is called."""
        return str(self.expressions.parts[self.values[i]][0])

    def _forward(self) -> None:
        form, values = self.form, self.values
        for i, rule in enumerate(form.rules):
            if i in form.constants:
                values.append(self.expressions.number(form.constants[i]))
            elif rule is None:
                values.append(self.expressions.name(self._leaf_name(i, "x" if i in form.columns else "w")))
            else:
                values.append(self.expressions.of(self._applied(rule, [values[j] for j in form.operands[i]])))
                if i in self._preferred:
                    self._name(self._preferred[i][0], values[i], "forward", self._headings[i])
        for k, root in enumerate(form.roots, start=1):
            if values[root] not in self.names:
                stem = "result" if len(form.roots) == 1 else f"result_{k}"
                self._name(stem, values[root], "forward", self._headings[root])
            self.result_names.append(self.names[values[root]])

    def _applied(self, rule: Rule, operands: Sequence[int]) -> Symbol:
        if rule.name in HELPERS:
            return Symbol("call", rule.name, *map(self.expressions.known, operands))
        return symbol(CALLED[rule.name].forward(*map(self.expressions.known, operands)))

    def _name(self, name: str, expression: int, direction: str, heading: str) -> str:
        unique = self.identifiers.unique(name)
        if direction == "forward" or expression >= self._forward_size:  # what is computed forward is no gradient
            self.names.setdefault(expression, unique)
        self.named_expressions.append(
            NamedExpression(unique, expression, ", ".join(filter(None, (direction, heading))))
        )
        return unique

    def _backward(self, parameters: Sequence[int]) -> list[int]:
        """The gradients of the parameters."""
        form, values, make = self.form, self.values, self.expressions.make
        terms: dict[int, list[int]] = {root: [self.expressions.number(1.0)] for root in form.roots}
        gradients: dict[int, int] = {}
        named_gradients: list[tuple[tuple[Any, ...], str, int, str]] = []
        for i in reversed(range(len(form))):
            if not form.needs_gradient[i]:
                continue
            if i not in terms:
                gradients[i] = self.expressions.number(0.0)
                continue
            gradient = gradients[i] = make(SUM, tuple(terms.pop(i)))
            rule, operands = form.rules[i], form.operands[i]
            if rule is None or self._has_named_gradient(i):
                name = self._preferred[i][1] if i in self._preferred else f"g_{self.expressions.parts[values[i]][0]}"
                named_gradients.append(((rule is None, i), name, gradient, self._headings[i]))
            if rule is None:
                continue
            known = self.expressions.known
            local = CALLED[rule.name].locals(known(values[i]), *[known(values[j]) for j in operands])
            for operand, derivative in zip(operands, local, strict=True):
                if form.needs_gradient[operand]:
                    edge = self.expressions.of(symbol(derivative))
                    terms.setdefault(operand, []).append(make("*", (gradient, edge)))
        blocks = {heading: k for k, heading in enumerate(dict.fromkeys(heading for *_, heading in named_gradients))}
        for (_, i), name, gradient, heading in sorted(named_gradients, key=lambda found: (blocks[found[-1]], found[0])):
            self.gradient_names[i] = self._name(name, gradient, "backward", heading)
        return [gradients[i] for i in parameters]

    def _has_named_gradient(self, i: int) -> bool:
        """Does the gradient of this node deserve a line, beside the parameters'? δ does, and what has a label."""
        origin = self.form.origins[i]
        if i not in self._preferred or origin is None or i in self.form.roots:
            return False
        return bool(origin.label) or (origin.role is not None and origin.role.kind == PRE_ACTIVATION)


def _headings(form: Form) -> list[str]:
    """What part of the network each node belongs to: its own layer, or that of the one that uses it."""
    headings = [""] * len(form)
    settled = [False] * len(form)
    for i in reversed(range(len(form))):
        role = origin.role if (origin := form.origins[i]) is not None else None
        if role is not None and role.kind == LOSS:
            headings[i] = "loss"
        elif role is not None and role.layer is not None:
            headings[i] = f"layer {role.layer}"
        for j in form.operands[i]:
            headings[j] = headings[i] if not settled[j] or headings[j] == headings[i] else ""
            settled[j] = True
    return headings
