"""The backward pass, one event at a time, in both directions of time.

A `Trace` does to the graph exactly what `backward()` does, edge by edge, and can undo it. Whatever shows the
pass, a debugger, a picture or a page, replays this one trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.support.hooks import listener
from engine.support.numerals import number
from engine.support.passes import one_pass
from engine.value import Constant, Value, topological_order


class Step(NamedTuple):
    """One event: along one edge, `node` contributes local · upstream to the gradient of `operand`."""

    index: int  # type: ignore[assignment]  # counting from 1; it hides tuple.index, which no one wants here
    node: Value
    operand: Value
    slot: int  # which operand of the node it is
    local: float  # ∂node/∂operand
    upstream: float  # ∂root/∂node, complete
    contribution: float  # local · upstream
    before: float  # what the operand had of ∂root/∂operand in this pass
    after: float

    def __str__(self) -> str:
        return self.told(called)

    def told(self, called: Callable[[Value], str]) -> str:
        """The event as a sentence, its nodes as they are called where it is told."""
        product = f"{number(self.local)} · {number(self.upstream)} = {number(self.contribution)}"
        so_far = f", which makes {number(self.after)}" if self.before else ""
        return f"step {self.index}: {called(self.node)} contributes {product} to {called(self.operand)}{so_far}"


def called(node: Value) -> str:
    """The name of a node, or else its operation and its number."""
    kind = f"{node.op.name} node" if node.op else "leaf"
    return node.name or f"the {kind} {number(node.data)}"


class Trace(Iterator[Step]):
    """The events of the backward pass from `root`: iterate, or move with `step`, `back` and `goto`.

    At position 0 the graph is as it was found; after the last event it is as `backward()` leaves it. In between
    the nodes hold what this pass has brought them so far, and leaves get what they had before at its end.
    """

    def __init__(self, root: Value) -> None:
        self.root = root
        order = topological_order(root)
        self._pass = one_pass(order)
        self._nodes = order[::-1]  # in the order in which they contribute
        self._found = [(node.grad, node.reached) for node in self._nodes]
        # Constants take no gradient, so there is no event on the way to one.
        self._edges = [
            (i, slot)
            for i, node in enumerate(self._nodes)
            for slot in range(len(node.locals))
            if node.operands[slot].__class__ is not Constant
        ]
        self._undo: list[float] = []  # what each event found in its operand
        self._finished = 0  # how many of the nodes have a complete gradient
        self._listener: Callable[[Value], None] | None = None  # is told of each complete gradient
        self._replaced: dict[int, float] = {}  # node → its gradient before the listener was told
        self._leaf_gradients: list[tuple[Value, float]] | None = None  # once complete: of this pass alone

    def __len__(self) -> int:
        return len(self._edges)

    @property
    def position(self) -> int:
        """How many events have been."""
        return len(self._undo)

    @property
    def complete(self) -> bool:
        return self._leaf_gradients is not None

    def __next__(self) -> Step:
        step = self.step()
        if step is None:
            raise StopIteration
        return step

    def step(self) -> Step | None:
        """Do the next event; None if the pass is complete. Raises as `backward()` would, and then nothing is done."""
        if self.complete:
            return None
        event = self.peek()  # what it raises, it raises before anything is done
        self._forwards()
        return event

    def back(self) -> Step | None:
        """Undo the last event, and return it; None at the beginning."""
        self._reopen()
        if not self.position:
            self._restore()
            return None
        event = self.last
        assert event is not None
        self._undo.pop()
        self._mark_finished()
        event.operand.grad = event.before
        if not self.position:
            self._restore()
        return event

    def goto(self, n: int) -> None:
        """Move to the position at which n events have been."""
        if not isinstance(n, int) or not 0 <= n <= len(self):
            raise ValueError(f"this pass has the positions 0 to {len(self)}; got {n!r}")
        while self.position > n:
            self.back()
        if self.position < n:
            self.step()
        while self.position < n:
            self._forwards()
        if not n:
            self.back()  # a graph without edges has been at position 0 all the time

    def finish(self) -> None:
        """Complete the pass, as `backward()` would have."""
        self.step()
        while not self.complete:
            self._forwards()

    def peek(self) -> Step | None:
        """The event that `step` would do, without doing it."""
        if self.position == len(self):
            return None
        if self.position:
            return self._event(self.position)
        self._begin()
        try:
            return self._event(0)
        finally:
            self._restore()

    @property
    def last(self) -> Step | None:
        """The event that has just been."""
        if not self.position:
            return None
        event = self._event(self.position - 1)
        before = self._undo[-1]
        return event._replace(before=before, after=before + event.contribution)

    def edge(self, index: int) -> tuple[Value, int]:
        """The node and the slot of an event, counting from 0, whether it has been or is still to come."""
        i, slot = self._edges[index]
        return self._nodes[i], slot

    def _forwards(self) -> None:
        """The next event, without telling of it: on a long way no one reads the words."""
        if not self._undo:
            self._begin()
        index = len(self._undo)
        if index < len(self._edges):
            i, slot = self._edges[index]
            node = self._nodes[i]
            operand = node.operands[slot]
            before = operand.grad
            operand.grad = before + node.locals[slot] * node.grad
            self._undo.append(before)
            index += 1
        if index == len(self._edges):
            self._mark_finished()
            self._complete()
        elif self._edges[index][0] >= self._finished:
            self._mark_finished()

    def _event(self, index: int) -> Step:
        node, slot = self.edge(index)
        operand, local, upstream = node.operands[slot], node.locals[slot], node.grad
        contribution = local * upstream
        return Step(
            index + 1, node, operand, slot, local, upstream, contribution, operand.grad, operand.grad + contribution
        )

    def _begin(self) -> None:
        """What `backward()` does before its loop."""
        self._pass.begin()
        self.root.grad = 1.0
        self._listener = listener(self._nodes[::-1])
        self._mark_finished()

    def _mark_finished(self) -> None:
        """Mark the nodes whose gradient is complete: those before the one that contributes next, and that one."""
        finished = len(self._nodes) if self.position == len(self) else self._edges[self.position][0] + 1
        for i in range(self._finished, finished):
            node = self._nodes[i]
            node.reached = True
            if self._listener:
                self._replaced[i] = node.grad
                self._listener(node)
        for i in range(finished, self._finished):
            node = self._nodes[i]
            node.reached = None
            node.grad = self._replaced.pop(i, node.grad)
        self._finished = finished

    def _complete(self) -> None:
        """What `backward()` does after its loop."""
        self._leaf_gradients = [(node, node.grad) for node in self._nodes if not node.operands]
        self._pass.end()

    def _reopen(self) -> None:
        for leaf, gradient in self._leaf_gradients or ():
            leaf.grad = gradient
        self._leaf_gradients = None

    def _restore(self) -> None:
        for node, (grad, reached) in zip(self._nodes, self._found, strict=True):
            node.grad, node.reached = grad, reached
        self._finished = 0


def backward_steps(root: Value) -> Trace:
    """The backward pass of `root` as a `Trace` of its events; nothing happens before the first `step`."""
    return Trace(root)


Value.backward_steps = backward_steps  # type: ignore[assignment, method-assign]
