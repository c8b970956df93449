"""The backward pass, one event at a time, in both directions of time.

A `Trace` does to the graph exactly what `backward()` does, edge by edge, and can undo it. Whatever shows the
pass, a debugger, a picture or a page, replays this one trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from engine.naming.names import Naming
from engine.support.hooks import listener
from engine.support.notation import Notation
from engine.support.numerals import Numerals, plural
from engine.support.passes import PassUnderWay, counts, one_pass, same, set_counts, under_way, undo_passes_over
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
    naming: Naming  # what the nodes are called in their graph

    def __str__(self) -> str:
        return f"step {self.index}: {self.sentence}"

    def __repr__(self) -> str:
        return str(self)  # what a prompt shows

    @property
    def sentence(self) -> str:
        """What happens, its nodes as they are called in their graph."""
        number = self.naming.number
        product = f"{number(self.local)} · {number(self.upstream)} = {number(self.contribution)}"
        so_far = f", which makes {number(self.after)}" if self.before else ""
        node, operand = self.naming.called(self.node), self.naming.introduced(self.operand)
        return f"{node} contributes {product} to {operand}{so_far}"


class _ReversiblePass:
    """The backward pass, contribution by contribution; one is undone by putting back what it found."""

    def __init__(self, root: Value, order: Sequence[Value]) -> None:
        self.root = root
        self._gradients = one_pass(order)
        self._nodes = order[::-1]  # in the order in which they contribute
        self._found: list[tuple[float, bool | None]] = []  # what each had before the first edge
        # Constants take no gradient, so none is contributed to one.
        self._edges = [
            (i, slot)
            for i, node in enumerate(self._nodes)
            for slot in range(len(node.locals))
            if node.operands[slot].__class__ is not Constant
        ]
        self._undo: list[float] = []  # what each edge found in its operand
        self._finished = 0  # how many of the nodes have a complete gradient, and the listener was told so
        self._listener: Callable[[Value], None] | None = None  # is told of each complete gradient
        self._replaced: dict[int, float] = {}  # node → its gradient before the listener was told
        self._leaf_gradients: list[tuple[Value, float]] | None = None  # once complete: of this pass alone
        self._left: list[float] = []  # what the leaves have then, earlier passes included
        self._under_way: PassUnderWay | None = None

    def __len__(self) -> int:
        return len(self._edges)

    @property
    def position(self) -> int:
        return len(self._undo)

    @property
    def complete(self) -> bool:
        return self._leaf_gradients is not None

    @property
    def before(self) -> float:
        """What the last edge found in its operand."""
        return self._undo[-1]

    def edge(self, index: int) -> tuple[Value, int]:
        i, slot = self._edges[index]
        return self._nodes[i], slot

    def forwards(self) -> None:
        """Contribute along the next edge."""
        self.begin()
        index = len(self._undo)
        if index < len(self._edges):
            i, slot = self._edges[index]
            node = self._nodes[i]
            operand = node.operands[slot]
            before = operand.grad
            operand.grad = before + node.locals[slot] * node.grad
            self._undo.append(before)
            if index in self._completing:
                operand.reached = True
            index += 1
        if index == len(self._edges):
            self._tell_of_finished()
            self._complete()
        elif self._listener and self._edges[index][0] >= self._finished:
            self._tell_of_finished()

    def backwards(self) -> None:
        """Undo the last contribution; at the beginning, the graph is as it was found."""
        if self._undo:
            node, slot = self.edge(self.position - 1)
            operand = node.operands[slot]
            before = self._undo.pop()
            if self.position in self._completing:
                operand.reached = None
            self._tell_of_finished()
            operand.grad = before
        if not self._undo:
            self.restore()

    @cached_property
    def _last_arrivals(self) -> dict[Value, int]:
        """The edge, counting from 0, after which the gradient of each operand is complete."""
        nodes = self._nodes
        return {nodes[i].operands[slot]: index for index, (i, slot) in enumerate(self._edges)}

    @cached_property
    def _completing(self) -> frozenset[int]:
        return frozenset(self._last_arrivals.values())

    def begin(self) -> None:
        """What `backward()` does before its loop."""
        self._require_not_undone()
        if self._under_way is not None:
            return
        if under_way:
            undo_passes_over(self._nodes)
        self._found = [(node.grad, node.reached) for node in self._nodes]
        self._gradients.begin()
        self._enter()
        for node in self._nodes:
            if node not in self._last_arrivals:
                node.reached = True  # nothing comes to it: the root, and what only a detached node is made of
        self.root.grad = 1.0
        self._listener = listener(self._nodes[::-1])
        self._tell_of_finished()

    def _enter(self) -> None:
        (_, root), *others = zip(self._nodes, self._found, strict=True)  # the root comes first
        self._under_way = under_way[self.root] = PassUnderWay(dict(others), root)

    def _leave(self) -> None:
        under_way.pop(self.root, None)
        self._under_way = None

    @property
    def undone(self) -> bool:
        return self._under_way is not None and self._under_way.undone

    def _require_not_undone(self) -> None:
        if self.undone:
            raise RuntimeError(
                f"this trace was at step {self.position} of {len(self)} when another backward pass, or zero_grad(), "
                "went over its graph and undid it; begin a new one: root.backward_steps()"
            )

    def _tell_of_finished(self) -> None:
        """Tell the listener of the nodes before the one that contributes next, and of that one."""
        if self._listener is None:
            return
        finished = len(self._nodes) if self.position == len(self) else self._edges[self.position][0] + 1
        for i in range(self._finished, finished):
            node = self._nodes[i]
            self._replaced[i] = node.grad
            self._listener(node)
        for i in range(finished, self._finished):
            node = self._nodes[i]
            node.grad = self._replaced.pop(i, node.grad)
        self._finished = finished

    def _complete(self) -> None:
        """What `backward()` does after its loop."""
        self._leaf_gradients = [(node, node.grad) for node in self._nodes if not node.operands]
        self._leave()
        self._counts = counts(leaf for leaf, _ in self._leaf_gradients)
        self._gradients.end()
        self._left = [node.grad for node, _ in self._leaf_gradients]

    def reopen(self) -> None:
        """Go back into a pass that is complete, if its gradients are still those that it left."""
        self._require_not_undone()
        if self._leaf_gradients is None:
            return
        if any(not same(leaf.grad, left) for (leaf, _), left in zip(self._leaf_gradients, self._left, strict=True)):
            raise RuntimeError(
                "this pass is complete, and gradients of its leaves have changed since: it can't be undone any more; "
                "begin a new one: root.backward_steps()"
            )
        set_counts(self._counts)
        for leaf, gradient in self._leaf_gradients:
            leaf.grad = gradient
        self._leaf_gradients = None
        self._enter()

    def restore(self) -> None:
        for node, (grad, reached) in zip(self._nodes, self._found, strict=False):  # none, before it has begun
            node.grad, node.reached = grad, reached
        self._finished = 0
        self._leave()


class Trace(Iterator[Step]):
    """The events of the backward pass from `root`: iterate, or move with `step`, `back` and `goto`.

    At position 0 the graph is as it was found; after the last event it is as `backward()` leaves it. In between
    the nodes hold what this pass has brought them so far, and leaves get what they had before at its end. Another
    backward pass over its leaves, and `zero_grad()`, undo a trace that is in the middle: its graph is then as it was
    found, and the trace can't go on (RuntimeError).
    """

    def __init__(self, root: Value, naming: Naming | None = None) -> None:
        self.root = root
        order = topological_order(root)
        self.naming = naming or Naming(order)
        self._pass = _ReversiblePass(root, order)

    def __len__(self) -> int:
        return len(self._pass)

    def __repr__(self) -> str:
        """Where it is, the event that was last and the one that comes next."""
        of = f"backward pass from {self.naming.called(self.root)}: "
        if self._pass.undone:
            return of + "undone by another pass"
        if self.complete:
            return of + f"all of its {plural(len(self), 'step')} done"
        last = self.last
        try:
            following: object = self.peek()
        except (ArithmeticError, ValueError) as error:
            following = f"it can't go on: {error}"
        lines = [
            of + f"{self.position} of {plural(len(self), 'step')} done",
            *([f"last: {last}"] if last else []),
            *([f"next: {following}"] if following else []),
        ]
        return "\n".join(lines)

    @property
    def position(self) -> int:
        """How many events have been."""
        return self._pass.position

    @property
    def complete(self) -> bool:
        """Have all events been?"""
        return self._pass.complete

    def __next__(self) -> Step:
        step = self.step()
        if step is None:
            raise StopIteration
        return step

    def step(self) -> Step | None:
        """Do the next event; None if the pass is complete. Raises as `backward()` would, and then nothing is done."""
        if self.complete:
            return None
        self._pass.begin()
        try:
            event = self._event(self.position) if self.position < len(self) else None
        except BaseException:  # the derivative does not exist
            if not self.position:
                self._pass.restore()
            raise
        self._pass.forwards()
        return event

    def back(self) -> Step | None:
        """Undo the last event, and return it; None at the beginning."""
        self._pass.reopen()
        event = self.last
        self._pass.backwards()
        return event

    def goto(self, n: int) -> None:
        """Move to the position at which n events have been."""
        if not isinstance(n, int) or not 0 <= n <= len(self):
            raise ValueError(f"this pass has the positions 0 to {len(self)}; got {n!r}")
        if self.position > n:
            self.back()
        while self._pass.position > n:
            self._pass.backwards()
        if self.position < n:
            self.step()
        while self._pass.position < n:
            self._pass.forwards()
        if not n:
            self.back()  # a graph without edges has been at position 0 all the time

    def finish(self) -> None:
        """Complete the pass, as `backward()` would have."""
        self.step()
        while not self._pass.complete:
            self._pass.forwards()

    def peek(self) -> Step | None:
        """The event that `step` would do, without doing it."""
        if self.position == len(self):
            return None
        if self.position:
            return self._event(self.position)
        node, slot = self.edge(0)
        local: float = node.locals[slot]
        return Step(1, node, node.operands[slot], slot, local, 1.0, local * 1.0, 0.0, local * 1.0, self.naming)

    @property
    def last(self) -> Step | None:
        """The event that has just been."""
        if not self.position:
            return None
        event = self._event(self.position - 1)
        before = self._pass.before
        return event._replace(before=before, after=before + event.contribution)

    def edge(self, index: int) -> tuple[Value, int]:
        """The node and the slot of an event, counting from 0, whether it has been or is still to come."""
        return self._pass.edge(index)

    def _event(self, index: int) -> Step:
        node, slot = self.edge(index)
        operand, local, upstream = node.operands[slot], node.locals[slot], node.grad
        contribution = local * upstream
        before = operand.grad
        return Step(
            index + 1, node, operand, slot, local, upstream, contribution, before, before + contribution, self.naming
        )


def backward_steps(
    root: Value, *, notation: Notation | str | None = None, digits: int = 4, fractions: bool = False
) -> Trace:
    """The backward pass of `root` as a `Trace` of its events; nothing happens before the first `step`.

    Its sentences call nodes as in `notation`, itself or by its name (without one, as in that of the root), and write
    numbers to so many significant `digits`, or as small `fractions` where these are exact.
    """
    return Trace(root, Naming(topological_order(root), notation, Numerals(digits, fractions)))


Value.backward_steps = backward_steps  # type: ignore[assignment, method-assign]
