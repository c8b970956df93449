"""δ, the error signals: ∂E/∂a for the pre-activation a of every neuron, read off the graph (primer, equation 6)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.naming.samples import sample_numbers
from engine.support.notation import PRE_ACTIVATION
from engine.value import Value, topological_order


def deltas(loss: Value) -> list[list[list[float]]]:
    """δ of every neuron in the graph of `loss`: for each sample, for each layer, a number for each neuron.

    Layers are counted by depth, so networks that feed one another are one. A neuron on which the loss does not
    depend has δ = 0. Raises ValueError where no backward pass has been.
    """
    order = topological_order(loss)
    if not loss.reached:
        raise ValueError("there is no δ yet: call loss.backward() first")
    found: dict[int, dict[int, list[Value]]] = {}  # sample → depth → pre-activations
    numbers = sample_numbers(order)
    for node, depth in depths_of(order).items():
        if is_pre_activation(node):
            sample = numbers.get(node, 0)  # 0: what was computed without recording has lost its sample
            found.setdefault(sample, {}).setdefault(depth, []).append(node)
    if not found:
        raise ValueError("there are no neurons in this graph; δ belongs to the pre-activations that nn makes")
    return [[_in_order(layer) for _, layer in sorted(sample.items())] for _, sample in sorted(found.items())]


def is_pre_activation(node: Value) -> bool:
    return node.role is not None and node.role.kind == PRE_ACTIVATION


def depths_of(order: Sequence[Value]) -> dict[Value, int]:
    """How many pre-activations lie on the longest way to each node, its own included."""
    depths: dict[Value, int] = {}
    for node in order:
        below = max((depths[operand] for operand in node.operands), default=0)
        depths[node] = below + is_pre_activation(node)
    return depths


def _in_order(layer: Sequence[Value]) -> list[float]:
    """By neuron, with 0 for one that is missing; layers side by side one after the other."""
    by_index = {node.role.index[0] if node.role and node.role.index else 1: node.grad for node in layer}
    if len(by_index) < len(layer):
        return [node.grad for node in layer]
    return [by_index.get(k, 0.0) for k in range(1, max(by_index) + 1)]
