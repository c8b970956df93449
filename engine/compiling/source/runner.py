"""Run a program as generated Python, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from engine.compiling.batch import Array, Batch
from engine.compiling.form import Form
from engine.compiling.source.helpers import helper_definitions, taken_by
from engine.compiling.source.inlined import Inlined
from engine.compiling.source.python import Python

PYTHON = Python()


class PythonRunner:
    """Straight-line Python for one sample, compiled when it is first run; None where it raises."""

    def __init__(self, form: Form, parameters: Sequence[int], inputs: int, has_one_root: bool) -> None:
        self.form, self.parameters, self.inputs, self.has_one_root = form, parameters, inputs, has_one_root

    def forward(self, batch: Batch, parameters: Array) -> Array | None:
        """The values of the root, shape (B,), or of the K roots, (B, K)."""
        found = _each(self._forward, batch, parameters)
        return None if found is None else np.array(found).reshape((-1,) if self.has_one_root else (batch.size, -1))

    def gradient(self, batch: Batch, parameters: Array) -> tuple[Array, Array] | None:
        """The values of the one root, shape (B,), and the gradient of their sum by the parameters."""
        found = _each(self._gradient, batch, parameters)
        if found is None:
            return None
        losses, gradients = zip(*found, strict=True)
        return np.array(losses), np.array(gradients).sum(axis=0)

    @cached_property
    def _forward(self) -> Callable[..., Any]:
        return self._compiled(backward=False)

    @cached_property
    def _gradient(self) -> Callable[..., Any]:
        return self._compiled(backward=True)

    def _compiled(self, backward: bool) -> Callable[..., Any]:
        inlined = Inlined(self.form, self.parameters, self.inputs, PYTHON, backward=backward)
        functions, helpers = inlined.function.texts(PYTHON), helper_definitions(inlined.texts(), PYTHON)
        head = PYTHON.head(inlined.function.about, [], taken_by([*helpers, *inlined.texts()], PYTHON))
        namespace: dict[str, Any] = {"__name__": "program"}
        for piece in (head, *helpers, *inlined.rows, *functions):  # one by one, as a syntax tree is large
            exec(compile(piece, "<program>", "exec"), namespace)
        function: Callable[..., Any] = namespace[inlined.function.name]
        return function


def _each(function: Callable[..., Any], batch: Batch, parameters: Array) -> list[Any] | None:
    numbers = parameters.tolist()
    try:
        return [function(sample, numbers) for sample in batch.rows()]
    except (ArithmeticError, ValueError):
        return None
