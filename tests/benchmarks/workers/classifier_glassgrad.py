"""The network of two layers as a compiled program, from a scalar graph: by nn, or spelled out with + and *."""

import sys
from typing import Any

from clock import peak_memory, seconds, seconds_each, serve
from digits import CLASSES, IMAGES, PIXELS, weights
from digits_arrays import Array, samples
from micrograd_demo import SpelledOut
from program_numbers import mean_and_gradient

import nn
from engine import Value, compile_graph, log_sum_exp

RATE = 0.01


class Network:
    """784 → hidden (ReLU) → 10, with `cross_entropy` on logits or `squared_error`; `style`: nn or spelled-out."""

    def __init__(self, hidden: str, loss: str, style: str = "nn", folder: str = "") -> None:
        self.loss, self.folder = loss, folder
        sizes = [PIXELS, int(hidden), CLASSES]
        self.spelled_out = style == "spelled-out"
        self.model: Any = SpelledOut(Value, sizes) if self.spelled_out else nn.MLP(PIXELS, sizes[1:])
        self.parameters = self.spelled_out_parameters() if self.spelled_out else in_layers(self.model)
        self.start = weights(sizes)
        self.restart()
        self.inputs = [Value(0.5) for _ in range(PIXELS + CLASSES)]
        self.root = self.loss_of(self.inputs[:PIXELS], self.inputs[PIXELS:])
        self.compile()

    def spelled_out_parameters(self) -> list[Value]:
        return [v for layer in self.model.layers for v in [w for row, _ in layer for w in row] + [b for _, b in layer]]

    def restart(self) -> None:
        for parameter, data in zip(self.parameters, self.start, strict=True):
            parameter.data = data

    def loss_of(self, pixels: list[Value], targets: list[Value]) -> Value:
        outputs = self.model(pixels)
        if not self.spelled_out:
            return getattr(nn, self.loss)(outputs, targets)
        pairs = zip(outputs, targets, strict=True)
        if self.loss == "squared_error":
            return sum((y - t) ** 2 for y, t in pairs)
        normalizer = log_sum_exp(outputs)
        return sum(t * (normalizer - y) for y, t in pairs)

    def compile(self) -> None:
        self.program = compile_graph(self.root, self.inputs)
        self.vector = self.program.vector()

    def gradient(self, count: int) -> tuple[Array, Array]:
        return self.program.gradient(samples(count, self.folder), parameters=self.vector)

    def numbers(self, count: int) -> list[float]:
        """The mean loss, and its gradient in the order of `digits.weights`."""
        return mean_and_gradient(self.program, self.gradient(count), self.parameters)

    def fit(self, images: Array, targets: Array, batch: int, epochs: int = 1, shuffle: bool = True) -> nn.History:
        self.restart()
        return nn.fit(
            self.model,
            images,
            targets,
            loss=getattr(nn, self.loss),
            optimizer=nn.SGD(self.model.parameters(), lr=RATE),
            epochs=epochs,
            batch_size=batch,
            shuffle=shuffle,
            seed=1,
            progress=False,
        )

    def trained(self, batch: int, count: int) -> list[float]:
        self.fit(*samples(count, self.folder), batch, shuffle=False)
        return [parameter.data for parameter in self.parameters]


def in_layers(model: nn.MLP) -> list[Value]:
    """For each layer its weights, neuron by neuron, then its biases: in the order of `digits.weights`."""
    return [
        value
        for layer in model.layers
        for value in [w for neuron in layer.neurons for w in neuron.w] + [neuron.b for neuron in layer.neurons]
    ]


def commands(network: Network) -> dict[str, Any]:
    def memory(count: str) -> int:
        """The peak of a process that does nothing else, above the size of the data."""
        network.gradient(int(count))
        return peak_memory() - sum(part.nbytes for part in samples(int(count), network.folder))

    def compile_and_run() -> None:
        network.compile()
        network.gradient(1)

    return {
        "numbers": lambda count: network.numbers(int(count)),
        "time": lambda count: seconds_each(lambda: network.gradient(int(count))),
        "memory": memory,
        "compile": lambda: seconds(compile_and_run),
        "trained": lambda batch, count: network.trained(int(batch), int(count)),
        "epoch": lambda batch: seconds(lambda: network.fit(*samples(IMAGES, network.folder), int(batch))),
        "descent": lambda steps: seconds(
            lambda: network.fit(*samples(IMAGES, network.folder), IMAGES, epochs=int(steps), shuffle=False)
        ),
        "second-epoch": lambda batch: network.fit(*samples(IMAGES, network.folder), int(batch), epochs=2).times[1],
    }


if __name__ == "__main__":
    serve(**commands(Network(*sys.argv[1:])))
