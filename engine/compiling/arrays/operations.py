"""The groups as array operations, one forward and one backward each: the chain rule as `backward()` writes it.

The rules are read by arrays; a matrix product alone has a derivative of its own, each local derivative of `dot` being
another operand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.compiling.arrays.layout import Layout
from engine.compiling.arrays.memory import Spaces
from engine.compiling.arrays.operands import Operand
from engine.compiling.batch import Array
from engine.compiling.form import Form
from engine.compiling.groups import Group, MatrixGroup
from engine.readings.arrays import ARRAY_RULES, STACK_RULES, leading
from engine.rules import Rule


class ArrayOperation:
    """A group: its rows in its space, and what to do with them."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        self.space, first = layout.places[group.nodes[0]]
        self.rows = slice(first, first + len(group.nodes))
        self.needs_gradient = any(form.needs_gradient[i] for i in group.nodes)
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


class ByRule(ArrayOperation):
    """A group whose row is read by arrays: forward as it stands, backward operand by operand."""

    rule: Rule

    def forward(self, spaces: Spaces) -> None:
        out, _ = self.results(spaces)
        out[:] = self.rule.forward(*[operand.read(spaces) for operand in self.operands])

    def backward(self, spaces: Spaces) -> None:
        out, upstream = self.results(spaces)
        numbers = [operand.read(spaces) for operand in self.operands]
        for operand, local in zip(self.operands, self.rule.locals(out, *numbers), strict=True):
            if not operand.needs_gradient:
                continue
            if not _is_one(local):
                operand.add_product(spaces, local, upstream)
            elif len(operand.shape) == 1:
                operand.add(spaces, upstream)
            else:
                operand.add(spaces, np.broadcast_to(upstream, (*operand.shape, upstream.shape[1])))


class Elementwise(ByRule):
    """A rule whose operands are counted."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        super().__init__(form, layout, group)
        self.rule = ARRAY_RULES[group.rule.name]
        columns = zip(*(form.operands[i] for i in group.nodes), strict=True)
        self.operands = [Operand(form, layout, list(column)) for column in columns]


class Stacked(ByRule):
    """A rule of any number of operands, read by arrays that hold all of them along the first axis."""

    def __init__(self, form: Form, layout: Layout, group: Group) -> None:
        super().__init__(form, layout, group)
        self.rule = STACK_RULES[group.rule.name]
        columns = list(zip(*(form.operands[i] for i in group.nodes), strict=True))
        first = leading(group.rule)
        self.operands = [Operand(form, layout, column) for column in columns[:first]]
        self.operands.append(Operand(form, layout, columns[first:], full=True))


class Dots(ArrayOperation):
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
        if self.weights.needs_gradient:  # each local derivative of a dot is the other operand
            self.weights.add_product(spaces, self.values.read(spaces), upstream)
        if self.values.needs_gradient:
            self.values.add_product(spaces, self.weights.read(spaces), upstream)
        if self.bias and self.bias.needs_gradient:
            self.bias.add(spaces, upstream)


class MatrixProduct(ArrayOperation):
    """Dots of all weights with all values: W·X + b, with ∂/∂W = δ·Xᵀ, ∂/∂X = Wᵀ·δ, ∂/∂b = Σ δ."""

    def __init__(self, form: Form, layout: Layout, group: MatrixGroup) -> None:
        super().__init__(form, layout, group)
        self.size, self.columns = len(group.weights), len(group.values)
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
        if self.weights.needs_gradient:
            sets_gradient = spaces.is_first_slice and self in spaces.sole_weight_users
            product = self._memory_for_weights(spaces, sets_gradient)
            np.matmul(upstream, self._values(spaces).T, out=product)
            if not sets_gradient:
                self.weights.add(spaces, product.reshape(-1, 1))
        if self.values.needs_gradient:
            contribution = self.weights.read(spaces)[..., 0].T @ upstream
            self.values.add(spaces, contribution.reshape(*self.values.shape, -1))
        if self.bias and self.bias.needs_gradient:
            self.bias.add(spaces, upstream if self.columns == 1 else np.add.reduce(upstream, axis=1, keepdims=True))

    def _memory_for_weights(self, spaces: Spaces, sets_gradient: bool) -> Array:
        """Where to write ∂/∂W: the gradient itself, or else memory that is not made anew for each batch."""
        key = (self, sets_gradient)
        found: Array | None = spaces.views.get(key)
        if found is None:
            if sets_gradient and self.weights.only_part:
                found = self.weights.only_part.gradient(spaces).reshape(self.weights.shape)
            else:
                found = np.empty(self.weights.shape)
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


def operation_of(form: Form, layout: Layout, group: Group) -> ArrayOperation:
    if isinstance(group, MatrixGroup):
        return MatrixProduct(form, layout, group)
    if group.rule.name == "dot":
        return Dots(form, layout, group)
    return (Stacked if group.rule.arity is None else Elementwise)(form, layout, group)
