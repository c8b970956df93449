"""Value: a number that remembers how it was made, and `backward()`, which walks that memory.

The names: a *node* is a Value in the graph; its *operands* are what it was computed from; the *local
derivative* on the edge to an operand is ∂node/∂operand; the *upstream gradient* is ∂root/∂node.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import IO, TYPE_CHECKING, Any

from engine.rules import RULES, Rule
from engine.support.conversions import Refusals, as_number
from engine.support.errors import located, not_finite, place
from engine.support.hooks import watcher
from engine.support.modes import ANOMALY, NO_GRAD, active, modes
from engine.support.notation import BISHOP, NOT_COMPUTED, Role, number
from engine.support.undefined import with_undefined

if TYPE_CHECKING:
    from engine.explaining.explain import Explanation
    from engine.steps import Trace

ADD, SUB, MUL, DIV, POW, NEG, ABS, RELU = (RULES[name] for name in "add sub mul div pow neg abs relu".split())


class Value(Refusals):
    """A number in a graph: `Value(2.0)` is a leaf, and every operation on Values makes a node.

    Numbers on either side of an operator become constants: drawn, but without gradient.
    """

    __slots__ = ("__weakref__", "data", "grad", "label", "locals", "op", "operands", "reached", "role")

    data: float
    grad: float  # ∂root/∂self, once a backward pass has reached this node
    label: str
    role: Role | None  # the part that it plays in a network
    op: Rule | None  # the rule that made it; None for a leaf
    operands: tuple[Value, ...]  # in order, and as often as they were used: x * x has two
    locals: Sequence[Any]  # ∂self/∂operand for each operand, as recorded in the forward pass
    reached: bool  # has a backward pass come here? (0 and "not computed yet" differ)

    def __init__(self, data: Any, label: str = "") -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a str; got {label!r} ({type(label).__name__})")
        self.data = data if type(data) is float else as_number(data)
        self.grad = 0.0
        self.label = label
        self.role = self.op = None
        self.operands = self.locals = ()
        self.reached = False

    def backward(self) -> None:
        """Give every node of the graph its `grad`, ∂self/∂node, by the chain rule.

        Interior nodes start from zero; leaves add this pass to what they have, so a second call doubles their
        gradients exactly. Raises the ArithmeticError or ValueError of an edge whose derivative does not exist.
        """
        order = topological_order(self)
        earlier = []  # what the leaves have from other passes
        for node in order:
            if node.operands:
                node.reached = False
            elif node.grad:
                earlier.append((node, node.grad))
            node.grad = 0.0
        self.grad = 1.0
        completed = watcher(order)
        try:
            for node in reversed(order):
                node.reached = True
                if completed:
                    completed(node)
                upstream = node.grad
                for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
                    operand.grad += local * upstream
        except (ArithmeticError, ValueError) as error:
            error.add_note(place(node))
            raise
        finally:
            for leaf, gradient in earlier:
                leaf.grad += gradient

    def backward_steps(self) -> Trace:
        """The backward pass one event at a time, forwards and back again."""
        from engine.steps import Trace  # a later room, so it is looked up when it is asked for

        return Trace(self)

    def explain(self, node: Value | str, **options: Any) -> Explanation:
        """Why ∂self/∂node is what it is: the chain rule by symbols and with the numbers; see `engine.explain`."""
        from engine.explaining.explain import explain

        return explain(self, node, **options)

    def debug(self, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
        """The backward pass at a prompt, where time runs both ways; when it is left, the pass has been."""
        from engine.debugger.prompt import Debugger

        Debugger(stdin, stdout).debug(self)

    def zero_grad(self) -> None:
        """Forget the gradients of the whole graph."""
        for node in topological_order(self):
            node.grad, node.reached = 0.0, False

    # Programs that spell out their sums and products live on + and *: these two rows stand here once
    # more, written out, in two thirds of the time; a test holds them equal to the table.
    # fmt: off
    def __add__(self, other: Any) -> Value:
        if other.__class__ is Value:
            return node(ADD, (self, other), self.data + other.data, (1.0, 1.0))
        return binary(ADD, self, other)
    def __radd__(self, other: Any) -> Value: return binary(ADD, other, self)
    def __sub__(self, other: Any) -> Value: return binary(SUB, self, other)
    def __rsub__(self, other: Any) -> Value: return binary(SUB, other, self)
    def __mul__(self, other: Any) -> Value:
        if other.__class__ is Value:
            x, y = self.data, other.data
            return node(MUL, (self, other), x * y, (y, x))
        return binary(MUL, self, other)
    def __rmul__(self, other: Any) -> Value: return binary(MUL, other, self)
    def __truediv__(self, other: Any) -> Value: return binary(DIV, self, other)
    def __rtruediv__(self, other: Any) -> Value: return binary(DIV, other, self)
    def __pow__(self, other: Any) -> Value: return binary(POW, self, other)
    def __rpow__(self, other: Any) -> Value: return binary(POW, other, self)
    def __neg__(self) -> Value: return unary(NEG, self)
    def __pos__(self) -> Value: return self
    def __abs__(self) -> Value: return unary(ABS, self)

    def __lt__(self, other: Any) -> bool: return self.data < data_of(other)
    def __le__(self, other: Any) -> bool: return self.data <= data_of(other)
    def __gt__(self, other: Any) -> bool: return self.data > data_of(other)
    def __ge__(self, other: Any) -> bool: return self.data >= data_of(other)
    # fmt: on

    @property
    def name(self) -> str:
        """The label, or else what the default notation calls its role; empty if it has neither."""
        return self.label or (BISHOP.text(self.role) if self.role else "")

    def __repr__(self) -> str:
        name = self.name
        gradient = number(self.grad) if self.reached else NOT_COMPUTED
        return f"Value({f'{name} = ' if name else ''}{number(self.data)}, grad = {gradient})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    # The names that programs written for micrograd use.
    @property
    def _prev(self) -> set[Value]:
        return set(self.operands)

    @property
    def _op(self) -> str:
        return self.op.symbol if self.op else ""


class Constant(Value):
    """A plain number inside an expression, or an operation on such numbers alone: no gradient gathers on it."""

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
                        _refuse_a_cycle([user for user, _ in path])
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


def _refuse_a_cycle(path: Sequence[Value]) -> None:
    """No operation makes a cycle; whoever changes `operands` by hand can."""
    first: dict[Value, int] = {}
    for i, node in enumerate(path):
        if node in first:
            circle = " ← ".join(map(repr, path[first[node] : i + 1][:6]))
            raise ValueError(f"the graph has a cycle, so there is no order to go through it: {circle}")
        first[node] = i


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
    """`record` for one operand, in half of its time: every neuron ends in one.

    Most end in a ReLU: this row, too, stands here once more, written out; a test holds it equal to the table.
    """
    if op.singular or x.__class__ is not Value:
        return record(op, (x,), role)
    if op is RELU and x.data > 0.0:
        return node(RELU, (x,), x.data, (1.0,), role)
    if op is RELU and x.data <= 0.0:  # NaN is neither, and goes on to the table
        return node(RELU, (x,), 0.0, (0.0,), role)
    try:
        out = op.forward(x.data)
    except (ArithmeticError, ValueError) as error:
        raise located(error, op, (x,)) from None
    return node(op, (x,), out, op.locals(out, x.data), role)


def binary(op: Rule, x: Any, y: Any) -> Value:
    """The operators' `record`: a plain number on either side becomes a constant."""
    return record(op, (x if isinstance(x, Value) else Constant(x), y if isinstance(y, Value) else Constant(y)))


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


def data_of(x: Any) -> float:
    return x.data if isinstance(x, Value) else as_number(x)
