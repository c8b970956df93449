"""The graph of one sample: what `fit` and `predict` compile, and what they run eagerly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine.support.notation import INPUT, TARGET, Role
from engine.value import Value
from nn.losses import as_values, notation_of

Model = Any  # a Module that can be called
Loss = Callable[[Any, Any], Value]


class Answer(NamedTuple):
    """What a model makes of one sample."""

    inputs: list[Value]  # leaves
    result: Any  # as the model returns it
    outputs: Sequence[Value]  # the same as a list


class Judgement(NamedTuple):
    """What a loss makes of an answer."""

    targets: list[Value]  # leaves
    loss: Value


def answer(model: Model, row: Sequence[float]) -> Answer:
    """The graph of a model for one row of numbers."""
    inputs = [Value(x) for x in row]
    result = model(inputs)
    for output in result if isinstance(result, (list, tuple)) else [result]:
        if not isinstance(output, Value):
            raise TypeError(
                f"a model wants to return a Value, or a list of them; got {output!r} among what it returned"
            )
    for i, leaf in enumerate(inputs, start=1):
        if leaf.role is None:  # a model that is not made of neurons leaves that to us
            leaf.role = Role(INPUT, 0, (i,))
    return Answer(inputs, result, as_values(result))


def judge(loss: Loss, result: Any, row: Sequence[float]) -> Judgement:
    """The graph of a loss for one row of targets: one is a Value, more are a list, as a model's outputs are."""
    targets, notation = [Value(t) for t in row], notation_of(as_values(result))
    for k, leaf in enumerate(targets, start=1):
        leaf.role = Role(TARGET, None, (k,), notation=notation)
    found = loss(result, targets[0] if len(targets) == 1 else targets)
    if not isinstance(found, Value):
        raise TypeError(f"a loss wants to return a Value; got {found!r} ({type(found).__name__})")
    return Judgement(targets, found)


def loss_of(model: Model, loss: Loss, inputs: Sequence[float], targets: Sequence[float]) -> Value:
    """The loss of one sample, recorded."""
    return judge(loss, answer(model, inputs).result, targets).loss
