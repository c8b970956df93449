"""The equations of the digit classifier, with two layers and with L."""

from __future__ import annotations

import numpy as np

from demos.kit.checks import Check, Place, equal
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from demos.softmax.example import (
    BACKWARD,
    FORWARD,
    POINTS,
    MatrixExample,
    hadamard,
    impossible,
    product,
    relu,
    relu_slope,
    softmax_of_columns,
    summed,
    up,
)
from engine import softmax
from engine.rules import rule
from engine.support.numerals import number
from nn import cross_entropy

SUMMARY = "Summary: Multi-Layered Handwritten Digit Classifier"

CLASSIFIER = (5, 3, 3)  # as 784, 10, 10 in the source
DEEP = (3, 3, 3, 3)  # layers of one size, so that even wrong products can be formed


def two_layers() -> Section:
    net = MatrixExample(CLASSIFIER, "relu", "linear", cross_entropy, seed=4)
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


def bias_of_a_point(place: Place, net: MatrixExample) -> Check:
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
    place, net = Place(INTRODUCTION, SUMMARY), MatrixExample(DEEP, "relu", "linear", cross_entropy, seed=7)
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
