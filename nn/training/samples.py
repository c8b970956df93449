"""Data as training takes it: an array for the inputs and one for the targets, with a row for each sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compiling.batch import real_numbers

Rows = NDArray[Any]  # a row for each sample, of any real dtype


def input_rows(what: str, data: Any) -> Rows:
    """`data` as a matrix; of shape (N,), as a column: one number for each sample."""
    found: Rows = real_numbers(data, what)
    if found.ndim == 1:
        found = found[:, None]
    if found.ndim != 2:
        flat = f"; {what}.reshape(len({what}), -1) has one" if found.ndim > 2 else ""
        raise ValueError(f"{what} must have a row of numbers for each sample; got the shape {found.shape}{flat}")
    if not found.size:
        raise ValueError(f"{what} must have at least one sample; got the shape {found.shape}")
    return found


def target_rows(what: str, data: Any, samples: int, outputs: int) -> tuple[Rows, bool]:
    """`data` as a matrix for a model with that many outputs, and whether it was class numbers.

    Of shape (N,), for one output it is a column; for several it holds the numbers of classes, 0 … outputs − 1, and
    each becomes a row with a 1 in that place.
    """
    found: Rows = real_numbers(data, what)
    if found.ndim == 0 or len(found) != samples:
        raise ValueError(f"{what} must have a row for each of the {samples} samples; got the shape {found.shape}")
    if found.ndim > 1 or outputs == 1:
        return input_rows(what, found), False
    if found.dtype.kind == "f":
        raise ValueError(
            f"{what} of the shape {found.shape} are class numbers for a model with {outputs} outputs, and so integers; "
            f"got {found.dtype}. For a number for each output, give the shape ({samples}, {outputs})"
        )
    outside = np.flatnonzero((found < 0) | (found >= outputs))
    if outside.size:
        i = int(outside[0])
        raise ValueError(
            f"{what}: sample {i} is of class {found[i]}, but {outputs} outputs have the classes 0 … {outputs - 1}"
        )
    one_hot = np.zeros((samples, outputs))
    one_hot[np.arange(samples), found.astype(np.intp)] = 1.0
    return one_hot, True


def require_finite(what: str, rows: Rows) -> None:
    """A NaN would spread to every parameter; say where it is while it can be told."""
    if rows.dtype.kind != "f":
        return
    with np.errstate(all="ignore"):
        if np.isfinite(rows.sum(dtype=np.float64)):  # no array in between; but it may overflow, and tell us nothing
            return
    bad = np.argwhere(~np.isfinite(rows))
    if bad.size:
        i, k = map(int, bad[0])
        samples = len(np.unique(bad[:, 0]))
        raise ValueError(
            f"{what} must hold finite numbers; got {rows[i, k]} in sample {i}, column {k}"
            + (f", and more in {samples - 1} other samples" if samples > 1 else "")
            + ". Leave such samples out, or fill the gaps"
        )
