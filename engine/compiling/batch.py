"""The samples that a program runs on: one array, or several side by side, never put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any, cast

import numpy as np

from engine.compiling.work import Array


class Batch:
    """The samples: an array with a row for each, or several such side by side."""

    def __init__(self, batch: Any, columns: int) -> None:
        if isinstance(batch, tuple) and not batch:
            raise ValueError(f"a batch wants an array, or some side by side, with {columns} columns; got ()")
        self.parts = [_matrix(part) for part in (batch if isinstance(batch, tuple) else (batch,))]
        found = sum(part.shape[1] for part in self.parts)
        sizes = {len(part) for part in self.parts}
        if found != columns or len(sizes) != 1:
            shapes = ", ".join(str(part.shape) for part in self.parts)
            raise ValueError(f"a batch wants the shape (B, {columns}), a column for each input; got {shapes}")
        self.size = sizes.pop()

    def rows(self, count: int | None = None) -> list[list[float]]:
        """The samples, or so many of them, as lists of floats."""
        lists = [part[:count].astype(float).tolist() for part in self.parts]
        return [list(chain(*parts)) for parts in zip(*lists, strict=True)]

    def columns(self, samples: slice) -> Columns:
        """These samples, as rows of inputs."""
        return Columns([np.asarray(part[samples], dtype=np.float64).T for part in self.parts])


class Columns:
    """The space of inputs: a row for each, a column for each sample; floats are read where they are."""

    def __init__(self, parts: Sequence[Array]) -> None:
        self.parts = parts
        self.ends = list(accumulate(map(len, parts)))

    def __getitem__(self, rows: Any) -> Array:
        """The rows of a slice, or of an array of row numbers."""
        if len(self.parts) == 1:
            return cast(Array, self.parts[0][rows])
        if isinstance(rows, slice):
            k = bisect_right(self.ends, rows.start)
            start = self.ends[k] - len(self.parts[k])
            if rows.stop <= self.ends[k]:
                return self.parts[k][rows.start - start : rows.stop - start]
            rows = np.arange(rows.start, rows.stop)
        found = np.empty((len(rows), self.parts[0].shape[1]))
        which = np.searchsorted(self.ends, rows, side="right")
        for k, part in enumerate(self.parts):
            mine = which == k
            found[mine] = part[rows[mine] - (self.ends[k] - len(part))]
        return found


def _matrix(part: Any) -> Any:
    found = real_numbers(part, "a batch")
    if found.ndim != 2:
        raise ValueError(f"a batch wants two dimensions, a row for each sample; got the shape {found.shape}")
    return found


def real_numbers(given: Any, what: str) -> Any:
    """An array of real numbers of any type."""
    try:
        found = np.asarray(given)
    except ValueError:
        raise ValueError(f"{what} must have rows of one length; got {str(given)[:60]}") from None
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{what} must hold real numbers; got {type(given).__name__} of {found.dtype}")
    return found
