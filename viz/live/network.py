"""The picture of the network: a circle for each neuron with a, z and δ, and w and ∂E/∂w on the connections.

The network is read off the roles in the graph. All measures are units of the picture; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from engine.naming.samples import sample_numbers
from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION, TARGET, WEIGHT
from engine.value import Value
from viz.live.graph import widest
from viz.live.markup import GRADIENT, VALUE, card, element, equation, picture, shown
from viz.live.record import Record
from viz.network.placement import Box, Point, place_labels
from viz.text import tidy, width

NAME, SMALL = 12.0, 10.5  # sizes of text: in circles, on connections
TYPICAL = "−0.0088888"  # a number that a circle has room for
LINE = 17.0  # from one line of text to the next
LARGE, LITTLE = 64.0, 30.0  # radii of circles, and where there are many
MANY_LABELS, MANY_CIRCLES = 9, 5  # between two columns, and in one: what can be read on lines
MOST = 120  # circles; beyond, there is no picture


@dataclass(frozen=True)
class Neuron:
    """A neuron by its nodes: a, z if the loss depends on it, and what a is the sum of."""

    a: Value
    z: Value
    weights: list[tuple[Value, Value]]  # with what each is multiplied by
    bias: Value | None


@dataclass(frozen=True)
class Circle:
    place: Point
    radius: float


def layers(order: Sequence[Value]) -> list[list[Neuron]]:
    """The neurons of the first sample, layer by layer; empty where there are none."""
    numbers = sample_numbers(order)
    by_place: dict[tuple[int, tuple[int, ...]], Value] = {}
    ends: dict[tuple[int | None, tuple[int, ...]], Value] = {}
    for node in order:
        role = node.role
        if role is None or numbers.get(node, 1) != 1:
            continue
        if role.kind == PRE_ACTIVATION:
            by_place.setdefault((role.layer or 1, role.index), node)
        if role.plays(ACTIVATION) or role.plays(OUTPUT):
            ends.setdefault((role.layer, role.index), node)
    found: dict[int, list[Neuron]] = {}
    for (layer, index), a in sorted(by_place.items(), key=lambda item: item[0]):
        weights, bias = _terms(a)
        if weights:
            end = ends.get((a.role.layer, index), a) if a.role else a
            found.setdefault(layer, []).append(Neuron(a, end, weights, bias))
    return list(found.values())


def network_picture(record: Record) -> str:
    """The network as SVG; empty where there is none that goes layer by layer, or where its circles are too many."""
    neurons = layers(record.order)
    if not neurons or not _is_a_chain(neurons):
        return ""
    inputs = [value for _, value in neurons[0][0].weights]
    if len(inputs) + sum(map(len, neurons)) > MOST:
        return ""
    return _Figure(record, inputs, neurons).picture()


def _is_a_chain(neurons: Sequence[Sequence[Neuron]]) -> bool:
    """Does each neuron take what the layer before gives, all of it and in order, and nothing else?"""
    given = [value for _, value in neurons[0][0].weights]
    for layer in neurons:
        if any([value for _, value in neuron.weights] != given for neuron in layer):
            return False
        given = [neuron.z for neuron in layer]
    return True


def _terms(a: Value) -> tuple[list[tuple[Value, Value]], Value | None]:
    """What a pre-activation is the sum of: weights with what they multiply, and the bias."""
    if a.op is not None and a.op.name == "dot":
        n = len(a.operands) // 2
        pairs = [*zip(a.operands[:n], a.operands[n : 2 * n], strict=True)]
        return pairs, a.operands[-1] if len(a.operands) % 2 else None
    pairs, bias, pending = [], None, [*a.operands]
    while pending:
        node = pending.pop(0)
        if node.op is not None and node.op.name == "mul" and _is_weight(node.operands[0]):
            pairs.append((node.operands[0], node.operands[1]))
        elif node.op is not None and node.role is None and node.op.name in ("add", "sum"):
            pending[:0] = node.operands
        elif not node.operands:
            bias = node
    return pairs, bias


def _is_weight(node: Value) -> bool:
    return node.role is not None and node.role.kind == WEIGHT


class _Figure:
    """The figure in the making: columns of circles from left to right, the root at the end."""

    def __init__(self, record: Record, inputs: list[Value], neurons: list[list[Neuron]]) -> None:
        self.record, self.inputs, self.neurons = record, inputs, neurons
        self.number = widest(record)
        sizes = [len(inputs), *map(len, neurons)]
        self.named = max(sizes) <= MANY_CIRCLES
        self.labelled = self.named and all(a * b <= MANY_LABELS for a, b in pairwise(sizes))
        self.radius = LARGE if self.named else LITTLE
        self.biased = self.labelled and any(neuron.bias is not None for layer in neurons for neuron in layer)
        self.lines: list[str] = []
        self.labels: list[str] = []
        self.circles: list[str] = []

    def picture(self) -> str:
        columns = [self._column(0.0, len(self.inputs))]
        for layer in self.neurons:
            gap, boxes = self._gap(columns[-1], layer)
            columns.append(self._column(columns[-1][0].place[0] + gap, len(layer)))
            self._connect(columns[-2], columns[-1], layer, boxes)
        for circle, value in zip(columns[0], self.inputs, strict=True):
            self._draw_input(circle, value)
        for column, layer in zip(columns[1:], self.neurons, strict=True):
            for circle, neuron in zip(column, layer, strict=True):
                self._draw_neuron(circle, neuron)
        right = self._draw_root(columns[-1])
        heights = [abs(circle.place[1]) for column in columns for circle in column]
        half = max(heights) + self.radius + (34 if self.biased else 14)
        left = -self.radius - 14
        groups = [element("g", *part) for part in (self.lines, self.labels, self.circles) if part]
        return picture(groups, (left, -half, right - left, 2 * half), "The network")

    def _column(self, x: float, count: int) -> list[Circle]:
        distance = 2 * self.radius + (26 + 18 * self.biased if self.labelled else 12)
        return [Circle((x, (i - (count - 1) / 2) * distance), self.radius) for i in range(count)]

    def _gap(self, before: Sequence[Circle], layer: Sequence[Neuron]) -> tuple[float, list[list[Box]]]:
        heights = [-circle.place[1] for circle in self._column(0.0, len(layer))]  # place_labels counts upwards
        left = [-circle.place[1] for circle in before]
        if not self.labelled:
            return 2 * self.radius + max(150.0, 0.55 * max(left[0] - left[-1], heights[0] - heights[-1])), []
        sizes = [[self._size_of_label(weight) for weight, _ in neuron.weights] for neuron in layer]
        return place_labels(left, heights, sizes, self.radius)

    def _size_of_label(self, weight: Value) -> tuple[float, float]:
        lines = f"{self.record.drawn_name(weight)} = {self.number}", f"∂ = {self.number}"
        return max(width(line, SMALL) for line in lines) * 0.9 + 6, 2 * SMALL + 8

    # ── lines ──────────────────────────────────────────────────────────────────────────────────

    def _connect(
        self, before: Sequence[Circle], after: Sequence[Circle], layer: Sequence[Neuron], boxes: list[list[Box]]
    ) -> None:
        for k, (circle, neuron) in enumerate(zip(after, layer, strict=True)):
            for m, ((weight, _), tail) in enumerate(zip(neuron.weights, before, strict=True)):
                self._draw_connection(weight, tail, circle)
                if self.labelled:
                    box = boxes[k][m]
                    self._draw_label(weight, (before[0].place[0] + box.x, -box.y), box.width)

    def _draw_connection(self, weight: Value, tail: Circle, head: Circle) -> None:
        (x0, y0), (x1, y1) = tail.place, head.place
        length = hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        for kind, side in (("weight", -1.6), ("slope", 1.6)):
            dx, dy = -uy * side, ux * side
            start = x0 + ux * tail.radius + dx, y0 + uy * tail.radius + dy
            end = x1 - ux * head.radius + dx, y1 - uy * head.radius + dy
            path = f"M{start[0]:.0f},{start[1]:.1f}L{end[0]:.0f},{end[1]:.1f}"
            self.lines.append(element("path", d=path, class_=f"line {kind}", data_line=self.record.places[weight]))

    def _draw_label(self, leaf: Value, place: Point, wide: float, of: Sequence[str] = (VALUE, GRADIENT)) -> None:
        """A weight, a bias or a target with its numbers, over the lines that pass there."""
        high = len(of) * SMALL + 8
        inside = [element("rect", x=-wide / 2, y=-high / 2, width=wide, height=high, rx=4, class_="card")]
        for k, what in enumerate(of):
            name = self.record.drawn_name(leaf) if what == VALUE else "∂"
            y = (k - (len(of) - 1) / 2) * 13 + 4
            inside.append(element("text", self._equation(name, leaf, what), y=y))
        self.labels.append(self._node(self.record.places[leaf], "weight", inside, place))

    # ── circles ────────────────────────────────────────────────────────────────────────────────

    def _draw_input(self, circle: Circle, value: Value) -> None:
        kind = "operation" if value.operands else "leaf"
        self._draw_circle(circle, self.record.places[value], kind, [(self.record.drawn_name(value), value, VALUE)])

    def _draw_neuron(self, circle: Circle, neuron: Neuron) -> None:
        a, z = neuron.a, neuron.z
        lines = [(self._name_of_a(neuron), a, VALUE)]
        lines += [(self._name_of_z(neuron), z, VALUE)]
        lines += [(self.record.letter_of_gradient(a), a, GRADIENT)]
        self._draw_circle(circle, self.record.places[a], "operation", lines if self.named else lines[1:])
        if neuron.bias is not None and self.labelled:
            x, y = circle.place
            self._draw_label(neuron.bias, (x, y - self.radius - 16), self._size_of_label(neuron.bias)[0])

    def _name_of_a(self, neuron: Neuron) -> str:
        name = self.record.naming.of([neuron.a])[neuron.a]
        return tidy(name.parts[0].text) or self.record.drawn_name(neuron.a)

    def _name_of_z(self, neuron: Neuron) -> str:
        name = self.record.naming.of([neuron.z])[neuron.z]
        return tidy(name.parts[-1].text) or self.record.drawn_name(neuron.z)

    def _draw_circle(self, circle: Circle, i: int, kind: str, lines: list[tuple[str, Value, str]]) -> None:
        inside = [element("circle", r=circle.radius, class_="card")]
        inside += self._lines(lines, 2 * circle.radius - 10)
        self.circles.append(self._node(i, kind, inside, circle.place))

    def _lines(self, lines: list[tuple[str, Value, str]], wide: float) -> Iterator[str]:
        line = LINE if self.named else 12.0
        for k, (name, node, what) in enumerate(lines):
            y = (k - (len(lines) - 1) / 2) * line + 4
            if self.named:
                size = min(NAME, NAME * wide / width(f"{name} = {TYPICAL}", NAME))
                yield element("text", self._equation(name, node, what), y=y, font_size=size)
            else:
                i = self.record.places[node]
                yield element("text", shown(i, what, self.record.shown(i, what)), y=y, font_size=9.5, class_="little")

    def _draw_root(self, outputs: Sequence[Circle]) -> float:
        """The root in a panel at the right; where it ends."""
        root = self.record.order[-1]
        name = self.record.drawn_name(root) or self.record.naming.called(root)
        wide = width(f"{name} = {self.number}", NAME) + 16
        targets = self._targets(len(outputs)) if self.named else []
        room = max((self._size_of_label(target)[0] for target in targets), default=0.0)
        x = outputs[0].place[0] + self.radius + max(70, room + 30) + wide / 2
        for circle in outputs:
            y = circle.place[1]
            path = f"M{circle.place[0] + circle.radius:.1f},{y:.1f}L{x - wide / 2:.1f},{y / (abs(y) + 1) * 10:.1f}"
            self.lines.append(element("path", d=path, class_="line loss"))
        for circle, target in zip(outputs, targets, strict=False):
            middle = circle.place[0] + circle.radius + 15 + room / 2, circle.place[1] * 0.72
            self._draw_label(target, middle, room, (VALUE,))
        inside = [
            element("rect", x=-wide / 2, y=-17, width=wide, height=34, rx=7, class_="card"),
            element("text", self._equation(name, root, VALUE), y=4.5, font_size=NAME),
        ]
        self.circles.append(self._node(len(self.record.order) - 1, "operation", inside, (x, 0.0)))
        return x + wide / 2 + 14

    def _targets(self, count: int) -> list[Value]:
        """What the outputs are compared with, if each has a target."""
        numbers = sample_numbers(self.record.order)
        named = [(node, node.role) for node in self.record.order if node.role is not None]
        found = {
            role.index: node for node, role in reversed(named) if role.kind == TARGET and numbers.get(node, 1) == 1
        }
        targets = [found.get((k,)) for k in range(1, count + 1)]
        return [target for target in targets if target is not None] if None not in targets else []

    def _equation(self, name: str, node: Value, what: str) -> str:
        i = self.record.places[node]
        return equation(name, i, what, self.record.shown(i, what))

    def _node(self, i: int, kind: str, inside: list[str], place: Point) -> str:
        return card(i, f"{kind} middle", inside, place)
