"""A model and its loss, run eagerly, with the methods of a compiled program: every sample records its graph anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.compiling.vectors import Vector, assign_data, gradient_vector
from engine.support.modes import no_grad
from engine.value import Value, clear_gradients
from nn.recording import Loss, Model, loss_of, raised_by_operation, record_outputs
from nn.training.samples import Rows


class Eager:
    """`forward` and `gradient` on batches (inputs, targets); slow, as they build and run a graph for each sample."""

    def __init__(self, model: Model, loss: Loss, parameters: Sequence[Value]) -> None:
        self.model, self.loss, self.parameters = model, loss, list(parameters)

    def forward(self, batch: tuple[Rows, Rows], parameters: Vector) -> Vector:
        """The loss of each sample; NaN where Python raises, as in a compiled program."""
        assign_data(self.parameters, parameters)
        with no_grad():
            return np.array([_data(sample) for sample in self._losses(batch)])

    def gradient(self, batch: tuple[Rows, Rows], parameters: Vector) -> tuple[Vector, Vector]:
        """The losses, and the gradient of their mean."""
        assign_data(self.parameters, parameters)
        losses, undefined = [], False
        try:
            clear_gradients(self.parameters)
            for E in self._losses(batch):
                losses.append(_data(E))
                try:
                    if E is not None:
                        E.backward()
                except (ArithmeticError, ValueError):  # there is an edge without a derivative
                    undefined = True
            gradient = gradient_vector(self.parameters) / len(losses)
        finally:
            clear_gradients(self.parameters)
        return np.array(losses), np.full_like(gradient, np.nan) if undefined else gradient

    def _losses(self, batch: tuple[Rows, Rows]) -> Iterator[Value | None]:
        for x, t in zip(*(rows.tolist() for rows in batch), strict=True):
            try:
                yield loss_of(self.model, self.loss, x, t)
            except (ArithmeticError, ValueError) as error:
                if not raised_by_operation(error):
                    raise
                yield None


def _data(E: Value | None) -> float:
    return float("nan") if E is None else E.data


def eager_outputs(model: Model, inputs: Rows) -> Rows:
    """The outputs of a model, a row for each sample."""
    with no_grad():
        return np.array([[y.data for y in record_outputs(model, row).outputs] for row in inputs.tolist()])
