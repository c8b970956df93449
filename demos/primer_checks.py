"""The primer's rows for who compares all sources: its numbers, equations and slips, section by section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from demos.checks import PRIMER, Check, Place
from demos.primer_facts import (
    CHECK,
    EDITIONS,
    FLOAT32,
    INPUTS,
    SECTIONS,
    TARGETS,
    TENSORFLOW,
    WEIGHTS,
    Section,
    a,
    tanh_slope,
    w,
    z,
)
from demos.primer_remarks import BOTH, FURTHER, REMARKS
from demos.printed import Comparison, Work
from demos.quantities import Graph
from engine import Value, differentiate
from engine.support.notation import BISHOP
from nn import matrices

Sides = tuple[Any, Any]  # of an equation: what it gives, and what the engine has


def rows(loss: Value) -> list[Check]:
    """Every row of both editions, from the example's graph after its backward pass."""
    works = [work for section in SECTIONS for work in section.works]
    comparison, stated = Comparison(works, Graph(loss), BISHOP), equations(loss)
    return [
        row
        for edition in range(len(EDITIONS))
        for section in (*SECTIONS, CHECK)
        for row in rows_of(section, edition, comparison, stated)
    ]


def rows_of(section: Section, edition: int, comparison: Comparison, stated: dict[str, Sides]) -> Iterator[Check]:
    """What the section states and works out, then where its words slip."""
    name, graph = EDITIONS[edition], comparison.graph
    place = Place(f"{PRIMER}, {name}", f"{section.number}  {section.title}")
    for part in section.parts:
        if isinstance(part, Work):
            yield place.worked(comparison, part, edition)
        elif equation := re.fullmatch(r"((?:\(\d\))?) +(.+?) [=≡] (.+)", part.text(BISHOP)):
            which, quantity, formula = equation.groups()
            yield place.equation(f"{which} {quantity}".strip(), *stated[which or quantity], formula)
    if section.number == "3":
        yield place.equation("M⁽²⁾", *stated["M⁽²⁾"], "K⁽¹⁾")
    if section is CHECK:
        for reference, printed in TENSORFLOW:
            yield place.reference(reference.symbol(BISHOP), printed, reference.read(graph), FLOAT32)
    for make in (*REMARKS.get(section.number, ()), *FURTHER.get(section.number, ())):
        remark = make(graph, BISHOP)
        if remark.editions in (name, BOTH):
            yield place.misprint(remark.quantity, remark.said, remark.meant, remark.text, remark.holds)


def equations(loss: Value) -> dict[str, Sides]:
    """Both sides of each: by matrices of the inputs, weights and targets alone, and as the graph has it.

    Where an equation is of any layer, both stand in a row.
    """
    graph, layers = Graph(loss), matrices(loss)
    W1, W2 = map(np.array, WEIGHTS)
    x, t = map(np.array, (INPUTS, TARGETS))
    a1 = W1 @ x
    z1 = np.tanh(a1)
    y = W2 @ z1
    last = y - t
    hidden = tanh_slope(z1) * (W2.T @ last)

    indices = [(l, k, m) for l, W in ((1, W1), (2, W2)) for k, m in np.ndindex(W.shape)]
    by_w = [graph.local(a(l, k + 1).role, w(l, k + 1, m + 1).role) for l, k, m in indices]
    by_z = [graph.local(a(l, k + 1).role, z(l - 1, m + 1).role) for l, k, m in indices]
    by_a = [graph.local(z(1, m).role, a(1, m).role) for m in (1, 2, 3)]
    a_1, a_2 = ([graph.nodes[a(l, k + 1).role] for k in range(size)] for l, size in ((1, 3), (2, 2)))
    between = [[slope.data for slope in differentiate(top, a_1)] for top in a_2]
    slopes = [slope.data for slope in differentiate(loss, [*a_1, *a_2])]
    return {
        "aₖ⁽ˡ⁾": (in_a_row(a1, y), in_a_row(*(layer.a for layer in layers))),
        "zₖ⁽ˡ⁾": (in_a_row(z1, y), in_a_row(*(layer.z for layer in layers))),
        "M⁽²⁾": (W2.shape[1], layers[0].a.shape[1]),
        "E": (0.5 * float(np.sum(last**2)), loss.data),
        "(1)": (in_a_row(*([x] * 3), *([z1] * 2)), by_w),
        "(2)": (in_a_row(W1, W2), by_z),
        "(3)": (tanh_slope(z1), by_a),
        "(4)": (tanh_slope(z1) * W2, between),
        "(5)": (last, graph.deltas[1]),
        "(6)": (in_a_row(*map(np.array, graph.deltas)), slopes),
        "(7)": (hidden, graph.deltas[0]),
        "∂E/∂wₖ,ₘ⁽ˡ⁾": (in_a_row(np.outer(hidden, x), np.outer(last, z1)), in_a_row(*(layer.dW for layer in layers))),
    }


def in_a_row(*arrays: Any) -> Any:
    return np.concatenate([np.ravel(array) for array in arrays])
