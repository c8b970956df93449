"""A table as aligned lines, for a screen, and as HTML, for a notebook. What is in its cells is data, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from engine.support.labels import shortened

LONGEST = 160  # characters of a cell
GAP = "…"
_ALIGNED = {"<": "left", ">": "right"}


class Table:
    """Rows of text under a head, the first cell of each row naming it; `caption` is a sentence.

    A row of None stands for those that are left out. `sides` has "<" for a column of words and ">" for one of numbers;
    without it, all are numbers.
    """

    def __init__(
        self, head: Sequence[str], rows: Iterable[Sequence[str] | None], caption: str = "", sides: str = ""
    ) -> None:
        gap = [GAP] * len(head)
        self.head = [_cell(text) for text in head]
        self.rows = [[_cell(text) for text in (gap if row is None else row)] for row in rows]
        self.caption = _cell(caption)
        self.sides = sides or ">" * len(head)

    def __str__(self) -> str:
        rows = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                f"{cell:{side}{width}}" for cell, side, width in zip(row, self.sides, widths, strict=True)
            ).rstrip()
            for row in rows
        ]
        return "\n".join([self.caption] * bool(self.caption) + lines)

    @property
    def html(self) -> str:
        """A `<table>` that takes its colors and its font from where it is shown; a $ in it begins no formula."""
        caption = f'<caption style="white-space: nowrap">{escape(self.caption)}</caption>' if self.caption else ""
        head = "".join(self._marked("th", "col", i, text) for i, text in enumerate(self.head))
        lines = [
            f'<table class="tex2jax_ignore mathjax_ignore">{caption}',
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *(f"<tr>{self._row(row)}</tr>" for row in self.rows),
            "</tbody></table>",
        ]
        return "\n".join(lines)

    def _row(self, row: Sequence[str]) -> str:
        first, *others = row
        cells = [self._marked("td", "", i, text) for i, text in enumerate(others, start=1)]
        return self._marked("th", "row", 0, first) + "".join(cells)

    def _marked(self, tag: str, scope: str, column: int, text: str) -> str:
        scoped = f' scope="{scope}"' if scope else ""
        return f'<{tag}{scoped} style="text-align: {_ALIGNED[self.sides[column]]}">{escape(text)}</{tag}>'


def _cell(text: str) -> str:
    return shortened(text, LONGEST)


def ends(count: int, most: int) -> list[int]:
    """The places 0, 1, … of `count` things; of more than `most`, those of the first and of the last half of so many."""
    if count <= most:
        return list(range(count))
    return [*range(most // 2), *range(count - most // 2, count)]


def with_gaps(places: Iterable[int]) -> list[int | None]:
    """Places in order, with None where some are left out between two of them."""
    found: list[int | None] = []
    last = None
    for place in sorted(places):
        if last is not None and place > last + 1:
            found.append(None)
        found.append(place)
        last = place
    return found
