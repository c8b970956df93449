"""The connections of the figure: two lines for each weight, with w and ∂E/∂w written on them where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from engine.support.notation import WEIGHT
from engine.value import Value
from viz.network.placement import Box, Point
from viz.network.recorded import RecordedNeuron
from viz.network.sheet import SMALL, SMALL_LINE, NetworkSheet
from viz.text import width

THINNEST, THICKEST = 0.6, 3.4  # pen widths: the magnitude of what a line carries
MANY = 24  # connections; beyond, lines are drawn half as thick
READABLE, TALL, LONGEST = 9, 5, 180.0  # labels between two columns, circles in one, points of a label: easily read


@dataclass(frozen=True)
class Circle:
    """A drawn input or neuron: its id, its center and its radius."""

    id: str
    center: Point
    radius: float


@dataclass(frozen=True)
class Connection:
    """A weight between two circles."""

    weight: Value
    tail: Circle
    head: Circle


@dataclass(frozen=True)
class Label:
    """What is written on a connection: the weight, and its gradient."""

    weight: str
    slope: str

    @property
    def size(self) -> tuple[float, float]:
        return max(width(self.weight, SMALL), width(self.slope, SMALL)) + 4, 2 * SMALL + 8


def label_of(sheet: NetworkSheet, weight: Value) -> Label:
    return Label(sheet.equation(weight), sheet.slope_equation(weight, sheet.notation.weight))


def fit_on_lines(sheet: NetworkSheet, layer: Sequence[RecordedNeuron]) -> bool:
    """Whether the weights of a layer can be read on its lines."""
    weights = [weight for recorded in layer for weight in recorded.neuron.w]
    if len(weights) > READABLE or max(len(layer), len(weights) // len(layer)) > TALL:
        return False
    return all(label_of(sheet, weight).size[0] <= LONGEST for weight in weights)


def on_the_rims(one: Circle, other: Circle) -> tuple[Point, Point]:
    """The ends of a straight line from one circle to another."""
    dx, dy = other.center[0] - one.center[0], other.center[1] - one.center[1]
    unit = dx / hypot(dx, dy), dy / hypot(dx, dy)
    return (
        (one.center[0] + unit[0] * one.radius, one.center[1] + unit[1] * one.radius),
        (other.center[0] - unit[0] * other.radius, other.center[1] - unit[1] * other.radius),
    )


def draw_connections(sheet: NetworkSheet, connections: Sequence[Connection]) -> None:
    canvas, theme = sheet.canvas, sheet.theme
    thickest = THICKEST if len(connections) <= MANY else THICKEST / 2
    most = _largest(connections)
    for c in connections:
        # the two lines lie side by side: the forward one on the upper side
        start, end = on_the_rims(c.tail, c.head)
        dx, dy = end[0] - start[0], end[1] - start[1]
        side = 2.6 / hypot(dx, dy)
        up: Point = (-dy * side, dx * side)
        high = [(p[0] + up[0], p[1] + up[1]) for p in (start, end)]
        low = [(p[0] - up[0], p[1] - up[1]) for p in (start, end)]
        told = sheet.tooltip(c.weight)
        style, pen = _style(c.weight.data, "solid"), _pen(c.weight.data, most[0], thickest)
        canvas.line(c.tail.id, c.head.id, high[0], high[1], theme.forward, style, pen, tooltip=told)
        if c.weight.computed:
            style, pen = _style(c.weight.grad, "dashed"), _pen(c.weight.grad, most[1], thickest)
            canvas.line(c.head.id, c.tail.id, low[1], low[0], theme.backward, style, pen, tooltip=told)


def write_on_lines(sheet: NetworkSheet, connections: Sequence[Connection], places: Sequence[Box]) -> None:
    canvas, theme = sheet.canvas, sheet.theme
    for connection, box in zip(connections, places, strict=True):
        label = label_of(sheet, connection.weight)
        canvas.blank(box)
        canvas.text(box.x, box.y + SMALL / 2 + 1, label.weight, theme.forward, SMALL)
        canvas.text(box.x, box.y - SMALL / 2 - 1, label.slope, theme.backward, SMALL)


def explain_lines(sheet: NetworkSheet, connections: Sequence[Connection], y: float) -> tuple[list[str], float]:
    """The legend of the lines, from the height `y` downwards; what else to say of them, and the height to go on at."""
    canvas, theme, w = sheet.canvas, sheet.theme, sheet.notation.weight
    sheet.kinds.add(WEIGHT)
    data = [c.weight.data for c in connections]
    slopes = [c.weight.grad for c in connections if c.weight.computed]
    ways = [
        ("forward", w, data, theme.forward, "solid"),
        ("backward", sheet.slope(w), slopes, theme.backward, "dashed"),
    ]
    x = canvas.left
    for way, name, numbers, color, style in ways:
        if numbers:
            largest = max(map(abs, numbers))
            text = (
                f"{way}: thickest line |{name}| = {sheet.number(largest)}" if largest else f"{way}: every {name} is 0"
            )
            ends = canvas.point(x, y), canvas.point(x + 34, y)
            canvas.line(*ends, (x, y), (x + 34, y), color, _style(largest, style), 2.0, arrow=False)
            canvas.text(x + 42, y, text, theme.faint, SMALL, left=True)
            y -= SMALL_LINE
    return [] if all([*data, *slopes]) else ["dotted: exactly zero"], y


def _largest(connections: Sequence[Connection]) -> tuple[float, float]:
    """The magnitudes that the thickest lines stand for, forward and backward."""
    weights = [connection.weight for connection in connections]
    slopes = [abs(weight.grad) for weight in weights if weight.computed]
    return max(abs(weight.data) for weight in weights), max(slopes, default=0.0)


def _style(x: float, otherwise: str) -> str:
    return otherwise if x else "dotted"


def _pen(x: float, largest: float, thickest: float) -> float:
    share = abs(x) / largest if largest and abs(x) <= largest else 0.0  # (NaN is neither)
    return THINNEST + (thickest - THINNEST) * share
