"""Explanations to read, of each loss and activation and of many small graphs: `tests/engine/EXPLANATIONS.md`.

`python -m tests.engine.explaining.explanations` writes the page anew; a test tells when it is stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from engine import Value, exp, log, maximum, minimum, sigmoid, softmax, sqrt, tanh, total
from nn import (
    MLP,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    squared_error,
)

PAGE = Path(__file__).parent.parent / "EXPLANATIONS.md"
HEAD = """# Explanations

What `root.explain(node)` says, for each loss and each activation, and for many small graphs: in Bishop's notation, and
in Nielsen's where that differs. Of each equation the last number is computed from the numbers before it, to the digits
that are printed; a test does that by interval arithmetic. Written by
`python -m tests.engine.explaining.explanations`.
"""


class Case(NamedTuple):
    title: str
    root: Value
    of: Value | str
    options: dict[str, object] = {}  # noqa: RUF012  (never changed)


def net(*sizes: int, **options) -> MLP:
    return MLP(sizes[0], list(sizes[1:]), seed=4, **{"activation": "tanh", **options})


def losses() -> Iterator[Case]:
    """The error signal of an output, and a weight, for each loss."""
    found = {
        "half the squared error": half_squared_error(net(2, 2, 2)([1.0, 2.0]), [1.0, 0.5]),
        "the squared error": squared_error(net(2, 2, 2)([1.0, 2.0]), [1.0, 0.5]),
        "the mean squared error of three outputs": mean_squared_error(net(2, 2, 3)([1.0, 2.0]), [1.0, 0.5, 0.0]),
        "cross-entropy, the target a class": cross_entropy(net(2, 2, 3)([1.0, 2.0]), 1),
        "cross-entropy, the target one-hot": cross_entropy(net(2, 2, 3)([1.0, 2.0]), [0.0, 1.0, 0.0]),
        "cross-entropy, the target probabilities": cross_entropy(net(2, 2, 3)([1.0, 2.0]), [0.2, 0.5, 0.3]),
        "binary cross-entropy": binary_cross_entropy(net(2, 2, 1)([1.0, 2.0]), 1.0),
        "hinge": hinge(net(2, 2, 1)([1.0, 2.0]), -1.0),
        "−log of a softmax layer's output": -log(net(2, 2, 3, output_activation="softmax")([1.0, 2.0])[1]),
        "half the squared error of a softmax layer": half_squared_error(
            net(2, 2, 2, output_activation="softmax")([1.0, 2.0]), [0.0, 1.0]
        ),
        "half the squared error of a sigmoid output": half_squared_error(
            net(2, 2, 1, output_activation="sigmoid")([1.0, 2.0]), 1.0
        ),
    }
    for title, loss in found.items():
        k = 2 if "sigmoid" not in title and "binary" not in title and "hinge" not in title else 1
        yield Case(f"{title}: an output", loss, f"δ[2][{k}]")
        yield Case(f"{title}: a weight", loss, f"w[2][{k},1]")


def activations() -> Iterator[Case]:
    """δ of a hidden neuron, and a weight, a bias or an input, for each activation."""
    others = {
        "tanh": "w[1][1,2]", "sigmoid": "b[1][1]", "relu": "x[1]", "leaky_relu": "w[1][2,1]", "elu": "b[1][2]",
        "softplus": "x[2]", "silu": "w[1][1,1]", "linear": "x[1]",
    }  # fmt: skip
    for name, other in others.items():
        model = MLP.from_weights(
            [[[0.5, -0.2], [0.3, -0.8]], [[0.6, -0.4], [0.1, 0.7]]], [[0.1, -0.1], [0.0, 0.2]], activation=name
        )
        loss = half_squared_error(model([1.0, 2.0]), [1.0, 0.0])
        yield Case(f"{name}: a hidden neuron", loss, "δ[1][1]")
        yield Case(f"{name}: {other}", loss, other, {"depth": 2})


def graphs() -> Iterator[Case]:
    """Graphs without neurons: reuse, choices, softmax by hand, recurrence, names."""
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
    d = a * b + c
    d.label = "d"
    yield Case("(a b + c): a factor", d, a)
    yield Case("a value that is used twice", a * b + exp(a * 0.5), a)
    yield Case("a square", a * a, a)
    yield Case("(a + b)(b + 1), along its paths", (a + b) * (b + 1.0), b, {"paths": True})
    yield Case("a quotient", a / b, b)
    yield Case("a power whose exponent is a Value", a**c, c)
    yield Case("a root", sqrt(a) * 3.0, a)
    tie = Value(2.0, "t")
    yield Case("a maximum at a tie", maximum(a, tie) * 3.0, a)
    yield Case("a maximum that takes the other", maximum(a, b), b)
    yield Case("a minimum", minimum(a, b), b)
    yield Case("an absolute value", abs(b) * 2.0, b)
    logits = [Value(x, f"s{i}") for i, x in enumerate((1.0, 2.0, 3.0), start=1)]
    powers = [exp(s) for s in logits]
    whole = total(powers)
    yield Case("softmax by hand: the class itself", -log(powers[1] / whole), logits[1])
    yield Case("softmax by hand: another class", -log(powers[1] / whole), logits[0])
    shares = softmax(logits)
    yield Case("softmax as a function", -log(shares[1]), logits[1])
    yield Case("one share of a softmax", shares[1], logits[1])
    z, t = Value(0.5, "z"), Value(1.0, "t")
    p = sigmoid(z)
    yield Case("binary cross-entropy by hand", -(t * log(p) + (1.0 - t) * log(1.0 - p)), z)
    w, u, h = Value(0.5, "w"), Value(-0.4, "u"), Value(0.0, "h₀")
    for step, x in enumerate((1.0, 0.5, -1.0), start=1):
        h = tanh(w * Value(x, f"x_{step}") + u * h)
        h.label = f"h_{step}"
    yield Case("a recurrent net: its weight", h**2, w)
    yield Case("a recurrent net: the weight of its state, two equations", h**2, u, {"depth": 2})
    model = net(2, 2, 1)
    batch = total([half_squared_error(model(x), y) for x, y in (([1.0, 2.0], 1.0), ([0.5, -1.0], 0.0))])
    yield Case("a batch of two: a weight", batch, "w[2][1,1]")
    yield Case("a batch of two: δ of its second sample", batch, "δ[1][1]#2")
    k = [Value(x, f"k{i}") for i, x in enumerate((0.5, -1.0, 0.25))]
    xs = [Value(x, f"x{i}") for i, x in enumerate((1.0, 2.0, -1.0, 3.0))]
    slid = [total([k[j] * xs[i + j] for j in range(3)]) for i in range(2)]
    yield Case("a convolution of three", half_squared_error(slid, [1.0, 0.0]), k[1])
    mean = total(xs) / 4.0
    variance = total([(x - mean) ** 2 for x in xs]) / 4.0
    yield Case("a normalised number", (xs[0] - mean) / sqrt(variance), xs[0])
    off = MLP.from_weights([[[-1.0, 0.2]], [[1.0]]], activation="relu")
    yield Case("an inactive ReLU", half_squared_error(off([1.0, 2.0]), 1.0), "w[1][1,1]")
    dead = total([half_squared_error(off(x), 1.0) for x in ([1.0, 2.0], [2.0, 1.0])])
    yield Case("a dead ReLU", dead, "w[1][1,2]")
    yield Case("terms that cancel", a * 3.0 - a * 3.0, a)
    yield Case("a derivative that does not exist", sqrt(Value(0.0, "x")) * 2.0, "x")
    product = a * b
    product.label = "a*b"
    yield Case("a label with an operator in it", product * c, c)
    yield Case("leaves without names", Value(3.0) * Value(2.0) + 1.0, "v1")
    y = a
    for _ in range(12):
        y = (y * 0.9).sin()
    yield Case("a long chain without names", y, a)
    yield Case("fractions", half_squared_error(MLP.from_weights([[[0.5, 0.25]]])([1.0, -3.0]), 1.0), "δ[1][1]",
               {"fractions": True})  # fmt: skip
    yield Case("nine digits", tanh(a * 0.3), a, {"digits": 9})


def cases() -> list[Case]:
    return [*losses(), *activations(), *graphs()]


def explained(case: Case) -> Iterator[str]:
    """The explanation after one backward pass, in each notation."""
    case.root.zero_grad()
    with suppress(ArithmeticError):  # a derivative that does not exist is explained, too
        case.root.backward()
    for notation in ("bishop", "nielsen"):
        yield str(case.root.explain(case.of, notation=notation, **case.options))


def page() -> str:
    lines = [HEAD]
    for part, kind in (("Losses", losses), ("Activations", activations), ("Graphs", graphs)):
        lines.append(f"\n## {part}\n")
        for case in kind():
            lines += [f"{case.title}:\n", "```text", *dict.fromkeys(explained(case)), "```\n"]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
