"""What the page has: its network, its letters and formulas, and the numbers that it prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

from demos.kit.checks import Check, Place
from demos.kit.printed import CARRIED_ON, Cause, Formula, PaperComparison, Printed, Work, by_name
from demos.kit.quantities import ErrorSignal, Gradient, Graph, Number, Quantity, Slope
from demos.kit.sources import PAGE
from engine import Value
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
)
from engine.support.numerals import lowered
from nn import MLP

X, Y, RATE = [1.0, 2.0], 1.0, 0.1
WEIGHTS = [[[0.5, 0.3]], [[0.8]]]  # w₁ and w₂, then w₃; no biases
Loss = Callable[[Any, Any], Value]
STATED, HALF = "(y − ŷ)²", "½(y − ŷ)²"


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
g1, g2, g3 = (Called(f"∂L/∂w{lowered(i)}", Gradient(w).read) for i, w in enumerate((W1, W2, W3), start=1))
eta = Called("η", lambda graph: RATE)


def updated(weight: Called, gradient: Called) -> Called:
    """A weight after its update."""
    return Called(f"{weight.name} after", lambda graph: step(weight.read(graph), RATE, gradient.read(graph)))


# ── its formulas ───────────────────────────────────────────────────────────────────────────────


sigmoid = by_name("sigmoid")


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
    return Place(PAGE, where).numbers(PaperComparison([*given, *works], graph, NIELSEN))[len(given) :]
