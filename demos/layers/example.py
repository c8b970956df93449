"""The example: a network for one record, as a graph and by the formulas of the article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.kit.quantities import Graph
from engine import Value, log, total
from engine.support.notation import ACTIVATION, INPUT, LOSS, OUTPUT, PRE_ACTIVATION, WEIGHT, Notation, Role
from engine.support.numerals import lowered
from nn import MLP, matrices
from nn.losses import pair

X, Y = (1.0, 0.5), (1.0, 0.0)  # one record: the input, and the desired outputs
WEIGHTS = (  # of layers k, k+1 and k+2, a row for each neuron; the third neuron of layer k is off for this record
    ((0.4, -0.2), (0.6, 0.8), (-0.9, 0.3)),
    ((0.5, -0.4, 0.7), (-0.3, 0.9, 0.2)),
    ((0.8, -0.5), (-0.6, 1.1)),
)
BIASES = ((0.1, -0.3, 0.2), (0.2, -0.1), (0.3, -0.2))

LETTERS = Notation("the article", pre_activation="z", activation="x", loss="J", output="", target="y")
LAYERS = {0: "⁽ᵏ⁻¹⁾", 1: "⁽ᵏ⁾", 2: "⁽ᵏ⁺¹⁾", 3: "⁽ᵏ⁺²⁾"}
RATE = 0.05  # of the updates; the article prints none

Loss = Callable[[Any, Any], Value]
Vector = NDArray[np.float64]


def cross_entropy_of_outputs(outputs: Any, desired: Any) -> Value:
    """J = −Σ (y log f + (1 − y) log(1 − f)), by the outputs f themselves, so that ∂J/∂f has its place in the graph."""
    terms = [y * log(f) + (1.0 - y) * log(1.0 - f) for f, y in pair(outputs, desired)]
    error = -total(terms)
    error.role = Role(LOSS)
    return error


class Example:
    """The graph of the online error for the one record, and its nodes by the article's letters."""

    def __init__(self, output: str = "sigmoid", loss: Loss = cross_entropy_of_outputs) -> None:
        self.model = MLP.from_weights(WEIGHTS, BIASES, "relu", output)
        self.loss = loss(self.model(X), Y)
        self.loss.backward()
        self.graph, self.layers = Graph(self.loss), matrices(self.loss)

    def z(self, l: int, i: int) -> Value:
        return self.graph.nodes[Role(PRE_ACTIVATION, l, (i,))]

    def x(self, l: int, i: int) -> Value:
        """What neuron i of layer l gives; of layer 0, the input."""
        return self.graph.nodes[Role({0: INPUT, len(WEIGHTS): OUTPUT}.get(l, ACTIVATION), l, (i,))]

    def w(self, l: int, i: int, j: int) -> Value:
        return self.graph.nodes[Role(WEIGHT, l, (i, j))]

    def local(self, user: Value, operand: Value) -> float:
        return float(user.locals[user.operands.index(operand)])


@dataclass(frozen=True)
class ByHand:
    """The article's formulas, layer by layer, from the record and the weights alone."""

    x: list[Vector]  # the input, then what each layer gives
    z: list[Vector]
    part_1: list[Vector]  # ∂J/∂z


@cache
def by_hand() -> ByHand:
    x, z = [np.array(X)], []
    for W, b in zip(WEIGHTS, BIASES, strict=True):
        z.append(np.array(W) @ x[-1] + b)
        x.append(np.maximum(z[-1], 0))
    x[-1] = 1 / (1 + np.exp(-z[-1]))
    part_1 = [-(np.array(Y) - x[-1])]
    for l in (1, 0):
        part_3 = np.array(WEIGHTS[l + 1]).T @ part_1[0]
        part_4 = np.where(z[l] > 0, 1.0, 0.0)
        part_1.insert(0, part_3 * part_4)
    return ByHand(x, z, part_1)


def name(letter: str, l: int, *index: int) -> str:
    """w₁,₂⁽ᵏ⁺²⁾."""
    return letter + lowered(",".join(map(str, index))) + LAYERS[l]
