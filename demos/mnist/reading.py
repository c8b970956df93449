"""MNIST: images of handwritten digits from its four files, or the subset of them that comes with the project.

The subset is every twelfth training image and every tenth test image, from the first on, in four files of the same
kind: `write_subset(Path("mnist"), SUBSET)` made it.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.kit.console import Refusal
from demos.mnist.idx import Bytes, idx_bytes, read_idx

SUBSET = Path(__file__).parent / "subset"
SIDE, CLASSES = 28, 10  # pixels; digits
TRAIN, TEST = "train", "t10k"
IMAGES, LABELS = "{}-images-idx3-ubyte", "{}-labels-idx1-ubyte"
FILES = tuple(kind.format(part) for part in (TRAIN, TEST) for kind in (IMAGES, LABELS))
EVERY = {TRAIN: 12, TEST: 10}  # of so many images the subset has one


@dataclass(frozen=True, eq=False)
class Digits:
    """Images and the digit that each shows."""

    images: Bytes  # (N, 28, 28): 0 is black, the paper; 255 is white, the ink
    labels: Bytes  # (N,): 0 … 9

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def inputs(self) -> NDArray[np.float64]:
        """A row for each image, its pixels from 0 to 1: (N, 784)."""
        return self.images.reshape(len(self), -1) / 255.0


@dataclass(frozen=True, eq=False)
class Mnist:
    train: Digits
    test: Digits


def load(folder: Path = SUBSET) -> Mnist:
    """The two sets in a folder with MNIST's four files, gzipped or not; raises Refusal for what is wrong with them."""
    return Mnist(_digits(folder, TRAIN), _digits(folder, TEST))


def _digits(folder: Path, part: str) -> Digits:
    images_file, labels_file = (find(folder, kind.format(part)) for kind in (IMAGES, LABELS))
    images, labels = read_idx(images_file, 3), read_idx(labels_file, 1)
    if images.shape[1:] != (SIDE, SIDE):
        size = " × ".join(map(str, images.shape[1:]))
        raise Refusal(f"{images_file} has images of {size} pixels; expected {SIDE} × {SIDE}")
    if len(images) != len(labels):
        raise Refusal(
            f"{images_file} has {len(images)} images, but {labels_file} has {len(labels)} labels; expected as many"
        )
    if not len(images):
        raise Refusal(f"{images_file} has no images; expected at least one")
    if labels.max() >= CLASSES:
        i = int(np.argmax(labels >= CLASSES))
        raise Refusal(f"{labels_file} has the label {labels[i]} for image {i}; expected 0 to {CLASSES - 1}")
    return Digits(images, labels)


def find(folder: Path, name: str) -> Path:
    """The file of this name in the folder, unpacked or with .gz; raises Refusal if there is none."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_dir():
            raise Refusal(f"{path} is a directory; expected a file")
        if path.exists():
            return path
    if not folder.is_dir():
        what = "is not a directory" if folder.exists() else "does not exist"
        raise Refusal(f"{folder} {what}; expected a directory with MNIST's four files")
    raise Refusal(f"{folder / name} is missing, and so is {name}.gz; expected one of them (--download fetches it)")


def pooled(digits: Digits, pixels: int) -> NDArray[np.float64]:
    """A row for each image, `pixels` of a side, from 0 to 1: each the mean of a square of the image's own."""
    side = digits.images.shape[1] // pixels
    blocks = digits.images.reshape(len(digits), pixels, side, pixels, side)
    rows: NDArray[np.float64] = blocks.mean(axis=(2, 4)).reshape(len(digits), -1) / 255.0
    return rows


def write_subset(source: Path, folder: Path) -> None:
    """Write the subset of the MNIST in `source` to `folder`: the same bytes each time."""
    whole = load(source)
    for part, digits in ((TRAIN, whole.train), (TEST, whole.test)):
        for kind, array in ((IMAGES, digits.images), (LABELS, digits.labels)):
            packed = gzip.compress(idx_bytes(array[:: EVERY[part]]), mtime=0)
            (folder / f"{kind.format(part)}.gz").write_bytes(packed)
