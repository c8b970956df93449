"""The paper's equations: on one pattern, and its update over some sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from demos.kit.checks import Place
from demos.kit.quantities import Graph
from demos.kit.report import Section, Table
from demos.kit.sources import NATURE
from demos.symmetry.nets import ALPHA, EPSILON, INPUTS, PATTERNS, SEEDS, TARGETS, Vector, network
from engine import Value, compile_graph
from engine.support.notation import ACTIVATION, Role
from engine.support.numerals import number
from nn import SGD, half_squared_error, matrices

ONE_PATTERN = (1.0, 0.0, 1.0, 1.0, 0.0, 0.0)


def equations() -> Section:
    """(1) to (7) on one pattern through a net of random weights, and (9) over some sweeps."""
    model = network(SEEDS[0])
    loss = half_squared_error(model(ONE_PATTERN), [0.0])
    loss.backward()
    first, last = matrices(loss)
    graph = Graph(loss)
    rows = []

    def row(which: int, quantity: str, said: Any, exact: Any, formula: str) -> None:
        place = Place(NATURE, f"equation ({which})")
        rows.append(place.equation(f"({which}) {quantity}", np.squeeze(said), np.squeeze(exact), formula))

    y = np.array(ONE_PATTERN)
    for name, layer in (("hidden", first), ("output", last)):
        x = layer.W @ y + layer.b
        row(1, f"x, {name}", x, layer.a[0], "Σ yᵢ wⱼᵢ, with bias")
        y = 1 / (1 + np.exp(-x))
        row(2, f"y, {name}", y, layer.z[0], "1 / (1 + e⁻ˣʲ)")
    row(3, "E", 0.5 * float(y[0] - 0) ** 2, loss.data, "½ Σ Σ (y − d)²")
    by_y = y - 0
    row(4, "∂E/∂y, output", by_y, [graph.nodes[LAST].grad], "yⱼ − dⱼ")
    for name, layer in (("output", last), ("hidden", first)):
        by_x = by_y * layer.z[0] * (1 - layer.z[0])
        row(5, f"∂E/∂x, {name}", by_x, layer.delta[0], "∂E/∂yⱼ · yⱼ(1 − yⱼ)")
        row(6, f"∂E/∂w, {name}", np.outer(by_x, layer.x[0]), layer.dW, "∂E/∂xⱼ · yᵢ")
        if layer is last:
            by_y = layer.W.T @ by_x
            below = [graph.nodes[Role(ACTIVATION, 1, (i,))].grad for i in (1, 2)]
            row(7, "∂E/∂y, hidden", by_y, below, "Σ ∂E/∂xⱼ · wⱼᵢ")
    literal, by_engine = updates(50)
    row(9, "Δw, for 50 sweeps", literal, by_engine, "−ε ∂E/∂w(t) + α Δw(t−1)")
    return Section(
        "The equations, on one pattern of a net that has not learned yet",
        [
            f"Six inputs, two hidden units, one output, all sigmoid. The pattern is {shown(ONE_PATTERN)}, which is not "
            "symmetric: d = 0.",
            Table(rows, "paper", "engine"),
        ],
    )


LAST = Role("output", 2, (1,))


def updates(sweeps: int) -> tuple[Vector, Vector]:
    """How the weights have changed after so many sweeps, by equation (9) and by `SGD` with momentum."""
    model = network(SEEDS[0])
    inputs, target = [Value(0.0) for _ in range(INPUTS)], Value(0.0)
    program = compile_graph(half_squared_error(model(inputs), target), [*inputs, target])
    rule, by_engine = SGD(program.parameters, EPSILON, ALPHA), program.vector()
    start, literal, change = program.vector(), program.vector(), np.zeros(len(program.parameters))
    for _ in range(sweeps):
        gradient = program.gradient((PATTERNS, TARGETS), literal, reduction="sum")[1]
        change = -EPSILON * gradient + ALPHA * change
        literal = literal + change
        rule.update(by_engine, program.gradient((PATTERNS, TARGETS), by_engine, reduction="sum")[1])
    return literal - start, by_engine - start


def shown(pattern: Sequence[float]) -> str:
    return " ".join(map(number, pattern))
