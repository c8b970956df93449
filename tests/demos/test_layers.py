"""Deep networks: against 30-digit differences, and the article's listing typed off once more in plain numpy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from demos.kit.checks import Outcome
from demos.layers import DEMO, derivation, training
from demos.layers.example import BIASES, WEIGHTS, ByHand, Example, X, Y, by_hand, cross_entropy_of_outputs
from demos.layers.online import OnlineNetwork, deltas_by_the_article
from demos.mnist.reading import pooled
from engine import Value
from nn import half_squared_error

KINDS = {
    "linear, ½ (y − f)²": ("linear", half_squared_error),
    "sigmoid, cross-entropy": ("sigmoid", cross_entropy_of_outputs),
    "sigmoid, ½ (y − f)²": ("sigmoid", half_squared_error),
}


def online_error(kind, change=None, shift=0):
    """J in 30 digits; `change` is (layer, neuron, input), input 0 the bias, by which `shift` is added to a weight."""
    x = [mpmath.mpf(v) for v in X]
    for l, (W, b) in enumerate(zip(WEIGHTS, BIASES, strict=True), start=1):
        z = []
        for i, (row, bias) in enumerate(zip(W, b, strict=True), start=1):
            weights = [mpmath.mpf(w) + (shift if change == (l, i, j) else 0) for j, w in enumerate((bias, *row))]
            z.append(weights[0] + sum(w * v for w, v in zip(weights[1:], x, strict=True)))
        x = [max(v, mpmath.mpf(0)) for v in z]
    f = z if kind.startswith("linear") else [1 / (1 + mpmath.exp(-v)) for v in z]
    if kind.endswith("cross-entropy"):
        return -sum(y * mpmath.log(p) + (1 - y) * mpmath.log(1 - p) for p, y in zip(f, Y, strict=True))
    return sum((y - p) ** 2 for p, y in zip(f, Y, strict=True)) / 2


def slope(kind, change):
    with mpmath.workdps(30):
        return float(mpmath.diff(lambda shift: online_error(kind, change, shift), 0))


ALL = [(l, i, j) for l, W in enumerate(WEIGHTS, 1) for i, row in enumerate(W, 1) for j in range(len(row) + 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_has_the_slopes_of_the_online_error(kind):
    found = Example(*KINDS[kind])
    gradients = [(np.column_stack([layer.db, layer.dW])[i - 1, j], slope(kind, (l, i, j))) for l, i, j in ALL
                 for layer in [found.layers[l - 1]]]  # fmt: skip
    ours, exact = zip(*gradients, strict=True)
    assert ours == pytest.approx(exact, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("l", "i"), [(3, 1), (3, 2), (2, 1), (2, 2), (1, 1), (1, 2), (1, 3)])
def test_part_1_is_the_slope_by_the_bias_for_that_is_how_z_enters(l, i):
    exact = slope("sigmoid, cross-entropy", (l, i, 0))
    assert by_hand().part_1[l - 1][i - 1] == pytest.approx(exact, rel=1e-9, abs=1e-12)


def test_each_part_has_its_row_and_one_neuron_is_off():
    parts = ["Part 3", "Part 4", "Part 1", "Part 2", "∂J/∂w₂,"]
    for section, expected in (
        (derivation.last_layer(), ["Part 1", "Part 2", "∂J/∂w₁,"]),
        (derivation.layer_before(), parts),
        (derivation.first_layer(), [*parts, *parts[:-1], "∂J/∂w₃,"]),
    ):
        assert [check.quantity[: len(name)] for check, name in zip(section.checks, expected, strict=True)] == expected
        assert {check.outcome for check in section.checks} == {Outcome.HOLDS}
    off = derivation.first_layer().checks[5:]
    assert [check.exact for check in off] == ["−0.3170", "0", "0", "1", "0"]


def test_part_1_is_minus_the_error_for_two_kinds_of_unit_and_not_for_the_third():
    found = derivation.which_units().checks
    assert [check.quantity for check in found] == list(KINDS)
    assert [check.outcome for check in found] == [Outcome.HOLDS, Outcome.HOLDS, Outcome.SLIP]
    exact = [slope(kind, (3, 1, 0)) for kind in KINDS]
    assert [float(check.exact.replace("−", "-")) for check in found] == pytest.approx(exact, rel=5e-4)
    assert [check.printed == check.exact for check in found] == [True, True, False]


# ── the training class ─────────────────────────────────────────────────────────────────────────


def listing(W1, W2, records, labels, rate):
    """forward_pass, back_prop and update_weights as the article has them, with arrays for its neurons' fields."""
    for x, y_actual in zip(records, labels, strict=True):
        x_values = np.array([1.0, *x])
        z1 = W1 @ x_values
        inputs = np.array([1.0, *(max(z, 0.0) for z in z1)])
        output = 1 / (1 + np.exp(-(W2 @ inputs)))
        partial_output_2 = [output[k] - (1 if y_actual == k else 0) for k in range(len(output))]
        partial_output_1 = []
        for id_neuron in range(len(z1)):
            partial = sum(d * W2[k][id_neuron + 1] for k, d in enumerate(partial_output_2))
            partial_output_1.append(partial * (1 if z1[id_neuron] > 0 else 0))
        W1, W2 = W1 - rate * np.outer(partial_output_1, x_values), W2 - rate * np.outer(partial_output_2, inputs)
    return W1, W2


def arrays(network):
    return [
        np.array([[weight.data for weight in neuron.weights] for neuron in layer])
        for layer in (network.layer_one, network.layer_two)
    ]


def small():
    """A network of 6 inputs, 5 ReLUs and 3 classes, and some records."""
    generator = np.random.default_rng(1)
    return OnlineNetwork(6, 5, 3, seed=2), generator.uniform(-1, 1, (30, 6)), generator.integers(0, 3, 30).tolist()


def test_training_neuron_by_neuron_is_the_articles_listing():
    network, records, labels = small()
    expected = listing(*arrays(network), records, labels, 0.1)
    for record, label in zip(records.tolist(), labels, strict=True):
        network.forward_pass([Value(x) for x in record])
        network.back_prop(label)
        network.update(0.1)
    for found, exact in zip(arrays(network), expected, strict=True):
        assert found == pytest.approx(exact, rel=1e-12, abs=1e-14)


def test_weight_0_is_the_bias_and_its_derivative_is_delta():
    network, records, labels = small()
    network.forward_pass([Value(x) for x in records[0].tolist()])
    network.back_prop(labels[0])
    for neuron in network.neurons:
        assert neuron.weights[0] is neuron.unit.b
        assert neuron.gradient[0] == neuron.delta == neuron.unit.b.grad
        assert neuron.gradient[1:] == pytest.approx([w.grad for w in neuron.unit.w], rel=1e-14)
    assert deltas_by_the_article(network, labels[0]) == pytest.approx([n.delta for n in network.neurons], rel=1e-12)


def test_delta_is_the_slope_of_the_online_error_by_z():
    network, records, labels = small()

    def error():
        network.forward_pass([Value(x) for x in records[3].tolist()])
        return network.back_prop(labels[3]).data

    error()
    deltas = [neuron.delta for neuron in network.neurons]
    step = 1e-6
    for neuron, delta in zip(network.neurons, deltas, strict=True):
        bias = neuron.weights[0]
        bias.data += step
        above = error()
        bias.data -= 2 * step
        below = error()
        bias.data += step
        assert delta == pytest.approx((above - below) / (2 * step), abs=1e-8)


def test_pooled_pixels_are_the_means_of_squares():
    class Two:
        images = np.zeros((2, 28, 28), np.uint8)

        def __len__(self):
            return 2

    Two.images[1, 0, 2:4] = 255
    rows = pooled(Two(), 14)
    assert rows.shape == (2, 196)
    assert rows[1, 1] == 0.5
    assert rows.sum() == 0.5


def test_a_tenth_of_the_records_was_seen_once_and_helped():
    found = training.trained()
    assert len(found.errors) == len(found.right) == 500
    before, after = found.accuracy
    assert before < 0.25
    assert after > 0.55
    assert np.mean(found.right[-100:]) > np.mean(found.right[:100]) + 0.2


def test_what_the_listing_calls_by_the_output_is_by_z():
    of_an_output, off = training.the_class().checks
    assert {of_an_output.outcome, off.outcome} == {Outcome.SLIP}
    assert "computes −0.4524; the engine has ∂J/∂z = −0.4524 and ∂J/∂output = −1.826" in of_an_output.why
    assert "computes 0; the engine has ∂J/∂z = 0 and ∂J/∂output = −0.3170" in off.why


def test_a_wrong_part_1_is_not_explained(monkeypatch):
    right = by_hand()
    wrong = ByHand(right.x, right.z, [-part for part in right.part_1])
    for module in (derivation, training):
        monkeypatch.setattr(module, "by_hand", lambda: wrong)
    unexplained = [check for check in DEMO.checks() if check.outcome is Outcome.UNEXPLAINED]
    assert "∂J/∂w₁,₂⁽ᵏ⁺²⁾" in {check.quantity for check in unexplained}
    assert {"back_prop", "General case of backpropagation"} <= {check.where for check in unexplained}
