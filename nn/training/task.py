"""What is to be trained: a model, its loss and its data, checked and compiled before the first step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.compiling.program import Program, compile_graph
from engine.support.modes import no_grad, recording
from engine.value import Constant, Value, topological_order
from nn.module import Module
from nn.recording import (
    Loss,
    RecordedOutputs,
    at_sample,
    loss_of,
    raised_by_operation,
    record_loss,
    record_outputs,
)
from nn.training.batches import Trainable
from nn.training.eager import Eager
from nn.training.samples import Rows, input_rows, require_finite, target_rows

COMPARED = 4  # samples on which a compiled program is compared with the model itself
TRIED = 100  # different targets that the loss is called with before the first step


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
                self.first = first = record_outputs(model, self.inputs[0].tolist())
                self.targets, self.classes = target_rows("targets", targets, len(self.inputs), len(first.outputs))
                require_finite("targets", self.targets)
                recorded = record_loss(loss, first.result, self.targets[0].tolist())
        except (ArithmeticError, ValueError) as error:
            if raised_by_operation(error):
                raise at_sample("before the first step, sample 0", error) from None
            error.add_note(f"in fit, for inputs of the shape {self.inputs.shape}")
            raise
        _try_targets(loss, first, self.targets)
        self.program: Trainable
        if compiled:
            self.program = program = compile_graph(recorded.loss, [*first.inputs, *recorded.targets])
            _require_parameters(program.parameters)
            self._compare(program)
        else:
            of_the_sample = {*first.inputs, *recorded.targets}
            _require_parameters(leaf for leaf in _leaves_of(recorded.loss) if leaf not in of_the_sample)
            self.program = Eager(model, loss, list(dict.fromkeys([*model.parameters(), *parameters])))

    @property
    def arrays(self) -> tuple[Rows, Rows]:
        return self.inputs, self.targets

    def _compare(self, program: Program) -> None:
        """Refuse a model whose Python code decides by its data: the program holds what it did for the first sample."""
        some = np.unique(np.linspace(0, len(self.inputs) - 1, COMPARED).astype(int))
        width = self.inputs.shape[1]

        def build(row: Sequence[float]) -> Value:
            return loss_of(self.model, self.loss, row[:width], row[width:])

        try:
            with recording():
                program.check(tuple(array[some] for array in self.arrays), build=build, samples=COMPARED)
        except ValueError as error:
            raise ValueError(
                "compiled, the model does not do what it does by itself: its Python code, or the loss, decides by the "
                "data of a sample or by chance. Train it with fit(…, compiled=False)"
            ) from error


def _leaves_of(loss: Value) -> Iterator[Value]:
    return (node for node in topological_order(loss) if not node.operands and not isinstance(node, Constant))


def _require_parameters(parameters: Iterable[Value]) -> None:
    if next(iter(parameters), None) is None:
        raise ValueError(
            "the loss depends on no parameter, so there is nothing to train: does the model use its weights, and are "
            "they Values when it does?"
        )


def _try_targets(loss: Loss, first: RecordedOutputs, targets: Rows) -> None:
    """Call a loss, which takes Values for targets as they are, with their numbers, so that it can refuse them."""
    different, places = np.unique(targets, return_index=True)
    if len(different) > TRIED:
        places = places[[0, -1]]  # the least and the greatest
    for i in np.unique(places // targets.shape[1]).tolist():
        row = targets[i].tolist()
        try:
            with no_grad():
                loss(first.result, row[0] if len(row) == 1 else row)
        except (AttributeError, TypeError):  # a loss that takes Values only
            return
        except ValueError as error:
            if not raised_by_operation(error):
                error.add_note(f"in fit, for the targets of sample {i}")
                raise
        except ArithmeticError:
            pass  # will be an error of its own, when training comes to it
