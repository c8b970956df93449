"""One backward pass under observation: its trace, with the names of its nodes and the ledger of every gradient.

A *position* is the number of events that have been. The *arrivals* of a node are the events that contribute to its
gradient; after the last of them it is complete.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from engine.naming.names import Name, called, operation
from engine.naming.search import find
from engine.steps import Step, Trace
from engine.support.notation import PRE_ACTIVATION, Notation, notation_for
from engine.support.numerals import number, plural
from engine.support.undefined import Undefined
from engine.value import Constant, Value, topological_order

TO_COME = "□"  # a number that the pass has not come to yet
LONGEST = 12  # lines or terms; of more, the first and the last are shown


class Replay:
    """The backward pass of `root`, moved to and fro, and what can be told of it at each position."""

    def __init__(self, root: Value, notation: Notation | str | None = None) -> None:
        self.root = root
        self.trace = Trace(root)
        self.order = topological_order(root)
        self.notation = notation_for(notation, reversed(self.order))
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
        return called(self.order, self.notation)

    @cached_property
    def _places(self) -> dict[Value, int]:
        return {node: place for place, node in enumerate(self.order, start=1)}

    @cached_property
    def _labels(self) -> Counter[str]:
        return Counter(node.label for node in self.order)

    def called(self, node: Value) -> str:
        """The node's name; without one, its operation and its place in the graph: `pow@17`."""
        name = self._names[node].parts[0].text
        if name:  # two nodes may have one label
            return f"{name}@{self._places[node]}" if node.label and self._labels[node.label] > 1 else name
        if isinstance(node, Constant):
            return number(node.data)
        return "root" if node is self.root else f"{operation(node)}@{self._places[node]}"

    def gradient_of(self, node: Value) -> str:
        """`δ₂⁽¹⁾` for a neuron's pre-activation, `∂E/∂w₂,₃⁽²⁾` for anything else."""
        signal = self._names[node].signal
        return signal.text if signal else f"∂{self.called(self.root)}/∂{self.called(node)}"

    def find(self, label: str) -> Value:
        """The node with this label, or `node`, `operand`, `root`; raises KeyError or ValueError, in one line."""
        try:
            return find(self.order, label, self.notation)
        except (KeyError, ValueError):
            if label == "root":
                return self.root
            if self.event and label in ("node", "operand"):
                return self.event.node if label == "node" else self.event.operand
            place = re.fullmatch(r".*@(\d{1,9})", label)
            if place and 1 <= int(place[1]) <= len(self.order) and self.called(self.order[int(place[1]) - 1]) == label:
                return self.order[int(place[1]) - 1]
            raise

    def labels(self) -> Iterator[str]:
        """What can be typed for a node: as the screen shows it, and as a keyboard has it."""
        for node, name in self._names.items():
            if not isinstance(node, Constant):
                yield self.called(node)
                for form in (*name.parts, *([name.signal] if name.signal else [])):
                    yield from filter(None, (form.text, form.plain))

    def example(self) -> str:
        """A label that is worth asking about: a neuron's, or any other, as a keyboard has it."""
        asked = [node for node in self.arrivals if _is_neuron(node)] or [*self.arrivals] or [self.root]
        node = max(asked, key=self.completion)  # the last one, which has the longest chain behind it
        return self._names[node].parts[0].plain or self.called(node)

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
        """What this pass has brought to the node so far; None if nothing."""
        if node is self.root:
            return 1.0
        arrived = self.arrived(node)
        return self.done[arrived[-1] - 1].after if arrived else None

    def state(self, node: Value) -> str:
        """Name, value and gradient: `a₂⁽¹⁾ = 1.1, δ₂⁽¹⁾ = −0.03752`, with what is still to come."""
        value = number(node.data) if isinstance(node, Constant) else f"{self.called(node)} = {number(node.data)}"
        if isinstance(node, Constant):
            return f"the constant {value}: it has no gradient"
        return f"{value}, {self.gradient_of(node)} = {self.progress(node)}"

    def progress(self, node: Value) -> str:
        """A gradient, and how far it has come: `−0.1026 so far, 1 of 2 terms`."""
        gradient = self.gradient(node)
        shown = TO_COME if gradient is None else number(gradient)
        if not self.is_complete(node):
            arrived, terms = len(self.arrived(node)), len(self.arrivals[node])
            return f"{shown}{' so far' * bool(arrived)}, {arrived} of {plural(terms, 'term')}"
        if self.trace.complete and gradient is not None and node.grad != gradient:
            return f"{shown} in this pass; with what was there before, grad = {number(node.grad)}"
        return shown

    def ledger(self, node: Value) -> str:
        """The sum that makes the node's gradient, a term for each edge into it: what is still to come shows as □."""
        if node is self.root or isinstance(node, Constant):
            return self.state(node) + " (the pass begins here)" * (node is self.root)
        terms = _shortened([self._term(index) for index in self.arrivals[node]], "…")
        return f"{self.gradient_of(node)} = {' + '.join(terms)} = {self.progress(node)}"

    def _term(self, index: int) -> str:
        user, slot = self.trace.edge(index - 1)
        term = self.product(index) if index <= self.position else f"{_local(user, slot)}·{TO_COME}"
        return f"{term} [via {self.called(user)}]"

    def product(self, index: int) -> str:
        """local · upstream of an event; the first is known since the forward pass, the second may be still to come."""
        node, slot = self.trace.edge(index - 1)
        upstream = self.done[index - 1].upstream if index <= self.position else self._complete_gradient(node)
        return f"{_local(node, slot)}·{TO_COME if upstream is None else _bracketed(number(upstream))}"

    def _complete_gradient(self, node: Value) -> float | None:
        return self.gradient(node) if self.is_complete(node) else None

    def around(self, count: int) -> list[str]:
        """The events around this position, those that have been and those to come."""
        indices = range(max(self.position - count, 0) + 1, min(self.position + count, len(self.trace)) + 1)
        rows = []
        for index in indices:
            node, slot = self.trace.edge(index - 1)
            mark = "→" if index == self.position else "✓" if index < self.position else TO_COME
            edge = f"{self.called(node)} → {self.called(node.operands[slot])}"
            result = number(self.done[index - 1].contribution) if index <= self.position else TO_COME
            rows.append((mark, str(index), edge, f"{self.product(index)} = {result}"))
        wide = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        return [f"{m} {i:>{wide[1]}}  {edge:<{wide[2]}}  {product}" for m, i, edge, product in rows]

    def way(self, node: Value | None = None) -> list[str]:
        """The shortest way from the root to the node, with the local derivative on each edge; else along the event."""
        if node is not None or self.event is None:
            edges = self._way(self.root if node is None else node)
        else:
            edges = [*self._way(self.event.node), (self.event.node, self.event.slot)]
        names = [self.called(user.operands[slot]) for user, slot in edges]
        wide = max(map(len, names), default=0)
        steps = [f"  → {name:{wide}}  × {_local(*edge)}" for name, edge in zip(names, edges, strict=True)]
        return [self.called(self.root), *_shortened(steps, f"  … {len(steps) - LONGEST} more …")]

    def _way(self, node: Value) -> list[tuple[Value, int]]:
        came: dict[Value, tuple[Value, int]] = {}
        level = [self.root]
        while node not in came and level:
            below = []
            for user in level:
                for slot, operand in enumerate(user.operands):
                    if operand not in came and operand is not self.root:
                        came[operand] = user, slot
                        below.append(operand)
            level = below
        edges = []
        while node is not self.root:
            edges.append(came[node])
            node = came[node][0]
        return edges[::-1]


def _is_neuron(node: Value) -> bool:
    return node.role is not None and node.role.kind == PRE_ACTIVATION


def _local(node: Value, slot: int) -> str:
    local = node.locals[slot] if node.locals else 0.0
    return "undefined" if isinstance(local, Undefined) else _bracketed(number(local))


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _shortened(lines: list[str], gap: str) -> list[str]:
    half = LONGEST // 2
    return lines if len(lines) <= LONGEST else [*lines[:half], gap, *lines[-half:]]
