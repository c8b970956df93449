"""Rows of the table as functions of numbers, for whoever goes through a graph node by node.

Of each rule, for so many operands, two functions: its result, `row_1(x1, x2)`, and from that and the operands every
local derivative, `row_1_locals(out, x1, x2)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count as counted

from engine.compiling.source.assignments import Assignments
from engine.compiling.source.expressions import Expressions, NamedExpression
from engine.compiling.source.helpers import helper_definitions, taken_by
from engine.compiling.source.inlined import LONGEST_LINE
from engine.compiling.source.languages import Language
from engine.readings.python import INLINED
from engine.readings.symbols import symbol
from engine.rules import Rule


class Rows:
    """The rows that are asked for, each written once for each number of operands."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.functions: list[str] = []
        self._numbers: dict[tuple[Rule, int], int] = {}

    def number(self, rule: Rule, operands: int) -> int:
        """Which row it is, counted from 1; raises TypeError for a rule that nothing but its program can compute."""
        key = rule, operands
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._write(f"row_{self._numbers[key]}", rule, [f"x{k}" for k in range(1, operands + 1)])
        return self._numbers[key]

    def text(self) -> str:
        """The functions, and what they call."""
        helpers = helper_definitions(self.functions, self.language)
        pieces = [*helpers, *self.functions]
        about = "The rules of this graph: what each computes, and its local derivatives."
        return self.language.between.join([self.language.head(about, [], taken_by(pieces, self.language)), *pieces])

    def _write(self, name: str, rule: Rule, names: Sequence[str]) -> None:
        row, listed = INLINED[rule.name], self.language.listed
        forward, backward = Expressions(), Expressions()
        operands = [forward.known(forward.name(x)) for x in names]
        result = forward.of(symbol(row.forward(*operands)))
        self._add(name, names, forward, [result], lambda texts: texts[0])
        out = backward.known(backward.name("out"))
        operands = [backward.known(backward.name(x)) for x in names]
        local = [backward.of(symbol(x)) for x in row.locals(out, *operands)]
        self._add(f"{name}_locals", ["out", *names], backward, local, listed)

    def _add(
        self,
        name: str,
        names: Sequence[str],
        expressions: Expressions,
        wanted: Sequence[int],
        whole: Callable[[list[str]], str],
    ) -> None:
        numbers = counted(1)
        assignments = Assignments(
            expressions,
            [NamedExpression("", i, "") for i in wanted],
            {},
            lambda stem: f"t{next(numbers)}",
            self.language.style,
            LONGEST_LINE,
        )
        lines = [self.language.assigned(line.name, line.pieces) for line in assignments.lines]
        returned = self.language.returned(whole([assignments.printed(i) for i in wanted]))
        self.functions.append(self.language.function(name, ", ".join(names), [*lines, returned]))
