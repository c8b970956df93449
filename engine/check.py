"""Gradients against finite differences: the test of a derivative that knows nothing of derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from reprlib import repr as brief

from engine.support.display.tables import Table, ends, with_gaps
from engine.support.numerals import number, plural
from engine.value import Constant, Value, topological_order


@dataclass(frozen=True, repr=False)
class GradientComparison:
    """A leaf's gradient as the engine has it, and as the slope of the function itself."""

    leaf: Value
    analytic: float
    numeric: float
    uncertainty: float = 0.0  # of the numeric one: how far it moves from one step to the next

    @property
    def agrees(self) -> bool:
        difference = abs(self.analytic - self.numeric)
        within = TOLERANCE * max(abs(self.analytic), abs(self.numeric)) + 10 * self.uncertainty
        return isfinite(self.analytic) and difference <= within

    def __str__(self) -> str:
        verdict = "agrees" if self.agrees else "DIFFERS"
        return f"{self.leaf!r}: backward {number(self.analytic)}, finite differences {number(self.numeric)}: {verdict}"

    __repr__ = __str__  # what a prompt shows


class GradientComparisons(list[GradientComparison]):
    """Those that agree; printed, and in a notebook, a table of them, or of the first and the last ones."""

    def __repr__(self) -> str:
        return f"{plural(len(self), 'gradient')} agree{'s' * (len(self) == 1)} with finite differences"

    def __str__(self) -> str:
        return str(self._table())

    def _repr_html_(self) -> str:
        return self._table().html

    def _table(self) -> Table:
        rows = [None if i is None else _row(self[i]) for i in with_gaps(ends(len(self), SHOWN))]
        return Table(["leaf", "backward", "finite differences"], rows, repr(self), sides="<>>")


def _row(comparison: GradientComparison) -> list[str]:
    leaf = comparison.leaf
    name = leaf.name or f"the leaf {number(leaf.data)}"
    return [name, number(comparison.analytic), number(comparison.numeric)]


# Too wide a step sees the curvature, too narrow a one the rounding; so several are tried, each a quarter of the last.
WIDEST, STEPS = 2.0**-6, 7
TOLERANCE = 1e-7
SHOWN = 20  # comparisons in a table


def check_gradients(root: Value, leaves: Sequence[Value] | None = None) -> list[GradientComparison]:
    """Compare ∂root/∂leaf with its five-point finite difference, for `leaves` or else all leaves.

        f′(x) ≈ (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h)) / 12h

    A comparison for each leaf, of `leaf`, `analytic`, `numeric` and whether it `agrees`, to 1e-7 of the larger one or
    to what finite differences can tell. Touches no `grad` and leaves all data as it was. Raises ValueError, with the
    list, if one differs (either a derivative is wrong, or the function has a kink at that leaf's value), and for a leaf
    too near the edge of the domain.
    """
    if not isinstance(root, Value):
        raise TypeError(f"check_gradients takes the root of a graph, which is a Value; got {brief(root)}")
    order = topological_order(root)
    if leaves is None:
        leaves = [node for node in order if not node.operands and not isinstance(node, Constant)]
    gradients = _gradients(order)
    found = GradientComparisons(
        GradientComparison(leaf, gradients.get(leaf, 0.0), *_slope(order, leaf)) for leaf in leaves
    )
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


def _slope(order: Sequence[Value], leaf: Value) -> tuple[float, float]:
    """The finite difference and its uncertainty, with the step at which it changes least from one step to the next."""

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

    slopes: list[float] = []
    for i in range(STEPS):
        h = WIDEST / 4**i * max(1.0, abs(leaf.data))
        # a step out of the domain (log of a negative number) is too wide
        with suppress(ArithmeticError, ValueError):
            slopes.append((at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h))
    if len(slopes) < 2:
        raise ValueError(f"{leaf!r} lies too near the edge of the domain for finite differences")
    slope, moved = min(((slope, abs(slope - last)) for last, slope in pairwise(slopes)), key=lambda found: found[1])
    return slope, moved + abs(order[-1].data) * 2.0**-52 / WIDEST  # and the rounding of the root itself
