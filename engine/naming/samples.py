"""Which sample each node of a graph belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from engine.support.notation import LOSS, PRE_ACTIVATION, TARGET, Sample
from engine.value import Value


def samples(order: Sequence[Value]) -> dict[Value, Sample]:
    """The sample of each node that has one: its own, or else the one that its operands agree on."""
    found: dict[Value, Sample] = {}
    joint: dict[frozenset[Sample], Sample] = {}  # a neuron with operands of several samples has one of its own
    targets = {node for node in order if node.role is not None and node.role.kind == TARGET}
    compared: dict[Value, set[Sample]] = {}  # the samples that each target is compared with
    network: set[Value] = set()  # neurons and what is computed from them: there a sample is inherited, and none begins
    for node in order:
        role, operands = node.role, node.operands
        inside = not network.isdisjoint(operands)
        if inside or (role is not None and role.kind == PRE_ACTIVATION):
            network.add(node)
        if role is not None and role.sample is not None and not inside:
            found[node] = role.sample
            continue
        if not operands:
            continue
        inherited = {*map(found.get, operands)} - _NONE
        if len(inherited) == 1:
            (found[node],) = inherited  # type: ignore[assignment]
        elif inherited and role is not None and role.kind != LOSS:
            found[node] = joint.setdefault(frozenset(inherited), Sample())  # type: ignore[arg-type]
        if node in found and not targets.isdisjoint(operands):
            for target in targets.intersection(operands):
                compared.setdefault(target, set()).add(found[node])
    for target, those in compared.items():
        if len(those) == 1:  # of several, it belongs to none
            found.setdefault(target, *those)
    return found


_NONE = frozenset([None])


def sample_numbers(order: Sequence[Value]) -> dict[Value, int]:
    """`samples`, counted from 1 in the order of their first nodes."""
    found = samples(order)
    number = {sample: i for i, sample in enumerate(dict.fromkeys(found.values()), start=1)}
    return {node: number[sample] for node, sample in found.items()}


def distinguishing_numbers(order: Sequence[Value]) -> dict[Value, int]:
    """`sample_numbers` where the graph holds several samples, so that names need them; else empty."""
    begun = {node.role.sample for node in order if node.role is not None} - _NONE
    if len(begun) < 2:  # then there are no joint ones, either
        return {}
    numbers = sample_numbers(order)
    return numbers if len(set(numbers.values())) > 1 else {}
