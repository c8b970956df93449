"""The graph itself: a box for each Value, a dot for each operation, the local derivative on each edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.graph import names, sample_numbers
from engine.notation import (
    ACTIVATION,
    BISHOP,
    INPUT,
    NOT_COMPUTED,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Notation,
    Role,
    number,
)
from engine.undefined import Undefined
from engine.value import Constant, Value, topological_order
from viz.canvas import FONT
from viz.renderer import FORMATS, Drawing
from viz.text import cell_width, exact, html, one_line, plain, tidy, width
from viz.theme import Theme, theme_named

LIMIT = 60  # operations, then neurons; beyond, the drawing collapses
SIZE = 11.0


def draw(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    notation: Notation = BISHOP,
    theme: str = "light",
    collapse: bool = True,
) -> Drawing:
    """The graph of `root`: `name | data | gradient` in a box for each Value, forward from left to right.

    Beyond 60 operations it collapses to neurons, and beyond 60 neurons to layers; `collapse=False` draws
    everything. Raises ValueError for a graph of more than 60 operations that has no neurons to collapse to.
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw takes a Value, the root of a graph; got {root!r} ({type(root).__name__})")
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; a drawing can be saved as {', '.join(FORMATS)}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"unknown rankdir {rankdir!r}; it is 'LR' (left to right) or 'TB' (top to bottom)")
    order = topological_order(root)
    operations = sum(1 for node in order if node.operands)
    sheet = _Sheet(order, notation, theme_named(theme), format, rankdir)
    if not collapse or operations <= LIMIT:
        _draw_all(sheet)
        return sheet.finish(
            ["solid: forward; ×: the local derivative on an edge, by which the backward pass multiplies"]
        )
    neurons = sum(1 for node in order if node.role and node.role.kind == PRE_ACTIVATION)
    if not neurons:
        raise ValueError(
            f"this graph has {operations} operations and no neurons to collapse them to; a drawing reads well up to "
            f"{LIMIT}. collapse=False draws them all"
        )
    by_layer = neurons > LIMIT
    _draw_units(sheet, by_layer)
    kind = f"layers, for there are {neurons} neurons" if by_layer else "neurons"
    return sheet.finish([f"{operations} operations, drawn as {kind}; collapse=False draws every one"])


draw_dot = draw  # the name that micrograd's programs use


class _Sheet:
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


# ── every node ─────────────────────────────────────────────────────────────────────────────────


def _draw_all(sheet: _Sheet) -> None:
    drawing, theme = sheet.drawing, sheet.theme
    for node in sheet.order:
        drawing.node(sheet.ids[node], label=_box(sheet, node), shape="plain", tooltip=plain(_hover(sheet, node)))
    for node in sheet.order:
        if node.op is None:
            continue
        me = sheet.ids[node]
        dot = f"{me}op"
        symbol = node.op.symbol.replace("-", "−")
        wide = max(0.34, (width(symbol, SIZE) + 10) / 72)
        drawing.node(
            dot, label=plain(symbol), shape="ellipse", fixedsize="true", width=f"{wide:.2f}", height="0.34",
            color=theme.forward, fontcolor=theme.forward, tooltip=node.op.name,
        )  # fmt: skip
        drawing.edge(dot, me, headport=sheet.enter)
        for i, operand in enumerate(node.operands):
            local = _local(node, i)
            drawing.edge(sheet.ids[operand], dot, **({"label": plain(local)} if local else {}))


def _local(node: Value, i: int) -> str:
    """What the backward pass multiplies by on this edge; nothing on the way to a constant."""
    if i >= len(node.locals) or isinstance(node.operands[i], Constant):
        return ""
    local = node.locals[i]
    return "undefined" if isinstance(local, Undefined) else f"×{number(local)}"


def _box(sheet: _Sheet, node: Value) -> str:
    return _table([_cells_of(sheet, node)])


def _cells_of(sheet: _Sheet, node: Value) -> str:
    """`name | data | gradient`; a constant has its number alone."""
    theme = sheet.theme
    if isinstance(node, Constant):
        return _cell(number(node.data), theme.faint, theme, style="DOTTED", border=theme.faint)
    name = sheet.names[node]
    cells = [_cell(name, theme.ink, theme, theme.fill if node.op is None else "")] if name else []
    cells.append(_cell(number(node.data), theme.forward, theme))
    gradient = number(node.grad) if node.reached else NOT_COMPUTED
    if node.role is not None and node.role.kind == PRE_ACTIVATION:
        gradient = f"{sheet.notation.delta} = {gradient}"
    cells.append(_cell(gradient, theme.backward, theme, style="DASHED", border=theme.backward))
    return "".join(cells)


def _table(cells: Iterable[str]) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE>>'


def _cell(text: str, color: str, theme: Theme, fill: str = "", style: str = "", border: str = "") -> str:
    """A cell of our own size: a renderer that only guesses at a width neither crowds the text nor moves it."""
    look = "".join(f' {key}="{value}"' for key, value in (("BGCOLOR", fill), ("STYLE", style)) if value)
    return (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{cell_width(text, SIZE):.0f}" HEIGHT="22" ALIGN="LEFT" '
        f'COLOR="{border or theme.ink}"{look}><FONT COLOR="{color}">&#160;{html(text)}</FONT></TD>'
    )


def _hover(sheet: _Sheet, node: Value) -> str:
    """More digits, for the tooltip."""
    name = one_line(node.label) or sheet.names[node]
    if isinstance(node, Constant):
        return f"constant {exact(node.data)}"
    slope = exact(node.grad) if node.reached else NOT_COMPUTED
    return f"{name or 'value'} = {exact(node.data)}; ∂{sheet.root_name}/∂{name.split(' = ')[0] or 'value'} = {slope}"


# ── collapsed to neurons or layers ─────────────────────────────────────────────────────────────

Key = tuple[Any, ...]
_BEFORE, _AFTER = ("before",), ("after",)  # what is neither neuron, input nor target


def _draw_units(sheet: _Sheet, by_layer: bool) -> None:
    sheet.drawing.graph_attr["ranksep"] = "1.2"  # room for all the lines between two layers
    units = _units(sheet.order, by_layer)
    members: dict[Key, list[Value]] = {}
    for node, key in units.items():
        members.setdefault(key, []).append(node)
    ids = {key: f"u{i}" for i, key in enumerate(members)}
    for key, nodes in members.items():
        sheet.drawing.node(ids[key], label=_unit_box(sheet, key, nodes), shape="plain", tooltip=" ")
    edges = dict.fromkeys(
        (units[operand], units[node])
        for node in units
        for operand in node.operands
        if operand in units and units[operand] != units[node]
    )
    for tail, head in edges:
        sheet.drawing.edge(ids[tail], ids[head], headport=sheet.enter)


def _units(order: Sequence[Value], by_layer: bool) -> dict[Value, Key]:
    """The unit of each node that is drawn: its neuron or layer; weights and constants stay inside."""
    numbers = sample_numbers(order)
    units: dict[Value, Key] = {}
    for node in order:
        role, sample = node.role, numbers.get(node)
        if role is None and sample is not None:
            role = _neuron_of_product(node)
        if role is not None and role.kind in (PRE_ACTIVATION, ACTIVATION, OUTPUT):
            units[node] = ("layer", role.layer or 1) if by_layer else ("neuron", sample, role.layer, role.index)
        elif role is not None and role.kind in (INPUT, TARGET):
            units[node] = (role.kind,) if by_layer else (role.kind, node)
        elif node.operands and not isinstance(node, Constant):
            fed = any(units.get(operand, _BEFORE) not in (_BEFORE, (INPUT,)) for operand in node.operands)
            units[node] = _AFTER if fed else _BEFORE
    return units


def _neuron_of_product(node: Value) -> Role | None:
    """An expanded neuron's product belongs to the neuron of its weight."""
    weights = [x.role for x in node.operands if x.role and x.role.kind == WEIGHT]
    if len(weights) != 1 or node.op is None or node.op.name != "mul":
        return None
    return Role(PRE_ACTIVATION, weights[0].layer, weights[0].index[:-1])


def _unit_box(sheet: _Sheet, key: Key, nodes: Sequence[Value]) -> str:
    theme, n = sheet.theme, sheet.notation
    signals = [node.grad for node in nodes if node.role and node.role.kind == PRE_ACTIVATION and node.reached]
    if key[0] == "neuron":
        own = [node for node in nodes if node.role]
        values = [_cell(f"{sheet.names[node]} = {number(node.data)}", theme.forward, theme, theme.fill) for node in own]
        signal = f"{n.delta} = {number(signals[0]) if signals else NOT_COMPUTED}"
        return _table([*values, _cell(signal, theme.backward, theme, style="DASHED", border=theme.backward)])
    if key in (_BEFORE, _AFTER):
        count = _cell(f"{len(nodes)} operations", theme.faint, theme)
        return _table([_cells_of(sheet, nodes[-1]), count] if key == _AFTER else [count])
    if len(key) == 2 and key[0] != "layer":
        return _box(sheet, nodes[0])
    neurons = len({node.role.index for node in nodes if node.role and node.role.kind == PRE_ACTIVATION})
    if key[0] != "layer":
        return _table([_cell(f"{len(nodes)} {key[0]}s", theme.ink, theme, theme.fill)])
    passes = len([node for node in nodes if node.role and node.role.kind == PRE_ACTIVATION]) // neurons
    cells = [
        _cell(f"layer {key[1]}", theme.ink, theme, theme.fill),
        _cell(f"{neurons} neurons" + (f" × {passes} samples" if passes > 1 else ""), theme.forward, theme),
    ]
    signal = (
        f"{number(min(signals))} ≤ {n.delta} ≤ {number(max(signals))}" if signals else f"{n.delta} = {NOT_COMPUTED}"
    )
    return _table([*cells, _cell(signal, theme.backward, theme, style="DASHED", border=theme.backward)])
