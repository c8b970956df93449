"""A hand-written network of two layers, as an expert would write it for numpy.

Activations are feature-major (a column a sample) and a batch is taken in slices that fit the cache: of what was tried
(row-major, feature-major; slices of 128 … 60,000 images; two threads of our own), this was the fastest.
"""

import sys
from typing import Any

import numpy as np
from clock import peak_memory, seconds, seconds_each, serve
from digits import CLASSES, IMAGES, PIXELS, weights
from digits_arrays import Array, samples

SLICE = 4096
RATE = 0.01


class Network:
    """784 → hidden (ReLU) → 10, with `cross_entropy` on logits or `squared_error`."""

    def __init__(self, hidden: str, loss: str, folder: str = "") -> None:
        self.hidden, self.loss, self.folder = int(hidden), loss, folder
        self.start = np.array(weights([PIXELS, self.hidden, CLASSES]))

    def layers(self, vector: Array) -> tuple[Array, Array, Array, Array]:
        """W₁, b₁, W₂, b₂ as views of a vector."""
        h, k = self.hidden, CLASSES
        w1, b1, w2, b2 = np.split(vector, np.cumsum([h * PIXELS, h, k * h]))
        return w1.reshape(h, PIXELS), b1[:, None], w2.reshape(k, h), b2[:, None]

    def gradient(self, images: Array, targets: Array, vector: Array) -> tuple[Array, Array]:
        """The losses of the samples, and the gradient of their mean."""
        w1, b1, w2, b2 = self.layers(vector)
        losses, gradient = np.empty(len(images)), np.zeros(len(vector))
        g1, gb1, g2, gb2 = self.layers(gradient)
        for first in range(0, len(images), SLICE):
            x, t = images[first : first + SLICE], targets[first : first + SLICE].T
            z = w1 @ x.T
            z += b1
            np.maximum(z, 0.0, out=z)
            y = w2 @ z
            y += b2
            if self.loss == "cross_entropy":
                y -= y.max(axis=0)
                p = np.exp(y)
                total = p.sum(axis=0)
                losses[first : first + SLICE] = np.log(total) - (t * y).sum(axis=0)
                p /= total
                delta = np.subtract(p, t, out=p)
            else:
                delta = np.subtract(y, t, out=y)
                losses[first : first + SLICE] = (delta * delta).sum(axis=0)
                delta *= 2.0
            g2 += delta @ z.T
            gb2 += delta.sum(axis=1, keepdims=True)
            delta = w2.T @ delta
            delta *= z > 0.0
            g1 += delta @ x
            gb1 += delta.sum(axis=1, keepdims=True)
        gradient /= len(images)
        return losses, gradient

    def sizes(self, images: Array, targets: Array, vector: Array) -> list[float]:
        """Σ|terms| of the mean loss, and of each number of the gradient: what its rounding is measured by."""
        w1, b1, w2, b2 = self.layers(vector)
        z = np.maximum(w1 @ images.T + b1, 0.0)
        y = w2 @ z + b2
        terms = np.abs(w2) @ ((np.abs(w1) @ images.T + np.abs(b1)) * (z > 0.0)) + np.abs(b2)  # of y
        if self.loss == "cross_entropy":
            p = np.exp(y - y.max(axis=0))
            loss, delta = (2.0 * terms + 1.0).max(axis=0), p / p.sum(axis=0) + targets.T
        else:
            loss, delta = ((terms + targets.T) ** 2).sum(axis=0), 2.0 * (terms + targets.T)
        gradient = np.zeros(len(vector))
        g1, gb1, g2, gb2 = self.layers(gradient)
        g2 += delta @ z.T
        gb2 += delta.sum(axis=1, keepdims=True)
        delta = (np.abs(w2).T @ delta) * (z > 0.0)
        g1 += delta @ images
        gb1 += delta.sum(axis=1, keepdims=True)
        return [float(loss.mean()), *(gradient / len(images)).tolist()]

    def epoch(self, images: Array, targets: Array, batch: int, shuffle: bool = True) -> Array:
        """The parameters after an epoch of stochastic gradient descent."""
        vector = self.start.copy()
        order = np.random.default_rng(1).permutation(len(images)) if shuffle else np.arange(len(images))
        for first in range(0, len(images), batch):
            chosen = order[first : first + batch]
            _, gradient = self.gradient(images[chosen], targets[chosen], vector)
            gradient *= RATE
            vector -= gradient
        return vector

    def descent(self, images: Array, targets: Array, steps: int) -> None:
        """So many steps with all images at once, in the order in which they are."""
        vector = self.start.copy()
        for _ in range(steps):
            _, gradient = self.gradient(images, targets, vector)
            gradient *= RATE
            vector -= gradient


def commands(network: Network) -> dict[str, Any]:
    def step(count: str) -> Any:
        batch = samples(int(count), network.folder)
        return lambda: network.gradient(*batch, network.start)

    def numbers(count: str) -> list[float]:
        losses, gradient = step(count)()
        return [float(losses.mean()), *gradient.tolist()]

    def memory(count: str) -> int:
        """The peak of a process that does nothing else, above the size of the data."""
        step(count)()
        return peak_memory() - sum(part.nbytes for part in samples(int(count), network.folder))

    return {
        "numbers": numbers,
        "sizes": lambda count: network.sizes(*samples(int(count), network.folder), network.start),
        "time": lambda count: seconds_each(step(count)),
        "memory": memory,
        "trained": lambda batch, count: network.epoch(
            *samples(int(count), network.folder), int(batch), shuffle=False
        ).tolist(),
        "epoch": lambda batch: seconds(lambda: network.epoch(*samples(IMAGES, network.folder), int(batch))),
        "descent": lambda steps: seconds(lambda: network.descent(*samples(IMAGES, network.folder), int(steps))),
    }


if __name__ == "__main__":
    serve(**commands(Network(*sys.argv[1:])))
