"""A small net as a compiled program: the gradient of all of its points."""

import sys
from typing import Any

import numpy as np
from classifier_glassgrad import in_layers
from clock import seconds_each, serve
from digits import weights
from digits_arrays import Array
from program_numbers import mean_and_gradient
from small import NETS, points

import nn
from engine import Value, compile_graph, total


class Net:
    """One of `small.NETS`."""

    def __init__(self, name: str) -> None:
        sizes, activation, loss, l2 = NETS[name]
        model = nn.MLP(sizes[0], sizes[1:], activation=activation)
        self.parameters = in_layers(model)
        for parameter, data in zip(self.parameters, weights(sizes), strict=True):
            parameter.data = data
        inputs, target = [Value(0.5) for _ in range(sizes[0])], Value(1.0)
        root = getattr(nn, loss)([model(inputs)], [target])
        if l2:
            root = root + l2 * total([p * p for p in self.parameters])
        self.program = compile_graph(root, [*inputs, target])
        self.vector = self.program.vector()
        self.batch = np.array([[*x, y] for x, y in points(name)])

    def gradient(self) -> tuple[Array, Array]:
        return self.program.gradient(self.batch, parameters=self.vector)

    def numbers(self) -> list[float]:
        """The mean loss, and its gradient in the order of `digits.weights`."""
        return mean_and_gradient(self.program, self.gradient(), self.parameters)


def commands(net: Net) -> dict[str, Any]:
    return {"numbers": net.numbers, "time": lambda: seconds_each(net.gradient)}


if __name__ == "__main__":
    serve(**commands(Net(*sys.argv[1:])))
