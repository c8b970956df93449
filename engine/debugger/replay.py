"""One backward pass under observation: its trace, with the names of its nodes and the terms of every gradient.

A *position* is the number of events that have been. The *arrivals* of a node are the events that contribute to its
gradient; after the last of them it is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from engine.naming.given import Name, is_named
from engine.naming.names import Naming
from engine.naming.search import find_named
from engine.steps import Step, Trace
from engine.support.notation import PRE_ACTIVATION, Notation
from engine.support.numerals import Numerals, on_the_line
from engine.value import Constant, Value, topological_order


class Replay:
    """The backward pass of `root`, moved in both directions, its nodes' names, and how far their gradients are."""

    def __init__(self, root: Value, notation: Notation | str | None = None, numerals: Numerals | None = None) -> None:
        self.root = root
        self.order = topological_order(root)
        self.naming = Naming(self.order, notation, numerals)
        self.trace = Trace(root, self.naming)
        self.called, self.gradient_of, self.number = self.naming.called, self.naming.gradient, self.naming.number
        self.done: list[Step] = []
        self.arrivals: dict[Value, list[int]] = {}  # by event, counting from 1
        for index in range(len(self.trace)):
            node, slot = self.trace.edge(index)
            self.arrivals.setdefault(node.operands[slot], []).append(index + 1)
        self.neurons = {events[-1] for node, events in self.arrivals.items() if _is_neuron(node)}

    # ── moving ─────────────────────────────────────────────────────────────────────────────────

    @property
    def position(self) -> int:
        return self.trace.position

    @property
    def event(self) -> Step | None:
        """The one that has just been."""
        return self.done[-1] if self.done else None

    def forwards(self) -> bool:
        """Do the next event, if there is one; raises what `backward()` would raise."""
        try:
            event = self.trace.step()
        finally:  # an error in a callback comes when the event has been
            if self.position > len(self.done):
                last = self.trace.last
                assert last is not None
                self.done.append(last)
        return event is not None

    def backwards(self) -> bool:
        """Undo the last event, if there is one."""
        self.trace.back()
        return bool(self.done) and bool(self.done.pop())

    # ── names ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _names(self) -> dict[Value, Name]:
        return self.naming.of(self.order)

    def find(self, label: str) -> Value:
        """The node that is called so, or `node`, `operand`; raises ValueError, in one line."""
        try:
            return find_named(self.naming, label)
        except ValueError:
            if self.event and label in ("node", "operand"):
                return self.event.node if label == "node" else self.event.operand
            raise

    def labels(self) -> Iterator[str]:
        """What can be typed for a node: as the screen shows it, and as a keyboard has it."""
        for node, name in self._names.items():
            if not isinstance(node, Constant):
                yield self.called(node) if is_named(node) else self.naming.numbered(node)
                for form in (*name.parts, *([name.signal] if name.signal else [])):
                    yield from filter(None, (form.text, form.plain))

    def example(self) -> tuple[str, str]:
        """A label that is worth asking about, a neuron's or any other, as a keyboard has it; and another value."""
        asked = [node for node in self.arrivals if _is_neuron(node)] or [*self.arrivals] or [self.root]
        node = max(asked, key=self.completion)  # the last one, which has the longest chain behind it
        label = self._names[node].parts[0].plain.strip() or on_the_line(self.called(node))
        if not (is_named(node) or label.isidentifier()):  # an expression
            label = self.naming.numbered(node)
        return label, f"{node.data + 0.1:.4g}"

    # ── numbers ────────────────────────────────────────────────────────────────────────────────

    def arrived(self, node: Value) -> list[int]:
        """The events that have contributed to its gradient so far."""
        return [index for index in self.arrivals.get(node, ()) if index <= self.position]

    def is_complete(self, node: Value) -> bool:
        return not isinstance(node, Constant) and self.completion(node) <= self.position

    def completion(self, node: Value) -> int:
        """The position from which on the node's gradient is complete."""
        return self.arrivals.get(node, [0])[-1]

    def gradient(self, node: Value) -> float | None:
        """What this pass has contributed to the node so far; None if nothing."""
        if node is self.root:
            return 1.0
        arrived = self.arrived(node)
        return self.done[arrived[-1] - 1].after if arrived else None


def _is_neuron(node: Value) -> bool:
    return node.role is not None and node.role.kind == PRE_ACTIVATION
