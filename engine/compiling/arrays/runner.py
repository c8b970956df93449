"""Run a program by array operations, a slice of the batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np

from engine.compiling.arrays.clearing import clearing_of
from engine.compiling.arrays.layout import INPUT, VARYING, Layout
from engine.compiling.arrays.memory import Buffers, Spaces
from engine.compiling.arrays.operands import Operand
from engine.compiling.arrays.operations import ArrayOperation, operation_of
from engine.compiling.batch import Array, Batch
from engine.compiling.form import Form


class ArrayRunner:
    """The operations of a program in their order: what is fixed once for a batch, what varies once for each slice."""

    def __init__(self, form: Form, layout: Layout, slice_size: int) -> None:
        self.layout, self.slice_size = layout, slice_size
        self.constants = np.array([form.constants[i] for i in layout.constants])
        self.roots = Operand(form, layout, form.roots)
        self.fixed = [operation_of(form, layout, group) for group in layout.groups if not group.varies]
        self.varying = [operation_of(form, layout, group) for group in layout.groups if group.varies]
        self.fixed_backward = _backward(self.fixed)
        self.varying_backward = _backward(self.varying)
        self.clearing = clearing_of(layout.sizes, self.roots, [*self.varying_backward, *self.fixed_backward])
        self._free: list[Buffers] = []  # that no run uses at the moment

    def forward(self, batch: Batch, parameters: Array) -> Array:
        """The values of the K roots for each sample, shape (K, B)."""
        values = np.empty((*self.roots.shape, batch.size))
        with self._buffers(parameters) as buffers:
            for samples, spaces in self._slices(batch, buffers):
                values[:, samples] = self._forward(spaces)
        return values

    def gradient(self, batch: Batch, parameters: Array) -> tuple[Array, Array]:
        """The values of the one root, shape (B,), and the gradient of their sum by the parameters."""
        losses = np.empty(batch.size)
        if not batch.size:
            return losses, np.zeros(len(parameters))
        with self._buffers(parameters) as buffers:
            for rows in self.clearing.fixed:
                buffers.fixed_gradients[rows] = 0.0
            for samples, spaces in self._slices(batch, buffers):
                losses[samples] = self._forward(spaces)
                self._backward(spaces)
            for operation in self.fixed_backward:
                operation.backward(buffers.fixed_spaces)
            return losses, buffers.fixed_gradients[: len(parameters), 0].copy()

    @contextmanager
    def _buffers(self, parameters: Array) -> Iterator[Buffers]:
        """Buffers that no other run uses meanwhile, with what is fixed computed."""
        buffers = self._free.pop() if self._free else Buffers(self.layout.sizes, self.clearing)
        n, m = len(parameters), len(self.constants)
        buffers.fixed[:n, 0] = parameters
        buffers.fixed[n : n + m, 0] = self.constants
        with np.errstate(all="ignore"):
            for operation in self.fixed:
                operation.forward(buffers.fixed_spaces)
            yield buffers
        self._free.append(buffers)

    def _slices(self, batch: Batch, buffers: Buffers) -> Iterator[tuple[slice, Spaces]]:
        """The batch in slices of (nearly) equal size, the inputs of each in its spaces."""
        count = -(-batch.size // self.slice_size) or 1
        ends = [k * batch.size // count for k in range(count + 1)]
        for start, end in pairwise(ends):
            if start < end:
                spaces = buffers.spaces(end - start)
                spaces.is_first_slice = start == 0
                spaces.values[INPUT] = batch.input_space(slice(start, end))
                yield slice(start, end), spaces

    def _forward(self, spaces: Spaces) -> Array:
        """The values of the roots."""
        for operation in self.varying:
            operation.forward(spaces)
        values: Array = self.roots.read(spaces)
        return values

    def _backward(self, spaces: Spaces) -> None:
        for rows in self.clearing.varying:
            spaces.gradients[VARYING][rows] = 0.0
        if self.roots.needs_gradient:
            self.roots.add(spaces, spaces.ones)
        for operation in self.varying_backward:
            operation.backward(spaces)


def _backward(operations: Sequence[ArrayOperation]) -> list[ArrayOperation]:
    return [operation for operation in reversed(operations) if operation.needs_gradient]
