"""The matrices that a graph of scalars spells out: W, b, a, z, δ and the gradients, layer by layer.

A network of scalars and the matrix equations of the textbooks are the same numbers. Here they are gathered from the
nodes by their roles, so that one can be held against the other:

    δ⁽ᴸ⁾ = ∂E/∂a⁽ᴸ⁾        δ⁽ˡ⁾ = (W⁽ˡ⁺¹⁾ᵀ δ⁽ˡ⁺¹⁾) ⊙ h′(a⁽ˡ⁾)        ∂E/∂W⁽ˡ⁾ = Σ δ⁽ˡ⁾ z⁽ˡ⁻¹⁾ᵀ        ∂E/∂b⁽ˡ⁾ = Σ δ⁽ˡ⁾
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.naming.samples import sample_numbers
from engine.support.notation import ACTIVATION, OUTPUT
from engine.value import Value, topological_order
from nn.signals import deltas, depths_of, is_pre_activation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LayerMatrices:
    """A layer's numbers in Bishop's letters, float64. A row of x, a, z and delta is a sample, a row of W a neuron."""

    W: Array  # (neurons, inputs)
    b: Array | None  # (neurons,); None without biases
    x: Array  # (samples, inputs): z of the layer before, or what the network was given
    a: Array  # (samples, neurons)
    z: Array  # (samples, neurons)
    delta: Array  # (samples, neurons): ∂E/∂a
    dW: Array  # (neurons, inputs): ∂E/∂W, a sum over the samples  # noqa: N815
    db: Array | None  # (neurons,): ∂E/∂b


class _Response(NamedTuple):
    """What a neuron made of a sample, and of what."""

    a: Value
    z: Value
    w: tuple[Value, ...]
    b: tuple[Value, ...]  # one or none
    x: tuple[Value, ...]

    @property
    def neuron(self) -> tuple[Value, ...]:
        return self.w + self.b


def matrices(loss: Value) -> list[LayerMatrices]:
    """The matrices in the graph of `loss`, first layer first; for use after `loss.backward()`.

    Samples come in the order of the graph, and layers are counted by depth, as in `deltas`. A neuron on which the
    loss does not depend has no row. dW and db are what the parameters hold, so of earlier passes, too, if they
    were not cleared. Raises ValueError where no backward pass has been (not computed yet is not 0), and for a
    graph that has no such matrices: layers side by side, samples through different neurons.
    """
    import numpy as np  # not before: a network of scalars does without

    def array(rows: list[Any]) -> Array:
        return np.array(rows, dtype=np.float64)

    found = []
    for samples in _layers(loss):
        neurons = samples[0]
        biases = [bias for neuron in neurons for bias in neuron.b]
        found.append(
            LayerMatrices(
                W=array([[w.data for w in neuron.w] for neuron in neurons]),
                b=array([b.data for b in biases]) if biases else None,
                x=array([[x.data for x in layer[0].x] for layer in samples]),
                a=array([[response.a.data for response in layer] for layer in samples]),
                z=array([[response.z.data for response in layer] for layer in samples]),
                delta=array([[response.a.grad for response in layer] for layer in samples]),
                dW=array([[w.grad for w in neuron.w] for neuron in neurons]),
                db=array([b.grad for b in biases]) if biases else None,
            )
        )
    return found


def _layers(loss: Value) -> list[list[list[_Response]]]:
    """For each layer, for each sample, its neurons' responses."""
    deltas(loss)  # refuses a graph without neurons, or without gradients
    order = topological_order(loss)
    numbers, depths = sample_numbers(order), depths_of(order)
    results: dict[tuple[int, int, tuple[int, ...]], Value] = {}  # the activation at (depth, sample, index)
    found: dict[int, dict[int, dict[tuple[int, ...], Value]]] = {}  # depth → sample → index → pre-activation
    for node in order:
        if node.role is None:
            continue
        depth, sample, index = depths[node], numbers.get(node, 0), node.role.index
        if is_pre_activation(node):
            layer = found.setdefault(depth, {}).setdefault(sample, {})
            if index in layer:
                raise ValueError(f"at depth {depth} there are two layers side by side, and so no one matrix W")
            layer[index] = node
        if node.role.plays(ACTIVATION) or node.role.plays(OUTPUT):
            results[depth, sample, index] = node
    layers = [
        [
            [_response(a, results[depth, sample, index]) for index, a in sorted(layer.items())]
            for sample, layer in sorted(samples.items())
        ]
        for depth, samples in sorted(found.items())
    ]
    for number, samples in enumerate(layers, start=1):
        _require_one_matrix(number, samples)
    return layers


def _response(a: Value, z: Value) -> _Response:
    operands = a.operands
    if a.op is None:
        raise ValueError(f"{a!r} was computed without recording: the graph does not hold its weights")
    if a.op.name == "dot":  # w₁ … wₙ, x₁ … xₙ and perhaps b
        n = len(operands) // 2
        return _Response(a, z, operands[:n], operands[2 * n :], operands[n : 2 * n])
    products = [term.operands for term in operands if term.op is not None]  # a neuron with expand=True
    bias = tuple(term for term in operands if term.op is None)
    return _Response(a, z, tuple(w for w, _ in products), bias, tuple(x for _, x in products))


def _require_one_matrix(number: int, samples: list[list[_Response]]) -> None:
    first = samples[0]
    for layer in samples:
        if [response.neuron for response in layer] != [response.neuron for response in first]:
            raise ValueError(f"the samples go through different neurons in layer {number}, so it has no one matrix W")
        if any(response.x != layer[0].x for response in layer):
            raise ValueError(f"the neurons of layer {number} see different inputs, so it has no one matrix W")
    if len({len(neuron.b) for neuron in first}) > 1:
        raise ValueError(f"some neurons of layer {number} have a bias and some have none, so it has no one vector b")
