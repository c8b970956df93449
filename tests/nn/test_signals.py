"""δ, the error signals: ∂E/∂a of every neuron, for each sample and each layer."""

import numpy as np
import pytest

from engine import Value, no_grad
from nn import MLP, Layer, deltas, half_squared_error
from tests.primer import W1, W2

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
    with pytest.raises(ValueError, match=r"there is no δ yet: call loss\.backward\(\) first"):
        deltas(E)


def test_a_graph_without_neurons_has_no_deltas():
    y = Value(2.0) * 3.0
    y.backward()
    with pytest.raises(ValueError, match="there are no neurons in this graph"):
        deltas(y)


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
