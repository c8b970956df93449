"""What a Value takes for a number, and what it refuses, with the way out."""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine import Value, exp, maximum

THREES = [
    3,
    3.0,
    Fraction(3),
    np.float16(3),
    np.float32(3),
    np.float64(3),
    np.longdouble(3),
    np.int64(3),
    np.uint8(3),
    np.array(3),
    np.array(3.0),
    np.array(3.0, dtype=np.longdouble),
]
ONES = [True, np.bool_(True), np.array(True)]
NUMBERS = [*((x, 3.0) for x in THREES), *((x, 1.0) for x in ONES)]

ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]

NOT_NUMBERS = [
    (2 + 1j, r"\(2\+1j\) \(complex\); use its .real"),
    (np.complex128(1j), r".*1j.*complex.*; use its .real"),
    (np.clongdouble(1j), r".*1\.?j"),
    (np.array(1j), r".*1j.*complex.*; use its .real"),
    ("2", r"'2' \(str\); convert it first, with float\(\)"),
    (None, r"None \(NoneType\); give an int"),
    (Decimal(2), r"Decimal\('2'\) \(Decimal\); give an int"),
    ([2.0], r"\[2.0\] \(list\); make a Value of each element"),
    (np.array([1.0, 2.0]), r"array\(\[1., 2.\]\) \(ndarray\); make a Value of each element"),
    (np.array([2.0]), r"array\(\[2.\]\) \(ndarray\); make a Value of each element"),
]


def kind(x):
    return f"{type(x).__name__}-{getattr(x, 'dtype', '')}" if isinstance(x, np.ndarray) else type(x).__name__


numbers = pytest.mark.parametrize(("number", "data"), NUMBERS, ids=[kind(x) for x, _ in NUMBERS])
not_numbers = pytest.mark.parametrize(("what", "message"), NOT_NUMBERS, ids=[kind(x) for x, _ in NOT_NUMBERS])


# ── numbers ────────────────────────────────────────────────────────────────────────────────────


@numbers
def test_every_real_number_makes_a_leaf(number, data):
    x = Value(number)
    assert x.data == data
    assert type(x.data) is float


@numbers
@pytest.mark.parametrize("act", ARITHMETIC)
def test_numbers_mix_freely_on_either_side(act, number, data):
    x = Value(2.0)
    after, before = act(x, number), act(number, x)
    assert type(after) is type(before) is Value
    assert after.data == act(2.0, data)
    assert before.data == act(data, 2.0)
    assert after.operands[0] is before.operands[1] is x
    assert after.operands[1].data == before.operands[0].data == data


@numbers
@pytest.mark.parametrize("compare", COMPARISONS)
def test_numbers_compare_on_either_side(compare, number, data):
    assert compare(Value(2.0), number) is compare(2.0, data)
    assert compare(number, Value(2.0)) is compare(data, 2.0)


def test_a_narrow_float_keeps_its_value_exactly():
    assert (Value(0.0) + np.float32(0.1)).data == 0.10000000149011612


def test_a_number_in_place_of_the_left_side_is_an_ordinary_sum():
    total = np.float64(1.0)
    total += Value(2.0)
    assert total.data == 3.0
    assert sum([Value(1.0), Value(2.0)]).data == 3.0  # begins with the int 0


def test_a_numpy_operator_may_go_by_its_name():
    x = Value(2.0)
    assert np.subtract(x, 3.0).data == -1.0
    assert np.subtract(3.0, x).data == 1.0


@pytest.mark.parametrize("huge", [10**400, 10**5000, Fraction(10**400)], ids=["int", "longer int", "Fraction"])
def test_a_number_beyond_every_float_overflows(huge):
    with pytest.raises(OverflowError, match=r"a Value holds a float, at most about 1\.8e308"):
        Value(huge)


# ── not numbers ────────────────────────────────────────────────────────────────────────────────


@not_numbers
def test_no_other_thing_makes_a_leaf(what, message):
    if getattr(what, "shape", ()) == (1,):
        assert Value(what).data == 2.0  # the one thing in it
        return
    with pytest.raises(TypeError, match=f"a Value holds one real number; got {message}"):
        Value(what)


@not_numbers
@pytest.mark.parametrize("act", ARITHMETIC + COMPARISONS)
def test_no_other_thing_mixes_on_either_side(act, what, message):
    for left, right in ((Value(2.0), what), (what, Value(2.0))):
        with pytest.raises(TypeError, match=f"a Value holds one real number; got {message}"):
            act(left, right)


@pytest.mark.parametrize("function", [exp, lambda x: maximum(1.0, x)], ids=["exp", "maximum"])
def test_functions_of_numbers_refuse_the_rest(function):
    with pytest.raises(TypeError, match="a Value holds one real number; got '2'"):
        function("2")


def test_a_value_of_a_value_is_refused():
    with pytest.raises(TypeError, match=r"got a Value \(Value\); use it as it is, or its \.data for a new leaf"):
        Value(Value(2.0))


def test_a_long_culprit_is_cut_short():
    with pytest.raises(TypeError, match=r"got '2{56}… \(str\); convert"):
        Value("2" * 1000)


# ── conversions that would lose the graph ──────────────────────────────────────────────────────


@pytest.mark.parametrize("convert", [float, int, complex, math.exp, math.floor])
def test_a_conversion_would_lose_the_graph(convert):
    with pytest.raises(TypeError, match=r"the graph would be lost. Use v\.data for its number, or .* v\.exp\(\)"):
        convert(Value(2.0))


@pytest.mark.parametrize(
    ("function", "remedy"),
    [(np.exp, r"v\.exp\(\)"), (np.tanh, r"v\.tanh\(\)"), (np.log2, "the Value's own functions"), (np.sum, "the Value")],
)
def test_a_numpy_function_would_lose_the_graph(function, remedy):
    with pytest.raises(TypeError, match=rf"np\.\w+ can't take a Value: .* Use {remedy}.* or v\.data for its number"):
        function(Value(2.0))


def test_an_array_does_not_take_a_value_in():
    total = np.zeros(())
    with pytest.raises(TypeError, match=r"np\.add can't take a Value: the graph would be lost"):
        total += Value(2.0)


def test_numpy_does_not_add_two_values():
    with pytest.raises(TypeError, match=r"np\.add can't take a Value: the graph would be lost"):
        np.add(Value(1.0), Value(2.0))


# ── questions that have no silent answer ───────────────────────────────────────────────────────


def test_a_value_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"neither true nor false; ask about its number: v\.data, or v > 0"):
        bool(Value(0.0))


@numbers
@pytest.mark.parametrize("ask", [operator.eq, operator.ne])
def test_equality_with_a_number_is_refused_on_either_side(ask, number, data):
    x = Value(data)
    for left, right in ((x, number), (number, x)):
        with pytest.raises(TypeError, match=r"== between Values is identity, .*; compare the number: v\.data == …"):
            ask(left, right)


# ── arrays of Values ───────────────────────────────────────────────────────────────────────────


def data(array):
    return [v.data for v in np.ravel(array)]


def test_an_array_of_values_computes_element_by_element_on_either_side():
    x, w = np.array([Value(1.0), Value(2.0)]), Value(3.0)
    assert (x * w).shape == (2,)
    assert data(x * w) == data(w * x) == [3.0, 6.0]
    assert data(x - w) == [-2.0, -1.0]
    assert data(w - x) == [2.0, 1.0]
    assert data(w / x) == [3.0, 1.5]
    assert data(w**x) == [3.0, 9.0]
    assert data(x + 1.0) == data(1.0 + x) == [2.0, 3.0]
    assert data(x + np.array([1.0, 2.0])) == [2.0, 4.0]
    assert list(x < w) == [True, True]


def test_an_array_of_values_has_products_sums_and_functions_with_gradients():
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(0.5), Value(-1.0)])
    y = W @ x
    assert data(y) == [-1.5, -2.5]
    assert np.dot(x, x).data == 1.25
    assert data(np.tanh(x)) == [math.tanh(0.5), math.tanh(-1.0)]
    loss = (y**2).sum()
    assert loss.data == 8.5
    loss.backward()
    assert [w.grad for w in W[0]] == [2 * -1.5 * 0.5, 2 * -1.5 * -1.0]
    W -= 0.1 * np.vectorize(lambda w: w.grad)(W)
    assert W[0, 0].data == 1.0 - 0.1 * -1.5


def test_an_array_of_numbers_stays_refused():
    for act in (lambda: np.array([1.0, 2.0]) * Value(3.0), lambda: Value(3.0) + np.array([1.0, 2.0])):
        with pytest.raises(TypeError) as refused:
            act()
        assert str(refused.value) == (
            "a Value holds one real number; got array([1., 2.]) (ndarray); make a Value of each element"
        )
