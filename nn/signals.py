"""δ, the error signals: ∂E/∂a for the pre-activation a of every neuron, read off the graph (primer, equation 6)."""

from __future__ import annotations

from engine.graph import sample_numbers
from engine.notation import PRE_ACTIVATION
from engine.value import Value, topological_order


def deltas(loss: Value) -> list[list[list[float]]]:
    """δ of every neuron in the graph of `loss`: for each sample, for each layer, a number for each neuron.

    A neuron on which the loss does not depend has δ = 0. Raises ValueError where no backward pass has been.
    """
    order = topological_order(loss)
    if not loss.reached:
        raise ValueError("there is no δ yet: call loss.backward() first")
    numbers = sample_numbers(order)
    found: dict[int, dict[int, dict[int, float]]] = {}
    for node in order:
        role = node.role
        if role is not None and role.kind == PRE_ACTIVATION:
            layer = found.setdefault(numbers[node], {}).setdefault(role.layer or 1, {})
            layer[role.index[0] if role.index else 1] = node.grad
    if not found:
        raise ValueError("there are no neurons in this graph; δ belongs to the pre-activations that nn makes")
    return [
        [[layer.get(k, 0.0) for k in range(1, max(layer) + 1)] for _, layer in sorted(sample.items())]
        for _, sample in sorted(found.items())
    ]
