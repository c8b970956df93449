"""What every drawing of a graph is written on: its names, its theme, its boxes and its legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.naming.names import names
from engine.support.labels import one_line
from engine.support.notation import NOT_COMPUTED, PRE_ACTIVATION, Notation
from engine.support.numerals import number
from engine.value import Constant, Value
from viz.renderer import Drawing
from viz.text import FONT, cell_width, exact, html, plain, tidy
from viz.theme import Theme

SIZE = 11.0


class Sheet:
    """A drawing in the making, with its theme, its notation and the names of its nodes."""

    def __init__(self, order: Sequence[Value], notation: Notation, theme: Theme, format: str, rankdir: str) -> None:
        self.order, self.notation, self.theme = order, notation, theme
        self.names = {node: tidy(name) for node, name in names(order, notation).items()}
        self.root_name = self.names[order[-1]].split(" = ")[0] or "root"
        self.ids = {node: f"n{i}" for i, node in enumerate(order)}
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

    def finish(self, notes: Sequence[str]) -> Drawing:
        n, top = self.notation, self.root_name
        neurons = any(node.role is not None and node.role.kind == PRE_ACTIVATION for node in self.order)
        signal = f", or {n.delta} = ∂{top}/∂{n.pre_activation} ({n.name}’s notation)" if neurons else ""
        lines = [
            f"name | value | dashed: its gradient ∂{top}/∂name{signal}; {NOT_COMPUTED}: not computed yet",
            *notes,
        ]
        self.drawing.attr(label="".join(plain(line) + r"\l" for line in ["", *lines]))
        return self.drawing


def box(sheet: Sheet, node: Value, begun: bool = False, pending: bool = False) -> str:
    return table([cells_of(sheet, node, begun, pending)])


def cells_of(sheet: Sheet, node: Value, begun: bool = False, pending: bool = False) -> str:
    """`name | data | gradient`; a constant has no gradient, and one with more to come has a … behind it."""
    theme, name = sheet.theme, sheet.names[node]
    if isinstance(node, Constant):
        words = [name, number(node.data)] if name else [number(node.data)]
        return "".join(cell(word, theme.faint, theme, style="DOTTED", border=theme.faint) for word in words)
    cells = [cell(name, theme.ink, theme, theme.fill if node.op is None else "")] if name else []
    cells.append(cell(number(node.data), theme.forward, theme))
    gradient = number(node.grad) if node.computed or begun else NOT_COMPUTED
    if begun and pending:
        gradient += " + …"
    if node.role is not None and node.role.kind == PRE_ACTIVATION:
        gradient = f"{sheet.notation.delta} = {gradient}"
    cells.append(cell(gradient, theme.backward, theme, style="DASHED", border=theme.backward))
    return "".join(cells)


def table(cells: Iterable[str]) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE>>'


def cell(text: str, color: str, theme: Theme, fill: str = "", style: str = "", border: str = "") -> str:
    """A cell of our own size: a renderer that only guesses at a width neither crowds the text nor moves it."""
    look = "".join(f' {key}="{value}"' for key, value in (("BGCOLOR", fill), ("STYLE", style)) if value)
    return (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{cell_width(text, SIZE):.0f}" HEIGHT="22" ALIGN="LEFT" '
        f'COLOR="{border or theme.ink}"{look}><FONT COLOR="{color}">&#160;{html(text)}</FONT></TD>'
    )


def hover(sheet: Sheet, node: Value) -> str:
    """More digits, for the tooltip."""
    name = one_line(node.label) or sheet.names[node]
    if isinstance(node, Constant):
        return f"constant {exact(node.data)}"
    slope = exact(node.grad) if node.computed else NOT_COMPUTED
    return f"{name or 'value'} = {exact(node.data)}; ∂{sheet.root_name}/∂{name.split(' = ')[0] or 'value'} = {slope}"
