"""A drawing whose every coordinate is ours: DOT for Graphviz's `nop2`, which draws what it is given where it is given.

Text stands in nodes of its own: a renderer centers a plain label exactly, whatever it guesses of its width.
All measures are points; y grows upwards.
"""

from __future__ import annotations

from math import hypot

from viz.network.placement import Box, Point
from viz.renderer import Drawing
from viz.text import FONT, guessed_width, plain, width
from viz.theme import Theme


class Canvas:
    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.drawing = Drawing(
            graph_attr={"layout": "nop2", "bgcolor": theme.background, "outputorder": "edgesfirst", "pad": "0.15"},
            node_attr={"fontname": FONT, "fixedsize": "true", "label": ""},
            edge_attr={"arrowsize": "0.6"},
        )
        self._count = 0
        self.left = self.right = self.bottom = self.top = 0.0  # the ends of what has been drawn

    def _add(self, box: Box, **attributes: str) -> str:
        self.left, self.right = min(self.left, box.x - box.width / 2), max(self.right, box.x + box.width / 2)
        self.bottom, self.top = min(self.bottom, box.y - box.height / 2), max(self.top, box.y + box.height / 2)
        name = f"n{self._count}"
        self._count += 1
        self.drawing.node(
            name,
            pos=f"{box.x:.1f},{box.y:.1f}",
            width=f"{box.width / 72:.3f}",
            height=f"{box.height / 72:.3f}",
            **attributes,
        )
        return name

    def circle(self, x: float, y: float, radius: float, tooltip: str = "") -> str:
        return self._add(
            Box(x, y, 2 * radius, 2 * radius),
            shape="circle", style="filled", fillcolor=self.theme.fill, color=self.theme.ink, tooltip=plain(tooltip),
        )  # fmt: skip

    def panel(self, box: Box, tooltip: str = "") -> str:
        return self._add(
            box,
            shape="box",
            style="rounded,filled",
            fillcolor=self.theme.fill,
            color=self.theme.ink,
            tooltip=plain(tooltip),
        )

    def blank(self, box: Box) -> None:
        """Background to write on, over whatever lines pass there."""
        self._add(box, shape="box", style="filled", color=self.theme.background, fillcolor=self.theme.background)

    def text(
        self, x: float, y: float, text: str, color: str, size: float, left: bool = False, tooltip: str = ""
    ) -> None:
        """Text centered on (x, y), or with its left end there."""
        wide = max(width(text, size), guessed_width(text, size)) if left else width(text, size)
        box = Box(x + wide / 2, y, wide, size) if left else Box(x, y, wide, size)
        label = plain(text) + (r"\l" if left else "")
        self._add(
            box, shape="plaintext", margin="0", label=label, fontcolor=color, fontsize=f"{size:g}", **_told(tooltip)
        )

    def point(self, x: float, y: float) -> str:
        return self._add(Box(x, y, 0.1, 0.1), shape="point", style="invis")

    def line(
        self, tail: str, head: str, start: Point, end: Point, color: str, style: str, pen: float, arrow: bool = True,
        tooltip: str = "",
    ) -> None:  # fmt: skip
        """A straight line between two places that belong to two nodes."""
        length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
        tip = 6.0 + pen if arrow else 0.0
        along = [(start[i] - end[i]) / length * tip + end[i] for i in (0, 1)]
        third = [(along[i] - start[i]) / 3 for i in (0, 1)]
        curve = " ".join(f"{start[0] + third[0] * i:.1f},{start[1] + third[1] * i:.1f}" for i in range(4))
        self.drawing.edge(
            tail, head, pos=f"e,{end[0]:.1f},{end[1]:.1f} {curve}" if arrow else curve, color=color, style=style,
            penwidth=f"{pen:.2f}", **({} if arrow else {"arrowhead": "none"}), **_told(tooltip),
        )  # fmt: skip

    def rule(self, x: float, y: float, length: float) -> None:
        """A thin line to the right, as under the head of a table."""
        ends = self.point(x, y), self.point(x + length, y)
        self.line(*ends, (x, y), (x + length, y), self.theme.faint, "solid", 0.6, arrow=False)


def _told(tooltip: str) -> dict[str, str]:
    return {"tooltip": plain(tooltip)} if tooltip else {}
