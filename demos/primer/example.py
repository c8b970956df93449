"""The primer's worked example: a network of 2, 3 and 2 neurons, and one sample."""

from __future__ import annotations

from engine import Value
from nn import MLP, half_squared_error

# The worked lines print W⁽²⁾. W⁽¹⁾ is in figure 6 alone; this one gives the a⁽¹⁾ and the reference output.
WEIGHTS = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]]
INPUTS = [1, 2]
TARGETS = [1, 1.15]


def example(backward: bool = True) -> tuple[MLP, Value]:
    """The network, tanh and then linear, and its loss, after the backward pass."""
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    loss = half_squared_error(model(INPUTS), TARGETS)
    if backward:
        loss.backward()
    return model, loss
