"""Rules read by symbols: the same rows, printed as formulas in plain text or LaTeX.

A row is called with `Symbol`s instead of numbers; what comes back is the expression, which a
`Style` prints. A further language is a further `Style`.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import isnan, nan
from typing import Any

from engine.rules import Rule, reading
from engine.support.notation import latex_number, number
from engine.vocabulary import WORDS


class Symbol:
    """An expression that grows by use: `Symbol.named("x") + 1` is the sum, not its value."""

    __slots__ = ("kind", "parts")

    def __init__(self, kind: str, *parts: Any) -> None:
        self.kind = kind
        self.parts = parts

    @staticmethod
    def named(text: str, latex: str = "") -> Symbol:
        return Symbol("name", text, latex or text)

    # fmt: off
    def __add__(self, other: Any) -> Symbol: return _join("+", self, other)
    def __radd__(self, other: Any) -> Symbol: return _join("+", other, self)
    def __sub__(self, other: Any) -> Symbol: return _join("-", self, other)
    def __rsub__(self, other: Any) -> Symbol: return _join("-", other, self)
    def __mul__(self, other: Any) -> Symbol: return _join("*", self, other)
    def __rmul__(self, other: Any) -> Symbol: return _join("*", other, self)
    def __truediv__(self, other: Any) -> Symbol: return _join("/", self, other)
    def __rtruediv__(self, other: Any) -> Symbol: return _join("/", other, self)
    def __pow__(self, other: Any) -> Symbol: return _join("**", self, other)
    def __rpow__(self, other: Any) -> Symbol: return _join("**", other, self)
    def __lt__(self, other: Any) -> Symbol: return _join("<", self, other)
    def __le__(self, other: Any) -> Symbol: return _join("<=", self, other)
    def __gt__(self, other: Any) -> Symbol: return _join(">", self, other)
    def __ge__(self, other: Any) -> Symbol: return _join(">=", self, other)
    def __neg__(self) -> Symbol: return Symbol("neg", self)
    def __abs__(self) -> Symbol: return Symbol("abs", self)
    # fmt: on

    @property
    def text(self) -> str:
        return TEXT.print(self)

    @property
    def latex(self) -> str:
        return LATEX.print(self)

    def __repr__(self) -> str:
        return f"Symbol({self.text})"

    def replaced(self, by: Callable[[Symbol], Symbol | None]) -> Symbol:
        """The expression with `by(part)` in place of each part for which there is one."""
        found = by(self)
        if found is not None:
            return found
        parts = [part.replaced(by) if isinstance(part, Symbol) else part for part in self.parts]
        return Symbol(self.kind, *parts)

    def size(self, enough: int, kind: str = "") -> int:
        """How many symbols it consists of, or how many of one kind; not counted on from `enough`."""
        count, pending = 0, [self]
        while pending and count < enough:
            part = pending.pop()
            count += not kind or part.kind == kind
            pending += [inner for inner in part.parts if isinstance(inner, Symbol)]
        return count


def symbol(x: Any) -> Symbol:
    return x if isinstance(x, Symbol) else Symbol("number", float(x))


def _join(kind: str, x: Any, y: Any) -> Symbol:
    return Symbol(kind, symbol(x), symbol(y))


def product(factors: Iterable[Symbol]) -> Symbol:
    """Their product, without those that are 1."""
    telling = [factor for factor in factors if not is_number(factor, 1.0)]
    return reduce(operator.mul, telling) if telling else symbol(1.0)


def total(terms: Iterable[Symbol]) -> Symbol:
    """Their sum; a term with a minus in front is subtracted."""
    return reduce(_add, terms)


def _add(x: Symbol, y: Symbol) -> Symbol:
    if y.kind == "neg":
        return Symbol("-", x, y.parts[0])
    return x - -y.parts[0] if y.kind == "number" and y.parts[0] < 0 else x + y


def folded(factors: Iterable[Symbol]) -> Symbol:
    """Their product, with what is plain numbers in it multiplied out: 2 · (y − t) · 0.5 is y − t."""
    coefficient, others, pending = 1.0, [], [*factors][::-1]
    while pending:
        factor = pending.pop()
        if factor.kind == "*":
            pending += factor.parts[::-1]
        elif factor.kind == "neg":
            coefficient = -coefficient
            pending.append(factor.parts[0])
        elif factor.kind == "number" and _is_short(coefficient * factor.parts[0]):
            coefficient *= factor.parts[0]
        else:
            others.append(factor)
    if abs(coefficient) != 1.0 or not others:
        return product([symbol(coefficient), *others])
    return -product(others) if coefficient < 0 else product(others)


def simplified(expression: Symbol) -> Symbol:
    """The expression without what a reader would not write: x¹, 2 − 1, 1 · x, x / 1, x + 0, x − x."""
    kind = expression.kind
    parts = [simplified(part) if isinstance(part, Symbol) else part for part in expression.parts]
    if kind in _COMPUTED and all(part.kind == "number" for part in parts):
        try:
            result = _COMPUTED[kind](*(part.parts[0] for part in parts))
        except (ArithmeticError, ValueError):
            result = nan
        if isinstance(result, float) and _is_short(result):
            return symbol(result)
    if kind == "-" and parts[0].kind == parts[1].kind == "node" and parts[0].parts[0] is parts[1].parts[0]:
        return symbol(0.0)
    if kind == "-" and is_number(parts[0], 0.0):
        return -parts[1]
    if (kind in ("*", "/", "**") and is_number(parts[1], 1.0)) or (kind in "+-" and is_number(parts[1], 0.0)):
        return parts[0]
    if (kind == "*" and is_number(parts[0], 1.0)) or (kind == "+" and is_number(parts[0], 0.0)):
        return parts[1]
    return Symbol(kind, *parts)


def is_number(expression: Symbol, x: float) -> bool:
    return expression.kind == "number" and bool(expression.parts[0] == x)


def _is_short(x: float) -> bool:
    """Is it printed as it is?"""
    return float(f"{x:.3e}") == x


_COMPUTED: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": pow, "neg": operator.neg,
}  # fmt: skip


def _call(name: str) -> Callable[..., Symbol]:
    return lambda *x: Symbol("call", name, *map(symbol, x))


def _weighted_sum(weights: Sequence[Symbol], values: Sequence[Symbol], bias: Any) -> Symbol:
    products = [w * x for w, x in zip(weights, values, strict=False)]
    return symbol(reduce(operator.add, products + [bias] * isinstance(bias, Symbol)))


# Every word of a row is a call by that name, but for these; a phrase is what it is made of, but for functions.
SYMBOLS: dict[str, Any] = {name: _call(name) for name in (*WORDS, "sigmoid", "sech2")} | {
    "where": lambda condition, a, b: Symbol("where", condition, symbol(a), symbol(b)),
    "power": lambda x, y: _join("**", x, y),
    "power_or_inf": lambda x, y: _join("**", x, y),
    "total": lambda terms: reduce(operator.add, terms),
    "weighted_sum": _weighted_sum,
    "largest": lambda terms: Symbol("call", "max", *terms),
    "abs": abs,
    "len": len,
    "nan": nan,
    "tuple": tuple,
}


def _rest(x: Sequence[Symbol]) -> Symbol:
    """For the eyes: how the digits of this difference are kept is the business of the reading that computes it."""
    top = SYMBOLS["largest"](x)
    return reduce(operator.add, [Symbol("call", "exp", xi - top) for xi in x]) - 1.0


SYMBOLIC = reading(SYMBOLS | {"rest": _rest})


ATOM = 9  # binds tighter than any operator: a name, a call, a number
RAISED = 6  # a name with a superscript, z₁⁽¹⁾, wants brackets to be squared


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
    joined: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # any number of parts: between, and each
    raised: dict[float, str] = field(default_factory=dict)  # exponents with a character of their own
    grouped: str = "({})"
    call: str = "{}({})"
    negative: int = 2  # how strongly a negative number binds: like a difference

    def print(self, expression: Symbol, demanded: int = 0) -> str:
        strength, text = self._write(expression)
        return self.grouped.format(text) if strength < demanded else text

    def _write(self, expression: Symbol) -> tuple[int, str]:
        kind, parts = expression.kind, expression.parts
        if kind == "name":
            return RAISED if "^" in parts[1] else ATOM, parts[self.name]
        if kind == "number":
            return self._number(parts[0])
        if kind == "call":
            inside = ", ".join(map(self.print, parts[1:]))
            if parts[0] not in self.functions:
                return ATOM, self.call.format(parts[0], inside)
            strength, template = self.functions[parts[0]]
            return strength, template.format(inside)
        if kind in self.joined:
            strength, between, template = self.joined[kind]
            return strength, between.join(template.format(self.print(part)) for part in parts)
        strength, template, *demands = self.templates[kind]
        if kind == "**" and parts[1].kind == "number" and parts[1].parts[0] in self.raised:
            return strength, self.print(parts[0], demands[0]) + self.raised[parts[1].parts[0]]
        return strength, template.format(*map(self.print, parts, demands))

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
        "sqrt": (ATOM, r"\sqrt{{{}}}"),
        "log": (ATOM, r"\ln\left({}\right)"),
        "log1p": (ATOM, r"\ln\left(1 + {}\right)"),
        "sigmoid": (ATOM, r"\sigma\left({}\right)"),
        "sech2": (ATOM, r"\operatorname{{sech}}^2\left({}\right)"),
        **{name: (ATOM, rf"\{name}\left({{}}\right)") for name in ["sin", "cos", "tan", "tanh", "max"]},
    },
    number=latex_number,
    undefined=r"\text{undefined}",
    name=1,
    grouped=r"\left({}\right)",
    call=r"\operatorname{{{}}}\left({}\right)",
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

OUT = Symbol.named("out", r"\mathrm{out}")


def operand_symbols(op: Rule, count: int = 2) -> tuple[Symbol, ...]:
    """`x, y`, or x₁ … for a rule that takes any number; w₁ … x₁ … b for `dot`."""
    names = inspect.getfullargspec(op.forward)
    indexed = {letter: [_indexed(letter, i) for i in range(1, count + 1)] for letter in "wx"}
    if op.name == "dot":
        return (*indexed["w"], *indexed["x"], Symbol.named("b"))
    return (*map(Symbol.named, names.args), *(indexed["x"] if names.varargs else ()))


def _indexed(letter: str, i: int) -> Symbol:
    lowered = str(i).translate(_LOWERED)
    return Symbol.named(letter + lowered, f"{letter}_{i}" if i < 10 else f"{letter}_{{{i}}}")


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def forward(op: Rule) -> Symbol:
    """The rule's own expression, as the row computes it."""
    return symbol(SYMBOLIC[op.name].forward(*operand_symbols(op)))


def local_derivatives(op: Rule) -> tuple[Symbol, ...]:
    """∂out/∂operand for each operand, as a textbook prints it."""
    row = SYMBOLIC[op.name]
    return tuple(map(symbol, (row.textbook or row.locals)(OUT, *operand_symbols(op))))


def describe(op: Rule) -> str:
    """A sentence for people: the operation, its local derivatives, its domain and kinks."""
    operands = operand_symbols(op)
    names = ", ".join(operand.text for operand in operands)
    call = f"{op.name}({names})" if op.arity is not None else f"{op.name}({names}, …)"
    local = ", ".join(
        f"∂/∂{operand.text} = {derivative.text}"
        for operand, derivative in zip(operands, local_derivatives(op), strict=True)
    )
    return f"out = {call}: {local}" + (f" ({op.note})" if op.note else "")
