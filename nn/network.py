"""Neuron, Layer, MLP: the primer's network, neuron by neuron.

    a⁽ˡ⁾ = W⁽ˡ⁾ z⁽ˡ⁻¹⁾ + b⁽ˡ⁾        the pre-activations, one `dot` node for each neuron
    z⁽ˡ⁾ = h⁽ˡ⁾(a⁽ˡ⁾)                the activations

Every node that is made here carries its `Role`, so whatever shows the network later reads the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from engine.functions import FUNCTIONS, softmax
from engine.rules import RULES, Rule
from engine.shortcuts import weigh
from engine.support.display.tables import Table, ends, with_gaps
from engine.support.notation import (
    ACTIVATION,
    BIAS,
    BISHOP,
    INPUT,
    OUTPUT,
    PRE_ACTIVATION,
    WEIGHT,
    Notation,
    Role,
    Sample,
    notation_for,
)
from engine.value import Value, unary
from nn.arguments import choose
from nn.initial import Draw, Generator, generator_for, initial_named
from nn.module import Module
from nn.outputs import Outputs

LINEAR = "linear"  # h(a) = a: the pre-activation is the activation, too, and no node comes between
SHOWN = 20  # layers in a notebook; of more the first and the last ones
SOFTMAX = "softmax"  # of all the pre-activations of a layer
Activation = str | Callable[[Value], Value]


def activation_of(given: Any) -> Activation:
    """The activation by its name, if it is an operation; else the function itself, from Value to Value."""
    if given is softmax:
        return SOFTMAX
    rule = getattr(given, "rule", None)
    if isinstance(rule, Rule) and RULES.get(rule.name) is rule:
        if rule.arity != 1:
            raise TypeError(f"an activation must take one operand; {rule.name} takes {rule.arity or 'any number'}")
        return rule.name
    if callable(given):
        return given  # type: ignore[no-any-return]
    activation_named(given)
    return given  # type: ignore[no-any-return]


def activation_named(name: str) -> Rule | None:
    """The rule with this name; None for "linear" and for "softmax", which no rule of one operand is."""
    of_one = {rule.name: rule for rule in RULES.values() if rule.arity == 1}
    return choose("activation", name, {**of_one, LINEAR: None, SOFTMAX: None})


def rule_of(activation: Activation) -> Rule | None:
    return activation_named(activation) if isinstance(activation, str) else None


class Neuron(Module):
    """A pre-activation a = b + Σ wₘxₘ and an activation z = h(a): called with its inputs, it gives the Value z.

    `w` is the list of its weights, `b` its bias or None. `nin` inputs; `activation` by name, or a function from Value
    to Value, such as what `engine.operation` gives; `expand=True` makes a node of every product and one of their sum,
    where otherwise a is a single `dot`. `nonlin=False` is micrograd's way to say "linear". Weights are drawn as `init`
    says: "uniform" in ±1, as micrograd does; "xavier" and "he" as in `nn/initial.py`, for a layer of one neuron; or a
    function (nin, nout, generator) → weight. Biases are 0. With a `seed`, a whole number, the draws are the same every
    time, and Python's global generator is left alone. `notation`, BISHOP (the default) or another, itself or by its
    name, is what the neuron's nodes are named in.
    """

    # What a subclass has that makes its own weights and does not call __init__, as in programs for micrograd.
    activation: Activation = "relu"
    rule: Rule | None = RULES["relu"]
    b: Value | None = None
    expand = last = False
    layer: int | None = None
    index: tuple[int, ...] = ()
    notation: Notation = BISHOP

    def __init__(
        self,
        nin: int,
        activation: Activation = "relu",
        bias: bool = True,
        init: str | Draw = "uniform",
        seed: int | Generator | None = None,
        *,
        nonlin: bool = True,
        expand: bool = False,
        notation: Notation | str | None = None,
    ) -> None:
        _require_count("a Neuron", "inputs", nin)
        self.activation = activation_of(activation) if nonlin else LINEAR
        self.rule = rule_of(self.activation)
        if self.activation == SOFTMAX:
            raise ValueError("softmax weighs the neurons of a layer against each other; use it in a Layer or an MLP")
        draw, generator = initial_named(init), generator_for(seed)
        self.w = [Value(draw(nin, 1, generator)) for _ in range(nin)]
        self.b = Value(0.0) if bias else None
        self.expand = expand
        self.notation = notation_for(notation, ())
        self.place(None, ())

    def place(self, layer: int | None, index: tuple[int, ...], last: bool = False) -> None:
        """Tell the neuron where it stands, for the names of its weights and of what it computes."""
        self.layer, self.index, self.last = layer, index, last
        self._roles = self._made_roles()
        for m, weight in enumerate(self.w, start=1):
            weight.role = Role(WEIGHT, layer, (*index, m), notation=self.notation)
        if self.b is not None:
            self.b.role = Role(BIAS, layer, index, notation=self.notation)

    def _made_roles(self) -> tuple[Role, Role]:
        """Of the pre-activation and of the activation."""
        result = OUTPUT if self.last else ACTIVATION
        also = result if self.activation == LINEAR else ""
        pre_activation = Role(PRE_ACTIVATION, self.layer, self.index, also, notation=self.notation)
        return pre_activation, Role(result, self.layer, self.index, notation=self.notation)

    @cached_property
    def _roles(self) -> tuple[Role, Role]:
        return self._made_roles()

    @property
    def pre_activation_role(self) -> Role:
        """What its node a is called by: a₂⁽¹⁾ for the second neuron of the first layer."""
        return self._roles[0]

    @property
    def result_role(self) -> Role:
        """What its node z is called by; in the last layer an output, y."""
        return self._roles[1]

    @property
    def nonlin(self) -> bool:
        """Is there an activation function? micrograd's name; setting it to False makes the neuron linear."""
        return self.activation != LINEAR

    @nonlin.setter
    def nonlin(self, nonlin: Any) -> None:
        if bool(nonlin) != self.nonlin:
            self._before, self.activation = self.activation, getattr(self, "_before", "relu") if nonlin else LINEAR
            self.rule = rule_of(self.activation)
            self._roles = self._made_roles()

    def __call__(self, x: Iterable[Any]) -> Value:
        """The activation for the inputs `x`: numbers (which become input leaves) or Values."""
        values, sample = _inputs(x, len(self.w), self)
        return self.respond(values, [v.data for v in values], sample)

    def respond(self, values: Sequence[Value], data: Sequence[float], sample: Sample | None) -> Value:
        """The activation for inputs that are Values, and `data` theirs, without checks: how a Layer calls it."""
        role, result = self._roles
        if sample is not None:
            role = role.of(sample)
        a = self._expanded(values, role) if self.expand else weigh(self.w, values, data, self.b, role)
        if self.rule:
            return unary(self.rule, a, result)
        return a if isinstance(self.activation, str) else _activated(self.activation, a, result)

    def _expanded(self, values: Sequence[Value], role: Role) -> Value:
        products = [weight * value for weight, value in zip(self.w, values, strict=True)]
        a: Value = FUNCTIONS["sum"]([*([] if self.b is None else [self.b]), *products])
        a.role = role
        return a

    @property
    def activation_name(self) -> str:
        """Its name; that of a function from Value to Value is its own, `lambda` for one."""
        given = self.activation
        return given if isinstance(given, str) else getattr(given, "__name__", type(given).__name__).strip("<>")

    def __repr__(self) -> str:
        symbol = self.rule.symbol if self.rule else ""
        name = symbol if symbol.isascii() and symbol.isalpha() else self.activation_name  # SigmoidNeuron, not ΣNeuron
        return f"{name[0].upper()}{name[1:]}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons, in `neurons`, that see the same `nin` inputs; options as for `Neuron`.

        a = W x + b,  z = h(a)

    A layer has one activation that a neuron has not, since it is of all pre-activations together: "softmax",
    zₖ = exp(aₖ − log Σⱼ exp(aⱼ)). Its neurons, called one by one, give their pre-activations.
    """

    # As in Neuron.
    activation: Activation = "relu"
    notation: Notation = BISHOP

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = "relu",
        bias: bool = True,
        init: str | Draw = "uniform",
        seed: int | Generator | None = None,
        *,
        nonlin: bool = True,
        expand: bool = False,
        notation: Notation | str | None = None,
    ) -> None:
        _require_count("a Layer", "neurons", nout)
        self.activation = activation_of(activation) if nonlin else LINEAR
        if self.activation == SOFTMAX and nout == 1:
            raise ValueError("the softmax of one neuron is always 1; give its layer another activation")
        own = LINEAR if self.activation == SOFTMAX else self.activation
        draw, generator = initial_named(init), generator_for(seed)

        def for_this_layer(nin: int, _: int, generator: Generator) -> float:
            return draw(nin, nout, generator)

        self.notation = notation_for(notation, ())
        self.neurons = [
            Neuron(nin, own, bias, for_this_layer, generator, expand=expand, notation=self.notation)
            for _ in range(nout)
        ]
        for neuron in self.neurons:
            neuron.activation = self.activation
        self.place(None)

    def place(self, layer: int | None, last: bool = False) -> None:
        """Tell each neuron where it stands, from 1 on; `last` says that their results are outputs."""
        for k, neuron in enumerate(self.neurons, start=1):
            neuron.place(layer, (k,), last)

    def __call__(self, x: Iterable[Any]) -> Outputs:
        """The activations: a list, or the Value itself if there is one neuron."""
        return _one_or_all(self.respond(*_inputs(x, _width(self), self)))

    def respond(self, values: Sequence[Value], sample: Sample | None = None) -> list[Value]:
        """The activations for inputs that are Values, without checks, as a list also of one: how an MLP calls it."""
        data, count = [value.data for value in values], len(values)
        plain = Neuron if Neuron.__call__ is _CALLS[Neuron] else None  # is_plain, asked once
        responses = [  # a Neuron that takes another number of inputs is called, too, and refuses them
            neuron.respond(values, data, sample) if type(neuron) is plain and len(neuron.w) == count else neuron(values)
            for neuron in self.neurons
        ]
        if self.activation != SOFTMAX:
            return responses
        shares = softmax(responses)
        for neuron, share in zip(self.neurons, shares, strict=True):
            share.role = getattr(neuron, "result_role", None)
        return shares

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(shown, self.neurons))}]"

    def _repr_html_(self) -> str | None:
        return _table(self, [self], first=getattr(self.neurons[0], "layer", None) or 1)


class MLP(Module):
    """A multilayer perceptron: `nin` inputs, then layers of `nouts` neurons, all connected.

        a⁽ˡ⁾ = W⁽ˡ⁾ z⁽ˡ⁻¹⁾ + b⁽ˡ⁾,  z⁽ˡ⁾ = h⁽ˡ⁾(a⁽ˡ⁾)

    Hidden layers use `activation`, the last one `output_activation`; either may be "softmax", of a whole layer.
    A call gives a list of outputs, or the Value itself if there is one output. `init`, `seed` and `notation` as for
    `Neuron`, with nout the neurons of each layer. Whatever can be called may stand in `layers`: it gets what the layer
    before it gives when it is called, a list or the Value itself, and what it gives goes on as it is. A call raises
    ValueError for another number of inputs.
    """

    notation: Notation = BISHOP  # as in Neuron

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output_activation: Activation = LINEAR,
        bias: bool = True,
        init: str | Draw = "uniform",
        seed: int | Generator | None = None,
        *,
        expand: bool = False,
        notation: Notation | str | None = None,
    ) -> None:
        if isinstance(nouts, int):
            raise TypeError(f"nouts must be a list of layer sizes; for one layer of {nouts} neurons, [{nouts}]")
        sizes = [nin, *nouts]
        if len(sizes) < 2:
            raise ValueError("an MLP must have at least one layer; got nouts=[]")
        activation_of(activation)  # refused here even if there is no hidden layer to use it
        activations = [activation] * (len(sizes) - 2) + [output_activation]
        generator = generator_for(seed)
        self.notation = notation_for(notation, ())
        self.layers = [
            Layer(nin, nout, name, bias, init, generator, expand=expand, notation=self.notation)
            for (nin, nout), name in zip(pairwise(sizes), activations, strict=True)
        ]
        for number, layer in enumerate(self.layers, start=1):
            layer.place(number, last=number == len(self.layers))

    @classmethod
    def from_weights(
        cls,
        weights: Sequence[Sequence[Sequence[float]]],
        biases: Sequence[Sequence[float]] | None = None,
        activation: Activation = "relu",
        output_activation: Activation = LINEAR,
        *,
        expand: bool = False,
        notation: Notation | str | None = None,
    ) -> MLP:
        """The MLP with these weights: a matrix for each layer, a row for each neuron; no biases, no bias parameters.

        `weights` are of shape (neurons, inputs) each, the neurons of one layer being the inputs of the next; `biases`
        of shape (neurons,) each. Raises ValueError where the shapes do not fit.
        """
        shapes = [_shape(matrix, number) for number, matrix in enumerate(weights, start=1)]
        for number, ((rows, _), (_, columns)) in enumerate(pairwise(shapes), start=1):
            if rows != columns:
                raise ValueError(
                    f"W of layer {number + 1} must have {rows} columns, a column for each row of W of layer {number}; "
                    f"got {columns}"
                )
        if biases is not None and [len(b) for b in biases] != [rows for rows, _ in shapes]:
            raise ValueError(
                f"biases must have the lengths {[rows for rows, _ in shapes]}; got {[len(b) for b in biases]}"
            )
        if not shapes:
            raise ValueError("an MLP must have at least one layer; got weights=[]")
        nin, nouts = shapes[0][1], [rows for rows, _ in shapes]
        options: dict[str, Any] = {"init": zero, "expand": expand, "notation": notation}
        model = cls(nin, nouts, activation, output_activation, biases is not None, **options)
        for l, (layer, matrix) in enumerate(zip(model.layers, weights, strict=True)):
            for k, (neuron, row) in enumerate(zip(layer.neurons, matrix, strict=True)):
                for weight, value in zip(neuron.w, row, strict=True):
                    weight.data = Value(value).data
                if neuron.b is not None and biases is not None:
                    neuron.b.data = Value(biases[l][k]).data
        return model

    def __call__(self, x: Iterable[Any]) -> Outputs:
        first, *others = self.layers
        plain = is_plain(first)
        values: Any = first.respond(*_inputs(x, _width(first), self)) if plain else first(x)
        for layer in others:
            before, plain = plain, is_plain(layer)
            if plain and before:
                values = layer.respond(values)
            elif plain:
                values = layer.respond(
                    *_inputs([values] if isinstance(values, Value) else values, _width(layer), layer)
                )
            else:
                values = layer(_one_or_all(values) if before else values)
        return _one_or_all(values) if plain else values

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(shown, self.layers))}]"

    def _repr_html_(self) -> str | None:
        return _table(self, self.layers)


def is_plain(module: Any) -> bool:
    """Is it a Neuron or a Layer as they stand here? One that someone derived or patched is called, not looked into."""
    kind = type(module)
    return (kind is Neuron or kind is Layer) and kind.__call__ is _CALLS[kind]


_CALLS: dict[type, Any] = {Neuron: Neuron.__call__, Layer: Layer.__call__}


def shown(part: Any) -> str:
    """A part of a model in its repr: a function by its name."""
    return repr(part) if isinstance(part, Module) else getattr(part, "__name__", repr(part))


def _table(model: Layer | MLP, layers: Sequence[Any], first: int = 1) -> str | None:
    """A row for each layer, numbered from `first` on, for a notebook.

    None, which leaves it to the `repr`, where someone has written another.
    """
    if type(model).__repr__ not in (Layer.__repr__, MLP.__repr__):
        return None
    head = ["layer", "inputs", "neurons", "activation", "parameters"]
    places = with_gaps(ends(len(layers), SHOWN))
    rows = [None if i is None else _row(str(first + i), layers[i]) for i in places]
    return Table(head, rows, Module.__repr__(model), sides="<>><>").html


def _row(number: str, layer: Any) -> list[str]:
    """The numbers of a Layer of Neurons as they stand here; of what someone has written its name."""
    kind = type(layer).__name__ if isinstance(layer, Module) else shown(layer)
    name = number if type(layer) is Layer else f"{number} {kind}"
    neurons = getattr(layer, "neurons", ())
    parameters = str(len(layer.parameters())) if isinstance(layer, Module) else ""
    if not neurons or not all(map(is_plain, neurons)):
        return [name, "", "", "", parameters]
    activations = dict.fromkeys(neuron.activation_name for neuron in neurons)
    return [name, str(len(neurons[0].w)), str(len(neurons)), ", ".join(activations), parameters]


def _inputs(x: Iterable[Any], count: int | None, module: Neuron | Layer | MLP) -> tuple[list[Value], Sample | None]:
    """The inputs as Values, and the sample that the neurons have to carry because the inputs do not.

    There is none to carry if they come out of a network, or if each of them is a new leaf that says it itself.
    """
    values = [v if isinstance(v, Value) else Value(v) for v in x]
    if count is not None and len(values) != count:
        raise ValueError(f"this {type(module).__name__} takes {count} inputs; got {len(values)}")
    sample = None if any(v.op and v.role for v in values) else Sample()
    told = 0
    for i, value in enumerate(values, start=1):
        if value.role is None and value.op is None and not value.label:
            value.role = Role(INPUT, 0, (i,), "", sample, module.notation)
            told += 1
    return values, None if told == count else sample


def _activated(function: Callable[[Value], Value], a: Value, role: Role) -> Value:
    """What a function makes of a pre-activation, with the role of an activation."""
    z = function(a)
    if not isinstance(z, Value):
        raise TypeError(f"an activation must give a Value for a Value; {function!r} gives {z!r} ({type(z).__name__})")
    if z is a:
        a.role = a.role and replace(a.role, also=role.kind)
    elif z.role is None:
        z.role = role
    return z


def _width(layer: Layer) -> int | None:
    """How many inputs its first neuron takes, where that is known: one that someone derived takes what it likes."""
    first = layer.neurons[0]
    return len(first.w) if is_plain(first) else None


def zero(nin: int, nout: int, generator: Generator) -> float:
    """Where the weights are still to come: draws nothing."""
    return 0.0


def _one_or_all(values: Any) -> Outputs:
    outputs: Outputs = values[0] if isinstance(values, (list, tuple)) and len(values) == 1 else values
    return outputs


def _require_count(what: str, of: str, count: Any) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"{what} must have a positive number of {of}; got {count!r}")


def _shape(matrix: Sequence[Sequence[float]], layer: int) -> tuple[int, int]:
    lengths = {len(row) for row in matrix}
    if len(lengths) != 1:
        raise ValueError(
            f"W of layer {layer} must have rows of one length, a row for each neuron; got lengths {sorted(lengths)}"
        )
    return len(matrix), lengths.pop()
