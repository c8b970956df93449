"""Values as one vector: their data or gradients read together, and written back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.value import Value

Vector = NDArray[np.float64]


def data_vector(values: Sequence[Value]) -> Vector:
    return np.array([value.data for value in values], dtype=np.float64)


def gradient_vector(values: Sequence[Value]) -> Vector:
    return np.array([value.grad for value in values], dtype=np.float64)


def assign_data(values: Sequence[Value], vector: Vector) -> None:
    """Make these numbers the Values' data, each a Python float."""
    for value, data in zip(values, vector.tolist(), strict=True):
        value.data = data


def assign_gradients(values: Sequence[Value], vector: Vector) -> None:
    for value, gradient in zip(values, vector.tolist(), strict=True):
        value.grad = gradient
