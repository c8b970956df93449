"""Softmax, cross-entropy and the matrix equations: against 30 digits, differences, and a training in plain numpy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from demos.kit.checks import Outcome, Place
from demos.mnist.reading import load
from demos.softmax import DEMO, costs, jacobian
from demos.softmax.classifier import CLASSIFIER, DEEP, two_layers
from demos.softmax.costs import CONFIDENT, ENTROPY, SQUARES, course
from demos.softmax.example import POINTS, MatrixExample, hadamard, impossible, product
from demos.softmax.jacobian import LOGITS, TRUE
from demos.softmax.points import SQUARED, vector_notation
from nn import MLP, cross_entropy, squared_error


def shares(z):
    """The softmax in 30 digits."""
    return [mpmath.exp(x) / sum(mpmath.exp(y) for y in z) for x in z]


def by_differences(function, z):
    with mpmath.workdps(30):
        orders = [tuple(int(i == j) for j in range(len(z))) for i in range(len(z))]
        return [float(mpmath.diff(lambda *z: function(z), tuple(map(mpmath.mpf, z)), order)) for order in orders]


@pytest.mark.parametrize("read", [jacobian.jacobian_by_backward, jacobian.jacobian_by_second_use])
def test_the_jacobian_is_that_of_the_softmax(read):
    exact = [by_differences(lambda z, i=i: shares(z)[i], LOGITS) for i in range(len(LOGITS))]
    assert read() == pytest.approx(np.array(exact), rel=1e-12)


@pytest.mark.parametrize("c", CONFIDENT)
def test_what_a_wrong_output_learns_with_either_cost(c):
    z = (c, 0.0, 0.0)
    a, by_entropy, by_squares = costs.signals(c)
    squares = by_differences(lambda z: sum((x - t) ** 2 for x, t in zip(shares(z), (0, 1, 0), strict=True)), z)
    assert a == pytest.approx(float(shares(z)[1]), rel=1e-12)
    assert by_entropy == pytest.approx(by_differences(lambda z: -mpmath.log(shares(z)[1]), z)[1], rel=1e-9)
    assert by_squares == pytest.approx(squares[1], rel=1e-9)


def test_the_appendix_holds_line_by_line():
    rows = jacobian.appendix().checks
    assert {row.outcome for row in rows} == {Outcome.HOLDS}
    cost = float(-mpmath.log(shares(LOGITS)[TRUE]))
    assert [float(row.exact) for row in rows[:3]] == pytest.approx([cost] * 3, rel=5e-4)
    assert [row.formula for row in rows[3:]] == ["−y", "exp z", "1/S · ∂S/∂z = a", "a − y", "a − y"]


# ── the matrix equations ───────────────────────────────────────────────────────────────────────

NETS = {
    "squared": (SQUARED, "sigmoid", "sigmoid", squared_error, 7),
    "classifier": (CLASSIFIER, "relu", "linear", cross_entropy, 4),
    "deep": (DEEP, "relu", "linear", cross_entropy, 7),
}


def cost(name, W, b, net):
    """The sum of all points' costs, by numpy."""
    A = np.array(net.points).T
    for l in range(1, len(W)):
        Z = W[l] @ A + b[l]
        A = 1 / (1 + np.exp(-Z)) if name == "squared" else np.maximum(Z, 0)
    if name == "squared":
        return np.sum((A - net.Y) ** 2)
    return -np.sum(net.Y * (Z - np.log(np.exp(Z).sum(axis=0))))


@pytest.mark.parametrize("name", NETS)
def test_the_matrices_read_off_the_graph_hold_the_slopes_of_the_cost(name):
    net = MatrixExample(*NETS[name])
    (mean_W, mean_b), step = net.mean(), 1e-6
    for parameters, gradients, means in ((net.W, net.dW, mean_W), (net.b, net.db, mean_b)):
        for array, gradient, mean in zip(parameters[1:], gradients[1:], means[1:], strict=True):
            for place in np.ndindex(array.shape):
                middle = array[place]
                array[place] = middle + step
                above = cost(name, net.W, net.b, net)
                array[place] = middle - step
                slope = (above - cost(name, net.W, net.b, net)) / (2 * step)
                array[place] = middle
                assert gradient[place] == pytest.approx(slope, abs=1e-7)
                assert mean[place] == pytest.approx(slope / POINTS, abs=1e-7)


@pytest.mark.parametrize("name", ["classifier", "deep"])
def test_in_every_hidden_layer_some_relus_are_on_and_some_are_off(name):
    net = MatrixExample(*NETS[name])
    assert all(0 < np.mean(net.Z[l] > 0) < 1 for l in range(1, net.L))


def test_every_slip_is_there_once_and_shown_to_the_letter():
    slips = [check for check in DEMO.checks() if check.outcome is Outcome.SLIP]
    assert [check.quantity for check in slips] == [
        "δ⁽²⁾ = ∂C/∂a⁽²⁾ ⊙ Softmax′(z⁽²⁾)",
        "W as displayed, in W a + b",
        "zₖ⁽¹⁾, its sum to nₗ",
        "∂zₖ⁽²⁾/∂zᵢ⁽¹⁾",
        "δ⁽¹⁾",
        "δ⁽ᴸ⁻¹⁾ = μ′(z⁽ᴸ⁾) ⊙ W⁽ᴸ⁾ᵀ δ⁽ᴸ⁾",
        "∂C/∂W⁽³⁾ of C = 1/N Σ ‖a − y‖²",
        "∂C/∂b⁽³⁾ of C = 1/N Σ ‖a − y‖²",
        "z⁽²⁾ = W⁽¹⁾ a⁽¹⁾ + b⁽²⁾",
        "Z⁽²⁾ = W⁽¹⁾ A⁽¹⁾ + B⁽²⁾",
        "δ⁽¹⁾ = ReLU′(z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ δ⁽²⁾",
        "Δ⁽¹⁾ = ReLU′(Z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ Δ⁽²⁾",
        "∂C/∂b⁽²⁾",
        "zₗ⁽¹⁾ = W⁽¹⁾ aₗ⁽⁰⁾ + bₗ⁽¹⁾",
        "ReLU′(0)",
        "Δ⁽²⁾",
        "Δ⁽¹⁾",
    ]
    assert all(check.why for check in slips)


def test_a_mean_without_its_1_over_n_is_n_times_too_large():
    slips = [check for check in vector_notation().checks if "1/N" in check.quantity]
    assert [check.exact for check in slips] == ["within 3.0"] * 2  # |4g − g| / |g|


def test_a_product_whose_shapes_fit_is_not_called_impossible():
    square, other = np.eye(3), np.ones((2, 3))
    place = Place("", "")
    arguments = "Z", "W⁽¹⁾", "W⁽²⁾"
    assert impossible(place, *arguments, product, square, other, square, square).outcome is Outcome.SLIP
    assert impossible(place, *arguments, product, square, square, square, square).outcome is Outcome.UNEXPLAINED
    assert impossible(place, *arguments, hadamard, square, other, square, square).outcome is Outcome.SLIP
    assert impossible(place, *arguments, product, square, other, square, 2 * square).outcome is Outcome.UNEXPLAINED


def test_a_transposed_weight_matrix_is_not_explained(monkeypatch):
    read = MatrixExample.read

    def wrong(net, cost):
        read(net, cost)
        net.W[2] = net.W[2].T

    monkeypatch.setattr(MatrixExample, "read", wrong)
    outcomes = {check.quantity: check.outcome for check in two_layers().checks}
    assert outcomes["∂C/∂W⁽¹⁾"] is outcomes["Z⁽²⁾ = W⁽¹⁾ A⁽¹⁾ + B⁽²⁾"] is Outcome.UNEXPLAINED


# ── the training ───────────────────────────────────────────────────────────────────────────────


def surprises(name, rate, steps):
    """−log a of the test images after each step, by numpy."""
    mnist = load()

    def rows(digits):
        return digits.images.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49).T / 255

    x, labels, tested = rows(mnist.train)[:, :500], mnist.train.labels[:500], rows(mnist.test)
    model = MLP(49, [10, 10], init="xavier", seed=1)
    W1, W2 = (np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers)
    b1, b2, y = np.zeros((10, 1)), np.zeros((10, 1)), np.eye(10)[:, labels]

    def forward(x):
        z = W1 @ x + b1
        a = np.exp(W2 @ np.maximum(z, 0) + b2)
        return z, a / a.sum(axis=0)

    found = []
    for _ in range(steps):
        z, a = forward(x)
        error = 2 * (a - y)
        delta = (a - y) / 500 if name == ENTROPY else (a * error - a * np.sum(a * error, axis=0)) / 500
        below = (W2.T @ delta) * (z > 0)
        W2, b2 = W2 - rate * delta @ np.maximum(z, 0).T, b2 - rate * delta.sum(1, keepdims=True)
        W1, b1 = W1 - rate * below @ x.T, b1 - rate * below.sum(1, keepdims=True)
        found.append(-np.mean(np.log(forward(tested)[1][mnist.test.labels, np.arange(1000)])))
    return found


@pytest.mark.parametrize("name", [ENTROPY, SQUARES])
def test_the_net_trains_as_it_does_in_numpy_with_either_cost(name):
    assert course(name, 0.5).surprise[:20] == pytest.approx(surprises(name, 0.5, 20), rel=1e-9)


def test_the_squared_error_is_slower_at_the_same_rate_and_bears_a_larger_one():
    assert [check.outcome for check in costs.training().checks] == [Outcome.HOLDS] * 2
    for rate in (0.1, 0.5, 1.0):
        assert course(ENTROPY, rate).accuracy[-1] > course(SQUARES, rate).accuracy[-1] + 0.05
    assert course(SQUARES, 3.0).accuracy[-1] > course(ENTROPY, 3.0).accuracy[-1] + 0.05
