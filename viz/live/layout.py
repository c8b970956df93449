"""Where Graphviz puts cards of given sizes, and the lines between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from viz.renderer import Drawing, render

Point = tuple[float, float]
Size = tuple[float, float]
Edge = tuple[int, int]  # from one card to another, by their numbers

MARGIN = 16.0


@dataclass(frozen=True)
class Layout:
    """The middle of each card, and the path of each edge."""

    middles: list[Point]
    paths: list[str]


def laid_out(sizes: Sequence[Size], edges: Sequence[Edge], ranksep: float = 0.62) -> Layout:
    """From left to right; y grows downwards."""
    drawing = Drawing(
        graph_attr={"rankdir": "LR", "nodesep": "0.13", "ranksep": f"{ranksep}", "ordering": "in"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"tailport": "e", "headport": "w", "arrowhead": "none"},
    )
    for i, (wide, high) in enumerate(sizes):
        drawing.node(f"n{i}", id=f"n{i}", width=f"{wide / 72:.3f}", height=f"{high / 72:.3f}")
    for k, (tail, head) in enumerate(edges):
        drawing.edge(f"n{tail}", f"n{head}", id=f"e{k}")
    svg = ElementTree.fromstring(render(drawing.source, "svg"))
    found = {group.get("id", ""): group for group in svg.iter(f"{_SVG}g")}
    middles = [_middle(found[f"n{i}"]) for i in range(len(sizes))]
    return Layout(middles, [_path(found[f"e{k}"]) for k in range(len(edges))])


def box_around(middles: Iterable[Point], sizes: Iterable[Size]) -> tuple[float, float, float, float]:
    """The left and upper end of all cards and their size, with a margin."""
    cards = [*zip(middles, sizes, strict=True)]
    left, right = (end(x + side * wide / 2 for (x, _), (wide, _) in cards) for end, side in ((min, -1), (max, 1)))
    top, bottom = (end(y + side * high / 2 for (_, y), (_, high) in cards) for end, side in ((min, -1), (max, 1)))
    return left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN


def on_path(path: str, share: float) -> Point:
    """A point on the path, counted in its Bézier curves."""
    numbers = [float(x) for x in re.findall(r"-?\d+\.?\d*", path)]
    points = [*zip(numbers[::2], numbers[1::2], strict=True)]
    curves = (len(points) - 1) // 3
    k = min(int(share * curves), curves - 1)
    t = share * curves - k
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x, y = (sum(w * point[i] for w, point in zip(weights, points[3 * k : 3 * k + 4], strict=True)) for i in (0, 1))
    return x, y


_SVG = "{http://www.w3.org/2000/svg}"


def _middle(group: ElementTree.Element) -> Point:
    (shape,) = group.iter(f"{_SVG}polygon")
    points = [tuple(map(float, point.split(","))) for point in shape.get("points", "").split()]
    xs, ys = zip(*points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _path(group: ElementTree.Element) -> str:
    (path,) = group.iter(f"{_SVG}path")
    return re.sub(r"-?\d+\.?\d*", lambda found: f"{float(found[0]):.0f}", path.get("d", ""))
