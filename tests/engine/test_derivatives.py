"""Derivatives that are graphs themselves: first to fourth, against mpmath."""

import math
from itertools import combinations_with_replacement
from random import Random

import numpy as np
import pytest

from engine import (
    Value,
    compile_graph,
    differentiate,
    dot,
    exp,
    log_sum_exp,
    maximum,
    sigmoid,
    softmax,
    topological_order,
    total,
)
from engine.functions import FUNCTIONS
from engine.rules import RULES, TABLE
from engine.support.undefined import Undefined
from engine.value import Constant, record
from tests.engine.sample_points import DEFINITIONS, SAMPLE_POINTS, mp, spell
from tests.engine.truth import agrees, slope, true_locals

ORDERS = (1, 2, 3, 4)


def derivative(root, x, order):
    """∂ᵒʳᵈᵉʳroot/∂xᵒʳᵈᵉʳ."""
    for _ in range(order):
        [root] = differentiate(root, [x])
    return root.data


# ── against the truth ──────────────────────────────────────────────────────────────────────────


def is_defined(name, x):
    return x > {"log": 0.0, "sqrt": 0.0, "log1p": -1.0}.get(name, -math.inf)


POINTS = (-20.0, -8.0, -4.5, -3.1, -2.6, -1.9, -1.5, -1.2, -0.9, -0.55, -0.3, -0.1, -1e-3, -1e-8)
POINTS += (1e-8, 1e-3, 0.05, 0.2, 0.45, 0.7, 0.95, 1.0, 1.25, 1.6, 2.0, 2.5, 3.3, 4.2, 7.0, 20.0)
UNARY = [
    pytest.param(row.name, x, id=spell(row.name, (x,)))
    for row in TABLE
    if row.arity == 1
    for x in POINTS
    if is_defined(row.name, x)
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("name", "x"), UNARY)
def test_every_rule_of_one_operand_is_differentiated_again_and_again(name, x, order):
    leaf = Value(x)
    got = derivative(FUNCTIONS[name](leaf), leaf, order)
    true = slope(DEFINITIONS[name], (x,), order=order)
    assert agrees(got, true, 1e-12), (got, mp.nstr(true, 20))


# At a kink the derivatives are those of the branch that the row takes there; all else is the truth.
KINKS = {"relu": (0.0, 0.0, 0.0, 0.0), "leaky_relu": (0.01, 0.0, 0.0, 0.0), "abs": (0.0, 0.0, 0.0, 0.0)}
KINKS |= {"elu": (1.0, 1.0, 1.0, 1.0)}
AT_ZERO = [row.name for row in TABLE if row.arity == 1 and row.name not in ("log", "sqrt")]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", AT_ZERO)
def test_at_zero_every_derivative_is_the_truth_or_that_of_the_branch_that_is_taken(name, order):
    leaf = Value(0.0)
    true = KINKS[name][order - 1] if name in KINKS else slope(DEFINITIONS[name], (0.0,), order=order)
    assert derivative(FUNCTIONS[name](leaf), leaf, order) == pytest.approx(float(true), rel=1e-12, abs=1e-300)


def applied(name, operands):
    if name == "dot":
        return dot(operands[:2], operands[2:4], operands[4])
    return FUNCTIONS[name](*operands) if RULES[name].arity else FUNCTIONS[name](operands)


RANDOM = Random(1)
OPERANDS = {
    row.name: [
        [RANDOM.uniform(0.1 if row.name == "pow" and i == 0 else -2.5, 2.5) for i in range(row.arity or 5)]
        for _ in range(8)
    ]
    for row in TABLE
    if row.arity != 1
}
OPERANDS["pow"] += [[2.0, 0.0], [1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [0.5, 3.0], [1.0, 0.0], [3.0, -1.0]]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", OPERANDS)
def test_mixed_derivatives_of_every_rule_are_the_truth(name, order):
    for point in OPERANDS[name]:
        for by in combinations_with_replacement(range(min(len(point), 3)), order):
            leaves = list(map(Value, point))
            root = applied(name, leaves)
            for i in by:
                [root] = differentiate(root, [leaves[i]])
            with mp.workdps(40):
                orders = tuple(by.count(i) for i in range(len(point)))
                true = mp.diff(DEFINITIONS[name], tuple(map(mp.mpf, point)), orders)
            assert agrees(root.data, true, 1e-12, absolute=1e-12), (point, by, root.data, mp.nstr(true, 20))


@pytest.mark.parametrize(("x", "fourth"), [(1.0, 8.0), (2.0, 64.50)])
def test_an_exponent_that_passes_zero_is_no_obstacle(x, fourth):
    leaf = Value(x)
    for order in ORDERS:
        assert agrees(derivative(leaf**leaf, leaf, order), slope(lambda x: x**x, (x,), order=order), 1e-12)
    assert derivative(leaf**leaf, leaf, 4) == pytest.approx(fourth, abs=0.005)
    x, y = Value(2.0), Value(0.0)
    [by_x] = differentiate(x**y, [x])
    assert differentiate(by_x, [y])[0].data == 0.5


# ── a derivative graph holds beyond the point where it was recorded ────────────────────────────

SIDES = (-20.0, -2.5, -1.0, -0.3, -1e-8, 0.0, 1e-8, 0.4, 1.0, 3.0, 20.0)
ELSEWHERE = [
    pytest.param(row.name, recorded, id=spell(row.name, (recorded,)))
    for row in TABLE
    if row.arity == 1
    for recorded in (-1.3, 0.0, 0.8)
    if is_defined(row.name, recorded)
]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("name", "recorded"), ELSEWHERE)
def test_a_compiled_derivative_is_that_of_every_input_not_of_the_recorded_one(name, recorded, order):
    points = [x for x in SIDES if is_defined(name, x)]
    x = Value(recorded)
    root = FUNCTIONS[name](x)
    for _ in range(order):
        [root] = differentiate(root, [x])
    program = compile_graph(root, [x])
    expected = []
    for point in points:
        leaf = Value(point)
        expected.append(derivative(FUNCTIONS[name](leaf), leaf, order))
    got = program.forward([[point] for point in points])
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-300)
    program.check([[point] for point in points], samples=len(points))


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", OPERANDS)
def test_a_compiled_mixed_derivative_is_that_of_every_input(name, order):
    points = OPERANDS[name] + [[0.5] * len(OPERANDS[name][0])]
    for by in combinations_with_replacement(range(min(len(points[0]), 3)), order):

        def differentiated(point, by=by):
            leaves = list(map(Value, point))
            root = applied(name, leaves)
            for i in by:
                [root] = differentiate(root, [leaves[i]])
            return root, leaves

        program = compile_graph(*differentiated(points[0]))
        expected = [differentiated(point)[0].data for point in points]
        np.testing.assert_allclose(program.forward(points), expected, rtol=1e-12, atol=1e-13)


def test_the_slope_of_a_dead_relu_is_recorded_alive_and_runs_dead():
    w, i = Value(1.0), Value(1.0)
    [slope_by_w] = differentiate((w * i).relu(), [w])
    program = compile_graph(slope_by_w, [i])
    np.testing.assert_array_equal(program.forward([[1.0], [-1.0], [2.0]]), [1.0, 0.0, 2.0])


def test_a_derivative_of_log_sum_exp_runs_on_logits_of_any_size():
    x = [Value(0.1), Value(0.2), Value(0.3)]
    shares = differentiate(log_sum_exp(x), x)
    program = compile_graph(shares, x)
    got = program.forward([[1e4, 0.0, -1e4], [-1e300, 1e300, 1e300], [1.0, 2.0, 3.0]])
    e = np.exp([1.0, 2.0, 3.0])
    np.testing.assert_allclose(got, [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], e / e.sum()], rtol=1e-14)


def test_a_derivative_graph_grows_with_its_operands_not_with_their_square():
    def size(n):
        x = [Value(0.1 * i) for i in range(n)]
        return len(topological_order(total(differentiate(log_sum_exp(x), x))))

    assert size(200) - size(100) == size(300) - size(200)


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
