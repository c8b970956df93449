"""The random graph on PyTorch's scalars, tensors without dimensions in float64.

A softmax is "spelled-out" in scalars, its exponentials shared, or "stacked" into a vector for `torch.softmax`.
"""

import sys

import torch
from clock import seconds, serve
from random_graph import INPUT, OPERATIONS, PRODUCT, SOFTPLUS, SUM, inputs, recipe
from torch.nn.functional import softplus


class Graph:
    def __init__(self, style: str, operations: str = str(OPERATIONS)) -> None:
        self.softmax = {"spelled-out": spelled_out, "stacked": stacked}[style]
        self.steps, self.outputs = recipe(int(operations))
        self.inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs(self.steps)]

    def gradient(self) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """The root, and its derivative by each input."""
        given = iter(self.inputs)
        nodes: list[torch.Tensor] = []
        for op, operands in self.steps:
            if op == INPUT:
                nodes.append(next(given))
                continue
            x = [nodes[i] for i in operands]
            if op == SOFTPLUS:
                nodes.append(softplus(x[0]))
            elif op == SUM:
                nodes.append(x[0] + x[1] + x[2] + x[3])
            elif op == PRODUCT:
                nodes.append(x[0] * x[1])
            else:
                nodes.append(self.softmax(x))
        root = torch.stack([nodes[i] for i in self.outputs]).sum()
        return root, torch.autograd.grad(root, self.inputs)

    def numbers(self) -> list[float]:
        root, gradient = self.gradient()
        return [root.item(), *(part.item() for part in gradient)]


def spelled_out(x: list[torch.Tensor]) -> torch.Tensor:
    e = [torch.exp(value) for value in x]
    return e[0] / (e[0] + e[1] + e[2] + e[3])


def stacked(x: list[torch.Tensor]) -> torch.Tensor:
    return torch.softmax(torch.stack(x), 0)[0]


if __name__ == "__main__":
    graph = Graph(*sys.argv[1:])
    serve(numbers=graph.numbers, time=lambda: seconds(graph.gradient))
