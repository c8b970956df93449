"""The network of two layers on PyTorch's tensors, by its own functions and its own autograd."""

import sys
from functools import cache
from typing import Any

import torch
from clock import seconds_each, serve
from digits import CLASSES, PIXELS, labels, pixels, weights
from torch.nn.functional import cross_entropy, linear, one_hot, relu


class Network:
    """784 → hidden (ReLU) → 10, with `cross_entropy` on logits or `squared_error`, in float64."""

    def __init__(self, hidden: str, loss: str, folder: str = "") -> None:
        self.loss, self.folder = loss, folder
        h, k = int(hidden), CLASSES
        vector = torch.tensor(weights([PIXELS, h, k]), dtype=torch.float64)
        w1, b1, w2, b2 = vector.split([h * PIXELS, h, k * h, k])
        self.parameters = [p.clone().requires_grad_() for p in (w1.view(h, PIXELS), b1, w2.view(k, h), b2)]

    def gradient(self, images: Any, classes: Any) -> tuple[Any, Any]:
        """The mean loss and its gradient."""
        w1, b1, w2, b2 = self.parameters
        y = linear(relu(linear(images, w1, b1)), w2, b2)
        if self.loss == "cross_entropy":
            loss = cross_entropy(y, classes)
        else:
            loss = ((y - one_hot(classes, CLASSES)) ** 2).sum(dim=1).mean()
        return loss, torch.autograd.grad(loss, self.parameters)

    def numbers(self, count: str) -> list[float]:
        loss, gradient = self.gradient(*samples(int(count), self.folder))
        return [loss.item(), *torch.cat([part.flatten() for part in gradient]).tolist()]


@cache
def samples(count: int, folder: str) -> tuple[Any, Any]:
    chunks = [torch.frombuffer(bytearray(chunk), dtype=torch.uint8) for chunk in pixels(count, folder)]
    return torch.cat(chunks).view(count, PIXELS).to(torch.float64) / 255.0, torch.tensor(labels(count, folder))


if __name__ == "__main__":
    network = Network(*sys.argv[1:])
    serve(
        numbers=network.numbers,
        time=lambda count: seconds_each(lambda: network.gradient(*samples(int(count), network.folder))),
    )
