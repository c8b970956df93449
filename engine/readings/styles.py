"""How a language writes an expression of symbols: text, LaTeX, Python; a further language is a further `Style`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from engine.rules import RULES
from engine.support.labels import latex_operator
from engine.support.numerals import latex_number, number

if TYPE_CHECKING:
    from engine.readings.symbols import Symbol

ATOM = 9  # binds tighter than any operator: a name, a call, a number
RAISED = 6  # a name with a superscript, z₁⁽¹⁾, gets brackets when it is squared


@dataclass(frozen=True)
class Style:
    """How a language writes an expression.

    A template has the strength with which it binds, the text, and the strength that it demands of each part;
    a part that binds less than demanded is put into brackets.
    """

    templates: dict[str, tuple[Any, ...]]
    functions: dict[str, tuple[int, str]]  # those that are not written as a call
    number: Callable[[float], str] = number
    undefined: str = "undefined"
    name: int = 0  # which part of a name to print
    apart: dict[str, tuple[int, str, int]] = field(default_factory=dict)  # functions of a first operand and others
    joined: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # any number of parts: between, and each
    raised: dict[float, str] = field(default_factory=dict)  # exponents with a character of their own
    called: Callable[[str], str] = str  # what a function is called
    tall: re.Pattern[str] | None = None  # around what brackets have to grow
    negative: int = 2  # how strongly a negative number binds: like a difference

    def print(self, expression: Symbol, demanded: int = 0) -> str:
        strength, text = self._write(expression)
        return self._filled("({})", text) if strength < demanded else text

    def _write(self, expression: Symbol) -> tuple[int, str]:
        kind, parts = expression.kind, expression.parts
        if kind == "name":
            return RAISED if "^" in parts[1] else ATOM, parts[self.name]
        if kind == "number":
            return self._number(parts[0])
        if kind == "call":
            name, *operands = parts
            if name in self.apart:
                strength, template, demanded = self.apart[name]
                first, *others = operands
                return strength, self._filled(template, self.print(first, demanded), ", ".join(map(self.print, others)))
            inside = ", ".join(map(self.print, operands))
            if name not in self.functions:
                return ATOM, self._filled("{}({})", self.called(name), inside)
            strength, template = self.functions[name]
            return strength, self._filled(template, inside)
        if kind in self.joined:
            strength, between, template = self.joined[kind]
            return strength, between.join(self._filled(template, self.print(part)) for part in parts)
        strength, template, *demands = self.templates[kind]
        if kind == "**" and parts[1].kind == "number" and parts[1].parts[0] in self.raised:
            return strength, self.print(parts[0], demands[0]) + self.raised[parts[1].parts[0]]
        return strength, self._filled(template, *map(self.print, parts, demands))

    def _filled(self, template: str, *inside: str) -> str:
        if self.tall and r"\left" not in template and any(map(self.tall.search, inside)):
            template = template.replace("(", r"\left(").replace(")", r"\right)")
        return template.format(*inside)

    def _number(self, x: float) -> tuple[int, str]:
        """A number in powers of ten binds like a product."""
        text = self.undefined if isnan(x) else self.number(x)
        return self.negative if x < 0 else 4 if "10^" in text or "×10" in text else ATOM, text


TEXT = Style(
    {
        "where": (1, "{1} if {0}, else {2}", 1, 2, 1),
        **{kind: (1, f"{{}} {sign} {{}}", 2, 2) for kind, sign in zip(["<", "<=", ">", ">="], "<≤>≥", strict=True)},
        "+": (2, "{} + {}", 2, 2),
        "-": (2, "{} − {}", 2, 4),
        "neg": (3, "−{}", 4),
        "*": (4, "{} · {}", 4, 4),
        "/": (4, "{} / {}", 4, 5),
        "**": (6, "{} ^ {}", 7, 6),
        "abs": (ATOM, "|{}|", 0),
    },
    functions={"sigmoid": (ATOM, "σ({})"), "sech2": (ATOM, "sech²({})")},
    raised={2.0: "²", 3.0: "³"},
)


def _operator(name: str) -> str:
    """A rule is called by its symbol, where that is a word."""
    symbol = RULES[name].symbol if name in RULES else name
    return latex_operator(symbol if symbol.isalpha() else name)


_SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
LATEX = Style(
    {
        "where": (ATOM, r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}", 0, 0, 0),
        **{kind: (1, f"{{}} {sign} {{}}", 2, 2) for kind, sign in _SIGNS.items()},
        "+": (2, "{} + {}", 2, 2),
        "-": (2, "{} - {}", 2, 4),
        "neg": (3, "-{}", 4),
        "*": (4, r"{} \cdot {}", 4, 4),
        "/": (6, r"\frac{{{}}}{{{}}}", 0, 0),
        "**": (6, "{}^{{{}}}", 7, 0),
        "abs": (ATOM, r"\left|{}\right|", 0),
    },
    functions={
        "exp": (6, "e^{{{}}}"),
        "expm1": (2, "e^{{{}}} - 1"),
        "sqrt": (ATOM, r"\sqrt{{{}}}"),
        "log": (ATOM, r"\ln({})"),
        "log1p": (ATOM, r"\ln(1 + {})"),
        "sigmoid": (ATOM, r"\sigma({})"),
        "sech2": (ATOM, r"\operatorname{{sech}}^2({})"),
        "maximum": (ATOM, r"\max({})"),
        "minimum": (ATOM, r"\min({})"),
        "sum": (ATOM, r"\sum({})"),
        "log_sum_exp": (ATOM, r"\log\sum\exp({})"),
        "neg_log_share": (3, r"-\log\operatorname{{softmax}}({})"),
        **{name: (ATOM, rf"\{name}({{}})") for name in ["sin", "cos", "tan", "tanh", "max"]},
    },
    apart={
        "log_sum_exp_less": (ATOM, r"\log\sum\exp(({1}) - {0})", 4),
        "greater": (ATOM, r"\left[{} > {}\right]", 2),  # Iverson's bracket: 1 or 0
        "at_least": (ATOM, r"\left[{} \ge {}\right]", 2),
    },
    number=latex_number,
    undefined=r"\text{undefined}",
    name=1,
    called=_operator,
    tall=re.compile(r"\\(frac|sum|begin|underbrace)\b"),
)

# Python, so exact that every operation happens in the order in which the row does it.
PYTHON = Style(
    {
        "where": (ATOM, "({1} if {0} else {2})", 1, 2, 1),
        **{kind: (1, f"{{}} {kind} {{}}", 2, 2) for kind in _SIGNS},
        "+": (2, "{} + {}", 2, 3),
        "-": (2, "{} - {}", 2, 3),
        "*": (4, "{} * {}", 4, 5),
        "/": (4, "{} / {}", 4, 5),
        "neg": (5, "-{}", 5),
        "**": (6, "{} ** {}", 7, 6),
        "abs": (ATOM, "abs({})", 0),
    },
    functions={},
    number=repr,
    undefined="nan",
    negative=5,
)
