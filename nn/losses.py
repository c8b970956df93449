"""Losses: how far the outputs are from their targets, as one Value.

Each takes what a model returns, a Value or a list of them, and as many targets: numbers (which become
target leaves) or Values, which join the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.functions import FUNCTIONS
from engine.notation import LOSS, TARGET, Role
from engine.value import Value


def half_squared_error(outputs: Any, targets: Any) -> Value:
    """E = ½ Σ (yₖ − tₖ)², the primer's loss (section 3), for which δ = y − t at a linear output (equation 5)."""
    return _loss(0.5 * _sum_of_squares(outputs, targets))


def squared_error(outputs: Any, targets: Any) -> Value:
    """E = Σ (yₖ − tₖ)²."""
    return _loss(_sum_of_squares(outputs, targets))


def mean_squared_error(outputs: Any, targets: Any) -> Value:
    """E = 1/n Σ (yₖ − tₖ)², n the number of outputs."""
    ys = as_values(outputs)
    return _loss(_sum_of_squares(ys, targets) / len(ys))


def _sum_of_squares(outputs: Any, targets: Any) -> Value:
    total: Value = FUNCTIONS["sum"]([(y - t) ** 2 for y, t in pair(outputs, targets)])
    return total


def pair(outputs: Any, targets: Any) -> list[tuple[Value, Value]]:
    """Each output with its target, the targets made leaves with their role."""
    ys, ts = as_values(outputs), as_values(targets)
    if len(ys) != len(ts):
        raise ValueError(f"a loss wants a target for each output; got {len(ys)} outputs and {len(ts)} targets")
    for k, t in enumerate(ts, start=1):
        if t.role is None and t.op is None and not t.label:
            t.role = Role(TARGET, None, (k,))
    return list(zip(ys, ts, strict=True))


def as_values(x: Any) -> Sequence[Value]:
    if isinstance(x, Value):
        return [x]
    elements = list(x) if isinstance(x, Iterable) and getattr(x, "shape", None) != () else [x]
    return [element if isinstance(element, Value) else Value(element) for element in elements]


def _loss(value: Value) -> Value:
    value.role = Role(LOSS)
    return value
