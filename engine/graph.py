"""Reading a graph: which sample a node belongs to, and what each node is called there."""

from __future__ import annotations

from collections.abc import Sequence

from engine.notation import BISHOP, Notation, Sample
from engine.value import Value


def samples(order: Sequence[Value]) -> dict[Value, Sample]:
    """The sample of each node that has one: its own, or else the one that its operands agree on."""
    found: dict[Value, Sample] = {}
    for node in order:
        if node.role is not None and node.role.sample is not None:
            found[node] = node.role.sample
            continue
        inherited = {found[operand] for operand in node.operands if operand in found}
        if len(inherited) == 1:
            found[node] = inherited.pop()
    return found


def sample_numbers(order: Sequence[Value]) -> dict[Value, int]:
    """`samples`, counted from 1 in the order in which they come."""
    found = samples(order)
    number = {sample: i for i, sample in enumerate(dict.fromkeys(found.values()), start=1)}
    return {node: number[sample] for node, sample in found.items()}


def names(order: Sequence[Value], notation: Notation = BISHOP) -> dict[Value, str]:
    """What each node is called: its label, or its role in this notation, or nothing.

    Where the graph holds several samples, the name of what differs between them carries its number.
    """
    numbers = sample_numbers(order)
    several = max(numbers.values(), default=0) > 1
    return {
        node: node.label
        or (notation.text(node.role, numbers.get(node) if several else None) if node.role is not None else "")
        for node in order
    }
