"""What a source says, beside what the engine has: one structure for the rows of every demo.

A check is a number that the source prints, reproduced to its digits; or an equation, compared with the engine to
`TOLERANCE`; or a slip, whose explanation is a computation too. Anything else is unexplained, and then the demo ends
with exit code 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from demos.kit.printed import PaperComparison, Printed, Work, nearest
from engine.support.numerals import number

TOLERANCE = 1e-12  # how near two sides of an equation come, relative to the largest number of the exact side


class Outcome(StrEnum):
    AGREES = "agrees"
    HOLDS = "holds"
    SLIP = "slip"
    UNEXPLAINED = "UNEXPLAINED"

    @property
    def meaning(self) -> str:
        """What it says of a row, as the demos and the table of all sources explain it."""
        return MEANINGS[self]


MEANINGS = {
    Outcome.AGREES: "the exact number, rounded, is the printed one",
    Outcome.HOLDS: "the numbers bear it out",
    Outcome.SLIP: "the source errs, and it is said how",
    Outcome.UNEXPLAINED: "the source has something else, and nothing says why",
}


@dataclass(frozen=True)
class Check:
    """One row: where a source says what of which quantity, what is exact, and how the two compare."""

    source: str  # "The Mathematics", "A Primer on Backpropagation, July 27"
    where: str  # a section: "The key equations"
    quantity: str  # a symbol: "δ_out", "∂C/∂w⁽¹⁾"
    printed: str  # the number as it is printed, or what the source's equation gives
    exact: str  # what the engine has
    outcome: Outcome
    why: str = ""  # what went wrong, with the computation that shows it
    formula: str = ""  # what the quantity is computed from

    @property
    def explained(self) -> bool:
        return self.outcome is not Outcome.UNEXPLAINED


@dataclass(frozen=True)
class Place:
    """A place in a source, where checks are made."""

    source: str
    where: str

    def number(self, quantity: str, printed: str, exact: float, formula: str = "") -> Check:
        """A number that is printed, as it stands: `printed` has its digits."""
        digits = Printed(printed)
        agrees = digits.value in nearest(exact, digits.places)
        return self._row(quantity, digits.text, number(exact), Outcome.AGREES if agrees else None, formula=formula)

    def reference(self, quantity: str, printed: Printed, exact: float, within: float) -> Check:
        """A number from a run in fewer digits, single precision say: it agrees if it comes so near."""
        agrees = abs(exact - float(printed.value)) <= within
        return self._row(quantity, printed.text, number(exact, 10), Outcome.AGREES if agrees else None)

    def numbers(self, comparison: PaperComparison) -> list[Check]:
        """The numbers that one edition prints, with the causes that are claimed for its slips."""
        return [self.worked(comparison, work) for work in comparison.works.values()]

    def worked(self, comparison: PaperComparison, work: Work, edition: int = 0) -> Check:
        """One of them, as this edition prints it."""
        verdict = comparison.verdicts[work.quantity][edition]
        outcome = Outcome.AGREES if verdict.agrees else Outcome.SLIP if verdict.explained else None
        symbol, exact = work.quantity.symbol(comparison.notation), number(work.quantity.read(comparison.graph))
        return self._row(symbol, work.printed[edition].text, exact, outcome, verdict.why, comparison.formula(work))

    def equation(self, quantity: str, said: Any, exact: Any, formula: str = "") -> Check:
        """What the source's equation gives, numbers or arrays of them, and what the engine has."""
        outcome = Outcome.HOLDS if equal(said, exact) else None
        return self._row(quantity, *_shown(said, exact), outcome, formula=formula)

    def slip(self, quantity: str, said: Any, exact: Any, why: str, meant: Any, formula: str = "") -> Check:
        """An equation that is wrong to the letter; it counts as explained if what is meant holds in its place."""
        outcome = Outcome.SLIP if equal(meant, exact) and not equal(said, exact) else None
        return self._row(quantity, *_shown(said, exact), outcome, why, formula)

    def claim(self, statement: str, exact: str, holds: bool) -> Check:
        """A statement in words; `holds` says whether the numbers confirm it."""
        return self._row(statement, "", exact, Outcome.HOLDS if holds else None)

    def misprint(self, quantity: str, said: str, meant: str, why: str, holds: bool) -> Check:
        """A slip in words or letters; `holds` says whether the numbers confirm what is meant."""
        return self._row(quantity, said, meant, Outcome.SLIP if holds else None, why)

    def _row(
        self, quantity: str, printed: str, exact: str, outcome: Outcome | None, why: str = "", formula: str = ""
    ) -> Check:
        judged, reason = (outcome, why) if outcome else (Outcome.UNEXPLAINED, "")
        return Check(self.source, self.where, quantity, printed, exact, judged, reason, formula)


def difference(said: Any, exact: Any) -> float:
    """The largest difference between two numbers or arrays, relative to the largest number of the exact one.

    It is TOLERANCE if they are nearer: what lies below is rounding, and differs from machine to machine.
    """
    left, right = np.asarray(said, dtype=float), np.asarray(exact, dtype=float)
    if left.shape != right.shape:
        return float("inf")
    found = np.max(np.abs(left - right)) / (np.max(np.abs(right)) or 1.0)
    return float(np.maximum(found, TOLERANCE))  # NaN remains NaN


def nearness(difference: float) -> str:
    return "equal" if difference <= TOLERANCE else f"within {number(difference, 2)}"


def equal(said: Any, exact: Any) -> bool:
    return difference(said, exact) <= TOLERANCE


def bracketed(x: float) -> str:
    """A number as a factor or a term of a formula: (−0.5)."""
    return f"({number(x)})" if x < 0 else number(x)


def _shown(said: Any, exact: Any) -> tuple[str, str]:
    """Both sides of an equation: as numbers, or of arrays the shape and how near they are."""
    shape = np.shape(exact)
    if shape:
        return " × ".join(map(str, shape)) + " numbers", nearness(difference(said, exact))
    return _digits(said), _digits(exact)


def _digits(x: Any) -> str:
    """A count is written out, its thousands apart."""
    return f"{x:,}".replace(",", " ") if isinstance(x, int) else number(x)
