"""Gradients against finite differences: the test of a derivative that knows nothing of derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.notation import number
from engine.value import Constant, Value, topological_order


@dataclass(frozen=True)
class Comparison:
    """A leaf's gradient as the engine has it, and as the slope of the function itself."""

    leaf: Value
    analytic: float
    numeric: float

    @property
    def agrees(self) -> bool:
        scale = max(1.0, abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) <= TOLERANCE * scale

    def __str__(self) -> str:
        verdict = "agrees" if self.agrees else "DIFFERS"
        return f"{self.leaf!r}: backward {number(self.analytic)}, finite differences {number(self.numeric)}: {verdict}"


# With steps of ε^(1/5) the five-point formula is off by about ε^(4/5) = 3e-13; the rest is room for curvature.
STEP = 2.0**-10
TOLERANCE = 1e-7


def check_gradients(root: Value, leaves: Sequence[Value] | None = None) -> list[Comparison]:
    """Compare ∂root/∂leaf with its five-point finite difference, for `leaves` or else all leaves.

        f′(x) ≈ (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h

    Touches no `grad` and leaves all data as it was. Raises ValueError, with the list, if one differs:
    either a derivative is wrong, or the function has a kink or a jump within 2h of that leaf's value.
    """
    order = topological_order(root)
    if leaves is None:
        leaves = [node for node in order if not node.operands and not isinstance(node, Constant)]
    gradients = _gradients(order)
    found = [Comparison(leaf, gradients.get(leaf, 0.0), _slope(order, leaf)) for leaf in leaves]
    if not all(comparison.agrees for comparison in found):
        raise ValueError("\n".join(["gradients differ:", *(str(c) for c in found if not c.agrees)]))
    return found


def _gradients(order: Sequence[Value]) -> dict[Value, float]:
    """The backward pass on a table of its own."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[-1]] = 1.0
    for node in reversed(order):
        for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
            gradients[operand] += local * gradients[node]
    return gradients


def _slope(order: Sequence[Value], leaf: Value) -> float:
    step = STEP * max(1.0, abs(leaf.data))

    def at(shift: float) -> float:
        data: dict[Value, float] = {}
        for node in order:
            if node is leaf:
                data[node] = leaf.data + shift
            elif node.op is None:
                data[node] = node.data
            else:
                data[node] = node.op.forward(*(data[operand] for operand in node.operands))
        return data[order[-1]]

    return (at(-2 * step) - 8 * at(-step) + 8 * at(step) - at(2 * step)) / (12 * step)
