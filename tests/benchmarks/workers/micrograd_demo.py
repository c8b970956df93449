"""One step of micrograd's demo, on the engine named on the command line: ENGINES lists them."""

import gc
import random
import sys
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin
from typing import Any

from clock import seconds, serve

SIZES = [2, 16, 16, 1]
L2 = 1e-4


def moons(count: int = 100, noise: float = 0.1) -> list[tuple[list[float], float]]:
    """Two interleaved half circles, as scikit-learn's make_moons draws them; labels 1 and −1."""
    draw = random.Random(1337).gauss
    points = []
    for i in range(half := count // 2):
        t = pi * i / (half - 1)
        for x, y, label in ((cos(t), sin(t), -1.0), (1 - cos(t), 0.5 - sin(t), 1.0)):
            points.append(([x + draw(0, noise), y + draw(0, noise)], label))
    return points


def micrograd() -> tuple[type, Any]:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return Value, MLP(SIZES[0], SIZES[1:])


def glassgrad() -> tuple[type, Any]:
    from engine import Value
    from nn import MLP

    return Value, MLP(SIZES[0], SIZES[1:])


def glassgrad_spelled_out() -> tuple[type, Any]:
    from engine import Value

    return Value, SpelledOut(Value, SIZES)


class SpelledOut:
    """A user's own network: each + and each * makes a node, just as in micrograd's Neuron."""

    def __init__(self, value: type, sizes: list[int]) -> None:
        self.layers = [
            [([value(random.uniform(-1, 1)) for _ in range(nin)], value(0.0)) for _ in range(nout)]
            for nin, nout in pairwise(sizes)
        ]

    def __call__(self, x: list[Any]) -> Any:
        for layer in self.layers:
            x = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer]
            if layer is not self.layers[-1]:
                x = [act.relu() for act in x]
        return x[0] if len(x) == 1 else x

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for w, b in layer for p in (*w, b)]

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0.0


ENGINES = {"micrograd": micrograd, "glassgrad": glassgrad, "glassgrad-spelled-out": glassgrad_spelled_out}


class Demo:
    """The demo's model and its data: the same weights and the same points on every engine."""

    def __init__(self, engine: Callable[[], tuple[type, Any]]) -> None:
        random.seed(1337)
        self.value, self.model = engine()
        self.points = moons()

    def loss(self) -> Any:
        scores = [self.model(list(map(self.value, x))) for x, _ in self.points]
        losses = [(1 + -label * score).relu() for (_, label), score in zip(self.points, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = L2 * sum(p * p for p in self.model.parameters())
        return data_loss + reg_loss

    def step(self) -> Any:
        self.model.zero_grad()
        loss = self.loss()
        loss.backward()
        return loss

    def numbers(self) -> list[float]:
        """The loss, and the gradient of each parameter."""
        return [self.step().data, *(p.grad for p in self.model.parameters())]

    def memory(self) -> float:
        """Bytes per node of the graph that one forward pass records."""
        gc.collect()
        tracemalloc.start()
        loss = self.loss()
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size / len(nodes(loss).difference(self.model.parameters()))


def nodes(root: Any) -> set[Any]:
    found, path = {root}, [root]
    while path:
        new = path.pop()._prev - found
        found |= new
        path.extend(new)
    return found


if __name__ == "__main__":
    demo = Demo(ENGINES[sys.argv[1]])
    serve(numbers=demo.numbers, time=lambda collector: seconds(demo.step, collector), memory=demo.memory)
