"""A program as a pure function of arrays, which their library differentiates, compiles and moves to other devices.

The groups of the layout become array operations, as in arrays/; but each makes a new array, a row for each of its nodes
and a column for each sample, and none is written to. Derivatives are left to the library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.compiling.arrays.layout import Layout
from engine.compiling.form import Form
from engine.compiling.groups import Group, MatrixGroup
from engine.readings.arrays import leading
from engine.readings.namespaces import Arrays, functions_of

Place = tuple[int, int]  # (array, row): array 0 is the batch, transposed, 1 all leaves that are fixed, then the groups
Function = Callable[[Any, Any], Any]


def function_of(form: Form, layout: Layout, inputs: int, has_one_root: bool, namespace: Any) -> Function:
    """`Program.function`."""
    xp = functions_of(namespace)
    known: dict[Any, Arrays] = {}
    places: dict[int, Place] = {i: (0, column) for i, column in form.columns.items()}
    for k, nodes in enumerate([[*layout.parameters, *layout.constants], *(group.nodes for group in layout.groups)], 1):
        places |= {i: (k, row) for row, i in enumerate(nodes)}
    constants = np.array([[form.constants[i]] for i in layout.constants])
    operations = [_Operation(form, places, group) for group in layout.groups]
    roots = _Operand(form, places, form.roots, full=True)

    def function(batch: Any, parameters: Any) -> Any:
        _check(xp, batch, f"a batch must have the shape (B, {inputs}), a column for each input", (None, inputs))
        count = len(layout.parameters)
        _check(xp, parameters, f"parameters must have the shape ({count},)", (count,))
        if batch.dtype != parameters.dtype:
            raise TypeError(
                "the batch and the parameters must be of one dtype, which is that of the losses; "
                f"got {batch.dtype} and {parameters.dtype}"
            )
        kind = parameters.dtype, getattr(parameters, "device", None)  # no device while jax traces
        if kind not in known:
            known[kind] = Arrays(xp, *kind)
        arrays = known[kind]
        leaves = [xp.reshape(parameters, (count, 1)), *([arrays.made_of(constants)] if len(constants) else [])]
        values = [batch.T, arrays.concat(leaves)]
        for operation in operations:
            values.append(operation(arrays, values))
        found = xp.broadcast_to(roots.read(arrays, values), (len(form.roots), batch.shape[0]))
        return found[0, :] if has_one_root else found.T

    return function


def _check(xp: SimpleNamespace, given: Any, must: str, shape: tuple[int | None, ...]) -> None:
    dtype = getattr(given, "dtype", None)
    if not any(dtype == known for known in xp.floats):
        of = "" if dtype is None else f" of {dtype}"
        raise TypeError(
            f"{must}, and be an array of floating-point numbers of {xp.name}; got {type(given).__name__}{of}: "
            f"{xp.name}.asarray(…, dtype=…) makes one"
        )
    found = tuple(given.shape)
    if len(found) != len(shape) or any(n not in (None, m) for n, m in zip(shape, found, strict=True)):
        raise ValueError(f"{must}; got {found}")


class _Operand:
    """An array of nodes, of one or two dimensions; the samples are a last dimension beside them.

    Rows that follow each other are a slice, and so is one that is used throughout; others are taken one by one. With
    `full` every row is there, where otherwise what broadcasts will do.
    """

    def __init__(self, form: Form, places: dict[int, Place], nodes: Any, full: bool = False) -> None:
        nodes = np.asarray(nodes)
        self.shape, flat = nodes.shape, nodes.ravel().tolist()
        self.constant = None
        if not full and len(set(flat)) == 1:
            self.shape, flat = (1,) * nodes.ndim, flat[:1]
            self.constant = form.constants.get(flat[0])
        indices: dict[int, list[int]] = {}  # array → the nodes of the operand that are in it
        for index, i in enumerate(flat):
            indices.setdefault(places[i][0], []).append(index)
        self.parts = [(k, _rows([places[flat[index]][1] for index in found])) for k, found in indices.items()]
        gathered = [index for found in indices.values() for index in found]
        self.order = None if gathered == sorted(gathered) else np.argsort(gathered)

    def read(self, arrays: Arrays, values: Sequence[Any]) -> Any:
        """An array of shape (*shape, samples), or one that broadcasts to it; a float if all are one constant."""
        if self.constant is not None:
            return self.constant
        found = arrays.concat([arrays.rows(values[k], rows) for k, rows in self.parts])
        if self.order is not None:
            found = arrays.rows(found, self.order)
        return arrays.xp.reshape(found, (*self.shape, found.shape[1])) if len(self.shape) > 1 else found


def _rows(rows: list[int]) -> Any:
    first, n = rows[0], len(rows)
    return slice(first, first + n) if rows == list(range(first, first + n)) else np.array(rows)


class _Operation:
    """A group as one array operation."""

    def __init__(self, form: Form, places: dict[int, Place], group: Group) -> None:
        operand, columns = partial(_Operand, form, places), list(zip(*group.operands, strict=True))
        self.compute: Callable[..., Any]
        if isinstance(group, MatrixGroup):
            self.compute = _matrix_product
            self.operands = [
                operand(group.weights, full=True),
                operand(list(zip(*group.values, strict=True)), full=True),
            ]
            self.operands += [operand(group.biases)] if group.biases else []
        elif group.rule.name == "dot":
            n = len(columns) // 2
            self.compute = _dots
            self.operands = [operand(columns[:n], full=True), operand(columns[n : 2 * n], full=True)]
            self.operands += map(operand, columns[2 * n :])
        elif group.rule.arity is None:
            first = leading(group.rule)
            self.compute = partial(_stacked, group.rule.name)
            self.operands = [*map(operand, columns[:first]), operand(columns[first:], full=True)]
        else:
            self.compute = partial(_elementwise, group.rule.name)
            self.operands = list(map(operand, columns))
        self.size, self.varies = len(group.nodes), group.varies
        needs = form.needs_gradient
        self.is_detached = all(not needs[i] and any(needs[j] for j in form.operands[i]) for i in group.nodes)

    def __call__(self, arrays: Arrays, values: Sequence[Any]) -> Any:
        """A row for each of the nodes, and a column for each sample or a single one for all of them."""
        found = arrays.array(self.compute(arrays, *[operand.read(arrays, values) for operand in self.operands]))
        shape = (self.size, values[0].shape[1] if self.varies else 1)
        if tuple(found.shape) != shape:  # as of a user's row that gives a plain number
            found = arrays.xp.broadcast_to(found, shape)
        # Where a library can't stop gradients, they are the same: what is detached is either a comparison, whose
        # derivative is 0, or what a softmax is shifted by, which cancels.
        return arrays.xp.stop_gradient(found) if self.is_detached else found


def _elementwise(rule: str, arrays: Arrays, *operands: Any) -> Any:
    return arrays.rules[rule].forward(*operands)


def _stacked(rule: str, arrays: Arrays, *operands: Any) -> Any:
    return arrays.stack_rules[rule].forward(*operands)


def _dots(arrays: Arrays, weights: Any, values: Any, bias: Any = None) -> Any:
    """Σₖ wₖxₖ + b, each dot with weights and values of its own."""
    sums = arrays.xp.sum(weights * values, axis=0)
    return sums if bias is None else sums + bias


def _matrix_product(arrays: Arrays, weights: Any, values: Any, bias: Any = None) -> Any:
    """W·X + b: a row for each set of weights, a column for each set of values and each sample."""
    reshape, (rows, n, _), (_, places, samples) = arrays.xp.reshape, weights.shape, values.shape
    products = reshape(weights, (rows, n)) @ reshape(values, (n, places * samples))
    return reshape(products if bias is None else products + bias, (rows * places, samples))
