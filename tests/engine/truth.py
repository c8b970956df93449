"""The truth about a rule to 50 digits and more: its definition for mpmath, and that definition's slope.

Nothing here reads the table of rules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import inf, nan
from typing import Any

from tests.engine.sample_points import DEFINITIONS, GRID, SAMPLE_POINTS, Point, mp

NO_DERIVATIVE = nan
OVERFLOW = mp.mpf(2) ** 1024 - mp.mpf(2) ** 970  # from here on the nearest float is infinity


def ties(point: Point) -> Point:
    """The gradient of the largest, which those that tie share equally."""
    return tuple(mp.mpf(1) / point.count(max(point)) if x == max(point) else 0.0 for x in point)


# Where the derivative is a matter of convention, or the mathematical one does not exist.
CONVENTIONS: dict[tuple[str, Point], Point] = {
    ("relu", (0.0,)): (0.0,),
    ("leaky_relu", (0.0,)): (0.01,),
    ("abs", (0.0,)): (0.0,),
    ("sqrt", (0.0,)): (NO_DERIVATIVE,),
    ("pow", (0.0, 0.0)): (0.0, 0.0),
    ("pow", (0.0, 1e-300)): (NO_DERIVATIVE, 0.0),
    ("pow", (0.0, 1e-8)): (NO_DERIVATIVE, 0.0),
    ("pow", (0.0, 0.5)): (NO_DERIVATIVE, 0.0),
    ("pow", (0.0, 1.0)): (1.0, 0.0),
    ("pow", (0.0, 2.0)): (0.0, 0.0),
    ("pow", (0.0, 3.0)): (0.0, 0.0),
    ("pow", (0.0, 20.0)): (0.0, 0.0),
    ("pow", (0.0, 700.0)): (0.0, 0.0),
    **{(name, (x, x)): (0.5, 0.5) for name in ("maximum", "minimum") for x in GRID},
    **{(name, (x, y)): (0.0, 0.0) for name in ("greater", "at_least") for x in GRID for y in GRID if x == y},
    **{("where", point): (0.0, 0.0, 1.0) for point in SAMPLE_POINTS["where"] if point[0] == 0.0},
    **{("largest", point): ties(point) for point in SAMPLE_POINTS["largest"] if point.count(max(point)) > 1},
}


@cache
def true_value(name: str, point: Point) -> Any:
    return DEFINITIONS[name](*map(mp.mpf, point))


@cache
def true_locals(name: str, point: Point) -> tuple[Any, ...]:
    """∂out/∂operand for each operand: the convention where there is one, else the slope of the definition."""
    if (name, point) in CONVENTIONS:
        return tuple(map(mp.mpf, CONVENTIONS[name, point]))
    return tuple(slope(DEFINITIONS[name], point, i) for i in range(len(point)))


def slope(function: Callable[..., Any], point: Point, i: int = 0, order: int = 1) -> Any:
    """The derivative of `function` by its i-th argument, from differences with steps of 10⁻⁴⁰⁰."""
    before, x, after = point[:i], point[i], point[i + 1 :]
    found = mp.diff(lambda moved: function(*map(mp.mpf, before), moved, *map(mp.mpf, after)), mp.mpf(x), order)
    return found if isinstance(found, mp.mpf) else mp.mpf(NO_DERIVATIVE)  # (−2)ʸ leaves the reals beside y = 3


def agrees(got: Any, true: Any, relative: float = 1e-13, absolute: float = 0.0) -> bool:
    """Equal to within a tolerance; or both too small to matter; or both beyond the floats, on the same side.

    Where there is no derivative, anything that is not finite will do.
    """
    if mp.isnan(true):
        return not mp.isfinite(got)
    if isinstance(got, float) and abs(true) >= OVERFLOW:
        return got == (inf if true > 0 else -inf)
    negligible = abs(got) < 1e-300 and abs(true) < 1e-300
    return negligible or bool(abs(got - true) <= max(relative * abs(true), absolute))
