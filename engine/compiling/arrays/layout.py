"""Lay out: which arrays there are, and which row of which array each node is.

An array has a row for each of its nodes and a column for each sample, or one column if it is the same for all samples.
First come the inputs, in the order of their columns, then the parameters, those of a matrix together, and an array for
each group. Rows are in such an order that operands are slices where they can be.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from engine.compiling.arrays.boxes import Numbers
from engine.compiling.form import Form
from engine.compiling.groups import DOT, LEAST_FILLED, Group, MatrixGroup

CONSTANT = -1  # the array of a constant, which has none

Grid = tuple[tuple[int, ...], list[int]]  # a shape, and the places of nodes in it


@dataclass(frozen=True)
class Rows:
    """The nodes of an array, and their rows there; `matrix` is the shape of weights that are kept as one."""

    nodes: list[int]
    varies: bool
    matrix: tuple[int, int] | None = None
    first: int = 0  # of inputs, the column of the first one
    shape: tuple[int, ...] = ()  # of a group whose rows have several axes
    places: Sequence[int] = ()  # the rows of the nodes, where they are not all of them: others hold what nothing reads

    def __len__(self) -> int:
        return math.prod(self.shape) if self.shape else len(self.nodes)

    @property
    def rows(self) -> Sequence[int]:
        """Those of the nodes."""
        return self.places or range(len(self.nodes))


class Layout:
    """The arrays, the array and the row of each node, and the groups, their nodes in the order of their rows."""

    def __init__(self, form: Form, groups: Sequence[Group]) -> None:
        self.constants = list(form.constants)
        self.array_of = np.full(len(form), CONSTANT)
        self.row_of = np.zeros(len(form), dtype=int)
        self.row_of[self.constants] = range(len(self.constants))
        self.inputs, self.weights = list(_inputs(form)), list(_weights(form, groups))
        self.parameters = [i for rows in self.weights for i in rows.nodes]
        self.arrays: list[Rows] = []
        self.groups: list[Group] = []
        for rows in (*self.inputs, *self.weights):
            self._add(rows)
        for group in groups:
            rows = Rows(group.nodes, group.varies)
            if not isinstance(group, MatrixGroup):
                group, rows = self._arranged(group)
            self.groups.append(group)
            self._add(rows)

    def array_of_group(self, group: int) -> int:
        return len(self.arrays) - len(self.groups) + group

    def _add(self, array: Rows) -> None:
        self.array_of[array.nodes], self.row_of[array.nodes] = len(self.arrays), array.rows
        self.arrays.append(array)

    def _arranged(self, group: Group) -> tuple[Group, Rows]:
        """The group and its array, the nodes in the order of their operands, so that these are slices, too."""
        operands = np.array(group.operands, dtype=int)
        keys = self.array_of[operands] * len(self.array_of) + self.row_of[operands]
        grid = _products(keys) if group.rule is DOT and group.varies else self._inherited(group, operands)
        order = np.lexsort(keys.T[::-1]) if grid is None else np.argsort(grid[1])
        nodes = [group.nodes[k] for k in order.tolist()]
        arranged = replace(group, nodes=nodes, operands=[group.operands[k] for k in order.tolist()])
        if grid is None or len(nodes) == math.prod(grid[0]):
            return arranged, Rows(nodes, group.varies)
        return arranged, Rows(nodes, group.varies, shape=grid[0], places=[grid[1][k] for k in order.tolist()])

    def _inherited(self, group: Group, operands: Numbers) -> Grid | None:
        """The places of an operand in its array, where that has rows that nothing reads: so they stay slices."""
        for column in operands.T if group.rule.arity is not None else ():
            arrays, rows = self.array_of[column], self.row_of[column].tolist()
            array = self.arrays[arrays[0]] if arrays[0] != CONSTANT and (arrays == arrays[0]).all() else None
            if array is not None and array.places and len(set(rows)) == len(rows) >= LEAST_FILLED * len(array):
                return array.shape, rows
        return None


def _products(keys: Numbers) -> Grid | None:
    """Dots of weights with values that fall in sets, in each of which most of them meet: set × value × weight."""
    n = keys.shape[1] // 2
    if keys.shape[1] != 2 * n:
        return None
    pairs = [(("w", *key[:n]), ("x", *key[n:])) for key in keys.tolist()]
    sets = list(_connected(pairs))
    sizes = {(sum(key[0] == "x" for key in found), sum(key[0] == "w" for key in found)) for found in sets}
    if len(sizes) > 1:
        return None
    ((values, weights),) = sizes
    shape = len(sets), values, weights
    if min(values, weights) == 1 or len(pairs) < LEAST_FILLED * math.prod(shape):
        return None
    starts: dict[Hashable, int] = {}
    for k, ordered in enumerate(sorted(sorted(found) for found in sets)):
        starts |= {key: place for place, key in enumerate(key for key in ordered if key[0] == "w")}
        of_x = (key for key in ordered if key[0] == "x")
        starts |= {key: (k * values + place) * weights for place, key in enumerate(of_x)}
    return shape, [starts[w] + starts[x] for w, x in pairs]


def _connected(pairs: Iterable[tuple[Hashable, Hashable]]) -> Iterable[set[Any]]:
    """The sets of what is connected by pairs."""
    sets: dict[Hashable, set[Hashable]] = {}
    for pair in pairs:
        joined = {*pair}.union(*(sets[key] for key in pair if key in sets))
        sets |= dict.fromkeys(joined, joined)
    return {id(found): found for found in sets.values()}.values()


def _inputs(form: Form) -> Iterator[Rows]:
    """The inputs that are used: those together that follow each other and play one role."""

    def kind_of(found: tuple[int, tuple[int, int]]) -> Hashable:
        k, (column, i) = found
        origin = form.origins[i]
        return column - k, origin is not None and origin.role is not None and origin.role.kind

    columns = sorted((column, i) for i, column in form.columns.items())
    for _, found in groupby(enumerate(columns), kind_of):
        pairs = [pair for _, pair in found]
        yield Rows([i for _, i in pairs], varies=True, first=pairs[0][0])


def _weights(form: Form, groups: Iterable[Group]) -> Iterator[Rows]:
    """The parameters: the weights of each matrix product row by row, its biases, and then all others."""
    left = dict.fromkeys(form.parameters())
    for group in groups:
        if isinstance(group, MatrixGroup):
            weights = [i for row in group.weights for i in row]
            for nodes, matrix in ((weights, (len(group.weights), len(group.weights[0]))), (group.biases, None)):
                new = [i for i in dict.fromkeys(nodes) if i in left]
                for i in new:
                    del left[i]
                if new:
                    yield Rows(new, varies=False, matrix=matrix if len(new) == len(nodes) else None)
    if left:
        yield Rows(list(left), varies=False)
