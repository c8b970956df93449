"""The primer's equations, each with its two sides as numbers: what it gives, and what the graph has.

What an equation gives is computed from the inputs, the weights and the targets alone, by matrices. Where it is of any
layer, the numbers of both layers follow each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from demos.kit.checks import Check, Place
from demos.kit.quantities import Graph, Quantity
from demos.primer.example import INPUTS, TARGETS, WEIGHTS
from demos.primer.letters import (
    BY_BOTH,
    BY_INPUT,
    BY_TANH,
    BY_WEIGHT,
    E,
    a,
    delta,
    general,
    gradient,
    t,
    tanh_slope,
    w,
    y,
    z,
)
from engine import Value, differentiate
from engine.support.notation import Notation
from nn import matrices

# ── the two sides ──────────────────────────────────────────────────────────────────────────────


W1, W2 = map(np.array, WEIGHTS)
X, T = map(np.array, (INPUTS, TARGETS))
A1 = W1 @ X
Z1 = np.tanh(A1)
Y = W2 @ Z1
SLOPES = tanh_slope(Z1)
DELTA2 = Y - T
DELTA1 = SLOPES * (W2.T @ DELTA2)


INDICES = [(l, k + 1, m + 1) for l, W in enumerate(WEIGHTS, start=1) for k, m in np.ndindex(np.shape(W))]


class ExampleGraph:
    """The graph of the example after its backward pass."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.loss = graph.nodes[E.role]
        self.layers: list[Any] = matrices(self.loss)

    def local(self, user: Any, operand: Any) -> float:
        return self.graph.local(user.role, operand.role)

    @cached_property
    def pre_activations(self) -> list[list[Value]]:
        return [[self.graph.nodes[a(l, k).role] for k in range(1, len(W) + 1)] for l, W in enumerate(WEIGHTS, start=1)]

    def slopes(self, top: Value, below: list[Value]) -> list[float]:
        """Derivatives of a node, made as graphs, not by the backward pass."""
        return [slope.data for slope in differentiate(top, below)]


def in_a_row(*arrays: Any) -> Any:
    return np.concatenate([np.ravel(array) for array in arrays])


# ── the equations ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class StatedEquation:
    """An equation in general: templates, and the quantities of the worked instance whose symbols fill them."""

    number: str  # "(1)", or none
    left: str
    right: str
    quantities: tuple[Quantity, ...]
    said: Any  # numbers
    exact: Callable[[ExampleGraph], Any]
    sign: str = "="
    layer: str = "ˡ"  # which the layer 2 of the instance is in general

    def sides(self, notation: Notation) -> tuple[str, str]:
        symbols = [general(quantity, notation, self.layer) for quantity in self.quantities]
        return self.left.format(*symbols), self.right.format(*symbols)

    def text(self, notation: Notation) -> str:
        left, right = self.sides(notation)
        return f"{self.number:5}{left} {self.sign} {right}"

    def check(self, place: Place, notation: Notation, graph: Graph) -> Check:
        left, right = self.sides(notation)
        return place.equation(f"{self.number} {left}".strip(), self.said, self.exact(ExampleGraph(graph)), right)


PRE_ACTIVATIONS = StatedEquation(
    *("", "{0}", "Σₘ {1} · {2}", (a(2, 2), w(2, 2, 3), z(1, 3))),
    said=in_a_row(A1, Y),
    exact=lambda by: in_a_row(*(layer.a for layer in by.layers)),
)
ACTIVATIONS = StatedEquation(
    *("", "{0}", "h({1})", (z(2, 2), a(2, 2))),
    said=in_a_row(Z1, Y),
    exact=lambda by: in_a_row(*(layer.z for layer in by.layers)),
)
HALF_THE_SUM = StatedEquation(
    *("", "{0}", "½ · Σₖ ({1} − {2})²", (E, y(2), t(2))),
    said=0.5 * float(np.sum(DELTA2**2)),
    exact=lambda by: by.loss.data,
    layer="ᴸ",
)
SIZES = StatedEquation(  # how many numbers layer 2 is given, and layer 1 gives
    *("", "M⁽²⁾", "K⁽¹⁾", ()),
    said=W2.shape[1],
    exact=lambda by: by.layers[0].a.shape[1],
)
ONE = StatedEquation(
    *("(1)", "{0}", "{1}", (BY_WEIGHT, z(1, 3))),
    said=in_a_row(*[X] * len(W1), *[Z1] * len(W2)),
    exact=lambda by: [by.local(a(l, k), w(l, k, m)) for l, k, m in INDICES],
)
TWO = StatedEquation(
    *("(2)", "{0}", "{1}", (BY_INPUT, w(2, 2, 3))),
    said=in_a_row(W1, W2),
    exact=lambda by: [by.local(a(l, k), z(l - 1, m)) for l, k, m in INDICES],
)
THREE = StatedEquation(
    *("(3)", "{0}", "h′({1})", (BY_TANH, a(1, 3))),
    said=SLOPES,
    exact=lambda by: [by.local(z(1, m), a(1, m)) for m in (1, 2, 3)],
)
FOUR = StatedEquation(
    *("(4)", "{0}", "{1} · {2} = h′({3}) · {4}", (BY_BOTH, BY_TANH, BY_INPUT, a(1, 3), w(2, 2, 3))),
    said=SLOPES * W2,
    exact=lambda by: [by.slopes(top, by.pre_activations[0]) for top in by.pre_activations[1]],
)
FIVE = StatedEquation(
    *("(5)", "{0}", "{1} − {2}", (delta(2, 2), y(2), t(2))),
    said=DELTA2,
    exact=lambda by: by.graph.deltas[1],
    layer="ᴸ",
)
SIX = StatedEquation(
    *("(6)", "{0}", "{1}", (delta(2, 2), gradient(a(2, 2)))),
    said=in_a_row(DELTA1, DELTA2),
    exact=lambda by: by.slopes(by.loss, [*by.pre_activations[0], *by.pre_activations[1]]),
    sign="≡",
)
SEVEN = StatedEquation(
    *("(7)", "{0}", "h′({1}) · Σₖ {2} · {3}", (delta(1, 3), a(1, 3), w(2, 2, 3), delta(2, 2))),
    said=DELTA1,
    exact=lambda by: by.graph.deltas[0],
)
WEIGHT_GRADIENTS = StatedEquation(
    *("", "{0}", "{1} · {2}, by (6) and (1)", (gradient(w(2, 2, 3)), delta(2, 2), z(1, 3))),
    said=in_a_row(np.outer(DELTA1, X), np.outer(DELTA2, Z1)),
    exact=lambda by: in_a_row(*(layer.dW for layer in by.layers)),
)
