"""A network trained neuron by neuron, one record at a time: the class of an article, on the engine's own δ.

After the class in "Backpropagation in deep networks". Its neurons keep what backpropagation needs of them: z, the
output, the weights with the bias as weight 0 of an input x₀ = 1, and the derivatives of the online error, which is that
of the one record just seen. Here the weights are the engine's Values, and δ is what its backward pass has left on z.
Where the article has another name, it is noted beside ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import Value, relu, sigmoid
from nn import MLP, Module, Neuron, binary_cross_entropy


class OnlineNeuron:
    """z = w₀ + Σ wᵢxᵢ, output = ReLU(z) or σ(z)."""

    def __init__(self, unit: Neuron, kind: str) -> None:
        self.unit = unit  # gives z
        self.kind = kind  # "relu" or "sigmoid"
        self.delta = 0.0  # partial_online_partial_output
        self.gradient: list[float] = []  # partial_online_partial_weights

    def update_output(self, x: Sequence[Value]) -> None:
        self.x = x
        self.z = self.unit(x)
        self.output = relu(self.z) if self.kind == "relu" else sigmoid(self.z)

    @property
    def weights(self) -> list[Value]:
        """Weight 0 is the bias."""
        assert self.unit.b is not None
        return [self.unit.b, *self.unit.w]

    def back_prop(self) -> None:
        """δ from the engine; with it, a derivative for each weight, that of the bias by x₀ = 1."""
        self.delta = self.z.grad
        self.gradient = [self.delta * x for x in (1.0, *(value.data for value in self.x))]

    def update_weights(self, rate: float) -> None:
        for weight, slope in zip(self.weights, self.gradient, strict=True):
            weight.data -= rate * slope


class OnlineNetwork(Module):
    """One layer of ReLUs and an output layer of sigmoids, a neuron for each class."""

    def __init__(self, inputs: int, hidden: int, classes: int, seed: int) -> None:
        self.units = MLP(inputs, [hidden, classes], "linear", init="xavier", seed=seed)  # has the weights
        one, two = self.units.layers
        self.layer_one = [OnlineNeuron(unit, "relu") for unit in one.neurons]
        self.layer_two = [OnlineNeuron(unit, "sigmoid") for unit in two.neurons]

    @property
    def neurons(self) -> list[OnlineNeuron]:
        return [*self.layer_one, *self.layer_two]

    def forward_pass(self, x: Sequence[Value]) -> None:
        for neuron in self.layer_one:
            neuron.update_output(x)
        hidden = [neuron.output for neuron in self.layer_one]
        for neuron in self.layer_two:
            neuron.update_output(hidden)

    def back_prop(self, label: int) -> Value:
        """The online error, whose δ at an output is output − desired, and its derivatives in every neuron."""
        desired = [float(label == k) for k in range(len(self.layer_two))]
        error = binary_cross_entropy([neuron.z for neuron in self.layer_two], desired)
        self.zero_grad()
        error.backward()
        for neuron in self.neurons:
            neuron.back_prop()
        return error

    def update(self, rate: float) -> None:
        for neuron in self.neurons:
            neuron.update_weights(rate)

    def __call__(self, x: Sequence[Value]) -> list[Value]:
        """The outputs of the last layer, for `predict`."""
        self.forward_pass(x)
        return [neuron.output for neuron in self.layer_two]


def deltas_by_the_article(network: OnlineNetwork, label: int) -> list[float]:
    """δ of every neuron as the article's listing computes it, neuron by neuron, from the outputs and the weights."""
    last = [neuron.output.data - float(label == k) for k, neuron in enumerate(network.layer_two)]
    first = []
    for i, neuron in enumerate(network.layer_one):
        passed_back = sum(
            delta * following.weights[i + 1].data for delta, following in zip(last, network.layer_two, strict=True)
        )
        first.append(passed_back * (1 if neuron.z.data > 0 else 0))
    return [*first, *last]
