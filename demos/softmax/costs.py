"""Why cross-entropy: what a wrong output learns from it and from a squared error, and a training with either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demos.kit.checks import Place
from demos.kit.console import aligned
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from demos.mnist.reading import CLASSES, load, pooled
from demos.softmax.example import BACKWARD, Matrix
from engine import Value, softmax
from engine.support.notation import NOT_COMPUTED
from engine.support.numerals import number
from nn import MLP, SGD, History, cross_entropy, fit, squared_error

CONFIDENT = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)  # a logit that is wrong by so much
SAMPLES, POOLED, HIDDEN = 500, 7, 10  # digits, pixels of a side, ReLUs
STEPS, SEED, GOOD = 150, 1, 0.75
SOURCE_RATE, SHOWN_RATE = 0.1, 0.5
RATES = (SOURCE_RATE, SHOWN_RATE, 1.0, 3.0)
ENTROPY, SQUARES = "cross-entropy", "squared error"


def signals(wrong: float) -> tuple[float, float, float]:
    """a of the true class where another logit is larger by `wrong`, and its δ with either cost."""
    y, found = [0.0, 1.0, 0.0], []
    costs: tuple[Callable[[list[Value]], Value], ...] = (
        lambda z: cross_entropy(z, y),
        lambda z: squared_error(softmax(z), y),
    )
    for cost in costs:
        z = [Value(wrong), Value(0.0), Value(0.0)]
        cost(z).backward()
        found.append(z[1].grad)
    return softmax([wrong, 0.0, 0.0])[1], found[0], found[1]


def wrong_with_confidence() -> Section:
    place = Place(INTRODUCTION, BACKWARD)
    table = [(number(c), *(number(x) for x in signals(c))) for c in CONFIDENT]
    by_letters = []
    for c in CONFIDENT:
        a = np.exp([c, 0, 0]) / np.sum(np.exp([c, 0, 0]))
        y = np.array([0, 1, 0])
        by_letters.append((a[1] - 1, ((np.diag(a) - np.outer(a, a)) @ (2 * (a - y)))[1]))
    said, engine = np.array(by_letters), np.array([signals(c)[1:] for c in CONFIDENT])
    return Section(
        "Why cross-entropy: what an output that is wrong learns from its error",
        [
            "Three outputs, of which the second is the true one; the logit of the first is larger by c. With the "
            "cross-entropy δ goes to −1: the more wrong, the more to learn. With ‖a − y‖² the error is bounded, while "
            "the factor Softmax′ goes to 0, so that an output that is wrong with confidence learns next to nothing.",
            aligned(("c", "a₂", f"δ₂, {ENTROPY}", f"δ₂, {SQUARES}"), table, "...."),
            Table(
                [
                    place.equation(f"δ₂, {ENTROPY}", said[:, 0], engine[:, 0], "a − y"),
                    place.equation(f"δ₂, {SQUARES}", said[:, 1], engine[:, 1], "Softmax′(z) · 2(a − y)"),
                ],
                "source",
                "engine",
            ),
        ],
    )


@dataclass(frozen=True)
class Course:
    """How a training went, by the test images after each step: the share that is recognised, and the mean of −log a."""

    accuracy: list[float]
    surprise: list[float]

    @property
    def learned(self) -> int | None:
        """The steps after which GOOD of the images are recognised."""
        return next((step for step, share in enumerate(self.accuracy, start=1) if share >= GOOD), None)


@cache
def digits() -> tuple[Matrix, NDArray[np.uint8], Matrix, NDArray[np.uint8]]:
    """Images and their classes to train on, and to test on."""
    mnist = load()
    train, test = (pooled(part, POOLED) for part in (mnist.train, mnist.test))
    return train[:SAMPLES], mnist.train.labels[:SAMPLES], test, mnist.test.labels


@cache
def course(cost: str, rate: float) -> Course:
    """The classifier with the same initial weights for either cost; both are measured alike."""
    images, labels, tested, expected = digits()
    output, loss = {ENTROPY: ("linear", cross_entropy), SQUARES: ("softmax", squared_error)}[cost]
    model = MLP(images.shape[1], [HIDDEN, CLASSES], "relu", output, init="xavier", seed=SEED)

    def accuracy(outputs: Matrix, labels: Matrix) -> float:
        return float(np.mean(outputs.argmax(axis=1) == labels))

    def surprise(outputs: Matrix, labels: Matrix) -> float:
        a = outputs if output == "softmax" else np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        return float(-np.log(a[np.arange(len(labels)), labels]).mean())

    history: History = fit(
        model,
        images,
        labels,
        loss=loss,
        optimizer=SGD(model.parameters(), rate),
        epochs=STEPS,
        batch_size=None,
        validation=(tested, expected),
        metrics={"accuracy": accuracy, "surprise": surprise},
        progress=False,
    )
    return Course(history.metrics["accuracy"], history.metrics["surprise"])


def training() -> Section:
    place = Place(INTRODUCTION, BACKWARD)
    table = []
    for rate in RATES:
        courses = course(ENTROPY, rate), course(SQUARES, rate)
        table.append(
            (
                number(rate),
                *(f"{found.accuracy[-1]:.1%}" for found in courses),
                *(str(found.learned or NOT_COMPUTED) for found in courses),
            )
        )
    rows = [
        place.claim(
            f"at the rate {number(rate)} the squared error is behind after {STEPS} steps",
            " < ".join(f"{course(cost, rate).accuracy[-1]:.1%}" for cost in (SQUARES, ENTROPY)),
            holds=course(SQUARES, rate).accuracy[-1] < course(ENTROPY, rate).accuracy[-1],
        )
        for rate in (SOURCE_RATE, SHOWN_RATE)
    ]
    return Section(
        "The same net with either cost",
        [
            f"{SAMPLES} digits of MNIST, pooled to {POOLED} × {POOLED}; {POOLED**2} → {HIDDEN} → {CLASSES}, the same "
            f"weights at first, {STEPS} steps on all of them together. Measured on 1,000 test images: the share that "
            f"is recognised at the end, and the steps until {GOOD:.0%} are. The source has α = {number(SOURCE_RATE)}. "
            "The gradients of the squared error are smaller, so it bears a larger rate, and at that one it is not far "
            "behind.",
            aligned(("rate", f"at the end, {ENTROPY}", SQUARES, f"steps, {ENTROPY}", SQUARES), table, ".>>>>"),
            Table(rows, "", "here"),
        ],
    )
