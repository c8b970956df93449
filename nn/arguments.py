"""Checks of arguments, each with its own error message."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from math import inf, isfinite
from typing import Any, TypeVar

from engine.support.conversions import as_number

Choice = TypeVar("Choice")


def within(name: str, x: Any, least: float = 0.0, below: float = inf, *, positive: bool = False) -> float:
    """`x` as a float, `least` ≤ x < `below` (or `least` < x if `positive`)."""
    try:
        value = as_number(x)
        if isfinite(value) and least <= value < below and not (positive and value == least):
            return value
        error: type[Exception] = ValueError
        got = repr(x)
    except TypeError:
        error, got = TypeError, f"{x!r} ({type(x).__name__})"
    lower = f"greater than {least:g}" if positive else f"of at least {least:g}"
    upper = "" if below == inf else f" and less than {below:g}"
    raise error(f"{name} must be a finite number {lower}{upper}; got {got}")


def count(name: str, x: Any) -> int:
    """`x` as an int from 1 on."""
    if isinstance(x, bool) or not hasattr(x, "__index__"):
        raise TypeError(f"{name} must be a whole number from 1 on; got {x!r} ({type(x).__name__})")
    if x < 1:
        raise ValueError(f"{name} must be a whole number from 1 on; got {x!r}")
    return int(x)


def choose(what: str, name: Any, choices: Mapping[str, Choice]) -> Choice:
    """The one of `choices` with this name; for another name a ValueError with the nearest, and with all there are."""
    if isinstance(name, str) and name in choices:
        return choices[name]
    near = get_close_matches(str(name).lower(), choices, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise ValueError(f"unknown {what} {name!r}{hint} There are: {', '.join(sorted(choices))}")
