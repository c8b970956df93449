"""A hand-written transformer, forward and backward, as an expert would write it for numpy.

Arrays are feature-major, and a column is a position of a name, the names last; a batch is taken in slices that fit the
cache, in memory that is kept. Of what was tried (feature-major, row-major; heads beside the names; attention by
full squares of scores, by rows up to the diagonal, by matmul, by einsum, by sums of products; memory made anew; slices
of 16 … 256 names), this was the fastest.
"""

from functools import cache
from math import prod
from typing import Any

import numpy as np
from clock import seconds_each, serve
from digits_arrays import Array
from gpt import HEADS, HIDDEN, POSITIONS, SHAPES, TINY, TOKENS, WIDTH, names, tokens, weights

SLICE = 64
PART = WIDTH // HEADS
MASK = np.where(np.tri(POSITIONS, dtype=bool), 0.0, -np.inf)[:, :, None]  # from i to j ≤ i alone, for all names

Matrices = dict[str, Array]


class Normalization:
    """y = x / √(mean of x² + ε), column by column."""

    def __init__(self, columns: int) -> None:
        self.y, self.product = np.empty((2, WIDTH, columns))
        self.scale, self.mean = np.empty((2, columns))

    def forward(self, x: Array) -> Array:
        scale = np.einsum("cn,cn->n", x, x, out=self.scale)
        scale /= WIDTH
        scale += TINY
        np.divide(1.0, np.sqrt(scale, out=scale), out=scale)
        return np.multiply(x, scale, out=self.y)

    def backward(self, delta: Array) -> Array:
        """∂/∂x in the place of ∂/∂y: (δ − y · mean of y δ) · scale."""
        mean = np.einsum("cn,cn->n", self.y, delta, out=self.mean)
        mean /= WIDTH
        delta -= np.multiply(self.y, mean, out=self.product)
        delta *= self.scale
        return delta


class Attention:
    """Σⱼ softmaxⱼ(qᵢ·kⱼ/√4) vⱼ of each head; arrays of shape (heads, 4, positions, names)."""

    def __init__(self, count: int) -> None:
        self.gathered = np.empty((HEADS, PART, POSITIONS, count))
        self.delta = np.empty((3, *self.gathered.shape))
        self.shares, self.delta_scores = np.empty((2, HEADS, POSITIONS, POSITIONS, count))
        self.of_rows = np.empty((HEADS, POSITIONS, count))

    def forward(self, qkv: Array) -> Array:
        self.q, self.k, self.v = qkv.reshape(self.delta.shape)
        self.q *= PART**-0.5
        shares, of_rows = self.shares, self.of_rows
        products(self.q, self.k, out=shares)
        shares += MASK
        shares -= shares.max(axis=2, out=of_rows)[:, :, None]
        np.exp(shares, out=shares)
        shares /= shares.sum(axis=2, out=of_rows)[:, :, None]
        return np.einsum("hijb,hpjb->hpib", shares, self.v, out=self.gathered).reshape(WIDTH, -1)

    def backward(self, delta: Array) -> Array:
        delta = delta.reshape(self.gathered.shape)
        dq, dk, dv = self.delta
        np.einsum("hijb,hpib->hpjb", self.shares, delta, out=dv)
        scores = products(delta, self.v, out=self.delta_scores)
        scores -= np.einsum("hijb,hijb->hib", scores, self.shares, out=self.of_rows)[:, :, None]
        scores *= self.shares
        np.einsum("hijb,hpjb->hpib", scores, self.k, out=dq)
        dq *= PART**-0.5
        np.einsum("hijb,hpib->hpjb", scores, self.q, out=dk)
        return self.delta.reshape(3 * WIDTH, -1)


def products(x: Array, y: Array, out: Array) -> Array:
    """xᵢ·yⱼ of all positions i and j, for each head and name."""
    np.matmul(x.transpose(0, 3, 2, 1), y.transpose(0, 3, 1, 2), out=out.transpose(0, 3, 1, 2))
    return out


class Slice:
    """So many names, forward and backward."""

    def __init__(self, count: int) -> None:
        self.shape = POSITIONS, count
        n = POSITIONS * count
        self.letters, self.following, self.logits, self.delta_logits = np.empty((4, TOKENS, n))
        self.embedded, self.residual, self.result, self.delta, self.delta_inner = np.empty((5, WIDTH, n))
        self.qkv = np.empty((3 * WIDTH, n))
        self.hidden, self.delta_hidden = np.empty((2, HIDDEN, n))
        self.is_active = np.empty((HIDDEN, n), dtype=bool)
        self.largest, self.total, self.losses = np.empty((3, n))
        self.first, self.before_attention, self.before_layers = (Normalization(n) for _ in range(3))
        self.attention = Attention(count)

    def forward(self, letters: Array, following: Array, w: Matrices) -> Array:
        """The mean loss of each name."""
        self.letters.reshape(TOKENS, *self.shape)[:] = letters.transpose(2, 1, 0)
        self.following.reshape(TOKENS, *self.shape)[:] = following.transpose(2, 1, 0)
        embedded = np.matmul(w["letter"], self.letters, out=self.embedded)
        embedded.reshape(WIDTH, *self.shape)[:] += w["place"].T[:, :, None]
        x = self.first.forward(embedded)
        np.matmul(w["qkv"], self.before_attention.forward(x), out=self.qkv)
        y = np.matmul(w["mixed"], self.attention.forward(self.qkv), out=self.residual)
        y += x
        np.matmul(w["up"], self.before_layers.forward(y), out=self.hidden)
        np.maximum(self.hidden, 0.0, out=self.hidden)
        z = np.matmul(w["down"], self.hidden, out=self.result)
        z += y
        np.matmul(w["out"], z, out=self.logits)
        return self.cross_entropy().reshape(self.shape).mean(axis=0)

    def cross_entropy(self) -> Array:
        logits = self.logits
        logits -= logits.max(axis=0, out=self.largest)
        powers = np.exp(logits, out=self.delta_logits)
        losses = np.log(powers.sum(axis=0, out=self.total), out=self.losses)
        losses -= np.einsum("cn,cn->n", self.following, logits, out=self.largest)
        return losses

    def backward(self, w: Matrices, g: Matrices) -> None:
        """Add the gradient of the sum of the losses of all positions to `g`."""
        p, delta, inner, hidden = self.delta_logits, self.delta, self.delta_inner, self.delta_hidden
        p /= self.total
        p -= self.following
        g["out"] += p @ self.result.T
        np.matmul(w["out"].T, p, out=delta)
        g["down"] += delta @ self.hidden.T
        np.matmul(w["down"].T, delta, out=hidden)
        hidden *= np.greater(self.hidden, 0.0, out=self.is_active)
        g["up"] += hidden @ self.before_layers.y.T
        delta += self.before_layers.backward(np.matmul(w["up"].T, hidden, out=inner))
        g["mixed"] += delta @ self.attention.gathered.reshape(WIDTH, -1).T
        qkv = self.attention.backward(np.matmul(w["mixed"].T, delta, out=inner))
        g["qkv"] += qkv @ self.before_attention.y.T
        delta += self.before_attention.backward(np.matmul(w["qkv"].T, qkv, out=inner))
        self.first.backward(delta)
        g["letter"] += delta @ self.letters.T
        g["place"] += delta.reshape(WIDTH, *self.shape).sum(axis=2).T


slice_of = cache(Slice)


def gradient(letters: Array, following: Array, vector: Array) -> tuple[Array, Array]:
    """The losses of the names, and the gradient of their mean."""
    losses, result = np.empty(len(letters)), np.zeros(len(vector))
    w, g = matrices(vector), matrices(result)
    for start in range(0, len(letters), SLICE):
        these = slice(start, start + SLICE)
        part = slice_of(len(letters[these]))
        losses[these] = part.forward(letters[these], following[these], w)
        part.backward(w, g)
    result /= POSITIONS * len(letters)
    return losses, result


def matrices(vector: Array) -> Matrices:
    """Views of a vector, by the names of SHAPES."""
    ends = np.cumsum([prod(shape) for shape in SHAPES.values()]).tolist()
    return {
        name: vector[end - prod(shape) : end].reshape(shape)
        for (name, shape), end in zip(SHAPES.items(), ends, strict=True)
    }


@cache
def samples(count: int) -> tuple[Array, Array]:
    """The letters of the names and those that follow, one-hot: shape (count, positions, tokens)."""
    hot = np.eye(TOKENS)
    given, following = ([tokens(f".{name}") for name in names(count)], [tokens(f"{name}.") for name in names(count)])
    return hot[given], hot[following]


def commands() -> dict[str, Any]:
    vector = np.array(weights())

    def numbers(count: str) -> list[float]:
        losses, slope = gradient(*samples(int(count)), vector)
        return [float(losses.mean()), *slope.tolist()]

    def sizes(count: str) -> list[float]:
        """Σ|terms| of the means over the names: what their rounding is measured by."""
        alone = [gradient(*(part[i : i + 1] for part in samples(int(count))), vector) for i in range(int(count))]
        terms = np.abs([np.concatenate(each) for each in alone])
        return terms.mean(axis=0).tolist()

    return {
        "numbers": numbers,
        "sizes": sizes,
        "time": lambda count: seconds_each(lambda: gradient(*samples(int(count)), vector)),
    }


if __name__ == "__main__":
    serve(**commands())
