"""A model as the graph of a loss has recorded it, for one sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.naming.samples import sample_numbers
from engine.support.notation import ACTIVATION, INPUT, OUTPUT, PRE_ACTIVATION, TARGET
from engine.value import Constant, Value, topological_order
from nn.module import Module
from nn.network import MLP, Layer, Neuron, shown


@dataclass(frozen=True)
class RecordedNeuron:
    """A neuron and its numbers; what the loss does not depend on is None."""

    neuron: Neuron
    a: Value | None
    z: Value | None
    target: Value | None


@dataclass(frozen=True)
class RecordedModel:
    """The inputs and neurons of a model for one sample."""

    inputs: list[Value]
    layers: list[list[RecordedNeuron]]
    sample: int
    samples: int  # how many there are
    passes: int  # how often this sample went through the model; the neurons are of the last time

    @property
    def size(self) -> int:
        """How many circles it takes."""
        return len(self.inputs) + sum(map(len, self.layers))


def recorded_model(model: Module, loss: Value, sample: int = 1) -> RecordedModel:
    """Find the model's neurons in the graph, by the weights that they use."""
    layers = _layers(model)
    order = topological_order(loss)
    numbers = sample_numbers(order)
    owner = {neuron.w[0]: neuron for layer in layers for neuron in layer}
    found: dict[Neuron, Value] = {}
    passes: Counter[Neuron] = Counter()
    seen = set()
    for node in order:
        if node.role is not None and node.role.kind == PRE_ACTIVATION:
            neuron = next((owner[w] for w in _terms(node) if w in owner), None)
            if neuron is not None:
                seen.add(numbers[node])
                if numbers[node] == sample:
                    found[neuron] = node
                    passes[neuron] += 1
    if not seen:
        raise ValueError(f"{loss!r} does not depend on this {type(model).__name__}: there is nothing to draw")
    if sample not in seen:
        raise ValueError(f"the graph holds samples {min(seen)} to {max(seen)} of this model; got sample={sample!r}")
    users: dict[Value, list[Value]] = {}
    for node in order:
        for operand in node.operands:
            users.setdefault(operand, []).append(node)
    recorded = [[_recorded(neuron, found.get(neuron), users) for neuron in layer] for layer in layers]
    return RecordedModel(_inputs(recorded, loss), recorded, sample, len(seen), max(passes.values()))


def _layers(model: Module) -> list[list[Neuron]]:
    if isinstance(model, MLP):
        return [_neurons(layer, f"layers[{i}]") for i, layer in enumerate(model.layers)]
    if isinstance(model, Layer):
        return [_neurons(model, "this")]
    if isinstance(model, Neuron):
        return [[model]]
    raise TypeError(f"draw_network draws an MLP, a Layer or a Neuron; got {model!r} ({type(model).__name__})")


def _neurons(layer: object, where: str) -> list[Neuron]:
    """The neurons of a layer; of what someone has put in its place, the figure knows no a, z and δ."""
    if isinstance(layer, Layer) and all(isinstance(neuron, Neuron) for neuron in layer.neurons):
        return layer.neurons
    raise TypeError(
        f"draw_network draws layers of Neurons; {where} is {shown(layer)} ({type(layer).__name__}). "
        "draw(loss) draws the graph of any model"
    )


def _inputs(layers: Sequence[Sequence[RecordedNeuron]], loss: Value) -> list[Value]:
    """What the first layer has been given."""
    for recorded in layers[0]:
        if recorded.a is not None:
            parameters = set(recorded.neuron.parameters())
            return [value for value in _terms(recorded.a) if value not in parameters]
    first = next(i for i, layer in enumerate(layers) if any(recorded.a is not None for recorded in layer))
    raise ValueError(
        f"{loss!r} depends on this MLP from layer {first + 1} on, and so on none of its inputs; "
        f"a layer can be drawn alone: draw_network(model.layers[{first}], loss)"
    )


def _terms(a: Value) -> list[Value]:
    """What a pre-activation is made of, whether it is one `dot` or a sum of products."""
    if a.op is not None and a.op.name == "dot":
        return list(a.operands)
    return [term for operand in a.operands for term in (operand.operands or (operand,))]


def _recorded(neuron: Neuron, a: Value | None, users: Mapping[Value, Sequence[Value]]) -> RecordedNeuron:
    z = None if a is None else _activation(a, users)
    return RecordedNeuron(neuron, a, z, None if z is None else _target(z, users))


def _target(z: Value, users: Mapping[Value, Sequence[Value]]) -> Value | None:
    """What the loss compares z with: a target, or else a leaf that no layer has, such as an autoencoder's input."""
    compared = list(_compared(z, users))
    with_role = (t for others in compared for t in others if t.role and t.role.kind == TARGET)
    plain = (t for others in compared for t in others if len(others) == 1 and _may_be_target(t))
    return next(chain(with_role, plain), None)


def _may_be_target(leaf: Value) -> bool:
    return not leaf.operands and not isinstance(leaf, Constant) and (leaf.role is None or leaf.role.kind == INPUT)


def _compared(z: Value, users: Mapping[Value, Sequence[Value]]) -> Iterator[list[Value]]:
    """What z meets in each operation on it, or on a function of it alone, as the log of its share."""
    alone = [z]
    for node in alone:
        for user in users.get(node, ()):
            operands, name = user.operands, user.op.name if user.op is not None else ""
            if name == "dot":
                n = len(operands) // 2
                yield [operands[(i + n) % (2 * n)] for i in range(2 * n) if operands[i] is node]
            elif len(operands) == 1 or (name == "neg_log_share" and operands[0] is node):
                alone.append(user)
            else:
                yield [operand for operand in operands if operand is not node]


def _activation(a: Value, users: Mapping[Value, Sequence[Value]]) -> Value | None:
    """The activation of a pre-activation; None where the loss goes another way, as through a softmax by hand."""
    role = a.role
    if role is None or role.also:
        return a
    pending, seen = [a], {a}
    for node in pending:
        for user in users.get(node, ()):
            its = user.role
            if its is None and user not in seen:  # inside of a softmax
                pending.append(user)
                seen.add(user)
            elif its and its.kind in (ACTIVATION, OUTPUT) and (its.layer, its.index) == (role.layer, role.index):
                return user
    return None
