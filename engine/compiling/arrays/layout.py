"""Lay out: a row for each node, so that groups are slices and the weights of a matrix product are a matrix.

There are three spaces, arrays with a row for each node. INPUT is the batch itself, transposed. FIXED has one column:
the parameters first (in the order of `program.parameters`), the constants, then what is computed from them
alone. VARYING has a column for each sample of a slice of the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.compiling.form import Form
from engine.compiling.groups import Group, MatrixGroup

INPUT, FIXED, VARYING = range(3)

Place = tuple[int, int]  # (space, row)


class Layout:
    """The place of each node, the size of each space, and the groups, their nodes in the order of their rows."""

    def __init__(self, form: Form, groups: Sequence[Group]) -> None:
        self.places: dict[int, Place] = {i: (INPUT, column) for i, column in form.columns.items()}
        weights = list(_in_blocks(groups))
        fixed_leaves = [i for i, rule in enumerate(form.rules) if rule is None and not form.varies[i]]
        order = dict.fromkeys([*weights, *fixed_leaves])
        self.parameters = [i for i in order if form.rules[i] is None and form.needs_gradient[i]]
        self.constants = [i for i in order if i in form.constants]
        self.sizes = [0, 0, 0]
        self._put(self.parameters, FIXED)
        self._put(self.constants, FIXED)
        self.groups: list[Group] = []
        for group in groups:
            if not isinstance(group, MatrixGroup):  # in the order of their operands, so that these are slices, too
                nodes = sorted(group.nodes, key=lambda i: [self.places[j] for j in form.operands[i]])
                group = replace(group, nodes=nodes)
            self.groups.append(group)
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
