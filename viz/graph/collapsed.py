"""A graph too large to draw node by node: collapsed to its neurons, or to its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.naming.samples import sample_numbers
from engine.support.notation import (
    ACTIVATION,
    INPUT,
    NOT_COMPUTED,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Role,
)
from engine.support.numerals import number, plural
from engine.value import Constant, Value
from viz.graph.sheet import Sheet, box, cell, cells_of, table

Key = tuple[Any, ...]
_BEFORE, _AFTER = ("before",), ("after",)  # what is neither neuron, input nor target


def draw_units(sheet: Sheet, by_layer: bool) -> None:
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


def _unit_box(sheet: Sheet, key: Key, nodes: Sequence[Value]) -> str:
    theme, n = sheet.theme, sheet.notation
    signals = [node.grad for node in nodes if node.role and node.role.kind == PRE_ACTIVATION and node.computed]
    if key[0] == "neuron":
        own = [node for node in nodes if node.role]
        values = [cell(f"{sheet.names[node]} = {number(node.data)}", theme.forward, theme, theme.fill) for node in own]
        signal = f"{n.delta} = {number(signals[0]) if signals else NOT_COMPUTED}"
        return table([*values, cell(signal, theme.backward, theme, style="DASHED", border=theme.backward)])
    if key in (_BEFORE, _AFTER):
        count = cell(plural(len(nodes), "operation"), theme.faint, theme)
        return table([cells_of(sheet, nodes[-1]), count] if key == _AFTER else [count])
    if len(key) == 2 and key[0] != "layer":
        return box(sheet, nodes[0])
    neurons = len({node.role.index for node in nodes if node.role and node.role.kind == PRE_ACTIVATION})
    if key[0] != "layer":
        return table([cell(plural(len(nodes), key[0]), theme.ink, theme, theme.fill)])
    passes = len([node for node in nodes if node.role and node.role.kind == PRE_ACTIVATION]) // neurons
    cells = [
        cell(f"layer {key[1]}", theme.ink, theme, theme.fill),
        cell(plural(neurons, "neuron") + (f" × {passes} samples" if passes > 1 else ""), theme.forward, theme),
    ]
    signal = (
        f"{number(min(signals))} ≤ {n.delta} ≤ {number(max(signals))}" if signals else f"{n.delta} = {NOT_COMPUTED}"
    )
    return table([*cells, cell(signal, theme.backward, theme, style="DASHED", border=theme.backward)])
