"""An example for the matrix equations of the source: a network of several training points, a column for each.

Each equation is computed as it is printed, from weights and data; the exact side is read off one graph of all points
after its backward pass. Where an equation slips, it is computed to the letter, if its shapes allow it, and as it is
meant.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.kit.checks import Check, Place, difference, equal
from engine import Value, total
from engine.support.numerals import number, raised
from nn import MLP, matrices

POINTS = 4

FORWARD, BACKWARD = "Worked Example: Forward Propagation", "Worked Example: Backpropagation"

Matrix = NDArray[np.float64]
Loss = Callable[[Any, Any], Value]


class MatrixExample:
    """A net, its training points, and the source's matrices: a list for each letter, whose place l is layer l."""

    def __init__(self, sizes: Sequence[int], activation: str, output: str, loss: Loss, seed: int) -> None:
        rng = random.Random(seed)

        def drawn(count: int) -> list[float]:
            return [round(rng.uniform(-1, 1), 2) for _ in range(count)]

        weights = [[drawn(m) for _ in range(n)] for m, n in pairwise(sizes)]
        self.model = MLP.from_weights(weights, [drawn(n) for n in sizes[1:]], activation, output)
        self.points = [drawn(sizes[0]) for _ in range(POINTS)]
        self.classes = [i % sizes[-1] for i in range(POINTS)]
        self.loss = loss
        self.L = len(sizes) - 1
        self.Y = np.eye(sizes[-1])[:, self.classes]
        self.read(self.cost(1.0))

    def one(self, i: int) -> Value:
        """The cost of one point, after its backward pass alone."""
        self.model.zero_grad()
        cost = self.loss(self.model(self.points[i]), self.Y[:, i].tolist())
        cost.backward()
        return cost

    def cost(self, factor: float) -> Value:
        """The sum of all points' costs, times `factor`, after its backward pass."""
        self.model.zero_grad()
        costs = [self.loss(self.model(x), y.tolist()) for x, y in zip(self.points, self.Y.T, strict=True)]
        cost = factor * total(costs)
        cost.backward()
        return cost

    def read(self, cost: Value) -> None:
        layers = matrices(cost)
        nothing = np.empty(0)
        self.A = [layers[0].x.T, *(layer.z.T for layer in layers)]
        self.Z = [nothing, *(layer.a.T for layer in layers)]
        self.W = [nothing, *(layer.W for layer in layers)]
        self.b = [nothing, *(column(layer.b) for layer in layers)]
        self.delta = [nothing, *(layer.delta.T for layer in layers)]
        self.dW = [nothing, *(layer.dW for layer in layers)]
        self.db = [nothing, *(column(layer.db) for layer in layers)]

    def mean(self) -> tuple[list[Matrix], list[Matrix]]:
        """∂C/∂W and ∂C/∂b of the mean over the points, where the rest is that of their sum."""
        layers = matrices(self.cost(1 / POINTS))
        nothing = np.empty(0)
        return [nothing, *(layer.dW for layer in layers)], [nothing, *(column(layer.db) for layer in layers)]


def column(vector: Any) -> Matrix:
    return np.asarray(vector, dtype=float)[:, None]


def sigmoid(z: Matrix) -> Matrix:
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z: Matrix) -> Matrix:
    return sigmoid(z) * (1 - sigmoid(z))


def relu(z: Matrix) -> Matrix:
    return np.maximum(z, 0)


def relu_slope(z: Matrix) -> Matrix:
    return np.where(z > 0, 1.0, 0.0)


def softmax_of_columns(Z: Matrix) -> Matrix:
    return np.asarray(np.exp(Z) / np.exp(Z).sum(axis=0))


def summed(columns: Matrix) -> Matrix:
    """∑ (columns of …)."""
    return np.asarray(columns.sum(axis=1, keepdims=True))


def up(l: int | str) -> str:
    """⁽²⁾, ⁽ᴸ⁻¹⁾."""
    return raised(f"({l})")


def product(left: Matrix, right: Matrix) -> Matrix:
    return np.asarray(left @ right)


def hadamard(left: Matrix, right: Matrix) -> Matrix:
    """left ⊙ right, which numpy writes *."""
    return np.asarray(left * right)


def impossible(
    place: Place,
    equation: str,
    printed: str,
    meant: str,
    operator: Callable[[Matrix, Matrix], Matrix],
    left: Matrix,
    right: Matrix,
    by_meaning: Matrix,
    exact: Matrix,
) -> Check:
    """An equation whose shapes don't fit as it is printed: numpy, asked for `operator` of the two, has to refuse."""
    try:
        operator(left, right)
        refused = False
    except ValueError:
        refused = True
    why = (
        f"{shape(left)} {'⊙' if operator is hadamard else 'times'} {shape(right)} can't be formed; with {meant} it is "
        f"the engine's, within {number(difference(by_meaning, exact), 2)}"
    )
    return place.misprint(equation, printed, meant, why, holds=refused and equal(by_meaning, exact))


def shape(matrix: Matrix) -> str:
    return " × ".join(map(str, matrix.shape))
