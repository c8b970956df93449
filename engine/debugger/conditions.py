"""Conditions on an event of the backward pass: `contribution < 0 and node == "a₁⁽¹⁾"`.

An expression is read by `ast` and made into functions of a `Step`, part by part. What has no entry in the tables
below does not exist here: no attribute, no call but abs, min and max, nothing that could reach into the program. All
numbers are floats, so that none can grow without end.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from engine.steps import Step
from engine.value import Value
from engine.vocabulary import power

Find = Callable[[str], Value]  # the node with this label; raises ValueError

NUMBER, TRUTH, NODE, LABEL = "a number", "a comparison", "a node", "a label"
NAMES: Mapping[str, tuple[str, Callable[[Step], Any]]] = {
    "node": (NODE, lambda step: step.node),
    "operand": (NODE, lambda step: step.operand),
    "local": (NUMBER, lambda step: step.local),
    "upstream": (NUMBER, lambda step: step.upstream),
    "contribution": (NUMBER, lambda step: step.contribution),
    "grad": (NUMBER, lambda step: step.after),
}
FUNCTIONS: Mapping[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max}
ARITHMETIC: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: power,
}
SIGNS: Mapping[type, Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
ORDER: Mapping[type, Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
EQUALITY: Mapping[type, Callable[[Any, Any], bool]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
LONGEST = 400  # characters, more than anyone types

# As the screen prints them, so that they can be pasted; what stands in quotes stays.
_PRINTED = {"−": "-", "·": "*", "×": "*", "≤": "<=", "≥": ">=", "≠": "!="}
_TYPED = re.compile(r"""("[^"]*"|'[^']*')|([−·×≤≥≠])""")


class Expression(NamedTuple):
    """A part of an expression: what kind of thing it gives, and its value at an event."""

    kind: str
    of: Callable[[Step], Any]


def condition(text: str, find: Find) -> Callable[[Step], bool]:
    """Whether `text` holds for an event; raises ValueError, in one line, for what can't be asked."""
    kind, of = expression(text, find)
    if kind not in (TRUTH, NUMBER):
        raise ValueError(f"a condition is a comparison, such as contribution < 0; got {kind}: {text.strip()}")
    return lambda step: bool(of(step))


def expression(text: str, find: Find) -> Expression:
    """`text` as an expression over an event."""
    if len(text) > LONGEST:
        raise ValueError(f"an expression has at most {LONGEST} characters; got {len(text)}")
    typed = _TYPED.sub(lambda found: found[1] or _PRINTED[found[2]], text.strip())
    try:
        return _Parser(typed, find).read(ast.parse(typed, mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"{text.strip()!r} is not an expression; for example: {EXAMPLE}") from None


EXAMPLE = 'abs(contribution) > 0.1 and node == "a[1][2]"'


class _Parser:
    """From the syntax tree to functions of an event."""

    def __init__(self, text: str, find: Find) -> None:
        self.text, self.find = text, find

    def read(self, tree: ast.expr) -> Expression:
        match tree:
            case ast.Constant(value=bool() as truth):
                return Expression(TRUTH, lambda step: truth)
            case ast.Constant(value=int() | float() as value):
                return self._constant(value)
            case ast.Constant(value=str() as label):
                node = self.find(label)
                return Expression(LABEL, lambda step: node)
            case ast.Name(id=name) if name in NAMES:
                return Expression(*NAMES[name])
            case ast.UnaryOp(op=ast.Not(), operand=part):
                holds = self._truth(part)
                return Expression(TRUTH, lambda step: not holds(step))
            case ast.UnaryOp(op=sign, operand=part) if type(sign) in SIGNS:
                return self._apply(SIGNS[type(sign)], [part])
            case ast.BinOp(left=left, op=act, right=right) if type(act) in ARITHMETIC:
                return self._apply(ARITHMETIC[type(act)], [left, right])
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
                if (len(parts) == 1) != (name == "abs") or not parts:
                    raise ValueError(f"abs takes one number, min and max two or more; got {self._quote(tree)}")
                return self._apply(FUNCTIONS[name], parts)
            case ast.BoolOp(op=act, values=parts):
                truths, all_or_any = [self._truth(part) for part in parts], all if isinstance(act, ast.And) else any
                return Expression(TRUTH, lambda step: all_or_any(holds(step) for holds in truths))
            case ast.Compare(left=left, ops=acts, comparators=others):
                return self._compare([left, *others], acts)
        raise ValueError(
            f"{self._quote(tree)} can't stand in an expression; there are {', '.join(NAMES)}, numbers, labels in "
            f"quotes, + - * / % **, comparisons, and, or, not, {', '.join(FUNCTIONS)}"
        )

    def _constant(self, value: float) -> Expression:
        try:
            number = float(value)
        except OverflowError:
            raise ValueError("a number here is a float, at most about 1.8e308") from None
        return Expression(NUMBER, lambda step: number)

    def _apply(self, function: Callable[..., float], parts: list[ast.expr]) -> Expression:
        operands = [self._of(part, NUMBER) for part in parts]
        return Expression(NUMBER, lambda step: function(*(operand(step) for operand in operands)))

    def _compare(self, parts: list[ast.expr], acts: list[ast.cmpop]) -> Expression:
        read = [self.read(part) for part in parts]
        tests = [self._test(left, act, right) for (left, right), act in zip(pairwise(read), acts, strict=True)]
        return Expression(TRUTH, lambda step: all(test(step) for test in tests))

    def _test(self, left: Expression, act: ast.cmpop, right: Expression) -> Callable[[Step], bool]:
        kinds = {left.kind, right.kind}
        compare: Callable[[Any, Any], bool] | None = EQUALITY.get(type(act))
        if kinds == {NUMBER}:
            compare = ORDER.get(type(act), compare)
        elif TRUTH in kinds or NODE not in kinds or NUMBER in kinds:
            compare = None
        if compare is None:
            raise ValueError(
                f"numbers compare with < <= > >= == !=, a node with == or != and a node or a label; got {self.text}"
            )
        return lambda step: compare(left.of(step), right.of(step))

    def _truth(self, part: ast.expr) -> Callable[[Step], Any]:
        return self._of(part, TRUTH, NUMBER)

    def _of(self, part: ast.expr, *kinds: str) -> Callable[[Step], Any]:
        kind, of = self.read(part)
        if kind not in kinds:
            raise ValueError(f"expected {' or '.join(kinds)}; got {kind}: {self._quote(part)}")
        return of

    def _quote(self, part: ast.expr) -> str:
        return ast.get_source_segment(self.text, part) or self.text
