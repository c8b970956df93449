"""Batches of the data: which samples they take, and their gradient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.value import Value
from nn.training.samples import Rows

Vector = NDArray[np.float64]
Taken = slice | NDArray[np.intp]  # the numbers of the samples of a batch


class Trainable(Protocol):
    """What training asks of a compiled program, or of what takes its place."""

    parameters: list[Value]

    def vector(self) -> Vector: ...
    def assign(self, vector: Any) -> None: ...
    def forward(self, batch: Any, parameters: Any) -> Vector: ...
    def gradient(self, batch: Any, parameters: Any) -> tuple[Vector, Vector]: ...


def batches_of(samples: int, size: int, generator: np.random.Generator | None) -> Iterator[Taken]:
    """The samples of each batch of an epoch: in a new order if there is a generator, else one after the other."""
    if generator is None or size >= samples:
        for start in range(0, samples, size):
            yield slice(start, min(start + size, samples))
    else:
        order = generator.permutation(samples)
        for start in range(0, samples, size):
            yield order[start : start + size]


class Batches:
    """A program and its data in this process; batches are copied into the same memory, or not at all."""

    def __init__(self, program: Trainable, arrays: tuple[Rows, ...], size: int) -> None:
        self.program, self.arrays = program, arrays
        self._buffers = [np.empty((size, array.shape[1]), array.dtype) for array in arrays]

    def gradient(self, taken: Taken, vector: Vector) -> tuple[Vector, Vector]:
        """The losses of these samples, and the gradient of their mean."""
        return self.program.gradient(self.batch(taken), vector)

    def batch(self, taken: Taken) -> tuple[Rows, ...]:
        if isinstance(taken, slice):
            return tuple(array[taken] for array in self.arrays)
        size = len(taken)  # mode="clip", as the numbers are known to be right: the default mode makes a copy in between
        pairs = zip(self.arrays, self._buffers, strict=True)
        return tuple(np.take(array, taken, 0, buffer[:size], "clip") for array, buffer in pairs)
