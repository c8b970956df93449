"""Emit: each group as one array operation forward and one backward.

`Spaces` holds the numbers of one slice of a batch, `Operand` reads the rows of one operand of a group and adds to
their gradients; the work itself is then the chain rule, as `backward()` writes it, a group at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.compiling.form import Form
from engine.compiling.groups import Group, MatrixGroup
from engine.compiling.layout import FIXED, INPUT, VARYING, Layout, Place
from engine.readings.arrays import ARRAY_RULES, STACK_RULES, leading

Array = np.ndarray[Any, np.dtype[np.float64]]


class Spaces:
    """The values and the gradients of all nodes, for the samples of one slice: a row a node, a column a sample."""

    def __init__(self, fixed: Array, gathered: Array, varying: int, width: int) -> None:
        self.values: list[Any] = [None, fixed, np.empty((varying, width))]  # the inputs come with each slice
        self.gradients: list[Any] = [None, gathered, np.empty((varying, width))]  # of inputs none is kept
        self.ones = np.ones((1, width))
        self.first = True  # of the slices of a batch?
        self.views: dict[object, Any] = {}  # what operands have been found to be: half of the time of a small batch


class Room:
    """Memory for a program to run in: what is fixed once, what varies for each width of a slice."""

    WIDTHS = 4  # that are kept

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        self.fixed = np.empty((sizes[FIXED], 1))
        self.gathered = np.empty((sizes[FIXED], 1))  # the gradients of what is fixed, over all samples
        self.once = Spaces(self.fixed, self.gathered, 0, 1)
        self._spaces: dict[int, Spaces] = {}

    def spaces(self, width: int) -> Spaces:
        found = self._spaces.get(width)
        if found is None:
            if len(self._spaces) == self.WIDTHS:
                self._spaces.clear()
            found = self._spaces[width] = Spaces(self.fixed, self.gathered, self.sizes[VARYING], width)
        return found


class Operand:
    """The rows at `places`, an array of nodes of one or two dimensions; the samples are a last dimension beside them.

    Consecutive rows are read as a view, and so is one row that is used throughout; others are gathered. With
    `full` every row is there, where otherwise what broadcasts will do.
    """

    def __init__(self, form: Form, layout: Layout, nodes: Any, full: bool = False) -> None:
        nodes = np.asarray(nodes)
        self.shape = nodes.shape
        self.full = full
        constants = {form.constants.get(i) for i in nodes.flat}
        self.constant = constants.pop() if len(constants) == 1 else None
        places: list[Place] = [layout.places[i] for i in nodes.flat]
        spaces = np.array([space for space, _ in places])
        rows = np.array([row for _, row in places])
        wanted = np.array([form.wanted[i] for i in nodes.flat])
        self.parts = []
        for space in sorted({*spaces}):
            where = np.flatnonzero(spaces == space)
            self.parts.append(Part(space, rows[where], where, bool(wanted[where].any())))
        self.wanted = bool(wanted.any())
        self.one = self.parts[0] if len(self.parts) == 1 else None
        self.stays = self.one is not None and self.one.slice is not None and self.one.space != INPUT

    def read(self, spaces: Spaces) -> Any:
        """Their values: an array of shape (*shape, samples), or one that broadcasts to it; a float if all are one."""
        view = spaces.views.get(self)
        if view is not None:
            return view
        values = self._read(spaces)
        if self.stays:
            spaces.views[self] = values
        return values

    def _read(self, spaces: Spaces) -> Any:
        if self.constant is not None and not self.full:
            return self.constant
        if self.one:
            return self._shaped(self.one.read(spaces.values))
        found = [part.read(spaces.values) for part in self.parts]
        out = np.empty((math.prod(self.shape), max(values.shape[1] for values in found)))
        for part, values in zip(self.parts, found, strict=True):
            out[part.where] = values
        return self._shaped(out)

    def _shaped(self, values: Array) -> Array:
        """Rows as an array of `shape`; always a view, since it may be kept."""
        if len(values) == math.prod(self.shape):
            return values if len(self.shape) == 1 else values.reshape(*self.shape, -1)
        one = values.reshape(*(1 for _ in self.shape), -1)
        return np.broadcast_to(one, (*self.shape, one.shape[-1])) if self.full else one

    def add_product(self, spaces: Spaces, local: Any, upstream: Array) -> None:
        """Add local · upstream to the gradients; where it is the first contribution, without an array in between."""
        if self.one and self.one.first and not self.one.single:
            np.multiply(local, upstream, out=self.one.gradient(spaces).reshape(*self.shape, -1))
        else:
            self.add(spaces, local * upstream)

    def add(self, spaces: Spaces, contribution: Array) -> None:
        """Add a contribution of shape (*shape, samples) to the gradients."""
        if contribution.ndim > 2:
            contribution = contribution.reshape(-1, contribution.shape[-1])
        if self.one:
            self.one.add(spaces, contribution)
            return
        for part in self.parts:
            if part.wanted:
                part.add(spaces, contribution[part.where])


class Part:
    """The rows of an operand that lie in one space."""

    def __init__(self, space: int, rows: Any, where: Any, wanted: bool) -> None:
        self.space = space
        self.rows = rows
        self.where = where
        self.wanted = wanted and space != INPUT
        self.first = False  # to contribute to its rows, so that they need not start from zero
        first, n = int(rows[0]), len(rows)
        self.single = n > 1 and bool((rows == first).all())
        self.slice = None
        if self.single or n == 1:
            self.slice = slice(first, first + 1)
        elif (np.diff(rows) == 1).all():
            self.slice = slice(first, first + n)
        self.order: Any = None
        self.starts: Any = None
        self.targets, counts = np.unique(rows, return_counts=True)
        if self.slice is None and len(self.targets) < n:  # rows that are met several times: sum first, then add
            self.order = np.argsort(rows, kind="stable")
            self.starts = np.cumsum(counts) - counts

    def read(self, values: Sequence[Any]) -> Any:
        return values[self.space][self.rows if self.slice is None else self.slice]

    def gradient(self, spaces: Spaces) -> Array:
        """The gradients of the rows of a slice."""
        found: Array | None = spaces.views.get(self)
        if found is None:
            found = spaces.views[self] = spaces.gradients[self.space][self.slice]
        return found

    def add(self, spaces: Spaces, contribution: Array) -> None:
        if self.space == FIXED and contribution.shape[1] > 1:  # what is fixed gathers over the samples
            contribution = np.add.reduce(contribution, axis=1, keepdims=True)
        if self.slice is not None:
            gradient = self.gradient(spaces)
            if self.single:
                contribution = np.add.reduce(contribution, keepdims=True)
            if self.first:
                gradient[:] = contribution
            else:
                gradient += contribution
        elif self.order is None:
            spaces.gradients[self.space][self.rows] += contribution
        else:
            sums = np.add.reduceat(contribution[self.order], self.starts, axis=0)
            spaces.gradients[self.space][self.targets] += sums


class Step:
    """A group: its rows in its space, and what to do with them."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        self.space, first = layout.places[group.nodes[0]]
        self.rows = slice(first, first + len(group.nodes))
        self.wanted = any(form.wanted[i] for i in group.nodes)
        self.operands: list[Operand] = []

    def results(self, spaces: Spaces) -> tuple[Array, Array]:
        """Its rows: values and gradients."""
        found: tuple[Array, Array] | None = spaces.views.get(self)
        if found is None:
            found = spaces.values[self.space][self.rows], spaces.gradients[self.space][self.rows]
            spaces.views[self] = found
        return found

    def forward(self, spaces: Spaces) -> None:
        raise NotImplementedError

    def backward(self, spaces: Spaces) -> None:
        raise NotImplementedError


class Elementwise(Step):
    """A rule of one or two operands, read by arrays."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        super().__init__(form, layout, group)
        self.rule = ARRAY_RULES[group.rule.name]
        self.operands = [
            Operand(form, layout, [form.operands[i][k] for i in group.nodes])
            for k in range(len(form.operands[group.nodes[0]]))
        ]

    def forward(self, spaces: Spaces) -> None:
        out, _ = self.results(spaces)
        out[:] = self.rule.forward(*[operand.read(spaces) for operand in self.operands])

    def backward(self, spaces: Spaces) -> None:
        out, upstream = self.results(spaces)
        numbers = [operand.read(spaces) for operand in self.operands]
        for operand, local in zip(self.operands, self.rule.locals(out, *numbers), strict=True):
            if operand.wanted:
                if _is_one(local):
                    operand.add(spaces, upstream)
                else:
                    operand.add_product(spaces, local, upstream)


class Stacked(Step):
    """A rule of any number of operands, read by arrays that hold all of them along the first axis."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        super().__init__(form, layout, group)
        self.rule = STACK_RULES[group.rule.name]
        columns = list(zip(*(form.operands[i] for i in group.nodes), strict=True))
        first = leading(group.rule)
        self.operands = [Operand(form, layout, column) for column in columns[:first]]
        self.operands.append(Operand(form, layout, columns[first:], full=True))

    def forward(self, spaces: Spaces) -> None:
        out, _ = self.results(spaces)
        out[:] = self.rule.forward(*[operand.read(spaces) for operand in self.operands])

    def backward(self, spaces: Spaces) -> None:
        out, upstream = self.results(spaces)
        numbers = [operand.read(spaces) for operand in self.operands]
        for operand, local in zip(self.operands, self.rule.locals(out, *numbers), strict=True):
            if not operand.wanted:
                continue
            if _is_one(local):
                operand.add(spaces, np.broadcast_to(upstream, (*operand.shape, upstream.shape[1])))
            else:
                operand.add_product(spaces, local, upstream)


class Dots(Step):
    """Dots that share neither weights nor values: Σₖ wₖxₖ + b, each with its own."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        super().__init__(form, layout, group)
        n = len(form.operands[group.nodes[0]]) // 2
        columns = list(zip(*(form.operands[i] for i in group.nodes), strict=True))
        self.weights = Operand(form, layout, columns[:n], full=True)
        self.values = Operand(form, layout, columns[n : 2 * n], full=True)
        self.bias = Operand(form, layout, columns[-1]) if len(columns) % 2 else None
        self.operands = [operand for operand in (self.weights, self.values, self.bias) if operand]

    def forward(self, spaces: Spaces) -> None:
        out, _ = self.results(spaces)
        np.einsum("knb,knb->nb", self.weights.read(spaces), self.values.read(spaces), out=out)
        if self.bias:
            out += self.bias.read(spaces)

    def backward(self, spaces: Spaces) -> None:
        _, upstream = self.results(spaces)
        if self.weights.wanted:  # each local derivative of a dot is the other operand
            self.weights.add_product(spaces, self.values.read(spaces), upstream)
        if self.values.wanted:
            self.values.add_product(spaces, self.weights.read(spaces), upstream)
        if self.bias and self.bias.wanted:
            self.bias.add(spaces, upstream)


class MatrixProduct(Step):
    """Dots of all weights with all values: W·X + b, with ∂/∂W = δ·Xᵀ, ∂/∂X = Wᵀ·δ, ∂/∂b = Σ δ."""

    def __init__(self, form: Form, layout: Layout, group: MatrixGroup) -> None:
        super().__init__(form, layout, group)
        self.size, self.columns = len(group.weights), len(group.values)
        self.alone = False  # in contributing to its weights
        self.weights = Operand(form, layout, group.weights, full=True)
        self.values = Operand(form, layout, list(zip(*group.values, strict=True)), full=True)
        self.bias = Operand(form, layout, group.biases) if group.biases else None
        self.operands = [operand for operand in (self.weights, self.values, self.bias) if operand]

    def forward(self, spaces: Spaces) -> None:
        out, _ = self.results(spaces)
        np.matmul(self.weights.read(spaces)[..., 0], self._values(spaces), out=out)
        if self.bias:
            out += self.bias.read(spaces)

    def backward(self, spaces: Spaces) -> None:
        _, upstream = self.results(spaces)
        if self.weights.wanted:
            place = self._place_for_weights(spaces)
            np.matmul(upstream, self._values(spaces).T, out=place)
            if not (self.alone and spaces.first):
                self.weights.add(spaces, place.reshape(-1, 1))
        if self.values.wanted:
            contribution = self.weights.read(spaces)[..., 0].T @ upstream
            self.values.add(spaces, contribution.reshape(*self.values.shape, -1))
        if self.bias and self.bias.wanted:
            self.bias.add(spaces, upstream if self.columns == 1 else np.add.reduce(upstream, axis=1, keepdims=True))

    def _place_for_weights(self, spaces: Spaces) -> Array:
        """Memory for ∂/∂W, as large as the weights, so not made anew for each batch; or its very place."""
        key = (self, self.alone and spaces.first)
        found: Array | None = spaces.views.get(key)
        if found is None:
            found = np.empty(self.weights.shape)
            if key[1] and self.weights.one:
                found = spaces.gradients[FIXED][self.weights.one.slice].reshape(self.weights.shape)
            spaces.views[key] = found
        return found

    def results(self, spaces: Spaces) -> tuple[Array, Array]:
        """As matrices: a row for each set of weights, a column for each set of values and each sample."""
        found: tuple[Array, Array] | None = spaces.views.get(self)
        if found is None:
            out, upstream = super().results(spaces)
            found = spaces.views[self] = out.reshape(self.size, -1), upstream.reshape(self.size, -1)
        return found

    def _values(self, spaces: Spaces) -> Array:
        """X: a row for each of the weights of a dot, its columns as those of `results`."""
        values: Array = self.values.read(spaces)
        return values.reshape(len(values), -1)


def _is_one(local: Any) -> bool:
    return isinstance(local, float) and local == 1.0


def _step(form: Form, layout: Layout, group: Group) -> Step:
    if isinstance(group, MatrixGroup):
        return MatrixProduct(form, layout, group)
    if group.rule.name == "dot":
        return Dots(form, layout, group)
    return (Stacked if group.rule.arity is None else Elementwise)(form, layout, group)


class Work:
    """The steps of a program, in their order: what is fixed, then what varies; and where its roots are."""

    def __init__(self, form: Form, layout: Layout, groups: Sequence[Group]) -> None:
        self.fixed = [_step(form, layout, group) for group in groups if not group.varies]
        self.varying = [_step(form, layout, group) for group in groups if group.varies]
        self.varying_backward = [step for step in reversed(self.varying) if step.wanted]
        self.fixed_backward = [step for step in reversed(self.fixed) if step.wanted]
        self.roots = Operand(form, layout, form.roots)
        self.cleared_fixed = self._cleared_fixed(layout.sizes[FIXED])
        self.cleared_varying = self._cleared_varying(layout.sizes[VARYING])

    def _cleared_varying(self, size: int) -> list[slice]:
        """The gradients that must start from zero: all but those whose first contribution is to all rows of a slice."""
        met = np.zeros(size, dtype=bool)
        set_first = np.zeros(size, dtype=bool)
        for operand in [self.roots, *(operand for step in self.varying_backward for operand in step.operands)]:
            for part in operand.parts:
                if part.wanted and part.space == VARYING:
                    if part.slice is not None and not met[part.slice].any():
                        part.first = True
                        set_first[part.slice] = True
                    met[part.targets] = True
        return _runs(~set_first)

    def _cleared_fixed(self, size: int) -> list[slice]:
        """The gradients that must start from zero: all but those of weights that one matrix product alone writes."""
        contributions = np.zeros(size, dtype=int)
        for operand in [self.roots, *(operand for step in (*self.fixed, *self.varying) for operand in step.operands)]:
            for part in operand.parts:
                if part.wanted and part.space == FIXED:
                    contributions[part.targets] += 1
        alone = np.zeros(size, dtype=bool)
        for step in self.varying:
            if isinstance(step, MatrixProduct) and step.weights.wanted and step.weights.one:
                rows = step.weights.one.slice
                if rows is not None and not step.weights.one.single and (contributions[rows] == 1).all():
                    step.alone = alone[rows] = True
        return _runs(~alone)


def _runs(these: Any) -> list[slice]:
    """Where `these` are true, as slices."""
    ends = np.flatnonzero(np.diff(these, prepend=False, append=False))
    return [slice(int(start), int(end)) for start, end in ends.reshape(-1, 2)]
