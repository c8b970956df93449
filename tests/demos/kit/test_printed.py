"""Rounding as papers do it, and the claims about what went wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest

from demos.kit.printed import CARRIED_ON, CUT_OFF, ONE_TOO_MANY, PaperComparison, Printed, Work, cut, nearest
from demos.kit.quantities import Graph, Number
from engine.support.notation import BISHOP, PRE_ACTIVATION, WEIGHT, Role
from nn import MLP, half_squared_error

A, W = Number(Role(PRE_ACTIVATION, 1, (1,))), Number(Role(WEIGHT, 1, (1, 1)))


def decimals(*texts):
    return {Fraction(text) for text in texts}


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (0.9354, 2, ["0.94"]),
        (-0.5131, 2, ["-0.51"]),
        (-0.003658, 2, ["0"]),
        (1.7, 1, ["1.7"]),
        (2.0, 0, ["2"]),
        (Fraction("0.485"), 2, ["0.48", "0.49"]),  # half-way: papers round either way
        (0.485, 2, ["0.48", "0.49"]),  # a float beside half-way counts as half-way
        (0.1 + 0.2 + 0.005, 2, ["0.30", "0.31"]),
        (-0.125, 2, ["-0.12", "-0.13"]),
        (0.4851, 2, ["0.49"]),
        (0.4849, 2, ["0.48"]),
    ],
)
def test_rounding_gives_both_neighbours_half_way_and_one_elsewhere(value, places, expected):
    assert nearest(value, places) == decimals(*expected)


@pytest.mark.parametrize(("value", "expected"), [(0.9354, "0.93"), (-0.9399, "-0.93"), (0.93, "0.93"), (1, "1")])
def test_cutting_leaves_digits_out_towards_zero(value, expected):
    assert cut(Fraction(str(value)), 2) == decimals(expected)


def test_a_printed_number_knows_its_places_and_shows_a_true_minus():
    printed = Printed("-0.040")
    assert (printed.value, printed.places, printed.text) == (Fraction(-1, 25), 3, "−0.040")


def compared(*prints, change=None):
    """a = w x with w = 0.26 and x = 1, whose w a paper prints as `prints[0]` and its a, twice w, as `prints[1]`."""
    model = MLP.from_weights([[[0.26]]])
    loss = half_squared_error(model([1]), [0])
    loss.backward()
    works = [Work(W, lambda a: a, (A,), (prints[0],)), Work(A, lambda w: w * 1, (W,), (prints[1],))]
    return [verdicts[0] for verdicts in PaperComparison(works, Graph(loss), BISHOP).verdicts.values()]


def test_a_number_that_is_the_exact_one_rounded_agrees():
    assert [verdict.agrees for verdict in compared(Printed("0.3"), Printed("0.26"))] == [True, True]


def test_a_slip_without_a_claim_is_not_explained():
    first, second = compared(Printed("0.2"), Printed("0.2"))
    assert not first.explained
    assert not second.explained


def test_a_claim_is_worth_nothing_if_its_computation_gives_other_digits():
    assert not compared(Printed("0.1", CUT_OFF), Printed("0.26"))[0].explained
    assert not compared(Printed("1.2", ONE_TOO_MANY), Printed("0.26"))[0].explained
    assert not compared(Printed("0.2", CUT_OFF), Printed("0.3", CARRIED_ON))[1].why


def test_nothing_is_carried_on_where_no_operand_slipped():
    """0.3 is 0.26 rounded, and 0.3 · 1 is 0.30: rounding early is no slip that could be carried on."""
    assert not compared(Printed("0.3"), Printed("0.30", CARRIED_ON))[1].explained


def test_an_explanation_names_the_cause_and_where_it_began():
    first, second = compared(Printed("0.2", CUT_OFF), Printed("0.20", CARRIED_ON))
    assert (first.explained, first.roots) == (True, {W})
    assert first.why.startswith("cut off, not rounded: ")
    assert (second.explained, second.roots) == (True, {W})
    assert second.why == "0.2 carried on: 0.2 · 1 = 0.2"
    assert compared(Printed("1.3", ONE_TOO_MANY), Printed("0.26"))[0].why.startswith("a 1 too many: ")
