"""What the arguments of training have to be, with one phrase for each refusal."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from engine.refusals import as_number


def within(name: str, x: Any, least: float = 0.0, below: float = inf, *, positive: bool = False) -> float:
    """`x` as a float, `least` ≤ x < `below` (or `least` < x if `positive`)."""
    value = as_number(x)
    if not (isfinite(value) and least <= value < below and not (positive and value == least)):
        lower = f"greater than {least:g}" if positive else f"from {least:g}"
        upper = "" if below == inf else f" and less than {below:g}"
        raise ValueError(f"{name} wants a number {lower}{upper}; got {x!r}")
    return value


def count(name: str, x: Any) -> int:
    """`x` as an int from 1 on."""
    if isinstance(x, bool) or not hasattr(x, "__index__"):
        raise TypeError(f"{name} wants a whole number from 1 on; got {x!r} ({type(x).__name__})")
    if x < 1:
        raise ValueError(f"{name} wants a whole number from 1 on; got {x!r}")
    return int(x)
