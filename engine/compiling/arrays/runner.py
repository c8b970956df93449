"""Run a program by the numpy module that it prints; debuggers and errors show its lines."""

from __future__ import annotations

import linecache
import weakref
from itertools import count
from typing import Any

import numpy as np

from engine.compiling.batch import Array, Batch

_numbers = count(1)
np.empty(2**21)  # once an array of this size has been freed, glibc keeps the memory of smaller ones for the next ones


class ArrayRunner:
    """The functions of a module's text."""

    def __init__(self, text: str) -> None:
        self.filename = f"<program {next(_numbers)} as numpy>"
        linecache.cache[self.filename] = (len(text), None, text.splitlines(keepends=True), self.filename)
        weakref.finalize(self, linecache.cache.pop, self.filename, None)
        self._module: dict[str, Any] = {"__name__": "program"}
        exec(compile(text, self.filename, "exec"), self._module)

    def forward(self, batch: Batch, parameters: Array) -> Array:
        """The values of the root, shape (B,), or of the K roots, (B, K)."""
        found: Array = self._module["forward"](batch, parameters)
        return found

    def gradient(self, batch: Batch, parameters: Array) -> tuple[Array, Array]:
        """The values of the one root, shape (B,), and the gradient of their sum by the parameters."""
        found: tuple[Array, Array] = self._module["gradient"](batch, parameters)
        return found
