"""An operand of a group, and how it is read.

It is a box of nodes, with axes for the nodes of the group and, if the rule takes any number, for its operands; the
samples are a last axis. Rows that lie regularly are read as a view, others are gathered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from engine.compiling.arrays.boxes import ANY, Box, Numbers, box_of, regular_rows
from engine.compiling.arrays.language import NUMPY
from engine.compiling.arrays.layout import CONSTANT
from engine.compiling.arrays.texts import SAMPLES, Axes, Text
from engine.compiling.arrays.writer import Writer


class Operand:
    """Nodes that are read together; `axes` says what each dimension of the box is."""

    def __init__(self, writer: Writer, nodes: Any, axes: Sequence[int]) -> None:
        self.writer, self.axes = writer, tuple(axes)
        nodes = np.asarray(nodes)
        self.shape = nodes.shape
        self.known = nodes != ANY
        self.nodes = np.where(self.known, nodes, nodes[self.known][0])
        self.arrays, self.rows = writer.array_of[self.nodes], writer.row_of[self.nodes]
        self.needs_gradient = bool(writer.needs_gradient[self.nodes].any())
        distinct = np.unique(self.arrays).tolist() if self.nodes.size > 1 else self.arrays.ravel().tolist()
        self.varies = any(k != CONSTANT and writer.arrays[k].varies for k in distinct)
        self.filling: float | None = None  # the constant in the places that are not of the array
        self.box: Box | None = None
        if len(distinct) == 2 and distinct[0] == CONSTANT:
            self._be_filled(distinct[1])
        self.array: int | None = distinct[-1] if len(distinct) == 1 or self.box else None
        if self.array is not None and self.array != CONSTANT and not self.box:
            self.box = box_of(np.where(self.known, self.rows, ANY), len(writer.arrays[self.array]))

    def _be_filled(self, array: int) -> None:
        """One array but for some places, all of one constant: the box of the others, if they are one."""
        constants = {self.writer.form.constants[i] for i in np.unique(self.nodes[self.arrays == CONSTANT]).tolist()}
        is_there = self.known & (self.arrays == array)
        if len(constants) == 1 and not self.writer.arrays[array].matrix:
            self.box = box_of(np.where(is_there, self.rows, ANY), len(self.writer.arrays[array]))
        if self.box:
            (self.filling,) = constants
            self.known = is_there

    @cached_property
    def number(self) -> float | None:
        """The constant that all of them are."""
        if self.array != CONSTANT:
            return None
        constants = {self.writer.form.constants[i] for i in np.unique(self.nodes).tolist()}
        return constants.pop() if len(constants) == 1 else None

    @cached_property
    def wide(self) -> Axes:
        """The axes along which there is more than one place, without the samples."""
        return frozenset(axis for axis, n in zip(self.axes, self.shape, strict=True) if n > 1)

    @cached_property
    def needs_mask(self) -> bool:
        """Would what is contributed at places that are not known get anywhere?"""
        if self.known.all():
            return False
        if self.box is None or self.array is None or self.wide - {self.axes[k] for k in self.box.axes}:
            return True
        rows = regular_rows(np.where(self.known, self.rows, ANY))
        read = self.writer.arrays[self.array].rows
        return rows is None or bool(np.isin(rows[~self.known], list(read)).any())

    @cached_property
    def core(self) -> Operand:
        """Of one that is filled, the axes along which it differs, in its filling or its rows."""
        box_axes = self.box.axes if self.box else ()
        same = [k for k in range(len(self.shape)) if k not in box_axes and (np.diff(self.known, axis=k) == 0).all()]
        if not same:
            return self
        nodes = self.nodes
        for k in reversed(same):
            nodes = nodes.take(0, axis=k)
        return Operand(self.writer, nodes, [axis for k, axis in enumerate(self.axes) if k not in same])

    def read(self, *, all_axes: bool = False) -> Text:
        """An array of the shape (*shape, samples), or one that broadcasts to it; with `all_axes` as it is."""
        if self.number is not None and not all_axes:
            text = NUMPY.number(self.number)
            return Text(text, text, text, number=self.number)
        stored, axes = self.stored(all_axes)
        present = frozenset(axes) & self.wide
        text = self._in_order(stored, axes, leading=all_axes)
        return Text.of_atom(text, present | {SAMPLES} if self.varies else present)

    def stored(self, all_axes: bool = False) -> tuple[str, tuple[int, ...]]:
        """The view in the order in which its array has the rows, and its axes; gathered, if there is no such view."""
        if self.filling is not None and not (all_axes and self.core.wide < self.wide):
            return self.core.filled(), tuple(axis for axis in self.core.axes if axis in self.wide)
        if self.filling is None and self.box is not None and self.array is not None:
            axes = tuple([self.axes[k] for k in self.box.axes])
            if not all_axes or self.wide <= {*axes}:
                return self._view(self.box, self.array), axes
        text = self._gathered()
        wide = [n for n in self.shape if n > 1]
        if len(wide) != 1 and self.nodes.size > 1:
            text = self.writer.kept(f"{text}.reshape({', '.join(map(str, wide))}, -1)", "rows")
        return text, tuple(axis for axis in self.axes if axis in self.wide)

    def _view(self, box: Box, array: int) -> str:
        name = self.writer.rows_of(array)
        text = box.text(name)
        return self.writer.kept(text, name) if box.levels else text

    def filled(self) -> str:
        """The view in the order of the axes, and the filling where it is not known."""
        assert self.box is not None
        assert self.array is not None
        assert self.filling is not None
        view = self._in_order(self._view(self.box, self.array), [self.axes[k] for k in self.box.axes])
        shape = [n for n in self.shape if n > 1]
        mask = self.writer.tables.mask(self.known.reshape(shape))
        return self.writer.kept(f"np.where({mask}, {view}, {NUMPY.number(self.filling)})", "filled")

    def _in_order(self, stored: str, axes: Sequence[int], leading: bool = False) -> str:
        """What is stored with these axes, in the order of the operand's; `leading` are those of one place in front."""
        order = [self.axes.index(axis) for axis in axes]
        if order != sorted(order):
            stored += f".transpose({', '.join(str(order.index(k)) for k in sorted(order))}, {len(order)})"
        places = [":" if k in order else "None" for k in range(len(self.shape))]
        if not leading:  # broadcasting adds what is missing in front
            places = places[min(order, default=len(places)) :]
        elif not order:  # one row has an axis of its own
            places.pop()
        while places and places[-1] == ":":
            places.pop()
        return stored + (f"[{', '.join(places)}]" if places else "")

    def _gathered(self) -> str:
        """An array with a row for each node of the operand."""
        writer, rows = self.writer, self.rows.ravel()
        if self.array == CONSTANT:
            return writer.tables.constants([writer.form.constants[i] for i in self.nodes.flat], (len(rows),))
        if self.array is not None:
            return writer.kept(f"{writer.rows_of(self.array)}[{writer.tables.rows(rows)}]", "rows")
        constants = {writer.form.constants[i] for i in self.nodes.flat if i in writer.form.constants}
        columns = "samples" if self.varies else "1"
        parts = [(writer.tables.rows(places), self._there(array, places)) for array, places in self.parts()]
        if len(constants) == 1:
            (constant,) = constants
            empty = f"np.full(({len(rows)}, {columns}), {NUMPY.number(constant)})"
            parts = [part for part, (array, _) in zip(parts, self.parts(), strict=True) if array != CONSTANT]
        else:
            empty = f"np.empty(({len(rows)}, {columns}))"
        return writer.kept_in_parts(empty, parts, "rows")

    def parts(self) -> Iterator[tuple[int, Numbers]]:
        """Each array of which there are nodes, with their places in the operand."""
        arrays = self.arrays.ravel()
        for array in np.unique(arrays).tolist():
            yield array, np.flatnonzero(arrays == array)

    def _there(self, array: int, places: Numbers) -> str:
        """The rows of an array that are at these places."""
        if array == CONSTANT:
            constants = self.writer.form.constants
            return self.writer.tables.constants(
                [constants[i] for i in self.nodes.flat[places].tolist()], (len(places),)
            )
        return f"{self.writer.rows_of(array)}[{self.writer.tables.rows(self.rows.flat[places])}]"

    def read_columns(self) -> str:
        """All of it as a matrix with a row for each place along the first axis."""
        if self.is_in_order and self.box and self.array is not None:
            text = self.box.slice_of(self.writer.rows_of(self.array))
        else:
            text = self.read(all_axes=True).atom
        return self.writer.kept(f"{text}.reshape({self.shape[0]}, -1)", "columns")

    @property
    def is_in_order(self) -> bool:
        """Are they rows that follow each other, in the order of the axes?"""
        if self.box is None or self.box.parts or not self.known.all():
            return False
        return self.box.axes == tuple(range(len(self.shape)))

    def read_matrix(self) -> str:
        """Of what is the same for all samples, the matrix that its two axes make."""
        if self.array is not None and self.box is not None and self.is_matrix:
            return self.writer.names[self.array]
        return self.writer.kept(f"{self.read(all_axes=True).atom}[..., 0]", "matrix")

    @property
    def is_matrix(self) -> bool:
        """Is it an array that is kept as this very matrix?"""
        if self.array is None or self.box is None or not self.box.is_whole:
            return False
        return self.writer.arrays[self.array].matrix == self.shape and self.box.axes == tuple(sorted(self.box.axes))
