"""The primer's letters: the quantities that they name, and its formulas over them.

How a quantity is written on the screen is up to the notation.
"""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import Any

from demos.kit.quantities import ErrorSignal, Gradient, Number, Quantity, Slope
from engine.support.notation import ACTIVATION, INPUT, LOSS, OUTPUT, PRE_ACTIVATION, TARGET, WEIGHT, Notation, Role

# ── the quantities ─────────────────────────────────────────────────────────────────────────────


def a(layer: int, k: int) -> Number:
    return Number(Role(PRE_ACTIVATION, layer, (k,)))


def z(layer: int, m: int) -> Number:
    """An activation; z⁽⁰⁾ is the input, as in the paper."""
    return Number(Role(ACTIVATION, layer, (m,)) if layer else Role(INPUT, 0, (m,)))


def y(k: int) -> Number:
    return Number(Role(OUTPUT, 2, (k,)))


def t(k: int) -> Number:
    return Number(Role(TARGET, None, (k,)))


def w(layer: int, k: int, m: int) -> Number:
    return Number(Role(WEIGHT, layer, (k, m)))


E = Number(Role(LOSS))


def slope(*path: Number) -> Slope:
    return Slope(tuple(number.role for number in path))


def delta(layer: int, k: int) -> ErrorSignal:
    return ErrorSignal(a(layer, k).role)


def gradient(of: Number) -> Gradient:
    return Gradient(of.role)


def general(quantity: Quantity, notation: Notation, layer: str = "ˡ") -> str:
    """The symbol in a general statement: that of the worked instance, with k, m and l for its digits."""
    letters: dict[str, str | int | None] = {"₂": "ₖ", "₃": "ₘ", "²": layer, "¹": "ˡ⁻¹"}
    return quantity.symbol(notation).translate(str.maketrans(letters))


BY_WEIGHT, BY_INPUT = slope(a(2, 2), w(2, 2, 3)), slope(a(2, 2), z(1, 3))
BY_TANH, BY_BOTH = slope(z(1, 3), a(1, 3)), slope(a(2, 2), z(1, 3), a(1, 3))

# ── the formulas ───────────────────────────────────────────────────────────────────────────────


def same(x: Any) -> Any:
    return x


def tanh_slope(out: Any) -> Any:
    return 1 - out**2


def difference(x: Any, y: Any) -> Any:
    return x - y


def times(x: Any, y: Any) -> Any:
    return x * y


def weighted(*operands: Any) -> Any:
    """Σ wᵢxᵢ of w₁ … wₙ, x₁ … xₙ."""
    half = len(operands) // 2
    return reduce(add, map(mul, operands[:half], operands[half:]))


def passed_back(slope: Any, *operands: Any) -> Any:
    return slope * weighted(*operands)
