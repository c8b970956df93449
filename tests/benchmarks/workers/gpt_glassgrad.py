"""The transformer of scalars as a compiled program, from the graph that the demo `names` records."""

from functools import cache
from typing import Any

import numpy as np
from clock import seconds_each, serve
from digits_arrays import Array
from gpt import POSITIONS, SHAPES, names, weights
from program_numbers import mean_and_gradient

from demos.names.model import GPT
from demos.names.training import SEED, recorded, sample
from engine import Value, compile_graph


class Transformer:
    def __init__(self) -> None:
        self.model = GPT(SEED)
        self.parameters = [value for matrix in map(self.matrix, SHAPES) for row in matrix for value in row]
        for parameter, data in zip(self.parameters, weights(), strict=True):
            parameter.data = data
        self.program = compile_graph(*recorded(self.model, names(1)[0]))
        self.vector = self.program.vector()

    def matrix(self, name: str) -> list[list[Value]]:
        if name == "place":
            return self.model.place[:POSITIONS]
        if name == "qkv":
            return [*self.model.q.w, *self.model.k.w, *self.model.v.w]
        return getattr(self.model, name).w

    def gradient(self, count: int) -> tuple[Array, Array]:
        return self.program.gradient(samples(count), parameters=self.vector)

    def numbers(self, count: int) -> list[float]:
        """The mean loss, and its gradient in the order of `gpt.weights`."""
        return mean_and_gradient(self.program, self.gradient(count), self.parameters)


@cache
def samples(count: int) -> Array:
    return np.array([sample(name) for name in names(count)])


def commands(transformer: Transformer) -> dict[str, Any]:
    return {
        "numbers": lambda count: transformer.numbers(int(count)),
        "time": lambda count: seconds_each(lambda: transformer.gradient(int(count))),
    }


if __name__ == "__main__":
    serve(**commands(Transformer()))
