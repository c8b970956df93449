"""The mathematics page: its worked example with both losses that it uses, digit by digit; its matrix equations.

"The Mathematics", a page of a course on the paper of 1986: two inputs, one sigmoid hidden neuron, one sigmoid output.
Exact numbers are read off a graph after its backward pass. Where the page prints another one, the slip is named and
computed again as the page came to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import mul
from typing import Any

import numpy as np

from demos.checks import PAGE, Check, Place, equal
from demos.console import Options
from demos.printed import CARRIED_ON, Cause, Comparison, Formula, Printed, Work
from demos.quantities import ErrorSignal, Gradient, Graph, Number, Quantity, Slope
from demos.report import Drawing, Picture, Section, Table, checks_of, options, present
from engine import Value, exp
from engine.readings.formulas import SYMBOLS
from engine.readings.symbols import Symbol
from engine.rules import rule
from engine.support.notation import (
    ACTIVATION,
    INPUT,
    LOSS,
    NIELSEN,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Notation,
    Role,
    number,
)
from nn import MLP, SGD, half_squared_error, matrices, squared_error
from viz import draw_network
from viz.plots import plot_lines

X, Y, RATE = [1.0, 2.0], 1.0, 0.1
WEIGHTS = [[[0.5, 0.3]], [[0.8]]]  # w₁ and w₂, then w₃; no biases
SIZES = (3, 4, 4, 2)  # of the network on which the matrix equations are verified
UPDATES = 200

Loss = Callable[[Any, Any], Value]
STATED, HALF = "(y − ŷ)²", "½(y − ŷ)²"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page's numbers beside the exact ones, and draw; 0 if all agrees or is explained, else 1."""
    chosen = parser().parse_args(arguments)
    return present(chosen, "The Mathematics: what the page prints, and the exact numbers", sections(), PICTURES)


def parser() -> Options:
    return options(
        "sigmoid",
        "Goes through the page's example, each printed number beside the exact one, with the loss that it states and "
        "with the one that its gradients belong to; then verifies its four matrix equations on a deeper network.",
    )


def checks() -> list[Check]:
    """Every row, for who compares all sources."""
    return checks_of(sections())


def sections() -> list[Section]:
    stated, half = example(squared_error), example(half_squared_error)
    return [key_equations(stated), forward(stated), backward(stated, half), direction(), matrix_equations()]


def example(loss: Loss) -> Graph:
    """The page's network and its one sample, after the backward pass of this loss."""
    return Graph(passed(network(), loss))


def network() -> MLP:
    return MLP.from_weights(WEIGHTS, activation="sigmoid", output_activation="sigmoid")


def passed(model: MLP, loss: Loss) -> Value:
    model.zero_grad()
    found = loss(model(X), [Y])
    found.backward()
    return found


# ── the quantities, by the page's letters ──────────────────────────────────────────────────────


@dataclass(frozen=True)
class Called:
    """A quantity with the name that the page has for it."""

    name: str
    reads: Callable[[Graph], float]

    def symbol(self, notation: Notation) -> str:
        return self.name

    def read(self, graph: Graph) -> float:
        return self.reads(graph)


def value(role: Role) -> Callable[[Graph], float]:
    return Number(role).read


Z_H, H = Role(PRE_ACTIVATION, 1, (1,)), Role(ACTIVATION, 1, (1,))
Z_OUT, Y_HAT = Role(PRE_ACTIVATION, 2, (1,)), Role(OUTPUT, 2, (1,))
W1, W2, W3 = Role(WEIGHT, 1, (1, 1)), Role(WEIGHT, 1, (1, 2)), Role(WEIGHT, 2, (1, 1))
TRUE = Role(TARGET, None, (1,))

x1, x2 = Called("x₁", value(Role(INPUT, 0, (1,)))), Called("x₂", value(Role(INPUT, 0, (2,))))
w1, w2, w3 = Called("w₁", value(W1)), Called("w₂", value(W2)), Called("w₃", value(W3))
z_h, h = Called("z_h", value(Z_H)), Called("h", value(H))
z_out, y_hat = Called("z_out", value(Z_OUT)), Called("ŷ", value(Y_HAT))
y, L = Called("y", value(TRUE)), Called("L", value(Role(LOSS)))
error = Called("y − ŷ", lambda graph: y.read(graph) - y_hat.read(graph))
slope_out = Called("ŷ(1 − ŷ)", Slope((Y_HAT, Z_OUT)).read)
slope_h = Called("h(1 − h)", Slope((H, Z_H)).read)
delta_out, delta_h = Called("δ_out", ErrorSignal(Z_OUT).read), Called("δ_h", ErrorSignal(Z_H).read)
g1, g2, g3 = (Called(f"∂L/∂w{'₀₁₂₃'[i]}", Gradient(w).read) for i, w in enumerate((W1, W2, W3), start=1))
eta = Called("η", lambda graph: RATE)


def updated(weight: Called, gradient: Called) -> Called:
    """A weight after its update."""
    return Called(f"{weight.name} after", lambda graph: step(weight.read(graph), RATE, gradient.read(graph)))


# ── its formulas ───────────────────────────────────────────────────────────────────────────────


def sigmoid(x: Any) -> Any:
    """The row of the table, read by symbols or by numbers."""
    return SYMBOLS["sigmoid"](x) if isinstance(x, Symbol) else rule("sigmoid").forward(x)


def times(*factors: Any) -> Any:
    return reduce(mul, factors)


def slope(out: Any) -> Any:
    """σ′ by the page: σ(z)(1 − σ(z))."""
    return out * (1 - out)


def step(w: Any, rate: Any, gradient: Any) -> Any:
    return w - rate * gradient


def with_the_two(error: Any, slope: Any) -> Any:
    """δ_out of the stated loss: ∂L/∂ŷ = −2(y − ŷ), times σ′."""
    return -2 * error * slope


def without_the_two(error: Any, slope: Any) -> Any:
    return -error * slope


ROUNDED = Cause("computed with rounded numbers")  # without being itself a slip, what is rounded moves a last digit
TWO_LEFT_OUT = Cause(f"the 2 of ∂L/∂ŷ is left out, as if L were {HALF}", change=lambda _: without_the_two)


def work(
    quantity: Quantity, formula: Formula, operands: Sequence[Quantity], digits: str, cause: Cause | None = None
) -> Work:
    return Work(quantity, formula, tuple(operands), (Printed(digits, cause),))


FORWARD = (
    work(z_h, lambda w1, x1, w2, x2: w1 * x1 + w2 * x2, (w1, x1, w2, x2), "1.1"),
    work(h, sigmoid, (z_h,), "0.750"),
    work(z_out, times, (w3, h), "0.600"),
    work(y_hat, sigmoid, (z_out,), "0.646"),
    work(error, lambda y, out: y - out, (y, y_hat), "0.354"),
    work(L, lambda y, out: (y - out) ** 2, (y, y_hat), "0.125", ROUNDED),
)


def backward_works(last_delta: Formula, cause: Cause | None) -> tuple[Work, ...]:
    """The page's backward pass and updates, of a loss whose δ_out is `last_delta`; `cause` is why it would slip."""
    gradients = CARRIED_ON if cause else None
    return (
        work(slope_out, slope, (y_hat,), "0.229"),
        work(delta_out, last_delta, (error, slope_out), "-0.0811", cause),
        work(g3, times, (delta_out, h), "-0.0608", gradients),
        work(slope_h, slope, (h,), "0.1875", ROUNDED),
        work(delta_h, times, (delta_out, w3, slope_h), "-0.01217", CARRIED_ON),
        work(g1, times, (delta_h, x1), "-0.01217", CARRIED_ON),
        work(g2, times, (delta_h, x2), "-0.02434", CARRIED_ON),
        work(updated(w3, g3), step, (w3, eta, g3), "0.806", gradients),
        work(updated(w1, g1), step, (w1, eta, g1), "0.501", gradients),
        work(updated(w2, g2), step, (w2, eta, g2), "0.302", gradients),
    )


def compared(where: str, works: Sequence[Work], graph: Graph, given: Sequence[Work] = ()) -> list[Check]:
    """A row for each work; those that are given are what the page has printed before."""
    return Place(PAGE, where).numbers(Comparison([*given, *works], graph, NIELSEN))[len(given) :]


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


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
    optimiser, found = SGD(model.parameters(), rate), []
    for _ in range(UPDATES):
        found.append((Y - Graph(passed(model, loss)).nodes[Y_HAT].data) ** 2)
        optimiser.step()
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
        rows.append(place.equation(f"z{up(l)}", z, layer.a[0], f"W{up(l)} a{up(l - 1)} + b{up(l)}"))
        rows.append(place.equation(f"a{up(l)}", a[l], layer.z[0], f"σ(z{up(l)})"))
    passed_back, name = -2 * (expected - a[-1]), "∇ₐL"
    for l in range(len(before), 0, -1):
        layer = before[l - 1]
        delta = passed_back * slope(a[l])
        gradient = np.outer(delta, a[l - 1])
        W = layer.W - RATE * gradient
        rows.append(place.equation(f"δ{up(l)}", delta, layer.delta[0], f"{name} ⊙ σ′(z{up(l)})"))
        rows.append(place.equation(f"∂L/∂W{up(l)}", gradient, layer.dW, f"δ{up(l)} (a{up(l - 1)})ᵀ"))
        rows.append(place.equation(f"W{up(l)} after", W, after[l - 1].W, f"W{up(l)} − η ∂L/∂W{up(l)}"))
        passed_back, name = layer.W.T @ delta, f"((W{up(l)})ᵀ δ{up(l)})"
    return Section(
        f"The backpropagation equations in full generality: {' → '.join(map(str, SIZES))}, with biases",
        [
            "A network with random weights. On the left the page's matrices, from the weights and the input alone; on "
            "the right how near the engine comes, which knows numbers and edges only.",
            Table(rows, "page", "engine"),
        ],
    )


def up(l: int) -> str:
    return str(l).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def network_picture(theme: str) -> Drawing:
    model = network()
    drawing: Drawing = draw_network(model, passed(model, half_squared_error), notation=NIELSEN, theme=theme)
    return drawing


def descent_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot, steps = Plot(theme), range(UPDATES)
    plot_lines(
        {
            f"gradients of {STATED}, as stated": (steps, descent(squared_error, RATE)),
            f"gradients of {HALF}, as computed": (steps, descent(half_squared_error, RATE)),
        },
        x="update",
        y="(y − ŷ)²",
        title=f"The missing 2 halves the learning rate (η = {RATE})",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


PICTURES = (
    Picture("sigmoid-network", f"the network in Nielsen's letters, with δ of {HALF}", network_picture, plot=False),
    Picture("sigmoid-descent", "what the missing 2 does to training", descent_plot),
)
