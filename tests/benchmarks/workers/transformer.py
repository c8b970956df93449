"""A step of training of a transformer of scalars, spelled out in +, * and sum(…), on the Value that is named.

One block over a vocabulary of 27: 16 dimensions, 4 heads, a ReLU layer of 64, a sequence of 16; positions are seen one
after the other, and keep their keys and values. "glassgrad" is our engine, "slots" a bare tape: a class with slots, of
which a node holds its local derivatives and nothing else.
"""

import random
import sys
from math import exp, log
from typing import Any

from clock import seconds, serve

VOCABULARY, WIDTH, HEADS, HIDDEN, LENGTH = 27, 16, 4, 64, 16
RATE = 0.01


class Slots:
    """The bare tape."""

    __slots__ = ("data", "grad", "locals", "operands")

    def __init__(self, data: float, operands: Any = (), local: Any = ()) -> None:
        self.data, self.grad, self.operands, self.locals = data, 0.0, operands, local

    def __add__(self, other: Any) -> "Slots":
        other = other if isinstance(other, Slots) else Slots(other)
        return Slots(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> "Slots":
        other = other if isinstance(other, Slots) else Slots(other)
        return Slots(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other: float) -> "Slots":
        return Slots(self.data**other, (self,), (other * self.data ** (other - 1),))

    def exp(self) -> "Slots":
        out = exp(self.data)
        return Slots(out, (self,), (out,))

    def log(self) -> "Slots":
        return Slots(log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> "Slots":
        return Slots(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def __neg__(self) -> "Slots":
        return self * -1.0

    def __radd__(self, other: Any) -> "Slots":
        return self + other

    def __sub__(self, other: Any) -> "Slots":
        return self + -other

    def __rmul__(self, other: Any) -> "Slots":
        return self * other

    def __truediv__(self, other: Any) -> "Slots":
        return self * other**-1

    def backward(self) -> None:
        order, seen, path = [], {self}, [(self, iter(self.operands))]
        while path:
            node, operands = path[-1]
            for operand in operands:
                if operand not in seen:
                    seen.add(operand)
                    path.append((operand, iter(operand.operands)))
                    break
            else:
                order.append(node)
                path.pop()
        self.grad = 1.0
        for node in reversed(order):
            for operand, local in zip(node.operands, node.locals, strict=True):
                operand.grad += local * node.grad


def glassgrad() -> type:
    from engine import Value

    return Value


class Transformer:
    def __init__(self, value: type) -> None:
        draw = random.Random(1).gauss

        def matrix(rows: int, columns: int) -> list[list[Any]]:
            return [[value(draw(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.tokens, self.positions = matrix(VOCABULARY, WIDTH), matrix(LENGTH, WIDTH)
        self.q, self.k, self.v, self.out = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down, self.head = matrix(HIDDEN, WIDTH), matrix(WIDTH, HIDDEN), matrix(VOCABULARY, WIDTH)
        self.sequence = random.Random(2).choices(range(VOCABULARY), k=LENGTH + 1)

    def parameters(self) -> list[Any]:
        matrices = (
            *(self.tokens, self.positions, self.q, self.k, self.v, self.out),
            *(self.up, self.down, self.head),
        )
        return [weight for matrix in matrices for row in matrix for weight in row]

    def logits(self, token: int, position: int, keys: list[Any], values: list[Any]) -> list[Any]:
        x = normalized([a + b for a, b in zip(self.tokens[token], self.positions[position], strict=True)])
        q = linear(self.q, x)
        keys.append(linear(self.k, x))
        values.append(linear(self.v, x))
        heads: list[Any] = []
        size = WIDTH // HEADS
        for start in range(0, WIDTH, size):
            part = slice(start, start + size)
            scores = [sum(a * b for a, b in zip(q[part], key[part], strict=True)) * size**-0.5 for key in keys]
            weights = softmax(scores)
            heads += [
                sum(weight * value[i] for weight, value in zip(weights, values, strict=True))
                for i in range(start, start + size)
            ]
        x = [a + b for a, b in zip(linear(self.out, heads), x, strict=True)]
        hidden = [a.relu() for a in linear(self.up, normalized(x))]
        x = [a + b for a, b in zip(linear(self.down, hidden), x, strict=True)]
        return linear(self.head, x)

    def loss(self) -> Any:
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for position, (token, following) in enumerate(zip(self.sequence, self.sequence[1:], strict=False)):
            shares = softmax(self.logits(token, position, keys, values))
            losses.append(-shares[following].log())
        return sum(losses) * (1.0 / len(losses))

    def step(self) -> Any:
        for parameter in self.parameters():
            parameter.grad = 0.0
        loss = self.loss()
        loss.backward()
        return loss

    def numbers(self) -> list[float]:
        return [self.step().data, *(parameter.grad for parameter in self.parameters())]


def linear(matrix: list[list[Any]], x: list[Any]) -> list[Any]:
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]


def softmax(logits: list[Any]) -> list[Any]:
    largest = max(logit.data for logit in logits)
    powers = [(logit - largest).exp() for logit in logits]
    whole = sum(powers)
    return [power / whole for power in powers]


def normalized(x: list[Any]) -> list[Any]:
    scale = (sum(xi * xi for xi in x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


ENGINES = {"glassgrad": glassgrad, "slots": lambda: Slots}

if __name__ == "__main__":
    model = Transformer(ENGINES[sys.argv[1]]())
    serve(numbers=model.numbers, time=lambda collector: seconds(model.step, collector))
