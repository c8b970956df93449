"""The picture of the graph: a card for each node, laid out by Graphviz; the page keeps the numbers up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from engine.value import Constant, Value
from viz.live.markup import GRADIENT, VALUE, element, equation, picture, text
from viz.live.record import Record
from viz.renderer import Drawing, render
from viz.text import width

SIZE = 12.0  # of the text on cards
HEIGHT, FLAT = 44.0, 26.0  # of a card with a gradient, and without
PAD = 9.0  # between the rim of a card and its text
CHIP = 13.0  # size of the text of an operation
Point = tuple[float, float]


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
    places = range(len(record.order))
    sizes = [_size(record, node) for node in record.order]
    svg = _laid_out(record.order, sizes)
    cards = [Card(*svg.middles[i], *sizes[i][:2], sizes[i][2]) for i in places]
    edges = "".join(_edges(record, svg))
    nodes = "".join(_card(record, i, card) for i, card in enumerate(cards))
    left = min(card.x - card.width / 2 for card in cards) - 16
    top = min(card.y - card.height / 2 for card in cards) - 16
    right = max(card.x + card.width / 2 for card in cards) + 16
    bottom = max(card.y + card.height / 2 for card in cards) + 16
    groups = element("g", edges, class_="edges"), element("path", class_="flow", d="M0,0"), element("g", nodes)
    return picture(groups, (left, top, right - left, bottom - top), "The graph")


def widest(record: Record) -> str:
    """As much room as any number may take."""
    digits = record.naming.numerals.digits
    return f"−8.{'8' * (digits - 1)}×10⁻⁸"


def _size(record: Record, node: Value) -> tuple[float, float, float]:
    name, number = record.drawn_name(node), widest(record)
    chip = width(record.chip(node), CHIP) + 12 if node.operands else 0.0
    if isinstance(node, Constant):
        words = f"{name} = {record.naming.number(node.data)}" if name else record.naming.number(node.data)
        return chip + width(words, SIZE) + 2 * PAD, FLAT, chip
    lines = f"{name} = {number}", f"{record.letter_of_gradient(node)} = {number}"
    return chip + max(width(line, SIZE) for line in lines) + 2 * PAD, HEIGHT, chip


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
    place = f"translate({card.x:.1f},{card.y:.1f})"
    return element("g", *inside, class_=f"node {kind}", data_node=i, transform=place)


def _left_end(left: float, top: float, wide: float, high: float) -> str:
    """The left end of a card, its corners round."""
    return f"M{left + wide:.1f},{top:.1f}h{7 - wide:.1f}q-7,0 -7,7v{high - 14:.1f}q0,7 7,7h{wide - 7:.1f}z"


def _edges(record: Record, svg: _Layout) -> Iterator[str]:
    for i, node in enumerate(record.order):
        for slot, operand in enumerate(node.operands):
            path = svg.paths[f"e{i}_{slot}"]
            yield element("path", d=path, class_="edge", data_edge=f"{i}:{slot}")
            if node.locals and not isinstance(operand, Constant):
                x, y = _on(path, 0.42)
                yield element("text", x=x, y=y - 4, class_="local", data_local=f"{i}:{slot}")


# ── the layout ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Layout:
    middles: list[Point]
    paths: dict[str, str]


def _laid_out(order: Sequence[Value], sizes: Sequence[tuple[float, float, float]]) -> _Layout:
    ids = {node: i for i, node in enumerate(order)}
    drawing = Drawing(
        graph_attr={"rankdir": "LR", "nodesep": "0.13", "ranksep": "0.42", "ordering": "in"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"tailport": "e", "headport": "w", "arrowhead": "none"},
    )
    for i, (wide, high, _) in enumerate(sizes):
        drawing.node(f"n{i}", id=f"n{i}", width=f"{wide / 72:.3f}", height=f"{high / 72:.3f}")
    for i, node in enumerate(order):
        for slot, operand in enumerate(node.operands):
            drawing.edge(f"n{ids[operand]}", f"n{i}", id=f"e{i}_{slot}")
    svg = ElementTree.fromstring(render(drawing.source, "svg"))
    found = {group.get("id", ""): group for group in svg.iter(f"{_SVG}g")}
    middles = [_middle(found[f"n{i}"]) for i in range(len(order))]
    return _Layout(middles, {name: _path(group) for name, group in found.items() if name.startswith("e")})


_SVG = "{http://www.w3.org/2000/svg}"


def _middle(group: ElementTree.Element) -> Point:
    (shape,) = group.iter(f"{_SVG}polygon")
    points = [tuple(map(float, point.split(","))) for point in shape.get("points", "").split()]
    xs, ys = zip(*points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _path(group: ElementTree.Element) -> str:
    (path,) = group.iter(f"{_SVG}path")
    return re.sub(r"-?\d+\.?\d*", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path.get("d", ""))


def _on(path: str, share: float) -> Point:
    """A point on the path, counted in its Bézier curves."""
    numbers = [float(x) for x in re.findall(r"-?\d+\.?\d*", path)]
    points = [*zip(numbers[::2], numbers[1::2], strict=True)]
    curves = (len(points) - 1) // 3
    at = share * curves
    k = min(int(at), curves - 1)
    t = at - k
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    four = points[3 * k : 3 * k + 4]
    return sum(w * p[0] for w, p in zip(weights, four, strict=True)), sum(
        w * p[1] for w, p in zip(weights, four, strict=True)
    )
