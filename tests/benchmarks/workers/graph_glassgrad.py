"""The random graph on our engine: as a compiled program, or recorded anew and run backward, "eager"."""

import sys

import numpy as np
from clock import seconds_each, serve
from digits_arrays import Array
from program_numbers import mean_and_gradient
from random_graph import INPUT, OPERATIONS, PRODUCT, SOFTPLUS, SUM, inputs, recipe

from engine import Value, compile_graph, softmax, softplus
from engine.functions import sum as total


class Graph:
    def __init__(self, operations: int = OPERATIONS) -> None:
        self.steps, self.outputs = recipe(operations)
        self.leaves = [Value(x) for x in inputs(self.steps)]

    def record(self) -> Value:
        given = iter(self.leaves)
        nodes: list[Value] = []
        for op, operands in self.steps:
            if op == INPUT:
                nodes.append(next(given))
                continue
            x = [nodes[i] for i in operands]
            if op == SOFTPLUS:
                nodes.append(softplus(x[0]))
            elif op == SUM:
                nodes.append(total(x))
            elif op == PRODUCT:
                nodes.append(x[0] * x[1])
            else:
                nodes.append(softmax(x)[0])
        return total([nodes[i] for i in self.outputs])


class Eager(Graph):
    def step(self) -> Value:
        for leaf in self.leaves:
            leaf.grad = 0.0
        root = self.record()
        root.backward()
        return root

    def numbers(self) -> list[float]:
        return [self.step().data, *(leaf.grad for leaf in self.leaves)]


class Compiled(Graph):
    """One sample without inputs: all leaves are parameters, so that the gradient by each is asked for."""

    def __init__(self, operations: int = OPERATIONS) -> None:
        super().__init__(operations)
        self.program = compile_graph(self.record(), [])
        self.vector = self.program.vector()
        self.sample = np.empty((1, 0))

    def step(self) -> tuple[Array, Array]:
        return self.program.gradient(self.sample, parameters=self.vector)

    def numbers(self) -> list[float]:
        return mean_and_gradient(self.program, self.step(), self.leaves)


ENGINES: dict[str, type[Eager | Compiled]] = {"eager": Eager, "compiled": Compiled}

if __name__ == "__main__":
    style, *operations = sys.argv[1:]
    graph = ENGINES[style](*map(int, operations))
    serve(numbers=graph.numbers, time=lambda: seconds_each(graph.step))
