"""Reading a graph: which sample a node belongs to, and what each node is called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.notation import BISHOP, LOSS, TARGET, Notation, Sample, prime
from engine.value import Value


def samples(order: Sequence[Value]) -> dict[Value, Sample]:
    """The sample of each node that has one: its own, or else the one that its operands agree on."""
    found: dict[Value, Sample] = {}
    joint: dict[frozenset[Sample], Sample] = {}  # a neuron that sees several samples answers for all of them together
    for node in order:
        role = node.role
        if role is not None and role.sample is not None:
            found[node] = role.sample
            continue
        inherited = frozenset(found[operand] for operand in node.operands if operand in found)
        if len(inherited) == 1:
            (found[node],) = inherited
        elif inherited and role is not None and role.kind != LOSS:
            found[node] = joint.setdefault(inherited, Sample())
        if node in found:  # a target belongs to the sample that is compared with it
            for operand in node.operands:
                if operand.role is not None and operand.role.kind == TARGET:
                    found.setdefault(operand, found[node])
    return found


def sample_numbers(order: Sequence[Value]) -> dict[Value, int]:
    """`samples`, counted from 1 in the order in which they come."""
    found = samples(order)
    number = {sample: i for i, sample in enumerate(dict.fromkeys(found.values()), start=1)}
    return {node: number[sample] for node, sample in found.items()}


def names(order: Sequence[Value], notation: Notation = BISHOP) -> dict[Value, str]:
    """What each node is called: its label, or its role in this notation, or nothing.

    Where the graph holds several samples, the name of what differs between them carries its number. Where
    two networks, or two passes through one, give two nodes the same name, the second is primed: w₁′, w₁′′, w₁′³.
    """
    numbers = sample_numbers(order)
    several = max(numbers.values(), default=0) > 1
    seen: Counter[str] = Counter()
    called = {}
    for node in order:
        name = node.label
        if not name and node.role is not None:
            name = notation.text(node.role, numbers.get(node) if several else None)
            seen[name] += 1
            name += prime(seen[name])
        called[node] = name
    return called
