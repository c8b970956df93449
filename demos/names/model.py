"""A GPT of scalars: a small transformer, one Value at a time.

A token is a letter or the boundary of a name, one of 27, given as a one-hot list: a 1 in its place among zeros. So
one recorded graph serves every name of its length. What the letters stand for:

    x    what is known at a position: 16 numbers, to which attention and the two layers add
    q k v    what a position looks for, what it offers to be found by, and what it hands on
    logits   27 numbers, one for each token that may come next: softmax makes probabilities of them
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from engine import Value, dot, relu, softmax, total
from nn import Module, cross_entropy

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # the point is the boundary: before the first letter and after the last one
LONGEST = 12  # positions: a boundary and eleven letters
WIDTH, HEADS = 16, 4  # numbers at a position; parts of them that attend each by itself
PART = WIDTH // HEADS

Numbers = list[Value]


class Linear(Module):
    """y = W x."""

    def __init__(self, inputs: int, outputs: int, rng: random.Random, size: float | None = None) -> None:
        size = inputs**-0.5 if size is None else size
        self.w = [[Value(rng.gauss(0.0, size)) for _ in range(inputs)] for _ in range(outputs)]

    def __call__(self, x: Sequence[Value]) -> Numbers:
        return [dot(row, x) for row in self.w]


class GPT(Module):
    """Embedding, attention with four heads, two layers with ReLU, and logits; no biases."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.letter = Linear(len(ALPHABET), WIDTH, rng, size=0.1)  # of a one-hot list, it takes a column
        self.place = [[Value(rng.gauss(0.0, 0.1)) for _ in range(WIDTH)] for _ in range(LONGEST)]
        self.q, self.k, self.v, self.mixed = (Linear(WIDTH, WIDTH, rng) for _ in range(4))
        self.up, self.down = Linear(WIDTH, 4 * WIDTH, rng), Linear(4 * WIDTH, WIDTH, rng)
        self.out = Linear(WIDTH, len(ALPHABET), rng)

    def __call__(self, tokens: Sequence[Sequence[Value]]) -> list[Numbers]:
        """The logits of the token after each position."""
        return [self.out(self.transformed(x)) for x in self.attended(self.embedded(tokens))[0]]

    def embedded(self, tokens: Sequence[Sequence[Value]]) -> list[Numbers]:
        """Which letter, and where: the two are added, and brought to one size."""
        return [normalized(added(self.letter(t), place)) for t, place in zip(tokens, self.place, strict=False)]

    def attended(self, xs: Sequence[Numbers]) -> tuple[list[Numbers], list[list[Numbers]]]:
        """Each position with what it has gathered from itself and those before it; and how much from which."""
        seen = [normalized(x) for x in xs]
        q, k, v = ([linear(x) for x in seen] for linear in (self.q, self.k, self.v))
        found: list[Numbers] = []
        weights: list[list[Numbers]] = []
        for i, x in enumerate(xs):
            gathered: Numbers = []
            weights.append([])
            for h in range(HEADS):
                part = slice(h * PART, (h + 1) * PART)
                scores = [dot(q[i][part], k[j][part]) / PART**0.5 for j in range(i + 1)]
                attention = softmax(scores)  # of position i on positions 0 … i, summing to 1
                gathered += [dot(attention, [v[j][c] for j in range(i + 1)]) for c in range(part.start, part.stop)]
                weights[i].append(attention)
            found.append(added(x, self.mixed(gathered)))
        return found, weights

    def transformed(self, x: Numbers) -> Numbers:
        """Two layers, whose result is added to what came in."""
        return added(x, self.down([relu(a) for a in self.up(normalized(x))]))


def normalized(x: Numbers) -> Numbers:
    """x / √(mean of x²): numbers of one size, whatever came in."""
    scale = (total([a * a for a in x]) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def added(x: Sequence[Value], y: Sequence[Value]) -> Numbers:
    return [a + b for a, b in zip(x, y, strict=True)]


def loss_of(model: GPT, tokens: Sequence[Numbers], targets: Sequence[Numbers]) -> Value:
    """The mean cross-entropy of each next token, targets one-hot, too."""
    losses = [cross_entropy(logits, target) for logits, target in zip(model(tokens), targets, strict=True)]
    loss = total(losses) / len(losses)
    loss.label = "E"
    return loss
