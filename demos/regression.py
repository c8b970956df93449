"""Gradient descent without a network: a polynomial, beside the least-squares solution.

After "A written introduction to the mathematical theory behind backpropagation algorithms", section "Reviewing
Polynomial Regression". The source names no data, degree, learning rate or number of steps; those here are ours.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log10, sin

import numpy as np

from demos.kit.checks import TOLERANCE, Place
from demos.kit.console import aligned
from demos.kit.demo import Demo
from demos.kit.report import Picture, Renderable, Section, Table
from demos.kit.sources import INTRODUCTION
from engine import Value, dot, total
from engine.support.numerals import lowered, number
from nn import SGD
from viz.plots import plot_lines

DEGREE, POINTS, RATE, STEPS = 3, 15, 0.04, 1500
PLACE = Place(INTRODUCTION, "Reviewing Polynomial Regression")


# ── the example ────────────────────────────────────────────────────────────────────────────────


def data() -> tuple[list[float], list[float]]:
    """Points beside a sine, to two decimals, by seed."""
    rng = random.Random(1)
    xs = [round(-0.9 + 0.15 * i, 2) for i in range(POINTS)]
    return xs, [round(sin(3 * x) + rng.gauss(0, 0.15), 2) for x in xs]


def parameters() -> list[Value]:
    """k₀ … k_d, at random, as the source has it."""
    rng = random.Random(2)
    return [Value(round(rng.uniform(-1, 1), 2), f"k{lowered(j)}") for j in range(DEGREE + 1)]


def errors(k: Sequence[Value]) -> list[Value]:
    """p(xᵢ) − yᵢ for every point; p(x) is a `dot` of the parameters and the powers of x."""
    return [dot(k, [x**j for j in range(len(k))]) - y for x, y in zip(*data(), strict=True)]


def cost(k: Sequence[Value]) -> Value:
    """C = Σ (p(xᵢ) − yᵢ)²."""
    return total(error**2 for error in errors(k))


@dataclass(frozen=True)
class Descent:
    """Gradient descent from the random parameters: what C and k were before each step, and after the last."""

    costs: list[float]
    ks: list[list[float]]


@cache
def descent() -> Descent:
    k = parameters()
    rule, found = SGD(k, RATE), Descent([], [])
    for step in range(STEPS + 1):
        C = cost(k)
        found.costs.append(C.data)
        found.ks.append([value.data for value in k])
        if step < STEPS:
            rule.zero_grad()
            C.backward()
            rule.step()
    return found


def least_squares() -> list[float]:
    """The k that minimises C, in closed form."""
    xs, ys = data()
    solution: list[float] = np.linalg.lstsq(np.vander(xs, DEGREE + 1, increasing=True), np.array(ys))[0].tolist()
    return solution


def polynomial(k: Sequence[float], x: float) -> float:
    return sum(kj * x**j for j, kj in enumerate(k))


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


def sections() -> list[Section]:
    return [the_gradient(), the_missing_square(), the_descent()]


def the_gradient() -> Section:
    xs, ys = data()
    k = parameters()
    start = [value.data for value in k]
    C = cost(k)
    C.backward()
    rest = [polynomial(start, x) - y for x, y in zip(xs, ys, strict=True)]
    rows = [PLACE.equation("C", sum(error**2 for error in rest), C.data)]
    rows += [
        PLACE.equation(
            f"∂C/∂k{lowered(j)}", sum(2 * error * x**j for error, x in zip(rest, xs, strict=True)), k[j].grad
        )
        for j in range(DEGREE + 1)
    ]
    return Section(
        "Reviewing Polynomial Regression",
        [
            ["p(x) = k₀x⁰ + k₁x¹ + … + k_d xᵈ      C = Σ (p(xᵢ) − yᵢ)²      ∂C/∂kⱼ = Σ 2(p(xᵢ) − yᵢ) xᵢʲ"],
            f"Here d = {DEGREE}, with {POINTS} points near sin 3x on −0.9 ≤ x ≤ 1.2, and parameters set at random: "
            f"k = ({', '.join(map(number, start))}).",
            Table(rows, "formula", "engine"),
        ],
    )


def the_missing_square() -> Section:
    k = parameters()
    letter = total(errors(k))
    letter.backward()
    slopes = ", ".join(number(value.grad) for value in k)
    C = cost(k).data
    xs, ys = data()
    values = [value.data for value in k]
    rest = [polynomial(values, x) - y for x, y in zip(xs, ys, strict=True)]
    why = (
        f"the square is missing. To the letter this sum has the same slopes Σ xᵢʲ = ({slopes}) wherever k is, and no "
        "least value; squared it is C, and the partial derivatives that the source goes on to are those of C"
    )
    return Section(
        "Its cost, written out",
        [
            Table(
                [PLACE.slip("Σ ((k₀xᵢ⁰ + … + k_d xᵢᵈ) − yᵢ)", sum(rest), C, why, meant=sum(error**2 for error in rest))]
            )
        ],
    )


def the_descent() -> Section:
    way, solution = descent(), least_squares()
    rows = [
        PLACE.equation(f"k{lowered(j)}", way.ks[-1][j], solution[j], f"{number(way.ks[0][j])} at the start")
        for j in range(DEGREE + 1)
    ]
    stages = [(str(step), number(way.costs[step])) for step in (0, 1, 10, 100, STEPS)]
    return Section(
        f"Gradient descent: k ← k − {number(RATE)} · ∂C/∂k, {STEPS} steps, beside the least-squares solution",
        [
            aligned(("steps", "C"), stages, ">."),
            Table(rows, "descent", "lstsq"),
            f"Each agrees to {-round(log10(TOLERANCE))} digits.",
        ],
    )


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def fit_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, way = Plot(theme), descent()
    xs, ys = data()
    fine = np.linspace(min(xs), max(xs), 121).tolist()
    plot.panels[0].scatter(xs, ys, s=36, marker="x", color=plot.theme.ink, label="points", zorder=3)
    named = {"least squares": least_squares(), "after 10 steps": way.ks[10], "at the start": way.ks[0]}
    plot_lines(
        {name: (fine, [polynomial(k, x) for x in fine]) for name, k in named.items()},
        x="x",
        y="p(x)",
        title=f"A polynomial of degree {DEGREE} on its way to the points",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def cost_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, shown = Plot(theme), descent().costs[:200]
    smallest = sum((polynomial(least_squares(), x) - y) ** 2 for x, y in zip(*data(), strict=True))
    steps = range(len(shown))
    plot_lines(
        {"gradient descent": (steps, shown), "least squares": (steps, [smallest] * len(shown))},
        x="step",
        y="C",
        title="The cost falls to its least value",
        log=True,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def pictures() -> tuple[Picture, ...]:
    return (
        Picture("regression-fit", "the points, and the polynomial on its way to them", fit_plot),
        Picture("regression-cost", "how the cost falls to its least value", cost_plot),
    )


DEMO = Demo(
    "regression",
    title="Gradient descent without a network: polynomial regression",
    about="You see a polynomial find its way to a few points: the partial derivatives by the source's formula and "
    "by the engine are the same numbers, and descent ends where the least-squares solution is.",
    sections=sections,
    source=INTRODUCTION,
    pictures=pictures,
)
