"""The parameters while they are trained: as a vector for the program, and as one for the optimizer."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from engine.compiling.vectors import Vector, assign_data, data_vector
from engine.support.notation import number
from engine.value import clear_gradients
from nn.optimizers import Optimizer, clip
from nn.training.batches import Trainable


class TrainedParameters:
    """`vector` is in the program's order. The optimizer's vector is in its own, with what it has and the loss has not.

    As a context manager it clears the gradients at the start, and at the end writes the vectors to the Values, whatever
    has happened.
    """

    def __init__(self, program: Trainable, optimizer: Optimizer) -> None:
        places = {parameter: i for i, parameter in enumerate(program.parameters)}
        shared = [i for i, parameter in enumerate(optimizer.parameters) if parameter in places]
        if not shared:
            raise ValueError("the loss depends on none of the optimizer's parameters: are they another model's?")
        self.program, self.optimizer = program, optimizer
        self.vector, self._own = data_vector(program.parameters), data_vector(optimizer.parameters)
        # Where those that both have are in each vector.
        self._in_vector = np.array([places[optimizer.parameters[i]] for i in shared])
        self._in_own: Any = slice(None) if len(shared) == len(self._own) else np.array(shared)
        self._gradient = np.zeros_like(self._own)  # stays 0 for what the loss does not depend on
        self._before = np.empty_like(self._own)

    def own_gradient(self, gradient: Vector) -> Vector:
        """The program's gradient as one by the optimizer's parameters."""
        self._gradient[self._in_own] = gradient[self._in_vector]
        return self._gradient

    def step(self, gradient: Vector, max_norm: float | None) -> None:
        """A step of the optimizer; if it gives NaN or infinity, it is undone, and a FloatingPointError says so."""
        if max_norm is not None:
            clip(gradient, max_norm)
        np.copyto(self._before, self._own)
        self.optimizer.update(self._own, gradient)
        if not all_finite(self._own):
            i = int(np.argmin(np.isfinite(self._own)))
            result, name = self._own[i], self.optimizer.parameters[i].name or "a parameter"
            self._own[:] = self._before
            raise FloatingPointError(
                f"the step of {name} leads from {number(self._own[i])} to {number(result)}: "
                f"its gradient is {number(gradient[i])}; a smaller lr, or clip=, makes shorter steps"
            )
        self.vector[self._in_vector] = self._own[self._in_own]

    def write_back(self) -> None:
        """Make the optimizer's vector its Values' data."""
        assign_data(self.optimizer.parameters, self._own)

    def __enter__(self) -> TrainedParameters:
        clear_gradients({*self.program.parameters, *self.optimizer.parameters})
        return self

    def __exit__(self, *_: object) -> None:
        self.write_back()


def all_finite(numbers: Vector) -> bool:
    """One pass without an array in between; only where the sum of the squares overflows must we look closer."""
    return isfinite(numbers @ numbers) or bool(np.isfinite(numbers).all())
