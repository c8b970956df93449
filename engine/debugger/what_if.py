"""What if a value were another one? The forward pass again, by the rules, on nodes of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.steps import backward_steps
from engine.support.modes import NO_GRAD, active
from engine.value import Constant, Value, record


@dataclass(frozen=True)
class Evaluation:
    """A node's value, the root's value and the derivative of one by the other."""

    value: float
    root: float
    gradient: float


@dataclass(frozen=True)
class WhatIf:
    """What was, what would be, and what the gradient predicted of it: ∂root/∂node · Δ."""

    now: Evaluation
    then: Evaluation

    @property
    def change(self) -> float:
        return self.then.value - self.now.value

    @property
    def effect(self) -> float:
        return self.then.root - self.now.root

    @property
    def predicted(self) -> float:
        return self.now.gradient * self.change


def what_if(order: Sequence[Value], node: Value, value: float) -> WhatIf:
    """The graph with `value` in place of the node's own; the graph itself stays as it is.

    Raises the ArithmeticError or ValueError of an operation, or of an edge, that does not exist there.
    """
    if isinstance(node, Constant):
        raise ValueError(f"{node!r} is a plain number in the program: it has no gradient to predict with")
    if active(NO_GRAD):
        raise ValueError("inside no_grad() nothing is recorded, so there is no what-if")
    return WhatIf(_evaluated(order, node, {}), _evaluated(order, node, {node: value}))


def _evaluated(order: Sequence[Value], node: Value, changes: Mapping[Value, float]) -> Evaluation:
    again: dict[Value, Value] = {}
    for original in order:
        if original.op is None or original in changes:
            again[original] = type(original)(changes.get(original, original.data))
        else:
            again[original] = record(original.op, tuple(again[operand] for operand in original.operands))
    root, twin = again[order[-1]], again[node]
    backward_steps(root).finish()
    return Evaluation(twin.data, root.data, twin.grad)
