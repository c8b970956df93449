"""The network figure: every number where it belongs, and nothing on top of anything else."""

from __future__ import annotations

import itertools
import re
from math import hypot

import pytest

from engine import Value, softmax
from engine.support.numerals import number
from nn import MLP, NIELSEN, Layer, Neuron, half_squared_error
from tests.primer import WEIGHTS
from tests.refusals import refusal
from tests.viz.graphs import network, primer
from tests.viz.test_graph import labels
from viz import draw_network
from viz.text import width

NODE = re.compile(r"^\t(n\d+) \[(.*)\]$", re.M)


def shapes(drawing):
    """(shape, x, y, width, height, attributes) of every node of the DOT text, in points."""
    for _, text in NODE.findall(drawing.source):
        attributes = dict(re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s]+)', text))
        x, y = map(float, attributes["pos"].strip('"').split(","))
        size = [72 * float(attributes[side].strip('"')) for side in ("width", "height")]
        yield attributes["shape"], x, y, *size, attributes


def overlap(a, b):
    return abs(a[1] - b[1]) * 2 < a[3] + b[3] and abs(a[2] - b[2]) * 2 < a[4] + b[4]


@pytest.mark.parametrize("sizes", [(2, 3, 2), (4, 8, 8, 3), (1, 1), (8, 1), (1, 8, 1), (12, 12)], ids=str)
def test_no_label_lies_on_another_or_on_a_neuron(sizes):
    found = list(shapes(draw_network(*network(*sizes))))
    boxes = [s for s in found if s[0] == "box" and "rounded" not in s[-1]["style"]]
    circles = [s for s in found if s[0] == "circle"]
    connections = sum(n * m for n, m in itertools.pairwise(sizes))
    assert len(boxes) == connections + sum(sizes[1:]) + sizes[-1]  # weights, biases, targets
    weights = [b for b in boxes if b[4] > 26]
    assert len(weights) == connections
    assert not [pair for pair in itertools.combinations(weights, 2) if overlap(*pair)]
    assert not [pair for pair in itertools.product(weights, circles) if overlap(*pair)]


@pytest.mark.parametrize("sizes", [(2, 3, 2), (4, 8, 8, 3)], ids=str)
def test_text_stays_inside_its_neuron(sizes):
    found = list(shapes(draw_network(*network(*sizes))))
    for _, x, y, across, _, _ in [s for s in found if s[0] == "circle"]:
        for shape, tx, ty, _, _, attributes in found:
            if shape == "plaintext" and (tx - x) ** 2 + (ty - y) ** 2 < (across / 2) ** 2:
                chord = 2 * ((across / 2) ** 2 - (ty - y) ** 2) ** 0.5
                text = attributes["label"].strip('"')
                assert width(text, float(attributes["fontsize"].strip('"'))) <= chord, text


def test_every_weight_and_gradient_of_the_primer_is_on_its_connection():
    model, loss = primer()
    shown = labels(draw_network(model, loss))
    for text in ("w₁,₁⁽¹⁾ = 0.1", "w₃,₂⁽¹⁾ = 0.6", "w₂,₃⁽²⁾ = 0.6", "∂E/∂w = −0.2371", "∂E/∂w = −0.003422"):
        assert text in shown
    assert sum(text.startswith("∂E/∂w = ") for text in shown) == 12


def test_every_neuron_shows_a_z_and_delta():
    shown = labels(draw_network(*primer()))
    for text in (
        "a₃⁽¹⁾ = 1.7",
        "z₃⁽¹⁾ = 0.9354",
        "δ₃⁽¹⁾ = −0.01952",
        "a₁⁽²⁾ = 0.4869",
        "y₁ = 0.4869",
        "x₂ = 2",
        "t₂ = 1.15",
    ):
        assert text in shown
    nielsen = labels(draw_network(*primer(), notation=NIELSEN))
    for text in ("z₃⁽¹⁾ = 1.7", "a₃⁽¹⁾ = 0.9354", "z₁⁽²⁾ = 0.4869", "a₁⁽²⁾ = 0.4869", "y₂ = 1.15", "∂C/∂w = −0.2371"):
        assert text in nielsen


def test_before_the_backward_pass_there_are_dashes_and_no_backward_lines():
    drawing = draw_network(*primer(backward=False))
    shown = labels(drawing)
    assert shown.count("∂E/∂w = —") == 12
    assert "δ₁⁽¹⁾ = —" in shown
    assert drawing.source.count("style=dashed") == 1  # the legend's
    assert any("no backward pass has been here yet" in text for text in shown)


def test_width_is_magnitude_and_an_exact_zero_is_dotted():
    model, loss = primer()
    assert "penwidth=3.40" in draw_network(model, loss).source
    zero = MLP.from_weights([[[0.0, 1.0]]])
    assert "style=dotted" in draw_network(zero, half_squared_error(zero([1, 2]), 0)).source


def test_the_figure_reads_the_graph_and_not_the_last_call():
    model, loss = primer()
    model([5, 5])
    assert "x₁ = 1" in labels(draw_network(model, loss))


def test_each_sample_has_its_own_numbers():
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    loss = half_squared_error(model([1, 2]), [1, 1.15]) + half_squared_error(model([3, 4]), [0, 0])
    loss.backward()
    first, second = (labels(draw_network(model, loss, sample=n)) for n in (1, 2))
    assert "x₁ = 1" in first
    assert "x₁ = 3" in second
    assert any(text.startswith("sample 2 of 2") for text in second)
    assert refusal(ValueError, lambda: draw_network(model, loss, sample=3)) == (
        "the graph holds samples 1 to 2 of this model; got sample=3"
    )


def test_an_expanded_network_gives_the_same_figure():
    assert draw_network(*primer(expand=True)).source == draw_network(*primer()).source


def test_an_output_that_the_loss_does_not_use_says_so():
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    loss = half_squared_error(model([1, 2])[0], 1)
    loss.backward()
    assert "not in this loss" in labels(draw_network(model, loss))


def neurons_of(model, loss):
    """What each circle says of its neuron, line by line; the inputs left out."""
    loss.backward()
    found = list(shapes(draw_network(model, loss)))
    circles = [(x, y, across) for shape, x, y, across, _, _ in found if shape == "circle"]
    texts = [
        [s[-1]["label"].strip('"') for s in found if s[0] == "plaintext" and hypot(s[1] - x, s[2] - y) < across / 2]
        for x, y, across in circles
    ]
    return [lines for lines in texts if len(lines) > 1]


def test_a_softmax_by_hand_over_the_neurons_of_a_softmax_layer_is_drawn_without_their_activations():
    layer = Layer(2, 2, "softmax", bias=False)
    for neuron, weights in zip(layer.neurons, [[0.5, 0.25], [0.0, 0.0]], strict=True):
        for w, data in zip(neuron.w, weights, strict=True):
            w.data = data
    x = MLP.from_weights([[[2.0], [4.0]]])([1.0])  # one sample for all neurons
    a = [neuron(x) for neuron in layer.neurons]
    for shares in (quotients(a), softmax(a)):
        assert neurons_of(layer, -shares[0].log()) == [
            ["a₁ = 2", "z₁ not in this loss", "δ₁ = −0.1192"],
            ["a₂ = 0", "z₂ not in this loss", "δ₂ = 0.1192"],
        ]


def quotients(a):
    exponentials = [value.exp() for value in a]
    return [x / sum(exponentials, Value(0.0)) for x in exponentials]


def test_a_share_that_the_loss_does_not_use_says_so():
    model = MLP.from_weights([[[0.5, 0.25], [0.0, 0.0]]], output_activation="softmax")
    assert neurons_of(model, -model([2.0, 4.0])[0].log()) == [
        ["a₁⁽¹⁾ = 2", "y₁ = 0.8808", "δ₁⁽¹⁾ = −0.1192"],
        ["a₂⁽¹⁾ = 0", "y₂ not in this loss", "δ₂⁽¹⁾ = 0.1192"],
    ]


def test_an_activation_that_the_loss_goes_around_says_so_and_another_neurons_is_not_taken_for_it():
    model = MLP.from_weights([[[0.5]], [[0.25]]], activation="tanh", output_activation="tanh")
    first, second = model.layers
    loss = second([first([2.0]).operands[0]]) * 1.0
    assert neurons_of(model, loss) == [
        ["a₁⁽¹⁾ = 1", "z₁⁽¹⁾ not in this loss", "δ₁⁽¹⁾ = 0.2350"],
        ["a₁⁽²⁾ = 0.25", "y₁ = 0.2449", "δ₁⁽²⁾ = 0.9400"],
    ]


def test_layers_say_that_their_activations_are_not_in_the_loss():
    model = MLP(50, [20, 4], activation="tanh", output_activation="softmax", seed=1)
    hidden = model.layers[0]([0.1] * 50)
    a = [neuron(hidden) for neuron in model.layers[1].neurons]
    shown = labels(draw_network(model, quotients(a)[0]))
    assert shown.count("z: not in this loss") == 1


@pytest.mark.parametrize("model", [Layer(2, 3, "tanh"), Neuron(2, "sigmoid")], ids=["layer", "neuron"])
def test_a_layer_or_a_neuron_alone_is_drawn_too(model):
    outputs = model([1, 2])
    loss = half_squared_error(outputs, [0] * len(outputs) if isinstance(outputs, list) else 0)
    loss.backward()
    assert "x₁ = 1" in labels(draw_network(model, loss))


def test_inputs_keep_the_labels_that_they_came_with():
    model = MLP.from_weights([[[1.0]]])
    loss = half_squared_error(model([Value(2.0, "height")]), 1)
    assert "height = 2" in labels(draw_network(model, loss))


def test_past_60_neurons_layers_are_drawn_and_said_so():
    shown = labels(draw_network(*network(40, 30, 10)))
    assert "30 neurons, tanh" in shown
    assert any("80 circles are too many" in text and "collapse=False" in text for text in shown)
    full = draw_network(*network(61, 1), collapse=False)
    assert sum(s[0] == "circle" for s in shapes(full)) == 62


def test_two_models_in_one_graph_are_told_apart():
    first, second = MLP.from_weights([[[0.5]]]), MLP.from_weights([[[0.25]]])
    loss = half_squared_error(second([first([1])]), 0)
    loss.backward()
    assert "w₁,₁⁽¹⁾ = 0.5" in labels(draw_network(first, loss))
    assert "w₁,₁⁽¹⁾ = 0.25" in labels(draw_network(second, loss))


def test_of_several_passes_in_a_sample_the_last_is_drawn_and_said_so():
    cell = Neuron(1, "tanh")
    loss = half_squared_error(cell([cell([1.0])]), 0)
    loss.backward()
    shown = labels(draw_network(cell, loss))
    assert f"z = {number(loss.operands[1].operands[0].operands[0].operands[0].data)}" in shown
    assert "2 passes through this network in the sample; this is the last" in shown


def test_what_cannot_be_drawn_is_refused():
    _, loss = primer()
    assert refusal(ValueError, draw_network, MLP(2, [1]), loss) == (
        "Value(E = 0.1316, grad = 1) does not depend on this MLP: there is nothing to draw"
    )
    assert refusal(TypeError, draw_network, 3, loss) == "draw_network draws an MLP, a Layer or a Neuron; got 3 (int)"


def test_the_loss_comes_after_the_model():
    model, loss = primer()
    expected = "draw_network(model, loss) takes the model first, and then a loss, which is a Value; got "
    assert refusal(TypeError, draw_network, loss, model) == f"{expected}Value and MLP"
    assert refusal(TypeError, draw_network, model, [loss]) == f"{expected}MLP and list"


def test_a_model_whose_first_layer_is_not_in_the_loss_is_refused_and_its_layer_drawn():
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    loss = half_squared_error(model.layers[1]([1, 2, 3]), [0, 1])
    assert refusal(ValueError, draw_network, model, loss) == (
        "Value(E = 3.400, grad = —) depends on this MLP from layer 2 on, and so on none of its inputs; "
        "a layer can be drawn alone: draw_network(model.layers[1], loss)"
    )
    assert "x₃ = 3" in labels(draw_network(model.layers[1], loss))


def test_what_stands_between_the_layers_and_is_none_is_refused_with_the_remedy():
    model = MLP(2, [2, 1], activation="linear", seed=1)
    model.layers.insert(1, lambda xs: [x.tanh() for x in xs])
    loss = half_squared_error(model([1.0, 2.0]), 0.5)
    loss.backward()
    assert refusal(TypeError, draw_network, model, loss) == (
        "draw_network draws layers of Neurons; layers[1] is <lambda> (function). "
        "draw(loss) draws the graph of any model"
    )
