"""Matrix equations of "A written introduction", held against graphs: several points, the classifier, L layers.

The source writes a column for each training point. Each equation is computed as it is printed, from weights and data;
the exact side is read off one graph of all points after its backward pass. Where an equation slips, it is computed
to the letter, if its shapes allow it, and as it is meant.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.checks import INTRODUCTION, Check, Place, difference, equal
from demos.quantities import Graph
from demos.report import Section, Table
from engine import Value, differentiate, softmax
from engine.functions import FUNCTIONS
from engine.rules import rule
from engine.support.notation import PRE_ACTIVATION, Role, number
from nn import MLP, cross_entropy, matrices, squared_error

SQUARED = (4, 3, 3, 2)  # neurons of each layer, the inputs first: the net of the squared cost, sigmoid
CLASSIFIER = (5, 3, 3)  # as 784, 10, 10 in the source
DEEP = (3, 3, 3, 3)  # layers of one size, so that even wrong products can be formed
POINTS = 4

MANY = "Considering Multiple Training Data Points"
VECTORS = "Backpropagation: Utilizing Matrix/Vector Notation"
FORWARD, BACKWARD = "Worked Example: Forward Propagation", "Worked Example: Backpropagation"
SUMMARY = "Summary: Multi-Layered Handwritten Digit Classifier"

Matrix = NDArray[np.float64]
Loss = Callable[[Any, Any], Value]


class Columns:
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
        total: Value = factor * FUNCTIONS["sum"](costs)
        total.backward()
        return total

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
    return f"⁽{str(l).translate(str.maketrans('0123456789lL−', '⁰¹²³⁴⁵⁶⁷⁸⁹ˡᴸ⁻'))}⁾"


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


# ── several training points ────────────────────────────────────────────────────────────────────


def several_points() -> Section:
    place, net = Place(INTRODUCTION, MANY), Columns(SQUARED, "sigmoid", "sigmoid", squared_error, seed=7)
    L = net.L
    error = 2 * (net.A[L] - net.Y)  # ∂C/∂a of the last layer: a row for each neuron, a column for each point
    slope, below = sigmoid_slope(net.Z[L]), sigmoid_slope(net.Z[L - 1])
    passed = np.einsum("kl,kl,ki->il", error, slope, net.W[L])
    by_letters = {
        f"∂C/∂w{up('L')}": np.einsum("il,il,jl->ij", error, slope, net.A[L - 1]),
        f"∂C/∂b{up('L')}": np.einsum("il,il->i", error, slope)[:, None],
        f"∂C/∂w{up('L−1')}": np.einsum("il,il,jl->ij", passed, below, net.A[L - 2]),
        f"∂C/∂b{up('L−1')}": np.einsum("il,il->i", passed, below)[:, None],
    }
    exact = (net.dW[L], net.db[L], net.dW[L - 1], net.db[L - 1])
    formulas = (
        "Σₗ ∂C/∂aᵢ ∂aᵢ/∂zᵢ ∂zᵢ/∂wᵢⱼ",
        "Σₗ ∂C/∂aᵢ ∂aᵢ/∂zᵢ ∂zᵢ/∂bᵢ",
        "Σₗ Σₖ (∂C/∂aₖ ∂aₖ/∂aᵢ) ∂aᵢ/∂zᵢ ∂zᵢ/∂wᵢⱼ",
        "Σₗ Σₖ (∂C/∂aₖ ∂aₖ/∂aᵢ) ∂aᵢ/∂zᵢ ∂zᵢ/∂bᵢ",
    )
    rows = [
        place.equation(name, said, right, formula)
        for (name, said), right, formula in zip(by_letters.items(), exact, formulas, strict=True)
    ]
    alone = [matrices(net.one(i)) for i in range(POINTS)]
    rows += [
        place.equation(
            f"∂C/∂W{up(l)}", sum(layers[l - 1].dW for layers in alone), net.dW[l], f"Σ over {POINTS} graphs of a point"
        )
        for l in range(1, L + 1)
    ]
    return Section(
        MANY,
        [
            f"C = Σ ‖a⁽ᴸ⁾ − y‖² over {POINTS} points, through layers of {', '.join(map(str, SQUARED))} sigmoid "
            "neurons, the inputs first; all points in one graph. Its gradients are the sums over the points.",
            Table(rows, "source", "engine"),
        ],
    )


def vector_notation() -> Section:
    place, net = Place(INTRODUCTION, VECTORS), Columns(SQUARED, "sigmoid", "sigmoid", squared_error, seed=7)
    L, rows = net.L, []
    for l in range(1, L + 1):
        Z = product(net.W[l], net.A[l - 1]) + net.b[l]
        rows.append(place.equation(f"z{up(l)}", Z, net.Z[l], f"W{up(l)} a{up(l - 1)} + b{up(l)}"))
        rows.append(place.equation(f"a{up(l)}", sigmoid(Z), net.A[l], f"μ(z{up(l)})"))
    delta = 2 * (net.A[L] - net.Y) * sigmoid_slope(net.Z[L])
    for l in range(L, 0, -1):
        if l == L:
            rows.append(place.equation(f"δ{up(l)}", delta, net.delta[l], f"2(a{up(l)} − y) ⊙ μ′(z{up(l)})"))
        rows.append(
            place.equation(f"∂C/∂W{up(l)}", product(delta, net.A[l - 1].T), net.dW[l], f"δ{up(l)} (a{up(l - 1)})ᵀ")
        )
        rows.append(place.equation(f"∂C/∂b{up(l)}", summed(delta), net.db[l], f"δ{up(l)}"))
        if l > 1:
            delta = sigmoid_slope(net.Z[l - 1]) * product(net.W[l].T, delta)
    return Section(
        VECTORS,
        [
            f"The same net and points, with a column of z, a and δ for each of the {POINTS}.",
            Table(rows, "source", "engine"),
            "",
            "Where the text slips:",
            Table([displayed(net), *slips_of_vectors(place, net)]),
        ],
    )


def displayed(net: Columns) -> Check:
    """The introduction's W is displayed with rows 1 … nₗ₋₁ and columns 1 … nₗ."""
    W, a = net.W[1], net.A[0]
    place, equation = Place(INTRODUCTION, "Introducing Neural Networks"), "W as displayed, in W a + b"
    return impossible(place, equation, shape(W.T), shape(W), product, W.T, a, W @ a + net.b[1], net.Z[1])


def slips_of_vectors(place: Place, net: Columns) -> list[Check]:
    L = net.L
    W, slope, delta = net.W, sigmoid_slope, net.delta
    graph = Graph(net.one(0))
    z1, z2 = ([graph.nodes[Role(PRE_ACTIVATION, l, (i,))] for i in range(1, SQUARED[l] + 1)] for l in (1, 2))
    between = np.array([[d.data for d in differentiate(z, z1)] for z in z2])  # ∂zₖ⁽²⁾/∂zᵢ⁽¹⁾
    here, below = net.Z[2][:, 0], net.Z[1][:, 0]
    dW, db = net.mean()
    n0, n1 = SQUARED[:2]
    return [
        place.slip(
            "zₖ⁽¹⁾, its sum to nₗ",
            W[1][:, :n1] @ net.A[0][:n1] + net.b[1],
            net.Z[1],
            f"j runs over the neurons of the layer before, so to nₗ₋₁: here to {n0}, not to {n1}",
            meant=W[1] @ net.A[0] + net.b[1],
            formula="Σⱼ wₖⱼ aⱼ⁽ˡ⁻¹⁾ + bₖ",
        ),
        place.slip(
            "∂zₖ⁽²⁾/∂zᵢ⁽¹⁾",
            W[2] * slope(here)[None, :],
            between,
            "zₖ⁽ˡ⁾ sums μ(zᵢ⁽ˡ⁻¹⁾), so the slope is that at z⁽ˡ⁻¹⁾; the exact side differentiates the nodes themselves",
            meant=W[2] * slope(below)[None, :],
            formula="wₖᵢ μ′(zᵢ⁽ˡ⁾)",
        ),
        place.slip(
            "δ⁽¹⁾",
            slope(net.Z[2]) * (W[2].T @ delta[2]),
            delta[1],
            "so here, too: μ′(z⁽ˡ⁻¹⁾) ⊙ (W⁽ˡ⁾)ᵀ δ⁽ˡ⁾",
            meant=slope(net.Z[1]) * (W[2].T @ delta[2]),
            formula="μ′(z⁽ˡ⁾) ⊙ (W⁽ˡ⁾)ᵀ δ⁽ˡ⁾",
        ),
        impossible(
            place,
            "δ⁽ᴸ⁻¹⁾ = μ′(z⁽ᴸ⁾) ⊙ W⁽ᴸ⁾ᵀ δ⁽ᴸ⁾",
            "μ′(z⁽ᴸ⁾)",
            "μ′(z⁽ᴸ⁻¹⁾)",
            hadamard,
            slope(net.Z[L]),
            W[L].T @ delta[L],
            slope(net.Z[L - 1]) * (W[L].T @ delta[L]),
            delta[L - 1],
        ),
        *(
            place.slip(
                f"{name} of C = 1/N Σ ‖a − y‖²",
                said,
                exact,
                f"δ is that of one point's cost, so the mean's 1/N is missing: {POINTS} times too large",
                meant=said / POINTS,
                formula=formula,
            )
            for name, said, exact, formula in (
                (f"∂C/∂W{up(L)}", delta[L] @ net.A[L - 1].T, dW[L], "Σ δ (a⁽ˡ⁻¹⁾)ᵀ"),
                (f"∂C/∂b{up(L)}", summed(delta[L]), db[L], "Σ δ"),
            )
        ),
    ]


# ── the classifier ─────────────────────────────────────────────────────────────────────────────


def classifier() -> Section:
    net = Columns(CLASSIFIER, "relu", "linear", cross_entropy, seed=4)
    forward, backward = Place(INTRODUCTION, FORWARD), Place(INTRODUCTION, BACKWARD)
    A, Z, W, b, delta = net.A, net.Z, net.W, net.b, net.delta
    dW, db = net.mean()
    outputs = np.array([softmax(logits) for logits in Z[2].T.tolist()]).T
    mean_cost = net.cost(1 / POINTS).data
    D2 = softmax_of_columns(Z[2]) - net.Y
    D1 = relu_slope(Z[1]) * product(W[2].T, D2)
    rows = [
        backward.equation("C", -float(np.sum(net.Y * np.log(outputs))) / POINTS, mean_cost, "1/N Σ (−Σ yᵢ log aᵢ)"),
        backward.equation("Z⁽¹⁾", W[1] @ A[0] + b[1], Z[1], "W⁽¹⁾ A⁽⁰⁾ + B⁽¹⁾"),
        backward.equation("A⁽¹⁾", relu(Z[1]), A[1], "ReLU(Z⁽¹⁾)"),
        backward.equation("A⁽²⁾", softmax_of_columns(Z[2]), outputs, "Softmax(Z⁽²⁾)"),
        backward.equation("Δ⁽²⁾", D2, delta[2], "A⁽²⁾ − Y"),
        backward.equation("∂C/∂W⁽¹⁾", D1 @ A[0].T / POINTS, dW[1], "1/N Δ⁽¹⁾ (A⁽⁰⁾)ᵀ"),
        backward.equation("∂C/∂W⁽²⁾", D2 @ A[1].T / POINTS, dW[2], "1/N Δ⁽²⁾ (A⁽¹⁾)ᵀ"),
        backward.equation("∂C/∂b⁽¹⁾", summed(D1) / POINTS, db[1], "1/N Σ (columns of Δ⁽¹⁾)"),
    ]
    slips = [
        *(
            impossible(place, equation, "W⁽¹⁾", "W⁽²⁾", product, W[1], A[1], W[2] @ A[1] + b[2], Z[2])
            for place, equation in (
                (forward, "z⁽²⁾ = W⁽¹⁾ a⁽¹⁾ + b⁽²⁾"),
                (backward, "Z⁽²⁾ = W⁽¹⁾ A⁽¹⁾ + B⁽²⁾"),
            )
        ),
        *(
            impossible(
                backward,
                equation,
                "(W⁽¹⁾)ᵀ",
                "(W⁽²⁾)ᵀ",
                hadamard,
                relu_slope(Z[1]),
                W[1].T @ delta[2],
                relu_slope(Z[1]) * (W[2].T @ delta[2]),
                delta[1],
            )
            for equation in ("δ⁽¹⁾ = ReLU′(z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ δ⁽²⁾", "Δ⁽¹⁾ = ReLU′(Z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ Δ⁽²⁾")
        ),
        backward.slip(
            "∂C/∂b⁽²⁾",
            summed(D1) / POINTS,
            db[2],
            "the columns of Δ⁽²⁾ are meant; both layers have as many neurons, as in the source, so no shape tells",
            meant=summed(D2) / POINTS,
            formula="1/N Σ (columns of Δ⁽¹⁾)",
        ),
        bias_of_a_point(forward, net),
        at_the_corner(backward),
    ]
    return Section(
        "Worked Example: Basic Handwritten Digit Classifier",
        [
            f"{' → '.join(map(str, CLASSIFIER))} in place of 784 → 10 → 10: ReLU, softmax, cross-entropy, {POINTS} "
            "points. C is their mean; Δ is that of each point's own cost.",
            Table(rows, "source", "engine"),
            "",
            "Where the text slips:",
            Table(slips),
        ],
    )


def bias_of_a_point(place: Place, net: Columns) -> Check:
    biases = net.Z[1] - net.W[1] @ net.A[0]
    return place.misprint(
        "zₗ⁽¹⁾ = W⁽¹⁾ aₗ⁽⁰⁾ + bₗ⁽¹⁾",
        "bₗ⁽¹⁾",
        "b⁽¹⁾",
        "the point l has its own z and a, but there is one bias for all: z − W a is the same in each column",
        holds=equal(biases, np.repeat(net.b[1], POINTS, axis=1)),
    )


def at_the_corner(place: Place) -> Check:
    """A black image and a bias of 0 put a ReLU there."""
    slope = float(rule("relu").locals(0.0, 0.0)[0])
    return place.misprint(
        "ReLU′(0)",
        "undefined",
        "0",
        f"at its first definition ReLU′ is 0 for x ≤ 0, here for x < 0; the engine has {number(slope)}, as at first",
        holds=slope == 0.0,
    )


def l_layers() -> Section:
    place, net = Place(INTRODUCTION, SUMMARY), Columns(DEEP, "relu", "linear", cross_entropy, seed=7)
    L, W, Z = net.L, net.W, net.Z
    dW, db = net.mean()
    outputs = np.array([softmax(logits) for logits in Z[L].T.tolist()]).T
    rows = []
    for l in range(1, L + 1):
        said = W[l] @ net.A[l - 1] + net.b[l]
        rows.append(place.equation(f"Z{up(l)}", said, Z[l], f"W{up(l)} A{up(l - 1)} + B{up(l)}"))
        if l < L:
            rows.append(place.equation(f"A{up(l)}", relu(said), net.A[l], f"ReLU(Z{up(l)})"))
        else:
            rows.append(place.equation(f"A{up(l)}", softmax_of_columns(said), outputs, f"Softmax(Z{up(l)})"))
    rows.append(place.equation(f"Δ{up(L)}", softmax_of_columns(Z[L]) - net.Y, net.delta[L], f"A{up(L)} − Y"))
    slips, D = [], softmax_of_columns(Z[L]) - net.Y
    for l in range(L, 0, -1):
        rows.append(
            place.equation(f"∂C/∂W{up(l)}", D @ net.A[l - 1].T / POINTS, dW[l], f"1/N Δ{up(l)} (A{up(l - 1)})ᵀ")
        )
        rows.append(place.equation(f"∂C/∂b{up(l)}", summed(D) / POINTS, db[l], f"1/N Σ (columns of Δ{up(l)})"))
        if l > 1:
            passed = relu_slope(Z[l - 1]) * (W[l].T @ D)
            wrong = f"Z⁽¹⁾ and W⁽¹⁾ stand where Z⁽ˡ⁻¹⁾ and W⁽ˡ⁾ are meant, here Z{up(l - 1)} and W{up(l)}"
            slips.append(
                place.slip(
                    f"Δ{up(l - 1)}",
                    relu_slope(Z[1]) * (W[1].T @ D),
                    net.delta[l - 1],
                    wrong,
                    meant=passed,
                    formula=f"ReLU′(Z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ Δ{up(l)}",
                )
            )
            D = passed
    return Section(
        SUMMARY,
        [
            f"L = {L} layers of {DEEP[-1]} neurons, ReLU and at last softmax, {POINTS} points.",
            Table(rows, "source", "engine"),
            "",
            "Where the text slips:",
            Table(slips),
        ],
    )
