"""Numbers as a paper prints them, beside those of a graph: which agree, and why the others don't.

A paper prints few digits, and computes on with what it has printed. So a printed number either is the exact one,
rounded; or something slipped, and a `Cause` claims what. A claim counts only if its computation, fed with the
numbers that the same edition prints, comes out at the printed digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from demos.kit.quantities import Graph, Quantity
from engine.readings.formulas import SYMBOLS
from engine.readings.symbols import Symbol
from engine.rules import rule
from engine.support.notation import Notation
from engine.support.numerals import number

# Plain Python over + − · and powers, so that one formula is read twice: by numbers, and by symbols as text.
Formula = Callable[..., Any]


def by_name(name: str) -> Formula:
    """An operation of the table, written by its name: tanh(1.7)."""
    return lambda x: SYMBOLS[name](x) if isinstance(x, Symbol) else rule(name).forward(x)


HALF_WAY = Fraction(1, 10**9)  # so near to the middle between two roundings, a float does not tell which side


def nearest(value: float | Fraction, places: int) -> set[Fraction]:
    """`value` rounded to so many decimal places: both neighbours if it lies half-way, since papers differ there."""
    scaled = Fraction(value) * 10**places
    below = floor(scaled)
    beyond = scaled - below - Fraction(1, 2)
    steps = {below, below + 1} if abs(beyond) < HALF_WAY else {below + (beyond > 0)}
    return {Fraction(step, 10**places) for step in steps}


def cut(value: float | Fraction, places: int) -> set[Fraction]:
    """`value` with the digits after so many decimal places left out."""
    return {Fraction(int(Fraction(value) * 10**places), 10**places)}


@dataclass(frozen=True)
class Cause:
    """What went wrong with a number, as a computation: its formula, changed, and its rounding.

    Without a name, nothing went wrong here: slips of the operands were carried on.
    """

    name: str = ""
    change: Callable[[Formula], Formula] = lambda formula: formula
    rounded: Callable[[float | Fraction, int], set[Fraction]] = nearest


CARRIED_ON = Cause()
CUT_OFF = Cause("cut off, not rounded", rounded=cut)
ONE_TOO_MANY = Cause("a 1 too many", change=lambda formula: lambda *operands: 1 + formula(*operands))


@dataclass(frozen=True)
class Printed:
    """A number as it is printed, with the cause that is claimed for a slip."""

    digits: str  # as typed: "-0.52"
    cause: Cause | None = None

    @property
    def value(self) -> Fraction:
        return Fraction(self.digits)

    @property
    def places(self) -> int:
        return len(self.digits.partition(".")[2])

    @property
    def text(self) -> str:
        return self.digits.replace("-", "−")


@dataclass(frozen=True)
class Work:
    """A worked quantity: its formula over other quantities, and what each edition prints for it."""

    quantity: Quantity
    formula: Formula
    operands: tuple[Quantity, ...]
    printed: tuple[Printed, ...]  # one for each edition


@dataclass(frozen=True)
class Verdict:
    """Whether a printed number agrees with the exact one, and if not, why (empty: unexplained)."""

    agrees: bool
    why: str = ""
    roots: Set[Quantity] = frozenset()  # where what went wrong began

    @property
    def explained(self) -> bool:
        return self.agrees or bool(self.why)


class PaperComparison:
    """The worked quantities of a paper, in its order (operands before what is computed from them), beside a graph."""

    def __init__(self, works: Sequence[Work], graph: Graph, notation: Notation) -> None:
        self.works = {work.quantity: work for work in works}
        self.graph = graph
        self.notation = notation
        self.verdicts: dict[Quantity, tuple[Verdict, ...]] = {}
        for work in works:
            self.verdicts[work.quantity] = tuple(self._judge(work, edition) for edition in range(len(work.printed)))

    def formula(self, work: Work) -> str:
        """The formula with the graph's numbers in it."""
        return self._write(work, work.formula, [number(operand.read(self.graph)) for operand in work.operands])

    def equation(self, work: Work) -> str:
        """By symbols, then with the graph's numbers in it: z₁⁽¹⁾ = tanh(a₁⁽¹⁾) = tanh(0.5) = 0.4621."""
        symbols = [operand.symbol(self.notation) for operand in work.operands]
        sides = work.quantity.symbol(self.notation), self._write(work, work.formula, symbols), self.formula(work)
        return " = ".join((*sides, number(work.quantity.read(self.graph))))

    def _judge(self, work: Work, edition: int) -> Verdict:
        printed = work.printed[edition]
        if printed.value in nearest(work.quantity.read(self.graph), printed.places):
            return Verdict(agrees=True)
        if printed.cause is None:
            return Verdict(agrees=False)
        formula = printed.cause.change(work.formula)
        values, texts = zip(*(self._as_printed(operand, edition) for operand in work.operands), strict=True)
        value = formula(*values)
        roundings = printed.cause.rounded(value, printed.places)
        slips = [operand for operand in work.operands if not self._agrees(operand, edition)]
        if printed.value not in roundings or not (slips or printed.cause.name):
            return Verdict(agrees=False)

        carried = ", ".join(text for operand, text in zip(work.operands, texts, strict=True) if operand in slips)
        names = " and ".join(filter(None, (printed.cause.name, carried and f"{carried} carried on")))
        why = f"{names}: {self._write(work, formula, texts)} = {number(value, 5)}"
        why += " (half-way)" * (len(roundings) > 1) + f" → {printed.text}" * (value != printed.value)
        began_here = {work.quantity} if printed.cause.name else set()
        return Verdict(False, why, began_here.union(*(self.verdicts[operand][edition].roots for operand in slips)))

    def _agrees(self, operand: Quantity, edition: int) -> bool:
        return operand not in self.verdicts or self.verdicts[operand][edition].agrees

    def _as_printed(self, operand: Quantity, edition: int) -> tuple[Fraction, str]:
        """What the paper computes with: the number that the edition prints, or the graph's own if it prints none."""
        if operand in self.works:
            printed = self.works[operand].printed[edition]
            return printed.value, printed.text
        exact = operand.read(self.graph)
        return Fraction(str(exact)), number(exact)  # of a weight 0.1, the decimal, not the float next to it

    def _write(self, work: Work, formula: Formula, texts: Sequence[str]) -> str:
        expression = formula(*(Symbol.named(f"({text})" if text.startswith("−") else text) for text in texts))
        if expression.kind == "name":  # it equals its operand, whose name says more than its number
            return work.operands[0].symbol(self.notation)
        return re.sub(r"^\((−[^()]+)\)", r"\1", expression.text)  # in front, a minus needs no brackets
