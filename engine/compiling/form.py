"""Order, fold, share: a recorded graph as a list of numbered nodes.

Node i has a rule and operands, which are numbers below i; a leaf has no rule. Constants are folded as they were
recorded, and what is computed twice from the same operands becomes one node. Nothing that the roots do not depend
on gets in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import nan

from engine.rules import Rule
from engine.support.numerals import number
from engine.value import Constant, Value, topological_order


class Form:
    """A graph that the passes read and make anew; `print` shows it, a line for each node."""

    def __init__(self) -> None:
        self.rules: list[Rule | None] = []
        self.operands: list[tuple[int, ...]] = []
        self.origins: list[Value | None] = []  # the Value that a node stands for; None for what a pass made itself
        self.varies: list[bool] = []  # does it depend on an input, and so differ from sample to sample?
        self.needs_gradient: list[bool] = []  # does it depend on a parameter, and so have a gradient to pass on?
        self.columns: dict[int, int] = {}  # input → its column in the batch
        self.constants: dict[int, float] = {}
        self.roots: list[int] = []
        self._known: dict[tuple[object, ...], int] = {}

    def __len__(self) -> int:
        return len(self.rules)

    def add(self, rule: Rule, operands: tuple[int, ...], origin: Value | None = None, detached: bool = False) -> int:
        """The node that applies `rule`: the one that is there already, if there is one.

        No gradient passes through a detached one.
        """
        key = (rule, operands, detached)
        i = self._known.get(key)
        if i is None:
            if rule.only_floats:
                raise TypeError(rule.only_floats)
            varies = True in map(self.varies.__getitem__, operands)
            needs_gradient = not detached and True in map(self.needs_gradient.__getitem__, operands)
            i = self._known[key] = self._append(rule, operands, origin, varies, needs_gradient)
        elif self.origins[i] is None or (origin is not None and not named(self.origins[i]) and named(origin)):
            self.origins[i] = origin  # of two Values that are one node, the one with a name
        return i

    def input(self, column: int, origin: Value) -> int:
        i = self._append(None, (), origin, varies=True, needs_gradient=False)
        self.columns[i] = column
        return i

    def take(self, parameters: Sequence[Value]) -> dict[Value, int]:
        """Begin with these parameters, of which there may be very many; where each of them is."""
        count = len(parameters)
        self.rules, self.operands, self.origins = [None] * count, [()] * count, list(parameters)
        self.varies, self.needs_gradient = [False] * count, [True] * count
        return dict(zip(parameters, range(count), strict=True))

    def constant(self, data: float) -> int:
        key = ("constant", data.hex())  # apart: 0 and −0; together: NaN and NaN
        i = self._known.get(key)
        if i is None:
            i = self._known[key] = self._append(None, (), None, varies=False, needs_gradient=False)
            self.constants[i] = data
        return i

    def parameters(self) -> list[int]:
        """The leaves that have a gradient."""
        pairs = zip(self.rules, self.needs_gradient, strict=True)
        return [i for i, (rule, needs_gradient) in enumerate(pairs) if rule is None and needs_gradient]

    def leaves(self) -> tuple[Form, dict[int, int]]:
        """A form of the leaves alone, and where they are in it: old number → new number."""
        new, leaves = Form(), [i for i, rule in enumerate(self.rules) if rule is None]
        at = dict(zip(leaves, range(len(leaves)), strict=True))
        new.rules, new.operands = [None] * len(leaves), [()] * len(leaves)
        new.origins = [self.origins[i] for i in leaves]
        new.varies = [self.varies[i] for i in leaves]
        new.needs_gradient = [self.needs_gradient[i] for i in leaves]
        new.columns = {at[i]: column for i, column in self.columns.items()}
        new.constants = {at[i]: data for i, data in self.constants.items()}
        new._known = {("constant", data.hex()): i for i, data in new.constants.items()}
        return new, at

    def uses(self) -> list[int]:
        """How often each node is used, as an operand or as a root."""
        counts = [0] * len(self)
        for operands in (*self.operands, self.roots):
            for i in operands:
                counts[i] += 1
        return counts

    def _append(
        self, rule: Rule | None, operands: tuple[int, ...], origin: Value | None, varies: bool, needs_gradient: bool
    ) -> int:
        self.rules.append(rule)
        self.operands.append(operands)
        self.origins.append(origin)
        self.varies.append(varies)
        self.needs_gradient.append(needs_gradient)
        return len(self.rules) - 1

    def __str__(self) -> str:
        return "\n".join(f"%{i} = {self._described(i)}" + " (root)" * (i in self.roots) for i in range(len(self)))

    def _described(self, i: int) -> str:
        rule, origin = self.rules[i], self.origins[i]
        if rule is not None:
            return f"{rule.name} {' '.join(f'%{j}' for j in self.operands[i])}"
        if i in self.constants:
            return number(self.constants[i])
        what = f"input {self.columns[i]}" if i in self.columns else "parameter"
        return f"{what} {origin.name!r}" if origin is not None and origin.name else what


def named(origin: Value | None) -> bool:
    return origin is not None and bool(origin.label or origin.role)


def order_of(roots: Sequence[Value]) -> list[Value]:
    """Every node that one of the roots depends on, once, operands before their users."""
    if len(roots) == 1:
        return topological_order(roots[0])
    above = Value(nan)  # what depends on all of them, made by no operation
    above.operands = tuple(roots)
    return topological_order(above)[:-1]


def frozen(order: Iterable[Value], roots: Sequence[Value], inputs: Sequence[Value]) -> Form:
    """The graph as a form: `order` holds every node, `inputs` the leaves that differ from sample to sample."""
    form, columns = Form(), {leaf: column for column, leaf in enumerate(inputs)}
    order = list(order)
    parameters = [
        value for value in order if value.op is None and value.__class__ is not Constant and value not in columns
    ]
    at = form.take(parameters)
    for value in order:
        if value in at:
            continue
        if value in columns:
            at[value] = form.input(columns[value], value)
        elif value.__class__ is Constant and all(at[operand] in form.constants for operand in value.operands):
            at[value] = form.constant(value.data)  # an operation on constants is one, with the result that was recorded
        elif value.op is not None:
            operands = tuple([at[operand] for operand in value.operands])
            at[value] = form.add(value.op, operands, value, detached=value.__class__ is Constant)
    form.roots = [at[root] for root in roots]
    return form
