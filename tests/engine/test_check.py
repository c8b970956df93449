"""check_gradients: right gradients pass, wrong ones do not, and nothing is changed on the way."""

import math

import pytest

from engine import (
    Value,
    check_gradients,
    dot,
    exp,
    log,
    log_sum_exp,
    maximum,
    relu,
    sigmoid,
    softmax,
    sqrt,
    tanh,
    topological_order,
    total,
)
from engine.value import Constant
from tests.refusals import refusal
from tests.tables import read_table


def leaves(*data):
    return [Value(x, label) for x, label in zip(data, "abcdef", strict=False)]


def primer(w1, w2, x, b, t):
    """Half the squared error of a neuron behind a neuron."""
    hidden = tanh(dot([w1], [x], b))
    error = sigmoid(w2 * hidden) - t
    return error**2 / 2


# name: the graph, its leaves, their gradients by hand (where a hand gets that far)
GRAPHS = {
    "a leaf": (lambda a: a, (3.0,), (1.0,)),
    "a sum of itself": (lambda a: a + a, (3.0,), (2.0,)),
    "a quotient": (lambda a, b: a / b, (3.0, -2.0), (-0.5, -0.75)),
    "a fan": (lambda a, b: (a * b) * (a + b), (2.0, 3.0), (21.0, 16.0)),
    "powers": (lambda a, b: a**3 - 2**b, (-2.0, 1.0), (12.0, -2 * math.log(2))),
    "relu on either side": (lambda a, b: 2 * relu(a) + relu(b), (-1.0, 1.0), (0.0, 1.0)),
    "maximum": (lambda a, b: maximum(a, 3 * b), (1.0, 2.0), (0.0, 3.0)),
    "a network": (primer, (0.4, -1.2, 0.9, 0.1, 1.0), None),
    "softmax": (lambda a, b, c: log(softmax([a, b, c])[1]), (1.0, 2.0, -1.0), None),
    "log_sum_exp": (lambda a, b: log_sum_exp([a, b, a * b]), (300.0, -2.0), None),
    "exp of a large number": (lambda a: exp(a) * 1e-30, (50.0,), (math.exp(50) * 1e-30,)),
    # the step has to fit the function: these bend within a hundredth of the leaf, or end there
    "log of a small number": (lambda a: log(a), (0.01,), (100.0,)),
    "log of a smaller number": (lambda a: log(a), (0.001,), (1000.0,)),
    "sqrt of a small number": (lambda a: sqrt(a), (0.0025,), (10.0,)),
    "one over a small number": (lambda a: 1 / a, (0.01,), (-1e4,)),
    "a steep tanh": (lambda a: tanh(200 * a), (0.001,), (200 / math.cosh(0.2) ** 2,)),
}


@pytest.mark.parametrize(("build", "data", "by_hand"), GRAPHS.values(), ids=GRAPHS.keys())
def test_right_gradients_pass(build, data, by_hand):
    wrt = leaves(*data)
    found = check_gradients(build(*wrt), wrt)
    assert [comparison.leaf for comparison in found] == wrt
    assert all(comparison.agrees for comparison in found)
    if by_hand is not None:
        assert [comparison.analytic for comparison in found] == pytest.approx(by_hand, rel=1e-14)
        assert [comparison.numeric for comparison in found] == pytest.approx(by_hand, rel=1e-6, abs=1e-9)


def test_all_leaves_are_checked_and_no_constant():
    a, b = leaves(2.0, 3.0)
    assert {comparison.leaf for comparison in check_gradients(a * b + 5.0 * a)} == {a, b}


def test_a_leaf_that_the_root_does_not_depend_on_has_slope_zero():
    a, stranger = leaves(2.0, 3.0)
    [comparison] = check_gradients(a * a, [stranger])
    assert (comparison.analytic, comparison.numeric) == (0.0, 0.0)


def test_data_and_gradients_are_left_as_they_were():
    loss = primer(*leaves(0.4, -1.2, 0.9, 0.1, 1.0))
    loss.backward()
    state = [(node.data, node.grad, node.reached, node.locals) for node in topological_order(loss)]
    check_gradients(loss)
    assert [(node.data, node.grad, node.reached, node.locals) for node in topological_order(loss)] == state


# ── wrong gradients ────────────────────────────────────────────────────────────────────────────


def with_local(node, i, wrong):
    """The node, with the local derivative on its i-th edge replaced."""
    local = list(node.locals)
    local[i] = wrong(local[i])
    node.locals = tuple(local)
    return node


WRONG = {
    "off by a thousandth": lambda local: 1.001 * local,
    "wrong sign": lambda local: -local,
    "forgotten": lambda local: 0.0,
    "NaN": lambda local: math.nan,
    "infinite": lambda local: math.inf,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_one_wrong_local_deep_in_the_graph_is_found(wrong):
    a, b = leaves(0.5, 2.0)
    inner = with_local(a * b, 0, wrong)
    root = exp(sigmoid(inner) * b)
    with pytest.raises(ValueError, match="gradients differ"):
        check_gradients(root)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_wrong_gradient_is_found_on_any_scale(scale):
    a = Value(0.5)
    check_gradients(scale * sigmoid(a))
    with pytest.raises(ValueError, match="gradients differ"):
        check_gradients(scale * with_local(sigmoid(a), 0, lambda local: -local))


def test_the_complaint_names_the_leaf_and_both_numbers_and_spares_what_agrees():
    a, b = leaves(3.0, 2.0)
    with pytest.raises(ValueError, match="gradients differ") as caught:
        check_gradients(with_local(a * b, 0, lambda local: 2 * local))
    [line] = str(caught.value).splitlines()[1:]
    assert "a = 3" in line
    assert "backward 4" in line
    assert "finite differences 2" in line
    assert "DIFFERS" in line


def test_a_kink_beside_the_leaf_is_reported_not_smoothed_over():
    a, b = leaves(1.0, 1.0)
    with pytest.raises(ValueError, match="gradients differ"):
        check_gradients(relu(a - b))


def test_constants_alone_leave_nothing_to_check():
    assert check_gradients(Constant(2.0) * 3.0) == []


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


def test_at_a_prompt_it_says_how_many_gradients_agree():
    a, b = leaves(3.0, 2.0)
    assert repr(check_gradients(a * b)) == "2 gradients agree with finite differences"
    assert repr(check_gradients(2 * a)) == "1 gradient agrees with finite differences"
    assert repr(check_gradients(Constant(2.0) * 3.0)) == "0 gradients agree with finite differences"
    assert repr(check_gradients(a * b)[0]) == ("Value(a = 3, grad = —): backward 2, finite differences 2: agrees")


def test_printed_and_in_a_notebook_it_is_a_table():
    found = check_gradients(Value(3.0, "a") * Value(0.5, "<b>") * Value(-1.0))
    assert str(found).splitlines() == [
        "3 gradients agree with finite differences",
        "leaf         backward  finite differences",
        "a                −0.5                −0.5",
        "<b>                −3                  −3",
        "the leaf −1       1.5                 1.5",
    ]
    assert read_table(found._repr_html_()) == (
        "3 gradients agree with finite differences",
        [
            ["leaf", "backward", "finite differences"],
            ["a", "−0.5", "−0.5"],
            ["<b>", "−3", "−3"],
            ["the leaf −1", "1.5", "1.5"],
        ],
    )


def test_a_table_of_many_shows_the_first_and_the_last_ones():
    many = [Value(float(i), f"x{i}") for i in range(100)]
    _, (_, *rows) = read_table(check_gradients(total(many))._repr_html_())
    assert [row[0] for row in rows] == [*(f"x{i}" for i in range(10)), "…", *(f"x{i}" for i in range(90, 100))]


def test_what_is_no_value_is_refused():
    assert refusal(TypeError, check_gradients, 3) == (
        "check_gradients takes the root of a graph, which is a Value; got 3"
    )
