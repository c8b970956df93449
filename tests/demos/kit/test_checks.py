"""Rows of checks: what agrees, what holds, and what counts as an explanation."""

from __future__ import annotations

import numpy as np
import pytest

from demos.kit.checks import TOLERANCE, Check, Outcome, Place, difference
from demos.kit.printed import CUT_OFF, PaperComparison, Printed, Work
from demos.kit.quantities import Graph, Number
from engine.support.notation import NIELSEN, PRE_ACTIVATION, WEIGHT, Role
from nn import MLP, half_squared_error

PLACE = Place("a source", "section 1")


@pytest.mark.parametrize(
    ("digits", "exact", "outcome"),
    [
        ("0.94", 0.9354, Outcome.AGREES),
        ("0.93", 0.9354, Outcome.UNEXPLAINED),
        ("-0.0811", -0.08105, Outcome.AGREES),  # half-way
        ("-0.0811", 0.0811, Outcome.UNEXPLAINED),
    ],
)
def test_a_printed_number_agrees_if_the_exact_one_rounds_to_it(digits, exact, outcome):
    check = PLACE.number("x", digits, exact)
    assert (check.source, check.where, check.outcome) == ("a source", "section 1", outcome)
    assert check.explained == (outcome is Outcome.AGREES)
    assert check.printed == digits.replace("-", "−")


@pytest.mark.parametrize(
    ("said", "exact", "holds"),
    [
        (1.0, 1.0 + 1e-13, True),
        (1.0, 1.0 + 1e-11, False),
        (1e-20, 1.1e-20, False),  # relative, however small
        (0.0, 0.0, True),
        (1e-11, 0.0, False),
        ([1e6, 0.0], [1e6, 1e-7], True),  # relative to the largest number
        ([1e6, 0.0], [1e6, 1e-5], False),
        ([1.0], [1.0, 1.0], False),  # another shape
        ([[1.0, 1.0]], [[1.0], [1.0]], False),
        (float("nan"), 1.0, False),
        (float("nan"), float("nan"), False),
    ],
)
def test_an_equation_holds_within_the_tolerance_of_its_largest_number(said, exact, holds):
    assert (PLACE.equation("x", said, exact).outcome is Outcome.HOLDS) == holds
    assert TOLERANCE == 1e-12


def test_the_sides_of_an_equation_are_shown_as_numbers_counts_or_shapes():
    def shown(said, exact):
        check = PLACE.equation("x", said, exact)
        return check.printed, check.exact

    assert shown(0.25, 0.25) == ("0.25", "0.25")
    assert shown(1048576, 1048576) == ("1 048 576", "1 048 576")
    assert shown(np.ones((2, 3)), np.ones((2, 3))) == ("2 × 3 numbers", "equal")
    assert shown([1.0, 2.0], [1.0, 2.5]) == ("2 numbers", "within 0.2")


def test_a_slip_is_explained_only_if_it_differs_and_what_is_meant_holds():
    def outcome(said, exact, meant):
        return PLACE.slip("x", said, exact, "the square is missing", meant).outcome

    assert outcome(3.0, 9.0, meant=9.0) is Outcome.SLIP
    assert outcome(3.0, 9.0, meant=8.0) is Outcome.UNEXPLAINED
    assert outcome(9.0, 9.0, meant=9.0) is Outcome.UNEXPLAINED
    assert PLACE.slip("x", 3.0, 9.0, "because", 8.0).why == ""  # no reason is given that is none


@pytest.mark.parametrize("holds", [True, False])
def test_words_count_if_numbers_bear_them_out(holds):
    assert PLACE.claim("it grows", "1 → 2", holds).explained == holds
    assert PLACE.misprint("f", "Rʰ", "Rᵏ", "there is no h", holds).explained == holds


def test_the_verdicts_of_a_comparison_become_rows():
    model = MLP.from_weights([[[0.26]]])
    loss = half_squared_error(model([1]), [0])
    loss.backward()
    w, z = Number(Role(WEIGHT, 1, (1, 1))), Number(Role(PRE_ACTIVATION, 1, (1,)))
    works = [
        Work(z, lambda w: w * 1, (w,), (Printed("0.2", CUT_OFF),)),
        Work(w, lambda z: z, (z,), (Printed("0.25"),)),
    ]
    first, second = PLACE.numbers(PaperComparison(works, Graph(loss), NIELSEN))
    assert first == Check(
        *("a source", "section 1", "z₁⁽¹⁾", "0.2", "0.26", Outcome.SLIP),
        why="cut off, not rounded: 0.25 · 1 = 0.25 → 0.2",
        formula="0.26 · 1",
    )
    assert (second.quantity, second.outcome, second.why) == ("w₁,₁⁽¹⁾", Outcome.UNEXPLAINED, "")


def test_a_difference_is_relative_to_the_largest_exact_number():
    assert difference([1.0, 4.0], [2.0, 4.0]) == 0.25
    assert difference([0.5], [0.0]) == 0.5


@pytest.mark.parametrize("nearer", [1.0, 1.0 + 2**-52, 1.0 - 5e-13])
def test_rounding_is_not_told_apart_since_it_differs_between_machines(nearer):
    assert difference([nearer], [1.0]) == TOLERANCE


@pytest.mark.parametrize(("digits", "agrees"), [("0.46211717", True), ("0.4621171", True), ("0.46211740", False)])
def test_a_number_of_single_precision_agrees_if_it_comes_so_near(digits, agrees):
    check = PLACE.reference("z", Printed(digits), 0.46211715726, within=1e-7)
    assert (check.printed, check.exact, check.explained) == (digits, "0.4621171573", agrees)
