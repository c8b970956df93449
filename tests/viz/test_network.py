"""The network figure: every number where it belongs, and nothing on top of anything else."""

from __future__ import annotations

import itertools
import re
from math import hypot, inf
from xml.etree import ElementTree

import pytest

from engine import Value, softmax, topological_order
from engine.naming.names import in_brackets
from engine.support.numerals import lowered, number, raised
from nn import MLP, NIELSEN, Layer, Neuron, binary_cross_entropy, cross_entropy, half_squared_error, hinge
from tests.primer import WEIGHTS
from tests.refusals import refusal
from tests.viz.graphs import network, primer
from tests.viz.test_graph import labels
from viz import draw_network
from viz.text import exact, width

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


LABELLED = [(2, 3, 2), (3, 3, 3), (1, 1), (5, 1), (2, 4, 1)]
TABLED = [(4, 5, 3), (6, 2, 1), (8, 4, 2), (3, 8, 3), (10, 3, 1), (8, 1), (12, 12), (4, 8, 8, 3)]


def written(found):
    """(center, left end, height, text) of all that is written."""
    for shape, x, y, wide, _, attributes in found:
        if shape == "plaintext":
            yield x, x - wide / 2, y, attributes["label"].strip('"').removesuffix(r"\l")


@pytest.mark.parametrize("sizes", LABELLED, ids=str)
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


@pytest.mark.parametrize("sizes", TABLED, ids=str)
def test_where_connections_are_many_nothing_is_written_on_them(sizes):
    found = list(shapes(draw_network(*network(*sizes))))
    assert sum(s[0] == "box" for s in found) == 1 + sizes[-1]  # the loss, and the targets on the way to it
    assert not [text for *_, text in written(found) if re.match(r"(w|b)[₀-₉]|∂E/∂", text)]
    circles = [s for s in found if s[0] == "circle"]
    assert not [pair for pair in itertools.combinations(circles, 2) if overlap(*pair)]


def pairs(column):
    return zip(column[::2], column[1::2], strict=True)


def tables(drawing):
    """(title, names of rows, {head: numbers from the top down}) of each table below the figure."""
    texts = sorted(written(shapes(drawing)), key=lambda text: (-text[2], text[0]))
    titles = [text for text in texts if text[3].startswith("layer ")]
    for _, left, top, title in titles:
        right = min((x for _, x, y, _ in titles if y == top and x > left), default=inf)
        bottom = max((y for _, _, y, _ in titles if y < top), default=-inf)
        inside = [text for text in texts if left <= text[1] + 0.1 and text[0] < right and bottom < text[2] < top]
        heads = [text for text in inside if text[2] == inside[0][2]]
        columns = {head: [(y, text) for x, _, y, text in inside if abs(x - at) < 0.1][1:] for at, _, _, head in heads}
        middles = [(upper[0] + lower[0]) / 2 for upper, lower in pairs(columns[heads[0][3]])]
        names = [text for _, x, y, text in inside if abs(x - left) < 0.1 and min(abs(y - m) for m in middles) < 0.1]
        yield title, names, {head: [text for _, text in column] for head, column in columns.items()}


@pytest.mark.parametrize("sizes", TABLED, ids=str)
def test_every_weight_and_gradient_stands_in_the_row_of_its_neuron_and_the_column_of_its_input(sizes):
    model, loss = network(*sizes)
    found = list(tables(draw_network(model, loss)))
    for k, layer in enumerate(model.layers, start=1):
        mine = [table for table in found if table[0].startswith(f"layer {k}: w and b, below them ∂E/∂w and ∂E/∂b")]
        assert [title.endswith(", continued") for title, _, _ in mine] == [False, True][: len(mine)]
        before = [
            f"z{lowered(m)}{raised(f'({k - 1})')}" if k > 1 else f"x{lowered(m)}" for m in range(1, sizes[k - 1] + 1)
        ]
        expected = {
            head: [number(x) for weight in weights for x in (weight.data, weight.grad)]
            for head, weights in zip(
                [*before, "b"],
                [*zip(*(n.w for n in layer.neurons), strict=True), [n.b for n in layer.neurons]],
                strict=True,
            )
        }
        assert {head: column for _, _, columns in mine for head, column in columns.items()} == expected
        for _, names, _ in mine:
            assert names == [f"a{lowered(i)}{raised(f'({k})')}" for i in range(1, sizes[k] + 1)]


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
    assert "style=dashed" not in drawing.source
    assert not any(text.startswith("backward") for text in shown)
    assert shown[-1] == "—: not computed yet, or cleared"


def test_width_is_magnitude_and_an_exact_zero_is_dotted():
    model, loss = primer()
    assert "penwidth=3.40" in draw_network(model, loss).source
    zero = MLP.from_weights([[[0.0, 1.0]]])
    assert "style=dotted" in draw_network(zero, half_squared_error(zero([1, 2]), 0)).source


def test_a_legend_explains_what_is_in_the_figure_and_nothing_else():
    letters = (
        "Bishop’s notation: x input, w weight, a pre-activation, z activation, y output, t target, E loss, δ = ∂E/∂a"
    )
    model, loss = primer()
    ways = ["forward: thickest line |w| = 0.6", "backward: thickest line |∂E/∂w| = 0.4799"]
    assert labels(draw_network(model, loss))[-3:] == [*ways, letters]
    model.layers[0].neurons[0].w[0].data = 0.0
    assert labels(draw_network(model, loss))[-5:-1] == [*ways, "dotted: exactly zero", letters]
    lonely = MLP.from_weights([[[0.0]]])
    loss = lonely([1.0]) * 1.0
    loss.label = "L"
    loss.backward()
    assert labels(draw_network(lonely, loss))[-4:] == [
        "forward: every w is 0",
        "backward: thickest line |∂L/∂w| = 1",
        "dotted: exactly zero",
        "Bishop’s notation: x input, w weight, a pre-activation, y output, δ = ∂L/∂a",
    ]


def test_a_pass_under_way_is_said_in_one_line():
    model, loss = primer(backward=False)
    trace = loss.backward_steps()
    trace.goto(10)
    shown = labels(draw_network(model, loss))
    assert shown[-1] == "a backward pass is under way; —: not complete yet"
    assert {"δ₂⁽²⁾ = −0.003658", "δ₁⁽²⁾ = —"} < set(shown)
    trace.finish()
    assert draw_network(model, loss).source == draw_network(*primer()).source


def test_layers_of_a_pass_under_way_say_so_too():
    model, loss = network(40, 30, 10)
    loss.zero_grad()
    assert labels(draw_network(model, loss))[-1] == "—: not computed yet, or cleared"
    assert "dashed" not in draw_network(model, loss).source
    loss.backward_steps().step()
    assert labels(draw_network(model, loss))[-1] == "a backward pass is under way; —: not complete yet"


# ── names ──────────────────────────────────────────────────────────────────────────────────────


def labelled(label, *sizes):
    """A network whose loss, and some of whose weights, biases and targets, have labels of their own."""
    model, loss = network(*sizes)
    model.layers[0].neurons[0].w[0].label = f"w{label}"
    model.layers[-1].neurons[0].b.label = f"b{label}"
    loss.label = f"E{label}"
    for node in topological_order(loss):
        if node.role is not None and node.role.kind == "target" and node.role.index == (1,):
            node.label = f"t{label}"
    return model, loss


LABELS = ["′", "<b>", " = 2", "|x|", r"\N", "&amp;", '"];', "{}"]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_the_name_on_every_edge_in_the_legend_and_in_tooltips(label):
    model, loss = labelled(label, 2, 2, 2)
    weight, bias = model.layers[0].neurons[0].w[0], model.layers[-1].neurons[0].b
    drawing = draw_network(model, loss)
    shown, slope = labels(drawing), f"∂{in_brackets(f'E{label}')}/∂"
    names = {"E": loss.data, "w": weight.data, "b": bias.data, "t": 0.5}
    assert {f"{name}{label} = {number(data)}" for name, data in names.items()} < set(shown)
    assert {f"{slope}{in_brackets(v.label)} = {number(v.grad)}" for v in (weight, bias)} < set(shown)
    assert f"{slope}w = {number(model.layers[1].neurons[1].w[1].grad)}" in shown
    assert any(text.startswith(f"backward: thickest line |{slope}w| = ") for text in shown)
    assert any(text.endswith(f", δ = {slope}a") for text in shown)
    assert not any("∂E/∂" in text for text in shown)
    tips = [a.get("{http://www.w3.org/1999/xlink}title") for a in svg(drawing).iter("{http://www.w3.org/2000/svg}a")]
    told = f"w{label} = {exact(weight.data)}; {slope}{in_brackets(weight.label)} = {exact(weight.grad)}"
    assert tips.count(told) == 2  # on the way forward, and on the way back


@pytest.mark.parametrize("label", [*LABELS, " of quite some length"])
def test_a_label_is_the_name_in_a_table_too(label):
    model, loss = labelled(label, 4, 5, 3)
    shown = labels(draw_network(model, loss))
    weight, bias = model.layers[0].neurons[0].w[0], model.layers[-1].neurons[0].b
    assert {f"w{label} = {number(weight.data)}", f"b{label} = {number(bias.data)}"} < set(shown)
    slope = f"∂{in_brackets(f'E{label}')}/∂"
    assert f"layer 1: w and b, below them {slope}w and {slope}b" in shown


def test_names_too_long_for_a_connection_stand_in_a_table():
    model, loss = network(2, 2, 1)
    assert not list(tables(draw_network(model, loss)))
    loss.label = "the loss of this network"
    assert len(list(tables(draw_network(model, loss)))) == 2


def test_an_activation_with_a_label_is_called_by_it():
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    outputs = model([1, 2])
    outputs[0].label = "rain"
    outputs[0].operands[3].label = "sun"  # the first of the hidden neurons
    shown = labels(draw_network(model, half_squared_error(outputs, [1, 1.15])))
    assert {"a₁⁽²⁾ = 0.4869", "rain = 0.4869", "a₁⁽¹⁾ = 0.5", "sun = 0.4621"} < set(shown)
    assert not {"y₁ = 0.4869", "z₁⁽¹⁾ = 0.4621"} & set(shown)


def targets(loss_of, outputs=2, **options):
    """What stands on the lines from the outputs to the loss, from the top down."""
    x = [Value(0.5), Value(-0.25, "height")]
    model = MLP(2, [2, outputs], activation="tanh", seed=1, **options)
    loss = loss_of(model(x), x)
    found = list(shapes(draw_network(model, loss)))
    right = max(s[1] + s[3] / 2 for s in found if s[0] == "circle")
    left = next(s[1] - s[3] / 2 for s in found if "rounded" in s[-1].get("style", ""))
    return [text for x, _, y, text in sorted(written(found), key=lambda t: -t[2]) if right < x < left]


@pytest.mark.parametrize(
    ("loss", "shown"),
    [
        (lambda y, x: half_squared_error(y, [1.0, 0.0]), ["t₁ = 1", "t₂ = 0"]),
        (lambda y, x: half_squared_error(y, [Value(1.0, "truth"), 0.0]), ["truth = 1", "t₂ = 0"]),
        (lambda y, x: half_squared_error(y, x), ["x₁ = 0.5", "height = −0.25"]),
        (lambda y, x: (y[0] - x[0]) ** 2 + (y[1] - x[1]) ** 2, ["x₁ = 0.5", "height = −0.25"]),
        (lambda y, x: (y[0] - Value(1.0)) ** 2 + (Value(2.0, "t") - y[1]) ** 2, ["t₁ = 1", "t = 2"]),
        (lambda y, x: (y[0] - 1.0) ** 2 + y[1] * y[0], []),
        (lambda y, x: hinge(y, [1.0, -1.0]), ["t₁ = 1", "t₂ = −1"]),
        (lambda y, x: cross_entropy(y, [0.25, 0.75]), ["t₁ = 0.25", "t₂ = 0.75"]),
        (lambda y, x: cross_entropy(y[::-1], [0.25, 0.75]), ["t₂ = 0.75", "t₁ = 0.25"]),
        (lambda y, x: cross_entropy(y, [Value(0.25, "truth"), 0.75]), ["truth = 0.25", "t₂ = 0.75"]),
        (lambda y, x: cross_entropy(y, 1), []),
        (lambda y, x: binary_cross_entropy(y, [1.0, 0.0]), ["t₁ = 1", "t₂ = 0"]),
    ],
)
def test_what_an_output_is_compared_with_stands_on_its_line_to_the_loss(loss, shown):
    assert targets(loss) == shown


def test_a_weight_is_no_target():
    assert targets(lambda y, x: Neuron(2)(y)) == []


def test_an_input_that_is_computed_has_its_name_in_the_tooltip_too():
    model = MLP.from_weights([[[0.5]]])
    drawing = draw_network(model, half_squared_error(model([Value(2.0) * 3.0]), 1.0))
    assert "x₁ = 6" in labels(drawing)
    assert 'tooltip="x₁ = 6; ∂E/∂x₁ = —"' in drawing.source


def svg(drawing):
    return ElementTree.fromstring(drawing.pipe(format="svg"))


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
    assert shown.count("y: not in this loss") == 1


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
