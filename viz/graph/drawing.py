"""The graph itself: a box for each Value, a dot for each operation, the local derivative on each edge."""

from __future__ import annotations

from math import nan

from engine.naming.names import Naming, operation
from engine.naming.remarks import recorded_otherwise
from engine.steps import Trace
from engine.support.labels import one_line
from engine.support.notation import PRE_ACTIVATION, Notation
from engine.support.numerals import Numerals
from engine.support.undefined import Undefined
from engine.value import Constant, Value, topological_order
from viz.graph.collapsed import draw_units
from viz.graph.sheet import DONE, FORWARD, LOCAL, SIGN, SIZE, TO_COME, UNDEFINED, GraphSheet, box, cell, table
from viz.renderer import FORMATS, Drawing
from viz.text import operator, plain, width
from viz.theme import theme_named

LIMIT = 60  # operations, then neurons; beyond, the drawing collapses


def draw(
    root: Value | BaseException,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    notation: Notation | str | None = None,
    theme: str = "light",
    collapse: bool = True,
    trace: Trace | None = None,
    title: str = "",
    digits: int = 4,
    fractions: bool = False,
) -> Drawing:
    """The graph of `root`: `name | data | gradient` in a box for each Value, forward from left to right.

    With a `trace` it shows the backward pass as of that step: what is done, active and still to come. An error of the
    forward pass, in the place of `root`, is drawn with what led to it. Beyond 60 operations the drawing collapses to
    neurons, and beyond 60 neurons to layers; `collapse=False` draws everything. `rankdir` is "LR", left to right, or
    "TB", top to bottom; `theme` "light", "dark" or "print"; `title` stands above it; numbers have `digits` significant
    digits, or are small `fractions` where these are exact. Gives a `graphviz.Digraph`. Raises ValueError for a graph
    of more than 60 operations that has no neurons to collapse to, and for an unknown format, direction, theme or
    notation; TypeError for a root that is neither a Value nor such an error.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; a drawing can be saved as {', '.join(FORMATS)}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"unknown rankdir {rankdir!r}; it is 'LR' (left to right) or 'TB' (top to bottom)")
    failure = root if isinstance(root, BaseException) else None
    root = _root(root)
    order = topological_order(root)
    naming = Naming(order, notation, Numerals(digits, fractions))
    if trace is not None and trace.root is not root:
        other, this = map(naming.described, (trace.root, root))
        raise ValueError(f"this trace is of {other}; to draw it, draw that root, not {this}")
    operations = sum(1 for node in order if node.operands)
    sheet = GraphSheet(naming, theme_named(theme), title, format, rankdir)
    notes = [_position(trace, naming)] if trace is not None else []
    if not collapse or operations <= LIMIT:
        _draw_all(sheet, trace, failure)
        many = [f"{operations} operations: draw(root) would collapse them"] if operations > LIMIT else []
        return sheet.finish([*notes, *many])
    neurons = sum(1 for node in order if node.role and node.role.kind == PRE_ACTIVATION)
    if not neurons:
        raise ValueError(
            f"this graph has {operations} operations and no neurons to collapse them to; a drawing reads well up to "
            f"{LIMIT}. collapse=False draws them all"
        )
    by_layer = neurons > LIMIT
    draw_units(sheet, by_layer)
    kind = f"layers, for there are {neurons} neurons" if by_layer else "neurons"
    return sheet.finish([*notes, f"{operations} operations, drawn as {kind}; collapse=False draws every one"])


def draw_dot(
    root: Value | BaseException,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    notation: Notation | str | None = None,
    theme: str = "light",
    collapse: bool = False,
    trace: Trace | None = None,
    title: str = "",
    digits: int = 4,
    fractions: bool = False,
) -> Drawing:
    """`draw`, by the name that micrograd's programs use: it draws every operation, however many there are.

    `format` and `rankdir` as there; the same errors as for `draw`.
    """
    return draw(
        root, format, rankdir,
        notation=notation, theme=theme, collapse=collapse, trace=trace, title=title, digits=digits, fractions=fractions,
    )  # fmt: skip


def _root(root: Value | BaseException) -> Value:
    """The root itself, or a stand-in for the node that a failed operation did not become."""
    if isinstance(root, Value):
        return root
    if isinstance(root, BaseException) and hasattr(root, "operands") and hasattr(root, "op"):
        failed = Value(nan)
        failed.op, failed.operands = root.op, tuple(root.operands)
        return failed
    raise TypeError(
        "draw takes a Value, the root of a graph, or an error of the forward pass; "
        f"got {root!r} ({type(root).__name__})"
    )


def _position(trace: Trace, naming: Naming) -> str:
    event, position = trace.last, f"Step {trace.position} of {len(trace)}, backward"
    if event is None:
        return position
    return f"{position}: {event._replace(naming=naming).sentence}"


def _draw_all(sheet: GraphSheet, trace: Trace | None, failure: BaseException | None) -> None:
    drawing, theme = sheet.drawing, sheet.theme
    done = {} if trace is None else {trace.edge(i): i for i in range(trace.position)}
    begun = {node.operands[slot] for node, slot in done}
    edges_to_come = () if trace is None else map(trace.edge, range(trace.position, len(trace)))
    pending = {node.operands[slot] for node, slot in edges_to_come}
    active = trace.position - 1 if trace is not None else -1
    for node in sheet.order:
        if failure is not None and node is sheet.order[-1]:
            words = one_line(f"{type(failure).__name__}: {failure}")
            label = table([cell(words, theme.backward, theme, fill=theme.fill, border=theme.backward)])
        else:
            label = box(sheet, node, begun=node in begun, pending=node in pending)
        drawing.node(sheet.ids[node], label=label, shape="plain", tooltip=plain(sheet.tooltip(node)))
    for node in sheet.order:
        if node.op is None:
            continue
        dot = _draw_operator(sheet, node, failed=failure is not None and node is sheet.order[-1])
        for i, operand in enumerate(node.operands):
            local = _local(sheet, node, i)
            look = {"label": plain(local)} if local else {}
            if trace is not None and local:
                look |= _state(sheet, done.get((node, i)), active)
            drawing.edge(sheet.ids[operand], dot, **look)


def _draw_operator(sheet: GraphSheet, node: Value, failed: bool) -> str:
    """The dot of an operation, and the edge from there to its result: the dot's id."""
    sheet.marks.add(FORWARD)
    dot, symbol = f"{sheet.ids[node]}op", one_line(operator(node._op))
    color = sheet.theme.backward if failed else sheet.theme.forward
    size = SIGN if len(symbol) == 1 or not symbol.strip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹") else SIZE
    wide = max(0.34, (width(symbol, size) + 10) / 72)
    look = {"color": color, "fontcolor": color, "fontsize": f"{size:g}", "tooltip": plain(operation(node))}
    look |= {"penwidth": "3"} if failed else {}
    sheet.drawing.node(
        dot, label=plain(symbol), shape="ellipse", fixedsize="true", width=f"{wide:.2f}", height="0.34", **look
    )
    way = {"style": "dashed", "color": color} if failed else {}
    sheet.drawing.edge(dot, sheet.ids[node], headport=sheet.enter, **way)
    return dot


def _state(sheet: GraphSheet, event: int | None, active: int) -> dict[str, str]:
    """How an edge looks in the middle of a backward pass: done, active, or still to come."""
    sheet.marks.add(TO_COME if event is None else DONE)
    if event is None:
        return {"color": sheet.theme.faint, "fontcolor": sheet.theme.faint}
    return {
        "color": sheet.theme.backward,
        "style": "dashed",
        "dir": "back",
        "penwidth": "3" if event == active else "1",
    }


def _local(sheet: GraphSheet, node: Value, i: int) -> str:
    """What the backward pass multiplies by on this edge; nothing on the way to a constant."""
    if i >= len(node.locals) or isinstance(node.operands[i], Constant):
        return ""
    local = node.locals[i]
    if isinstance(local, Undefined):
        sheet.marks.add(UNDEFINED)
        return "undefined"
    sheet.marks.add(LOCAL)
    return f"×{sheet.number(local)}" + " (recorded)" * recorded_otherwise(node)[i]
