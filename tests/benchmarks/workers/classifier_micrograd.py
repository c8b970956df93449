"""The network of two layers on micrograd, an image at a time: `squared_error`, since micrograd has no exponential."""

import sys
from typing import Any

from clock import seconds, serve
from digits import CLASSES, PIXELS, labels, pixels, weights
from micrograd.engine import Value
from micrograd.nn import MLP


class Network:
    """784 → hidden (ReLU) → 10."""

    def __init__(self, hidden: str, loss: str, folder: str = "") -> None:
        assert loss == "squared_error"
        self.folder = folder
        self.model = MLP(PIXELS, [int(hidden), CLASSES])
        self.parameters = [
            value
            for layer in self.model.layers
            for value in [w for neuron in layer.neurons for w in neuron.w] + [neuron.b for neuron in layer.neurons]
        ]
        for parameter, data in zip(self.parameters, weights([PIXELS, int(hidden), CLASSES]), strict=True):
            parameter.data = data

    def samples(self, count: int) -> list[tuple[list[float], int]]:
        images = b"".join(pixels(count, self.folder))
        rows = [[byte / 255.0 for byte in images[i * PIXELS : (i + 1) * PIXELS]] for i in range(count)]
        return list(zip(rows, labels(count, self.folder), strict=True))

    def backward(self, image: list[float], label: int) -> Any:
        """One image forward and backward: the gradients gather on the parameters."""
        loss = sum((y - float(k == label)) ** 2 for k, y in enumerate(self.model(list(map(Value, image)))))
        loss.backward()
        return loss

    def numbers(self, count: str) -> list[float]:
        """The mean loss, and its gradient in the order of `digits.weights`."""
        self.model.zero_grad()
        losses = [self.backward(*sample).data for sample in self.samples(int(count))]
        return [sum(losses) / len(losses), *(parameter.grad / len(losses) for parameter in self.parameters)]

    def time(self) -> float:
        """Seconds for an image; no update of the parameters is counted."""
        (sample,) = self.samples(1)
        return seconds(lambda: self.backward(*sample))


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)  # micrograd sorts by recursion
    network = Network(*sys.argv[1:])
    serve(numbers=network.numbers, time=network.time)
