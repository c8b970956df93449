"""What holds around a backward pass: where gradients start, what leaves keep, and who is told of a complete one.

A leaf adds up what passes bring it until it is cleared. How many have been is kept here, beside what they left: a
gradient that someone has set since is then known as such. A gradient of exactly 0 counts as cleared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from engine.support.errors import place
from engine.support.hooks import listener
from engine.support.undefined import Undefined


class AddedUp(NamedTuple):
    """What a gradient consists of: how many backward passes, and whether there is something else in it."""

    passes: int
    others: bool  # set by someone, or by a pass by hand


class _Sum:
    """What the passes have left in a leaf, how many they were, and whether there was something else in it."""

    __slots__ = ("others", "passes", "total")

    def __init__(self, total: float, passes: int, others: bool) -> None:
        self.total, self.passes, self.others = total, passes, others


_sums: WeakKeyDictionary[Any, _Sum] = WeakKeyDictionary()  # of leaves that more than one pass has added to


State = tuple[float, "bool | None"]


class PassUnderWay:
    """A pass that was begun and is not over, such as a trace in the middle; another one over its leaves undoes it.

    It does not hold the root, by which it is found as long as someone else does.
    """

    def __init__(self, found: Mapping[Any, State], root: State) -> None:
        self.found, self.root = found, root  # the gradient and the mark that each node had before; of all but the root
        self.leaves = {node for node in found if not node.operands}
        self.undone = False


under_way: WeakKeyDictionary[Any, PassUnderWay] = WeakKeyDictionary()  # by the root


def undo_passes_over(nodes: Sequence[Any]) -> None:
    """Undo each pass under way that has a leaf in common with these nodes: nodes get back what they had before it."""
    for root, other in list(under_way.items()):
        if not other.leaves.isdisjoint(nodes):
            other.undone = True
            del under_way[root]
            for node, (gradient, reached) in (*other.found.items(), (root, other.root)):
                node.grad, node.reached = gradient, reached


def added_up(leaf: Any) -> AddedUp:
    """What the gradient of a leaf consists of."""
    if not leaf.reached:
        return AddedUp(0, bool(leaf.grad))
    if any(leaf in other.leaves for other in under_way.values()):  # what it had before comes at the end
        return AddedUp(1, others=False)
    known = _sums.get(leaf)
    if known is None or leaf.grad == 0.0:
        return AddedUp(1, others=False)
    return AddedUp(known.passes, known.others or not same(known.total, leaf.grad))


def add_pass(leaf: Any, gradient: float) -> None:
    """Add what a whole pass has brought to a leaf, to what it has from others."""
    earlier, reached = leaf.grad, leaf.reached
    leaf.grad = earlier + gradient
    leaf.reached = True
    _count(leaf, earlier, bool(reached))


def _count(leaf: Any, earlier: float, reached: bool) -> None:
    """One more pass has added to the leaf, which had the gradient `earlier`."""
    if earlier == 0.0:
        if _sums:
            _sums.pop(leaf, None)
        return
    known = _sums.get(leaf)
    if known is None:
        _sums[leaf] = _Sum(leaf.grad, reached + 1, others=not reached)
        return
    known.passes += 1
    known.others = known.others or not same(known.total, earlier)
    known.total = leaf.grad


Count = tuple[float, int, bool]


def counts(leaves: Iterable[Any]) -> list[tuple[Any, Count | None]]:
    """How much is known of each, to be set again by `set_counts` where a pass is undone after its end."""
    known = ((leaf, _sums.get(leaf)) for leaf in leaves)
    return [(leaf, (total.total, total.passes, total.others) if total else None) for leaf, total in known]


def set_counts(known: Iterable[tuple[Any, Count | None]]) -> None:
    for leaf, count in known:
        if count is None:
            _sums.pop(leaf, None)
        else:
            _sums[leaf] = _Sum(*count)


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


class one_pass:  # noqa: N801  (used as `with one_pass(order):`)
    """All gradients start from zero; at the end, also after an error, leaves add what they had before.

    Adding edge by edge to an earlier gradient would round otherwise, and a second pass would not double the first.
    """

    __slots__ = ("earlier", "order")

    def __init__(self, order: Sequence[Any]) -> None:
        self.order = order  # operands before their users

    def begin(self) -> None:
        if under_way:
            undo_passes_over(self.order)
        earlier = []  # what the leaves have from other passes
        for node in self.order:
            if not node.operands:
                if node.grad or node.reached:
                    earlier.append((node, node.grad, bool(node.reached)))
                elif _sums:
                    _sums.pop(node, None)  # it was cleared
            node.reached = None
            node.grad = 0.0
        self.earlier = earlier

    def end(self) -> None:
        for leaf, gradient, reached in self.earlier:
            leaf.grad += gradient
            _count(leaf, gradient, reached)

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
