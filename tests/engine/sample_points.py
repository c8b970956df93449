"""What each rule computes, written once more for mpmath, and the points at which the tests try it.

A new row in `engine/rules.py` needs one line here: its definition, which knows nothing of the row,
and its sample points. `tests/engine/truth.py` makes the 50-digit truth out of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import mpmath

# Digits to spare: 1 − tanh² at 340 still holds 50 right ones, and a step of 10⁻⁴⁰⁰ is small beside 10⁻³⁰⁰.
mp = mpmath.mp.clone()
mp.dps = 400

GRID = (0.0, -0.0, 1e-300, -1e-300, 1e-8, -1e-8, 0.5, -0.5, 1.0, -1.0, 20.0, -20.0, 700.0, -700.0)

Point = tuple[float, ...]


def line(defined: Callable[[float], bool] = lambda x: True) -> list[Point]:
    return [(x,) for x in GRID if defined(x)]


def pairs(defined: Callable[[float, float], bool] = lambda x, y: True, ys: Sequence[float] = GRID) -> list[Point]:
    return [(x, y) for x, y in product(GRID, ys) if defined(x, y)]


def is_real_power(x: float, y: float) -> bool:
    """Does Python's own x ** y stay within the floats?"""
    try:
        return isinstance(x**y, float)
    except ArithmeticError:
        return False


def dot(*operands: Any) -> Any:
    n = len(operands) // 2
    return sum(w * x for w, x in zip(operands[:n], operands[n : 2 * n], strict=True)) + sum(operands[2 * n :])


POWERS = [
    *pairs(is_real_power),
    *pairs(is_real_power, ys=(2.0, 3.0, -2.0, -3.0)),
    (-1e-150, -2.0),  # the power is a float, its derivative is too large for one
    (-1e-100, -3.0),
]
SUMS = [
    (1.5,),
    (0.0, -0.0),
    (0.5, -1.0, 20.0),
    (1e4, -1e-8, 1e-300),
    (1e308, -1e308, 1.0),
    (1e308, 1e308),
]
DOTS = [
    (0.5, -20.0),
    (0.5, -20.0, 700.0),
    (2.0, -3.0, 0.5, 1e-8),
    (2.0, -3.0, 0.5, 1e-8, 1.0),
    (0.0, 1.0, -0.0, 1e4, 0.5, 1e-300, 20.0),
    (-1e4, 1e4, 1e4, 1e308),
    (0.25,),  # a bias alone
]
EXPONENTS = [
    (0.5,),
    (-1e308,),
    (1.0, 1.0),
    (0.0, -0.0, 0.0),
    (1e-300, -1e-300, 1e-8),
    (20.0, 700.0, 699.5),
    (700.0, -700.0),
    (1e4, 1e4, 9999.5),
    (-1e4, -1e4, -1e4),
    (1e4, -1e4, 0.0),
    (1e308, 1e308),
    (1e308, -1e308, 1.0),
]
SHARES = [(0.5, 0.5, 0.0), (-20.0, 20.0, 1e-8), (700.0, 700.0, 1.5), (-700.0, 1.0, 0.5), (1e308, 1e308, 0.5)]
LESS = [*((max(x), *x) for x in EXPONENTS), (0.0, 1.0, 2.0), (-3.0, 20.0), (700.0, 1.0, -1.0, 0.5)]
CHOICES = [(c, 2.0, -3.0) for c in GRID] + [(1.0, 1e-300, 700.0), (-1.0, 0.5, 0.5)]

# fmt: off
SAMPLES: dict[str, tuple[Callable[..., Any], list[Point]]] = {
    "add":         (lambda x, y: x + y,                     pairs()),
    "sub":         (lambda x, y: x - y,                     pairs()),
    "mul":         (lambda x, y: x * y,                     pairs()),
    "div":         (lambda x, y: x / y,                     pairs(lambda x, y: y != 0)),
    "pow":         (lambda x, y: x**y,                      POWERS),
    "maximum":     (max,                                    pairs()),
    "minimum":     (min,                                    pairs()),
    "neg":         (lambda x: -x,                           line()),
    "exp":         (mp.exp,                                 line()),
    "log":         (mp.log,                                 line(lambda x: x > 0)),
    "expm1":       (mp.expm1,                               line()),
    "log1p":       (mp.log1p,                               line(lambda x: x > -1)),
    "sqrt":        (mp.sqrt,                                line(lambda x: x >= 0)),
    "sin":         (mp.sin,                                 line()),
    "cos":         (mp.cos,                                 line()),
    "tan":         (mp.tan,                                 line()),
    "tanh":        (mp.tanh,                                line()),
    "sech2":       (lambda x: mp.sech(x) ** 2,              line()),
    "sigmoid":     (lambda x: 1 / (1 + mp.exp(-x)),         line()),
    "relu":        (lambda x: max(x, 0),                    line()),
    "leaky_relu":  (lambda x: x if x > 0 else 0.01 * x,     line()),
    "elu":         (lambda x: x if x > 0 else mp.exp(x) - 1, line()),
    "softplus":    (lambda x: mp.log(1 + mp.exp(x)),        line()),
    "silu":        (lambda x: x / (1 + mp.exp(-x)),         line()),
    "abs":         (lambda x: x if x > 0 else -x,           line()),
    "share":       (lambda x, m, s: mp.exp(x - m - s),      SHARES),
    "neg_log_share": (lambda x, m, s: s - (x - m),          SHARES),
    "greater":     (lambda x, y: mp.mpf(x > y),             pairs()),
    "at_least":    (lambda x, y: mp.mpf(x >= y),            pairs()),
    "where":       (lambda c, a, b: a if c > 0 else b,      CHOICES),
    "sum":         (lambda *x: sum(x),                      SUMS),
    "dot":         (dot,                                    DOTS),
    "largest":     (lambda *x: max(x),                      EXPONENTS),
    "log_sum_exp_less": (lambda m, *x: mp.log(sum(mp.exp(xi - m) for xi in x)), LESS),
    "log_sum_exp": (lambda *x: mp.log(sum(map(mp.exp, x))), EXPONENTS),
}
# fmt: on

DEFINITIONS = {name: definition for name, (definition, _) in SAMPLES.items()}
SAMPLE_POINTS = {name: points for name, (_, points) in SAMPLES.items()}


def spell(name: str, point: Sequence[float]) -> str:
    """`tanh[x=-20]`, `dot[0.5, -20]`: for the names of tests."""
    lettered = len(point) < 3 and name not in ("sum", "dot", "largest", "log_sum_exp", "log_sum_exp_less")
    letters = ["x=", "y="] if lettered else [""] * len(point)
    return f"{name}[{', '.join(f'{letter}{x:g}' for letter, x in zip(letters, point, strict=False))}]"
