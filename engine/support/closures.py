"""The graph in micrograd's way: `Value(data, children, op)`, `out._backward = closure`, and the pass by hand.

A closure adds to its operands' gradients what is linear in `out.grad`. So it is asked once, when it is set, with 1 for
`out.grad` and gradients that start from zero: what it adds is the local derivative, and stands on the edge from then
on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import Any

from engine.rules import Rule
from engine.support.conversions import Conversions
from engine.support.undefined import Undefined


class ClosureRule(Rule):
    """An operation of which only the name is known: its derivative is what a closure says, and nothing computes it."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return closure_rule, (self.name,)


@cache
def closure_rule(name: str) -> ClosureRule:
    refusal = (
        f"{name!r} is an operation in micrograd's way: only the program knows what it computes, so it can't be "
        "computed anew, compiled or differentiated twice; engine.operation() makes one that can"
    )

    def refused(*_: Any) -> Any:
        raise TypeError(refusal)

    return ClosureRule(name, name, refused, refused, only_floats=refusal)


class Raised(Undefined):
    """The local derivative by a closure that raised: the same error, once it is used."""

    __slots__ = ("raised",)

    def __init__(self, raised: Exception) -> None:
        super().__init__(type(raised), str(raised))
        self.raised = raised

    def __mul__(self, upstream: Any) -> Any:
        raise self.raised

    __rmul__ = __mul__


class Unasked(Sequence[Any]):
    """The local derivatives of an operation that could not tell them yet: it is asked when they are first used."""

    def __init__(self, out: Any, closure: Callable[[], Any]) -> None:
        self.out, self.closure = out, closure

    def _asked(self) -> Sequence[Any]:
        ask(self.out, self.closure, last=True)
        found: Sequence[Any] = self.out.locals
        return found

    def __len__(self) -> int:
        return len(self.out.operands)

    def __getitem__(self, slot: Any) -> Any:
        return self._asked()[slot]

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (list(self),)


def connect(out: Any, children: Iterable[Any], op: str) -> None:
    """Make a new leaf the result of an operation on `children`; no gradient passes until `_backward` is set."""
    if not isinstance(children, Iterable):
        what = f"{children!r} ({type(children).__name__})"
        raise TypeError(f"expected a label, or the operands of an operation; got {what}")
    operands = tuple(children)
    for operand in operands:
        if not isinstance(operand, Conversions):
            raise TypeError(f"children must be Values; got {operand!r} ({type(operand).__name__})")
    if operands:
        out.op, out.operands, out.locals = closure_rule(op or "operation"), operands, (0.0,) * len(operands)
        if type(out)._backward is not MicrogradNames._backward:  # a subclass has it as a method
            out.locals = Unasked(out, out._backward)


def ask(out: Any, closure: Callable[[], Any], last: bool = False) -> None:
    """Put the local derivatives on the edges of `out` that `closure` adds up; every gradient is put back.

    A closure that raises is asked again by the pass that needs the derivative; an error then (`last`) is that of the
    pass. Raises TypeError for what can't be called, ValueError for a closure that adds to a Value which is none of the
    operands.
    """
    if not callable(closure):
        raise TypeError(f"_backward must be a function of no arguments; got {closure!r} ({type(closure).__name__})")
    if not getattr(out, "operands", ()):
        return  # a leaf, whose closure has nothing to do
    found = dict.fromkeys(out.operands, 0.0)
    others = [value for value in _values_of(closure) if value is not out and value not in found]
    before = [(value, value.grad) for value in (out, *found, *others)]
    try:
        for value, _ in before:
            value.grad = 0.0
        out.grad = 1.0
        closure()
        found = {operand: operand.grad for operand in found}
        stray = [value for value in others if value.grad != 0.0]
    except Exception as error:
        if last:
            error.add_note(f"in the _backward of {_called(out)}")
        out.locals = tuple(Raised(error) for _ in out.operands) if last else Unasked(out, closure)
        return
    finally:
        for value, gradient in before:
            value.grad = gradient
    if stray:
        raise ValueError(
            f"the _backward of {_called(out)} adds to {stray[0]!r}, which is none of its children: "
            f"name it among them, Value(data, children, {out.op.symbol if out.op else ''!r})"
        )
    # of two edges to one operand, the first has what the closure adds along both
    out.locals = tuple([found.pop(operand, 0.0) for operand in out.operands])


def _called(out: Any) -> str:
    return repr(out.op.name) if out.op else repr(out)


def _values_of(closure: Callable[..., Any]) -> list[Any]:
    """The Values that a function has from around it."""
    cells = [cell for cell in getattr(closure, "__closure__", None) or () if _is_filled(cell)]
    held = [cell.cell_contents for cell in cells] + list(getattr(closure, "__defaults__", None) or ())
    listed = [x for thing in held if isinstance(thing, (list, tuple)) for x in thing]
    return list(dict.fromkeys(x for x in (*held, *listed) if isinstance(x, Conversions)))


def _is_filled(cell: Any) -> bool:
    try:
        return bool(cell.cell_contents is not None)
    except ValueError:  # the name in it comes later
        return False


class MicrogradNames:
    """The names that programs written for micrograd use."""

    __slots__ = ()

    @property
    def _prev(self: Any) -> set[Any]:
        return set(self.operands)

    @property
    def _backward(self: Any) -> Callable[[], None]:
        """The node's turn of a pass by hand: `o.grad = 1.0; o._backward()`. Setting it says how to differentiate."""
        return partial(_contribute, self)

    @_backward.setter
    def _backward(self: Any, closure: Callable[[], Any]) -> None:
        ask(self, closure)

    @property
    def computed(self: Any) -> bool:
        """Does `grad` hold a gradient: one that a pass has completed, or that someone has set?"""
        return bool(self.reached or (self.reached is False and self.grad != 0.0))


def _contribute(node: Any) -> None:
    """Each operand's gradient gets local · ∂root/∂node."""
    node.reached = True
    for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
        operand.grad += local * node.grad
        operand.reached = True
