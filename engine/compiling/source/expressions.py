"""Expressions that are kept once: what is equal has one number, so that it can be computed once.

The rows are read by symbols (`readings/symbols.py`); here the expressions that come back are numbered, parts before
what they are part of. Only what is exact is simplified: 1 · x, −1 · x, what consists of numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.readings.python import SUM
from engine.readings.symbols import Symbol, symbol
from engine.vocabulary import NAMES


@dataclass
class NamedExpression:
    """A name for an expression, and the heading that it stands under."""

    name: str
    expression: int
    heading: str


class Expressions:
    """Numbered expressions: `kinds[i]` with `parts[i]`, which are numbers of others, or what a leaf consists of."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.parts: list[tuple[Any, ...]] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def name(self, text: str) -> int:
        return self._keep("name", (text,))

    def number(self, x: float) -> int:
        return self._keep("number", (x,), key=x.hex())

    def known(self, i: int) -> Symbol:
        """The numbered expression i, for a row to build on."""
        return symbol(self.parts[i][0]) if self.kinds[i] == "number" else Symbol("known", i)

    def of(self, expression: Symbol) -> int:
        """The number of what a row gave; a "known" symbol stands for the expression that it holds the number of."""
        return self._of(expression, {})

    def _of(self, expression: Symbol, found: dict[int, int]) -> int:
        """`found` has what the row uses several times, by identity."""
        kind, parts = expression.kind, expression.parts
        if kind == "known":
            return int(parts[0])
        if kind == "number":
            return self.number(parts[0])
        i = found.get(id(expression))
        if i is None:
            inner = [part if part.__class__ is str else self._of(part, found) for part in parts]
            i = found[id(expression)] = self.make(kind, tuple(inner))
        return i

    def make(self, kind: str, parts: tuple[Any, ...]) -> int:
        """The expression of this kind with these parts, or what it exactly equals."""
        if kind == SUM and len(parts) == 1:
            return int(parts[0])
        numbers = [self.parts[i][0] if self.kinds[i] == "number" else None for i in parts if isinstance(i, int)]
        if numbers and numbers[0] is not None and kind == "where":
            return int(parts[1] if numbers[0] else parts[2])
        if kind == "call" and parts[0] == "max" and len(parts) == 2:  # where Python's takes it for a list of numbers
            return int(parts[1])
        if None not in numbers:
            computed = _computed(kind, parts, [x for x in numbers if x is not None])
            if computed is not None:
                return self.number(float(computed))
        if kind == "*" and 1.0 in numbers:
            return int(parts[1 - numbers.index(1.0)])
        if kind == "**" and numbers[1] == 1.0:
            return int(parts[0])
        if kind == "*" and -1.0 in numbers:
            return self.make("neg", (parts[1 - numbers.index(-1.0)],))
        if kind == "call" and parts[0] in ("power", "power_or_inf") and numbers[1] is not None:
            exponent = numbers[1]
            if exponent == 1.0:
                return int(parts[1])
            # always real, and as a derivative no larger than the power itself
            if exponent.is_integer() and (exponent > 0.0 or parts[0] == "power"):
                return self._keep("**", parts[1:])
        return self._keep(kind, parts)

    def _keep(self, kind: str, parts: tuple[Any, ...], key: Any = None) -> int:
        full_key = (kind, parts if key is None else key)
        i = self._known.get(full_key)
        if i is None:
            i = self._known[full_key] = len(self.kinds)
            self.kinds.append(kind)
            self.parts.append(parts)
        return i

    def inner(self, i: int) -> Sequence[int]:
        """The expressions that it consists of."""
        kind, parts = self.kinds[i], self.parts[i]
        return () if kind in ("name", "number") else parts[1:] if kind == "call" else parts


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "neg": operator.neg, "abs": abs,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _computed(kind: str, parts: Sequence[Any], numbers: Sequence[float]) -> float | None:
    """The number that an expression of numbers has; None if it has none (log 0), or is none."""
    compute = NAMES.get(parts[0]) if kind == "call" else _OPERATORS.get(kind)
    if compute is None or parts[0] == "max":  # as a row calls it, max takes a list
        return None
    try:
        return float(compute(*numbers))
    except (ArithmeticError, ValueError):
        return None
