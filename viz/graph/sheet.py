"""What every drawing of a graph is written on: its boxes, their names and tooltips, and its legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.naming.names import Naming
from engine.support.labels import one_line
from engine.support.notation import PRE_ACTIVATION
from engine.value import Constant, Value
from viz.renderer import Drawing
from viz.sheet import Sheet
from viz.text import FONT, cell_width, exact, html, plain, tidy
from viz.theme import Theme

SIZE, SIGN, TITLE = 11.0, 15.0, 14.0  # font sizes: of all, of an operator that is one sign, of the title

# What may be in a drawing and is explained where it is.
NAME, VALUE, GRADIENT, DOTTED, MORE = "name", "value", "gradient", "dotted", "more"
FORWARD, LOCAL, UNDEFINED, DONE, TO_COME = "forward", "local", "undefined", "done", "to come"


class GraphSheet(Sheet):
    """A drawing of a graph in the making, with the names of its nodes."""

    def __init__(self, naming: Naming, theme: Theme, title: str, format: str, rankdir: str) -> None:
        super().__init__(naming, theme, title)
        self.names = naming.of(naming.order)
        self.ids = {node: f"n{i}" for i, node in enumerate(self.order)}
        self.leave, self.enter = ("e", "w") if rankdir == "LR" else ("s", "n")
        self.drawing = Drawing(
            format=format,
            graph_attr={
                "rankdir": rankdir, "nodesep": "0.18", "ranksep": "0.35", "pad": "0.15", "ordering": "in",
                "bgcolor": theme.background, "fontname": FONT, "fontcolor": theme.faint, "fontsize": "10",
                "labeljust": "l", "labelloc": "b",
            },
            node_attr={"fontname": FONT, "fontsize": f"{SIZE:g}", "color": theme.ink, "fontcolor": theme.ink},
            edge_attr={
                "fontname": FONT, "fontsize": "9.5", "fontcolor": theme.backward,
                "color": theme.forward, "arrowsize": "0.6", "tailport": self.leave,
            },
        )  # fmt: skip

    def name(self, node: Value) -> str:
        """What the node is called here; its letters are explained."""
        name = self.names[node]
        if not name.label and name.role is not None:
            self.by_role(name.role)
        if isinstance(node, Constant) or name.text.strip():
            return tidy(name.text)
        return tidy(self.naming.called(node))

    def tooltip(self, node: Value) -> str:
        """Name, number and gradient, with more digits."""
        if isinstance(node, Constant):
            return f"constant {exact(node.data)}"
        return self.more(node, one_line(self.names[node].text) or self.naming.introduced(node))

    def finish(self, notes: Sequence[str]) -> Drawing:
        """The drawing under its title, with a legend."""
        if self.title:
            self._entitle()
        lines = [*notes, *self._key(), *self.letters(), *self.remarks()]
        self.drawing.attr(label="".join(plain(line) + r"\l" for line in ["", *lines]))
        return self.drawing

    def _entitle(self) -> None:
        """The graph's own label is its legend, so the title is that of a cluster of all there is."""
        body, self.drawing.body = self.drawing.body, []
        above = {
            "label": plain(self.title) + r"\l", "labelloc": "t", "fontsize": f"{TITLE:g}", "fontcolor": self.theme.ink,
            "peripheries": "0",
        }  # fmt: skip
        self.drawing.subgraph(Drawing("cluster", graph_attr=above, body=body))

    def _key(self) -> list[str]:
        """What the boxes and edges show."""
        slope = f"dashed: its gradient {self.slope('name')}" if NAME in self.marks else "dashed: its gradient"
        boxes = [(NAME, "name"), (VALUE, "value"), (GRADIENT, slope)]
        besides = [(DOTTED, "dotted: a constant"), (MORE, "…: more to come")]
        lines = [
            [" | ".join(self._marked(boxes)), *self._marked(besides)],
            self._marked([
                (FORWARD, "solid: forward"),
                (LOCAL, "×: the local derivative on an edge, by which the backward pass multiplies"),
                (UNDEFINED, "undefined: there is no local derivative"),
            ]),
            self._marked([
                (DONE, "dashed edges: where the backward pass has been, the thickest just now"),
                (TO_COME, "grey edges: where it has still to go"),
            ]),
        ]  # fmt: skip
        return ["; ".join(filter(None, line)) for line in lines if any(line)]

    def _marked(self, entries: Iterable[tuple[str, str]]) -> list[str]:
        return [words for mark, words in entries if mark in self.marks]


def box(sheet: GraphSheet, node: Value, begun: bool = False, pending: bool = False) -> str:
    return table([cells_of(sheet, node, begun, pending)])


def cells_of(sheet: GraphSheet, node: Value, begun: bool = False, pending: bool = False) -> str:
    """`name | data | gradient`; a constant has no gradient, and one with more to come has a … behind it."""
    theme, name = sheet.theme, sheet.name(node)
    if isinstance(node, Constant):
        sheet.marks.add(DOTTED)
        words = [name, sheet.number(node.data)] if name else [sheet.number(node.data)]
        return "".join(cell(word, theme.faint, theme, style="DOTTED", border=theme.faint) for word in words)
    sheet.marks |= {NAME, VALUE, GRADIENT} if name else {VALUE, GRADIENT}
    cells = [cell(name, theme.ink, theme, theme.fill if node.op is None else "")] if name else []
    cells.append(cell(sheet.number(node.data), theme.forward, theme))
    gradient = sheet.number(node.grad) if begun else sheet.gradient(node)
    if begun and pending:
        sheet.marks.add(MORE)
        gradient += " + …"
    if node.role is not None and node.role.kind == PRE_ACTIVATION:
        gradient = f"{sheet.signal()} = {gradient}"
    return "".join([*cells, backward_cell(sheet, gradient)])


def backward_cell(sheet: GraphSheet, text: str) -> str:
    color = sheet.theme.backward
    return cell(text, color, sheet.theme, style="DASHED", border=color)


def table(cells: Iterable[str]) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE>>'


def cell(text: str, color: str, theme: Theme, fill: str = "", style: str = "", border: str = "") -> str:
    """A cell of our own size: a renderer that only guesses at a width neither crowds the text nor moves it."""
    look = "".join(f' {key}="{value}"' for key, value in (("BGCOLOR", fill), ("STYLE", style)) if value)
    return (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{cell_width(text, SIZE):.0f}" HEIGHT="22" ALIGN="LEFT" '
        f'COLOR="{border or theme.ink}"{look}><FONT COLOR="{color}">&#160;{html(text)}</FONT></TD>'
    )
