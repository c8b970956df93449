"""The page's sections: its key equations, the worked example with either loss, and its matrix equations."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np

from demos.kit.checks import Place, equal
from demos.kit.quantities import Graph
from demos.kit.report import Section, Table
from demos.kit.sources import PAGE
from demos.sigmoid.page import (
    FORWARD,
    HALF,
    RATE,
    STATED,
    TWO_LEFT_OUT,
    Y_HAT,
    L,
    Loss,
    X,
    Y,
    backward_works,
    compared,
    network,
    passed,
    slope,
    slope_out,
    with_the_two,
    without_the_two,
    y_hat,
    z_out,
)
from engine import exp
from engine.support.numerals import number, raised
from nn import MLP, SGD, half_squared_error, matrices, squared_error

SIZES = (3, 4, 4, 2)  # of the network on which the matrix equations are verified
UPDATES = 200


def key_equations(graph: Graph) -> Section:
    place = Place(PAGE, "The key equations")
    out, z = y_hat.read(graph), z_out.read(graph)
    return Section(
        "The key equations",
        [
            f"x = (1, 2), w₁ = 0.5, w₂ = 0.3 to one hidden neuron, w₃ = 0.8 to one output, both sigmoid; y = 1, "
            f"η = {RATE}.",
            Table(
                [
                    place.number("e", "2.718", exp(1.0)),
                    place.equation("σ(z)", float(1 / (1 + np.exp(-z))), out, "1 / (1 + e⁻ᶻ)"),
                    place.equation("σ′(z)", out * (1 - out), slope_out.read(graph), "σ(z) · (1 − σ(z))"),
                    place.equation("L", (Y - out) ** 2, L.read(graph), "(y − ŷ)²"),
                    place.equation("∂L/∂ŷ", -2 * (Y - out), graph.nodes[Y_HAT].grad, "−2(y − ŷ)"),
                ],
                "page",
                "engine",
            ),
        ],
    )


def forward(stated: Graph) -> Section:
    where = "Worked numerical verification: forward"
    return Section(where, [Table(compared(where, FORWARD, stated))])


def backward(stated: Graph, half: Graph) -> Section:
    where = "Worked numerical verification: backward"
    literal, meant = backward_works(with_the_two, TWO_LEFT_OUT), backward_works(without_the_two, None)
    return Section(
        f"{where}, and the updates",
        [
            f"With the loss that the page states, L = {STATED}. Its δ_out has −(y − ŷ) where its own ∂L/∂ŷ is "
            "−2(y − ŷ), so the exact gradients are twice as large:",
            Table(compared(f"{where}, with {STATED}", literal, stated, FORWARD)),
            "",
            f"With the loss that the gradients belong to, {HALF}:",
            Table(compared(f"{where}, with {HALF}", meant, half, FORWARD)),
        ],
    )


def direction() -> Section:
    """What the page concludes, which holds with either loss."""
    place, rows = Place(PAGE, "Worked numerical verification: conclusion"), []
    for name, loss in ((STATED, squared_error), (HALF, half_squared_error)):
        model = network()
        before, old = [weight.data for weight in model.parameters()], model(X).data
        passed(model, loss)
        SGD(model.parameters(), RATE).step()
        increased = all(weight.data > earlier for weight, earlier in zip(model.parameters(), before, strict=True))
        new = model(X).data
        rows.append(
            place.claim(
                f"{name}: all weights increase, ŷ moves toward 1",
                f"{number(old)} → {number(new)}",
                holds=increased and abs(Y - new) < abs(Y - old),
            )
        )
    literal, slower = descent(squared_error, RATE), descent(half_squared_error, 2 * RATE)
    rows.append(
        place.claim(
            f"{UPDATES} updates with {STATED} and η are those with {HALF} and 2η",
            f"L = {number(literal[-1])}",
            holds=equal(literal, slower),
        )
    )
    return Section("What comes of it: the missing 2 changes the learning rate, and nothing else", [Table(rows, "")])


def descent(loss: Loss, rate: float) -> list[float]:
    """(y − ŷ)² before each update by the gradients of this loss."""
    model = network()
    optimizer, found = SGD(model.parameters(), rate), []
    for _ in range(UPDATES):
        found.append((Y - Graph(passed(model, loss)).nodes[Y_HAT].data) ** 2)
        optimizer.step()
    return found


def matrix_equations() -> Section:
    """The page's four, with biases, on one sample through a network of random weights."""
    place = Place(PAGE, "The backpropagation equations in full generality")
    rng = random.Random(3)
    weights = [[[rng.uniform(-1, 1) for _ in range(m)] for _ in range(n)] for m, n in pairwise(SIZES)]
    biases = [[rng.uniform(-1, 1) for _ in range(n)] for n in SIZES[1:]]
    model = MLP.from_weights(weights, biases, "sigmoid", "sigmoid")
    x, expected = [rng.uniform(-1, 1) for _ in range(SIZES[0])], np.array([0.0, 1.0])
    loss = squared_error(model(x), expected.tolist())
    loss.backward()
    before = matrices(loss)
    SGD(model.parameters(), RATE).step()
    after = matrices(loss)

    rows = []
    a = [np.array(x)]  # a⁰ … aᴸ, by the page
    for l, layer in enumerate(before, start=1):
        z = layer.W @ a[-1] + layer.b
        a.append(1 / (1 + np.exp(-z)))
        rows.append(place.equation(f"z{raised(l)}", z, layer.a[0], f"W{raised(l)} a{raised(l - 1)} + b{raised(l)}"))
        rows.append(place.equation(f"a{raised(l)}", a[l], layer.z[0], f"σ(z{raised(l)})"))
    passed_back, name = -2 * (expected - a[-1]), "∇ₐL"
    for l in range(len(before), 0, -1):
        layer = before[l - 1]
        delta = passed_back * slope(a[l])
        gradient = np.outer(delta, a[l - 1])
        W = layer.W - RATE * gradient
        rows.append(place.equation(f"δ{raised(l)}", delta, layer.delta[0], f"{name} ⊙ σ′(z{raised(l)})"))
        rows.append(place.equation(f"∂L/∂W{raised(l)}", gradient, layer.dW, f"δ{raised(l)} (a{raised(l - 1)})ᵀ"))
        rows.append(place.equation(f"W{raised(l)} after", W, after[l - 1].W, f"W{raised(l)} − η ∂L/∂W{raised(l)}"))
        passed_back, name = layer.W.T @ delta, f"((W{raised(l)})ᵀ δ{raised(l)})"
    return Section(
        f"The backpropagation equations in full generality: {' → '.join(map(str, SIZES))}, with biases",
        [
            "A network with random weights. On the left the page's matrices, from the weights and the input alone; on "
            "the right how near the engine comes, which knows numbers and edges only.",
            Table(rows, "page", "engine"),
        ],
    )
