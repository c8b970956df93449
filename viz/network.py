"""The papers' figure: a circle for each neuron with a, z and δ, and on each connection w and ∂E/∂w."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from engine.naming.samples import sample_numbers
from engine.support.labels import one_line
from engine.support.notation import (
    ACTIVATION,
    NOT_COMPUTED,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    Notation,
    Role,
    notation_for,
    number,
)
from engine.value import Value, topological_order
from nn.module import Module
from nn.network import MLP, Layer, Neuron
from viz.canvas import Canvas
from viz.placement import Box, Point, place_labels
from viz.renderer import Drawing
from viz.text import exact, tidy, width
from viz.theme import theme_named

LIMIT = 60  # neurons; beyond, the figure shows layers
RADIUS = 54.0
NAME, SMALL = 11.0, 9.5  # font sizes: in circles, on connections
THINNEST, THICKEST = 0.6, 3.4  # pen widths: the magnitude of what a line carries
MANY = 24  # connections; beyond, lines are drawn half as thick


@dataclass(frozen=True)
class Unit:
    """A neuron as one sample went through it; a and z are None if the loss does not depend on it."""

    neuron: Neuron
    a: Value | None
    z: Value | None
    target: Value | None


@dataclass(frozen=True)
class Reading:
    """What the graph says of a model: its inputs and units for one sample."""

    inputs: list[Value]
    layers: list[list[Unit]]
    sample: int
    samples: int  # how many there are
    passes: int  # how often this sample went through the model; the units are of the last time


def draw_network(
    model: Module,
    loss: Value,
    *,
    notation: Notation | str | None = None,
    theme: str = "light",
    sample: int = 1,
    collapse: bool = True,
) -> Drawing:
    """The network figure of `model`, with the numbers of one sample in the graph of `loss`.

    Beyond 60 neurons it shows layers instead; `collapse=False` draws every neuron. Raises ValueError if the loss
    does not depend on the model, or not on that many samples.
    """
    canvas, notation = Canvas(theme_named(theme)), notation_for(notation, reversed(topological_order(loss)))
    reading = read(model, loss, sample)
    count = len(reading.inputs) + sum(map(len, reading.layers))
    if collapse and count > LIMIT:
        _draw_layers(canvas, reading, loss, notation, count)
    else:
        _draw_neurons(canvas, reading, loss, notation)
    return canvas.drawing


def read(model: Module, loss: Value, sample: int = 1) -> Reading:
    """Find the model's neurons in the graph, by the weights that they use."""
    layers = _layers(model)
    order = topological_order(loss)
    numbers = sample_numbers(order)
    owner = {neuron.w[0]: neuron for layer in layers for neuron in layer}
    found: dict[Neuron, Value] = {}
    passes: Counter[Neuron] = Counter()
    seen = set()
    for node in order:
        if node.role is not None and node.role.kind == PRE_ACTIVATION:
            neuron = next((owner[w] for w in _terms(node) if w in owner), None)
            if neuron is not None:
                seen.add(numbers[node])
                if numbers[node] == sample:
                    found[neuron] = node
                    passes[neuron] += 1
    if not seen:
        raise ValueError(f"{loss!r} does not depend on this {type(model).__name__}: there is nothing to draw")
    if sample not in seen:
        raise ValueError(f"the graph holds samples {min(seen)} to {max(seen)} of this model; got sample={sample!r}")
    users: dict[Value, list[Value]] = {}
    for node in order:
        for operand in node.operands:
            users.setdefault(operand, []).append(node)
    units = [[_unit(neuron, found.get(neuron), users) for neuron in layer] for layer in layers]
    first = next(unit for unit in units[0] if unit.a is not None)
    assert first.a is not None
    parameters = set(first.neuron.parameters())
    return Reading([v for v in _terms(first.a) if v not in parameters], units, sample, len(seen), max(passes.values()))


def _layers(model: Module) -> list[list[Neuron]]:
    if isinstance(model, MLP):
        return [layer.neurons for layer in model.layers]
    if isinstance(model, Layer):
        return [model.neurons]
    if isinstance(model, Neuron):
        return [[model]]
    raise TypeError(f"draw_network draws an MLP, a Layer or a Neuron; got {model!r} ({type(model).__name__})")


def _terms(a: Value) -> list[Value]:
    """What a pre-activation is made of, whether it is one `dot` or a sum of products."""
    if a.op is not None and a.op.name == "dot":
        return list(a.operands)
    return [term for operand in a.operands for term in (operand.operands or (operand,))]


def _unit(neuron: Neuron, a: Value | None, users: dict[Value, list[Value]]) -> Unit:
    if a is None or a.role is None:
        return Unit(neuron, None, None, None)
    z = a
    if not a.role.also:
        z = next((u for u in _following(a, users) if _is_activation_of(a, u)), a)
    target = next((t for u in users.get(z, ()) for t in u.operands if t.role and t.role.kind == TARGET), None)
    return Unit(neuron, a, z, target)


def _following(a: Value, users: dict[Value, list[Value]]) -> Iterator[Value]:
    """What is computed from a, the nearest first (a softmax has an exponential, and more, between a and z)."""
    found = dict.fromkeys(users.get(a, ()))
    pending = deque(found)
    while pending:
        node = pending.popleft()
        yield node
        new = [user for user in users.get(node, ()) if user not in found]
        found |= dict.fromkeys(new)
        pending += new


def _is_activation_of(a: Value, node: Value) -> bool:
    ours, theirs = a.role, node.role
    if ours is None or theirs is None or theirs.kind not in (ACTIVATION, OUTPUT):
        return False
    return (theirs.layer, theirs.index) == (ours.layer, ours.index)


# ── neuron by neuron ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Connection:
    """A weight between two circles."""

    weight: Value
    start: Point
    end: Point
    tail: str
    head: str
    lines: tuple[str, str]  # what is written on it: the weight, and its gradient


def _draw_neurons(canvas: Canvas, reading: Reading, loss: Value, notation: Notation) -> None:
    rows = [len(reading.inputs), *map(len, reading.layers)]
    biases = any(unit.neuron.b is not None for layer in reading.layers for unit in layer)
    step = 2 * RADIUS + 22 + (16 if biases else 0)
    heights = [[(n - 1) * step / 2 - i * step for i in range(n)] for n in rows]
    gradient = notation.gradient(notation.weight)

    x = 0.0
    places: list[list[Point]] = [[(x, y) for y in heights[0]]]
    names = [
        [canvas.circle(*place, RADIUS, _hover(v, notation)) for place, v in zip(places[0], reading.inputs, strict=True)]
    ]
    for m, value in enumerate(reading.inputs):
        _input_text(canvas, places[0][m], value, m, notation)

    connections: list[tuple[Connection, Box]] = []
    for ys, layer in zip(heights[1:], reading.layers, strict=True):
        labels = [[_connection_lines(w, gradient, notation) for w in unit.neuron.w] for unit in layer]
        sizes = [[_label_size(lines) for lines in row] for row in labels]
        gap, boxes = place_labels([y for _, y in places[-1]], ys, sizes, RADIUS)
        x += gap
        here = [(x, y) for y in ys]
        circles = [
            canvas.circle(*place, RADIUS, _unit_hover(unit, notation)) for place, unit in zip(here, layer, strict=True)
        ]
        for k, unit in enumerate(layer):
            _unit_text(canvas, here[k], unit, notation)
            for m, weight in enumerate(unit.neuron.w):
                start, end = _between(places[-1][m], here[k])
                label = boxes[k][m]
                box = Box(label.x + x - gap, label.y, label.width, label.height)
                connections.append((Connection(weight, start, end, names[-1][m], circles[k], labels[k][m]), box))
        places.append(here)
        names.append(circles)

    _draw_connections(canvas, connections)
    right = _draw_loss(canvas, reading, loss, places[-1], names[-1], notation)
    largest = max(abs(c.weight.data) for c, _ in connections), max(abs(c.weight.grad) for c, _ in connections)
    bottom = min(y for column in places for _, y in column) - RADIUS - (36 if biases else 26)
    _legend(canvas, (-RADIUS, bottom), right, notation, largest, _about(reading, loss))


def _connection_lines(weight: Value, gradient: str, notation: Notation) -> tuple[str, str]:
    return f"{_name(weight, notation)} = {number(weight.data)}", f"{gradient} = {_gradient(weight)}"


def _label_size(lines: tuple[str, str]) -> tuple[float, float]:
    return max(width(line, SMALL) for line in lines) + 4, 2 * SMALL + 8


def _between(center: Point, other: Point) -> tuple[Point, Point]:
    """The ends of the connection on the rims of the two circles."""
    dx, dy = other[0] - center[0], other[1] - center[1]
    rim = RADIUS / hypot(dx, dy)
    return (center[0] + dx * rim, center[1] + dy * rim), (other[0] - dx * rim, other[1] - dy * rim)


def _draw_connections(canvas: Canvas, connections: Sequence[tuple[Connection, Box]]) -> None:
    theme = canvas.theme
    most_w = max(abs(c.weight.data) for c, _ in connections)
    most_g = max(abs(c.weight.grad) for c, _ in connections)
    thickest = THICKEST if len(connections) <= MANY else THICKEST / 2
    for c, _ in connections:
        # the two lines lie side by side: the forward one on the upper side
        dx, dy = c.end[0] - c.start[0], c.end[1] - c.start[1]
        side = 2.6 / hypot(dx, dy)
        up: Point = (-dy * side, dx * side)
        high = [(p[0] + up[0], p[1] + up[1]) for p in (c.start, c.end)]
        low = [(p[0] - up[0], p[1] - up[1]) for p in (c.start, c.end)]
        style = "solid" if c.weight.data else "dotted"
        canvas.line(c.tail, c.head, high[0], high[1], theme.forward, style, _pen(c.weight.data, most_w, thickest))
        if c.weight.reached:
            style = "dashed" if c.weight.grad else "dotted"
            canvas.line(c.head, c.tail, low[1], low[0], theme.backward, style, _pen(c.weight.grad, most_g, thickest))
    for c, box in connections:
        canvas.blank(box)
        canvas.text(box.x, box.y + SMALL / 2 + 1, c.lines[0], theme.forward, SMALL)
        canvas.text(box.x, box.y - SMALL / 2 - 1, c.lines[1], theme.backward, SMALL)


def _pen(x: float, largest: float, thickest: float) -> float:
    share = abs(x) / largest if largest and abs(x) <= largest else 0.0  # (NaN is neither)
    return THINNEST + (thickest - THINNEST) * share


def _input_text(canvas: Canvas, place: Point, value: Value, m: int, notation: Notation) -> None:
    name = _name(value, notation) or notation.text(Role("input", 0, (m + 1,)))
    canvas.text(*place, f"{name} = {number(value.data)}", canvas.theme.forward, NAME)


def _unit_text(canvas: Canvas, place: Point, unit: Unit, notation: Notation) -> None:
    theme, (x, y) = canvas.theme, place
    role = unit.neuron.pre_activation
    lines: list[tuple[str, str]] = []
    if unit.a is None or unit.z is None:
        lines = [(notation.text(role).split(" = ")[0], theme.faint), ("not in this loss", theme.faint)]
    else:
        signal = f"{notation.error_signal(role)} = {_gradient(unit.a)}"
        for part in dict.fromkeys((*notation.text(role).split(" = "), *notation.text(unit.neuron.result).split(" = "))):
            value = unit.a if part == notation.text(role).split(" = ")[0] else unit.z
            lines.append((f"{part} = {number(value.data)}", theme.forward))
        lines.append((signal, theme.backward))
    for i, (line, color) in enumerate(lines):
        size = min(NAME, NAME * (2 * RADIUS - 12) / width(line, NAME))
        canvas.text(x, y + (len(lines) - 1) * 8.5 - i * 17, line, color, size)
    bias = unit.neuron.b
    if bias is not None:
        name = f"{_name(bias, notation)} = {number(bias.data)}"
        slope = f"{notation.gradient(notation.bias)} = {_gradient(bias)}"
        canvas.blank(Box(x, y + RADIUS + 14, max(width(name, SMALL), width(slope, SMALL)), 24))
        canvas.text(x, y + RADIUS + 20, name, theme.forward, SMALL)
        canvas.text(x, y + RADIUS + 8, slope, theme.backward, SMALL)


def _draw_loss(
    canvas: Canvas, reading: Reading, loss: Value, outputs: Sequence[Point], names: Sequence[str], notation: Notation
) -> float:
    """The loss at the far right, with the target of each output on the line to it; returns its right edge."""
    theme = canvas.theme
    label = f"{_name(loss, notation) or notation.loss} = {number(loss.data)}"
    x = outputs[0][0] + 2 * RADIUS + 80
    box = Box(x, 0.0, width(label, NAME) + 20, 30)
    panel = canvas.panel(box, _hover(loss, notation))
    canvas.text(x, 0.0, label, theme.ink, NAME)
    for unit, place, name in zip(reading.layers[-1], outputs, names, strict=True):
        if unit.z is None:
            continue
        edge = (x - box.width / 2, box.height / 2 * place[1] / (abs(place[1]) + 1) * 0.8)
        start, _ = _between(place, edge)
        canvas.line(name, panel, start, edge, theme.faint, "solid", THINNEST)
        if unit.target is not None:
            text = f"{_name(unit.target, notation)} = {number(unit.target.data)}"
            middle = ((start[0] + edge[0]) / 2, (start[1] + edge[1]) / 2)
            canvas.blank(Box(*middle, width(text, SMALL) + 6, SMALL + 6))
            canvas.text(*middle, text, theme.forward, SMALL)
    return x + box.width / 2


def _about(reading: Reading, loss: Value) -> list[str]:
    notes = []
    if reading.samples > 1:
        notes.append(
            f"sample {reading.sample} of {reading.samples}; gradients of weights and biases are sums over all samples"
        )
    if reading.passes > 1:
        notes.append(f"{reading.passes} passes through this network in the sample; this is the last")
    if not loss.reached:
        notes.append(f"{NOT_COMPUTED}: no backward pass has been here yet")
    return notes


def _legend(
    canvas: Canvas, corner: Point, right: float, notation: Notation, largest: tuple[float, float], notes: Sequence[str]
) -> None:
    theme, (x, y) = canvas.theme, corner
    role = Role(PRE_ACTIVATION)
    w, dw = notation.weight, notation.gradient(notation.weight)
    entries = [
        (theme.forward, "solid", f"forward: the weight {w}; thickest line |{w}| = {number(largest[0])}"),
        (theme.backward, "dashed", f"backward: its gradient {dw}; thickest line |{dw}| = {number(largest[1])}"),
    ]
    words = [
        f"{notation.name}’s notation: {notation.pre_activation} pre-activation, {notation.activation} activation, "
        f"{notation.error_signal(role)} = {notation.gradient(notation.pre_activation)}; "
        "dotted: exactly zero",
        *notes,
    ]
    for color, style, text in entries:
        ends = canvas.point(x, y), canvas.point(x + 34, y)
        canvas.line(*ends, (x, y), (x + 34, y), color, style, 2.0, arrow=False)
        canvas.text(x + 42, y, text, theme.faint, SMALL, left=True)
        y -= 15
    for text in words:
        canvas.text(x, y, text, theme.faint, SMALL, left=True)
        y -= 15


# ── layer by layer ─────────────────────────────────────────────────────────────────────────────


def _draw_layers(canvas: Canvas, reading: Reading, loss: Value, notation: Notation, count: int) -> None:
    theme, wide, gap = canvas.theme, 150.0, 130.0
    blocks = [["inputs", f"{len(reading.inputs)}", _span(notation.input, [v.data for v in reading.inputs])]]
    for number_, layer in enumerate(reading.layers, start=1):
        active = [unit for unit in layer if unit.a is not None and unit.z is not None]
        delta = [unit.a.grad for unit in active if unit.a is not None and unit.a.reached]
        blocks.append(
            [
                f"layer {number_}",
                f"{len(layer)} neurons, {layer[0].neuron.activation}",
                _span(notation.pre_activation, [unit.a.data for unit in active if unit.a is not None]),
                _span(notation.activation, [unit.z.data for unit in active if unit.z is not None]),
                _span(notation.delta, delta),
            ]
        )
    names = []
    for i, lines in enumerate(blocks):
        x = i * (wide + gap)
        names.append(canvas.panel(Box(x, 0, wide, 100)))
        for j, line in enumerate(lines):
            color = theme.backward if line.startswith(notation.delta) else theme.ink if j < 2 else theme.forward
            canvas.text(x, (len(lines) - 1) * 8.5 - j * 17, line, color, NAME if j == 0 else SMALL)
    for i, (left, right) in enumerate(pairwise(names)):
        start, end = i * (wide + gap) + wide / 2, (i + 1) * (wide + gap) - wide / 2
        weights = [w for unit in reading.layers[i] for w in unit.neuron.w]
        canvas.line(left, right, (start, 4.0), (end, 4.0), theme.forward, "solid", 1.6)
        canvas.line(right, left, (end, -4.0), (start, -4.0), theme.backward, "dashed", 1.6)
        middle = (start + end) / 2
        canvas.text(middle, 26, f"{len(weights)} weights", theme.ink, SMALL)
        canvas.text(middle, 13, _span(notation.weight, [w.data for w in weights]), theme.forward, SMALL)
        slopes = [w.grad for w in weights if w.reached]
        canvas.text(middle, -14, _span(notation.gradient(notation.weight), slopes), theme.backward, SMALL)
    x = (len(blocks) - 1) * (wide + gap) + wide / 2 + 90
    label = f"{_name(loss, notation) or notation.loss} = {number(loss.data)}"
    panel = canvas.panel(Box(x, 0, width(label, NAME) + 20, 30), _hover(loss, notation))
    canvas.text(x, 0, label, theme.ink, NAME)
    edge = x - (width(label, NAME) + 20) / 2
    canvas.line(
        names[-1], panel, ((len(blocks) - 1) * (wide + gap) + wide / 2, 0), (edge, 0), theme.faint, "solid", 1.0
    )
    notes = [
        f"{count} circles are too many for one figure, so this shows layers (collapse=False draws them all)",
        "each block gives the range from its smallest to its largest number",
        f"solid: forward; dashed: backward; {notation.name}’s notation",
        *_about(reading, loss),
    ]
    for i, note in enumerate(notes):
        canvas.text(-wide / 2, -78 - 15 * i, note, theme.faint, SMALL, left=True)


def _span(letter: str, numbers: Sequence[float]) -> str:
    if not numbers:
        return f"{letter}: {NOT_COMPUTED}"
    low, high = number(min(numbers)), number(max(numbers))
    return f"{letter} = {low}" if low == high else f"{letter}: {low} … {high}"


# ── words ──────────────────────────────────────────────────────────────────────────────────────


def _name(value: Value, notation: Notation) -> str:
    return tidy(value.label) or (notation.text(value.role) if value.role is not None else "")


def _gradient(value: Value) -> str:
    return number(value.grad) if value.reached else NOT_COMPUTED


def _hover(value: Value, notation: Notation) -> str:
    """More digits, for the tooltip."""
    name = one_line(value.label) or _name(value, notation)
    slope = exact(value.grad) if value.reached else NOT_COMPUTED
    return f"{name} = {exact(value.data)}; {notation.gradient(name)} = {slope}"


def _unit_hover(unit: Unit, notation: Notation) -> str:
    return "; ".join(_hover(value, notation) for value in dict.fromkeys((unit.a, unit.z)) if value is not None)
