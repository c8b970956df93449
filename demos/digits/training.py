"""The training of `digits`: the network of the source, what it says about images, and the graph of some of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.mnist.reading import CLASSES, SIDE, Digits, Mnist, load
from engine import Value, total
from nn import MLP, SGD, cross_entropy, fit, matrices

Array = NDArray[np.float64]

HIDDEN, RATE, ITERATIONS, SEED = 10, 0.1, 1000, 0
MARKS = (0, 1, 10, 30, 100, 300)  # iterations after which it is measured; and after the last


@dataclass(frozen=True, eq=False)
class Answers:
    """What the model says about images: a row of probabilities for each."""

    digits: Digits
    logits: Array  # z⁽²⁾, (N, 10)

    @cached_property
    def logarithms(self) -> Array:
        """log a⁽²⁾ by the source: Softmax(z)ᵢ = e^zᵢ / Σ e^zⱼ, which stays the same when all z are shifted."""
        shifted = self.logits - self.logits.max(axis=1, keepdims=True)
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))

    @property
    def probabilities(self) -> Array:
        """a⁽²⁾."""
        return np.asarray(np.exp(self.logarithms))

    @property
    def losses(self) -> Array:
        """−Σ yᵢ log aᵢ⁽²⁾ of each image."""
        return np.asarray(-self.logarithms[np.arange(len(self.digits)), self.digits.labels])

    @property
    def decided(self) -> NDArray[np.intp]:
        return np.asarray(self.logits.argmax(axis=1))

    @property
    def accuracy(self) -> float:
        return float((self.decided == self.digits.labels).mean())

    @property
    def confusion(self) -> NDArray[np.intp]:
        """How many images of digit i were taken for digit j: (10, 10)."""
        found = np.zeros((CLASSES, CLASSES), np.intp)
        np.add.at(found, (self.digits.labels, self.decided), 1)
        return found

    def mistakes(self, count: int) -> list[int]:
        """The images that were taken for another digit, those with the greatest loss first."""
        worst = np.argsort(-self.losses, kind="stable")
        return [int(i) for i in worst if self.decided[i] != self.digits.labels[i]][:count]


@dataclass(frozen=True, eq=False)
class Training:
    """A model, how it came to what it is, and what it says in the end."""

    folder: Path
    data: Mnist
    model: MLP
    losses: list[float]  # C before each iteration
    measured: list[tuple[int, float, float, float]]  # iterations, C, accuracy on the training and on the test set
    on_test: Answers

    @property
    def iterations(self) -> int:
        return len(self.losses)

    def weights(self) -> Array:
        """W⁽¹⁾ as images: (10, 28, 28)."""
        rows = [[w.data for w in neuron.w] for neuron in self.model.layers[0].neurons]
        return np.array(rows).reshape(-1, SIDE, SIDE)


@cache
def trained(folder: Path, iterations: int) -> Training:
    """Train the network on the set in this folder."""
    data = load(folder)
    model = MLP(SIDE**2, [HIDDEN, CLASSES], init="xavier", seed=SEED)
    optimizer = SGD(model.parameters(), RATE)
    parts = [(digits, digits.inputs) for digits in (data.train, data.test)]
    losses: list[float] = []
    measured = []
    for mark in sorted({*(mark for mark in MARKS if mark < iterations), iterations}):
        if mark:
            losses += _descend(model, *parts[0], optimizer, mark - len(losses))
        on_train, on_test = (Answers(digits, model.predict(inputs)) for digits, inputs in parts)
        measured.append((mark, float(on_train.losses.mean()), on_train.accuracy, on_test.accuracy))
    return Training(folder, data, model, losses, measured, on_test)


def _descend(model: MLP, digits: Digits, inputs: Array, optimizer: SGD, iterations: int) -> list[float]:
    """So many steps by the gradient over all images; gives C before each."""
    history = fit(
        model,
        inputs,
        digits.labels,
        loss=cross_entropy,
        optimizer=optimizer,
        epochs=iterations,
        batch_size=None,
        metrics={},
        progress=None if sys.stderr.isatty() else False,
    )
    if history.interrupted:
        raise KeyboardInterrupt
    return history.losses


@dataclass(frozen=True, eq=False)
class Pass:
    """The graph of the summed losses of some images after its backward pass, with the matrices in it."""

    model: MLP
    digits: Digits

    @cached_property
    def inputs(self) -> list[list[Value]]:
        return [[Value(pixel) for pixel in row] for row in self.digits.inputs.tolist()]

    @cached_property
    def loss(self) -> Value:
        self.model.zero_grad()
        pairs = zip(self.inputs, self.digits.labels.tolist(), strict=True)
        losses = [cross_entropy(self.model(x), label) for x, label in pairs]
        found = losses[0] if len(losses) == 1 else total(losses)
        found.backward()
        return found

    @cached_property
    def layers(self) -> list[Any]:
        """Their matrices; none of them is None, since all neurons have biases."""
        return matrices(self.loss)


def passed(training: Training, images: Sequence[int]) -> Pass:
    test = training.data.test
    return Pass(training.model, Digits(test.images[list(images)], test.labels[list(images)]))


def hardest(training: Training) -> int:
    """The test image that adds most to C."""
    return int(training.on_test.losses.argmax())
