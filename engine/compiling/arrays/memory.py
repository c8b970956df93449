"""The arrays that a program computes in, kept from one run to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.compiling.arrays.layout import FIXED, VARYING
from engine.compiling.batch import Array


@dataclass(frozen=True)
class Clearing:
    """Which gradients start from zero, and which are set by what contributes to them first; see `clearing.py`."""

    varying: list[slice]  # rows to set to zero before each slice of a batch
    fixed: list[slice]  # rows to set to zero before each batch
    overwrites: frozenset[object]  # the parts of operands that are the first to contribute to their rows
    sole_weight_users: frozenset[object]  # the matrix products that alone contribute to their weights


class Spaces:
    """The values and the gradients of all nodes, for the samples of one slice: a row a node, a column a sample."""

    def __init__(self, fixed: Array, fixed_gradients: Array, varying: int, width: int, clearing: Clearing) -> None:
        self.values: list[Any] = [None, fixed, np.empty((varying, width))]  # the inputs come with each slice
        self.gradients: list[Any] = [None, fixed_gradients, np.empty((varying, width))]  # inputs have none
        self.ones = np.ones((1, width))
        self.overwrites, self.sole_weight_users = clearing.overwrites, clearing.sole_weight_users
        self.is_first_slice = True  # of its batch
        self.views: dict[object, Any] = {}  # cached views, by operand: making them is half of the time of a small batch


class Buffers:
    """The memory of one run: what is fixed, and what varies, for the last few widths of a slice."""

    WIDTHS = 4  # that are kept

    def __init__(self, sizes: Sequence[int], clearing: Clearing) -> None:
        self.sizes, self.clearing = sizes, clearing
        self.fixed = np.empty((sizes[FIXED], 1))
        self.fixed_gradients = np.empty((sizes[FIXED], 1))  # summed over all samples
        self.fixed_spaces = Spaces(self.fixed, self.fixed_gradients, 0, 1, clearing)
        self._spaces: dict[int, Spaces] = {}

    def spaces(self, width: int) -> Spaces:
        """The spaces for a slice of `width` samples."""
        found = self._spaces.get(width)
        if found is None:
            if len(self._spaces) == self.WIDTHS:
                self._spaces.clear()
            found = Spaces(self.fixed, self.fixed_gradients, self.sizes[VARYING], width, self.clearing)
            self._spaces[width] = found
        return found
