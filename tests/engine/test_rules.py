"""The table of rules, held to the truth: read by floats, by arrays and by mpmath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from math import copysign, floor, inf, isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.check import check_gradients
from engine.readings.requirements import require_row, require_words
from engine.rules import RULES, TABLE, Rule, reading
from engine.support.bytecode import names
from engine.value import Value, record
from engine.vocabulary import NAMES, PHRASES, WORDS, total, where
from tests.engine.rows_as_numpy import BY_ARRAYS, rows_as_numpy
from tests.engine.sample_points import SAMPLE_POINTS, Point, mp, spell
from tests.engine.truth import NO_DERIVATIVE, agrees, true_locals, true_value

EVERY_RULE = pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
EVERY_SAMPLE = pytest.mark.parametrize(
    ("row", "point"),
    [pytest.param(row, point, id=spell(row.name, point)) for row in TABLE for point in SAMPLE_POINTS.get(row.name, ())],
)


def value_agrees(row: Rule, point: Point) -> bool:
    # Where large operands cancel in log_sum_exp, no float comes closer than the rounding of the largest.
    absolute = 1e-15 * max(map(abs, point)) if row.name == "log_sum_exp" else 0.0
    return agrees(row.forward(*point), true_value(row.name, point), absolute=absolute)


def wrong_locals(row: Rule, point: Point) -> list[int]:
    """The positions of the operands whose local derivative, read by floats, is not the truth."""
    got = row.locals(row.forward(*point), *point)
    pairs = zip(got, true_locals(row.name, point), strict=True)
    return [i for i, (derivative, true) in enumerate(pairs) if not agrees(derivative, true)]


# ── floats ─────────────────────────────────────────────────────────────────────────────────────


def test_every_rule_has_sample_points():
    assert SAMPLE_POINTS.keys() == RULES.keys()
    assert all(SAMPLE_POINTS.values())


@EVERY_SAMPLE
def test_the_value_is_the_truth(row, point):
    assert value_agrees(row, point), f"got {row.forward(*point)!r}, truth {mp.nstr(true_value(row.name, point), 20)}"


@EVERY_SAMPLE
def test_every_local_derivative_is_the_truth(row, point):
    assert wrong_locals(row, point) == [], (
        f"got {row.locals(row.forward(*point), *point)!r}, truth {mp.nstr(true_locals(row.name, point), 20)}"
    )


def off_by_a_thousandth(row: Rule, i: int) -> Rule:
    def wrong(out: float, *operands: float) -> tuple[float, ...]:
        local = list(row.locals(out, *operands))
        if i < len(local):
            local[i] += 0.001 * (local[i] or 1.0)
        return tuple(local)

    return replace(row, locals=wrong)


EVERY_OPERAND = pytest.mark.parametrize(
    ("row", "i"),
    [pytest.param(row, i, id=f"{row.name}-{i}") for row in TABLE for i in range(row.arity or 3)],
)


@EVERY_OPERAND
def test_a_derivative_off_by_a_thousandth_is_caught(row, i):
    wrong = off_by_a_thousandth(row, i)
    assert any(i in wrong_locals(wrong, point) for point in SAMPLE_POINTS[row.name])


@EVERY_OPERAND
def test_check_gradients_catches_a_derivative_off_by_a_thousandth(row, i):
    leaves = tuple(map(Value, (1.2, 0.7, 0.4)[: row.arity or 3]))
    check_gradients(record(row, leaves))
    with pytest.raises(ValueError, match="gradients differ"):
        check_gradients(record(off_by_a_thousandth(row, i), leaves))


# (x, y, x ** y, ∂/∂x, ∂/∂y); at negative x the power leaves the real numbers as soon as y moves.
INTEGER_POWERS = [
    (0.0, 0.0, 1.0, 0.0, 0.0),
    (-0.0, 0.0, 1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 1.0, 0.0),
    (0.0, 2.0, 0.0, 0.0, 0.0),
    (0.0, 3.0, 0.0, 0.0, 0.0),
    (-0.0, 3.0, -0.0, 0.0, 0.0),
    (-2.0, 0.0, 1.0, 0.0, NO_DERIVATIVE),
    (-2.0, 1.0, -2.0, 1.0, NO_DERIVATIVE),
    (-2.0, 2.0, 4.0, -4.0, NO_DERIVATIVE),
    (-2.0, 3.0, -8.0, 12.0, NO_DERIVATIVE),
    (-2.0, -1.0, -0.5, -0.25, NO_DERIVATIVE),
    (-2.0, -2.0, 0.25, 0.25, NO_DERIVATIVE),
    (1.0, -3.0, 1.0, -3.0, 0.0),
]


@pytest.mark.parametrize(("x", "y", "out", "by_x", "by_y"), INTEGER_POWERS, ids=lambda x: f"{x:g}")
def test_whole_powers_of_zero_and_negative_numbers(x, y, out, by_x, by_y):
    got = RULES["pow"].forward(x, y)
    assert (got, copysign(1.0, got)) == (out, copysign(1.0, out))
    np.testing.assert_array_equal(RULES["pow"].locals(got, x, y), (by_x, by_y))


@pytest.mark.parametrize(("x", "y", "error"), [(0.0, -1.0, ZeroDivisionError), (-8.0, 1 / 3, ValueError)])
def test_a_power_outside_the_real_numbers_is_refused(x, y, error):
    with pytest.raises(error):
        RULES["pow"].forward(x, y)


# ── soundness: any float at all ────────────────────────────────────────────────────────────────

LARGEST = 1.7976931348623157e308
finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "silu"])
@settings(deadline=None, max_examples=300)
@given(finite | st.floats(-800.0, 800.0))
@example(LARGEST)
@example(-LARGEST)
@example(5e-324)
def test_an_activation_keeps_its_digits_for_any_float(name, x):
    row = RULES[name]
    assert value_agrees(row, (x,))
    # silu′ crosses zero near −1.28, where the last digits of x decide alone
    absolute = 1e-15 if name == "silu" else 0.0
    assert agrees(*row.locals(row.forward(x), x), *true_locals(name, (x,)), absolute=absolute)


@settings(deadline=None)
@given(st.lists(finite | st.floats(-800.0, 800.0) | st.sampled_from([LARGEST, -LARGEST]), min_size=1, max_size=4))
def test_log_sum_exp_keeps_its_digits_for_any_floats(x):
    row = RULES["log_sum_exp"]
    out = row.forward(*x)
    terms = [mp.exp(xi) for xi in x]
    assert agrees(out, mp.log(sum(terms)), absolute=1e-15 * max(map(abs, x)))
    for share, term in zip(row.locals(out, *x), terms, strict=True):
        assert agrees(share, term / sum(terms))


@pytest.mark.parametrize(
    ("x", "out"),
    [((inf, 1.0), inf), ((1.0, inf, inf), inf), ((-inf, 2.0), 2.0), ((-inf, -inf), -inf), ((inf, -inf, 1e308), inf)],
)
def test_log_sum_exp_of_infinities_is_the_largest(x, out):
    assert RULES["log_sum_exp"].forward(*x) == out
    with np.errstate(all="ignore"):
        assert rows_as_numpy("log_sum_exp").forward(*np.array(x)[:, None]) == [out]


def test_log_sum_exp_takes_the_largest_once_not_once_for_each_operand():
    """Counted, since no test asserts a time: of n operands it asks for a number of words that grows with n."""

    def words_of(n):
        asked = []
        counting = {name: (lambda *a, word=word: asked.append(0) or word(*a)) for name, word in WORDS.items()
                    if callable(word)}  # fmt: skip
        row = reading(WORDS | counting)["log_sum_exp"]
        row.locals(row.forward(*range(n)), *range(n))
        return len(asked)

    assert words_of(300) - words_of(200) == words_of(200) - words_of(100)


# ── NaN ────────────────────────────────────────────────────────────────────────────────────────

READINGS = pytest.mark.parametrize("read", [RULES.get, rows_as_numpy], ids=["floats", "arrays"])
NAN_AT = [
    pytest.param(name, i, id=f"{name}-{i}")
    for name, row in RULES.items()
    for i in range(row.arity or (5 if name == "dot" else 3))
]


def looks_at(name: str, derivative: int, operand: int) -> bool:
    """Does this local derivative depend on this operand?"""
    match name:
        case "add" | "sub" | "neg" | "sum" | "where" | "neg_log_share":
            return False
        case "mul":
            return derivative != operand
        case "dot":  # w₁ w₂ x₁ x₂ b
            return {derivative, operand} in ({0, 2}, {1, 3})
        case "div":
            return (derivative, operand) != (0, 0)  # 1 / y
        case "log_sum_exp_less":
            return derivative > 0 and operand > 0  # −1 by m; a share does not depend on m
    return True


@READINGS
@pytest.mark.parametrize(("name", "i"), NAN_AT)
def test_nan_goes_through(read, name, i):
    if read is rows_as_numpy and name not in BY_ARRAYS:
        return
    row = read(name)
    operands = [0.5] * (RULES[name].arity or (5 if name == "dot" else 3))
    operands[i] = nan
    out = row.forward(*operands)
    assert isnan(out) == ((name, i) != ("where", 2))  # of two branches the one that is not taken has no say
    for j, derivative in enumerate(row.locals(out, *operands)):
        assert isnan(derivative) == looks_at(name, j, i)


@READINGS
def test_nan_to_the_zero_and_one_to_the_nan_are_one(read):
    power = read("pow").forward
    assert power(*np.array([nan, 0.0])) == power(*np.array([1.0, nan])) == 1.0


# ── arrays ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", BY_ARRAYS.values(), ids=BY_ARRAYS)
def test_arrays_read_all_sample_points_at_once_as_floats_do(row):
    array_row = rows_as_numpy(row.name)
    for _, group in groupby(sorted(SAMPLE_POINTS[row.name], key=len), key=len):
        points = list(group)
        columns = [np.array(column) for column in zip(*points, strict=True)]
        with np.errstate(all="ignore"):
            out = array_row.forward(*columns)
            local = np.stack([np.broadcast_to(derivative, out.shape) for derivative in array_row.locals(out, *columns)])
        floats = [row.forward(*point) for point in points]
        slopes = np.array([row.locals(value, *point) for value, point in zip(floats, points, strict=True)]).T
        np.testing.assert_allclose(out, floats, rtol=1e-15, atol=0)
        # where no derivative exists, neither may pretend; which infinity it is does not matter
        exists = np.array([[not mp.isnan(true) for true in true_locals(row.name, point)] for point in points]).T
        np.testing.assert_allclose(local[exists], slopes[exists], rtol=1e-15, atol=0)
        assert not np.isfinite(local[~exists]).any()


# Where a float raises, an array holds what IEEE 754 says.
EDGES = [
    ("log", (0.0,), -inf),
    ("log", (-1.0,), nan),
    ("sqrt", (-1.0,), nan),
    ("exp", (1000.0,), inf),
    ("div", (1.0, 0.0), inf),
    ("div", (0.0, 0.0), nan),
    ("pow", (0.0, -1.0), inf),
    ("pow", (-8.0, 1 / 3), nan),
    ("pow", (10.0, 400.0), inf),
]


@pytest.mark.parametrize(("name", "point", "ieee"), EDGES, ids=[spell(name, point) for name, point, _ in EDGES])
def test_where_a_float_raises_an_array_holds_nan_or_infinity(name, point, ieee):
    with pytest.raises((ArithmeticError, ValueError)):
        RULES[name].forward(*point)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(rows_as_numpy(name).forward(*np.array(point)), ieee)


# ── mpmath ─────────────────────────────────────────────────────────────────────────────────────


def _weighted_sum(weights, values, bias):
    return mp.fdot(zip(weights, values, strict=False)) + bias


MPMATH = {name: getattr(mp, name) for name in "exp expm1 log log1p sqrt sin cos tan tanh nan".split()} | {
    "where": lambda condition, a, b: a if condition else b,
    "power": mp.power,
    "power_or_inf": lambda x, y: mp.inf if x == 0 and y < 0 else mp.power(x, y),
    "total": mp.fsum,
    "weighted_sum": _weighted_sum,
    "largest": max,
    "abs": abs,
    "len": len,
    "tuple": tuple,
    "zip": zip,
}
EXACT = reading(MPMATH)
FIFTY_DIGITS = mp.mpf(10) ** -50


def test_mpmath_provides_every_name_of_a_row():
    assert MPMATH.keys() == WORDS.keys()


@EVERY_RULE
def test_a_row_read_by_mpmath_is_the_truth_to_50_digits(row):
    exact_row = EXACT[row.name]
    for point in SAMPLE_POINTS[row.name]:
        operands = tuple(map(mp.mpf, point))
        with mp.workdps(60):  # no more than a sound row needs
            out = exact_row.forward(*operands)
            local = exact_row.locals(out, *operands)
        assert agrees(out, true_value(row.name, point), FIFTY_DIGITS), spell(row.name, point)
        for derivative, true in zip(local, true_locals(row.name, point), strict=True):
            assert agrees(derivative, true, FIFTY_DIGITS), spell(row.name, point)


@pytest.mark.parametrize("row", [row for row in TABLE if row.textbook], ids=lambda row: row.name)
def test_the_textbook_derivative_equals_the_row_to_50_digits(row):
    exact_row = EXACT[row.name]
    for point in SAMPLE_POINTS[row.name]:
        if row.singular and point[0] <= 0:  # x⁻¹ or log x, which the row has to avoid and the textbook leaves out
            continue
        operands = tuple(map(mp.mpf, point))
        out = exact_row.forward(*operands)
        pairs = zip(exact_row.textbook(out, *operands), exact_row.locals(out, *operands), strict=True)
        assert all(agrees(textbook, sound, FIFTY_DIGITS) for textbook, sound in pairs), spell(row.name, point)


# ── what every row has to obey ──────────────────────────────────────────────────


def check(row: Rule) -> None:
    require_words(row)
    require_row(row)


def rejects(error: type[Exception], message: str, forward: Callable[..., Any], local: Callable[..., Any], **more: Any):
    with pytest.raises(error) as refused:
        check(Rule("wrong", "?", forward, local, **more))
    assert str(refused.value) == message


def test_a_row_with_the_wrong_number_of_derivatives_is_rejected():
    rejects(
        TypeError,
        "locals of 'wrong' must give a tuple of 2 local derivatives; at nan it gives (1.0,) (tuple)",
        lambda x, y: x + y,
        lambda out, x, y: (1.0,),
    )
    rejects(
        TypeError,
        "locals of 'wrong' must give a tuple of 1 local derivative, as in lambda out, x: (out,); "
        "at nan it gives (1.0, 1.0) (tuple)",
        lambda x: x,
        lambda out, x: (1.0, 1.0),
    )
    rejects(
        TypeError,
        "locals of 'wrong' must give a tuple of 3 local derivatives; at nan it gives (1.0, 1.0) (tuple)",
        lambda *x: total(x),
        lambda out, *x: (1.0, 1.0),
    )


@pytest.mark.parametrize(("local", "got"), [(1.0, "1.0 (float)"), ([1.0], "[1.0] (list)")], ids=repr)
def test_a_row_whose_derivatives_are_not_a_tuple_is_rejected(local, got):
    message = (
        f"locals of 'wrong' must give a tuple of 1 local derivative, as in lambda out, x: (out,); at nan it gives {got}"
    )
    with pytest.raises(TypeError) as refused:
        require_row(Rule("wrong", "?", lambda x: x, lambda out, x: local))
    assert str(refused.value) == message


def test_a_textbook_with_the_wrong_number_of_derivatives_is_rejected():
    rejects(
        TypeError,
        "textbook of 'wrong' must give a tuple of 1 local derivative, as in lambda out, x: (out,); "
        "at nan it gives (1.0, 1.0) (tuple)",
        lambda x: x,
        lambda out, x: (1.0,),
        textbook=lambda out, x: (1.0, 1.0),
    )


def test_a_row_with_a_foreign_name_is_rejected():
    message = f"{{}} of 'wrong' uses ['floor']; a row of the table may use {sorted(NAMES)}"
    rejects(NameError, message.format("forward"), lambda x: floor(x), lambda out, x: (0.0,))
    rejects(NameError, message.format("locals"), lambda x: x, lambda out, x: (floor(x),))
    textbook = {"textbook": lambda out, x: (floor(x),)}
    rejects(NameError, message.format("textbook"), lambda x: x, lambda out, x: (1.0,), **textbook)
    rejects(NameError, message.format("forward"), lambda *x: total(floor(xi) for xi in x), lambda out, *x: x)


def test_a_row_with_a_name_from_the_function_around_it_is_rejected():
    slope = 0.1
    message = f"forward of 'wrong' uses ['slope']; a row of the table may use {sorted(NAMES)}"
    rejects(NameError, message, lambda x: slope * x, lambda out, x: (0.1,))


@pytest.mark.parametrize(
    ("local", "takes"),
    [
        (lambda x: (1.0, 1.0), "x"),
        (lambda out, x: (1.0, 1.0), "out, x"),
        (lambda out, y, x: (1.0, 1.0), "out, y, x"),
        (lambda x, y, out: (1.0, 1.0), "x, y, out"),
    ],
    ids=["no out", "an operand short", "operands swapped", "out last"],
)
def test_derivatives_take_out_and_then_the_operands_of_forward(local, takes):
    message = f"{{}} of 'wrong' must take out and then the operands of forward, (out, x, y); it takes ({takes})"
    rejects(TypeError, message.format("locals"), lambda x, y: x + y, local)
    right = (lambda x, y: x + y), (lambda out, x, y: (1.0, 1.0))
    rejects(TypeError, message.format("textbook"), *right, textbook=local)


def test_a_row_that_swallows_nan_is_rejected():
    rejects(
        ValueError,
        "NaN must go through forward of 'wrong', which gives 0.0 for it: where(x <= 0.0, 0.0, x) lets it through, "
        "where(x > 0.0, x, 0.0) does not",
        lambda x: where(x > 0.0, x, 0.0),
        lambda out, x: (1.0,),
    )


COMPUTABLE = (
    "{} of 'wrong' must be an expression of its operands that every reading can compute, by + − * / **, "
    "< <= > >= inside where(condition, a, b), and the words of engine/vocabulary.py: "
)


@pytest.mark.parametrize(
    ("forward", "why"),
    [
        (lambda x: x if x > 0.0 else -x, "a row branches only by where(condition, a, b)"),
        (lambda x: where(0.0 < x < 1.0, x, -x), "a row branches only by where(condition, a, b)"),
        (lambda x: where(x == 0.0, 1.0, x), "a row compares only with < <= > >="),
        (lambda x: x * (x > 0.0), "a comparison is no number; where(condition, 1.0, 0.0) is one"),
        (lambda x: where(x, x, x), "the condition of where() must be a comparison; it is Symbol(x0) (Symbol)"),
        (lambda x: x.real, "'Symbol' object has no attribute 'real'"),
    ],
    ids=["if", "chained", "==", "a comparison times x", "no comparison", "attribute"],
)
def test_a_row_that_only_floats_could_compute_is_rejected(forward, why):
    with pytest.raises(TypeError) as refused:
        require_row(Rule("wrong", "?", forward, lambda out, x: (1.0,)))
    assert str(refused.value) == COMPUTABLE.format("forward") + why


def test_a_row_that_obeys_is_accepted():
    check(Rule("cube", "x³", lambda x: x * x * x, lambda out, x: (3.0 * x * x,)))


@EVERY_RULE
def test_every_row_of_the_table_obeys(row):
    check(row)


def test_no_two_rows_share_a_name():
    assert len(RULES) == len(TABLE)


def test_words_and_phrases_are_all_that_a_row_may_say():
    said = {name for row in TABLE for part in (row.forward, row.locals, row.textbook) if part for name in names(part)}
    inside = {name for phrase in PHRASES for name in names(phrase)}
    assert said | inside == NAMES.keys()  # and nothing of it is left unsaid


def test_a_reading_binds_the_phrases_to_its_words_and_leaves_what_it_brings_itself():
    doubled = reading(WORDS | {"exp": lambda x: 2.0})
    assert doubled["sigmoid"].forward(1.0) == 1.0 / 3.0
    assert reading(WORDS | {"sigmoid": lambda x: 7.0})["softplus"].locals(0.0, 1.0) == (7.0,)
    assert RULES["sigmoid"].forward(0.0) == 0.5


@pytest.mark.parametrize("row", [row for row in TABLE if row.textbook], ids=lambda row: row.name)
def test_a_row_that_is_computed_otherwise_than_in_textbooks_says_why(row):
    assert row.because
