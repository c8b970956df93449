"""Several training points, and the equations in vectors and matrices."""

from __future__ import annotations

import numpy as np

from demos.kit.checks import Check, Place
from demos.kit.quantities import Graph
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from demos.softmax.example import (
    POINTS,
    MatrixExample,
    hadamard,
    impossible,
    product,
    shape,
    sigmoid,
    sigmoid_slope,
    summed,
    up,
)
from engine import differentiate
from engine.support.notation import PRE_ACTIVATION, Role
from nn import matrices, squared_error

MANY = "Considering Multiple Training Data Points"
VECTORS = "Backpropagation: Utilizing Matrix/Vector Notation"

SQUARED = (4, 3, 3, 2)  # neurons of each layer, the inputs first: the net of the squared cost, sigmoid


def several_points() -> Section:
    place, net = Place(INTRODUCTION, MANY), MatrixExample(SQUARED, "sigmoid", "sigmoid", squared_error, seed=7)
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
    place, net = Place(INTRODUCTION, VECTORS), MatrixExample(SQUARED, "sigmoid", "sigmoid", squared_error, seed=7)
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


def displayed(net: MatrixExample) -> Check:
    """The introduction's W is displayed with rows 1 … nₗ₋₁ and columns 1 … nₗ."""
    W, a = net.W[1], net.A[0]
    place, equation = Place(INTRODUCTION, "Introducing Neural Networks"), "W as displayed, in W a + b"
    return impossible(place, equation, shape(W.T), shape(W), product, W.T, a, W @ a + net.b[1], net.Z[1])


def slips_of_vectors(place: Place, net: MatrixExample) -> list[Check]:
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
