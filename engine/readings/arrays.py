"""Rules read as code for numpy: by symbols, which `styles.NUMPY` prints.

Where a float would raise (log(−1), exp(1000)) an array holds NaN or infinity, as IEEE 754 says; the caller
decides with `numpy.errstate` whether to be warned.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from engine.readings.python import CALLABLE, CALLED_WORDS, definition
from engine.readings.symbols import Symbol, is_number, symbol
from engine.rules import Rule, reading

SHORT = 3  # symbols of a rule that needs no name of its own


def _call(name: str) -> Any:
    return lambda x, y: Symbol("call", name, symbol(x), symbol(y))


def _where(condition: Symbol, a: Any, b: Any) -> Symbol:
    """`np.where`; the larger of x and a number has a function of its own, which is faster."""
    a, b = symbol(a), symbol(b)
    if condition.kind in ("<", "<=") and a.kind == "number":
        x, bound = condition.parts
        if b is x and is_number(bound, a.parts[0]):
            return Symbol("call", "maximum", x, a)
    return Symbol("where", condition, a, b)


WORDS: dict[str, Any] = CALLED_WORDS | {
    "where": _where,
    "power": lambda x, y: Symbol("**", symbol(x), symbol(y)),
    "power_or_inf": lambda x, y: Symbol("**", symbol(x), symbol(y)),
    "larger": _call("maximum"),  # NaN where one of them is
    "smaller": _call("minimum"),
    "largest": lambda terms: reduce(_call("maximum"), terms),
}
WRITTEN_WORDS = {name: word for name, word in WORDS.items() if name not in CALLABLE}
ROWS = reading(WORDS)
WRITTEN = reading(WRITTEN_WORDS)


# A rule of any number of operands, called with a single array that holds them all along its first axis,
# behind those that the row names one by one.
def _stack(operands: Iterable[Any]) -> Symbol:
    (stack,) = operands
    return symbol(stack)


def rest(stack):  # type: ignore[no-untyped-def]  # printed as it stands
    """The phrase in fewer steps: most sums are above 1.5, and need no second look."""
    top = np.maximum.reduce(stack)
    powers = np.exp(stack - top)
    whole = np.add.reduce(powers)
    if np.minimum.reduce(whole, axis=None) > 1.5:
        return whole - 1.0
    return np.where(whole > 1.5, whole - 1.0, np.add.reduce(powers, where=~(stack >= top)))  # (NaN stays in the sum)


STACKS = reading(
    WORDS
    | {
        "largest": lambda terms: Symbol("call", "maximum.reduce", _stack(terms)),
        "total": lambda terms: Symbol("call", "add.reduce", _stack(terms)),
        "rest": lambda terms: Symbol("call", "rest", _stack(terms)),
    }
)


def leading(rule: Rule) -> int:
    """How many operands come before the stack."""
    return len(inspect.getfullargspec(rule.forward).args)


def applied(rule: Rule, operands: Sequence[Symbol]) -> Symbol:
    """What the rule gives, in symbols; a long row is a function that is called."""
    if rule.arity is None:
        return symbol(STACKS[rule.name].forward(*operands))
    written = symbol(WRITTEN[rule.name].forward(*operands))
    is_long = rule.name in CALLABLE or written.kind == "where" or written.size(SHORT + 2) > SHORT
    return Symbol("call", rule.name, *operands) if is_long else written


def locals_of(rule: Rule, out: Symbol, operands: Sequence[Symbol]) -> list[Symbol]:
    """The local derivative of each operand."""
    rows = STACKS if rule.arity is None else ROWS
    return [symbol(local) for local in rows[rule.name].locals(out, *operands)]


def defined(rule: Rule, operands: Sequence[Symbol]) -> Symbol:
    """What a rule that is called returns."""
    return definition(rule, operands, ROWS, WRITTEN)
