"""The figure layer by layer: a block for each layer with the range of its numbers, and its weights in between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.support.notation import INPUT, PRE_ACTIVATION, WEIGHT
from engine.support.numerals import plural
from viz.network.placement import Box
from viz.network.recorded import RecordedNeuron
from viz.network.sheet import LINE, NAME, NOT_IN_THIS_LOSS, SMALL, NetworkSheet
from viz.renderer import Drawing
from viz.text import width

WIDTH, HEIGHT, GAP = 150.0, 100.0, 130.0  # of a block, and between two of them, where no text needs more


def draw_layers(sheet: NetworkSheet) -> Drawing:
    canvas, theme, model = sheet.canvas, sheet.theme, sheet.model
    inputs = [("inputs", theme.ink), (f"{len(model.inputs)}", theme.ink)]
    inputs.append((_range(sheet, INPUT, [value.data for value in model.inputs]), theme.forward))
    blocks = [inputs, *(_lines_of_layer(sheet, k, layer) for k, layer in enumerate(model.layers, start=1))]
    between = [_lines_of_weights(sheet, layer) for layer in model.layers]
    wide, gap = (
        max(least, *(width(text, SMALL) + 16 for lines in those for text, _ in lines))
        for least, those in ((WIDTH, blocks), (GAP, between))
    )
    centers = [i * (wide + gap) for i in range(len(blocks))]
    names = []
    for x, lines in zip(centers, blocks, strict=True):
        names.append(canvas.panel(Box(x, 0, wide, HEIGHT)))
        for j, (line, color) in enumerate(lines):
            canvas.text(x, (len(lines) - 1) * LINE / 2 - j * LINE, line, color, NAME if j == 0 else SMALL)
    passed = [any(w.computed for recorded in layer for w in recorded.neuron.w) for layer in model.layers]
    for ends, sides, lines, back in zip(pairwise(centers), pairwise(names), between, passed, strict=True):
        start, end = ends[0] + wide / 2, ends[1] - wide / 2
        canvas.line(*sides, (start, 4.0), (end, 4.0), theme.forward, "solid", 1.6)
        if back:
            canvas.line(*sides[::-1], (end, -4.0), (start, -4.0), theme.backward, "dashed", 1.6)
        for y, (line, color) in zip((26, 13, -14), lines, strict=True):
            canvas.text((start + end) / 2, y, line, color, SMALL)
    right = centers[-1] + wide / 2
    panel, box = sheet.draw_loss(right + 90, right + 40)
    canvas.line(names[-1], panel, (right, 0), (box.x - box.width / 2, 0), theme.faint, "solid", 1.0)
    notes = [
        f"{model.size} circles are too many for one figure, so this shows layers (collapse=False draws them all)",
        "each block gives the range from its smallest to its largest number",
        "solid: forward; dashed: backward" if any(passed) else "solid: forward",
    ]
    return sheet.finish(notes, -HEIGHT / 2 - 28)


def _lines_of_layer(sheet: NetworkSheet, k: int, layer: Sequence[RecordedNeuron]) -> list[tuple[str, str]]:
    """What a block says of its layer, line by line, each with its color."""
    theme, neuron = sheet.theme, layer[0].neuron
    a = [recorded.a for recorded in layer if recorded.a is not None]
    z = [recorded.z.data for recorded in layer if recorded.z is not None]
    signals = _spread(sheet, sheet.signal(), [value.grad for value in a if value.computed])
    return [
        (f"layer {k}", theme.ink),
        (f"{plural(len(layer), 'neuron')}, {neuron.activation_name}", theme.ink),
        (_range(sheet, PRE_ACTIVATION, [value.data for value in a]), theme.forward),
        (_range(sheet, neuron.result_role.kind, z), theme.forward),
        (signals, theme.backward),
    ]


def _lines_of_weights(sheet: NetworkSheet, layer: Sequence[RecordedNeuron]) -> list[tuple[str, str]]:
    """What stands between two blocks: how many weights there are, and the ranges of weights and gradients."""
    theme = sheet.theme
    weights = [weight for recorded in layer for weight in recorded.neuron.w]
    slopes = [weight.grad for weight in weights if weight.computed]
    return [
        (plural(len(weights), "weight"), theme.ink),
        (_range(sheet, WEIGHT, [weight.data for weight in weights]), theme.forward),
        (_spread(sheet, sheet.slope(sheet.notation.weight), slopes), theme.backward),
    ]


def _range(sheet: NetworkSheet, kind: str, numbers: Sequence[float]) -> str:
    """The letter of a kind of role, and its smallest and largest number."""
    sheet.kinds.add(kind)
    letter = sheet.notation.letter(kind)
    return _spread(sheet, letter, numbers) if numbers else f"{letter}: {NOT_IN_THIS_LOSS}"


def _spread(sheet: NetworkSheet, letter: str, numbers: Sequence[float]) -> str:
    if not numbers:
        return f"{letter}: {sheet.not_computed()}"
    low, high = sheet.number(min(numbers)), sheet.number(max(numbers))
    return f"{letter} = {low}" if low == high else f"{letter}: {low} … {high}"
