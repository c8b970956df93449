"""What a graph of scalars holds, layer by layer: the error signals δ, and the matrices of the textbooks.

A network of scalars and the matrix equations are the same numbers. Here they are gathered from the nodes by their
roles, so that one can be compared with the other:

    δ⁽ᴸ⁾ = ∂E/∂a⁽ᴸ⁾        δ⁽ˡ⁾ = (W⁽ˡ⁺¹⁾ᵀ δ⁽ˡ⁺¹⁾) ⊙ h′(a⁽ˡ⁾)        ∂E/∂W⁽ˡ⁾ = Σ δ⁽ˡ⁾ z⁽ˡ⁻¹⁾ᵀ        ∂E/∂b⁽ˡ⁾ = Σ δ⁽ˡ⁾

Layers are counted by depth, the pre-activations on the longest path to a node, so networks that feed one another are
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from reprlib import repr as brief
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.naming.names import Naming
from engine.naming.remarks import remarks
from engine.naming.samples import sample_numbers
from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION
from engine.value import Constant, Value, topological_order
from nn.layer_matrices import LayerMatrices, Matrices
from nn.module import Module

if TYPE_CHECKING:
    from nn.layer_matrices import Array

WITHOUT_RECORDING = 0  # the number of the sample of what was computed without recording, and so has lost its own

# ── δ ──────────────────────────────────────────────────────────────────────────────────────────


def deltas(loss: Value) -> list[list[list[float]]]:
    """δ = ∂E/∂a of every neuron in the graph of `loss` (primer, equation 6): by sample, by layer, by neuron.

    A neuron on which the loss does not depend has δ = 0. Raises ValueError where no backward pass has been.
    """
    order = _differentiated(loss, "deltas")
    numbers = sample_numbers(order)
    found: dict[int, dict[int, list[Value]]] = {}  # sample → depth → pre-activations
    for node, depth in _depths(order).items():
        if _is_pre_activation(node):
            found.setdefault(numbers.get(node, WITHOUT_RECORDING), {}).setdefault(depth, []).append(node)
    return [[_by_neuron(layer) for _, layer in sorted(sample.items())] for _, sample in sorted(found.items())]


def _by_neuron(layer: Sequence[Value]) -> list[float]:
    """With 0 for one that is missing; layers side by side one after the other."""
    by_index = {node.role.index[0] if node.role and node.role.index else 1: node.grad for node in layer}
    if len(by_index) < len(layer):
        return [node.grad for node in layer]
    return [by_index.get(k, 0.0) for k in range(1, max(by_index) + 1)]


# ── matrices ───────────────────────────────────────────────────────────────────────────────────


def matrices(loss: Value) -> list[LayerMatrices]:
    """The matrices in the graph of `loss`, first layer first; for use after `loss.backward()`.

    Samples come in the order of the graph. A neuron on which the loss does not depend has no row. dW and db are what
    the parameters hold, so of earlier passes, too, if they were not cleared. Raises ValueError where no backward pass
    has been (not computed yet is not 0), and for a graph that has no such matrices: layers side by side, samples
    through different neurons.
    """
    import numpy as np  # not before: a network of scalars does without

    def array(rows: list[Any]) -> Array:
        return np.array(rows, dtype=np.float64)

    order = _differentiated(loss, "matrices")
    found = Matrices(remarks=remarks(Naming(order)))
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


class _Response(NamedTuple):
    """What a neuron computed from a sample, and from what."""

    a: Value
    z: Value
    w: tuple[Value, ...]
    b: tuple[Value, ...]  # one or none
    x: tuple[Value, ...]

    @property
    def neuron(self) -> tuple[Value, ...]:
        return self.w + self.b


def _layers(loss: Value) -> list[list[list[_Response]]]:
    """For each layer, for each sample, its neurons' responses."""
    order = _differentiated(loss, "matrices")
    numbers, depths = sample_numbers(order), _depths(order)
    results: dict[tuple[int, int, tuple[int, ...]], Value] = {}  # the activation at (depth, sample, index)
    found: dict[int, dict[int, dict[tuple[int, ...], Value]]] = {}  # depth → sample → index → pre-activation
    for node in order:
        if node.role is None:
            continue
        depth, sample, index = depths[node], numbers.get(node, WITHOUT_RECORDING), node.role.index
        if _is_pre_activation(node):
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


# ── the graph ──────────────────────────────────────────────────────────────────────────────────


def _differentiated(loss: Any, asked: str) -> list[Value]:
    """The graph of `loss` in topological order, once a backward pass has been and there are neurons in it."""
    if not isinstance(loss, Value):
        got = f"a model ({type(loss).__name__})" if isinstance(loss, Module) else brief(loss)
        raise TypeError(
            f"{asked} takes a loss, which is a Value; got {got}. "
            f"Compute the loss of a sample, call loss.backward(), and then {asked}(loss)"
        )
    if not loss.computed:
        raise ValueError("there is no δ yet: call loss.backward() first")
    order = topological_order(loss)
    neurons = [node for node in order if _is_pre_activation(node)]
    if not neurons:
        raise ValueError("there are no neurons in this graph; δ belongs to the pre-activations that nn makes")
    if not all(node.computed or isinstance(node, Constant) for node in neurons):
        under_way = any(node.reached is None for node in order)
        raise ValueError(
            "a backward pass is under way, and not every δ is complete: finish its trace first, trace.finish()"
            if under_way
            else "not every δ has been computed: call loss.backward() first"
        )
    return order


def _is_pre_activation(node: Value) -> bool:
    return node.role is not None and node.role.kind == PRE_ACTIVATION


def _depths(order: Sequence[Value]) -> dict[Value, int]:
    """How many pre-activations lie on the longest path to each node, its own included."""
    depths: dict[Value, int] = {}
    for node in order:
        below = max((depths[operand] for operand in node.operands), default=0)
        depths[node] = below + _is_pre_activation(node)
    return depths
