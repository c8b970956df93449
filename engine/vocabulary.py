"""What a row of the table may say: words, which every reading provides, and phrases, which are made of words.

Here the words are read by floats. `rules.reading` reads the rows with other words; it binds the phrases to
them, so a phrase is written once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from math import copysign, cos, exp, expm1, inf, log, log1p, nan, sin, sqrt, tan, tanh
from operator import mul
from types import CellType, FunctionType
from typing import Any

__all__ = [
    "cos",
    "exp",
    "expm1",
    "exponentials",
    "larger",
    "largest",
    "log",
    "log1p",
    "nan",
    "or_one",
    "power",
    "power_or_inf",
    "rest",
    "sech2",
    "shares",
    "sigmoid",
    "sign",
    "sin",
    "smaller",
    "softmax",
    "sqrt",
    "step",
    "tan",
    "tanh",
    "total",
    "weighted_sum",
    "where",
]  # fmt: skip

# ── words ──────────────────────────────────────────────────────────────────────────────────────


def where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def power(x: float, y: float) -> float:
    """xʸ in the real numbers, where Python would go on to the complex ones."""
    result = x**y
    if isinstance(result, complex):
        raise ValueError(f"{x!r} ** {y!r} is not a real number: the exponent of a negative base must be whole")
    return float(result)


def power_or_inf(x: float, y: float) -> float:
    """xʸ inside a derivative: a forward pass that is valid never fails because its derivative would."""
    try:
        return power(x, y)
    except (ZeroDivisionError, OverflowError):
        return -inf if copysign(1.0, x) < 0.0 and y % 2.0 == 1.0 else inf


def largest(terms: Iterable[float]) -> float:
    """Their maximum, or NaN if there is one among them, which `max` alone finds only where it comes first."""
    terms = tuple(terms)
    whole = sum(terms)
    return max(terms) if whole == whole else next((term for term in terms if term != term), max(terms))


def total(terms: Iterable[Any]) -> Any:
    """Left to right, one plain + after the other: `sum` rounds otherwise from Python 3.12 on."""
    result = 0.0
    for term in terms:
        result = result + term
    return result


PLAIN_SUM = sys.version_info < (3, 12)  # there sum() is one plain + after the other, and faster than the loop


def weighted_sum(weights: Iterable[Any], values: Iterable[Any], result: Any) -> Any:
    """Σ wᵢxᵢ onto `result` (the bias), left to right."""
    if PLAIN_SUM:
        return sum(map(mul, weights, values), result)
    for weight, value in zip(weights, values):  # noqa: B905  (a bias may follow the values)
        result = result + weight * value
    return result


# ── phrases ────────────────────────────────────────────────────────────────────────────────────


def larger(x: Any, y: Any) -> Any:
    return where(x > y, x, where(y >= x, y, x + y))  # x + y is NaN where one of them is


def smaller(x: Any, y: Any) -> Any:
    return where(x < y, x, where(y <= x, y, x + y))


def step(x: Any, y: Any) -> Any:
    """1 where x > y, ½ where they are equal, 0 where x < y."""
    return where(x > y, 1.0, where(x < y, 0.0, where(x >= y, 0.5, nan)))


def sign(x: Any) -> Any:
    return where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0 * x))  # 0 · x lets NaN through


def sigmoid(x: Any) -> Any:
    """1 / (1 + e⁻ˣ), written so that nothing overflows."""
    small = exp(-abs(x))
    return where(x < 0.0, small, 1.0) / (1.0 + small)


def sech2(x: Any) -> Any:
    """1 − tanh² x = 4 / (eˣ + e⁻ˣ)², the derivative of tanh, with all its digits for any x."""
    small = exp(-2.0 * abs(x))
    return 4.0 * small / ((1.0 + small) * (1.0 + small))


def or_one(x: Any, y: Any) -> Any:
    """x, or 1 where both x and y are 0 (or x so small that 1 / x is infinite)."""
    return where(abs(x) + abs(y) <= 1e-307, 1.0, x)


def exponentials(x: Iterable[Any]) -> list[Any]:
    """exp(xᵢ − largest) for each xᵢ."""
    x = tuple(x)
    top = largest(x)
    return [exp(xi - top) for xi in x]


def rest(x: Iterable[Any]) -> Any:
    """Σ exp(xᵢ − largest) − 1, which keeps the digits of what is small beside 1; right for infinities, too."""
    x = tuple(x)
    top = largest(x)
    powers = exponentials(x)
    whole = total(powers)
    below = total(where(xi >= top, 0.0, power) for xi, power in zip(x, powers))  # noqa: B905
    return where(whole > 1.5, whole - 1.0, below)  # (a tie would make the sum 2)


def shares(terms: Iterable[Any]) -> tuple[Any, ...]:
    """Each term's share of their sum."""
    terms = tuple(terms)
    whole = total(terms)
    return tuple(term / whole for term in terms)


def softmax(x: Iterable[Any]) -> tuple[Any, ...]:
    """exp xᵢ / Σ exp x for each xᵢ, shifted by the largest, so that nothing overflows."""
    return shares(exponentials(x))


PHRASES: tuple[Callable[..., Any], ...] = (
    larger, smaller, step, sign, sigmoid, sech2, or_one, exponentials, rest, shares, softmax,
)  # fmt: skip
WORDS: dict[str, Any] = {
    "abs": abs, "cos": cos, "exp": exp, "expm1": expm1, "largest": largest, "len": len, "log": log, "log1p": log1p,
    "nan": nan, "power": power, "power_or_inf": power_or_inf, "sin": sin, "sqrt": sqrt, "tan": tan, "tanh": tanh,
    "total": total, "tuple": tuple, "weighted_sum": weighted_sum, "where": where, "zip": zip,
}  # fmt: skip
NAMES = WORDS | {phrase.__name__: phrase for phrase in PHRASES}  # all that a row may say


def bound(function: Callable[..., Any], namespace: Mapping[str, Any]) -> Callable[..., Any]:
    """The same code with its names looked up in `namespace`, and nowhere else."""
    assert isinstance(function, FunctionType)
    code = function.__code__
    around = tuple(CellType(namespace[name]) for name in code.co_freevars)
    found = FunctionType(code, namespace, function.__name__, function.__defaults__, around)  # type: ignore[arg-type]
    found.__kwdefaults__ = function.__kwdefaults__
    return found


def names_for(words: Mapping[str, Any]) -> dict[str, Any]:
    """`NAMES` in these words, to which the phrases are bound; a phrase that is among the words is taken as it is."""
    names: dict[str, Any] = {}
    names |= {phrase.__name__: bound(phrase, names) for phrase in PHRASES}
    names |= words
    return names


class Reading(dict[str, Any]):
    """The rows of a table in these words, by name: each is read when it is first asked for, whenever it was added."""

    def __init__(self, rows: Mapping[str, Any], words: Mapping[str, Any]) -> None:
        super().__init__()
        self.rows, self.names = rows, names_for(words)

    def __missing__(self, name: str) -> Any:
        row = self[name] = self.rows[name].read(self.names)
        return row
