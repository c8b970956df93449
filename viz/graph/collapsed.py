"""A graph too large to draw node by node: collapsed to its neurons, or to its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.naming.samples import sample_numbers
from engine.support.notation import (
    ACTIVATION,
    INPUT,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Role,
)
from engine.support.numerals import plural
from engine.value import Constant, Value
from viz.graph.sheet import FORWARD, GraphSheet, backward_cell, box, cell, cells_of, table

Key = tuple[Any, ...]
BEFORE, AFTER = ("before",), ("after",)  # what is neither neuron, input nor target


def draw_units(sheet: GraphSheet, by_layer: bool) -> None:
    sheet.drawing.graph_attr["ranksep"] = "1.2"  # room for all the lines between two layers
    units = units_of(sheet.order, by_layer)
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
    sheet.marks |= {FORWARD} if edges else set()
    for tail, head in edges:
        sheet.drawing.edge(ids[tail], ids[head], headport=sheet.enter)


def units_of(order: Sequence[Value], by_layer: bool) -> dict[Value, Key]:
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
            fed = any(units.get(operand, BEFORE) not in (BEFORE, (INPUT,)) for operand in node.operands)
            units[node] = AFTER if fed else BEFORE
    return units


def _neuron_of_product(node: Value) -> Role | None:
    """An expanded neuron's product belongs to the neuron of its weight."""
    weights = [x.role for x in node.operands if x.role and x.role.kind == WEIGHT]
    if len(weights) != 1 or node.op is None or node.op.name != "mul":
        return None
    return Role(PRE_ACTIVATION, weights[0].layer, weights[0].index[:-1])


def _unit_box(sheet: GraphSheet, key: Key, nodes: Sequence[Value]) -> str:
    theme = sheet.theme
    if key[0] == "neuron":
        own = [f"{sheet.name(node)} = {sheet.number(node.data)}" for node in nodes if node.role]
        return table([*(cell(text, theme.forward, theme, theme.fill) for text in own), _signals(sheet, nodes)])
    if key in (BEFORE, AFTER):
        count = cell(plural(len(nodes), "operation"), theme.faint, theme)
        return table([cells_of(sheet, nodes[-1]), count] if key == AFTER else [count])
    if len(key) == 2 and key[0] != "layer":
        return box(sheet, nodes[0])
    if key[0] != "layer":
        return table([cell(plural(len(nodes), key[0]), theme.ink, theme, theme.fill)])
    passed = [node.role.index for node in nodes if node.role and node.role.kind == PRE_ACTIVATION]
    neurons = len(set(passed))
    passes = len(passed) // neurons
    cells = [
        cell(f"layer {key[1]}", theme.ink, theme, theme.fill),
        cell(plural(neurons, "neuron") + (f" × {passes} samples" if passes > 1 else ""), theme.forward, theme),
    ]
    return table([*cells, _signals(sheet, nodes)])


def _signals(sheet: GraphSheet, nodes: Sequence[Value]) -> str:
    """The δ of a neuron, or from the smallest to the largest of a layer."""
    found = [node.grad for node in nodes if node.role and node.role.kind == PRE_ACTIVATION and node.computed]
    delta = sheet.signal()
    if len(found) > 1:
        return backward_cell(sheet, f"{sheet.number(min(found))} ≤ {delta} ≤ {sheet.number(max(found))}")
    return backward_cell(sheet, f"{delta} = {sheet.number(found[0]) if found else sheet.not_computed()}")
