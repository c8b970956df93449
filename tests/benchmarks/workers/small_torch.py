"""A small net on PyTorch's tensors, by its own functions and its own autograd: the gradient of all of its points."""

import sys
from itertools import pairwise
from typing import Any

import torch
from clock import seconds_each, serve
from digits import weights
from small import NETS, points
from torch.nn.functional import linear


class Net:
    """One of `small.NETS`, in float64."""

    def __init__(self, name: str) -> None:
        sizes, activation, self.loss, self.l2 = NETS[name]
        self.activation = getattr(torch, activation)
        lengths = [length for nin, nout in pairwise(sizes) for length in (nout * nin, nout)]
        parts = torch.tensor(weights(sizes), dtype=torch.float64).split(lengths)
        shapes = [shape for nin, nout in pairwise(sizes) for shape in ((nout, nin), (nout,))]
        self.parameters = [part.view(shape).clone().requires_grad_() for part, shape in zip(parts, shapes, strict=True)]
        xs, ys = zip(*points(name), strict=True)
        self.inputs, self.targets = (torch.tensor(rows, dtype=torch.float64) for rows in (xs, ys))

    def gradient(self) -> tuple[Any, Any]:
        """The loss and its gradient."""
        *inner, weight, bias = self.parameters
        x = self.inputs
        for w, b in zip(inner[::2], inner[1::2], strict=True):
            x = self.activation(linear(x, w, b))
        y = linear(x, weight, bias)[:, 0]
        is_hinge = self.loss == "hinge"
        loss = (torch.relu(1.0 - self.targets * y) if is_hinge else (y - self.targets) ** 2).mean()
        if self.l2:
            loss = loss + self.l2 * sum((p * p).sum() for p in self.parameters)
        return loss, torch.autograd.grad(loss, self.parameters)

    def numbers(self) -> list[float]:
        loss, gradient = self.gradient()
        return [loss.item(), *torch.cat([part.flatten() for part in gradient]).tolist()]


if __name__ == "__main__":
    net = Net(*sys.argv[1:])
    serve(numbers=net.numbers, time=lambda: seconds_each(net.gradient))
