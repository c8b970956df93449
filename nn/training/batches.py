"""Batches of the data: which samples they take, and their gradient in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.compiling.vectors import Vector
from engine.value import Value
from nn.training.samples import Rows

Indices = slice | NDArray[np.intp]  # of the samples of a batch


class Trainable(Protocol):
    """What training needs of a compiled program, or of what takes its place."""

    parameters: list[Value]

    def forward(self, batch: Any, parameters: Any) -> Vector: ...
    def gradient(self, batch: Any, parameters: Any) -> tuple[Vector, Vector]: ...


def batches_of(samples: int, size: int, generator: np.random.Generator | None) -> Iterator[Indices]:
    """The samples of each batch of an epoch: in a new order if there is a generator, else one after the other."""
    if generator is None or size >= samples:
        for start in range(0, samples, size):
            yield slice(start, min(start + size, samples))
    else:
        order = generator.permutation(samples)
        for start in range(0, samples, size):
            yield order[start : start + size]


class LocalGradients:
    """A program and its data in this process; batches are copied into the same memory, or not at all."""

    def __init__(self, program: Trainable, arrays: tuple[Rows, ...], size: int) -> None:
        self.program, self.arrays = program, arrays
        self._buffers = [np.empty((size, array.shape[1]), array.dtype) for array in arrays]

    def gradient(self, samples: Indices, vector: Vector) -> tuple[Vector, Vector]:
        """The losses of these samples, and the gradient of their mean."""
        return self.program.gradient(self._batch(samples), vector)

    def _batch(self, samples: Indices) -> tuple[Rows, ...]:
        if isinstance(samples, slice):
            return tuple(array[samples] for array in self.arrays)
        size = len(samples)  # mode="clip", as they are known to be in range: the default mode makes a copy in between
        pairs = zip(self.arrays, self._buffers, strict=True)
        return tuple(np.take(array, samples, 0, buffer[:size], "clip") for array, buffer in pairs)
