"""The parameters while they are trained: as one vector, on which program and optimiser work."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.support.notation import number
from nn.optimizers import Optimizer, clip
from nn.training.batches import Trainable

Vector = NDArray[np.float64]


class Trained:
    """`vector` is the program's; the optimiser has its own, if what it trains is not just what the loss depends on.

    The optimiser's parameters are put into the program's order, so that the one vector serves both in every other case.
    As a context manager it writes the parameters back at the end, whatever has happened.
    """

    def __init__(self, program: Trainable, optimizer: Optimizer) -> None:
        known = set(optimizer.parameters)
        shared = [parameter for parameter in program.parameters if parameter in known]
        if not shared:
            raise ValueError("the loss depends on none of the optimiser's parameters: are they another model's?")
        served = set(shared)
        others = [parameter for parameter in optimizer.parameters if parameter not in served]
        optimizer.arrange([*shared, *others])
        self.program, self.optimizer = program, optimizer
        self.vector = self.own = program.vector()
        self.places: Any = slice(None)  # of the shared ones in the program's vector
        if others or len(shared) < len(program.parameters):
            self.places = np.flatnonzero([parameter in known for parameter in program.parameters])
            self.own = np.array([parameter.data for parameter in optimizer.parameters])
        self._shared, self._others = len(shared), others
        self._gradient = np.zeros_like(self.own)  # by the others it is 0
        self._before = self.own.copy()

    def own_gradient(self, gradient: Vector) -> Vector:
        """The part of the program's gradient that the optimiser asks for."""
        if self.own is self.vector:
            return gradient
        self._gradient[: self._shared] = gradient[self.places]
        return self._gradient

    def step(self, gradient: Vector, max_norm: float | None) -> None:
        """A step of the optimiser; if it gives what is no number, it is undone, and a FloatingPointError says so."""
        if max_norm is not None:
            clip(gradient, max_norm)
        np.copyto(self._before, self.own)
        self.optimizer.update(self.own, gradient)
        if not all_finite(self.own):
            i = int(np.argmin(np.isfinite(self.own)))
            result, name = self.own[i], self.optimizer.parameters[i].name or "a parameter"
            self.own[:] = self._before
            raise FloatingPointError(
                f"the step of {name} leads from {number(self.own[i])} to {number(result)}: "
                f"its gradient is {number(gradient[i])}; a smaller lr, or clip=, makes shorter steps"
            )
        self._spread()

    def _spread(self) -> None:
        if self.own is not self.vector:
            self.vector[self.places] = self.own[: self._shared]

    def write_back(self) -> None:
        """Make the vectors the Values' data."""
        self._spread()  # Ctrl-C may have come between a step and this
        self.program.assign(self.vector)
        for parameter, data in zip(self._others, self.own[self._shared :].tolist(), strict=True):
            parameter.data = data

    def __enter__(self) -> Trained:
        for parameter in (*self.program.parameters, *self._others):
            parameter.grad, parameter.reached = 0.0, False
        return self

    def __exit__(self, *_: object) -> None:
        self.write_back()


def all_finite(numbers: Vector) -> bool:
    """One pass without an array in between; only where the sum of the squares overflows must we look closer."""
    return isfinite(numbers @ numbers) or bool(np.isfinite(numbers).all())
