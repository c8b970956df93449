"""The digits, in plain Python, so that every engine starts from the same bytes, and the weights to start with."""

import gzip
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

PIXELS, CLASSES, IMAGES = 784, 10, 60_000
CHUNK = 1000  # images at a time: what is being read must not show in an engine's memory


def pixels(count: int, folder: str = "") -> Iterator[bytes]:
    """The images, a byte a pixel, in chunks: MNIST's from the folder, or random ones of the same shape."""
    draw = random.Random(784).randbytes
    if not folder:
        for size in _chunks(count):
            yield draw(size * PIXELS)
        return
    with gzip.open(Path(folder, "train-images-idx3-ubyte.gz")) as file:
        file.read(16)  # magic number, count, rows, columns
        for size in _chunks(count):
            yield file.read(size * PIXELS)


def labels(count: int, folder: str = "") -> list[int]:
    """The digit that each image shows."""
    if not folder:
        return random.Random(10).choices(range(CLASSES), k=count)
    with gzip.open(Path(folder, "train-labels-idx1-ubyte.gz")) as file:
        file.read(8)  # magic number, count
        return list(file.read(count))


def weights(sizes: list[int]) -> list[float]:
    """For each layer its weights, neuron by neuron, then its biases: this is the order of every vector here."""
    draw = random.Random(7960)
    vector = []
    for nin, nout in pairwise(sizes):
        width = nin**-0.5
        vector += [draw.uniform(-width, width) for _ in range(nout * (nin + 1))]
    return vector


def _chunks(count: int) -> Iterator[int]:
    for start in range(0, count, CHUNK):
        yield min(CHUNK, count - start)
