"""An operand of a group: its values are read here, and contributions are added to its gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.compiling.arrays.layout import FIXED, INPUT, Layout, Place
from engine.compiling.arrays.memory import Spaces
from engine.compiling.batch import Array
from engine.compiling.form import Form


class Operand:
    """An array of nodes, of one or two dimensions; the samples are a last dimension beside them.

    Consecutive rows are read as a view, and so is one row that is used throughout; others are gathered. With
    `full` every row is there, where otherwise what broadcasts will do.
    """

    def __init__(self, form: Form, layout: Layout, nodes: Any, full: bool = False) -> None:
        nodes = np.asarray(nodes)
        self.shape = nodes.shape
        self.full = full
        constants = {form.constants.get(i) for i in nodes.flat}
        self.constant = constants.pop() if len(constants) == 1 else None
        places: list[Place] = [layout.places[i] for i in nodes.flat]
        spaces = np.array([space for space, _ in places])
        rows = np.array([row for _, row in places])
        needs_gradient = np.array([form.needs_gradient[i] for i in nodes.flat])
        self.parts = []
        for space in sorted(set(spaces.tolist())):
            indices = np.flatnonzero(spaces == space)
            self.parts.append(Part(space, rows[indices], indices, bool(needs_gradient[indices].any())))
        self.needs_gradient = bool(needs_gradient.any())
        self.only_part = only = self.parts[0] if len(self.parts) == 1 else None
        # rows that are gathered are a copy, and the inputs are another array for each slice
        self.is_cached = only is not None and only.slice is not None and only.space != INPUT

    def read(self, spaces: Spaces) -> Any:
        """Their values: an array of shape (*shape, samples), or one that broadcasts to it; a float if all are one."""
        view = spaces.views.get(self)
        if view is not None:
            return view
        values = self._read(spaces)
        if self.is_cached:
            spaces.views[self] = values
        return values

    def _read(self, spaces: Spaces) -> Any:
        if self.constant is not None and not self.full:
            return self.constant
        if self.only_part:
            return self._shaped(self.only_part.read(spaces.values))
        found = [part.read(spaces.values) for part in self.parts]
        out = np.empty((math.prod(self.shape), max(values.shape[1] for values in found)))
        for part, values in zip(self.parts, found, strict=True):
            out[part.indices] = values
        return self._shaped(out)

    def _shaped(self, values: Array) -> Array:
        """Rows as an array of `shape`; always a view, since it may be cached."""
        if len(values) == math.prod(self.shape):
            return values if len(self.shape) == 1 else values.reshape(*self.shape, -1)
        one = values.reshape(*(1 for _ in self.shape), -1)
        return np.broadcast_to(one, (*self.shape, one.shape[-1])) if self.full else one

    def add_product(self, spaces: Spaces, local: Any, upstream: Array) -> None:
        """Add local · upstream to the gradients; where that overwrites them, without an array in between."""
        part = self.only_part
        if part is not None and not part.is_repeated and part in spaces.overwrites:
            np.multiply(local, upstream, out=part.gradient(spaces).reshape(*self.shape, -1))
        else:
            self.add(spaces, local * upstream)

    def add(self, spaces: Spaces, contribution: Array) -> None:
        """Add a contribution of shape (*shape, samples) to the gradients."""
        if contribution.ndim > 2:
            contribution = contribution.reshape(-1, contribution.shape[-1])
        if self.only_part:
            self.only_part.add(spaces, contribution)
            return
        for part in self.parts:
            if part.needs_gradient:
                part.add(spaces, contribution[part.indices])


class Part:
    """The nodes of an operand that lie in one space: their rows there, and their indices in the operand."""

    def __init__(self, space: int, rows: Any, indices: Any, needs_gradient: bool) -> None:
        self.space = space
        self.rows = rows
        self.indices = indices
        self.needs_gradient = needs_gradient and space != INPUT
        first, n = int(rows[0]), len(rows)
        self.is_repeated = n > 1 and bool((rows == first).all())
        self.slice = None
        if self.is_repeated or n == 1:
            self.slice = slice(first, first + 1)
        elif (np.diff(rows) == 1).all():
            self.slice = slice(first, first + n)
        self.distinct_rows, counts = np.unique(rows, return_counts=True)
        self.order: Any = None
        self.starts: Any = None
        if self.slice is None and len(self.distinct_rows) < n:  # contributions to one row are summed first, then added
            self.order = np.argsort(rows, kind="stable")
            self.starts = np.cumsum(counts) - counts

    def read(self, values: Sequence[Any]) -> Any:
        return values[self.space][self.rows if self.slice is None else self.slice]

    def gradient(self, spaces: Spaces) -> Array:
        """The gradients of the rows of a slice."""
        found: Array | None = spaces.views.get(self)
        if found is None:
            found = spaces.views[self] = spaces.gradients[self.space][self.slice]
        return found

    def add(self, spaces: Spaces, contribution: Array) -> None:
        if self.space == FIXED and contribution.shape[1] > 1:  # one parameter for all samples: their sum
            contribution = np.add.reduce(contribution, axis=1, keepdims=True)
        if self.slice is not None:
            gradient = self.gradient(spaces)
            if self.is_repeated:
                contribution = np.add.reduce(contribution, keepdims=True)
            if self in spaces.overwrites:
                gradient[:] = contribution
            else:
                gradient += contribution
        elif self.order is None:
            spaces.gradients[self.space][self.rows] += contribution
        else:
            sums = np.add.reduceat(contribution[self.order], self.starts, axis=0)
            spaces.gradients[self.space][self.distinct_rows] += sums
