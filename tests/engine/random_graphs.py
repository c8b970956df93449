"""Random graphs as recipes, so that one graph can be recorded for many samples: all rules, shared nodes, weights that
are used again, constants, layers of dots, sums of products."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from engine import Value, at_least, dot, greater, largest, log_sum_exp, maximum, minimum, softmax, tanh, where
from engine.functions import FUNCTIONS, neg_log_share, normalizers
from engine.rules import TABLE

UNARY = [row.name for row in TABLE if row.arity == 1]


def one(name):
    return lambda x: FUNCTIONS[name](tanh(x) * 0.7 + 0.9)  # between 0.2 and 1.6: in every domain, and off every kink


ONE = [one(name) for name in UNARY]
ONE += [FUNCTIONS[name] for name in ("relu", "leaky_relu", "elu", "abs", "softplus", "sigmoid", "silu")]
ONE += [lambda x: x * x, lambda x: x / 3.0, lambda x: 2.0 ** tanh(x), lambda x: -x, lambda x: x**2, lambda x: x**3]
ONE += [lambda x: (x * x + 0.5) ** -1.5, lambda x: 1.0 - x, lambda x: x + 0.0]
TWO = [
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / (y * y + 0.5), maximum, minimum,
    lambda x, y: (x * x + 0.5) ** tanh(y), lambda x, y: 0.5 * x + y * 0.25, lambda x, y: x * y + x,
    lambda x, y: where(greater(x, y), x * y, x), lambda x, y: where(at_least(y, x) - 0.5, x, y * y),
]  # fmt: skip
MANY = [
    FUNCTIONS["sum"],
    largest,
    log_sum_exp,
    lambda xs: neg_log_share(xs[-1], *normalizers(xs)),
    lambda xs: softmax(xs)[0],
    lambda xs: dot(xs[: len(xs) // 2], xs[: len(xs) // 2]),
    lambda xs: dot(xs[: len(xs) // 2], xs[-(len(xs) // 2) :], xs[0]),
    lambda xs: sum((x * y for x, y in zip(xs, reversed(xs), strict=True)), 0.0),
]


class Recipe:
    """A graph of `inputs` and `parameters`: `record` makes it, for whatever numbers."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.n_inputs, self.n_parameters = random.randrange(0, 5), random.randrange(1, 12)
        self.parameters = [random.uniform(-1.0, 1.0) for _ in range(self.n_parameters)]
        self.steps: list[tuple[str, int, list[float]]] = []
        for _ in range(random.randrange(1, 25)):
            kind = random.choice(["one", "one", "two", "two", "many", "layer", "filters", "causal"])
            self.steps.append((kind, random.randrange(10**6), [random.random() for _ in range(12)]))
        self.n_roots = random.choice([1, 1, 1, 2])

    def record(self, inputs: Sequence[Value], parameters: Sequence[Value]) -> list[Value]:
        """The roots."""
        nodes: list[Value] = [*parameters, *inputs]

        def pick(share: float) -> Value:
            node = nodes[int(share * len(nodes))]
            return tanh(node) if node.op else node  # nothing grows beyond all bounds

        for kind, which, shares in self.steps:
            if kind == "one":
                nodes.append(ONE[which % len(ONE)](pick(shares[0])))
            elif kind == "two":
                nodes.append(TWO[which % len(TWO)](pick(shares[0]), pick(shares[1])))
            elif kind == "many":
                nodes.append(MANY[which % len(MANY)]([pick(share) for share in shares[: 2 + which % 5]]))
            elif kind == "layer":  # neurons that see the same values; every second layer is spelled out
                values = [pick(share) for share in shares[: 1 + which % 4]]
                for k in range(3):
                    weights = [parameters[(which + 5 * k + m) % len(parameters)] for m in range(len(values))]
                    bias = parameters[k % len(parameters)]
                    nodes.append(dot(weights, values, bias) if which % 2 else spelled(weights, values, bias))
            elif kind == "causal":  # each place attends to itself and those before it
                nodes += attended([pick(share) for share in shares], which)
            else:  # the same weights at several places
                weights = [parameters[(which + m) % len(parameters)] for m in range(2)]
                nodes += [dot(weights, [pick(a), pick(b)]) for a, b in zip(shares[:3], shares[3:6], strict=True)]
        return nodes[-self.n_roots :]


def attended(nodes: Sequence[Value], which: int) -> list[Value]:
    """Queries, keys and values of two numbers at two or three places: their sums, weighed by a softmax."""
    places = 2 + which % 2
    queries, keys, values = ([nodes[k + 2 * m : k + 2 * m + 2] for m in range(places)] for k in (0, 2, 4))
    found = []
    for i in range(places):
        scores = [dot(queries[i], keys[j]) * 0.5 if which % 3 else dot(keys[j], queries[i]) for j in range(i + 1)]
        weights = softmax(scores)
        columns = [[values[j][c] for j in range(i + 1)] for c in range(2)]
        sums = [dot(weights, column) if which % 5 else dot(column, weights) for column in columns]
        # weights sum to 1, so equal values come back but for their last digits: set apart, as these decide nothing
        found += [x * (1.0 + 0.3 * i + 0.1 * c) for c, x in enumerate(sums)]
    return found


def spelled(weights: Sequence[Value], values: Sequence[Value], bias: Value) -> Value:
    total = bias
    for w, x in zip(weights, values, strict=True):
        total = total + w * x
    return total
