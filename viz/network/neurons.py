"""The figure neuron by neuron: a, z and δ in a circle for each; w and ∂E/∂w on each connection, or in tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.support.notation import BIAS, INPUT, TARGET, Role
from viz.network.connections import (
    Circle,
    Connection,
    draw_connections,
    explain_lines,
    fit_on_lines,
    label_of,
    on_the_rims,
    write_on_lines,
)
from viz.network.placement import Box, Point, place_labels
from viz.network.recorded import RecordedNeuron
from viz.network.sheet import LINE, NAME, NOT_IN_THIS_LOSS, SMALL, NetworkSheet
from viz.network.tables import draw_tables
from viz.renderer import Drawing
from viz.text import width

RADIUS, SMALL_RADIUS = 54.0, 42.0  # of neurons; of inputs where there are many


def draw_neurons(sheet: NetworkSheet) -> Drawing:
    """The figure, its weights on its lines or, where these are too many to be read there, in tables below."""
    layers = sheet.model.layers
    labelled = all(fit_on_lines(sheet, layer) for layer in layers)
    biases = labelled and any(recorded.neuron.b is not None for layer in layers for recorded in layer)
    columns = [_draw_inputs(sheet, labelled, biases)]
    boxes = []
    for layer in layers:
        heights = _heights(len(layer), RADIUS, labelled, biases)
        gap, places = _gap(sheet, columns[-1], layer, heights, labelled)
        boxes.append(places)
        columns.append(_draw_layer(sheet, columns[-1][0].center[0] + gap, heights, layer))
    connections = [
        Connection(weight, tail, head)
        for (before, after), layer in zip(pairwise(columns), layers, strict=True)
        for head, recorded in zip(after, layer, strict=True)
        for tail, weight in zip(before, recorded.neuron.w, strict=True)
    ]
    draw_connections(sheet, connections)
    if labelled:
        write_on_lines(sheet, connections, [box for places in boxes for box in places])
    if biases:
        _write_biases(sheet, columns)
    _draw_loss(sheet, columns[-1])
    if not labelled:
        draw_tables(sheet)
    notes, bottom = explain_lines(sheet, connections, sheet.canvas.bottom - 26)
    return sheet.finish(notes, bottom)


# ── circles ────────────────────────────────────────────────────────────────────────────────────


def _heights(count: int, radius: float, labelled: bool, biases: bool) -> list[float]:
    """Of a column of circles, from the top down, around 0."""
    distance = 2 * radius + (22 + (16 if biases else 0) if labelled else 14)
    return [(count - 1) * distance / 2 - i * distance for i in range(count)]


def _gap(
    sheet: NetworkSheet, before: Sequence[Circle], layer: Sequence[RecordedNeuron], heights: Sequence[float],
    labelled: bool,
) -> tuple[float, list[Box]]:  # fmt: skip
    """From one column to the next, and the labels of the lines in between."""
    left = [circle.center[1] for circle in before]
    if labelled:
        sizes = [[label_of(sheet, weight).size for weight in recorded.neuron.w] for recorded in layer]
        gap, rows = place_labels(left, heights, sizes, RADIUS)
        x = before[0].center[0]
        return gap, [Box(x + box.x, box.y, box.width, box.height) for row in rows for box in row]
    steepest = max(left[0], heights[0]) * 2
    return before[0].radius + RADIUS + max(110.0, 0.3 * steepest), []


def _draw_inputs(sheet: NetworkSheet, labelled: bool, biases: bool) -> list[Circle]:
    inputs, radius = sheet.model.inputs, RADIUS if labelled else SMALL_RADIUS
    circles = []
    for m, (y, value) in enumerate(zip(_heights(len(inputs), radius, labelled, biases), inputs, strict=True), start=1):
        name = sheet.name(value) or sheet.by_role(Role(INPUT, 0, (m,)))
        circle = sheet.canvas.circle(0.0, y, radius, sheet.tooltip(value, name))
        circles.append(Circle(circle, (0.0, y), radius))
        _write(sheet, circles[-1], [(sheet.equation(value, name), sheet.theme.forward)])
    return circles


def _draw_layer(
    sheet: NetworkSheet, x: float, heights: Sequence[float], layer: Sequence[RecordedNeuron]
) -> list[Circle]:
    circles = []
    for y, recorded in zip(heights, layer, strict=True):
        values = [value for value in dict.fromkeys((recorded.a, recorded.z)) if value is not None]
        tooltip = "; ".join(map(sheet.tooltip, values))
        circles.append(Circle(sheet.canvas.circle(x, y, RADIUS, tooltip), (x, y), RADIUS))
        _write(sheet, circles[-1], _lines_of_neuron(sheet, recorded))
    return circles


def _write(sheet: NetworkSheet, circle: Circle, lines: Sequence[tuple[str, str]]) -> None:
    """Lines of text in a circle, each with its color; what is too long for it is set smaller."""
    x, y = circle.center
    for i, (line, color) in enumerate(lines):
        size = min(NAME, NAME * (2 * circle.radius - 12) / width(line, NAME))
        sheet.canvas.text(x, y + (len(lines) - 1) * LINE / 2 - i * LINE, line, color, size)


def _lines_of_neuron(sheet: NetworkSheet, recorded: RecordedNeuron) -> list[tuple[str, str]]:
    """a, z and δ, each with its color; where a is z, by both names."""
    theme, z = sheet.theme, recorded.z
    name = sheet.pre_activation(recorded)
    if recorded.a is None:
        return [(name, theme.faint), (NOT_IN_THIS_LOSS, theme.faint)]
    result, delta = sheet.activation(recorded), sheet.delta(recorded)
    return [
        (sheet.equation(recorded.a, name), theme.forward),
        (sheet.equation(z, result), theme.forward) if z is not None else (f"{result} {NOT_IN_THIS_LOSS}", theme.faint),
        (f"{delta} = {sheet.gradient(recorded.a)}", theme.backward),
    ]


def _write_biases(sheet: NetworkSheet, columns: Sequence[Sequence[Circle]]) -> None:
    """Each above its neuron, over the lines that pass there."""
    canvas, theme = sheet.canvas, sheet.theme
    for circles, layer in zip(columns[1:], sheet.model.layers, strict=True):
        for circle, recorded in zip(circles, layer, strict=True):
            bias, (x, y) = recorded.neuron.b, circle.center
            if bias is not None:
                equation, slope = sheet.equation(bias), sheet.slope_equation(bias, sheet.notation.letter(BIAS))
                canvas.blank(Box(x, y + RADIUS + 14, max(width(equation, SMALL), width(slope, SMALL)), 24))
                canvas.text(x, y + RADIUS + 20, equation, theme.forward, SMALL)
                canvas.text(x, y + RADIUS + 8, slope, theme.backward, SMALL)


# ── the loss ───────────────────────────────────────────────────────────────────────────────────


def _draw_loss(sheet: NetworkSheet, outputs: Sequence[Circle]) -> None:
    """The loss at the far right, with the target of each output on the line to it."""
    canvas, theme, x = sheet.canvas, sheet.theme, outputs[0].center[0]
    targets = [_target(sheet, k, recorded) for k, recorded in enumerate(sheet.model.layers[-1], start=1)]
    panel, box = sheet.draw_loss(x + 2 * RADIUS + 80, x + RADIUS + 40 + max(20, *(width(t, SMALL) for t in targets)))
    for recorded, target, circle in zip(sheet.model.layers[-1], targets, outputs, strict=True):
        if recorded.a is None:
            continue
        y = circle.center[1]
        edge: Point = (box.x - box.width / 2, box.height / 2 * y / (abs(y) + 1) * 0.8)
        start, _ = on_the_rims(circle, Circle("", edge, 0.0))
        canvas.line(circle.id, panel, start, edge, theme.faint, "solid", 0.6)
        if target:
            middle = ((start[0] + edge[0]) / 2, (start[1] + edge[1]) / 2)
            canvas.blank(Box(*middle, width(target, SMALL) + 6, SMALL + 6))
            canvas.text(*middle, target, theme.forward, SMALL)


def _target(sheet: NetworkSheet, k: int, recorded: RecordedNeuron) -> str:
    """The target of output k, with its number."""
    target = recorded.target
    if target is None:
        return ""
    return sheet.equation(target, sheet.name(target) or sheet.by_role(Role(TARGET, None, (k,))))
