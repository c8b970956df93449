"""The one table of operations: what each computes, and its local derivatives.

How to read a row. `x, y` are the operands (`*x` for any number of them) and `out` is the result.
`forward` gives `out`; `locals` gives every ∂out/∂operand, in the order of the operands. The upstream
gradient never appears here: multiplying by it is the business of `backward()`, on one line.

A row is plain Python over a closed vocabulary (`vocabulary.py`), so the same row can be read in several
ways: by floats, as it stands; by numpy arrays, by symbols, as text, LaTeX and Python, and by Values, for
derivatives that are graphs themselves (`readings/`, `derivatives.py`). Hence rows compare numbers only with
< <= > >=, and choose only by `where`, which computes both of its branches.

Where the textbook's derivative loses digits (1 − out² for tanh has none left at x = 20), the row has both:
`textbook`, which is printed, and `locals`, which is computed. Where they fit, they share a line: a debugger shows one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import vocabulary
from engine.vocabulary import *  # what a row may say


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Rule:
    """A row: one operation, with its derivative."""

    name: str
    symbol: str
    forward: Callable[..., Any]
    locals: Callable[..., Any]
    note: str = ""  # domain, kinks, conventions
    textbook: Callable[..., Any] | None = None  # the local derivatives as a textbook prints them
    because: str = ""  # why `locals` are computed otherwise
    singular: str = ""  # where the operation exists but its derivative does not
    only_floats: str = ""  # why no other reading can be made of it

    @property
    def arity(self) -> int | None:
        """The number of operands; None for any number."""
        code = self.forward.__code__
        return None if code.co_flags & inspect.CO_VARARGS else code.co_argcount

    def read(self, names: Mapping[str, Any]) -> Rule:
        """The same row with its names looked up in `names`, and nowhere else."""
        if self.only_floats:
            raise TypeError(self.only_floats)
        return replace(
            self,
            forward=vocabulary.bound(self.forward, names),
            locals=vocabulary.bound(self.locals, names),
            textbook=self.textbook and vocabulary.bound(self.textbook, names),
        )

    def __repr__(self) -> str:
        return f"<rule {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return rule, (self.name,)  # by name, so that saved graphs hold no code


# fmt: off
TABLE = (
    # two operands
    Rule("add", "+", lambda x, y: x + y, lambda out, x, y: (1.0, 1.0)),
    Rule("sub", "-", lambda x, y: x - y, lambda out, x, y: (1.0, -1.0)),
    Rule("mul", "*", lambda x, y: x * y, lambda out, x, y: (y, x)),
    Rule("div", "/", lambda x, y: x / y, lambda out, x, y: (1.0 / y, -(out / y)), note="y ≠ 0"),
    Rule("pow", "**", lambda x, y: power(x, y),
         textbook=lambda out, x, y: (y * x ** (y - 1.0), out * log(x)),
         locals=lambda out, x, y: (y * power_or_inf(or_one(x, y), y - 1.0),
                                   out * log(where(x > 0.0, x, where(x >= 0.0, 1.0, nan)))),
         note="a negative x needs a whole y; NaN ** 0 and 1 ** NaN are 1, as IEEE 754 says; ∂/∂y at x = 0 is 0",
         because="0 · 0⁻¹ would be undefined", singular="x = 0 with 0 < y < 1 (by x); x < 0 (by y)"),
    Rule("maximum", "max", lambda x, y: larger(x, y),  lambda out, x, y: (step(x, y), step(y, x)),
         note="a tie shares the gradient equally"),
    Rule("minimum", "min", lambda x, y: smaller(x, y), lambda out, x, y: (step(y, x), step(x, y)),
         note="a tie shares the gradient equally"),

    # one operand
    Rule("neg",  "-",    lambda x: -x,      lambda out, x: (-1.0,)),
    Rule("exp",  "exp",  lambda x: exp(x),  lambda out, x: (out,)),
    Rule("log",  "log",  lambda x: log(x),  lambda out, x: (1.0 / x,), note="x > 0"),
    Rule("expm1", "expm1", lambda x: expm1(x), lambda out, x: (exp(x),), note="eˣ − 1, with all its digits near 0"),
    Rule("log1p", "log1p", lambda x: log1p(x), lambda out, x: (1.0 / (1.0 + x),), note="x > −1"),
    Rule("sqrt", "sqrt", lambda x: sqrt(x),
         textbook=lambda out, x: (1.0 / (2.0 * out),), locals=lambda out, x: (0.5 * power_or_inf(x, -0.5),),
         note="x ≥ 0", because="1 / 0 would stop the forward pass at x = 0", singular="x = 0"),
    Rule("sin",  "sin",  lambda x: sin(x),  lambda out, x: (cos(x),)),
    Rule("cos",  "cos",  lambda x: cos(x),  lambda out, x: (-sin(x),)),
    Rule("tan",  "tan",  lambda x: tan(x),  lambda out, x: (1.0 + out * out,)),
    Rule("tanh", "tanh", lambda x: tanh(x),
         textbook=lambda out, x: (1.0 - out**2,), locals=lambda out, x: (sech2(x),),
         because="1 − out² loses every digit where out rounds to 1"),
    Rule("sech2", "sech²", lambda x: sech2(x), lambda out, x: (-2.0 * tanh(x) * out,),
         note="1 − tanh² x, the derivative of tanh"),
    Rule("sigmoid", "σ", lambda x: sigmoid(x),
         textbook=lambda out, x: (out * (1.0 - out),), locals=lambda out, x: (0.25 * sech2(0.5 * x),),
         note="1 / (1 + e⁻ˣ), written so that nothing overflows",
         because="1 − out loses every digit where out rounds to 1"),
    Rule("relu", "ReLU", lambda x: where(x <= 0.0, 0.0, x),
         textbook=lambda out, x: (where(x > 0.0, 1.0, 0.0),), locals=lambda out, x: (where(x > 0.0, 1.0, 0.0 * out),),
         note="relu′(0) = 0", because="0 · out lets NaN through"),
    Rule("leaky_relu", "LeakyReLU", lambda x: where(x <= 0.0, 0.01 * x, x),
         textbook=lambda out, x: (where(x > 0.0, 1.0, 0.01),),
         locals=lambda out, x: (where(x > 0.0, 1.0, where(x <= 0.0, 0.01, nan)),), note="slope 0.01 for x ≤ 0",
         because="NaN goes through"),
    Rule("elu", "ELU", lambda x: where(x > 0.0, x, expm1(where(x > 0.0, 0.0, x))),
         textbook=lambda out, x: (where(x > 0.0, 1.0, out + 1.0),),
         locals=lambda out, x: (exp(where(x > 0.0, 0.0, x)),), note="α = 1",
         because="out + 1 loses every digit where out rounds to −1"),
    Rule("softplus", "softplus", lambda x: where(x < 0.0, 0.0, x) + log1p(exp(-abs(x))),
         lambda out, x: (sigmoid(x),),
         note="log(1 + eˣ), written so that nothing overflows"),
    Rule("silu", "SiLU", lambda x: x * sigmoid(x),
         textbook=lambda out, x: (sigmoid(x) + out * (1.0 - sigmoid(x)),),
         locals=lambda out, x: (sigmoid(x) + 0.25 * x * sech2(0.5 * x),),
         because="1 − σ(x) loses every digit where σ(x) rounds to 1"),
    Rule("abs", "abs", lambda x: abs(x),
         textbook=lambda out, x: (where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0)),), locals=lambda out, x: (sign(x),),
         note="abs′(0) = 0", because="0 · x lets NaN through"),

    # what a softmax is made of, beside `largest`
    Rule("share", "softmax",
         lambda x, m, s: exp(x - m - s), lambda out, x, m, s: (out, -out, -out),
         note="x's share of Σ exp xᵢ, for s = log Σ exp(xᵢ − m) with any m"),
    Rule("neg_log_share", "−log softmax",
         lambda x, m, s: s - (x - m), lambda out, x, m, s: (-1.0, 1.0, 1.0), note="−log of the share"),
    Rule("log_sum_exp_less", "log Σ exp",
         lambda m, *x: largest(x) - m + log1p(rest(x)), lambda out, m, *x: (-1.0, *softmax(x)),
         note="log Σ exp(xᵢ − m)"),

    # comparisons and a choice: what `where` of a row becomes in a derivative that is a graph
    Rule("greater", ">",
         lambda x, y: where(x > y, 1.0, where(y >= x, 0.0, nan)), lambda out, x, y: (0.0 * out, 0.0 * out),
         note="1 where x > y, else 0"),
    Rule("at_least", "≥",
         lambda x, y: where(x >= y, 1.0, where(y > x, 0.0, nan)), lambda out, x, y: (0.0 * out, 0.0 * out),
         note="1 where x ≥ y, else 0"),
    Rule("where", "where", lambda c, a, b: where(c > 0.0, a, where(c <= 0.0, b, nan)),
         lambda out, c, a, b: (0.0, where(c > 0.0, 1.0, 0.0), where(c > 0.0, 0.0, 1.0)),
         note="a where c > 0, else b"),

    # any number of operands
    Rule("sum", "Σ", lambda *x: total(x), lambda out, *x: (1.0,) * len(x)),
    Rule("dot", "w·x",
         lambda *x: weighted_sum(x[:len(x) // 2], x[len(x) // 2:], x[-1] if len(x) % 2 else 0.0),
         lambda out, *x: x[len(x) // 2:len(x) // 2 * 2] + x[:len(x) // 2] + (1.0,) * (len(x) % 2),
         note="w₁ … wₙ, x₁ … xₙ and, if their number is odd, the bias b: b + Σ wᵢxᵢ; ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ"),
    Rule("largest", "max", lambda *x: largest(x), lambda out, *x: shares(step(xi, out) for xi in x),
         note="a tie shares the gradient equally"),
    Rule("log_sum_exp", "log Σ exp", lambda *x: largest(x) + log1p(rest(x)), lambda out, *x: softmax(x),
         note="shifted by the largest operand, so that nothing overflows"),
)
# fmt: on

RULES = {row.name: row for row in TABLE}


def rule(name: str) -> Rule:
    return RULES[name]


def reading(words: Mapping[str, Any]) -> vocabulary.Reading:
    """The table, read with these words: by arrays, symbols, …; as it stands, it is read by floats."""
    return vocabulary.Reading(RULES, words)
