"""Neuron, Layer, MLP: the primer's network, micrograd's reprs and draws, and models put together by hand."""

import random
from itertools import pairwise

import numpy as np
import pytest

from engine import Value, no_grad, topological_order
from engine.rules import TABLE
from engine.support.notation import INPUT
from engine.support.numerals import number
from nn import MLP, Layer, Module, Neuron, deltas, half_squared_error
from tests.primer import DW1, DW2, W1, W2, Z1, Y
from tests.primer import INPUTS as X
from tests.primer import TARGETS as T
from tests.refusals import refusal, refusal_and_notes
from tests.tables import read_table
from viz import draw_network

ALL = f"There are: {', '.join(sorted(['linear', 'softmax', *[rule.name for rule in TABLE if rule.arity == 1]]))}"

# ── the primer's network, against its TensorFlow reference (float32) ───────────────────────────


def primer(expand=False):
    return MLP.from_weights([W1, W2], activation="tanh", expand=expand)


def gradients(layer):
    return [[w.grad for w in neuron.w] for neuron in layer.neurons]


def close(rows):
    """To the 1e-7 that float32 knows."""
    return [pytest.approx(row, rel=0, abs=1e-7) for row in rows]


@pytest.mark.parametrize("expand", [False, True], ids=["dot", "expanded"])
def test_the_primer_agrees_with_its_reference(expand):
    model = primer(expand)
    z, y = model.layers[0](X), model(X)
    half_squared_error(y, T).backward()
    assert [[v.data for v in z], [v.data for v in y]] == close([Z1, Y])
    assert gradients(model.layers[0]) == close(DW1)
    assert gradients(model.layers[1]) == close(DW2)


def test_a_weight_shows_its_name_its_number_and_its_gradient():
    model = primer()
    w = model.layers[1].neurons[1].w[2]
    E = half_squared_error(model(X), T)
    assert repr(w) == "Value(w₂,₃⁽²⁾ = 0.6, grad = —)"
    E.backward()
    assert repr(w) == "Value(w₂,₃⁽²⁾ = 0.6, grad = −0.003422)"


def test_one_dot_is_a_product_for_each_weight_and_their_sum():
    def results(expand):
        model = primer(expand)
        x = [Value(number) for number in X]
        y = model(x)
        half_squared_error(y, T).backward()
        return [v.data for v in y] + [v.grad for v in (*x, *model.parameters())]

    assert results(expand=False) == pytest.approx(results(expand=True), rel=1e-15, abs=0)


def test_a_neuron_is_one_dot_and_its_activation():
    y = Neuron(3, "tanh")([1.0, 2.0, 3.0])
    assert [node.op.name for node in topological_order(y) if node.op] == ["dot", "tanh"]


def test_an_expanded_neuron_is_spelled_out():
    y = Neuron(3, "tanh", expand=True)([1.0, 2.0, 3.0])
    assert sorted(node.op.name for node in topological_order(y) if node.op) == ["mul", "mul", "mul", "sum", "tanh"]


# ── any network, against complex steps through plain numpy ─────────────────────────────────────

SIZES = [3, 4, 2, 2]
INPUTS = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-2.0, 0.1, 0.3]]
TARGETS = [[1.0, 0.0], [0.0, 1.0], [0.5, -0.5]]


def numpy_loss(vector):
    """½ Σ (y − t)² over all samples, of parameters in the order neuron by neuron, w then b; complex ones, too."""
    rest, z = iter(vector), np.array(INPUTS).T
    for i, (nin, nout) in enumerate(pairwise(SIZES), start=1):
        rows = np.array([[next(rest) for _ in range(nin + 1)] for _ in range(nout)])
        a = rows[:, :-1] @ z + rows[:, -1:]
        z = np.tanh(a) if i < len(SIZES) - 1 else 1 / (1 + np.exp(-a))
    return ((z - np.array(TARGETS).T) ** 2).sum() / 2


def test_gradients_of_a_batch_agree_with_complex_steps():
    random.seed(1)
    model = MLP(SIZES[0], SIZES[1:], activation="tanh", output_activation="sigmoid")
    for parameter in model.parameters():
        parameter.data = random.uniform(-1, 1)  # biases as well
    E = sum(half_squared_error(model(x), t) for x, t in zip(INPUTS, TARGETS, strict=True))
    E.backward()
    vector = np.array([p.data for p in model.parameters()], dtype=complex)
    step = 1e-100j  # f(x + ih) = f(x) + ih f′(x): exact, since nothing is subtracted
    slopes = [numpy_loss(vector + step * (np.arange(len(vector)) == i)).imag / 1e-100 for i in range(len(vector))]
    assert E.data == pytest.approx(numpy_loss(vector).real, rel=1e-14, abs=0)
    assert [p.grad for p in model.parameters()] == pytest.approx(slopes, rel=1e-12, abs=0)


# ── from_weights ───────────────────────────────────────────────────────────────────────────────


def test_weights_come_back_as_they_were_given():
    model = MLP.from_weights([W1, W2], biases=[[1, 2, 3], [4, 5]])
    assert [[[w.data for w in n.w] for n in layer.neurons] for layer in model.layers] == [W1, W2]
    assert [[n.b.data for n in layer.neurons] for layer in model.layers] == [[1.0, 2.0, 3.0], [4.0, 5.0]]


def test_weights_may_be_arrays():
    model = MLP.from_weights([np.array(W1), np.array(W2)], biases=[np.zeros(3), np.ones(2)])
    assert model.layers[1].neurons[0].w[2].data == 0.3
    assert type(model.layers[1].neurons[0].b.data) is float


def test_without_biases_there_are_no_bias_parameters():
    assert len(primer().parameters()) == 6 + 6
    assert all(neuron.b is None for layer in primer().layers for neuron in layer.neurons)


def test_biases_move_the_pre_activations():
    model = MLP.from_weights([[[2.0, 3.0]]], biases=[[10.0]])
    y = model([1.0, 2.0])
    y.backward()
    assert y.data == 18.0
    assert model.layers[0].neurons[0].b.grad == 1.0


@pytest.mark.parametrize(
    ("weights", "biases", "message"),
    [
        ([], None, "an MLP must have at least one layer; got weights=[]"),
        ([W1, [[0.1, 0.2]]], None, "W of layer 2 must have 3 columns, a column for each row of W of layer 1; got 2"),
        (
            [[[1.0, 2.0], [3.0]]],
            None,
            "W of layer 1 must have rows of one length, a row for each neuron; got lengths [1, 2]",
        ),
        ([W1, W2], [[0.0] * 3], "biases must have the lengths [3, 2]; got [3]"),
        ([W1, W2], [[0.0] * 3, [0.0]], "biases must have the lengths [3, 2]; got [3, 1]"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(weights, biases, message):
    assert refusal(ValueError, MLP.from_weights, weights, biases) == message


def test_given_weights_leave_the_random_generator_alone():
    random.seed(7)
    state = random.getstate()
    primer()
    assert random.getstate() == state


def test_refused_weights_leave_the_random_generator_alone():
    state = random.getstate()
    refused = refusal(ValueError, lambda: MLP.from_weights([W1, W2], output_activation="lineal"))
    assert refused == f"unknown activation 'lineal'; did you mean 'linear'? {ALL}"
    assert random.getstate() == state


# ── drawn weights ──────────────────────────────────────────────────────────────────────────────


def test_weights_are_drawn_from_pythons_generator_neuron_by_neuron():
    random.seed(1337)
    model = MLP(2, [3, 1])
    random.seed(1337)
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in neuron.w]
            assert neuron.b.data == 0.0


def test_a_seed_draws_what_micrograd_draws():
    random.seed(1337)
    first = MLP(2, [16, 16, 1]).layers[0].neurons[0]
    assert [w.data for w in first.w] == [0.23550571390294128, 0.06653114721000164]  # printed by micrograd 0.1.0


# ── calling ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [Neuron, lambda nin: Layer(nin, 1), lambda nin: MLP(nin, [3, 1])])
def test_one_output_is_a_value(make):
    assert isinstance(make(2)([1.0, 2.0]), Value)


@pytest.mark.parametrize("make", [lambda nin: Layer(nin, 3), lambda nin: MLP(nin, [1, 3])])
def test_several_outputs_are_a_list(make):
    y = make(2)([1.0, 2.0])
    assert type(y) is list
    assert [type(v) for v in y] == [Value] * 3


@pytest.mark.parametrize("make", [Neuron, lambda nin: Layer(nin, 3), lambda nin: MLP(nin, [3, 1])])
@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0, 3.0]], ids=len)
def test_a_wrong_number_of_inputs_is_refused(make, x):
    module = make(2)
    assert refusal(ValueError, module, x) == f"this {type(module).__name__} takes 2 inputs; got {len(x)}"


@pytest.mark.parametrize(
    "x", [(1, 2), np.array([1.0, 2.0]), iter([1.0, 2.0]), [Value(1.0), 2]], ids=["tuple", "array", "iterator", "list"]
)
def test_inputs_may_be_any_sequence_of_numbers_and_values(x):
    assert MLP.from_weights([[[3.0, 4.0]]])(x).data == 11.0


def test_numbers_become_input_leaves_with_gradients():
    y = MLP.from_weights([[[3.0, 4.0]]])([1.0, 2.0])
    y.backward()
    inputs = [node for node in topological_order(y) if node.role and node.role.kind == INPUT]
    assert [(x.data, x.grad) for x in inputs] == [(1.0, 3.0), (2.0, 4.0)]


def test_given_values_join_the_graph_with_their_labels():
    left, right = Value(1.0, "left"), Value(2.0)
    y = MLP.from_weights([[[3.0, 4.0]]])([left, right])
    y.backward()
    assert repr(left) == "Value(left = 1, grad = 3)"
    assert repr(right) == "Value(x₂ = 2, grad = 4)"


def test_the_same_inputs_twice_gather_both_gradients():
    model, x = MLP.from_weights([[[3.0, 4.0]]]), [Value(1.0), Value(2.0)]
    (model(x) + 10.0 * model(x)).backward()
    assert [v.grad for v in x] == [33.0, 44.0]
    assert [w.grad for w in model.parameters()] == [11.0, 22.0]


def test_a_model_without_gradients_gives_leaves():
    with no_grad():
        y = primer()(X)
    assert [v.data for v in y] == pytest.approx(Y, abs=1e-7)
    assert [v.operands for v in y] == [(), ()]


def test_layers_put_together_by_hand_are_the_mlp():
    model = primer()
    hidden, output = model.layers
    y = output(hidden(X))
    assert [v.data for v in y] == [v.data for v in model(X)]
    half_squared_error(y, T).backward()
    assert gradients(hidden) == close(DW1)
    assert gradients(output) == close(DW2)


def test_a_layer_that_feeds_itself_gathers_gradients_over_time():
    # h₁ = tanh(w x + v h₀), h₂ = tanh(w x′ + v h₁) with h₀ = 0, its derivatives written out
    w, v, x1, x2 = 0.5, -0.75, 1.0, 2.0
    cell = Neuron(2, "tanh", bias=False)
    cell.w[0].data, cell.w[1].data = w, v
    h = 0.0
    for x in (x1, x2):
        h = cell([x, h])
    h.backward()
    h1 = np.tanh(w * x1)
    h2 = np.tanh(w * x2 + v * h1)
    assert h.data == pytest.approx(h2, rel=1e-15, abs=0)
    assert cell.w[0].grad == pytest.approx((1 - h2**2) * (x2 + v * (1 - h1**2) * x1), rel=1e-14, abs=0)
    assert cell.w[1].grad == pytest.approx((1 - h2**2) * h1, rel=1e-14, abs=0)


# ── activations ────────────────────────────────────────────────────────────────────────────────


def test_hidden_layers_and_the_output_have_their_own_activations():
    y = MLP(2, [3, 3, 1], activation="tanh", output_activation="sigmoid")([1.0, 2.0])
    names = [node.op.name for node in topological_order(y) if node.op and node.op.name != "dot"]
    assert names == ["tanh"] * 6 + ["sigmoid"]


def test_the_defaults_are_relu_and_linear():
    y = MLP(2, [3, 1])([1.0, 2.0])
    assert [node.op.name for node in topological_order(y) if node.op] == ["dot", "relu"] * 3 + ["dot"]


@pytest.mark.parametrize("make", [lambda a: Neuron(2, a), lambda a: Layer(2, 1, a), lambda a: MLP(2, [1], a)])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sofmax", "unknown activation 'sofmax'; did you mean 'softmax'?"),
        ("sigmiod", "unknown activation 'sigmiod'; did you mean 'sigmoid'?"),
        ("ReLU", "unknown activation 'ReLU'; did you mean 'relu'?"),
        ("identity42", "unknown activation 'identity42'."),
        (None, "unknown activation None."),
    ],
)
def test_an_unknown_activation_is_refused_with_the_nearest_name(make, name, message):
    assert refusal(ValueError, make, name) == f"{message} {ALL}"


# ── softmax, which a layer has and a neuron has not ────────────────────────────────────────────


def numpy_softmax(a):
    return np.exp(a) / np.exp(a).sum()


@pytest.mark.parametrize("expand", [False, True], ids=["dot", "expanded"])
def test_a_softmax_output_is_the_softmax_of_the_pre_activations(expand):
    model = MLP(2, [3, 4], "tanh", "softmax", seed=1, expand=expand)
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    y = [v.data for v in model(X)]
    assert y == pytest.approx(numpy_softmax(W2 @ np.tanh(W1 @ X)), rel=1e-14)
    assert sum(y) == pytest.approx(1.0, rel=1e-15)


def test_a_hidden_layer_may_be_a_softmax():
    model = MLP(2, [3, 1], "softmax", seed=1)
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    assert model(X).data == pytest.approx((W2 @ numpy_softmax(W1 @ X)).item(), rel=1e-14)


def test_the_softmax_of_large_pre_activations_does_not_overflow():
    y = MLP.from_weights([[[1e4], [-1e4], [1e4]]], output_activation="softmax")([1.0])
    assert [v.data for v in y] == pytest.approx([0.5, 0.0, 0.5], rel=1e-12, abs=0)


def test_delta_before_a_softmax_is_its_jacobian_times_the_slope():
    model = MLP.from_weights([W1, W2], activation="tanh", output_activation="softmax")
    E = half_squared_error(model(X), [1.0, 0.0])
    E.backward()
    s = numpy_softmax(np.array(W2) @ np.tanh(np.array(W1) @ X))
    expected = (np.diag(s) - np.outer(s, s)) @ (s - [1.0, 0.0])
    assert deltas(E)[0][1] == pytest.approx(expected, rel=1e-12)


def test_a_softmax_layer_knows_its_parts_by_name():
    y = Layer(2, 2, "softmax")(X)
    assert [v.name for v in y] == ["z₁", "z₂"]
    outputs = MLP(2, [2, 2], "softmax", "softmax")(X)
    assert [v.name for v in outputs] == ["y₁", "y₂"]
    named = [node.name for node in topological_order(outputs[0]) if node.op and node.name]
    assert named == ["a₁⁽¹⁾", "a₂⁽¹⁾", "m", "s", "z₁⁽¹⁾", "z₂⁽¹⁾", "a₁⁽²⁾", "a₂⁽²⁾", "m", "s", "y₁"]


def test_a_softmax_network_can_be_explained_and_drawn():
    model = MLP.from_weights([[[1.0], [-1.0]]], output_activation="softmax")
    E = half_squared_error(model([0.5]), [1.0, 0.0])
    E.backward()
    share = 1 / (1 + np.exp(-1.0))
    assert str(E.explain("y[1]")).endswith(f"= {number(share - 1)}")
    figure = draw_network(model, E).source
    assert f"y₁ = {number(share)}" in figure
    assert f"y₂ = {number(1 - share)}" in figure


def test_a_large_figure_tells_softmax_layers():
    model = MLP(2, [60, 2], output_activation="softmax", seed=1)
    assert "2 neurons, softmax" in draw_network(model, half_squared_error(model(X), [1.0, 0.0])).source


def test_a_neuron_alone_has_no_softmax():
    message = "softmax weighs the neurons of a layer against each other; use it in a Layer or an MLP"
    assert refusal(ValueError, Neuron, 2, "softmax") == message


@pytest.mark.parametrize("make", [lambda: Layer(2, 1, "softmax"), lambda: MLP(2, [3, 1], output_activation="softmax")])
def test_the_softmax_of_one_neuron_is_refused(make):
    assert refusal(ValueError, make) == "the softmax of one neuron is always 1; give its layer another activation"


def test_softmax_neurons_are_called_so():
    assert repr(Layer(3, 2, "softmax")) == "Layer of [SoftmaxNeuron(3), SoftmaxNeuron(3)]"
    assert repr(Layer(3, 1, "softmax", nonlin=False)) == "Layer of [LinearNeuron(3)]"


def test_an_error_inside_a_network_names_the_neuron():
    model = MLP.from_weights([[[1.0], [-1.0]], [[1.0, 1.0]]], activation="log")
    _, *notes = refusal_and_notes(ValueError, model, [2.0])  # the message is Python's, and differs between versions
    assert notes == ["in log(Value(a₂⁽¹⁾ = −2, grad = —))", "log: x > 0"]


# ── making, and reprs ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [0, -1, 2.0, True, None])
def test_counts_are_positive_whole_numbers(count):
    assert refusal(ValueError, MLP, count, [1]) == f"a Neuron must have a positive number of inputs; got {count}"
    assert refusal(ValueError, MLP, 2, [count]) == f"a Layer must have a positive number of neurons; got {count}"


def test_a_network_has_a_layer():
    assert refusal(ValueError, MLP, 2, []) == "an MLP must have at least one layer; got nouts=[]"


def test_reprs_are_micrograds():
    assert repr(Neuron(3)) == "ReLUNeuron(3)"
    assert repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(Layer(2, 1, nonlin=False)) == "Layer of [LinearNeuron(2)]"
    assert repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    assert repr(Neuron(2, "tanh")) == "TanhNeuron(2)"


def test_a_notebook_shows_a_network_as_a_table_of_its_layers():
    model = MLP(784, [100, 10], "tanh", "softmax")
    head = ["layer", "inputs", "neurons", "activation", "parameters"]
    first, second = ["1", "784", "100", "tanh", "78500"], ["2", "100", "10", "softmax", "1010"]
    assert read_table(model._repr_html_()) == ("MLP of 79510 parameters", [head, first, second])
    assert read_table(model.layers[1]._repr_html_()) == ("Layer of 1010 parameters", [head, second])
    assert read_table(Layer(3, 1)._repr_html_()) == ("Layer of 4 parameters", [head, ["1", "3", "1", "relu", "4"]])


def test_the_table_names_what_someone_has_put_between_the_layers():
    class Halved(Layer):
        pass

    class Scale(Module):
        def __init__(self):
            self.by = Value(2.0)

        def __call__(self, x):
            return [self.by * v for v in x]

    model = MLP(2, [3, 2, 1], "tanh")
    model.layers[1] = Halved(3, 2)
    model.layers[1].neurons[1].nonlin = False
    model.layers[2:2] = [Scale(), lambda x: x]
    _, (_, *rows) = read_table(model._repr_html_())
    assert rows == [
        ["1", "2", "3", "tanh", "9"],
        ["2 Halved", "3", "2", "relu, linear", "8"],
        ["3 Scale", "", "", "", "1"],
        ["4 <lambda>", "", "", "", ""],
        ["5", "2", "1", "linear", "3"],
    ]


def test_the_table_of_a_deep_network_shows_how_it_begins_and_how_it_ends():
    _, (_, *rows) = read_table(MLP(1, [1] * 100)._repr_html_())
    assert [row[0] for row in rows] == [*map(str, range(1, 11)), "…", *map(str, range(91, 101))]


def test_a_repr_of_ones_own_is_what_a_notebook_shows():
    class Named(MLP):
        def __repr__(self):
            return "my network"

    assert Named(2, [1])._repr_html_() is None


@pytest.mark.parametrize(("activation", "name"), [("sigmoid", "Sigmoid"), ("silu", "SiLU"), ("neg", "Neg")])
def test_a_neuron_is_called_after_its_activation(activation, name):
    assert repr(Neuron(2, activation)) == f"{name}Neuron(2)"


def test_layer_sizes_that_are_no_list_are_refused_with_the_remedy():
    assert refusal(TypeError, MLP, 2, 3) == "nouts must be a list of layer sizes; for one layer of 3 neurons, [3]"


# ── what others have written, inside a Layer, an MLP or a list ─────────────────────────────────


class Doubled(Neuron):
    def __call__(self, x):
        return super().__call__(x) * 2.0


class Shy(Layer):
    def __call__(self, x):
        return [-v for v in super().__call__(x)]

    def parameters(self):
        return super().parameters()[:2]


class OwnNeuron:
    """Derived from nothing, as in a lecture."""

    def __init__(self, nin):
        self.w, self.b = [Value(0.5 * (i + 1)) for i in range(nin)], Value(-1.0)

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)

    def parameters(self):
        return [*self.w, self.b]


class OwnInit(Neuron):
    """It makes its own weights, and does not call __init__."""

    def __init__(self, nin, nonlin=True):
        self.w = [Value(1.0 + i) for i in range(nin)]
        self.b = Value(0.5)
        self.nonlin = nonlin


def test_a_neuron_with_a_call_of_its_own_is_heard_in_a_layer_and_in_an_mlp():
    model = MLP(2, [2, 1], seed=1)
    plain = model([1.0, -2.0]).data
    model.layers[1].neurons[0].__class__ = Doubled
    assert model([1.0, -2.0]).data == 2.0 * plain
    layer = Layer(2, 2, "linear", seed=1)
    first, second = (v.data for v in layer([1.0, -2.0]))
    layer.neurons[1].__class__ = Doubled
    assert [v.data for v in layer([1.0, -2.0])] == [first, 2.0 * second]


def test_a_layer_with_a_call_and_parameters_of_its_own_is_heard():
    model = MLP(2, [2, 1], activation="linear", seed=1)
    W, (v,) = ([[w.data for w in n.w] for n in layer.neurons] for layer in model.layers)
    model.layers[0].__class__ = Shy
    hidden = -(np.array(W) @ [1.0, -2.0])
    assert model([1.0, -2.0]).data == pytest.approx(v @ hidden, rel=1e-14)
    assert len(model.parameters()) == 2 + 3
    assert [path for path, _ in model.named_parameters()][:2] == ["layers.0.neurons.0.w.0", "layers.0.neurons.0.w.1"]


def test_neurons_that_derive_from_nothing_serve_in_a_layer():
    layer = Layer(2, 2, "linear", seed=1)
    layer.neurons = [OwnNeuron(2), OwnNeuron(2)]
    out = layer([2.0, 3.0])
    assert [v.data for v in out] == [3.0, 3.0]
    sum(out).backward()
    assert [p.grad for p in layer.parameters()] == [2.0, 3.0, 1.0] * 2
    layer.zero_grad()
    assert [p.grad for p in layer.parameters()] == [0.0] * 6


def test_a_neuron_that_makes_its_own_weights_has_what_the_rest_needs():
    neuron = OwnInit(2)
    assert (neuron([1.0, 2.0]).data, neuron([-9.0, 1.0]).data) == (5.5, 0.0)
    assert OwnInit(2, nonlin=False)([-9.0, 1.0]).data == -6.5
    layer = Layer(2, 1)
    layer.neurons = [OwnInit(2)]
    assert layer([1.0, 2.0]).data == 5.5
    assert repr(layer) == "Layer of [ReLUNeuron(2)]"


def test_a_method_patched_onto_neuron_is_heard(monkeypatch):
    model = MLP(2, [2, 1], seed=1)
    monkeypatch.setattr(Neuron, "__call__", lambda self, x: self.w[0] * 3.0)
    assert model([1.0, 2.0]).data == 3.0 * model.layers[1].neurons[0].w[0].data


def test_a_function_may_stand_between_the_layers():
    model = MLP(2, [3, 1], activation="linear", seed=1)
    W, (v,) = ([[w.data for w in n.w] for n in layer.neurons] for layer in model.layers)
    model.layers.insert(1, lambda xs: [x.tanh() for x in xs])
    assert model([1.0, -2.0]).data == pytest.approx(v @ np.tanh(np.array(W) @ [1.0, -2.0]), rel=1e-14)
    assert repr(model).startswith("MLP of [Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)], <lambda>, ")
    assert len(model.parameters()) == 9 + 4


def test_a_function_before_the_layers_may_give_plain_numbers():
    model = MLP(2, [2, 1], "linear", seed=1)
    expected = model([2.0, -4.0]).data
    model.layers.insert(0, lambda xs: [2.0 * x for x in xs])
    out = model([1.0, -2.0])
    assert out.data == expected
    out.backward()
    (v,), w = model.layers[2].neurons, model.layers[1].neurons[0].w
    assert [p.grad for p in w] == [v.w[0].data * 2.0, v.w[0].data * -4.0]


def test_what_a_function_gives_goes_on_as_it_is_a_list_of_one_too():
    model = MLP(2, [1, 1], "linear", seed=1)
    hidden, out = (layer.neurons[0] for layer in model.layers)
    seen = []
    model.layers[1:1] = [lambda x: [seen.append(x) or x.tanh()], lambda xs: [x * 2.0 for x in xs]]
    expected = np.tanh(hidden.w[0].data - 2.0 * hidden.w[1].data) * 2.0 * out.w[0].data
    assert model([1.0, -2.0]).data == pytest.approx(expected, rel=1e-14)
    assert isinstance(seen[0], Value)  # a layer of one neuron gives the Value itself, as in micrograd
    model.layers.append(lambda y: [y])
    assert [y.data for y in model([1.0, -2.0])] == pytest.approx([expected], rel=1e-14)
    model.layers[2:] = [lambda xs: xs[0], model.layers[4]]  # one Value, not in a list, for a layer
    assert model([1.0, -2.0])


@pytest.mark.parametrize(("change", "count"), [(lambda xs: xs[:2], 2), (lambda xs: [*xs, *xs], 6)])
def test_a_function_that_gives_a_layer_another_number_of_inputs_is_refused(change, count):
    model = MLP(2, [3, 1], seed=1)
    model.layers.insert(1, change)
    with pytest.raises(ValueError, match=f"^this Layer takes 3 inputs; got {count}$"):
        model([1.0, 2.0])


def test_a_layer_that_someone_made_wider_is_refused_by_the_neurons_after_it():
    model = MLP(2, [3, 1], seed=1)
    model.layers[0].neurons.append(Neuron(2, seed=2))
    with pytest.raises(ValueError, match=r"^this Neuron takes 3 inputs; got 4$"):
        model([1.0, 2.0])


class Quadratic(Neuron):
    """w·x + v·x² + b: twice as many weights as inputs."""

    def __init__(self, nin):
        self.w, self.b = [Value(0.1 * (i + 1)) for i in range(2 * nin)], Value(0.5)

    def __call__(self, x):
        return sum((w * v for w, v in zip(self.w, [*x, *(v * v for v in x)], strict=True)), self.b)


def test_a_neuron_of_ones_own_takes_as_many_inputs_as_it_likes():
    model = MLP(2, [2, 1], seed=1)
    model.layers[0].neurons = [Quadratic(2), Quadratic(2)]
    expected = 0.5 + 0.1 * 3.0 - 0.2 * 2.0 + 0.3 * 9.0 + 0.4 * 4.0
    assert [v.data for v in model.layers[0]([3.0, -2.0])] == pytest.approx([expected] * 2, rel=1e-14)
    v = model.layers[1].neurons[0].w
    assert model([3.0, -2.0]).data == pytest.approx(expected * (v[0].data + v[1].data), rel=1e-14)


class TheirNeuron(Neuron):
    """The neuron of the lecture, line by line; neither it nor the two below call `super().__init__()`."""

    def __init__(self, nin, nonlin=True):
        self.w = [Value(0.1 * (i + 1)) for i in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act


class TheirLayer(Layer):
    def __init__(self, nin, nout, neuron=TheirNeuron, **options):
        self.neurons = [neuron(nin, **options) for _ in range(nout)]


class TheirMLP(MLP):
    def __init__(self, nin, nouts, **options):
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [TheirLayer(sizes[i], sizes[i + 1], nonlin=i != last, **options) for i in range(len(nouts))]


@pytest.mark.parametrize("neuron", [TheirNeuron, OwnInit])
def test_layers_and_networks_that_do_not_call_init_work(neuron):
    model = TheirMLP(2, [3, 1], neuron=neuron)
    first, last = ([[w.data for w in n.w] for n in layer.neurons] for layer in model.layers)
    (b, *_), (c,) = ([n.b.data for n in layer.neurons] for layer in model.layers)
    hidden = np.maximum(np.array(first) @ [1.0, 2.0] + b, 0.0)
    (expected,) = np.array(last) @ hidden + c
    assert model([1.0, 2.0]).data == pytest.approx(expected, rel=1e-14)
    assert model.predict([[1.0, 2.0]]) == pytest.approx([expected], rel=1e-14)
    assert repr(model) == f"MLP of [Layer of [{', '.join(['ReLUNeuron(2)'] * 3)}], Layer of [LinearNeuron(3)]]"
    assert len(model.parameters()) == 3 * 3 + 4


def test_nonlin_reads_and_writes():
    neuron = Neuron(1, "tanh", seed=1)
    neuron.w[0].data = -1.0
    assert neuron.nonlin is True
    neuron.nonlin = False
    assert (neuron([2.0]).data, neuron.activation, repr(neuron)) == (-2.0, "linear", "LinearNeuron(1)")
    assert neuron([2.0]).name == "a = z"
    neuron.nonlin = True
    assert (neuron([2.0]).data, neuron.activation) == (np.tanh(-2.0), "tanh")


def test_a_neuron_may_keep_what_it_computes_under_any_name():
    class Remembering(Neuron):
        def __call__(self, x):
            self.result = self.pre_activation = super().__call__(x)
            return self.result

    neuron = Remembering(2, seed=1)
    assert neuron([1.0, 2.0]) is neuron.result
