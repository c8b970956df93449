"""The task, and twenty nets trained for it in one graph."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engine import Value, compile_graph, total
from nn import MLP, SGD, half_squared_error

INPUTS, HALF = 6, 3
PATTERNS = np.array(list(product((0.0, 1.0), repeat=INPUTS)))  # all 64
TARGETS = np.array([[float(np.array_equal(pattern, pattern[::-1]))] for pattern in PATTERNS])
EPSILON, ALPHA, SPREAD = 0.1, 0.9, 0.3  # of the update; the initial weights are uniform in ±SPREAD
PUBLISHED, SWEEPS = 1425, 4000  # sweeps through all patterns: the figure's, and those here
SEEDS = range(20)
WRONG = 1 / 8  # ½ (y − d)² of a pattern whose output is on the wrong side of ½
REPORTED, OTHER = (1, 2, 4), (2, 3, 4)
MIRRORED, IN_RATIO, TWINS = 0.001, 0.02, 0.02  # how near to exactly so, relative to the largest weight
Vector = NDArray[np.float64]


def network(seed: int) -> MLP:
    """The net before its training: biases are weights from a unit that is always 1, so they are drawn like the rest."""
    generator = random.Random(seed)
    model = MLP(INPUTS, [2, 1], "sigmoid", "sigmoid", seed=seed)
    for parameter in model.parameters():
        parameter.data = generator.uniform(-SPREAD, SPREAD)
    return model


@dataclass(frozen=True, eq=False)
class Net:
    """A trained net; its hidden units by their weights."""

    seed: int
    model: MLP
    errors: Vector  # E, before each sweep and after the last
    learned: int | None  # the sweeps after which all 64 patterns were first on the right side of ½

    @cached_property
    def hidden(self) -> Vector:
        """The weights of the two hidden units: (2, 6)."""
        return np.array([[weight.data for weight in neuron.w] for neuron in self.model.layers[0].neurons])

    @property
    def biases(self) -> list[float]:
        """Of the two hidden units, then of the output."""
        return [neuron.b.data for layer in self.model.layers for neuron in layer.neurons if neuron.b is not None]

    @property
    def top(self) -> list[float]:
        """From the hidden units to the output."""
        return [weight.data for weight in self.model.layers[1].neurons[0].w]

    @property
    def asymmetry(self) -> float:
        """How far weights on the two sides of the midpoint are from equal and opposite, relative to the largest."""
        return relative(self.hidden[:, :HALF] + self.hidden[:, : HALF - 1 : -1], self.hidden)

    @property
    def twins_differ(self) -> float:
        """How far the two hidden units are from having the same weights with opposite signs."""
        return relative(self.hidden[0] + self.hidden[1], self.hidden)

    @property
    def halves(self) -> Vector:
        """The magnitudes of each half's three weights in order of size, the largest as 4."""
        sizes = np.sort(np.abs(self.hidden).reshape(-1, HALF))
        return np.asarray(4 * sizes / sizes[:, -1:])

    @property
    def ratio(self) -> Vector:
        """The mean of the halves of both units."""
        return np.asarray(self.halves.mean(axis=0))

    @property
    def pattern(self) -> tuple[int, ...] | None:
        """The ratio in whole numbers, if the net has learned the task and all its halves come near to one."""
        if self.learned is None:
            return None
        whole = np.round(self.ratio)
        near = relative(self.halves - whole, whole) <= IN_RATIO
        return tuple(whole.astype(int).tolist()) if near else None


def relative(difference: Vector, whole: Vector) -> float:
    return float(np.max(np.abs(difference)) / np.max(np.abs(whole)))


@cache
def trained() -> tuple[Net, ...]:
    """Every net of `SEEDS`, trained in one graph: its gradients don't mix, as the nets share no weight."""
    models = [network(seed) for seed in SEEDS]
    inputs, target = [Value(0.0) for _ in range(INPUTS)], Value(0.0)
    errors = [half_squared_error(model(inputs), target) for model in models]
    each = compile_graph(errors, [*inputs, target])
    together = compile_graph(total(errors), [*inputs, target])

    rule, vector, found = SGD(together.parameters, EPSILON, ALPHA), together.vector(), []
    for sweep in range(SWEEPS + 1):
        found.append(each.forward((PATTERNS, TARGETS)))
        if sweep < SWEEPS:
            _, gradient = together.gradient((PATTERNS, TARGETS), vector, reduction="sum")
            rule.update(vector, gradient)
            together.assign(vector)
    history = np.array(found)  # (sweeps, patterns, nets)
    right: NDArray[np.bool_] = np.all(history < WRONG, axis=1)
    return tuple(
        Net(seed, model, history[:, :, k].sum(axis=1), int(right[:, k].argmax()) if right[:, k].any() else None)
        for k, (seed, model) in enumerate(zip(SEEDS, models, strict=True))
    )


def with_pattern(pattern: tuple[int, ...]) -> list[Net]:
    return [net for net in trained() if net.pattern == pattern]
