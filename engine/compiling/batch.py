"""The samples that a program runs on: one array, or several side by side, never copied into one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


class Batch:
    """An array with a row for each sample and a column for each input, or several such side by side.

    A program reads it as one array: `len(batch)`, and `batch[samples].T`.
    """

    def __init__(self, batch: Any, inputs: int) -> None:
        if isinstance(batch, tuple) and not batch:
            raise ValueError(
                f"a batch must be an array with {inputs} columns, or a tuple of arrays side by side; got ()"
            )
        self.parts = [_matrix(part) for part in (batch if isinstance(batch, tuple) else (batch,))]
        columns = sum(part.shape[1] for part in self.parts)
        sizes = {len(part) for part in self.parts}
        if columns != inputs or len(sizes) != 1:
            shapes = ", ".join(str(part.shape) for part in self.parts)
            raise ValueError(f"a batch must have the shape (B, {inputs}), a column for each input; got {shapes}")
        self.size = sizes.pop()

    def rows(self, count: int | None = None) -> list[list[float]]:
        """The samples, or so many of them, as lists of floats."""
        lists = [part[:count].astype(float).tolist() for part in self.parts]
        return [list(chain(*parts)) for parts in zip(*lists, strict=True)]

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, samples: slice) -> Samples:
        return Samples([np.asarray(part[samples], dtype=np.float64).T for part in self.parts])


class Samples:
    """A slice of a batch: of its transpose `T`, some rows; floats are read where they are."""

    def __init__(self, parts: Sequence[Array]) -> None:
        self.parts = parts
        self.ends = list(accumulate(map(len, parts)))

    @property
    def T(self) -> Samples:  # noqa: N802  (as of an array)
        return self

    @property
    def shape(self) -> tuple[int, int]:
        return self.ends[-1], self.parts[0].shape[1]

    def __getitem__(self, rows: slice) -> Array:
        k = bisect_right(self.ends, rows.start)
        start = self.ends[k] - len(self.parts[k])
        if rows.stop <= self.ends[k]:
            return self.parts[k][rows.start - start : rows.stop - start]
        return np.concatenate(self.parts)[rows]


def _matrix(part: Any) -> Any:
    found = real_numbers(part, "a batch")
    if found.ndim != 2:
        raise ValueError(f"a batch must have two dimensions, a row for each sample; got the shape {found.shape}")
    return found


def real_numbers(given: Any, what: str) -> Any:
    """`given` as an array of real numbers of any type; `what` names it in errors."""
    try:
        found = np.asarray(given)
    except ValueError:
        raise ValueError(f"{what} must have rows of one length; got {str(given)[:60]}") from None
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{what} must hold real numbers; got {type(given).__name__} of {found.dtype}")
    return found
