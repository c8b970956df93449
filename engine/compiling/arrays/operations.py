"""The groups as statements, some forward and some backward: the chain rule as `backward()` writes it.

The rules are read by symbols; a dot alone has derivatives of its own, each local derivative being the other operand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.compiling.arrays.boxes import ANY, common_shape
from engine.compiling.arrays.contributions import (
    contribute,
    contribute_columns,
    contribute_matrix,
    contribute_stored,
)
from engine.compiling.arrays.gradients import Gradients
from engine.compiling.arrays.layout import CONSTANT
from engine.compiling.arrays.operands import Operand
from engine.compiling.arrays.texts import SAMPLES, STACK, Axes, Formulas, Text
from engine.compiling.arrays.writer import Writer, along
from engine.compiling.groups import DOT, Group, MatrixGroup
from engine.readings.arrays import applied, leading, locals_of


class Operation:
    """A group: its array, the shape of its nodes there, and its operands."""

    def __init__(self, writer: Writer, group: Group, array: int) -> None:
        self.writer, self.group, self.array = writer, group, array
        self.rows, self.name = len(writer.arrays[array]), writer.names[array]
        self.places = writer.arrays[array].places  # the rows of the nodes, if these are not all
        self.shape: tuple[int, ...] = writer.arrays[array].shape if self.places else (self.rows,)
        self.operands: list[Operand] = []

    def forward(self, remark: str) -> None:
        raise NotImplementedError

    def backward(self, gradients: Gradients, name: str) -> None:
        """What it contributes to its operands; its own gradient is called so."""
        raise NotImplementedError

    @property
    def axes(self) -> Axes:
        """Along which it differs."""
        wide = frozenset(axis for axis, n in enumerate(self.shape) if n > 1)
        return wide | {SAMPLES} if self.group.varies else wide

    def _columns(self, first: int, last: int) -> Any:
        """These operands of all nodes: a row for each operand, in the order of the rows."""
        columns = np.array([operands[first:last] for operands in self.group.operands], dtype=int).T
        if not self.places:
            return columns
        found = np.full((len(columns), self.rows), ANY)
        found[:, self.places] = columns
        return found

    def _shape_for(self, *columns: Any) -> None:
        """Make the shape one in which these operands, one to a row, are boxes."""
        if self.places:
            return
        sequences = []
        for row in (row for rows in columns for row in rows):
            arrays = self.writer.array_of[row]
            if (arrays != CONSTANT).all():
                sequences.append(self.writer.starts[arrays] + self.writer.row_of[row])
        self.shape = common_shape(sequences) if sequences else (self.rows,)

    def _operand(self, nodes: Any) -> Operand:
        """One operand of all nodes."""
        return Operand(self.writer, np.reshape(nodes, self.shape), range(len(self.shape)))

    def _stacked(self, nodes: Any) -> Operand:
        """Several operands of all nodes, along a first axis."""
        return Operand(self.writer, np.reshape(nodes, (len(nodes), *self.shape)), (STACK, *range(len(self.shape))))

    def _assign(self, text: Text, remark: str) -> None:
        found = text.alone
        if not self.axes <= text.axes:
            found = along(text, self.shape, self.axes)
        if len(self.shape) > 1:
            found = f"{text.atom if found == text.alone else found}.reshape({self.rows}, -1)"
        self.writer.assign(self.name, found, remark)

    def _upstream(self, gradients: Gradients, name: str) -> Text | None:
        """The gradient of the group in its shape; None if nothing has been contributed."""
        found = gradients.of(self.array, name)
        if found is None or len(self.shape) == 1 or not found.axes - {SAMPLES}:
            return found
        whole = along(found, (self.rows,), frozenset({0, SAMPLES}) if self.group.varies else frozenset({0}))
        return Text.of_atom(self.writer.kept(f"{whole}.reshape({_listed(self.shape)}, -1)", name), self.axes)


class ByRule(Operation):
    """A group whose row is read by arrays: forward as it stands, backward operand by operand."""

    def __init__(self, writer: Writer, group: Group, array: int) -> None:
        super().__init__(writer, group, array)
        count = len(group.operands[0])
        self.leading = leading(group.rule) if group.rule.arity is None else count
        columns = self._columns(0, count)
        self._shape_for(columns)
        self.operands = [self._operand(nodes) for nodes in columns[: self.leading]]
        if self.leading < count:
            self.operands.append(self._stacked(columns[self.leading :]))

    def forward(self, remark: str) -> None:
        formulas = Formulas()
        found = formulas.expressions.of(applied(self.group.rule, self._symbols(formulas)))
        (text,) = self.writer.texts(formulas, [found])
        self._assign(text, remark)

    def backward(self, gradients: Gradients, name: str) -> None:
        upstream = self._upstream(gradients, name)
        if upstream is None:
            return
        formulas = Formulas()
        received = formulas.symbol(upstream)
        out = formulas.symbol(Text.of_atom(self._result(), self.axes))
        local = locals_of(self.group.rule, out, self._symbols(formulas))
        pairs = [pair for pair in zip(self.operands, local, strict=True) if pair[0].needs_gradient]
        products = [formulas.product(received, derivative) for _, derivative in pairs]
        for (operand, _), text in zip(pairs, self.writer.texts(formulas, products), strict=True):
            contribute(gradients, operand, text, self.group.varies)

    def _symbols(self, formulas: Formulas) -> list[Any]:
        stack = self.leading < len(self.group.operands[0])
        last = len(self.operands) - 1
        return [formulas.symbol(x.read(all_axes=stack and k == last)) for k, x in enumerate(self.operands)]

    def _result(self) -> str:
        return self.name if len(self.shape) == 1 else f"{self.name}.reshape({_listed(self.shape)}, -1)"


class Dots(Operation):
    """Dots that share neither weights nor values: Σₖ wₖxₖ + b, each with its own."""

    def __init__(self, writer: Writer, group: Group, array: int) -> None:
        super().__init__(writer, group, array)
        count = len(group.operands[0])
        n = count // 2
        weights, values, bias = self._columns(0, n), self._columns(n, 2 * n), self._columns(2 * n, count)
        self._shape_for(weights, values, bias)
        self.weights, self.values = self._stacked(weights), self._stacked(values)
        self.bias = self._operand(bias[0]) if len(bias) else None

    def forward(self, remark: str) -> None:
        (w, weights), (x, values) = self._factors()
        text = f'np.einsum("{w},{x}->{self._out(w, x)}", {weights}, {values})'
        if self.bias:
            text = text if self.group.varies else f"{text}[..., None]"
            text += f" + {self.bias.read(all_axes=len(self.shape) > 1).term}"
        if not self._is_matrix(self._out(w, x)):
            text = f"({text})" if self.bias else text
            text += f".reshape({self.rows}, -1)"
        self.writer.assign(self.name, text, remark)

    def backward(self, gradients: Gradients, name: str) -> None:
        (w, weights), (x, values) = self._factors()
        out = self._out(w, x)
        upstream = gradients.all_of(self.array, name)
        if upstream is None:
            return
        if self.places:
            known = np.isin(np.arange(self.rows), self.places)
            upstream = self.writer.kept(f"np.where({self.writer.tables.mask(known)}, {upstream}, 0.0)", name)
        received = upstream
        if not self._is_matrix(out):
            sizes = [str(self.shape[_LETTERS.index(letter)]) for letter in out if letter != SAMPLE]
            received = self.writer.kept(f"{upstream}.reshape({', '.join([*sizes, '-1'][: len(out)])})", name)
        # each local derivative of a dot is the other operand
        for operand, others, other in ((self.weights, x, values), (self.values, w, weights)):
            if operand.needs_gradient:
                own = _letters(operand)
                text = f'np.einsum("{out},{others}->{own}", {received}, {other})'
                contribute_stored(gradients, operand, text, len(own) - (SAMPLE in own))
        if self.bias and self.bias.needs_gradient:
            shaped = upstream if len(self.shape) == 1 else f"{upstream}.reshape({_listed(self.shape)}, -1)"
            contribute(gradients, self.bias, Text.of_atom(shaped, self.axes), self.group.varies)

    def _factors(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Of the weights and of the values, the letters of their axes and how they are read."""
        return self._factor(self.weights), self._factor(self.values)

    def _factor(self, operand: Operand) -> tuple[str, str]:
        text, axes = operand.stored()
        if STACK in operand.wide and STACK not in axes:  # the same for all k, but the sum has a term for each
            text, axes = operand.stored(all_axes=True)
        text = text if axes else f"{text}[0]"
        return _letters(operand, axes), text if operand.varies else f"{text}[..., 0]"

    def _out(self, w: str, x: str) -> str:
        axes = "".join(_LETTERS[k] for k in range(len(self.shape)) if _LETTERS[k] in w + x)
        return axes + SAMPLE if self.group.varies else axes

    def _is_matrix(self, out: str) -> bool:
        """Is an array with these axes as the others are: a row for each node, a column for each sample?"""
        return len(self.shape) == 1 and len(out) == 2


class MatrixProduct(Operation):
    """Dots of all weights with all values: W·X + b, with ∂/∂W = δ·Xᵀ, ∂/∂X = Wᵀ·δ, ∂/∂b = Σ δ."""

    def __init__(self, writer: Writer, group: MatrixGroup, array: int) -> None:
        super().__init__(writer, group, array)
        self.size, self.columns = len(group.weights), len(group.values)
        self.weights = Operand(writer, group.weights, (0, 1))
        values = np.array(group.values, dtype=int).T
        self.values = Operand(writer, values, (0, 1)) if self.columns > 1 else Operand(writer, values[:, 0], (0,))
        self.bias = Operand(writer, group.biases, (0,)) if group.biases else None

    def forward(self, remark: str) -> None:
        text = f"{self.weights.read_matrix()} @ {self._values()}"
        if self.bias:
            text += f" + {self.bias.read(all_axes=True).term}"
        self.writer.assign(self.name, f"({text}).reshape({self.rows}, -1)" if self.columns > 1 else text, remark)

    def backward(self, gradients: Gradients, name: str) -> None:
        upstream = gradients.all_of(self.array, name)
        if upstream is None:
            return
        if self.columns > 1:
            upstream = self.writer.kept(f"{upstream}.reshape({self.size}, -1)", name)
        if self.weights.needs_gradient:
            contribute_matrix(gradients, self.weights, f"{upstream} @ {self._values()}.T")
        if self.values.needs_gradient:
            product = f"{self.weights.read_matrix()}.T @ {upstream}"
            contribute_columns(gradients, self.values, product, self.group.varies)
        if self.bias and self.bias.needs_gradient:
            summed = f"np.add.reduce({upstream}, axis=1, keepdims=True)"
            contribute(gradients, self.bias, Text.of_atom(summed, self.bias.wide), group_varies=False)

    def _values(self) -> str:
        """X: a row for each of the weights of a dot, a column for each set of values and each sample."""
        if self.columns == 1:
            return self.values.read(all_axes=True).atom
        return self.values.read_columns()


STACKED, SAMPLE = "k", "s"  # letters of axes in einsum
_LETTERS = "nmlijhgfedcba"


def _letters(operand: Operand, axes: Sequence[int] | None = None) -> str:
    """Those of these axes, or of the ones that it is stored with."""
    axes = operand.stored()[1] if axes is None else axes
    letters = "".join(STACKED if axis == STACK else _LETTERS[axis] for axis in axes)
    return letters + SAMPLE if operand.varies else letters


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))


def operation_of(writer: Writer, group: Group, array: int) -> Operation:
    if isinstance(group, MatrixGroup):
        return MatrixProduct(writer, group, array)
    return (Dots if group.rule is DOT else ByRule)(writer, group, array)
