"""Polynomial regression: numpy's polynomials, not the demo's own, say what is right."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from demos import regression
from demos.kit.checks import Outcome

XS, YS = map(np.array, regression.data())
START = [parameter.data for parameter in regression.parameters()]


def squares(k):
    return float(np.sum((Polynomial(k)(XS) - YS) ** 2))


def test_the_points_are_the_same_each_time_and_have_two_decimals():
    assert regression.data() == regression.data()
    assert len(set(XS.tolist())) == len(YS) == regression.POINTS
    assert np.round(YS, 2).tolist() == YS.tolist()


def test_the_cost_and_the_gradient_of_the_graph_are_those_of_the_sum_of_squares():
    k = regression.parameters()
    C = regression.cost(k)
    C.backward()
    assert C.data == pytest.approx(squares(START), rel=1e-14)
    for j, parameter in enumerate(k):
        step = np.eye(len(k))[j] * 1e-3  # C is a quadratic in k, so that a central difference is exact
        difference = (squares(START + step) - squares(START - step)) / 2e-3
        assert parameter.grad == pytest.approx(difference, rel=1e-9)


def test_descent_falls_at_every_step_to_the_least_squares_solution():
    way = regression.descent()
    assert way.ks[0] == START
    best = Polynomial.fit(XS, YS, regression.DEGREE).convert().coef
    assert regression.least_squares() == pytest.approx(best, rel=1e-12)
    assert way.ks[-1] == pytest.approx(best, rel=1e-12)
    assert all(after <= before * (1 + 1e-12) for before, after in pairwise(way.costs))
    assert way.costs[-1] == pytest.approx(squares(best), rel=1e-12)
    assert way.costs[10] == pytest.approx(squares(way.ks[10]), rel=1e-12)


def test_the_missing_square_is_shown_with_what_it_would_mean():
    (slip,) = (check for check in regression.DEMO.checks() if check.outcome is Outcome.SLIP)
    assert float(slip.printed) == pytest.approx(np.sum(Polynomial(START)(XS) - YS), rel=1e-3)
    assert float(slip.exact) == pytest.approx(squares(START), rel=1e-3)
    slopes = [f"{np.sum(XS**j):.4g}" for j in range(regression.DEGREE + 1)]
    assert f"Σ xᵢʲ = ({', '.join(slopes)})" in slip.why


def test_every_printed_formula_has_its_row():
    held = [check.quantity for check in regression.DEMO.checks() if check.outcome is Outcome.HOLDS]
    assert held == ["C", "∂C/∂k₀", "∂C/∂k₁", "∂C/∂k₂", "∂C/∂k₃", "k₀", "k₁", "k₂", "k₃"]


def test_descent_that_ends_elsewhere_is_not_explained(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(regression, "least_squares", lambda: [k * (1 + 1e-9) for k in regression.descent().ks[-1]])
    assert regression.DEMO.main(["--out", str(tmp_path)]) == 1
    assert "4 NOT EXPLAINED" in capsys.readouterr().out
