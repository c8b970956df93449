"""Expressions of arrays as text, with the axes along which they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.compiling.source.assignments import TERM
from engine.compiling.source.expressions import Expressions
from engine.readings.styles import ATOM
from engine.readings.symbols import Symbol, symbol

SAMPLES, STACK = -1, -2  # axes: the samples, and the operands of a rule of any number; 0, 1, … are those of a group
REDUCING = ("maximum.reduce", "add.reduce", "rest")  # functions of a stack, whose result has that axis no more

Axes = frozenset[int]


@dataclass(frozen=True)
class Text:
    """An expression: as it stands alone, as a term of a sum, and as what a method or an index follows."""

    alone: str
    term: str
    atom: str
    axes: Axes = frozenset()
    number: float | None = None

    @staticmethod
    def of_atom(atom: str, axes: Axes = frozenset()) -> Text:
        return Text(atom, atom, atom, axes)


class Formulas:
    """Expressions that are written together, so that what they share is computed once."""

    def __init__(self) -> None:
        self.expressions = Expressions()
        self._axes: dict[str, Axes] = {}

    def symbol(self, text: Text) -> Symbol:
        """What stands for it in a row."""
        if text.number is not None:
            return symbol(text.number)
        self._axes[text.atom] = text.axes
        return self.expressions.known(self.expressions.name(text.atom))

    def product(self, x: Symbol, y: Symbol) -> int:
        return self.expressions.make("*", (self.expressions.of(x), self.expressions.of(y)))

    def text(self, i: int, written: Callable[[int], tuple[int, str]]) -> Text:
        kind, parts = self.expressions.kinds[i], self.expressions.parts[i]
        strength, alone = written(i)
        term, atom = (alone if strength >= demanded else f"({alone})" for demanded in (TERM, ATOM))
        return Text(alone, term, atom, self.axes(i), parts[0] if kind == "number" else None)

    def axes(self, i: int) -> Axes:
        """Those of all that it is made of."""
        kind, parts = self.expressions.kinds[i], self.expressions.parts[i]
        if kind == "name":
            return self._axes[parts[0]]
        found = frozenset[int]().union(*map(self.axes, self.expressions.inner(i)))
        return found - {STACK} if kind == "call" and parts[0] in REDUCING else found
