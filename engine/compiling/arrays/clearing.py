"""Which gradients must start from zero: a gradient that is set as a whole by what contributes to it first need not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.compiling.arrays.layout import FIXED, VARYING
from engine.compiling.arrays.memory import Clearing
from engine.compiling.arrays.operands import Operand, Part
from engine.compiling.arrays.operations import ArrayOperation, MatrixProduct


def clearing_of(sizes: Sequence[int], roots: Operand, backward: Sequence[ArrayOperation]) -> Clearing:
    """What to clear, for these operations of the backward pass, in their order; the roots contribute before them."""
    operands = [roots, *(operand for operation in backward for operand in operation.operands)]
    overwrites, varying = _first_contributions(sizes[VARYING], _parts(operands, VARYING))
    sole_users, fixed = _sole_weight_users(sizes[FIXED], _parts(operands, FIXED), backward)
    return Clearing(varying, fixed, overwrites, sole_users)


def _parts(operands: Iterable[Operand], space: int) -> list[Part]:
    return [part for operand in operands for part in operand.parts if part.needs_gradient and part.space == space]


def _first_contributions(size: int, parts: Iterable[Part]) -> tuple[frozenset[Part], list[slice]]:
    """The parts that contribute first to all rows of a slice, and the rows that no such part sets."""
    reached = np.zeros(size, dtype=bool)
    is_set = np.zeros(size, dtype=bool)
    overwrites = set()
    for part in parts:
        if part.slice is not None and not reached[part.slice].any():
            overwrites.add(part)
            is_set[part.slice] = True
        reached[part.distinct_rows] = True
    return frozenset(overwrites), _runs(~is_set)


def _sole_weight_users(
    size: int, parts: Iterable[Part], operations: Iterable[ArrayOperation]
) -> tuple[frozenset[MatrixProduct], list[slice]]:
    """The matrix products that vary and that alone contribute to their weights, and the rows of all else.

    Such a product sets the gradients of its weights in the first slice of a batch, and adds to them in the others.
    """
    contributions = np.zeros(size, dtype=int)
    for part in parts:
        contributions[part.distinct_rows] += 1
    is_set = np.zeros(size, dtype=bool)
    users = set()
    for operation in operations:
        if isinstance(operation, MatrixProduct) and operation.space == VARYING and operation.weights.needs_gradient:
            block = operation.weights.only_part
            if block is None or block.slice is None or block.is_repeated:
                continue
            if (contributions[block.slice] == 1).all():
                users.add(operation)
                is_set[block.slice] = True
    return frozenset(users), _runs(~is_set)


def _runs(these: Any) -> list[slice]:
    """Where `these` are true, as slices."""
    ends = np.flatnonzero(np.diff(these, prepend=False, append=False))
    return [slice(int(start), int(end)) for start, end in ends.reshape(-1, 2)]
