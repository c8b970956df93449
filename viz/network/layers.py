"""The figure layer by layer: a block for each layer with the range of its numbers, and its weights in between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.support.notation import NOT_COMPUTED
from engine.support.numerals import number, plural
from viz.network.placement import Box
from viz.network.recorded import RecordedNeuron
from viz.network.sheet import LINE, NAME, NOT_IN_THIS_LOSS, SMALL, NetworkSheet

WIDTH, HEIGHT, GAP = 150.0, 100.0, 130.0  # of a block, and between two of them


def draw_layers(sheet: NetworkSheet) -> None:
    canvas, theme, notation, model = sheet.canvas, sheet.theme, sheet.notation, sheet.model
    blocks = [["inputs", f"{len(model.inputs)}", _range(notation.input, [value.data for value in model.inputs])]]
    blocks += [_lines_of_layer(sheet, k, layer) for k, layer in enumerate(model.layers, start=1)]
    centers = [i * (WIDTH + GAP) for i in range(len(blocks))]
    names = []
    for x, lines in zip(centers, blocks, strict=True):
        names.append(canvas.panel(Box(x, 0, WIDTH, HEIGHT)))
        for j, line in enumerate(lines):
            color = theme.backward if line.startswith(notation.delta) else theme.ink if j < 2 else theme.forward
            canvas.text(x, (len(lines) - 1) * LINE / 2 - j * LINE, line, color, NAME if j == 0 else SMALL)
    for ends, sides, layer in zip(pairwise(centers), pairwise(names), model.layers, strict=True):
        _draw_weights(sheet, (ends[0] + WIDTH / 2, ends[1] - WIDTH / 2), sides, layer)
    right = centers[-1] + WIDTH / 2
    panel, box = sheet.draw_loss(right + 90)
    canvas.line(names[-1], panel, (right, 0), (box.x - box.width / 2, 0), theme.faint, "solid", 1.0)
    notes = [
        f"{model.size} circles are too many for one figure, so this shows layers (collapse=False draws them all)",
        "each block gives the range from its smallest to its largest number",
        f"solid: forward; dashed: backward; {notation.name}’s notation",
        *sheet.remarks(),
    ]
    sheet.draw_notes(-WIDTH / 2, -78, notes)


def _lines_of_layer(sheet: NetworkSheet, k: int, layer: Sequence[RecordedNeuron]) -> list[str]:
    notation = sheet.notation
    a = [recorded.a for recorded in layer if recorded.a is not None]
    z = [recorded.z.data for recorded in layer if recorded.z is not None]
    return [
        f"layer {k}",
        f"{plural(len(layer), 'neuron')}, {layer[0].neuron.activation_name}",
        _range(notation.pre_activation, [value.data for value in a], NOT_IN_THIS_LOSS),
        _range(notation.activation, z, NOT_IN_THIS_LOSS),
        _range(notation.delta, [value.grad for value in a if value.computed]),
    ]


def _draw_weights(
    sheet: NetworkSheet, ends: tuple[float, float], sides: tuple[str, str], layer: Sequence[RecordedNeuron]
) -> None:
    """What lies between two blocks: a line forward and one backward, and the ranges of weights and gradients."""
    canvas, theme, notation = sheet.canvas, sheet.theme, sheet.notation
    weights = [weight for recorded in layer for weight in recorded.neuron.w]
    (start, end), (left, right) = ends, sides
    canvas.line(left, right, (start, 4.0), (end, 4.0), theme.forward, "solid", 1.6)
    canvas.line(right, left, (end, -4.0), (start, -4.0), theme.backward, "dashed", 1.6)
    middle = (start + end) / 2
    canvas.text(middle, 26, plural(len(weights), "weight"), theme.ink, SMALL)
    canvas.text(middle, 13, _range(notation.weight, [weight.data for weight in weights]), theme.forward, SMALL)
    slopes = [weight.grad for weight in weights if weight.computed]
    canvas.text(middle, -14, _range(notation.gradient(notation.weight), slopes), theme.backward, SMALL)


def _range(letter: str, numbers: Sequence[float], without: str = NOT_COMPUTED) -> str:
    """From the smallest to the largest, or what is said without any."""
    if not numbers:
        return f"{letter}: {without}"
    low, high = number(min(numbers)), number(max(numbers))
    return f"{letter} = {low}" if low == high else f"{letter}: {low} … {high}"
