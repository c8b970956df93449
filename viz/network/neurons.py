"""The figure neuron by neuron: a circle with a, z and δ for each, and on each connection w and ∂E/∂w."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from engine.support.notation import PRE_ACTIVATION, Role
from engine.support.numerals import number
from engine.value import Value
from viz.network.placement import Box, Point, place_labels
from viz.network.recorded import RecordedNeuron
from viz.network.sheet import LINE, NAME, NOT_IN_THIS_LOSS, SMALL, SMALL_LINE, NetworkSheet
from viz.text import width

RADIUS = 54.0
THINNEST, THICKEST = 0.6, 3.4  # pen widths: the magnitude of what a line carries
MANY = 24  # connections; beyond, lines are drawn half as thick


@dataclass(frozen=True)
class Circle:
    """A drawn input or neuron: its id and its center."""

    id: str
    center: Point


@dataclass(frozen=True)
class Connection:
    """A weight between two circles."""

    weight: Value
    tail: Circle
    head: Circle
    lines: tuple[str, str]  # what is written on it: the weight, and its gradient
    label: Box  # where it is written


def draw_neurons(sheet: NetworkSheet) -> None:
    model = sheet.model
    has_biases = any(recorded.neuron.b is not None for layer in model.layers for recorded in layer)
    distance = 2 * RADIUS + 22 + (16 if has_biases else 0)
    columns = [_draw_inputs(sheet, distance)]
    connections: list[Connection] = []
    for layer in model.layers:
        circles, incoming = _draw_layer(sheet, columns[-1], layer, distance)
        columns.append(circles)
        connections += incoming
    largest = max(abs(c.weight.data) for c in connections), max(abs(c.weight.grad) for c in connections)
    _draw_connections(sheet, connections, largest)
    _draw_loss(sheet, columns[-1])
    bottom = min(circle.center[1] for column in columns for circle in column) - RADIUS - (36 if has_biases else 26)
    _draw_legend(sheet, (-RADIUS, bottom), largest)


def _heights(count: int, distance: float) -> list[float]:
    """Of a column of circles, from the top down, around 0."""
    return [(count - 1) * distance / 2 - i * distance for i in range(count)]


# ── circles ────────────────────────────────────────────────────────────────────────────────────


def _draw_inputs(sheet: NetworkSheet, distance: float) -> list[Circle]:
    inputs = sheet.model.inputs
    centers = [(0.0, y) for y in _heights(len(inputs), distance)]
    pairs = list(zip(centers, inputs, strict=True))
    circles = [Circle(sheet.canvas.circle(*center, RADIUS, sheet.tooltip(value)), center) for center, value in pairs]
    for m, (center, value) in enumerate(pairs, start=1):
        name = sheet.name(value) or sheet.notation.text(Role("input", 0, (m,)))
        sheet.canvas.text(*center, sheet.equation(value, name), sheet.theme.forward, NAME)
    return circles


def _draw_layer(
    sheet: NetworkSheet, before: Sequence[Circle], layer: Sequence[RecordedNeuron], distance: float
) -> tuple[list[Circle], list[Connection]]:
    """The circles of a layer, and the connections to it, which are drawn when all circles are."""
    heights = _heights(len(layer), distance)
    lines = [[_lines_of_connection(sheet, weight) for weight in recorded.neuron.w] for recorded in layer]
    sizes = [[_size_of_label(pair) for pair in row] for row in lines]
    gap, boxes = place_labels([circle.center[1] for circle in before], heights, sizes, RADIUS)
    left = before[0].center[0]
    circles = []
    for y, recorded in zip(heights, layer, strict=True):
        values = [value for value in dict.fromkeys((recorded.a, recorded.z)) if value is not None]
        tooltip = "; ".join(map(sheet.tooltip, values))
        circles.append(Circle(sheet.canvas.circle(left + gap, y, RADIUS, tooltip), (left + gap, y)))
    for circle, recorded in zip(circles, layer, strict=True):
        _write_neuron(sheet, circle.center, recorded)
    connections = [
        Connection(weight, before[m], circle, lines[k][m], Box(left + box.x, box.y, box.width, box.height))
        for k, (circle, recorded) in enumerate(zip(circles, layer, strict=True))
        for m, (weight, box) in enumerate(zip(recorded.neuron.w, boxes[k], strict=True))
    ]
    return circles, connections


def _write_neuron(sheet: NetworkSheet, center: Point, recorded: RecordedNeuron) -> None:
    canvas, theme, (x, y) = sheet.canvas, sheet.theme, center
    lines = _lines_of_neuron(sheet, recorded)
    for i, (line, color) in enumerate(lines):
        size = min(NAME, NAME * (2 * RADIUS - 12) / width(line, NAME))
        canvas.text(x, y + (len(lines) - 1) * LINE / 2 - i * LINE, line, color, size)
    bias = recorded.neuron.b
    if bias is not None:
        equation = sheet.equation(bias)
        slope = f"{sheet.notation.gradient(sheet.notation.bias)} = {sheet.gradient(bias)}"
        canvas.blank(Box(x, y + RADIUS + 14, max(width(equation, SMALL), width(slope, SMALL)), 24))
        canvas.text(x, y + RADIUS + 20, equation, theme.forward, SMALL)
        canvas.text(x, y + RADIUS + 8, slope, theme.backward, SMALL)


def _lines_of_neuron(sheet: NetworkSheet, recorded: RecordedNeuron) -> list[tuple[str, str]]:
    """a, z and δ, each with its color; where a is z, by both names."""
    notation, theme, role = sheet.notation, sheet.theme, recorded.neuron.pre_activation_role
    a, *also = notation.text(role).split(" = ")
    if recorded.a is None:
        return [(a, theme.faint), (NOT_IN_THIS_LOSS, theme.faint)]
    lines = [(sheet.equation(recorded.a, a), theme.forward)]
    for name in dict.fromkeys((*also, *notation.text(recorded.neuron.result_role).split(" = "))):
        if recorded.z is not None:
            lines.append((sheet.equation(recorded.z, name), theme.forward))
        else:
            lines.append((f"{name} {NOT_IN_THIS_LOSS}", theme.faint))
    return [*lines, (f"{notation.error_signal(role)} = {sheet.gradient(recorded.a)}", theme.backward)]


# ── connections ────────────────────────────────────────────────────────────────────────────────


def _lines_of_connection(sheet: NetworkSheet, weight: Value) -> tuple[str, str]:
    slope = f"{sheet.notation.gradient(sheet.notation.weight)} = {sheet.gradient(weight)}"
    return sheet.equation(weight), slope


def _size_of_label(lines: tuple[str, str]) -> tuple[float, float]:
    return max(width(line, SMALL) for line in lines) + 4, 2 * SMALL + 8


def _between(center: Point, other: Point) -> tuple[Point, Point]:
    """The ends of the connection on the rims of the two circles."""
    dx, dy = other[0] - center[0], other[1] - center[1]
    rim = RADIUS / hypot(dx, dy)
    return (center[0] + dx * rim, center[1] + dy * rim), (other[0] - dx * rim, other[1] - dy * rim)


def _draw_connections(sheet: NetworkSheet, connections: Sequence[Connection], largest: tuple[float, float]) -> None:
    canvas, theme = sheet.canvas, sheet.theme
    thickest = THICKEST if len(connections) <= MANY else THICKEST / 2
    for c in connections:
        # the two lines lie side by side: the forward one on the upper side
        start, end = _between(c.tail.center, c.head.center)
        dx, dy = end[0] - start[0], end[1] - start[1]
        side = 2.6 / hypot(dx, dy)
        up: Point = (-dy * side, dx * side)
        high = [(p[0] + up[0], p[1] + up[1]) for p in (start, end)]
        low = [(p[0] - up[0], p[1] - up[1]) for p in (start, end)]
        style, pen = "solid" if c.weight.data else "dotted", _pen(c.weight.data, largest[0], thickest)
        canvas.line(c.tail.id, c.head.id, high[0], high[1], theme.forward, style, pen)
        if c.weight.computed:
            style, pen = "dashed" if c.weight.grad else "dotted", _pen(c.weight.grad, largest[1], thickest)
            canvas.line(c.head.id, c.tail.id, low[1], low[0], theme.backward, style, pen)
    for c in connections:
        canvas.blank(c.label)
        canvas.text(c.label.x, c.label.y + SMALL / 2 + 1, c.lines[0], theme.forward, SMALL)
        canvas.text(c.label.x, c.label.y - SMALL / 2 - 1, c.lines[1], theme.backward, SMALL)


def _pen(x: float, largest: float, thickest: float) -> float:
    share = abs(x) / largest if largest and abs(x) <= largest else 0.0  # (NaN is neither)
    return THINNEST + (thickest - THINNEST) * share


# ── the loss and the legend ────────────────────────────────────────────────────────────────────


def _draw_loss(sheet: NetworkSheet, outputs: Sequence[Circle]) -> None:
    """The loss at the far right, with the target of each output on the line to it."""
    canvas, theme = sheet.canvas, sheet.theme
    panel, box = sheet.draw_loss(outputs[0].center[0] + 2 * RADIUS + 80)
    for recorded, circle in zip(sheet.model.layers[-1], outputs, strict=True):
        if recorded.a is None:
            continue
        y = circle.center[1]
        edge = (box.x - box.width / 2, box.height / 2 * y / (abs(y) + 1) * 0.8)
        start, _ = _between(circle.center, edge)
        canvas.line(circle.id, panel, start, edge, theme.faint, "solid", THINNEST)
        if recorded.target is not None:
            text = sheet.equation(recorded.target)
            middle = ((start[0] + edge[0]) / 2, (start[1] + edge[1]) / 2)
            canvas.blank(Box(*middle, width(text, SMALL) + 6, SMALL + 6))
            canvas.text(*middle, text, theme.forward, SMALL)


def _draw_legend(sheet: NetworkSheet, corner: Point, largest: tuple[float, float]) -> None:
    canvas, theme, notation, (x, y) = sheet.canvas, sheet.theme, sheet.notation, corner
    w, dw = notation.weight, notation.gradient(notation.weight)
    entries = [
        (theme.forward, "solid", f"forward: the weight {w}; thickest line |{w}| = {number(largest[0])}"),
        (theme.backward, "dashed", f"backward: its gradient {dw}; thickest line |{dw}| = {number(largest[1])}"),
    ]
    for color, style, text in entries:
        ends = canvas.point(x, y), canvas.point(x + 34, y)
        canvas.line(*ends, (x, y), (x + 34, y), color, style, 2.0, arrow=False)
        canvas.text(x + 42, y, text, theme.faint, SMALL, left=True)
        y -= SMALL_LINE
    signal = f"{notation.error_signal(Role(PRE_ACTIVATION))} = {notation.gradient(notation.pre_activation)}"
    names = f"{notation.pre_activation} pre-activation, {notation.activation} activation, {signal}"
    sheet.draw_notes(x, y, [f"{notation.name}’s notation: {names}; dotted: exactly zero", *sheet.remarks()])
