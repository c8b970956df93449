"""The numbers of an equation: in the same places as its symbols, and what they come to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from math import floor, isclose, isfinite, isnan, log10, nan, prod
from typing import Any

from engine.explaining.ledger import Ledger
from engine.readings.symbols import Symbol
from engine.rules import RULES
from engine.support.undefined import Undefined
from engine.vocabulary import NAMES, power


def figure(x: float, missing: Undefined | None = None) -> Symbol:
    """A number. NaN is written by name: as undefined, if it is that because a derivative is missing."""
    if isnan(x):
        name = "undefined" if missing else "NaN"
        return Symbol.named(name, rf"\text{{{name}}}")
    return Symbol("number", float(x))


def with_numbers(expression: Symbol, ledger: Ledger, alone: bool = True) -> Symbol:
    """The expression with a number in the place of each node, gradient and local derivative.

    A product of numbers that stands `alone` is written `(0.5)(−2)`, a term of a sum `0.5 · (−2)`.
    """

    def put(part: Symbol) -> Symbol | None:
        if part.kind == "node":
            return figure(part.parts[0].data)
        if part.kind == "gradient":
            return figure(ledger.gradients[part.parts[0]], ledger.missing)
        if part.kind in ("slope", "partial", "recorded"):
            return figure(part.parts[-1], ledger.missing)
        if part.kind == "softmax":
            return figure(_share(part))
        if part.kind == "Σ":
            return with_numbers(part.parts[2], ledger, alone=False)
        if part.kind in _OF_NUMBERS:
            return Symbol(_OF_NUMBERS[part.kind], *(inner.replaced(put) for inner in part.parts))
        return None

    found = expression.replaced(put)
    factors = _factors(found)
    return Symbol("in a row", *factors) if alone and len(factors) > 1 and all(map(_is_figure, factors)) else found


_OF_NUMBERS = {"+": "plus", "beside": "*"}  # numbers have signs of their own, and don't stand side by side


def _factors(expression: Symbol) -> list[Symbol]:
    if expression.kind != "*":
        return [expression]
    return [*_factors(expression.parts[0]), expression.parts[1]]


def _is_figure(expression: Symbol) -> bool:
    return expression.kind in ("number", "name")


# ── the digits that it takes ───────────────────────────────────────────────────────────────────

MOST_DIGITS = 16
SLACK = 3  # units of the last printed digit that computing with rounded numbers may be off by


def with_enough_digits(numbers: Symbol, value: float, digits: int) -> Symbol | None:
    """The numbers with as many digits as it takes to come to the value; None if a float's are too few.

    Where what is nearly equal is subtracted, four digits of each leave none of the difference.
    """
    if value == 0.0 or not isfinite(value):
        return numbers
    slack = SLACK * 10.0 ** (floor(log10(abs(value))) - digits + 1)
    for more in range(digits, MOST_DIGITS + 1):
        try:
            if abs(value_of(_rounded(numbers, more)) - value) <= slack:
                return numbers if more == digits else numbers.replaced(partial(_precise, more))
        except (ArithmeticError, ValueError, LookupError):
            return numbers
    return None


def _rounded(numbers: Symbol, digits: int) -> Symbol:
    """Each number as it is printed."""
    return numbers.replaced(
        lambda part: Symbol("number", float(f"{part.parts[0]:.{digits - 1}e}")) if part.kind == "number" else None
    )


def _precise(digits: int, part: Symbol) -> Symbol | None:
    return Symbol("number", part.parts[0], digits) if part.kind == "number" else None


# ── what an expression comes to ────────────────────────────────────────────────────────────────


def agrees(expression: Symbol, recorded: float) -> bool:
    """Do the nodes, as they are now, give the local derivative that was recorded?"""
    try:
        now = value_of(expression)
    except LookupError:  # an operation of which only its closure knows what it computes
        return True
    except (ArithmeticError, ValueError):
        return isnan(recorded)
    return isclose(now, recorded, rel_tol=1e-6, abs_tol=1e-12) or (isnan(now) and isnan(recorded))


def value_of(expression: Symbol) -> float:
    """An expression over nodes, by their data."""
    kind, parts = expression.kind, expression.parts
    if kind == "number":
        return float(parts[0])
    if kind == "node":
        return float(parts[0].data)
    if kind == "softmax":
        return _share(expression)
    if kind in ("partial", "recorded", "slope"):
        return float(parts[-1])
    if kind == "call":
        operands = map(value_of, parts[1:])
        known = _CALLS.get(parts[0]) or (RULES[parts[0]].forward if parts[0] in RULES else NAMES[parts[0]])
        return float(known(*operands))
    if kind == "where":
        condition, chosen, otherwise = parts
        return value_of(chosen if _COMPARISONS[condition.kind](*map(value_of, condition.parts)) else otherwise)
    if kind == "name":
        return nan
    if kind == "in a row":
        return prod(map(value_of, parts))
    if kind == "via":
        return value_of(parts[0])
    return float(_OPERATIONS[kind](*map(value_of, parts)))


def _share(softmax: Symbol) -> float:
    place, operands = softmax.parts
    return float(RULES["log_sum_exp"].locals(0.0, *map(value_of, operands))[place - 1])


_CALLS: Mapping[str, Callable[..., Any]] = {"max": lambda *x: max(x)}
_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add, "plus": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": power,
    "neg": operator.neg, "abs": abs,
}  # fmt: skip
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
