"""Where a loss or a gradient is NaN or infinite: the sample and the node, found by running that sample eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compiling.vectors import Vector, assign_data
from engine.support.modes import detect_anomaly, recording
from nn.recording import at_sample, loss_of
from nn.training.batches import Indices
from nn.training.task import Task


def bad_batch(task: Task, samples: Indices, vector: Vector, losses: Vector) -> FloatingPointError:
    """The error of a batch whose losses or gradient are not finite: its first such sample is run again, eagerly."""
    i = _first_bad(task, np.arange(len(task.inputs))[samples], vector, losses)
    if i is None:
        return FloatingPointError("each sample's gradient is finite, but their sum overflows")
    assign_data(task.program.parameters, vector)
    with recording(), detect_anomaly():
        try:
            root = loss_of(task.model, task.loss, *(array[i].tolist() for array in task.arrays))
            try:
                root.backward()
            finally:
                root.zero_grad()
        except (ArithmeticError, ValueError) as error:
            return at_sample(f"sample {i}", error)
    return FloatingPointError(f"sample {i}: the compiled program gives no number where the model by itself gives one")


def _first_bad(task: Task, samples: NDArray[Any], vector: Vector, losses: Vector) -> int | None:
    """The first sample with a loss, or else with a gradient, that is not finite."""
    bad = samples[~np.isfinite(losses)]
    if bad.size:
        return int(bad[0])
    for i in samples:
        _, gradient = task.program.gradient(tuple(array[i : i + 1] for array in task.arrays), vector)
        if not np.isfinite(gradient).all():
            return int(i)
    return None
