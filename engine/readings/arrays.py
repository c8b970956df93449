"""Rules read by numpy arrays: a whole batch at once. The only place in `engine` that imports numpy.

Where a float would raise (log(−1), exp(1000)) an array holds NaN or infinity, as IEEE 754 says; the caller
decides with `numpy.errstate` whether to be warned.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from engine.rules import NAMES, TABLE


def _max(operands: Any) -> Any:
    return reduce(np.maximum, operands)


ARRAYS: dict[str, Any] = NAMES | {
    name: getattr(np, name) for name in "where exp expm1 log log1p sqrt sin cos tan tanh abs".split()
}
ARRAYS |= {"power": operator.pow, "power_or_inf": operator.pow, "max": _max}  # ** is fast where y is one number
ARRAY_RULES = {row.name: row.read(ARRAYS) for row in TABLE}
ARRAYS["sigmoid"] = ARRAY_RULES["sigmoid"].forward  # the dictionary is the rows' own, so they see it


# A rule of any number of operands, called with a single array that holds them all along its first axis.
def _stack(operands: Iterable[Any]) -> Any:
    (stack,) = operands
    return stack


def _shares(terms: Iterable[Any]) -> tuple[Any]:
    stack = _stack(terms)
    return (stack / np.add.reduce(stack),)


STACKS = ARRAYS | {
    "max": lambda operands: np.maximum.reduce(_stack(operands)),
    "total": lambda terms: np.add.reduce(_stack(terms)),
    "shares": _shares,
}
STACK_RULES = {row.name: row.read(STACKS) for row in TABLE if row.arity is None}
