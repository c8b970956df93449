"""The picture of the graph: a card for each node, laid out by Graphviz; the page keeps the numbers up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.value import Constant, Value
from viz.live import markup
from viz.live.layout import Layout, box_around, laid_out, on_path
from viz.live.markup import GRADIENT, VALUE, element, equation, picture, text
from viz.live.record import Record
from viz.text import width

SIZE = 12.0  # of the text on cards
HEIGHT, FLAT = 44.0, 26.0  # of a card with a gradient, and without
PAD = 9.0  # between the rim of a card and its text
CHIP = 13.0  # size of the text of an operation


@dataclass(frozen=True)
class Card:
    """Where a node is drawn: its middle, its size, and how much of it at the left tells the operation."""

    x: float
    y: float
    width: float
    height: float
    chip: float


def graph_picture(record: Record) -> str:
    """The graph as SVG."""
    sizes = [_size(record, node) for node in record.order]
    boxes = [(wide, high) for wide, high, _ in sizes]
    edges = [(record.places[operand], i) for i, node in enumerate(record.order) for operand in node.operands]
    layout = laid_out(boxes, edges)
    cards = [Card(*middle, *size) for middle, size in zip(layout.middles, sizes, strict=True)]
    lines, locals_ = zip(*_edges(record, layout), strict=True) if edges else ((), ())
    nodes = "".join(_card(record, i, card) for i, card in enumerate(cards))
    groups = [element("g", *lines, class_="edges"), element("path", class_="flow", d="M0,0")]
    groups += [element("g", nodes), element("g", *locals_)]
    return picture(groups, box_around(layout.middles, boxes), "The graph")


def widest(record: Record) -> str:
    """As much room as any number may take."""
    digits = record.naming.numerals.digits
    return f"−8.{'8' * (digits - 1)}×10⁻⁸"


def room(text: str) -> float:
    """How wide a line of a card is, some letters being wider than most."""
    return width(text, SIZE) + 0.3 * SIZE * sum(c in "mwMW@%" for c in text)


def _size(record: Record, node: Value) -> tuple[float, float, float]:
    name, number = record.drawn_name(node), widest(record)
    chip = width(record.chip(node), CHIP) + 12 if node.operands else 0.0
    if isinstance(node, Constant):
        words = f"{name} = {record.naming.number(node.data)}" if name else record.naming.number(node.data)
        return chip + room(words) + 2 * PAD, FLAT, chip
    lines = f"{name} = {number}", f"{record.letter_of_gradient(node)} = {number}"
    return chip + max(map(room, lines)) + 2 * PAD, HEIGHT, chip


def _card(record: Record, i: int, card: Card) -> str:
    node = record.order[i]
    left, top = -card.width / 2, -card.height / 2
    kind = "constant" if isinstance(node, Constant) else "operation" if node.operands else "leaf"
    inside = [element("rect", x=left, y=top, width=card.width, height=card.height, rx=7, class_="card")]
    if card.chip:
        inside.append(element("path", d=_left_end(left, top, card.chip, card.height), class_="chip"))
        inside.append(text(record.chip(node), left + card.chip / 2, 4.5, class_="operator"))
    x = left + card.chip + PAD
    name = record.drawn_name(node)
    first = equation(name, i, VALUE, record.shown(i, VALUE))
    if kind == "constant":
        inside.append(element("text", first, x=x, y=4.5))
    else:
        inside.append(element("text", first, x=x, y=-4.0))
        second = equation(record.letter_of_gradient(node), i, GRADIENT, record.shown(i, GRADIENT))
        inside.append(element("text", second, x=x, y=14.0))
    return markup.card(i, kind, inside, (card.x, card.y))


def _left_end(left: float, top: float, wide: float, high: float) -> str:
    """The left end of a card, its corners round."""
    return f"M{left + wide:.0f},{top:.0f}h{7 - wide:.0f}q-7,0 -7,7v{high - 14:.0f}q0,7 7,7h{wide - 7:.0f}z"


def _edges(record: Record, layout: Layout) -> Iterator[tuple[str, str]]:
    """Each edge, and the place for its local derivative."""
    uses = [(i, slot) for i, node in enumerate(record.order) for slot in range(len(node.operands))]
    for (i, slot), path in zip(uses, layout.paths, strict=True):
        node, place = record.order[i], ""
        if node.locals and not isinstance(node.operands[slot], Constant):
            x, y = on_path(path, 0.5)
            place = element("text", x=x, y=y - 6, data_local=f"{i}:{slot}")
        yield element("path", d=path, data_edge=f"{i}:{slot}"), place
