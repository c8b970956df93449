"""One neuron, chains and paths: against 30-digit differences, closed forms and counting by hand."""

from __future__ import annotations

from itertools import product
from math import prod

import mpmath
import pytest

from demos.kit.checks import Outcome, Place
from demos.kit.quantities import Graph
from demos.neuron import DEMO, chain, paths
from demos.neuron.chain import BIASES, DEPTHS, WEIGHTS, Chain, X, Y, deep_chain
from demos.neuron.paths import GROWTH, SIZES, WIDTH
from engine import Value
from nn import deltas

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
}


def cost(weights, biases, activation, x, y):
    """C of the chain, in 30 digits."""
    a = mpmath.mpf(x)
    for w, b in zip(weights, biases, strict=True):
        a = FUNCTIONS[activation](w * a + b)
    return (a - y) ** 2


def slope(weights, biases, activation, x, y, l):
    """∂C/∂w⁽ˡ⁾ by differences in 30 digits."""
    with mpmath.workdps(30):
        before, after = weights[: l - 1], weights[l:]
        return float(mpmath.diff(lambda w: cost([*before, w, *after], biases, activation, x, y), weights[l - 1]))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("l", range(1, len(WEIGHTS) + 1))
def test_the_product_formula_is_the_slope_of_the_cost(activation, l):
    found = Chain(WEIGHTS, BIASES, activation, X, Y)
    expected = slope(WEIGHTS, BIASES, activation, X, Y, l)
    assert found.by_weight(found.last - l) == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert found.w(l).grad == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert found.cost == pytest.approx(float(cost(WEIGHTS, BIASES, activation, X, Y)), rel=1e-14)


def test_a_relu_is_active_dead_or_at_its_corner():
    rows = chain.one_neuron().checks
    assert [float(check.exact) for check in rows] == [3, 1.5, 0, 0, 0, 0]  # 2 (1.75 − 1) · 1 · 2, and without the 2
    assert {check.outcome for check in rows} == {Outcome.HOLDS}


def test_the_factors_lead_from_the_cost_to_the_first_weight_and_multiply_to_its_gradient():
    rows = list(chain.factors_of(Chain(WEIGHTS, BIASES, "tanh", X, Y), Place("", "")))
    assert [check.quantity for check, _ in rows] == [
        "∂C/∂a⁽⁴⁾",
        *("∂a⁽⁴⁾/∂z⁽⁴⁾", "∂z⁽⁴⁾/∂a⁽³⁾"),
        *("∂a⁽³⁾/∂z⁽³⁾", "∂z⁽³⁾/∂a⁽²⁾"),
        *("∂a⁽²⁾/∂z⁽²⁾", "∂z⁽²⁾/∂a⁽¹⁾"),
        *("∂a⁽¹⁾/∂z⁽¹⁾", "∂z⁽¹⁾/∂w⁽¹⁾"),
    ]
    assert [check.formula for check, _ in rows[:4]] == ["2(a⁽⁴⁾ − y)", "μ′(z⁽⁴⁾)", "w⁽⁴⁾", "μ′(z⁽³⁾)"]
    assert prod(exact for _, exact in rows) == pytest.approx(slope(WEIGHTS, BIASES, "tanh", X, Y, 1), rel=1e-9)


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("depth", [1, 5, 30])
def test_the_first_gradient_of_a_deep_chain_is_that_of_its_cost(activation, depth):
    found = chain.first_gradients(activation)[depth - DEPTHS[0]]
    exact = slope([1.0] * depth, [0.0] * depth, activation, 1, -1, 1)
    assert found == pytest.approx(abs(exact), rel=1e-6, abs=1e-300)


def test_a_sigmoid_settles_where_it_meets_the_diagonal_and_each_layer_multiplies_by_its_slope_there():
    settled = float(mpmath.findroot(lambda a: FUNCTIONS["sigmoid"](a) - a, 0.6))
    *_, before, last = chain.first_gradients("sigmoid")
    assert last / before == pytest.approx(settled * (1 - settled), rel=1e-6)
    assert deep_chain("relu", 30).w(1).grad == 4  # 2 (1 + 1), and 1 thirty times


def test_paths_are_counted_as_one_would_by_hand():
    a, b = Value(2.0), Value(3.0)
    root = (a * b + a) * (a + 1)
    assert paths.path_counts(root)[a] == 3
    assert paths.path_counts(root)[b] == 1
    assert paths.path_counts(a * a)[a] == 2
    assert paths.edges(root) == 7  # two operands each, but the 1 takes no gradient
    root.backward()
    assert sorted(paths.path_products(root, a)) == [3.0, 8.0, 9.0]  # (a + 1) · 1, ab + a, (a + 1) · b
    assert a.grad == 20.0


def test_the_gradient_of_an_input_is_the_sum_over_all_the_paths_through_the_layers():
    _, loss = paths.network(SIZES)
    graph = Graph(loss)
    nodes = {(role.layer, role.index, role.kind): node for role, node in graph.nodes.items()}

    def path(neurons):
        """The derivative of the cost by z of the last neuron, and back through w and σ′ of the others."""
        factor = deltas(loss)[0][-1][neurons[-1] - 1]
        for l in range(len(neurons), 0, -1):
            below = neurons[l - 2] if l > 1 else 1
            factor *= nodes[l, (neurons[l - 1], below), "weight"].data
            if l > 1:
                a = nodes[l - 1, (below,), "activation"].data
                factor *= a * (1 - a)
        return factor

    products = [path(neurons) for neurons in product(*(range(1, size + 1) for size in SIZES[1:]))]
    assert len(products) == 24
    assert sum(products) == pytest.approx(nodes[0, (1,), "input"].grad, rel=1e-12)
    assert sorted(paths.path_products(loss, nodes[0, (1,), "input"])) == pytest.approx(sorted(products), rel=1e-9)


def test_paths_multiply_while_the_edges_of_a_layer_are_added():
    counted, visited = paths.growing()
    assert counted == [WIDTH**L for L in GROWTH]
    # of each neuron its weights, its inputs, its bias and its σ; of each output y − t, twice, the square and the sum
    assert visited == [L * WIDTH * (2 * WIDTH + 2) + WIDTH * 4 for L in GROWTH]


def test_the_texts_slips_are_shown_to_the_letter():
    slips = {check.quantity: check for check in DEMO.checks() if check.outcome is Outcome.SLIP}
    assert set(slips) == {"f₂: Rˡ → Rʰ", "Σⱼ wⱼᵢ aⱼ + bᵢ", "Σⱼ (wᵢⱼ aⱼ + bᵢ)"}
    assert {check.exact for check in slips.values()} == {"Rᵏ", "−0.3978"}
    assert all(check.printed != check.exact and check.why for check in slips.values())


def test_a_wrong_formula_is_not_explained_and_ends_with_exit_code_1(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(Chain, "error", lambda chain: chain.a(chain.last).data - chain.y)  # without its 2
    assert DEMO.main(["--out", str(tmp_path)]) == 1
    assert "NOT EXPLAINED" in capsys.readouterr().out
