"""Backpropagation in deep networks: its four parts as numbers, and its training class, neuron by neuron, on digits.

After "Backpropagation in deep networks", an article that derives the formulas for two hidden layers, k and k+1, and an
output layer k+2. It gives no numbers, and its formulas are pictures that the text at hand lacks; they are taken from
what is said of them. Its class stands in `online.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.checks import DEEP, TOLERANCE, Check, Place, difference, equal, nearness
from demos.console import Options
from demos.mnist import CLASSES, load
from demos.neuron import bracketed
from demos.online import OnlineNetwork, deltas_by_the_article, pooled
from demos.quantities import Graph
from demos.report import Drawing, Picture, Section, Table, checks_of, options, present
from engine import Value, log
from engine.functions import FUNCTIONS
from engine.support.notation import ACTIVATION, INPUT, LOSS, OUTPUT, PRE_ACTIVATION, WEIGHT, Notation, Role, number
from nn import MLP, SGD, half_squared_error, matrices
from nn.losses import pair
from viz import draw_network
from viz.plots import plot_lines

X, Y = (1.0, 0.5), (1.0, 0.0)  # one record: the input, and the desired outputs
WEIGHTS = (  # of layers k, k+1 and k+2, a row for each neuron; the third neuron of layer k is off for this record
    ((0.4, -0.2), (0.6, 0.8), (-0.9, 0.3)),
    ((0.5, -0.4, 0.7), (-0.3, 0.9, 0.2)),
    ((0.8, -0.5), (-0.6, 1.1)),
)
BIASES = ((0.1, -0.3, 0.2), (0.2, -0.1), (0.3, -0.2))
LETTERS = Notation("the article", pre_activation="z", activation="x", loss="J", output="", target="y")
LAYERS = {0: "⁽ᵏ⁻¹⁾", 1: "⁽ᵏ⁾", 2: "⁽ᵏ⁺¹⁾", 3: "⁽ᵏ⁺²⁾"}
INDEX = "₀₁₂₃"

RATE = 0.05  # the article prints none
PART = 10  # it trains on a tenth of the records
POOLED, HIDDEN, SEED = 14, 20, 1  # pixels of a side, ReLUs
AVERAGED = 50  # records, in the plot

Loss = Callable[[Any, Any], Value]
Vector = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each part beside the engine's number, train on digits, draw; 0 if all holds or is explained, else 1."""
    chosen = parser().parse_args(arguments)
    title = "Backpropagation in deep networks: every part as a number, and training neuron by neuron"
    return present(chosen, title, sections(), PICTURES)


def parser() -> Options:
    return options(
        "layers",
        "Goes through the article's derivation, layer k+2, k+1, k, each part beside the engine's number; then trains "
        "its class of neurons on digits, one record at a time, and compares every neuron with the engine.",
    )


def checks() -> list[Check]:
    """Every row, for who compares all sources."""
    return checks_of(sections())


def sections() -> list[Section]:
    return [
        setup(),
        last_layer(),
        layer_before(),
        first_layer(),
        general_case(),
        which_units(),
        the_class(),
        training(),
    ]


# ── the example ────────────────────────────────────────────────────────────────────────────────


def cross_entropy_of_outputs(outputs: Any, desired: Any) -> Value:
    """J = −Σ (y log f + (1 − y) log(1 − f)), by the outputs f themselves, so that ∂J/∂f has its place in the graph."""
    terms = [y * log(f) + (1.0 - y) * log(1.0 - f) for f, y in pair(outputs, desired)]
    error: Value = -FUNCTIONS["sum"](terms)
    error.role = Role(LOSS)
    return error


class Example:
    """The graph of the online error for the one record, and its nodes by the article's letters."""

    def __init__(self, output: str = "sigmoid", loss: Loss = cross_entropy_of_outputs) -> None:
        self.model = MLP.from_weights(WEIGHTS, BIASES, "relu", output)
        self.loss = loss(self.model(X), Y)
        self.loss.backward()
        self.graph, self.layers = Graph(self.loss), matrices(self.loss)

    def z(self, l: int, i: int) -> Value:
        return self.graph.nodes[Role(PRE_ACTIVATION, l, (i,))]

    def x(self, l: int, i: int) -> Value:
        """What neuron i of layer l gives; of layer 0, the input."""
        return self.graph.nodes[Role({0: INPUT, len(WEIGHTS): OUTPUT}.get(l, ACTIVATION), l, (i,))]

    def w(self, l: int, i: int, j: int) -> Value:
        return self.graph.nodes[Role(WEIGHT, l, (i, j))]

    def local(self, user: Value, operand: Value) -> float:
        return float(user.locals[user.operands.index(operand)])


@dataclass(frozen=True)
class ByHand:
    """The article's formulas, layer by layer, from the record and the weights alone."""

    x: list[Vector]  # the input, then what each layer gives
    z: list[Vector]
    part_1: list[Vector]  # ∂J/∂z


@cache
def by_hand() -> ByHand:
    x, z = [np.array(X)], []
    for W, b in zip(WEIGHTS, BIASES, strict=True):
        z.append(np.array(W) @ x[-1] + b)
        x.append(np.maximum(z[-1], 0))
    x[-1] = 1 / (1 + np.exp(-z[-1]))
    part_1 = [-(np.array(Y) - x[-1])]
    for l in (1, 0):
        part_3 = np.array(WEIGHTS[l + 1]).T @ part_1[0]
        part_4 = np.where(z[l] > 0, 1.0, 0.0)
        part_1.insert(0, part_3 * part_4)
    return ByHand(x, z, part_1)


def name(letter: str, l: int, *index: int) -> str:
    """w₁,₂⁽ᵏ⁺²⁾."""
    return letter + ",".join(INDEX[i] for i in index) + LAYERS[l]


# ── the derivation ─────────────────────────────────────────────────────────────────────────────


def setup() -> Section:
    where = "Usual Setup of a Multi-Layer Perceptron"
    place, found, hand = Place(DEEP, where), Example(), by_hand()
    rows = []
    for l, layer in enumerate(found.layers, start=1):
        act = "σ" if l == len(WEIGHTS) else "ReLU"
        weighted = f"Σ w{LAYERS[l]} x{LAYERS[l - 1]} + w₀"
        rows.append(place.equation(f"z{LAYERS[l]}", hand.z[l - 1], layer.a[0], weighted))
        rows.append(place.equation(f"x{LAYERS[l]}", hand.x[l], layer.z[0], f"{act}(z{LAYERS[l]})"))
    z, x, w = found.z(3, 1), found.x(3, 1), found.w(3, 1, 2)
    before, z_by_w = found.x(2, 2).data, found.local(z, w)
    through = found.local(x, z) * z_by_w
    slip = place.misprint(
        "z, “the output from node i”",
        "output",
        "before the activation",
        f"∂z/∂w is to be the input x, {number(before)}: so it is for the number before the activation; for the output "
        f"it is {number(through)}. The article's class, too, has z before the activation and output after it",
        holds=equal(z_by_w, before) and not equal(through, before),
    )
    return Section(
        where,
        [
            f"Two inputs, hidden layers k and k+1 of 3 and 2 ReLUs, two sigmoid outputs in layer k+2. One record: "
            f"x = ({', '.join(map(number, X))}), y = ({', '.join(map(number, Y))}). The online error J is its "
            "cross-entropy, −Σ (y log f + (1 − y) log(1 − f)); below it is seen why.",
            Table(rows, "formula", "engine"),
            "",
            Table([slip]),
        ],
    )


def last_layer() -> Section:
    where = "Backpropagation at Layer k+2"
    place, found, hand = Place(DEEP, where), Example(), by_hand()
    z, w = found.z(3, 1), found.w(3, 1, 2)
    part_1, part_2 = float(hand.part_1[2][0]), float(hand.x[2][1])
    f = number(float(hand.x[3][0]))
    rows = [
        place.equation(f"Part 1  ∂J/∂{name('z', 3, 1)}", part_1, z.grad, f"−(y₁ − f₁) = −({number(Y[0])} − {f})"),
        place.equation(f"Part 2  ∂{name('z', 3, 1)}/∂w₁,₂", part_2, found.local(z, w), name("x", 2, 2)),
        product_row(place, 3, 1, 2, part_1, part_2, w.grad),
    ]
    return Section(
        where, [f"For the weight {name('w', 3, 1, 2)} of the first output:", Table(rows, "article", "engine")]
    )


def layer_before() -> Section:
    where = "Backpropagation at Layer k+1"
    rows = parts(Place(DEEP, where), 2, 2, 1)
    return Section(
        where,
        [
            f"For the weight {name('w', 2, 2, 1)}. Part 1 is the product of Part 3 and Part 4 here, and Part 3 takes "
            "Part 1 of each neuron of layer k+2 along the weight to it.",
            Table(rows, "article", "engine"),
        ],
    )


def first_layer() -> Section:
    where = "Backpropagation at Layer k (optional)"
    place = Place(DEEP, where)
    return Section(
        where,
        [
            f"For the weight {name('w', 1, 2, 1)}, in the same way:",
            Table(parts(place, 1, 2, 1), "article", "engine"),
            f"And for {name('w', 1, 3, 1)}, of the neuron that is off, so that Part 4 lets nothing through:",
            Table(parts(place, 1, 3, 1), "article", "engine"),
        ],
    )


def parts(place: Place, l: int, i: int, j: int) -> list[Check]:
    """The derivative by the weight of a hidden neuron i for its input j, part by part."""
    found, hand = Example(), by_hand()
    z, x, w = found.z(l, i), found.x(l, i), found.w(l, i, j)
    weights, above = [row[i - 1] for row in WEIGHTS[l]], hand.part_1[l].tolist()
    part_3 = sum(weight * delta for weight, delta in zip(weights, above, strict=True))
    terms = " + ".join(f"{bracketed(delta)}·{bracketed(weight)}" for delta, weight in zip(above, weights, strict=True))
    part_4 = 1.0 if hand.z[l - 1][i - 1] > 0 else 0.0
    part_1, part_2 = part_3 * part_4, float(hand.x[l - 1][j - 1])
    sign = ">" if part_4 else "≤"
    return [
        place.equation(f"Part 3  ∂J/∂{name('x', l, i)}", part_3, x.grad, f"Σ ∂J/∂z w = {terms}"),
        place.equation(
            f"Part 4  ∂{name('x', l, i)}/∂z{INDEX[i]}", part_4, found.local(x, z), f"{name('z', l, i)} {sign} 0"
        ),
        place.equation(f"Part 1  ∂J/∂{name('z', l, i)}", part_1, z.grad, f"{bracketed(part_3)} · {bracketed(part_4)}"),
        place.equation(
            f"Part 2  ∂{name('z', l, i)}/∂w{INDEX[i]},{INDEX[j]}", part_2, found.local(z, w), name("x", l - 1, j)
        ),
        product_row(place, l, i, j, part_1, part_2, w.grad),
    ]


def product_row(place: Place, l: int, i: int, j: int, part_1: float, part_2: float, gradient: float) -> Check:
    formula = f"Part 1 · Part 2 = {bracketed(part_1)} · {bracketed(part_2)}"
    return place.equation(f"∂J/∂{name('w', l, i, j)}", part_1 * part_2, gradient, formula)


def general_case() -> Section:
    where = "General case of backpropagation"
    place, found, hand = Place(DEEP, where), Example(), by_hand()
    rows = []
    for l in (3, 2, 1):
        layer, part_1 = found.layers[l - 1], hand.part_1[l - 1]
        with_bias = np.column_stack([np.array(layer.db), layer.dW])
        said = np.outer(part_1, [1.0, *hand.x[l - 1]])
        rows.append(place.equation(f"∂J/∂w{LAYERS[l]}", said, with_bias, f"∂J/∂z{LAYERS[l]} · (1, x{LAYERS[l - 1]})"))
    gradients = [np.outer(part_1, [1.0, *x]) for part_1, x in zip(hand.part_1, hand.x, strict=False)]
    started = [np.column_stack([b, W]) for W, b in zip(WEIGHTS, BIASES, strict=True)]
    after = np.concatenate([(w - RATE * g).ravel() for w, g in zip(started, gradients, strict=True)])
    SGD(found.model.parameters(), RATE).step()
    by_engine = [
        value.data
        for layer in found.model.layers
        for neuron in layer.neurons
        for value in (neuron.b, *neuron.w)
        if value is not None
    ]
    rows.append(place.equation("w after the update", after, by_engine, f"w − {number(RATE)} · ∂J/∂w"))
    return Section(
        where,
        [
            "All weights of each layer at once, the bias as weight 0 of an input that is always 1; then the update, "
            f"with a learning rate of {number(RATE)}: the article prints none.",
            Table(rows, "article", "engine"),
        ],
    )


def which_units() -> Section:
    """Part 1 of the first output for three kinds of unit and error."""
    place = Place(DEEP, "Backpropagation at Layer k+2")
    rows = []
    for output, loss, title in (
        ("linear", half_squared_error, "linear, ½ (y − f)²"),
        ("sigmoid", cross_entropy_of_outputs, "sigmoid, cross-entropy"),
    ):
        found = Example(output, loss)
        rows.append(place.equation(title, -(Y[0] - found.x(3, 1).data), found.z(3, 1).grad, "−(y₁ − f₁)"))
    found = Example("sigmoid", half_squared_error)
    z, f = found.z(3, 1), found.x(3, 1).data
    slope = f * (1 - f)
    why = (
        f"the slope of the sigmoid is missing, σ′(z) = f (1 − f) = {number(slope)}. With the cross-entropy, whose "
        f"∂J/∂f is (f − y) / (f (1 − f)), it cancels; with a squared error it stays"
    )
    rows.append(
        place.slip("sigmoid, ½ (y − f)²", -(Y[0] - f), z.grad, why, meant=-(Y[0] - f) * slope, formula="−(y₁ − f₁)")
    )
    return Section(
        "For which units Part 1 is −(y − f)",
        [
            "“Part 1 simplifies to −(yᵢ − f(xᵢ)) for both sigmoid and linear unit.” That depends on the online error, "
            "which is not the same one for the two:",
            Table(rows, "article", "engine"),
        ],
    )


# ── the training class ─────────────────────────────────────────────────────────────────────────


def the_class() -> Section:
    """What the listing calls a derivative by the output."""
    place, found, hand = Place(DEEP, "back_prop"), Example(), by_hand()
    rows = []
    for what, l, i in (("of an output", 3, 1), ("of a hidden neuron that is off", 1, 3)):
        code = float(hand.part_1[l - 1][i - 1])
        by_output, by_z = found.x(l, i).grad, found.z(l, i).grad
        rows.append(
            place.misprint(
                f"partial_online_partial_output, {what}",
                "∂J/∂output",
                "δ = ∂J/∂z",
                f"the listing computes {number(code)}; the engine has ∂J/∂z = {number(by_z)} and ∂J/∂output = "
                f"{number(by_output)}",
                holds=equal(code, by_z) and not equal(code, by_output),
            )
        )
    return Section("The class: what its partial_online_partial_output is", [Table(rows, "named", "is")])


@dataclass(frozen=True, eq=False)
class Training:
    """What came of going once through a tenth of the records."""

    network: OnlineNetwork
    errors: list[float]  # J of each record, before its update
    right: list[bool]  # whether the record was recognised, before its update
    delta_differs: float  # from the listing's, at most, relative to the largest of its layer
    gradient_differs: float  # δ · x from the engine's gradient, at most, relative to the largest of its neuron
    accuracy: tuple[float, float]  # on the test images, before and after


@cache
def trained() -> Training:
    mnist = load()
    records, labels = pooled(mnist.train, POOLED).tolist(), mnist.train.labels.tolist()
    network = OnlineNetwork(len(records[0]), HIDDEN, CLASSES, SEED)
    errors, right, delta_differs, gradient_differs = [], [], 0.0, 0.0
    tested = pooled(mnist.test, POOLED)

    def accuracy() -> float:
        return float(np.mean(network.predict(tested).argmax(axis=1) == mnist.test.labels))

    before = accuracy()
    for record, label in zip(records[: len(records) // PART], labels, strict=False):
        network.forward_pass([Value(x) for x in record])
        outputs = [neuron.output.data for neuron in network.layer_two]
        right.append(outputs.index(max(outputs)) == label)
        errors.append(network.back_prop(label).data)
        listed, own = deltas_by_the_article(network, label), [neuron.delta for neuron in network.neurons]
        for layer in (slice(HIDDEN), slice(HIDDEN, None)):
            delta_differs = max(delta_differs, difference(listed[layer], own[layer]))
        for neuron in network.neurons:
            engine = [weight.grad for weight in neuron.weights]
            gradient_differs = max(gradient_differs, difference(neuron.gradient, engine))
        network.update(RATE)
    return Training(network, errors, right, delta_differs, gradient_differs, (before, accuracy()))


def training() -> Section:
    place, found = Place(DEEP, "train"), trained()
    count, neurons = len(found.errors), len(found.network.neurons)
    before, after = found.accuracy
    first, last = (float(np.mean(found.errors[part])) for part in (slice(AVERAGED), slice(-AVERAGED, None)))
    rows = [
        place.claim(
            "δ of every neuron is what the listing computes",
            nearness(found.delta_differs),
            holds=found.delta_differs <= TOLERANCE,
        ),
        place.claim(
            "δ · x, with x₀ = 1, is the engine's gradient of every weight",
            nearness(found.gradient_differs),
            holds=found.gradient_differs <= TOLERANCE,
        ),
        place.claim(
            f"the online error falls: the mean of {AVERAGED} records, first and last",
            f"{number(first)} → {number(last)}",
            holds=last < first,
        ),
        place.claim(
            "the test images are recognised better than before",
            f"{before:.1%} → {after:.1%}",
            holds=after > before,
        ),
    ]
    return Section(
        f"The class trained: {count} records, one at a time, learning rate {number(RATE)}",
        [
            f"MNIST's digits, pooled to {POOLED} × {POOLED}; {HIDDEN} ReLUs, {CLASSES} sigmoid outputs, one for each "
            f"class; once through a tenth of the records, as the article has it. In each of the {neurons} neurons, "
            f"for each of the {count} records:",
            Table(rows, "", "here"),
        ],
    )


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def network_picture(theme: str) -> Drawing:
    found = Example()
    drawing: Drawing = draw_network(found.model, found.loss, notation=LETTERS, theme=theme)
    return drawing


def training_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot, found = Plot(theme, panels=2), trained()
    for axes, series, what, title in (
        (plot.panels[0], found.errors, "J", f"Online error, mean of the last {AVERAGED} records"),
        (plot.panels[1], found.right, "recognised", "Share of them recognised before the update"),
    ):
        means = np.convolve(series, np.full(AVERAGED, 1 / AVERAGED), "valid").tolist()
        records = range(AVERAGED, len(series) + 1)
        plot_lines({what: (records, means)}, x="record", y=what, title=title, log=False, theme=theme, axes=axes)
    return plot


PICTURES = (
    Picture(
        "layers-network", "the network in the article's letters, with δ of the cross-entropy", network_picture, False
    ),
    Picture("layers-training", "how the online error falls, record by record", training_plot),
)
