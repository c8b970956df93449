"""The digits as arrays of float64, for the engines that compute with numpy."""

from functools import cache
from typing import Any

import numpy as np
from digits import CLASSES, PIXELS, labels, pixels

Array = np.ndarray[Any, np.dtype[np.float64]]


@cache
def samples(count: int, folder: str) -> tuple[Array, Array]:
    """Images (count, 784) in [0, 1] and one-hot targets (count, 10)."""
    images, start = np.empty((count, PIXELS)), 0
    for chunk in pixels(count, folder):
        part = np.frombuffer(chunk, dtype=np.uint8).reshape(-1, PIXELS)
        np.divide(part, 255.0, out=images[start : start + len(part)])
        start += len(part)
    return images, np.eye(CLASSES)[labels(count, folder)]
