"""Rules read as code: by symbols that keep the order of every operation, so that it can be computed as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from engine.readings.formulas import SYMBOLS, forward
from engine.readings.symbols import Symbol, symbol
from engine.rules import RULES, Rule, reading

# What the text of a program says of itself, and takes from Python.
USED_BY_TEXT = """
    inputs parameters forward gradient INPUTS PARAMETERS
    float complex isinstance print max copysign inf ValueError ZeroDivisionError OverflowError
""".split()
SUM = "sum"  # a kind of symbol: any number of terms, added left to right
FEW = 4


def _call(name: str) -> Any:
    return lambda x, y: Symbol("call", name, symbol(x), symbol(y))


def _total(terms: Iterable[Any]) -> Symbol:
    return Symbol(SUM, *map(symbol, terms))


def _weighted_sum(weights: Sequence[Any], values: Sequence[Any], bias: Any) -> Symbol:
    products = [w * x for w, x in zip(weights, values, strict=False)]
    return _total([bias, *products] if isinstance(bias, Symbol) else products)


def _or_one(x: Symbol, y: Symbol) -> Any:
    """An exponent that is a number, and not 0, asks for nothing."""
    return x if y.kind == "number" and y.parts[0] else Symbol("where", abs(x) + abs(y) <= 1e-307, symbol(1.0), x)


def _largest(terms: Iterable[Any]) -> Symbol:
    """Of a few, by comparisons in pairs: in half of the time that the builtin takes."""
    found = list(map(symbol, terms))
    if len(found) > FEW:
        return Symbol("call", "max", *found)
    while len(found) > 1:
        pairs = zip(found[::2], found[1::2], strict=False)
        found = [Symbol("where", x > y, x, y) for x, y in pairs] + found[len(found) // 2 * 2 :]
    return found[0]


# `CALLED` leaves what a rule uses of another as a call, to be read; `INLINED` writes it out, to be fast.
CALLED_WORDS: dict[str, Any] = SYMBOLS | {
    "total": _total,
    "weighted_sum": _weighted_sum,
    "or_one": _or_one,
    "power": _call("power"),
    "power_or_inf": _call("power_or_inf"),
}
CALLED = reading(CALLED_WORDS)
CALLABLE = ("sigmoid", "sech2")  # phrases that are functions in their own right
_WRITTEN_OUT = {name: word for name, word in CALLED_WORDS.items() if name not in CALLABLE}
INLINED = reading(_WRITTEN_OUT | {"largest": _largest})


@cache
def _is_helper(rule: Rule) -> bool:
    if rule.arity is None or rule.only_floats:
        return False
    expression = forward(rule)
    return expression.size(4) > 3 or expression.kind == "where" or rule.name in CALLABLE


class _Helpers(Mapping[str, Rule]):
    """Rules that are more than an operator or a function of `math`; asked anew, since operations may be added."""

    def __getitem__(self, name: str) -> Rule:
        if name in RULES and _is_helper(RULES[name]):
            return RULES[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, rule in RULES.items() if _is_helper(rule))

    def __len__(self) -> int:
        return sum(1 for _ in self)


HELPERS = _Helpers()  # where the source is to be read, they are called


def definition(
    rule: Rule, operands: Sequence[Symbol], rows: Mapping[str, Rule] = CALLED, written: Mapping[str, Rule] | None = None
) -> Symbol:
    """What a helper returns, in its operands: its row, where what it uses of others is a call, but for itself."""
    if rule.name in CALLABLE:
        rows = reading(_WRITTEN_OUT) if written is None else written
    return symbol(rows[rule.name].forward(*operands))
