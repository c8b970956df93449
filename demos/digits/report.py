"""What is said about a training: the network, a pass through it, the descent, its mistakes, and δ for one image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from demos.digits.training import HIDDEN, ITERATIONS, RATE, Answers, Array, Training, hardest, passed
from demos.kit.checks import Place
from demos.kit.console import aligned
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from demos.mnist.reading import CLASSES, SIDE, SUBSET, Digits
from engine import Value, compile_graph
from engine.support.numerals import number
from nn import MLP, SGD, cross_entropy

PLACE = Place(INTRODUCTION, "Worked Example: Basic Handwritten Digit Classifier")
EXAMPLES = 12  # images on which the equations are compared with the engine
WORST = 5  # mistakes that are listed


def sections(training: Training) -> list[Section]:
    return [the_network(training), one_pass(training), descent(training), errors(training), one_image(training)]


# ── the network, and one pass through it ───────────────────────────────────────────────────────


def the_network(training: Training) -> Section:
    model, data = training.model, training.data
    first = sum(len(neuron.w) + 1 for neuron in model.layers[0].neurons)
    count = len(model.parameters())
    inputs = len(model.layers[0].neurons[0].w)
    rows = [
        PLACE.number("neurons of the input layer", "784", inputs, f"{SIDE} · {SIDE}"),
        PLACE.number("parameters", "7960", count, f"{first} + {count - first}"),
    ]
    whose = "the subset that comes with the project" if training.folder == SUBSET else str(training.folder)
    return Section(
        "The network",
        [
            f"{SIDE}² = {SIDE**2} pixels from 0 (black) to 1 (white), {HIDDEN} neurons with ReLU, {CLASSES} with "
            f"softmax: how probable each digit is. MNIST, {whose}: {len(data.train):,} images to train with and "
            f"{len(data.test):,} to test with.",
            Table(rows, "source", "engine"),
        ],
    )


def one_pass(training: Training) -> Section:
    """At its true size, what the training rests on; `softmax` goes through all equations on a smaller network."""
    some = passed(training, range(min(EXAMPLES, len(training.data.test))))
    first, second = some.layers
    answers, N, y = Answers(some.digits, second.a), len(some.digits), np.eye(CLASSES)[some.digits.labels]
    compiled = compiled_gradient(training.model, some.digits)
    rows = [
        PLACE.equation("C", float(answers.losses.sum()) / N, some.loss.data / N, "1/N Σ (−Σ yᵢ log aᵢ⁽²⁾)"),
        PLACE.equation("δ⁽²⁾", answers.probabilities - y, second.delta, "a⁽²⁾ − y"),
        PLACE.equation("∂C/∂W⁽¹⁾", first.delta.T @ first.x / N, compiled[0], "1/N Δ⁽¹⁾ (A⁽⁰⁾)ᵀ"),
        PLACE.equation("∂C/∂W⁽²⁾", second.delta.T @ second.x / N, compiled[1], "1/N Δ⁽²⁾ (A⁽¹⁾)ᵀ"),
    ]
    for l, layer, gradient in (("⁽¹⁾", first, compiled[0]), ("⁽²⁾", second, compiled[1])):
        said = layer.W - RATE * gradient
        rows.append(PLACE.equation(f"W{l} after an update", said, stepped(layer.W, gradient), f"W{l} − α ∂C/∂W{l}"))
    return Section(
        "A pass forward and a pass backward",
        [
            f"The first {N} images of the test set, after the training: C and δ are read off a graph of scalars, "
            "∂C/∂W is what the same graph gives when it is compiled, as it was to train. (All equations of the "
            "section, and its slips, are in `softmax`.)",
            Table(rows, "source", "engine"),
        ],
    )


def stepped(weights: Array, gradient: Array) -> Array:
    """The weights after a step of the optimizer that trained them."""
    vector = weights.ravel().copy()
    SGD([Value(w) for w in vector], lr=RATE).update(vector, gradient.ravel())
    return vector.reshape(weights.shape)


def compiled_gradient(model: MLP, digits: Digits) -> list[Array]:
    """∂C/∂W of each layer, by a compiled graph."""
    x, y = [Value(0.0) for _ in range(SIDE**2)], [Value(0.0) for _ in range(CLASSES)]
    program = compile_graph(cross_entropy(model(x), y), [*x, *y])
    _, found = program.gradient((digits.inputs, np.eye(CLASSES)[digits.labels]))
    slope = dict(zip(program.parameters, found.tolist(), strict=True))
    return [np.array([[slope[w] for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers]


# ── what comes of it ───────────────────────────────────────────────────────────────────────────


def descent(training: Training) -> Section:
    rows = [(f"{mark:,}", number(loss), percent(a), percent(b)) for mark, loss, a, b in training.measured]
    head = ("iterations", "C", "training images", "test images")
    iterations, *_, accuracy = training.measured[-1]
    parts: list[str | Sequence[str] | Table] = [
        f"Full batch, α = {RATE}; weights drawn uniformly in ±√(6/(nᵢₙ + nₒᵤₜ)), biases 0. How many images are "
        "classified rightly:",
        aligned(head, rows, ">.>>"),
    ]
    if iterations == ITERATIONS:  # the number that the source names
        holds = round(accuracy, 1) == 0.9
        statement = "around 90% accuracy with around 1000 iterations, α = 0.1"
        parts += [[""], Table([PLACE.claim(statement, f"{100 * accuracy:.0f} % of the test set", holds)], "")]
    return Section(f"Gradient descent: {iterations:,} iterations", parts)


def errors(training: Training) -> Section:
    said, test = training.on_test, training.data.test
    confusion = said.confusion
    cells = [
        [str(digit), *(str(count) if count else "·" for count in row), percent(row[digit] / max(row.sum(), 1))]
        for digit, row in enumerate(confusion)
    ]
    wrong = confusion - np.diag(np.diag(confusion))
    digit, other = map(int, np.unravel_index(wrong.argmax(), wrong.shape))
    worst = [
        (
            str(i),
            str(test.labels[i]),
            str(said.decided[i]),
            percent(said.probabilities[i, said.decided[i]]),
            number(said.probabilities[i, test.labels[i]], 2),
            number(said.losses[i]),
        )
        for i in said.mistakes(WORST)
    ]
    head = ("image", "is a", "taken for", "by", "the right digit has", "C")
    return Section(
        "Where it errs, on the test set: a row for each digit, a column for what it is taken for",
        [
            aligned(("", *map(str, range(CLASSES)), "right"), cells, "<" + ">" * (CLASSES + 1)),
            f"Of {len(test):,} images {wrong.sum():,} are taken for another digit; most often {digit} for {other}, "
            f"{wrong[digit, other]} times. The worst ones, by what they add to C:",
            aligned(head, worst, ">>>>.."),
        ],
    )


def one_image(training: Training) -> Section:
    example = hardest(training)
    shown, said = passed(training, [example]), training.on_test
    (first, second), label = shown.layers, int(shown.digits.labels[0])
    y, probabilities = np.eye(CLASSES)[label], said.probabilities[example]
    hidden = [
        (str(k + 1), *map(number, numbers))
        for k, numbers in enumerate(zip(first.a[0], first.z[0], first.delta[0], strict=True))
    ]
    last = [
        (str(k), *map(number, numbers))
        for k, numbers in enumerate(zip(second.a[0], probabilities, y, second.delta[0], strict=True))
    ]
    return Section(
        f"δ of every neuron for one image: number {example} of the test set, a {label} taken for "
        f"{said.decided[example]}",
        [
            aligned(("neuron", "z⁽¹⁾", "a⁽¹⁾", "δ⁽¹⁾"), hidden, ">..."),
            [""],
            aligned(("digit", "z⁽²⁾", "a⁽²⁾", "y", "δ⁽²⁾ = a⁽²⁾ − y"), last, ">...."),
            "Where z⁽¹⁾ is negative, ReLU′ is 0: nothing comes back.",
        ],
    )


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"
