"""Where labels go: every one on its own line, none on another.

Two columns of circles are joined, each with each, by straight lines; every line carries a label that may
slide along it. All measures are points; y grows upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

Point = tuple[float, float]
Size = tuple[float, float]

CROWDED = 0.35  # the share of the space between two columns that labels may cover


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its center."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, margin: float = 2.0) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 2 * margin
            and abs(self.y - other.y) * 2 < self.height + other.height + 2 * margin
        )

    def covers(self, start: Point, end: Point) -> bool:
        """Whether a straight line from left to right passes under it."""
        (x0, y0), (x1, y1) = start, end
        left, right = max(self.x - self.width / 2, x0), min(self.x + self.width / 2, x1)
        at = [y0 + (y1 - y0) * (x - x0) / (x1 - x0) for x in (left, right)]
        return min(at) < self.y + self.height / 2 and max(at) > self.y - self.height / 2


def place_labels(
    left: Sequence[float], right: Sequence[float], sizes: Sequence[Sequence[Size]], radius: float
) -> tuple[float, list[list[Box]]]:
    """The narrowest gap between the columns in which every label finds room, and the labels' places in it.

    `left` and `right` are the heights of the circles, `sizes[k][m]` the label's size on the line from `left[m]`
    to `right[k]`; x counts from the left column.
    """
    height = max(left[0] - left[-1], right[0] - right[-1]) + 2 * radius
    area = fsum(wide * high for row in sizes for wide, high in row)
    gap = 2 * radius + max(150.0, area / height / CROWDED)
    while (boxes := _in_gap(gap, left, right, sizes, radius)) is None:
        gap *= 1.1
    return gap, boxes


def _in_gap(
    gap: float, left: Sequence[float], right: Sequence[float], sizes: Sequence[Sequence[Size]], radius: float
) -> list[list[Box]] | None:
    lines = [((0.0, y_m), (gap, y_k)) for y_k in right for y_m in left]
    boxes: list[list[Box]] = []
    for k, y_k in enumerate(right):
        boxes.append([])
        for m, y_m in enumerate(left):
            own = ((0.0, y_m), (gap, y_k))
            taken = [box for row in boxes for box in row]
            free = (box for box in _along(own, sizes[k][m], radius + 8) if not any(map(box.meets, taken)))
            box = _least_covering(free, [line for line in lines if line != own])
            if box is None:
                return None
            boxes[-1].append(box)
    return boxes


def _along(line: tuple[Point, Point], size: Size, clear: float) -> Iterable[Box]:
    """The places on a line, from its middle outwards, that stay `clear` of both ends."""
    (x0, y0), (x1, y1) = line
    for step in range(49):
        share = 0.5 + (step + 1) // 2 * 0.015 * (-1 if step % 2 else 1)
        box = Box(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, *size)
        if x0 + clear < box.x - box.width / 2 and box.x + box.width / 2 < x1 - clear:
            yield box


def _least_covering(boxes: Iterable[Box], lines: Sequence[tuple[Point, Point]]) -> Box | None:
    """The first of those that cover the fewest lines."""
    return min(boxes, key=lambda box: sum(box.covers(*line) for line in lines), default=None)
