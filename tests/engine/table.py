"""What a row of the table has to obey, whoever adds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import nan
from types import CodeType, FunctionType
from typing import Any

from engine.rules import Rule
from engine.vocabulary import NAMES


def check(row: Rule, sample_arity: int = 3) -> None:
    """Refuse a row that names what no reading provides, or whose derivatives do not match its operands.

    NaN serves as the sample: it goes through every row, so no row can object to it.
    """
    operands = inspect.getfullargspec(row.forward)
    for part in (row.locals, row.textbook or row.locals):
        found = inspect.getfullargspec(part)
        if (found.args, found.varargs) != (["out", *operands.args], operands.varargs):
            raise TypeError(f"rule {row.name!r}: derivatives take (out, then the operands of forward), got {found}")
    for part in filter(None, (row.forward, row.locals, row.textbook)):
        foreign = names(part) - set(NAMES)
        if foreign:
            raise NameError(f"rule {row.name!r} uses {sorted(foreign)}; a row may use {sorted(NAMES)}")
    count = row.arity or sample_arity
    for part in filter(None, (row.locals, row.textbook)):
        local = part(nan, *[nan] * count)
        if not isinstance(local, tuple) or len(local) != count:
            raise TypeError(f"rule {row.name!r}: expected a tuple of {count} local derivatives, got {local!r}")
    if (out := row.forward(*[nan] * count)) == out:
        raise ValueError(f"rule {row.name!r}: NaN must go through, got {out!r}")


def names(function: Callable[..., Any]) -> set[str]:
    """The names that it takes from outside, generator expressions inside it included."""
    assert isinstance(function, FunctionType)
    return {*_global_names(function.__code__), *function.__code__.co_freevars}


def _global_names(code: CodeType) -> set[str]:
    return set(code.co_names).union(*(_global_names(c) for c in code.co_consts if isinstance(c, CodeType)))
