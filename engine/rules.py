"""The one table of operations: what each computes, and its local derivatives.

How to read a row. `x, y` are the operands (`*x` for any number of them) and `out` is the result.
`forward` gives `out`; `locals` gives every ∂out/∂operand, in the order of the operands. The upstream
gradient never appears here: multiplying by it is the business of `backward()`, on one line.

A row is plain Python over a closed set of names (`NAMES`), so the same row can be read in several
ways: by floats, as it stands; by numpy arrays (`arrays.py`); by Values, for derivatives that are
graphs themselves (`derivatives.py`); by symbols, as text and LaTeX (`symbols.py`). Hence rows
compare only with < <= > >=, branch only by `where`, and both branches hold wherever the row does.

Where the sound expression is not the textbook's (1 − out² for tanh loses every digit at x = 20),
the row carries the sound one, and `textbook` for the eyes.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import copysign, cos, exp, expm1, inf, log, log1p, nan, sin, sqrt, tan, tanh
from operator import mul
from types import FunctionType
from typing import Any

# ── the names that a row may use, as floats read them ──────────────────────────────────────────


def where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def power(x: float, y: float) -> float:
    """xʸ in the real numbers, where Python would go on to the complex ones."""
    result = x**y
    if isinstance(result, complex):
        raise ValueError(f"{x!r} ** {y!r} is not a real number: a negative base wants a whole exponent")
    return float(result)


def power_or_inf(x: float, y: float) -> float:
    """xʸ inside a derivative: a forward pass that is valid never fails because its derivative would."""
    try:
        return power(x, y)
    except (ZeroDivisionError, OverflowError):
        return -inf if copysign(1.0, x) < 0.0 and y % 2.0 == 1.0 else inf


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


def shares(terms: Iterable[Any]) -> tuple[Any, ...]:
    """Each term's share of their sum."""
    terms = tuple(terms)
    whole = total(terms)
    return tuple(term / whole for term in terms)


# ── the table ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Rule:
    """A row: one operation, with its derivative."""

    name: str
    symbol: str
    forward: Callable[..., Any]
    locals: Callable[..., Any]
    note: str = ""  # domain, kinks, conventions
    textbook: Callable[..., Any] | None = None  # the local derivatives as a textbook prints them
    singular: str = ""  # where the operation exists but its derivative does not

    @property
    def arity(self) -> int | None:
        """The number of operands; None for any number."""
        parameters = inspect.signature(self.forward).parameters.values()
        return None if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(parameters)

    def read(self, namespace: Mapping[str, Any]) -> Rule:
        """The same row with its names looked up in `namespace`, and nowhere else."""
        return replace(
            self,
            forward=_bind(self.forward, namespace),
            locals=_bind(self.locals, namespace),
            textbook=self.textbook and _bind(self.textbook, namespace),
        )

    def __repr__(self) -> str:
        return f"<rule {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return rule, (self.name,)  # by name, so that saved graphs hold no code


def _bind(row: Callable[..., Any], namespace: Mapping[str, Any]) -> Callable[..., Any]:
    assert isinstance(row, FunctionType)
    return FunctionType(row.__code__, namespace, row.__name__)  # type: ignore[arg-type]


# fmt: off
TABLE = (
    # two operands
    Rule("add", "+", lambda x, y: x + y, lambda out, x, y: (1.0, 1.0)),
    Rule("sub", "-", lambda x, y: x - y, lambda out, x, y: (1.0, -1.0)),
    Rule("mul", "*", lambda x, y: x * y, lambda out, x, y: (y, x)),
    Rule("div", "/", lambda x, y: x / y, lambda out, x, y: (1.0 / y, -(out / y)),
         note="y ≠ 0"),
    Rule("pow", "**",
         lambda x, y: power(x, y),
         # (y − 1 is skipped at y = 0, where 0 · x⁻¹ would be undefined at x = 0)
         lambda out, x, y: (y * power_or_inf(x, where(abs(y) > 0.0, y - 1.0, 0.0)),
                            out * log(where(x > 0.0, x, where(x >= 0.0, 1.0, nan)))),
         textbook=lambda out, x, y: (y * x ** (y - 1.0), out * log(x)),
         note="a negative x wants a whole y; NaN ** 0 and 1 ** NaN are 1, as IEEE 754 says; ∂/∂y at x = 0 is 0",
         singular="x = 0 with y < 1 (by x); x < 0 (by y)"),
    Rule("maximum", "max",
         lambda x, y: where(x > y, x, where(y >= x, y, x + y)),
         lambda out, x, y: (where(x > y, 1.0, where(x < y, 0.0, where(x >= y, 0.5, nan))),
                            where(y > x, 1.0, where(y < x, 0.0, where(y >= x, 0.5, nan)))),
         note="a tie shares the gradient equally"),
    Rule("minimum", "min",
         lambda x, y: where(x < y, x, where(y <= x, y, x + y)),
         lambda out, x, y: (where(x < y, 1.0, where(x > y, 0.0, where(x <= y, 0.5, nan))),
                            where(y < x, 1.0, where(y > x, 0.0, where(y <= x, 0.5, nan)))),
         note="a tie shares the gradient equally"),

    # one operand
    Rule("neg",  "-",    lambda x: -x,      lambda out, x: (-1.0,)),
    Rule("exp",  "exp",  lambda x: exp(x),  lambda out, x: (out,)),
    Rule("log",  "log",  lambda x: log(x),  lambda out, x: (1.0 / x,), note="x > 0"),
    Rule("sqrt", "sqrt", lambda x: sqrt(x), lambda out, x: (0.5 * power_or_inf(x, -0.5),),
         textbook=lambda out, x: (1.0 / (2.0 * out),),
         note="x ≥ 0", singular="x = 0"),
    Rule("sin",  "sin",  lambda x: sin(x),  lambda out, x: (cos(x),)),
    Rule("cos",  "cos",  lambda x: cos(x),  lambda out, x: (-sin(x),)),
    Rule("tan",  "tan",  lambda x: tan(x),  lambda out, x: (1.0 + out * out,)),
    Rule("tanh", "tanh", lambda x: tanh(x), lambda out, x: (4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x),),
         textbook=lambda out, x: (1.0 - out ** 2.0,),
         note="1 − out² loses every digit where out rounds to 1"),
    Rule("sigmoid", "σ",
         lambda x: where(x < 0.0, exp(-abs(x)), 1.0) / (1.0 + exp(-abs(x))),
         lambda out, x: (out * sigmoid(-x),),
         textbook=lambda out, x: (out * (1.0 - out),),
         note="1 / (1 + e⁻ˣ), written so that nothing overflows"),
    Rule("relu", "ReLU",
         lambda x: where(x <= 0.0, 0.0, x),
         lambda out, x: (where(x > 0.0, 1.0, 0.0 * out),),  # 0 · out lets NaN through
         textbook=lambda out, x: (where(x > 0.0, 1.0, 0.0),),
         note="relu′(0) = 0"),
    Rule("leaky_relu", "LeakyReLU",
         lambda x: where(x <= 0.0, 0.01 * x, x),
         lambda out, x: (where(x > 0.0, 1.0, where(x <= 0.0, 0.01, nan)),),
         textbook=lambda out, x: (where(x > 0.0, 1.0, 0.01),),
         note="slope 0.01 for x ≤ 0"),
    Rule("elu", "ELU",
         lambda x: where(x > 0.0, x, expm1(where(x > 0.0, 0.0, x))),
         lambda out, x: (exp(where(x > 0.0, 0.0, x)),),
         textbook=lambda out, x: (where(x > 0.0, 1.0, out + 1.0),),
         note="α = 1"),
    Rule("softplus", "softplus",
         lambda x: where(x <= 0.0, 0.0, x) + log1p(exp(-abs(x))),
         lambda out, x: (sigmoid(x),),
         note="log(1 + eˣ), written so that nothing overflows"),
    Rule("silu", "SiLU",
         lambda x: x * sigmoid(x),
         lambda out, x: (sigmoid(x) * (1.0 + x * sigmoid(-x)),),
         textbook=lambda out, x: (sigmoid(x) + out * (1.0 - sigmoid(x)),)),
    Rule("abs", "abs",
         lambda x: abs(x),
         lambda out, x: (where(x > 0.0, 1.0, where(x < 0.0, -1.0, where(x >= 0.0, 0.0, nan))),),
         textbook=lambda out, x: (where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0)),),
         note="abs′(0) = 0"),

    # any number of operands
    Rule("sum", "Σ", lambda *x: total(x), lambda out, *x: (1.0,) * len(x)),
    Rule("dot", "w·x",
         lambda *x: weighted_sum(x[:len(x) // 2], x[len(x) // 2:], x[-1] if len(x) % 2 else 0.0),
         lambda out, *x: x[len(x) // 2:len(x) // 2 * 2] + x[:len(x) // 2] + (1.0,) * (len(x) % 2),
         note="w₁ … wₙ, x₁ … xₙ and, if their number is odd, the bias b: b + Σ wᵢxᵢ; ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ"),
    Rule("log_sum_exp", "log Σ exp",
         lambda *x: (top := max(x)) + log(total(exp(xi - top) for xi in x)),
         lambda out, *x: shares(exp(xi - max(x)) for xi in x),
         textbook=lambda out, *x: (*(exp(xi - out) for xi in x),),
         note="shifted by the largest operand, so that nothing overflows"),
)
# fmt: on

RULES = {row.name: row for row in TABLE}
sigmoid: Callable[..., Any] = RULES["sigmoid"].forward  # rows may build on one another


def rule(name: str) -> Rule:
    return RULES[name]


# The whole vocabulary of a row: what each reading has to provide.
NAMES = {
    name: globals()[name]
    for name in "where power power_or_inf total weighted_sum shares nan".split()
    + "exp expm1 log log1p sqrt sin cos tan tanh sigmoid".split()
} | {"abs": abs, "max": max, "len": len}


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
        assert isinstance(part, FunctionType)
        foreign = {*_names(part.__code__), *part.__code__.co_freevars} - set(NAMES)
        if foreign:
            raise NameError(f"rule {row.name!r} uses {sorted(foreign)}; a row may use {sorted(NAMES)}")
    count = row.arity or sample_arity
    for part in filter(None, (row.locals, row.textbook)):
        local = part(nan, *[nan] * count)
        if not isinstance(local, tuple) or len(local) != count:
            raise TypeError(f"rule {row.name!r}: expected a tuple of {count} local derivatives, got {local!r}")
    if (out := row.forward(*[nan] * count)) == out:
        raise ValueError(f"rule {row.name!r}: NaN must go through, got {out!r}")


def _names(code: Any) -> set[str]:
    """The global names in a row, generator expressions inside it included."""
    return set(code.co_names).union(*(_names(c) for c in code.co_consts if hasattr(c, "co_names")))


for _row in TABLE:
    check(_row)
if len(RULES) != len(TABLE):
    raise ValueError("two rules share a name")
