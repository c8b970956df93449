"""What is to be trained: a model, its loss and its data, checked and compiled before the first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compiling.program import Program, compile_graph
from engine.support.conversions import as_number
from engine.support.modes import no_grad, recording
from engine.value import Value
from nn.module import Module
from nn.recording import Answer, Loss, answer, judge, loss_of
from nn.training.anomalies import at_sample
from nn.training.batches import Trainable
from nn.training.eager import Eager, eager_outputs
from nn.training.samples import Rows, input_rows, require_finite, target_rows

Metric = Callable[[Any, Any], float]
Vector = NDArray[np.float64]

CHECKED = 4  # samples on which a compiled program is compared with the model itself
ASKED = 100  # different targets for which the loss is asked whether it takes them


class Task:
    """The arrays of a model's data, and the program of its loss: compiled, or else run eagerly."""

    def __init__(
        self, model: Module, loss: Loss, inputs: Any, targets: Any, parameters: Sequence[Value], compiled: bool
    ) -> None:
        self.model, self.loss, self.compiled = model, loss, compiled
        self.given = targets
        self.inputs = input_rows("inputs", inputs)
        require_finite("inputs", self.inputs)
        try:
            with recording():
                self.answer = answer(model, self.inputs[0].tolist())
                self.targets, self.classes = target_rows("targets", targets, len(self.inputs), len(self.answer.outputs))
                require_finite("targets", self.targets)
                judgement = judge(loss, self.answer.result, self.targets[0].tolist())
        except (ArithmeticError, ValueError) as error:
            if hasattr(error, "op"):
                raise at_sample("before the first step, sample 0", error) from None
            error.add_note(f"in fit, for inputs of the shape {self.inputs.shape}")
            raise
        _ask(loss, self.answer, self.targets)
        self.program: Trainable
        if compiled:
            self.program = program = compile_graph(judgement.loss, [*self.answer.inputs, *judgement.targets])
            self._check(program)
        else:
            self.program = Eager(model, loss, list(dict.fromkeys([*model.parameters(), *parameters])))

    @property
    def arrays(self) -> tuple[Rows, Rows]:
        return self.inputs, self.targets

    def _check(self, program: Program) -> None:
        """Refuse a model that another sample takes another way: the program knows only that of the first one."""
        some = np.unique(np.linspace(0, len(self.inputs) - 1, CHECKED).astype(int))
        width = self.inputs.shape[1]

        def build(row: Sequence[float]) -> Value:
            return loss_of(self.model, self.loss, row[:width], row[width:])

        try:
            with recording():
                program.check(tuple(array[some] for array in self.arrays), build=build, samples=CHECKED)
        except ValueError as error:
            raise ValueError(
                "compiled, the model does not do what it does by itself: its Python code, or the loss, decides by the "
                "data of a sample or by chance. Train it with fit(…, compiled=False)"
            ) from error


class Measures:
    """What is measured after each epoch: the loss and the metrics, on the validation set if there is one."""

    def __init__(self, task: Task, validation: tuple[Any, Any] | None, metrics: Mapping[str, Metric] | None) -> None:
        self.task, self.validating = task, validation is not None
        outputs = len(task.answer.outputs)
        self.inputs, self.targets, given = task.inputs, task.targets, task.given
        if validation is not None:
            if not isinstance(validation, (tuple, list)) or len(validation) != 2:
                got = (
                    f"{len(validation)} of them" if isinstance(validation, (tuple, list)) else type(validation).__name__
                )
                raise TypeError(f"validation wants a pair, (inputs, targets); got {got}")
            self.inputs = input_rows("validation inputs", validation[0])
            self.targets, _ = target_rows("validation targets", validation[1], len(self.inputs), outputs)
            given = validation[1]
            for name, mine, its in zip(("inputs", "targets"), (self.inputs, self.targets), task.arrays, strict=True):
                require_finite(f"validation {name}", mine)
                if mine.shape[1] != its.shape[1]:
                    raise ValueError(
                        f"validation {name} want {its.shape[1]} columns, as in training; got the shape {mine.shape}"
                    )
        self.given = np.asarray(given)
        self.metrics = dict(metrics) if metrics is not None else {"accuracy": accuracy} if task.classes else {}
        for name, metric in self.metrics.items():
            if not callable(metric):
                raise TypeError(f"metric {name!r} wants a function of outputs and targets; got {metric!r}")
        self._outputs = None
        if task.compiled and self.metrics:
            with recording():
                self._outputs = compile_graph(task.answer.outputs, task.answer.inputs)

    def __call__(self, vector: Vector) -> tuple[float | None, dict[str, float]]:
        """The mean validation loss, or None, and the metrics; the Values have their data by now."""
        loss = None
        if self.validating:
            loss = float(self.task.program.forward((self.inputs, self.targets), vector).mean())
        if not self.metrics:
            return loss, {}
        outputs = self._outputs.forward(self.inputs) if self._outputs else eager_outputs(self.task.model, self.inputs)
        outputs = outputs[:, 0] if outputs.shape[1] == 1 else outputs
        return loss, {name: as_number(metric(outputs, self.given)) for name, metric in self.metrics.items()}


def accuracy(outputs: Rows, targets: Rows) -> float:
    """The share of the samples whose greatest output is that of their class."""
    return float((outputs.argmax(axis=1) == targets).mean())


def _ask(loss: Loss, given: Answer, targets: Rows) -> None:
    """Ask a loss, which takes Values for targets as they are, whether it would take their numbers."""
    different, places = np.unique(targets, return_index=True)
    if len(different) > ASKED:
        places = places[[0, -1]]  # the least and the greatest
    for i in np.unique(places // targets.shape[1]).tolist():
        row = targets[i].tolist()
        try:
            with no_grad():
                loss(given.result, row[0] if len(row) == 1 else row)
        except (AttributeError, TypeError):  # a loss that takes Values only
            return
        except ValueError as error:
            if not hasattr(error, "op"):
                error.add_note(f"in fit, for the targets of sample {i}")
                raise
        except ArithmeticError:
            pass  # will be an error of its own, when training comes to it
