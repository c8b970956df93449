"""Value: a number that keeps its operands and local derivatives, and `backward()`, which goes from it to its leaves.

The names: a *node* is a Value in the graph; its *operands* are what it was computed from; the *local
derivative* on the edge to an operand is ∂node/∂operand; the *upstream gradient* is ∂root/∂node.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from engine.rules import RULES, Rule
from engine.support.closures import MicrogradNames, connect
from engine.support.conversions import Conversions, as_data, as_label, as_number, is_array_of_values
from engine.support.errors import located, not_finite, refuse_a_cycle
from engine.support.methods import Methods
from engine.support.modes import ANOMALY, NO_GRAD, active, modes
from engine.support.notation import Role, described
from engine.support.numerals import number
from engine.support.passes import completed, one_pass, under_way, undo_passes_over
from engine.support.undefined import with_undefined

ADD, SUB, MUL, DIV, POW, NEG, ABS = (RULES[name] for name in "add sub mul div pow neg abs".split())


class Value(Methods, MicrogradNames, Conversions):
    """A number in a graph: `Value(2.0)` is a leaf, and every operation on Values makes a node.

    Numbers on either side of an operator become constants: drawn, but without gradient.
    """

    __slots__ = ("__dict__", "__weakref__", "data", "grad", "label", "locals", "op", "operands", "reached", "role")

    data: float
    grad: float  # ∂root/∂self, once a backward pass has reached this node
    label: str
    role: Role | None  # the part that it plays in a network
    op: Rule | None  # the rule that made it; None for a leaf
    operands: tuple[Value, ...]  # in order, and as often as they were used: x * x has two
    locals: Sequence[Any]  # ∂self/∂operand for each operand, as recorded in the forward pass
    reached: bool | None  # has a pass completed `grad`? None: one is running (a gradient of 0 is not "none yet")

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = "") -> None:
        """`Value(2.0, "x")` has a label; `Value(data, children, op)` is micrograd's way to make an operation."""
        if isinstance(_children, str):
            _children, label = (), _children
        self.data = data if type(data) is float else as_data(data)
        self.grad = 0.0
        self.label = label if label.__class__ is str else as_label(label)
        self.role = self.op = None
        self.operands = self.locals = ()
        self.reached = False
        if _children != ():
            connect(self, _children, _op)

    def backward(self) -> None:
        """Give every node of the graph its `grad`, ∂self/∂node, by the chain rule.

        Interior nodes start from zero; leaves add this pass to what they have, so a second call doubles their
        gradients exactly. Raises the ArithmeticError or ValueError of an edge whose derivative does not exist.
        """
        order = topological_order(self)
        with one_pass(order):  # all start from zero; leaves add what they had at the end
            self.grad = 1.0
            for node in completed(order):  # in reverse, the root first; calls the hooks of each node
                node.reached = True
                upstream = node.grad
                for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
                    operand.grad += local * upstream

    def zero_grad(self) -> None:
        """Forget the gradients of the whole graph."""
        clear_gradients(topological_order(self))

    # fmt: off
    def __add__(self, other: Any) -> Value: return binary(ADD, self, other)
    def __radd__(self, other: Any) -> Value: return binary(ADD, other, self)
    def __sub__(self, other: Any) -> Value: return binary(SUB, self, other)
    def __rsub__(self, other: Any) -> Value: return binary(SUB, other, self)
    def __mul__(self, other: Any) -> Value: return binary(MUL, self, other)
    def __rmul__(self, other: Any) -> Value: return binary(MUL, other, self)
    def __truediv__(self, other: Any) -> Value: return binary(DIV, self, other)
    def __rtruediv__(self, other: Any) -> Value: return binary(DIV, other, self)
    def __pow__(self, other: Any) -> Value: return binary(POW, self, other)
    def __rpow__(self, other: Any) -> Value: return binary(POW, other, self)
    def __neg__(self) -> Value: return unary(NEG, self)
    def __pos__(self) -> Value: return self
    def __abs__(self) -> Value: return unary(ABS, self)
    # fmt: on

    @property
    def name(self) -> str:
        """The label, or else what the notation of its model calls its role; empty if it has neither."""
        return self.label or (self.role.name if self.role else "")

    def __repr__(self) -> str:
        return described(self, self.name)

    @property
    def _op(self) -> str:
        """`+`, `*`, `ReLU`; `**2` for a power by a plain number: micrograd's name for what made the node."""
        if self.op is POW and self.operands[1].__class__ is Constant:
            return f"**{self.operands[1].data:g}"
        return self.op.symbol if self.op else ""


class Constant(Value):
    """A Value that takes no gradient: a plain number in an expression, a result of such, or one taken as a number."""

    __slots__ = ()

    @property  # where every other Value has a slot
    def grad(self) -> float:
        return 0.0

    @grad.setter
    def grad(self, gradient: float) -> None:
        pass

    def __repr__(self) -> str:
        return f"Constant({number(self.data)})"


def topological_order(root: Value) -> list[Value]:
    """Every node of the graph once: operands before their users, `root` last.

    Backwards, this is the order in which gradients become complete: a node passes its gradient on only after
    every user has contributed to it. The smallest graph that needs it is b = a + a; c = b + b. Going on
    to `a` from the first edge c→b would pass on half of ∂c/∂b, and the second visit would pass it on again.
    """
    order: list[Value] = []
    done: set[Value] = set()
    path: list[tuple[Value, Iterator[Value]]] = []  # from the root to the users of `node`: a stack of our own
    deep = 1000
    node, operands = root, iter(root.operands)
    while True:
        for operand in operands:
            if operand not in done:
                if not done.issuperset(operand.operands):
                    path.append((node, operands))
                    if len(path) > deep:  # too deep for some graphs: could it be a circle?
                        refuse_a_cycle([user for user, _ in path])
                        deep *= 2
                    node, operands = operand, iter(operand.operands)
                    break
                done.add(operand)  # a leaf, or nothing new below
                order.append(operand)
        else:
            done.add(node)
            order.append(node)
            if not path:
                return order
            node, operands = path.pop()


def clear_gradients(nodes: Sequence[Value]) -> None:
    if under_way:
        undo_passes_over(nodes)
    for node in nodes:
        node.grad, node.reached = 0.0, False


def record(op: Rule, operands: tuple[Value, ...], role: Role | None = None) -> Value:
    """Apply a rule: the new node keeps its operands, and the local derivative on the edge to each."""
    numbers = [operand.data for operand in operands]
    try:
        out = op.forward(*numbers)
    except (ArithmeticError, ValueError) as error:
        raise located(error, op, operands) from None
    if operands[0].__class__ is Constant and all(operand.__class__ is Constant for operand in operands):
        return node(op, operands, out, (), cls=Constant)
    local = op.locals(out, *numbers)
    if op.singular:
        local = with_undefined(op, numbers, local, [operand.__class__ is Constant for operand in operands])
    return node(op, operands, out, local, role)


def unary(op: Rule, x: Value, role: Role | None = None) -> Value:
    """`record` for one operand, in half of its time: most neurons end in one."""
    if op.singular or x.__class__ is not Value:
        return record(op, (x,), role)
    try:
        out = op.forward(x.data)
    except (ArithmeticError, ValueError) as error:
        raise located(error, op, (x,)) from None
    return node(op, (x,), out, op.locals(out, x.data), role)


def binary(op: Rule, x: Any, y: Any) -> Value:
    """`record` for the operators: a plain number on either side becomes a constant; two Values take half the time."""
    if x.__class__ is Value and y.__class__ is Value and not op.singular:
        try:
            out = op.forward(x.data, y.data)
        except (ArithmeticError, ValueError) as error:
            raise located(error, op, (x, y)) from None
        return node(op, (x, y), out, op.locals(out, x.data, y.data))
    if is_array_of_values(x) or is_array_of_values(y):
        return NotImplemented  # type: ignore[no-any-return]  # numpy goes through it, element by element
    return record(op, (as_value(x), as_value(y)))


def node(
    op: Rule, operands: tuple[Value, ...], data: float, local: Sequence[Any], role: Role | None = None, cls: Any = Value
) -> Value:
    """A node in the graph, slot by slot: `__init__` would check once more what is known here."""
    if modes:
        if active(ANOMALY) and not isfinite(data):
            raise not_finite(op, operands, data)
        if active(NO_GRAD):
            operands, local, op = (), (), None  # type: ignore[assignment]
    made: Value = _new(cls)
    made.data = data
    made.grad = 0.0
    made.label = ""
    made.role = role
    made.op = op
    made.operands = operands
    made.locals = local
    made.reached = False
    return made


_new = object.__new__


def as_value(x: Any) -> Value:
    return x if isinstance(x, Value) else Constant(as_number(x))
