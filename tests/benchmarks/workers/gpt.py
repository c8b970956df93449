"""What the transformer of scalars starts from, in plain Python: names of seven letters, and the weights.

It is that of `demos/names/model.py`, with a sequence of eight positions: the boundary and seven letters.
"""

import random
from math import prod

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # the point is the boundary of a name
TOKENS, POSITIONS, WIDTH, HEADS, HIDDEN = len(ALPHABET), 8, 16, 4, 64
TINY = 1e-5  # is added to the mean of squares that normalization divides by

SHAPES = {  # a row for each output, and of `place` for each position
    "letter": (WIDTH, TOKENS),
    "place": (POSITIONS, WIDTH),
    "qkv": (3 * WIDTH, WIDTH),
    "mixed": (WIDTH, WIDTH),
    "up": (HIDDEN, WIDTH),
    "down": (WIDTH, HIDDEN),
    "out": (TOKENS, WIDTH),
}


def names(count: int) -> list[str]:
    """So many random names; `.` and a name go in, the name and `.` are to come out."""
    draw = random.Random(8)
    return ["".join(draw.choices(ALPHABET[1:], k=POSITIONS - 1)) for _ in range(count)]


def tokens(text: str) -> list[int]:
    return [ALPHABET.index(letter) for letter in text]


def weights() -> list[float]:
    """The matrices of SHAPES, one after the other, row by row: this is the order of every vector here."""
    draw = random.Random(16)
    return [draw.gauss(0.0, shape[1] ** -0.5) for shape in SHAPES.values() for _ in range(prod(shape))]
