"""The graphs that the drawings are tested on."""

from __future__ import annotations

import random

from engine import Value
from nn import MLP, half_squared_error
from tests.primer import WEIGHTS


def primer(backward=True, **options):
    model = MLP.from_weights(WEIGHTS, activation="tanh", **options)
    loss = half_squared_error(model([1, 2]), [1, 1.15])
    if backward:
        loss.backward()
    return model, loss


def network(*sizes, samples=1, seed=3):
    """An MLP with biases, its loss summed over samples, and the backward pass done."""
    random.seed(seed)
    model = MLP(sizes[0], list(sizes[1:]), activation="tanh")
    losses = [
        half_squared_error(model([random.uniform(-1, 1) for _ in range(sizes[0])]), [0.5] * sizes[-1])
        for _ in range(samples)
    ]
    loss = losses[0]
    for another in losses[1:]:
        loss = loss + another
    loss.backward()
    return model, loss


def chain(length):
    x = total = Value(1.0, "x")
    for _ in range(length):
        total = total + x
    return total


def reuse():
    """x * x has two edges, and a constant has no gradient."""
    x = Value(3.0, "x")
    y = x * x - 2
    y.label = "y"
    y.backward()
    return y


def softmax_by_hand():
    """A model with softmax outputs, whose loss goes around them: shares of their pre-activations by hand."""
    model = MLP.from_weights(WEIGHTS, activation="tanh", output_activation="softmax")
    hidden = model.layers[0]([1, 2])
    exponentials = [neuron(hidden).exp() for neuron in model.layers[1].neurons]
    loss = -(exponentials[0] / (exponentials[0] + exponentials[1])).log()
    loss.label = "E"
    loss.backward()
    return model, loss
