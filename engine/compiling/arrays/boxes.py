"""Which rows of an array form a box, so that a view holds them: slices, and what reshaping and slicing gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Box:
    """Rows of an array of `size` rows, as a view of it.

    `axes` are the axes of the operand that the view has, in its own order; along the others it is the same. The rows
    are first `cut` to those from first to stop, by step; then `levels` are their shape, of which `parts` are taken.
    """

    axes: tuple[int, ...]
    counts: tuple[int, ...]  # along each of the axes
    is_whole: bool  # each row of the array is in it once, in order
    cut: tuple[int, int, int] | None  # first, stop, step
    levels: tuple[int, ...] = ()
    parts: tuple[slice | int, ...] = ()

    def text(self, array: str) -> str:
        """The view, of the array that is called so."""
        found = self.slice_of(array)
        if self.levels:
            found += f".reshape({', '.join(map(str, self.levels))}, -1)"
        parts = list(self.parts)
        while parts and parts[-1] == slice(None):
            parts.pop()
        return found + (f"[{', '.join(map(_part, parts))}]" if parts else "")

    def slice_of(self, array: str) -> str:
        """The rows that it is cut from."""
        if self.is_whole or self.cut is None:
            return array
        first, stop, step = self.cut
        return f"{array}[{first}:{stop}{f':{step}' if step > 1 else ''}]"


def _part(part: slice | int) -> str:
    if isinstance(part, int):
        return str(part)
    return ":" if part.start is None else f"{part.start}:{part.stop}"


ANY = -1  # in place of a row number: whatever row comes to lie there


def box_of(rows: Numbers, size: int) -> Box | None:
    """The box that these row numbers are, of an array of `size` rows; None if there is none."""
    if rows.size == 1:
        return _boxed(int(rows.flat[0]), (), (), [], size)
    regular = regular_rows(rows)
    if regular is None or regular.min() < 0 or regular.max() >= size:
        return None
    first = int(regular.flat[0])
    strides = [int(regular[_unit(rows.ndim, axis)]) - first if n > 1 else 0 for axis, n in enumerate(rows.shape)]
    if min(strides, default=0) < 0:
        return None
    axes = sorted((axis for axis, stride in enumerate(strides) if stride), key=lambda axis: -strides[axis])
    counts = tuple([rows.shape[axis] for axis in axes])
    return _boxed(first, tuple(axes), counts, [strides[axis] for axis in axes], size)


def regular_rows(rows: Numbers) -> Numbers | None:
    """Numbers that are equally far apart along each axis, with rows where there was ANY; None if they are not."""
    known = np.argwhere(rows != ANY)
    first = known[0]
    strides = [0] * rows.ndim
    for axis, n in enumerate(rows.shape):
        lines = np.moveaxis(rows, axis, -1).reshape(-1, n)
        pairs = np.argwhere((lines[:, 1:] != ANY) & (lines[:, :-1] != ANY))
        if len(pairs):
            line, k = pairs[0]
            strides[axis] = int(lines[line, k + 1] - lines[line, k])
        elif n > 1 and len(np.unique(known[:, axis])) > 1:
            return None
    start = rows[tuple(first)] - int(first @ strides)
    regular = start + np.tensordot(strides, np.indices(rows.shape), axes=1)
    return regular if np.array_equal(regular[rows != ANY], rows[rows != ANY]) else None


def _unit(dimensions: int, axis: int) -> tuple[int, ...]:
    return tuple([int(k == axis) for k in range(dimensions)])


def _boxed(first: int, axes: tuple[int, ...], counts: tuple[int, ...], strides: list[int], size: int) -> Box | None:
    """From `first`, so many rows along each axis, so far apart: the widest strides first."""
    nested = [*[stride * n for stride, n in zip(strides[1:], counts[1:], strict=True)], 1]
    if nested == strides:  # without gaps
        total = int(np.prod(counts))
        return Box(axes, counts, total == size, (first, first + total, 1), counts if len(counts) > 1 else ())
    if not axes:
        return Box((), (), size == 1, (first, first + 1, 1))
    if len(axes) == 1:
        (stride,), (n,) = strides, counts
        return Box(axes, counts, False, (first, first + (n - 1) * stride + 1, stride))
    whole = size // strides[0] * strides[0]
    levels, parts = list[int](), list[slice | int]()
    for width, stride, n in zip([whole, *strides], strides, counts, strict=False):
        start, first = divmod(first, stride)
        if width % stride or start + n > width // stride:
            return None
        levels.append(width // stride)
        parts.append(slice(None) if n == width // stride else slice(start, start + n))
    if strides[-1] > 1:
        levels.append(strides[-1])
        parts.append(first)
    return Box(axes, counts, False, None if whole == size else (0, whole, 1), tuple(levels), tuple(parts))


def common_shape(sequences: Sequence[Numbers]) -> tuple[int, ...]:
    """A shape in which all of these sequences, of one length, are regular along each axis; (length,) if there is none.

    The rows 0 … 127 and 0 … 7, 0 … 7, … are so as 16 × 8.
    """
    length = len(sequences[0]) if sequences else 1
    found = list(_axes(np.array(sequences))) if sequences else []
    return tuple(reversed(found)) if found and int(np.prod(found)) == length else (length,)


def _axes(starts: Numbers) -> Iterator[int]:
    """From the innermost axis outwards; what they hold is less than everything if nothing fits."""
    while starts.shape[1] > 1:
        steps = np.diff(starts, axis=1)
        irregular = np.flatnonzero((steps != steps[:, :1]).any(axis=0))
        run = int(irregular[0]) + 1 if len(irregular) else starts.shape[1]
        if starts.shape[1] % run:
            return
        blocks = starts.reshape(len(starts), -1, run)
        if (np.diff(blocks, axis=2) != steps[:, :1, None]).any():
            return
        yield run
        starts = blocks[:, :, 0]
