"""Rules read by numpy arrays: a whole batch at once.

Where a float would raise (log(−1), exp(1000)) an array holds NaN or infinity, as IEEE 754 says; the caller
decides with `numpy.errstate` whether to be warned.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from engine.rules import Rule, reading
from engine.vocabulary import WORDS


def _or_one(x: Any, y: Any) -> Any:
    """An exponent that is one number, and not 0, asks for nothing."""
    return x if isinstance(y, float) and y else np.where(np.abs(x) + np.abs(y) <= 1e-307, 1.0, x)


ARRAYS = WORDS | {name: getattr(np, name) for name in "where exp expm1 log log1p sqrt sin cos tan tanh abs".split()}
ARRAYS |= {"power": operator.pow, "power_or_inf": operator.pow, "or_one": _or_one}  # ** is fast where y is one number
ARRAYS |= {"largest": lambda terms: reduce(np.maximum, terms)}
ARRAY_RULES = reading(ARRAYS)


# A rule of any number of operands, called with a single array that holds them all along its first axis,
# behind those that the row names one by one.
def _stack(operands: Iterable[Any]) -> Any:
    (stack,) = operands
    return stack


def _rest(operands: Iterable[Any]) -> Any:
    """The phrase in fewer steps: most sums are above 1.5, and need no second look."""
    stack = _stack(operands)
    top = np.maximum.reduce(stack)
    powers = np.exp(stack - top)
    whole = np.add.reduce(powers)
    if np.minimum.reduce(whole, axis=None) > 1.5:
        return whole - 1.0
    return np.where(whole > 1.5, whole - 1.0, np.add.reduce(powers, where=~(stack >= top)))  # (NaN stays in the sum)


STACKS = ARRAYS | {
    "largest": lambda terms: np.maximum.reduce(_stack(terms)),
    "total": lambda terms: np.add.reduce(_stack(terms)),
    "rest": _rest,
}
STACK_RULES = reading(STACKS)


def leading(rule: Rule) -> int:
    """How many operands come before the stack."""
    return len(inspect.getfullargspec(rule.forward).args)
