"""The leaves of a sample that someone may have forgotten to name as inputs."""

from __future__ import annotations

from collections.abc import Sequence

from engine.support.notation import INPUT, TARGET
from engine.value import Value

SHOWN = 6  # names


def leaves_of_the_sample(parameters: Sequence[Value]) -> str:
    """What is to be said about those parameters that, by their role, are inputs or targets of one sample; else ""."""
    found = [
        leaf for leaf in parameters if leaf.role is not None and leaf.role.kind in (INPUT, TARGET) and not leaf.label
    ]
    if not found:
        return ""
    names = ", ".join(leaf.name for leaf in found[:SHOWN]) + ", …" * (len(found) > SHOWN)
    return (
        f"{names} would be parameters, the same for every sample, though by their role they are a sample's: "
        "name them in inputs, after the others, or give them a label if you mean it"
    )
