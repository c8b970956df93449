"""Derivatives that are graphs themselves: the rules read by Values.

A row is read as symbols, and the symbols are computed by Values. A comparison becomes a node, so the graph chooses anew
for every input: it holds beyond the point where it was recorded, it compiles, and it can be differentiated again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from engine.functions import FUNCTIONS, detached
from engine.readings.formulas import SYMBOLS
from engine.readings.symbols import Symbol, symbol
from engine.rules import RULES, Rule, reading
from engine.support.passes import same
from engine.support.undefined import Undefined
from engine.value import Constant, Value, as_value, record, topological_order


def differentiate(root: Value, wrt: Sequence[Value]) -> list[Value]:
    """∂root/∂v for each v in `wrt`, as graphs: differentiate again for second and higher derivatives.

    A list as long as `wrt`, with a zero constant for what the root does not depend on. Touches no `grad`. Raises
    TypeError for what is no Value; ValueError where a leaf was changed after the forward pass, since the derivative of
    that pass can't be written any more; and what `backward()` would raise where a derivative does not exist.
    """
    if isinstance(wrt, Value):
        raise TypeError(f"differentiate takes a list of Values; for this one alone, [{wrt!r}]")
    for v in (root, *wrt):
        if not isinstance(v, Value):
            raise TypeError(f"differentiate takes Values; got {v!r} ({type(v).__name__})")
    order = topological_order(root)
    needed = _users(order, set(wrt))
    gradients: dict[Value, Any] = {root: 1.0}
    for node in reversed(order):
        upstream = gradients.get(node)
        if upstream is None or node.op is None or node not in needed or not node.locals:
            continue
        _refuse_if_changed(node)
        local = LocalDerivatives(node)
        for slot, (operand, recorded) in enumerate(zip(node.operands, node.locals, strict=True)):
            if operand not in needed:
                continue
            if isinstance(recorded, Undefined):
                recorded * upstream  # raises, as backward() would
            contribution = _product(local[slot], upstream)
            gradients[operand] = gradients[operand] + contribution if operand in gradients else contribution
    return [as_value(gradients.get(v, 0.0)) for v in wrt]


def _users(order: Sequence[Value], wrt: set[Value]) -> set[Value]:
    """The nodes that depend on one of `wrt`."""
    users = set(wrt)
    for node in order:
        if any(operand in users for operand in node.operands):
            users.add(node)
    return users


def _product(local: Any, upstream: Any) -> Any:
    """local · upstream, without a node for multiplying by one."""
    if not isinstance(local, Value) and local == 1.0:
        return upstream
    if not isinstance(upstream, Value) and upstream == 1.0:
        return local
    return local * upstream


def _refuse_if_changed(node: Value) -> None:
    """A row read by Values takes its operands as they are now: they must still be what was recorded."""
    assert node.op is not None
    now = [operand.data for operand in node.operands]
    out = node.op.forward(*now)
    local = node.op.locals(out, *now)
    if not same(out, node.data) or not all(
        isinstance(recorded, Undefined) or same(derivative, recorded)
        for derivative, recorded in zip(local, node.locals, strict=True)
    ):
        raise ValueError(
            f"{node!r} was recorded as {node.data!r}, but its operands now give {out!r}: "
            "a leaf was changed after the forward pass. Run the forward pass again, then differentiate"
        )


# ── local derivatives ──────────────────────────────────────────────────────────────────────────

LARGEST, WHERE = RULES["largest"], RULES["where"]


def _call(name: str) -> Callable[[Iterable[Symbol]], Symbol]:
    return lambda terms: Symbol("call", name, *map(symbol, terms))


ROWS = reading(SYMBOLS | {"total": _call("sum"), "largest": _call("largest")})


@cache
def _locals(op: Rule, count: int) -> Sequence[Any]:
    """The local derivatives of a rule of so many operands, in symbols."""
    operands = [Symbol("operand", i) for i in range(count)]
    return tuple(map(symbol, ROWS[op.name].locals(Symbol("operand", -1), *operands)))


def _plain(x: Value) -> Any:
    """A plain number of the program is computed with at once: what is decided by it is decided for good."""
    return x.data if x.__class__ is Constant and x.op is None else x


class LocalDerivatives:
    """∂node/∂operand for the operand in each slot, when it is asked for: a Value, or a number where the row has one."""

    def __init__(self, node: Value) -> None:
        assert node.op is not None
        self.rows = _locals(node.op, len(node.operands))
        self.operands = [*map(_plain, node.operands), node]
        self.known: dict[int, Any] = {}  # by the identity of the symbol: what stands twice is computed once

    def __getitem__(self, slot: int) -> Any:
        return self.of(self.rows[slot])

    def of(self, expression: Symbol) -> Any:
        kind, parts = expression.kind, expression.parts
        if kind == "operand":
            return self.operands[parts[0]]
        if kind == "number":
            return parts[0]
        if id(expression) not in self.known:
            self.known[id(expression)] = self._choice(*parts) if kind == "where" else self._result(kind, parts)
        return self.known[id(expression)]

    def _result(self, kind: str, parts: Sequence[Any]) -> Any:
        if kind == "call" and parts[0] == "largest":
            return detached(LARGEST, map(self.of, parts[1:]))
        if kind == "call":
            x = list(map(self.of, parts[1:]))
            return FUNCTIONS[parts[0]](x) if RULES[parts[0]].arity is None else FUNCTIONS[parts[0]](*x)
        return _OPERATORS[kind](*map(self.of, parts))

    def _choice(self, condition: Symbol, a: Symbol, b: Symbol) -> Any:
        x, y = map(self.of, condition.parts)
        if not (isinstance(x, Value) or isinstance(y, Value)):
            return self.of(a if _COMPARISONS[condition.kind](x, y) else b)
        rule, swapped = _NODES[condition.kind]
        holds = detached(RULES[rule], (y, x) if swapped else (x, y))
        return record(WHERE, (holds, as_value(self.of(a)), as_value(self.of(b))))


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "neg": operator.neg, "abs": abs,
}  # fmt: skip
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NODES = {">": ("greater", False), ">=": ("at_least", False), "<": ("greater", True), "<=": ("at_least", True)}
