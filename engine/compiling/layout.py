"""Lay out: a row for each node, so that groups are slices and weight blocks are matrices.

There are three spaces, arrays with a row for each node. INPUT is the batch itself, transposed. FIXED has one column:
the parameters first (in the order of `program.parameters`), the constants, then what is computed from them
alone. VARYING has a column for each sample of a slice of the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.compiling.form import Form
from engine.compiling.groups import Group, MatrixGroup

INPUT, FIXED, VARYING = range(3)

Place = tuple[int, int]  # (space, row)


class Layout:
    """The place of each node, and how many rows each space has."""

    def __init__(self, form: Form, groups: Sequence[Group]) -> None:
        self.places: dict[int, Place] = {i: (INPUT, column) for i, column in form.columns.items()}
        weights = list(_in_blocks(groups))
        fixed_leaves = [i for i, rule in enumerate(form.rules) if rule is None and not form.varies[i]]
        order = dict.fromkeys([*weights, *fixed_leaves])
        self.parameters = [i for i in order if form.rules[i] is None and form.wanted[i]]
        self.constants = [i for i in order if i in form.constants]
        self.sizes = [0, 0, 0]
        self._put(self.parameters, FIXED)
        self._put(self.constants, FIXED)
        for group in groups:
            if not isinstance(group, MatrixGroup):  # the order of its operands, if it can have it
                group.nodes.sort(key=lambda i: [self.places[j] for j in form.operands[i]])
            self._put(group.nodes, VARYING if group.varies else FIXED)

    def _put(self, nodes: Iterable[int], space: int) -> None:
        for i in nodes:
            self.places[i] = (space, self.sizes[space])
            self.sizes[space] += 1


def _in_blocks(groups: Iterable[Group]) -> Iterable[int]:
    """The weights of each matrix product row by row, and then its biases."""
    for group in groups:
        if isinstance(group, MatrixGroup):
            for row in group.weights:
                yield from row
            yield from group.biases
