"""The picture of the graph with what belongs to a neuron, or to a layer, folded into one card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION
from engine.support.numerals import plural
from engine.value import Value
from viz.graph.collapsed import AFTER, BEFORE, Key, units_of
from viz.live.graph import HEIGHT, PAD, room, widest
from viz.live.layout import box_around, laid_out
from viz.live.markup import GRADIENT, VALUE, element, equation, picture, text
from viz.live.record import Record

FEW = 8  # neurons, of which no layers need to be made
MOST = 400  # cards; beyond, lines between them are all that one would see

Line = tuple[str, Value, str] | str  # a name, and the number that it shows; or words


def folded_picture(record: Record, by_layer: bool) -> str:
    """The graph by neurons or by layers as SVG; empty where it has none, or more than a picture can hold."""
    units = units_of(record.order, by_layer)
    members: dict[Key, list[Value]] = {}
    for node, key in units.items():
        members.setdefault(key, []).append(node)
    neurons = sum(1 for node in units if node.role is not None and node.role.kind == PRE_ACTIVATION)
    if not neurons or len(members) > MOST or (by_layer and neurons <= FEW):
        return ""
    numbers = {key: i for i, key in enumerate(members)}
    whose = _all_units(record.order, units)
    lines = [_lines(record, key, nodes) for key, nodes in members.items()]
    sizes = [_size(record, those) for those in lines]
    pairs = [(numbers[units[x]], numbers[units[n]]) for n in units for x in n.operands if x in units]
    edges = [*dict.fromkeys(pair for pair in pairs if pair[0] != pair[1])]
    layout = laid_out(sizes, edges, ranksep=1.1)
    paths = [
        element("path", d=path, data_between=f"{tail}:{head}")
        for (tail, head), path in zip(edges, layout.paths, strict=True)
    ]
    cards = [_card(record, i, members[key], lines[i], sizes[i], layout.middles[i]) for key, i in numbers.items()]
    groups = element("g", *paths, class_="edges"), element("g", *cards)
    name = "The graph by layers" if by_layer else "The graph by neurons"
    found = picture(groups, box_around(layout.middles, sizes), name)
    listed = ",".join(str(numbers[whose[node]]) if node in whose else "" for node in record.order)
    return found.replace("<svg ", f'<svg data-units="{listed}" ', 1)


def _all_units(order: Sequence[Value], units: dict[Value, Key]) -> dict[Value, Key]:
    """Weights and constants belong where they are first used."""
    found = dict(units)
    for node in reversed(order):
        if node in found:
            for operand in node.operands:
                if operand not in units:
                    found[operand] = found[node]
    return found


def _lines(record: Record, key: Key, nodes: Sequence[Value]) -> list[Line]:
    if key[0] == "neuron":
        return _lines_of_neuron(record, nodes)
    if key[0] == "layer":
        passed = [node.role.index for node in nodes if node.role is not None and node.role.kind == PRE_ACTIVATION]
        neurons = len(set(passed))
        passes = len(passed) // neurons if neurons else 1
        return [f"layer {key[1]}", plural(neurons, "neuron") + (f" × {passes} samples" if passes > 1 else "")]
    if key == AFTER:
        return [(record.drawn_name(nodes[-1]), nodes[-1], VALUE), plural(len(nodes), "operation")]
    if key == BEFORE:
        return [plural(len(nodes), "operation")]
    if len(key) == 1:
        return [plural(len(nodes), str(key[0]))]
    return [(record.drawn_name(nodes[0]), nodes[0], VALUE), ("∂", nodes[0], GRADIENT)]


def _lines_of_neuron(record: Record, nodes: Sequence[Value]) -> list[Line]:
    a = next((node for node in nodes if node.role is not None and node.role.kind == PRE_ACTIVATION), nodes[0])
    ends = [
        node for node in nodes if node.role is not None and (node.role.plays(ACTIVATION) or node.role.plays(OUTPUT))
    ]
    lines: list[Line] = [(record.drawn_name(end), end, VALUE) for end in ends[:1]]
    return [*(lines or [(record.drawn_name(a), a, VALUE)]), (record.letter_of_gradient(a), a, GRADIENT)]


def _size(record: Record, lines: Sequence[Line]) -> tuple[float, float]:
    words = [line if isinstance(line, str) else f"{line[0]} = {widest(record)}" for line in lines]
    return max(map(room, words)) + 2 * PAD, HEIGHT if len(lines) > 1 else HEIGHT - 16


def _card(
    record: Record, unit: int, nodes: Sequence[Value], lines: Sequence[Line], size: tuple[float, float],
    place: tuple[float, float],
) -> str:  # fmt: skip
    wide, high = size
    shown = [line[1] for line in lines if not isinstance(line, str)]
    node = record.places[shown[-1]] if shown else None
    kind = "unit" if node is None else f"node {'operation' if nodes[0].operands else 'leaf'}"
    inside = [element("rect", x=-wide / 2, y=-high / 2, width=wide, height=high, rx=7, class_="card")]
    inside += _texts(record, lines, -wide / 2 + PAD)
    where = f"translate({place[0]:.1f},{place[1]:.1f})"
    return element("g", *inside, class_=kind, data_node=node, data_unit=unit, transform=where)


def _texts(record: Record, lines: Sequence[Line], x: float) -> Iterator[str]:
    for k, line in enumerate(lines):
        y = (k - (len(lines) - 1) / 2) * 18 + 4.5
        if isinstance(line, str):
            yield text(line, x, y)
        else:
            name, node, what = line
            i = record.places[node]
            yield element("text", equation(name, i, what, record.shown(i, what)), x=x, y=y)
