"""The mathematics page: what it prints (typed off here once more) beside 30 digits, with either loss."""

from __future__ import annotations

import re

import mpmath
import pytest

from demos.kit.checks import Outcome
from demos.sigmoid import DEMO, page, report
from nn import half_squared_error, squared_error

# name, printed, exact with (y − ŷ)², its verdict, exact with ½(y − ŷ)², its verdict
FORWARD = [
    ("z_h", "1.1", "1.1", "agrees"),
    ("h", "0.750", "0.7503", "agrees"),
    ("z_out", "0.600", "0.6002", "agrees"),
    ("ŷ", "0.646", "0.6457", "agrees"),
    ("y − ŷ", "0.354", "0.3543", "agrees"),
    ("L", "0.125", "0.1255", "slip"),
]
BACKWARD = [
    ("ŷ(1 − ŷ)", "0.229", "0.2288", "agrees", "0.2288", "agrees"),
    ("δ_out", "−0.0811", "−0.1621", "slip", "−0.08105", "agrees"),
    ("∂L/∂w₃", "−0.0608", "−0.1216", "slip", "−0.06081", "agrees"),
    ("h(1 − h)", "0.1875", "0.1874", "slip", "0.1874", "slip"),
    ("δ_h", "−0.01217", "−0.02430", "slip", "−0.01215", "slip"),
    ("∂L/∂w₁", "−0.01217", "−0.02430", "slip", "−0.01215", "slip"),
    ("∂L/∂w₂", "−0.02434", "−0.04860", "slip", "−0.02430", "slip"),
    ("w₃ after", "0.806", "0.8122", "slip", "0.8061", "agrees"),
    ("w₁ after", "0.501", "0.5024", "slip", "0.5012", "agrees"),
    ("w₂ after", "0.302", "0.3049", "slip", "0.3024", "agrees"),
]

CAUSES = [
    "computed with rounded numbers: (1 − 0.646)² = 0.12532 → 0.125",
    "the 2 of ∂L/∂ŷ is left out, as if L were ½(y − ŷ)²: −0.354 · 0.229 = −0.081066 → −0.0811",
    "−0.0811 carried on: −0.0811 · 0.750 = −0.060825 → −0.0608",
    "computed with rounded numbers: 0.750 · (1 − 0.750) = 0.1875",
    "−0.0811, 0.1875 carried on: −0.0811 · 0.8 · 0.1875 = −0.012165 (half-way) → −0.01217",
    "−0.01217 carried on: −0.01217 · 1 = −0.01217",
    "−0.01217 carried on: −0.01217 · 2 = −0.02434",
    "−0.0608 carried on: 0.8 − 0.1 · (−0.0608) = 0.80608 → 0.806",
    "−0.01217 carried on: 0.5 − 0.1 · (−0.01217) = 0.50122 → 0.501",
    "−0.02434 carried on: 0.3 − 0.1 · (−0.02434) = 0.30243 → 0.302",
]

PLACE = "Worked numerical verification"


def rows(where):
    return [check for check in DEMO.checks() if check.where == where]


def cells(check):
    return check.quantity, check.printed, check.exact, str(check.outcome)


def exact(factor):
    """Every quantity in 30 digits, for the loss factor · (y − ŷ)²."""
    with mpmath.workdps(30):
        w1, w2, w3, rate = map(mpmath.mpf, ("0.5", "0.3", "0.8", "0.1"))

        def network(w1, w2, w3):
            z_h = w1 + 2 * w2
            h = 1 / (1 + mpmath.exp(-z_h))
            return z_h, h, w3 * h, 1 / (1 + mpmath.exp(-w3 * h))

        z_h, h, z_out, y_hat = network(w1, w2, w3)
        gradients = [
            mpmath.diff(lambda *w: factor * (1 - network(*w)[3]) ** 2, (w1, w2, w3), order)
            for order in ((1, 0, 0), (0, 1, 0), (0, 0, 1))
        ]
        after = [w - rate * g for w, g in zip((w1, w2, w3), gradients, strict=True)]
        forward = [z_h, h, z_out, y_hat, 1 - y_hat, factor * (1 - y_hat) ** 2]
        # of δ, ∂L/∂w₃ = δ_out · h and ∂L/∂w₁ = δ_h · 1
        backward = [y_hat * (1 - y_hat), gradients[2] / h, gradients[2], h * (1 - h), gradients[0], *gradients[:2]]
        return [float(x) for x in forward], [float(x) for x in [*backward, after[2], *after[:2]]]


def test_the_forward_pass_stands_beside_the_printed_numbers():
    assert [cells(check) for check in rows(f"{PLACE}: forward")] == FORWARD
    assert [float(check.exact) for check in rows(f"{PLACE}: forward")] == pytest.approx(exact(1)[0], rel=5e-4)


@pytest.mark.parametrize(("loss", "factor", "column"), [("(y − ŷ)²", 1, 2), ("½(y − ŷ)²", 0.5, 4)])
def test_the_backward_pass_and_the_updates_stand_beside_the_printed_numbers_with_either_loss(loss, factor, column):
    found = rows(f"{PLACE}: backward, with {loss}")
    assert [cells(check) for check in found] == [(*row[:2], *row[column : column + 2]) for row in BACKWARD]
    shown = [float(check.exact.replace("−", "-")) for check in found]
    assert shown == pytest.approx(exact(factor)[1], rel=5e-4)


@pytest.mark.parametrize(("loss", "factor"), [(squared_error, 1), (half_squared_error, 0.5)])
def test_what_is_exact_is_exact(loss, factor):
    graph = page.example(loss)
    works = (*page.FORWARD, *page.backward_works(page.with_the_two, None))
    values = [work.quantity.read(graph) for work in works]
    assert values == pytest.approx([x for part in exact(factor) for x in part], rel=1e-12)


def test_every_slip_has_its_cause_with_the_numbers_in_it():
    stated = rows(f"{PLACE}: forward") + rows(f"{PLACE}: backward, with (y − ŷ)²")
    assert [check.why for check in stated if check.why] == CAUSES
    half = rows(f"{PLACE}: backward, with ½(y − ŷ)²")
    rounding = [CAUSES[3], CAUSES[4].replace("−0.0811, ", "", 1), *CAUSES[5:7]]
    assert [check.why for check in half if check.why] == rounding


def test_the_four_matrix_equations_hold_on_every_layer_and_so_does_the_forward_pass():
    found = rows("The backpropagation equations in full generality")
    assert {check.outcome for check in found} == {Outcome.HOLDS}
    names = [check.quantity for check in found]
    assert names[:6] == ["z¹", "a¹", "z²", "a²", "z³", "a³"]
    assert names[6:] == [name for l in "³²¹" for name in (f"δ{l}", f"∂L/∂W{l}", f"W{l} after")]
    assert [check.formula for check in found if check.quantity == "δ²"] == ["((W³)ᵀ δ³) ⊙ σ′(z²)"]


def test_without_the_2_training_is_that_at_half_the_rate():
    stated, half = report.descent(squared_error, 0.1), report.descent(half_squared_error, 0.2)
    assert stated == pytest.approx(half, rel=1e-12)
    assert stated[0] == pytest.approx(exact(1)[0][-1], rel=1e-12)
    assert stated[-1] < report.descent(half_squared_error, 0.1)[-1]


def test_a_number_that_the_page_does_not_print_is_not_explained(monkeypatch, tmp_path, capsys):
    wrong = page.work(page.h, page.sigmoid, (page.z_h,), "0.751", page.CARRIED_ON)
    monkeypatch.setattr(report, "FORWARD", (page.FORWARD[0], wrong, *page.FORWARD[2:]))
    assert DEMO.main(["--out", str(tmp_path)]) == 1
    assert re.search(r"h +σ\(1\.1\) +0\.751 +0\.7503 +UNEXPLAINED", capsys.readouterr().out)
