"""The parameters while they are trained: as one vector, on which program and optimizer work."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from engine.compiling.vectors import Vector, assign_data, data_vector
from engine.support.numerals import number, plural
from engine.value import Value, clear_gradients
from nn.optimizers import Optimizer, clip
from nn.training.batches import Trainable

SHOWN = 6  # names in a warning


def _unreached(others: Sequence[Value], count: int) -> str:
    shown = [parameter.name or repr(parameter) for parameter in others[:SHOWN]]
    names = ", ".join(shown) + ", …" * (len(others) > SHOWN)
    return f"the loss does not reach {len(others)} of the optimizer's {plural(count, 'parameter')}: {names}"


def _frames_to_the_caller() -> int:
    """How far up the first frame is that belongs to no package of this project: where `fit` was called."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in ("nn", "engine", "contextlib"):
        frame, level = frame.f_back, level + 1
    return level


class TrainedParameters:
    """`vector` is the program's; the optimizer has its own, if what it trains is not just what the loss depends on.

    As a context manager it puts the optimizer's parameters and memory into the program's order, so that the one vector
    serves both in every other case: a copy into another order at each step would cost a tenth of a small batch. At the
    end, whatever has happened, it writes the vectors to the Values, and the optimizer has its own order again.
    """

    def __init__(self, program: Trainable, optimizer: Optimizer) -> None:
        known = set(optimizer.parameters)
        shared = [parameter for parameter in program.parameters if parameter in known]
        if not shared:
            raise ValueError("the loss depends on none of the optimizer's parameters: are they another model's?")
        served = set(shared)
        others = [parameter for parameter in optimizer.parameters if parameter not in served]
        if others:
            warnings.warn(_unreached(others, len(optimizer.parameters)), stacklevel=_frames_to_the_caller())
        self._given, self._arranged = optimizer.parameters, [*shared, *others]
        self.program, self.optimizer = program, optimizer
        self.vector = self._own = data_vector(program.parameters)
        self._shared = len(shared)
        self._places: Any = slice(None)  # of the shared ones in the program's vector
        if others or len(shared) < len(program.parameters):
            self._places = np.flatnonzero([parameter in known for parameter in program.parameters])
            self._own = data_vector(self._arranged)
        self._gradient = np.zeros_like(self._own)  # by the others it is 0
        self._before = self._own.copy()

    def own_gradient(self, gradient: Vector) -> Vector:
        """The part of the program's gradient that the optimizer takes."""
        if self._own is self.vector:
            return gradient
        self._gradient[: self._shared] = gradient[self._places]
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
        if self._own is not self.vector:
            self.vector[self._places] = self._own[: self._shared]

    def write_back(self) -> None:
        """Make the optimizer's vector its parameters' data."""
        assign_data(self._arranged, self._own)

    def __enter__(self) -> TrainedParameters:
        clear_gradients([*self.program.parameters, *self._arranged])
        self.optimizer.arrange(self._arranged)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.write_back()
        finally:
            self.optimizer.arrange(self._given)


def all_finite(numbers: Vector) -> bool:
    """One pass without an array in between; only where the sum of the squares overflows must we look closer."""
    return isfinite(numbers @ numbers) or bool(np.isfinite(numbers).all())
