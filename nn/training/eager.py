"""A model and its loss, run eagerly, with the methods of a compiled program: every sample records its graph anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.support.modes import no_grad
from engine.value import Value
from nn.recording import Loss, Model, answer, loss_of
from nn.training.samples import Rows

Vector = NDArray[np.float64]


class Eager:
    """`forward` and `gradient` on batches (inputs, targets), as slow as the graphs of all samples, and as true."""

    def __init__(self, model: Model, loss: Loss, parameters: Sequence[Value]) -> None:
        self.model, self.loss, self.parameters = model, loss, list(parameters)

    def vector(self) -> Vector:
        return np.array([parameter.data for parameter in self.parameters])

    def assign(self, vector: Vector) -> None:
        for parameter, data in zip(self.parameters, vector.tolist(), strict=True):
            parameter.data = data

    def forward(self, batch: tuple[Rows, Rows], parameters: Vector) -> Vector:
        """The loss of each sample; NaN where Python raises, as in a compiled program."""
        self.assign(parameters)
        with no_grad():
            return np.array([_data(sample) for sample in self._losses(batch)])

    def gradient(self, batch: tuple[Rows, Rows], parameters: Vector) -> tuple[Vector, Vector]:
        """The losses, and the gradient of their mean."""
        self.assign(parameters)
        losses, undefined = [], False
        try:
            self._forget()
            for E in self._losses(batch):
                losses.append(_data(E))
                try:
                    if E is not None:
                        E.backward()
                except (ArithmeticError, ValueError):  # there is an edge without a derivative
                    undefined = True
            gradient = np.array([parameter.grad for parameter in self.parameters]) / len(losses)
        finally:
            self._forget()
        return np.array(losses), np.full_like(gradient, np.nan) if undefined else gradient

    def _losses(self, batch: tuple[Rows, Rows]) -> Any:
        for x, t in zip(*(rows.tolist() for rows in batch), strict=True):
            try:
                yield loss_of(self.model, self.loss, x, t)
            except (ArithmeticError, ValueError) as error:
                if not hasattr(error, "op"):  # not an operation outside of its domain, but a mistake in a program
                    raise
                yield None

    def _forget(self) -> None:
        for parameter in self.parameters:
            parameter.grad, parameter.reached = 0.0, False


def _data(E: Value | None) -> float:
    return float("nan") if E is None else E.data


def eager_outputs(model: Model, inputs: Rows) -> Rows:
    """The outputs of a model, a row for each sample."""
    with no_grad():
        return np.array([[y.data for y in answer(model, row).outputs] for row in inputs.tolist()])
