"""Expressions as assignments: what gets a line of its own, and in which order.

A line for each expression that has a name, and for what is used several times or is too long; all else stands inside
the expression that it is part of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from engine.compiling.source.expressions import Expressions, NamedExpression
from engine.compiling.source.languages import WIDTH
from engine.readings.python import SUM
from engine.readings.styles import Style
from engine.readings.symbols import Symbol

LARGEST = 12  # operations in an expression, before a part of it gets a line of its own
LONGEST_SUM = 8  # terms that stand inside another expression
TERM = 3  # what binds less strongly gets brackets in a sum
STEMS = {
    "neg": "negative",
    "+": "sum",
    "-": "difference",
    "*": "product",
    "/": "quotient",
    "**": "power",
    "where": "choice",
}


@dataclass
class Assignment:
    """An expression assigned to a name; a long sum goes on in further pieces: `a = b + …`, `a = a + …`."""

    name: str
    pieces: list[str]
    heading: str


class Assignments:
    """The assignments that compute the wanted expressions, in `lines`.

    `names` has what they are assigned to; `numbered(stem)` gives a name to what has none.
    """

    def __init__(
        self,
        expressions: Expressions,
        wanted: Sequence[NamedExpression],
        names: Mapping[int, str],
        numbered: Callable[[str], str],
        style: Style,
        width: int = WIDTH - 4,
    ) -> None:
        self.expressions, self.names, self.numbered = expressions, dict(names), numbered
        self.style, self.width = style, width
        self.has_line = self._with_a_line([found.expression for found in wanted])
        self.lines: list[Assignment] = []
        self._write(wanted)

    def printed(self, i: int, *, top: bool = False, demanded: int = 0) -> str:
        """The expression, with names for what has a line of its own (but for itself, at the top)."""
        return self.style.print(self._as_symbol(i, top), demanded)

    def written(self, i: int) -> tuple[int, str]:
        """How strongly the expression binds, and its text without brackets."""
        return self.style.written(self._as_symbol(i))

    def _with_a_line(self, roots: Iterable[int]) -> list[bool]:
        """For each expression: does it get a line of its own?"""
        expressions = self.expressions
        uses = [0] * len(expressions)
        is_needed = [False] * len(expressions)
        for i in roots:
            is_needed[i] = True
        for i in reversed(range(len(expressions))):
            if is_needed[i]:
                for j in expressions.inner(i):
                    is_needed[j] = True
                    uses[j] += 1
        has_line = [False] * len(expressions)
        sizes = [0] * len(expressions)
        for i in range(len(expressions)):
            kind = expressions.kinds[i]
            if kind in ("name", "number") or not is_needed[i]:
                continue
            inner = expressions.inner(i)
            sizes[i] = 1 + sum(0 if has_line[j] else sizes[j] for j in inner)
            is_shared = uses[i] > 1 and kind not in ("<", "<=", ">", ">=")
            is_long_sum = kind == SUM and len(inner) > LONGEST_SUM
            has_line[i] = i in self.names or is_shared or is_long_sum or sizes[i] > LARGEST
        return has_line

    def _write(self, wanted: Iterable[NamedExpression]) -> None:
        done: set[int] = set()
        for found in wanted:
            pending = [found.expression]
            while pending:
                i = pending[-1]
                missing = [] if i in done else [j for j in self._read_by(i) if j not in done]
                if missing:  # what it reads comes first
                    pending += reversed(missing)
                    continue
                pending.pop()
                if self.has_line[i] and i not in done:
                    name = self.names.get(i) or self.numbered(self._stem(i))
                    self.names[i] = name
                    self.lines.append(self._assignment(name, i, found.heading))
                done.add(i)
            if found.name and (not self.lines or self.lines[-1].name != found.name):
                text = self.printed(found.expression)  # a name or a number, or assigned to another name
                if text != found.name:
                    self.lines.append(Assignment(found.name, [text], found.heading))

    def _read_by(self, i: int) -> Iterable[int]:
        """The expressions with a line of their own that the one of i reads."""
        pending = list(reversed(self.expressions.inner(i)))
        while pending:
            j = pending.pop()
            if self.has_line[j]:
                yield j
            else:
                pending.extend(reversed(self.expressions.inner(j)))

    def _stem(self, i: int) -> str:
        kind = self.expressions.kinds[i]
        return str(self.expressions.parts[i][0]) if kind == "call" else STEMS.get(kind, kind)

    def _assignment(self, name: str, i: int, heading: str) -> Assignment:
        if self.expressions.kinds[i] != SUM:
            return Assignment(name, [self.printed(i, top=True)], heading)
        terms = [self.printed(term, demanded=TERM) for term in self.expressions.inner(i)]
        return Assignment(name, pieces_of_sum(name, terms, self.width), heading)

    def _as_symbol(self, i: int, top: bool = False) -> Symbol:
        kind, parts = self.expressions.kinds[i], self.expressions.parts[i]
        if kind == "number":
            return Symbol("number", parts[0])
        if kind == "name" or (self.has_line[i] and not top):
            return Symbol.named(parts[0] if kind == "name" else self.names[i])
        inner = [self._as_symbol(j) for j in self.expressions.inner(i)]
        if kind == SUM:
            return reduce(lambda x, y: Symbol("+", x, y), inner)
        return Symbol(kind, parts[0], *inner) if kind == "call" else Symbol(kind, *inner)


def pieces_of_sum(name: str, terms: Iterable[str], width: int) -> list[str]:
    """The sum of the terms as one expression or, where that is longer than `width`, as several for the same name."""
    pieces = [""]
    for term in terms:
        if pieces[-1] and len(name) + 3 + len(pieces[-1]) + 3 + len(term) > width:
            pieces.append(name)
        pieces[-1] += f" + {term}" if pieces[-1] else term
    return pieces
