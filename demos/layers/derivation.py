"""The article's derivation as numbers: layer k+2, k+1, k, then all weights at once."""

from __future__ import annotations

import numpy as np

from demos.kit.checks import Check, Place, bracketed, equal
from demos.kit.report import Section, Table
from demos.kit.sources import DEEP
from demos.layers.example import (
    BIASES,
    LAYERS,
    RATE,
    WEIGHTS,
    Example,
    X,
    Y,
    by_hand,
    cross_entropy_of_outputs,
    name,
)
from engine.support.numerals import lowered, number
from nn import SGD, half_squared_error


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
            f"Part 4  ∂{name('x', l, i)}/∂z{lowered(i)}", part_4, found.local(x, z), f"{name('z', l, i)} {sign} 0"
        ),
        place.equation(f"Part 1  ∂J/∂{name('z', l, i)}", part_1, z.grad, f"{bracketed(part_3)} · {bracketed(part_4)}"),
        place.equation(
            f"Part 2  ∂{name('z', l, i)}/∂w{lowered(i)},{lowered(j)}", part_2, found.local(z, w), name("x", l - 1, j)
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
