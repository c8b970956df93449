"""The table read by symbols: each rule's formula and its local derivatives, as text and LaTeX."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from math import nan
from typing import Any

from engine.readings.symbols import Symbol, joined, symbol
from engine.rules import Rule, reading
from engine.support.numerals import lowered
from engine.vocabulary import WORDS


def _call(name: str) -> Callable[..., Symbol]:
    return lambda *x: Symbol("call", name, *map(symbol, x))


def _weighted_sum(weights: Sequence[Symbol], values: Sequence[Symbol], bias: Any) -> Symbol:
    products = [w * x for w, x in zip(weights, values, strict=False)]
    return symbol(reduce(operator.add, products + [bias] * isinstance(bias, Symbol)))


# Every word of a row is a call by that name, but for these; a phrase is what it is made of, but for functions.
SYMBOLS: dict[str, Any] = {name: _call(name) for name in (*WORDS, "sigmoid", "sech2")} | {
    "where": lambda condition, a, b: Symbol("where", condition, symbol(a), symbol(b)),
    "power": lambda x, y: joined("**", x, y),
    "power_or_inf": lambda x, y: joined("**", x, y),
    "total": lambda terms: reduce(operator.add, terms),
    "weighted_sum": _weighted_sum,
    "largest": lambda terms: Symbol("call", "max", *terms),
    "abs": abs,
    "len": len,
    "nan": nan,
    "tuple": tuple,
    "zip": zip,
}


def _rest(x: Sequence[Symbol]) -> Symbol:
    """For the eyes: how the digits of this difference are kept is the business of the reading that computes it."""
    top = SYMBOLS["largest"](x)
    return reduce(operator.add, [Symbol("call", "exp", xi - top) for xi in x]) - 1.0


def _softmax(x: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """By its name: `softmax(x₁, x₂)₁`; one symbol, however many operands it has."""
    return tuple(Symbol("softmax", i, tuple(x)) for i in range(1, len(x) + 1))


SYMBOLIC = reading(SYMBOLS | {"rest": _rest, "softmax": _softmax})


OUT = Symbol.named("out", r"\mathrm{out}")


def operand_symbols(op: Rule, count: int = 2) -> tuple[Symbol, ...]:
    """`x, y`, or x₁ … for a rule that takes any number; w₁ … x₁ … b for `dot`."""
    names = inspect.getfullargspec(op.forward)
    indexed = {letter: [_indexed(letter, i) for i in range(1, count + 1)] for letter in "wx"}
    if op.name == "dot":
        return (*indexed["w"], *indexed["x"], Symbol.named("b"))
    return (*map(Symbol.named, names.args), *(indexed["x"] if names.varargs else ()))


def _indexed(letter: str, i: int) -> Symbol:
    return Symbol.named(letter + lowered(i), f"{letter}_{i}" if i < 10 else f"{letter}_{{{i}}}")


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
    if op.only_floats:
        return f"out = {call}, by floats only" + (f" ({op.note})" if op.note else "")
    local = ", ".join(
        f"∂/∂{operand.text} = {derivative.text}"
        for operand, derivative in zip(operands, local_derivatives(op), strict=True)
    )
    return f"out = {call}: {local}" + (f" ({op.note})" if op.note else "")
