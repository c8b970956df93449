"""What is measured after each epoch: the validation loss and the metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from engine.compiling.program import Program, compile_graph
from engine.support.conversions import as_number
from engine.support.modes import recording
from nn.training.eager import eager_outputs
from nn.training.parameters import TrainedParameters
from nn.training.samples import Rows, input_rows, require_finite, target_rows
from nn.training.task import Task

Metric = Callable[[Any, Any], float]


class Measures:
    """Called after an epoch, they measure on the validation set if there is one, or else on the training set."""

    def __init__(self, task: Task, validation: tuple[Any, Any] | None, metrics: Mapping[str, Metric] | None) -> None:
        self.task, self.validating = task, validation is not None
        self.inputs, self.targets, self.given = task.inputs, task.targets, task.given
        if validation is not None:
            self.inputs, self.targets, self.given = _validation_set(task, validation)
        self.given = np.asarray(self.given)
        self.metrics = dict(metrics) if metrics is not None else {"accuracy": accuracy} if task.classes else {}
        for name, metric in self.metrics.items():
            if not callable(metric):
                raise TypeError(f"metric {name!r} must be a function of outputs and targets; got {metric!r}")

    def __call__(self, parameters: TrainedParameters) -> tuple[float | None, dict[str, float]]:
        """The mean validation loss, or None without a validation set, and the metrics by name."""
        parameters.write_back()  # the outputs, and perhaps a metric, are computed from the Values
        loss = None
        if self.validating:
            loss = float(self.task.program.forward((self.inputs, self.targets), parameters.vector).mean())
        if not self.metrics:
            return loss, {}
        is_compiled = self.task.compiled
        outputs = self._outputs.forward(self.inputs) if is_compiled else eager_outputs(self.task.model, self.inputs)
        outputs = outputs[:, 0] if outputs.shape[1] == 1 else outputs
        return loss, {name: as_number(metric(outputs, self.given)) for name, metric in self.metrics.items()}

    @cached_property
    def _outputs(self) -> Program:
        """What computes them for all samples; compiled when they are first asked for."""
        with recording():
            return compile_graph(self.task.first.outputs, self.task.first.inputs)


def _validation_set(task: Task, validation: Any) -> tuple[Rows, Rows, Any]:
    """The inputs and targets as matrices, and the targets as they were given."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        got = f"{len(validation)} of them" if isinstance(validation, (tuple, list)) else type(validation).__name__
        raise TypeError(f"validation must be a pair, (inputs, targets); got {got}")
    inputs = input_rows("validation inputs", validation[0])
    targets, _ = target_rows("validation targets", validation[1], len(inputs), len(task.first.outputs))
    for name, mine, its in zip(("inputs", "targets"), (inputs, targets), task.arrays, strict=True):
        require_finite(f"validation {name}", mine)
        if mine.shape[1] != its.shape[1]:
            raise ValueError(
                f"validation {name} must have {its.shape[1]} columns, as in training; got the shape {mine.shape}"
            )
    return inputs, targets, validation[1]


def accuracy(outputs: Rows, targets: Rows) -> float:
    """The share of the samples whose greatest output is that of their class."""
    return float((outputs.argmax(axis=1) == targets).mean())
