"""Rows written out for speed: + and * of two Values, and the `dot` of a neuron.

They are most of what runs, and a call of the row costs a third of the time of such a node. Tests hold each of
them equal to its row in the table. Importing this module puts + and * in the place of the plain ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.rules import RULES
from engine.support.notation import Role
from engine.value import ADD, MUL, Value, binary, node
from engine.vocabulary import weighted_sum

DOT = RULES["dot"]


def add(x: Value, y: Any) -> Value:
    if y.__class__ is Value:
        return node(ADD, (x, y), x.data + y.data, (1.0, 1.0))
    if y.__class__ is int and y == 0:  # where sum() starts: no one wrote that addition
        return x
    return binary(ADD, x, y)


def add_to(x: Value, y: Any) -> Value:
    return x if y.__class__ is int and y == 0 else binary(ADD, y, x)


def multiply(x: Value, y: Any) -> Value:
    if y.__class__ is Value:
        left, right = x.data, y.data
        return node(MUL, (x, y), left * right, (right, left))
    return binary(MUL, x, y)


Value.__radd__ = add_to  # type: ignore[method-assign]
Value.__add__ = add  # type: ignore[method-assign]
Value.__mul__ = multiply  # type: ignore[method-assign]


def weigh(
    weights: Sequence[Value], values: Sequence[Value], x: Sequence[float], bias: Value | None, role: Role | None
) -> Value:
    """`dot` of Values only; `x` has the data of the values."""
    w = [weight.data for weight in weights]
    if bias is None:
        return node(DOT, (*weights, *values), weighted_sum(w, x, 0.0), (*x, *w), role)
    return node(DOT, (*weights, *values, bias), weighted_sum(w, x, bias.data), (*x, *w, 1.0), role)
