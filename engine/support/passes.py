"""What holds around a backward pass: where gradients start, what leaves keep, and who is told of a complete one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

from engine.support.errors import place
from engine.support.hooks import listener
from engine.support.undefined import Undefined


class one_pass:  # noqa: N801  (used as `with one_pass(order):`)
    """All gradients start from zero; at the end, also after an error, leaves add what they had before.

    Adding edge by edge to an earlier gradient would round otherwise, and a second pass would not double the first.
    """

    __slots__ = ("earlier", "order")

    def __init__(self, order: Sequence[Any]) -> None:
        self.order = order  # operands before their users

    def begin(self) -> None:
        earlier = []  # what the leaves have from other passes
        for node in self.order:
            if not node.operands and (node.grad or node.reached):
                earlier.append((node, node.grad, bool(node.reached)))
            node.reached = None
            node.grad = 0.0
        self.earlier = earlier

    def end(self) -> None:
        for leaf, gradient, _ in self.earlier:
            leaf.grad += gradient

    def stop(self) -> None:
        """The pass does not come to its end: what it has not reached is as computed as it was before."""
        before = {leaf: reached for leaf, _, reached in self.earlier}
        for node in self.order:
            if node.reached is None:
                node.reached = before.get(node, False)

    __enter__ = begin

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, Exception):  # an edge without derivative?
            last = next((node for node in self.order if node.operands and node.reached), None)
            if last is not None and any(isinstance(local, Undefined) for local in last.locals):
                error.add_note(place(last))
        if error is not None:
            self.stop()
        self.end()


def completed(order: Sequence[Any]) -> Iterable[Any]:
    """The nodes in the order in which their gradients are complete, the root first; whoever listens is told of each."""
    told = listener(order)
    return reversed(order) if told is None else _told(order, told)


def _told(order: Sequence[Any], told: Callable[[Any], None]) -> Iterator[Any]:
    for node in reversed(order):
        node.reached = True  # so that a callback finds its gradient
        try:
            told(node)
        except (ArithmeticError, ValueError) as error:
            error.add_note(f"in backward(), at {node!r}")
            raise
        yield node
