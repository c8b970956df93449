"""Derivatives that are graphs themselves: first, second and third, against mpmath."""

import math

import pytest

from engine import Value, differentiate, dot, exp, log_sum_exp, maximum, sigmoid, softmax, topological_order
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from engine.support.undefined import Undefined
from engine.value import Constant, record
from tests.engine.sample_points import DEFINITIONS, SAMPLE_POINTS, mp, spell
from tests.engine.truth import agrees, slope, true_locals

ORDERS = (1, 2, 3)


def derivative(root, x, order):
    """∂ᵒʳᵈᵉʳroot/∂xᵒʳᵈᵉʳ."""
    for _ in range(order):
        [root] = differentiate(root, [x])
    return root.data


# ── against the truth ──────────────────────────────────────────────────────────────────────────

POINTS = (-20.0, -1.5, -0.3, 1e-3, 0.7, 2.5, 20.0)
UNARY = [
    pytest.param(row.name, x, id=spell(row.name, (x,)))
    for row in TABLE
    if row.arity == 1
    for x in POINTS
    if x > 0 or row.name not in ("log", "sqrt")
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("name", "x"), UNARY)
def test_every_rule_of_one_operand_is_differentiated_again_and_again(name, x, order):
    leaf = Value(x)
    got = derivative(FUNCTIONS[name](leaf), leaf, order)
    true = slope(DEFINITIONS[name], (x,), order=order)
    assert agrees(got, true, 1e-12), (got, mp.nstr(true, 20))


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_the_first_derivative_of_every_rule_is_the_truth_at_its_sample_points(row):
    for point in SAMPLE_POINTS[row.name]:
        leaves = tuple(map(Value, point))
        out = record(row, leaves)
        for leaf, local, true in zip(leaves, out.locals, true_locals(row.name, point), strict=True):
            if not isinstance(local, Undefined):
                assert agrees(differentiate(out, [leaf])[0].data, true), spell(row.name, point)


# as Values compute it, as mpmath does
COMPOSED = {
    "x**3 - 2x": (lambda x: x**3 - 2 * x, lambda x: x**3 - 2 * x),
    "x**-2": (lambda x: x**-2, lambda x: x**-2),
    "x**x": (lambda x: x**x, lambda x: x**x),
    "2**x": (lambda x: 2**x, lambda x: mp.mpf(2) ** x),
    "tanh(x) exp(x) / (1 + x**2)": (
        lambda x: x.tanh() * x.exp() / (1 + x * x),
        lambda x: mp.tanh(x) * mp.exp(x) / (1 + x * x),
    ),
    "sigmoid(sin(x**2))": (lambda x: (x**2).sin().sigmoid(), lambda x: 1 / (1 + mp.exp(-mp.sin(x**2)))),
    "sqrt(1 + log(1 + x**2))": (lambda x: (1 + (1 + x * x).log()).sqrt(), lambda x: mp.sqrt(1 + mp.log(1 + x * x))),
    "log_sum_exp(x, 2x, x**2)": (
        lambda x: log_sum_exp([x, 2 * x, x * x]),
        lambda x: mp.log(mp.exp(x) + mp.exp(2 * x) + mp.exp(x * x)),
    ),
    "softmax(x, x**2, 1)": (
        lambda x: softmax([x, x * x, 1.0])[1],
        lambda x: mp.exp(x * x) / (mp.exp(x) + mp.exp(x * x) + mp.exp(1)),
    ),
    "silu(dot)": (
        lambda x: dot([x, 0.5], [x * x, x], 1.0).silu(),
        lambda x: (x**3 + x / 2 + 1) / (1 + mp.exp(-(x**3) - x / 2 - 1)),
    ),
    "maximum(x, x**2)": (lambda x: maximum(x, x * x), lambda x: max(x, x * x)),
    "|x| + |cos x|": (lambda x: abs(x) + abs(x.cos()), lambda x: abs(x) + abs(mp.cos(x))),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("x", [0.4, 1.3, 2.1])
@pytest.mark.parametrize(("engine", "truth"), COMPOSED.values(), ids=COMPOSED.keys())
def test_composed_expressions_are_differentiated_again_and_again(engine, truth, x, order):
    leaf = Value(x)
    assert agrees(derivative(engine(leaf), leaf, order), slope(truth, (x,), order=order), 1e-12)


def test_mixed_derivatives_come_in_either_order():
    x, y = Value(0.7), Value(1.9)
    by_x, by_y = differentiate((x * y).sin() / y, [x, y])
    # sin(xy)/y: ∂/∂x = cos xy, ∂²/∂x∂y = −x sin xy
    expected = -0.7 * math.sin(0.7 * 1.9)
    assert differentiate(by_x, [y])[0].data == pytest.approx(expected, rel=1e-13)
    assert differentiate(by_y, [x])[0].data == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("x", "derivatives"), [(0.0, (0.0, 0.0, 6.0, 0.0)), (-2.0, (12.0, -12.0, 6.0, 0.0))], ids=["x=0", "x=-2"]
)
def test_a_cube_is_differentiated_until_nothing_is_left(x, derivatives):
    leaf = Value(x)
    assert tuple(derivative(leaf**3, leaf, order) for order in (1, 2, 3, 4)) == derivatives


# ── paths ──────────────────────────────────────────────────────────────────────────────────────


def test_a_reused_value_sums_all_of_its_paths():
    a = Value(3.0)
    b = a + a
    c = b + b
    assert [d.data for d in differentiate(c, [a, b])] == [4.0, 2.0]
    assert differentiate(a * a, [a])[0].data == 6.0
    assert derivative(a * a * a, a, 2) == 18.0


def test_a_value_depends_on_itself_alone():
    x, y = Value(2.0), Value(3.0)
    assert [d.data for d in differentiate(x, [x, y])] == [1.0, 0.0]


def test_what_the_root_does_not_depend_on_gives_a_zero_constant():
    x, y, stranger = Value(2.0), Value(3.0), Value(5.0)
    user = x * y * stranger  # uses x, but the root does not use it
    by_stranger, by_user = differentiate(x * y, [stranger, user])
    assert isinstance(by_stranger, Constant)
    assert isinstance(by_user, Constant)
    assert by_stranger.data == by_user.data == 0.0


def test_derivatives_come_in_the_order_that_was_asked_for_and_as_often():
    x, y = Value(2.0), Value(3.0)
    assert [d.data for d in differentiate(x * y, [y, x, y])] == [2.0, 3.0, 2.0]
    assert differentiate(x * y, []) == []


def test_differentiating_by_an_interior_node_stops_there():
    x = Value(0.5)
    inner = x.exp()
    [by_inner] = differentiate(inner * inner, [inner])
    assert by_inner.data == 2 * inner.data


def test_a_deep_chain_is_differentiated():
    x = total = Value(1.0)
    for _ in range(20_000):
        total = total + x
    assert differentiate(total, [x])[0].data == 20_001.0


# ── what it leaves alone, and what it refuses ──────────────────────────────────────────────────


def test_no_gradient_is_touched():
    x, y = Value(0.5), Value(2.0)
    root = sigmoid(x * y) + exp(x)
    root.backward()
    order = topological_order(root)
    before = [(node.data, node.grad, node.reached) for node in order]
    derivative(root, x, 2)
    assert [(node.data, node.grad, node.reached) for node in order] == before


def test_a_derivative_can_be_sent_backward():
    x = Value(2.0)
    [first] = differentiate(x**4, [x])
    first.backward()
    assert x.grad == 48.0  # 12x²


def test_a_leaf_changed_after_the_forward_pass_is_refused():
    x, y = Value(2.0), Value(3.0)
    root = x * y + y
    x.data = 5.0
    with pytest.raises(ValueError, match=r"changed after the forward pass\. Run the forward pass again"):
        differentiate(root, [x])


def test_a_change_that_moves_only_the_derivative_is_refused_too():
    x, y = Value(2.0), Value(3.0)
    root = x * y
    x.data, y.data = 3.0, 2.0
    with pytest.raises(ValueError, match="changed after the forward pass"):
        differentiate(root, [x])


@pytest.mark.parametrize(
    ("function", "x", "error", "reason"),
    [
        (lambda x: x**0.5, 0.0, ZeroDivisionError, r"the derivative of pow by x does not exist at x = 0\.0"),
        (lambda x: x.sqrt(), 0.0, ZeroDivisionError, r"the derivative of sqrt by x does not exist at x = 0\.0"),
        (lambda y: Value(-2.0) ** y, 3.0, ValueError, r"the derivative of pow by y does not exist at x = -2\.0"),
    ],
    ids=["x ** 0.5", "sqrt(x)", "(-2) ** y"],
)
def test_an_edge_without_derivative_is_refused_as_backward_refuses_it(function, x, error, reason):
    leaf = Value(x)
    root = function(leaf)
    with pytest.raises(error, match=reason):
        root.backward()
    with pytest.raises(error, match=reason):
        differentiate(root, [leaf])


@pytest.mark.parametrize("x", [Constant(0.0), Value(0.0)], ids=["a number", "a Value"])
def test_an_edge_without_derivative_is_no_obstacle_to_the_other_edge(x):
    y = Value(0.5)
    assert differentiate(x**y, [y])[0].data == 0.0


def test_the_derivative_by_a_negative_base_needs_none_by_the_exponent():
    x, y = Value(-2.0), Value(3.0)
    assert differentiate(x**y, [x])[0].data == 12.0


@pytest.mark.parametrize(
    ("root", "wrt"),
    [(2.0, [Value(1.0)]), ("x", []), (None, []), (Value(1.0), [2.0]), (Value(1.0), [Value(1.0), None])],
    ids=["number root", "text root", "no root", "by a number", "by nothing"],
)
def test_anything_but_values_is_refused(root, wrt):
    with pytest.raises(TypeError, match="differentiate takes Values; got"):
        differentiate(root, wrt)


def test_a_single_value_to_differentiate_by_is_refused():
    x = Value(1.0)
    with pytest.raises(TypeError):
        differentiate(x * x, x)
