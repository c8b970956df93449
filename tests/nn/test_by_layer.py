"""What a graph holds by layer, δ and the matrices, against the matrix equations in plain numpy."""

from itertools import pairwise

import numpy as np
import pytest

from engine import Value, no_grad
from nn import MLP, Layer, Neuron, cross_entropy, deltas, half_squared_error, matrices
from tests.primer import W1, W2
from tests.refusals import refusal

# ── δ ──────────────────────────────────────────────────────────────────────────────────────────

NO_NEURONS = "there are no neurons in this graph; δ belongs to the pre-activations that nn makes"

BATCH = [([1.0, 2.0], [1.0, 1.15]), ([-0.5, 0.25], [0.0, -1.0]), ([3.0, -2.0], [2.0, 0.5])]


def by_matrices(x, t):
    """δ⁽²⁾ = y − t and δ⁽¹⁾ = h′(a) ⊙ Wᵀδ⁽²⁾ (equations 5 and 7), to the rounding of numbers of size 1."""
    z = np.tanh(np.array(W1) @ x)
    output = np.array(W2) @ z - t
    hidden = (1 - z**2) * (np.array(W2).T @ output)
    return [pytest.approx(layer, rel=0, abs=1e-14) for layer in (hidden, output)]


@pytest.fixture
def model():
    return MLP.from_weights([W1, W2], activation="tanh")


@pytest.mark.parametrize("expand", [False, True], ids=["dot", "expanded"])
@pytest.mark.parametrize(("x", "t"), BATCH)
def test_the_deltas_are_those_of_the_matrix_equations(x, t, expand):
    E = half_squared_error(MLP.from_weights([W1, W2], activation="tanh", expand=expand)(x), t)
    E.backward()
    assert deltas(E) == [by_matrices(x, t)]


def test_several_samples_keep_apart(model):
    E = sum(half_squared_error(model(x), t) for x, t in BATCH)
    E.backward()
    assert deltas(E) == [by_matrices(x, t) for x, t in BATCH]


def test_the_same_inputs_twice_keep_apart(model):
    x = [Value(1.0), Value(2.0)]
    targets = [[1.0, 1.15], [0.0, 0.0]]
    E = sum(half_squared_error(model(x), t) for t in targets)
    E.backward()
    assert deltas(E) == [by_matrices([1.0, 2.0], t) for t in targets]


def test_delta_at_a_linear_output_is_y_minus_t(model):
    y = model([1.0, 2.0])
    E = half_squared_error(y, [1.0, 1.15])
    E.backward()
    assert deltas(E)[0][1] == [y[0].data - 1.0, y[1].data - 1.15]


def test_a_neuron_that_the_loss_passes_by_has_delta_zero(model):
    E = half_squared_error(model([1.0, 2.0])[1], 1.15)
    E.backward()
    hidden, output = deltas(E)[0]
    assert output[0] == 0.0
    assert len(hidden) == 3


def test_deltas_before_backward_are_refused(model):
    E = half_squared_error(model([1.0, 2.0]), [1.0, 1.15])
    assert refusal(ValueError, deltas, E) == "there is no δ yet: call loss.backward() first"


def test_a_graph_without_neurons_has_no_deltas():
    y = Value(2.0) * 3.0
    y.backward()
    assert refusal(ValueError, deltas, y) == NO_NEURONS


def by_layers():
    encoder, decoder = Layer(2, 3, "tanh", bias=False), Layer(3, 2, "linear", bias=False)
    for layer, matrix in ((encoder, W1), (decoder, W2)):
        for weight, number in zip(layer.parameters(), np.ravel(matrix), strict=True):
            weight.data = float(number)
    return encoder, decoder


def by_networks():
    return MLP.from_weights([W1], output_activation="tanh"), MLP.from_weights([W2])


def by_networks_with_a_function_between():
    encoder, decoder = MLP.from_weights([W1]), MLP.from_weights([W2])
    return lambda x: [a.tanh() for a in encoder(x)], decoder


@pytest.mark.parametrize("make", [by_layers, by_networks, by_networks_with_a_function_between])
@pytest.mark.parametrize(("x", "t"), BATCH)
def test_what_is_put_together_by_hand_is_one_sample_and_layer_after_layer(make, x, t):
    encoder, decoder = make()
    E = half_squared_error(decoder(encoder(x)), t)
    E.backward()
    assert deltas(E) == [by_matrices(x, t)]


def test_a_network_may_join_two_passes_through_another(model):
    # Two samples go through one encoder; the head that compares them belongs to neither.
    head = Layer(4, 1, "linear")
    E = half_squared_error(head([*model([1.0, 2.0]), *model([3.0, 4.0])]), 1.0)
    E.backward()
    signals = [delta for sample in deltas(E) for layer in sample for delta in layer]
    assert len(signals) == 2 * (3 + 2) + 1


def test_outputs_that_were_computed_without_recording_have_a_delta_too():
    model = MLP.from_weights([W1, W2], activation="tanh")
    with no_grad():
        outputs = model([1.0, 2.0])
    E = half_squared_error(outputs, [1.0, 1.15])
    E.backward()
    assert deltas(E) == [[[pytest.approx(-0.5130657587), pytest.approx(-0.0036581838)]]]


# ── matrices ───────────────────────────────────────────────────────────────────────────────────

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-2.0, 0.1, 0.3], [0.0, 1.0, 1.0]])
T = np.array([[1.0, 0.0], [0.0, 1.0], [0.25, 0.75], [0.0, 1.0]])
SIZES = [3, 4, 5, 2]


def sigma(a):
    return 1 / (1 + np.exp(-a))


def softmax(a):
    return np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)


SLOPES = {
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0) * 1.0),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (sigma, lambda a: sigma(a) * (1 - sigma(a))),
}
# output activation, loss, the outputs for a, δ⁽ᴸ⁾ for a and t
OUTPUTS = {
    "linear": ("linear", half_squared_error, lambda a: a, lambda a, t: a - t),
    "logits": ("linear", cross_entropy, lambda a: a, lambda a, t: softmax(a) - t),
    "sigmoid": ("sigmoid", half_squared_error, sigma, lambda a, t: (sigma(a) - t) * sigma(a) * (1 - sigma(a))),
    "softmax": (  # the Jacobian diag(s) − ssᵀ times the slope
        "softmax",
        half_squared_error,
        softmax,
        lambda a, t: softmax(a) * ((softmax(a) - t) - (softmax(a) * (softmax(a) - t)).sum(axis=1, keepdims=True)),
    ),
}


def network(activation="tanh", output_activation="linear", bias=True, expand=False):
    model = MLP(SIZES[0], SIZES[1:], activation, output_activation, bias, seed=3, expand=expand)
    generator = np.random.default_rng(4)
    for parameter in model.parameters():
        parameter.data = generator.uniform(-1, 1)  # biases as well
    return model


def trained_on(model, loss=half_squared_error, x=X, t=T):
    E = sum(loss(model(row), list(goal)) for row, goal in zip(x, t, strict=True))
    E.backward()
    return E


def close(array):
    return pytest.approx(array, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("expand", [False, True], ids=["dot", "expanded"])
@pytest.mark.parametrize("bias", [True, False], ids=["biases", "no biases"])
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("activation", SLOPES)
def test_a_network_of_scalars_is_the_network_of_matrices(activation, output, bias, expand):
    (h, slope), (name, loss, outputs, last_delta) = SLOPES[activation], OUTPUTS[output]
    model = network(activation, name, bias, expand)
    rest = iter(p.data for p in model.parameters())
    found = matrices(trained_on(model, loss))

    weights, biases = [], []
    for nin, nout in pairwise(SIZES):
        rows = np.array([[next(rest) for _ in range(nin + bias)] for _ in range(nout)])
        weights.append(rows[:, :nin])
        biases.append(rows[:, nin] if bias else np.zeros(nout))
    z, pre = [X], []
    for l, (W, b) in enumerate(zip(weights, biases, strict=True), start=1):
        pre.append(z[-1] @ W.T + b)
        z.append(h(pre[-1]) if l < len(weights) else outputs(pre[-1]))
    delta = [last_delta(pre[-1], T)]
    for W, a in zip(weights[:0:-1], pre[-2::-1], strict=True):
        delta.insert(0, (delta[0] @ W) * slope(a))

    assert len(found) == len(weights)
    for l, layer in enumerate(found):
        assert np.array_equal(layer.W, weights[l])
        assert layer.x == close(z[l])
        assert layer.a == close(pre[l])
        assert layer.z == close(z[l + 1])
        assert layer.delta == close(delta[l])
        assert layer.dW == close(delta[l].T @ z[l])
        if bias:
            assert np.array_equal(layer.b, biases[l])
            assert layer.db == close(delta[l].sum(axis=0))
        else:
            assert layer.b is None
            assert layer.db is None


def test_the_primers_matrices_have_its_numbers():
    # from the primer's TensorFlow reference, float32
    E = half_squared_error(MLP.from_weights([W1, W2], activation="tanh")([1.0, 2.0]), [1.0, 1.15])
    E.backward()
    hidden, output = matrices(E)
    assert np.array_equal(hidden.W, W1)
    assert np.array_equal(output.W, W2)
    assert hidden.a[0] == close([0.5, 1.1, 1.7])
    assert output.x[0] == pytest.approx([0.46211717, 0.8004991, 0.935409], rel=0, abs=1e-7)
    assert output.z[0] == pytest.approx([0.48693424, 1.1463418], rel=0, abs=1e-7)
    assert output.dW == pytest.approx(
        np.array([[-0.23709649, -0.41070867, -0.47992632], [-0.00169051, -0.00292837, -0.00342189]]), rel=0, abs=1e-7
    )


def test_arrays_are_of_float64_with_a_row_for_each_sample():
    found = matrices(trained_on(network()))
    shapes = [(m.W.shape, m.b.shape, m.x.shape, m.a.shape, m.z.shape, m.delta.shape, m.dW.shape) for m in found]
    assert shapes == [
        ((4, 3), (4,), (4, 3), (4, 4), (4, 4), (4, 4), (4, 3)),
        ((5, 4), (5,), (4, 4), (4, 5), (4, 5), (4, 5), (5, 4)),
        ((2, 5), (2,), (4, 5), (4, 2), (4, 2), (4, 2), (2, 5)),
    ]
    assert {m.delta.dtype for m in found} == {np.dtype("float64")}


def test_delta_is_that_of_deltas():
    E = trained_on(network())
    by_sample = [[layer.delta[i].tolist() for layer in matrices(E)] for i in range(len(X))]
    assert by_sample == deltas(E)


def test_matrices_are_copies():
    model = network()
    E = trained_on(model)
    matrices(E)[0].W[:] = 0.0
    assert model.layers[0].neurons[0].w[0].data != 0.0


def test_gradients_are_what_the_parameters_hold():
    model = network()
    E = trained_on(model)
    once = matrices(E)[1].dW
    E.backward()
    assert np.array_equal(matrices(E)[1].dW, 2 * once)


def test_layers_put_together_by_hand_are_layer_after_layer():
    encoder, decoder = Layer(3, 4, "tanh", seed=1), Layer(4, 2, "linear", seed=2)
    E = half_squared_error(decoder(encoder(X[0])), T[0])
    E.backward()
    first, second = matrices(E)
    assert np.array_equal(first.z, second.x)
    assert first.delta == close((second.delta @ second.W) * (1 - first.z**2))


def test_an_activation_by_hand_comes_between_z_and_x():
    encoder, decoder = Layer(3, 4, "linear", seed=1), Layer(4, 2, "linear", seed=2)
    E = half_squared_error(decoder([a.tanh() for a in encoder(X[0])]), T[0])
    E.backward()
    first, second = matrices(E)
    assert np.array_equal(first.z, first.a)
    assert second.x == close(np.tanh(first.a))


def test_a_neuron_alone_has_a_matrix_of_one_row():
    E = half_squared_error(Neuron(3, "tanh", seed=1)(X[0]), 1.0)
    E.backward()
    (layer,) = matrices(E)
    assert layer.W.shape == (1, 3)
    assert layer.dW == close(layer.delta.T @ layer.x)


def test_a_neuron_on_which_the_loss_does_not_depend_has_no_row():
    model = network()
    E = half_squared_error(model(X[0])[1], 1.0)
    E.backward()
    last = matrices(E)[-1]
    assert np.array_equal(last.W, [[w.data for w in model.layers[-1].neurons[1].w]])


def test_two_samples_that_a_network_joins_stay_two_below():
    encoder, head = Layer(3, 2, "tanh", seed=1), Layer(4, 1, "linear", seed=2)
    E = half_squared_error(head([*encoder(X[0]), *encoder(X[1])]), 1.0)
    E.backward()
    first, second = matrices(E)
    assert (first.a.shape, second.a.shape) == ((2, 2), (1, 1))
    assert first.dW == close(first.delta.T @ first.x)


# ── what has no matrices ───────────────────────────────────────────────────────────────────────


def test_before_backward_there_are_none():
    E = half_squared_error(network()(X[0]), T[0])
    assert refusal(ValueError, matrices, E) == "there is no δ yet: call loss.backward() first"


def without_neurons():
    return Value(2.0) * 3.0


def side_by_side():
    h = Layer(3, 2)(X[0])
    return Layer(2, 1)(h) + Layer(2, 1)(h)


def of_different_inputs():
    h = Layer(3, 4)(X[0])
    first, second = Layer(2, 2, "linear").neurons
    return first(h[:2]) + second(h[2:])


def through_different_networks():
    return Neuron(1)([1.0]) + Neuron(1)([2.0])


def with_a_bias_here_and_none_there():
    layer = Layer(2, 2, "linear")
    layer.neurons[0].b = None
    return half_squared_error(layer([1.0, 2.0]), [0.0, 0.0])


def without_recording():
    with no_grad():
        y = network()(X[0])
    return half_squared_error(y, T[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (without_neurons, NO_NEURONS),
        (side_by_side, "at depth 2 there are two layers side by side, and so no one matrix W"),
        (through_different_networks, "the samples go through different neurons in layer 1, so it has no one matrix W"),
        (of_different_inputs, "the neurons of layer 2 see different inputs, so it has no one matrix W"),
        (
            with_a_bias_here_and_none_there,
            "some neurons of layer 1 have a bias and some have none, so it has no one vector b",
        ),
        (
            without_recording,
            "Value(a₁⁽³⁾ = y₁ = −0.6125, grad = −1.613) was computed without recording: the graph does not hold its "
            "weights",
        ),
    ],
)
def test_a_graph_that_is_not_layer_after_layer_is_refused(make, message):
    E = make()
    E.backward()
    assert refusal(ValueError, matrices, E) == message
