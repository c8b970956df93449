"""How a language writes an expression of symbols: text, LaTeX, Python; a further language is a further `Style`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.rules import RULES
from engine.support.labels import latex_operator
from engine.support.numerals import latex_number, number

if TYPE_CHECKING:
    from engine.readings.symbols import Symbol

ATOM = 9  # binds tighter than any operator: a name, a call, a number
RAISED = 6  # a name with a superscript, z₁⁽¹⁾, gets brackets when it is squared


class Cases(NamedTuple):
    """How a choice is written: `1 if x > y, 0 if x < y, ½ if x = y`."""

    strength: int
    case: str
    otherwise: str
    between: str
    whole: str
    half: str


@dataclass(frozen=True)
class Style:
    """How a language writes an expression.

    A template has the strength with which it binds, the text, and the strength that it demands of each part;
    a part that binds less than demanded is put into brackets.
    """

    templates: dict[str, tuple[Any, ...]]
    functions: dict[str, tuple[int, str]]  # those that are not written as a call
    number: Callable[[float], str] = number
    precise: Callable[..., str] = number  # with so many digits
    undefined: str = "undefined"
    name: int = 0  # which part of a name to print
    apart: dict[str, tuple[int, str, int]] = field(default_factory=dict)  # functions of a first operand and others
    joined: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # any number of parts: between, and each
    raised: dict[float, str] = field(default_factory=dict)  # exponents with a character of their own
    cases: Cases | None = None  # a choice between several; without, by the template for one
    softmax: str = "softmax({})_{}"
    index: Mapping[int, Any] = field(default_factory=dict)  # how a softmax's number is written
    called: Callable[[str], str] = str  # what a function is called
    tall: re.Pattern[str] | None = None  # around what brackets have to grow
    negative: int = 2  # how strongly a negative number binds: like a difference
    power: str = ""  # a function for powers whose exponent is no whole number; without, they are like any other

    def print(self, expression: Symbol, demanded: int = 0) -> str:
        strength, text = self.written(expression)
        return self._filled("({})", text) if strength < demanded else text

    def written(self, expression: Symbol) -> tuple[int, str]:
        """How strongly it binds, and its text without brackets."""
        kind, parts = expression.kind, expression.parts
        if kind == "**" and self.power and not _is_whole(parts[1]):
            kind, parts = "call", (self.power, *parts)
        if kind == "name":
            return min(RAISED if "^" in parts[1] else ATOM, parts[2]), parts[self.name]
        if kind == "number":
            return self._number(*parts)
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
        if kind == "where" and self.cases:
            return self.cases.strength, self._choice(expression, self.cases)
        if kind == "softmax":
            inside = ", ".join(map(self.print, parts[1]))
            return ATOM, self.softmax.format(inside, str(parts[0]).translate(self.index))
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

    def _choice(self, choice: Symbol, cases: Cases) -> str:
        """Nested choices one after the other; where x > y and x < y have been asked, what is left of x ≥ y is x = y."""
        written: list[str] = []
        asked: set[tuple[str, tuple[str, ...]]] = set()
        while choice.kind == "where":
            condition, value, choice = choice.parts
            pair = tuple(self.print(part, 2) for part in condition.parts)
            tie = {("<", pair), (">", pair)} <= asked and condition.kind in ("<=", ">=")
            asked.add((condition.kind, pair))
            sign = "=" if tie else condition.kind
            template = self.templates[sign][1]
            written.append(cases.case.format(self._case(value, cases), template.format(*pair)))
        if not (choice.kind == "number" and isnan(choice.parts[0])):  # (NaN is what comes of NaN)
            written.append(cases.otherwise.format(self._case(choice, cases)))
        return cases.whole.format(cases.between.join(written))

    def _case(self, value: Symbol, cases: Cases) -> str:
        return cases.half if value.kind == "number" and value.parts[0] == 0.5 else self.print(value, 2)

    def _number(self, x: float, digits: int | None = None) -> tuple[int, str]:
        """A number in powers of ten binds like a product; one that needs more `digits` than others says how many."""
        text = self.undefined if isnan(x) else self.number(x) if digits is None else self.precise(x, digits)
        product = "10^" in text or "×10" in text or "/" in text
        return self.negative if text[0] in "-−" else 4 if product else ATOM, text


def _is_whole(exponent: Symbol) -> bool:
    return exponent.kind == "number" and bool(exponent.parts[0].is_integer())


TEXT = Style(
    {
        **{
            kind: (1, f"{{}} {sign} {{}}", 2, 2)
            for kind, sign in zip(["<", "<=", ">", ">=", "="], "<≤>≥=", strict=True)
        },
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
    cases=Cases(1, "{} if {}", "else {}", ", ", "{}", "½"),
    softmax="softmax({}){}",
    index=str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
)


def _operator(name: str) -> str:
    """A rule is called by its symbol, where that is a word."""
    symbol = RULES[name].symbol if name in RULES else name
    return latex_operator(symbol if symbol.isalpha() else name)


_SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "=": "="}
LATEX = Style(
    {
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
    precise=latex_number,
    cases=Cases(
        ATOM, "{} & {}", r"{} & \text{{otherwise}}", r" \\ ", r"\begin{{cases}} {} \end{{cases}}", r"\tfrac{1}{2}"
    ),
    softmax=r"\operatorname{{softmax}}({})_{{{}}}",
    undefined=r"\text{undefined}",
    name=1,
    called=_operator,
    tall=re.compile(r"\\(frac|sum|begin|underbrace)\b"),
)

# Python, so exact that every operation happens in the order in which the row does it.
PYTHON = Style(
    {
        "where": (ATOM, "({1} if {0} else {2})", 1, 2, 1),
        **{kind: (1, f"{{}} {kind} {{}}", 2, 2) for kind in ("<", "<=", ">", ">=")},
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
    power="power",  # a negative number to 0.5 would be complex
)


def _javascript_number(x: float) -> str:
    return repr(x).removesuffix(".0").replace("inf", "Infinity")


# JavaScript, in the same order; --x would be a decrement, and neither -x ** 2 nor -2 ** 2 is an expression.
JAVASCRIPT = replace(
    PYTHON,
    templates=PYTHON.templates | {"where": (ATOM, "({} ? {} : {})", 1, 2, 1), "neg": (5, "-{}", 7)},
    number=_javascript_number,
    undefined="NaN",
)


def _numpy_number(x: float) -> str:
    return repr(x).replace("inf", "np.inf")


def _numpy_function(name: str) -> str:
    """Numpy's functions are those of its module; the others are helpers."""
    return f"np.{name}" if name in NUMPY_FUNCTIONS else name


NUMPY_FUNCTIONS = frozenset(
    "add.reduce cos exp expm1 log log1p maximum maximum.reduce minimum sin sqrt tan tanh".split()
)
NUMPY = replace(
    PYTHON,
    templates=PYTHON.templates | {"where": (ATOM, "np.where({}, {}, {})", 0, 0, 0), "abs": (ATOM, "np.abs({})", 0)},
    number=_numpy_number,
    undefined="np.nan",
    called=_numpy_function,
    power="",
)
