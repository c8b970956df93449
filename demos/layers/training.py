"""The article's training class on digits: what its derivatives are, and what comes of a tenth of the records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from demos.kit.checks import TOLERANCE, Place, difference, equal, nearness
from demos.kit.report import Section, Table
from demos.kit.sources import DEEP
from demos.layers.example import RATE, Example, by_hand
from demos.layers.online import OnlineNetwork, deltas_by_the_article
from demos.mnist.reading import CLASSES, load, pooled
from engine import Value
from engine.support.numerals import number

PART = 10  # it trains on a tenth of the records
POOLED, HIDDEN, SEED = 14, 20, 1  # pixels of a side, ReLUs
AVERAGED = 50  # records, in the plot


def the_class() -> Section:
    """What the listing calls a derivative by the output."""
    place, found, hand = Place(DEEP, "back_prop"), Example(), by_hand()
    rows = []
    for what, l, i in (("of an output", 3, 1), ("of a hidden neuron that is off", 1, 3)):
        code = float(hand.part_1[l - 1][i - 1])
        by_output, by_z = found.x(l, i).grad, found.z(l, i).grad
        rows.append(
            place.misprint(
                f"partial_online_partial_output, {what}",
                "∂J/∂output",
                "δ = ∂J/∂z",
                f"the listing computes {number(code)}; the engine has ∂J/∂z = {number(by_z)} and ∂J/∂output = "
                f"{number(by_output)}",
                holds=equal(code, by_z) and not equal(code, by_output),
            )
        )
    return Section("The class: what its partial_online_partial_output is", [Table(rows, "named", "is")])


@dataclass(frozen=True, eq=False)
class OnlineTraining:
    """What came of going once through a tenth of the records."""

    network: OnlineNetwork
    errors: list[float]  # J of each record, before its update
    right: list[bool]  # whether the record was recognised, before its update
    delta_differs: float  # from the listing's, at most, relative to the largest of its layer
    gradient_differs: float  # δ · x from the engine's gradient, at most, relative to the largest of its neuron
    accuracy: tuple[float, float]  # on the test images, before and after


@cache
def trained() -> OnlineTraining:
    mnist = load()
    records, labels = pooled(mnist.train, POOLED).tolist(), mnist.train.labels.tolist()
    network = OnlineNetwork(len(records[0]), HIDDEN, CLASSES, SEED)
    errors, right, delta_differs, gradient_differs = [], [], 0.0, 0.0
    tested = pooled(mnist.test, POOLED)

    def accuracy() -> float:
        return float(np.mean(network.predict(tested).argmax(axis=1) == mnist.test.labels))

    before = accuracy()
    for record, label in zip(records[: len(records) // PART], labels, strict=False):
        network.forward_pass([Value(x) for x in record])
        outputs = [neuron.output.data for neuron in network.layer_two]
        right.append(outputs.index(max(outputs)) == label)
        errors.append(network.back_prop(label).data)
        listed, own = deltas_by_the_article(network, label), [neuron.delta for neuron in network.neurons]
        for layer in (slice(HIDDEN), slice(HIDDEN, None)):
            delta_differs = max(delta_differs, difference(listed[layer], own[layer]))
        for neuron in network.neurons:
            engine = [weight.grad for weight in neuron.weights]
            gradient_differs = max(gradient_differs, difference(neuron.gradient, engine))
        network.update(RATE)
    return OnlineTraining(network, errors, right, delta_differs, gradient_differs, (before, accuracy()))


def training() -> Section:
    place, found = Place(DEEP, "train"), trained()
    count, neurons = len(found.errors), len(found.network.neurons)
    before, after = found.accuracy
    first, last = (float(np.mean(found.errors[part])) for part in (slice(AVERAGED), slice(-AVERAGED, None)))
    rows = [
        place.claim(
            "δ of every neuron is what the listing computes",
            nearness(found.delta_differs),
            holds=found.delta_differs <= TOLERANCE,
        ),
        place.claim(
            "δ · x, with x₀ = 1, is the engine's gradient of every weight",
            nearness(found.gradient_differs),
            holds=found.gradient_differs <= TOLERANCE,
        ),
        place.claim(
            f"the online error falls: the mean of {AVERAGED} records, first and last",
            f"{number(first)} → {number(last)}",
            holds=last < first,
        ),
        place.claim(
            "the test images are recognised better than before",
            f"{before:.1%} → {after:.1%}",
            holds=after > before,
        ),
    ]
    return Section(
        f"The class trained: {count} records, one at a time, learning rate {number(RATE)}",
        [
            f"MNIST's digits, pooled to {POOLED} × {POOLED}; {HIDDEN} ReLUs, {CLASSES} sigmoid outputs, one for each "
            f"class; once through a tenth of the records, as the article has it. In each of the {neurons} neurons, "
            f"for each of the {count} records:",
            Table(rows, "", "here"),
        ],
    )
