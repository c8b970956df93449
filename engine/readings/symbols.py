"""Expressions that grow by use: a row that is called with symbols in place of numbers gives its own formula.

`styles.py` prints them; `formulas.py` reads the table by them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from math import nan
from typing import Any

from engine.readings.styles import ATOM, LATEX, TEXT

COMPARISONS = ("<", "<=", ">", ">=")


class Symbol:
    """An expression that grows by use: `Symbol.named("x") + 1` is the sum, not its value."""

    __slots__ = ("kind", "parts")

    def __init__(self, kind: str, *parts: Any) -> None:
        self.kind = kind
        self.parts = parts

    @staticmethod
    def named(text: str, latex: str = "", strength: int = ATOM) -> Symbol:
        return Symbol("name", text, latex or text, strength)

    # fmt: off
    def __add__(self, other: Any) -> Symbol: return joined("+", self, other)
    def __radd__(self, other: Any) -> Symbol: return joined("+", other, self)
    def __sub__(self, other: Any) -> Symbol: return joined("-", self, other)
    def __rsub__(self, other: Any) -> Symbol: return joined("-", other, self)
    def __mul__(self, other: Any) -> Symbol: return joined("*", self, other)
    def __rmul__(self, other: Any) -> Symbol: return joined("*", other, self)
    def __truediv__(self, other: Any) -> Symbol: return joined("/", self, other)
    def __rtruediv__(self, other: Any) -> Symbol: return joined("/", other, self)
    def __pow__(self, other: Any) -> Symbol: return joined("**", self, other)
    def __rpow__(self, other: Any) -> Symbol: return joined("**", other, self)
    def __lt__(self, other: Any) -> Symbol: return joined("<", self, other)
    def __le__(self, other: Any) -> Symbol: return joined("<=", self, other)
    def __gt__(self, other: Any) -> Symbol: return joined(">", self, other)
    def __ge__(self, other: Any) -> Symbol: return joined(">=", self, other)
    def __neg__(self) -> Symbol: return Symbol("neg", self)
    def __abs__(self) -> Symbol: return Symbol("abs", self)
    # fmt: on

    def __bool__(self) -> bool:
        if self.kind in COMPARISONS:
            raise TypeError("a row branches only by where(condition, a, b)")
        return True

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)):
            raise TypeError("a row compares only with < <= > >=")
        return self is other

    @property
    def text(self) -> str:
        return TEXT.print(self)

    @property
    def latex(self) -> str:
        return LATEX.print(self)

    def __repr__(self) -> str:
        return f"Symbol({self.text})"

    def replaced(self, by: Callable[[Symbol], Symbol | None]) -> Symbol:
        """The expression with `by(part)` in place of each part for which there is one."""
        found = by(self)
        if found is not None:
            return found
        parts = [part.replaced(by) if isinstance(part, Symbol) else part for part in self.parts]
        return Symbol(self.kind, *parts)

    def size(self, enough: int, kind: str = "") -> int:
        """How many symbols it consists of, or how many of one kind; not counted on from `enough`."""
        count, pending = 0, [self]
        while pending and count < enough:
            part = pending.pop()
            count += not kind or part.kind == kind
            pending += [inner for inner in part.parts if isinstance(inner, Symbol)]
        return count


def symbol(x: Any) -> Symbol:
    return x if isinstance(x, Symbol) else Symbol("number", float(x))


def joined(kind: str, x: Any, y: Any) -> Symbol:
    return Symbol(kind, symbol(x), symbol(y))


def total(terms: Iterable[Symbol]) -> Symbol:
    """Their sum; a term with a minus in front is subtracted."""
    return reduce(_add, terms)


def _add(x: Symbol, y: Symbol) -> Symbol:
    if y.kind == "neg":
        return Symbol("-", x, y.parts[0])
    return x - -y.parts[0] if y.kind == "number" and y.parts[0] < 0 else x + y


def simplified(expression: Symbol) -> Symbol:
    """The expression without what a reader would not write: x¹, 2 − 1, 1 · x, x / 1, x + 0, x − x."""
    kind = expression.kind
    parts = [simplified(part) if isinstance(part, Symbol) else part for part in expression.parts]
    if kind in _COMPUTED and all(part.kind == "number" for part in parts):
        try:
            result = _COMPUTED[kind](*(part.parts[0] for part in parts))
        except (ArithmeticError, ValueError):
            result = nan
        if isinstance(result, float) and _is_short(result):
            return symbol(result)
    if kind == "-" and parts[0].kind == parts[1].kind == "node" and parts[0].parts[0] is parts[1].parts[0]:
        return symbol(0.0)
    if kind == "-" and is_number(parts[0], 0.0):
        return -parts[1]
    if (kind in ("*", "/", "**") and is_number(parts[1], 1.0)) or (kind in "+-" and is_number(parts[1], 0.0)):
        return parts[0]
    if (kind == "*" and is_number(parts[0], 1.0)) or (kind == "+" and is_number(parts[0], 0.0)):
        return parts[1]
    return Symbol(kind, *parts)


def is_number(expression: Symbol, x: float) -> bool:
    return expression.kind == "number" and bool(expression.parts[0] == x)


def _is_short(x: float) -> bool:
    """Is it printed as it is?"""
    return float(f"{x:.3e}") == x


_COMPUTED: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": pow, "neg": operator.neg,
}  # fmt: skip
