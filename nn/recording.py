"""The graph of one sample: what `fit` and `predict` compile, and what they run eagerly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine.support.notation import INPUT, TARGET, Role
from engine.value import Value
from nn.losses import as_values, notation_of

Model = Any  # a Module that can be called
Loss = Callable[[Any, Any], Value]


class RecordedOutputs(NamedTuple):
    """What a model computes from one sample."""

    inputs: list[Value]  # leaves
    result: Any  # as the model returns it
    outputs: Sequence[Value]  # the same as a list


class RecordedLoss(NamedTuple):
    """What a loss computes from the outputs and targets of one sample."""

    targets: list[Value]  # leaves
    loss: Value


def record_outputs(model: Model, row: Sequence[float]) -> RecordedOutputs:
    """The graph of a model for one row of numbers."""
    inputs = [Value(x) for x in row]
    result = model(inputs)
    for output in result if isinstance(result, (list, tuple)) else [result]:
        if not isinstance(output, Value):
            raise TypeError(f"a model must return a Value, or a list of them; got {output!r} among what it returned")
    for i, leaf in enumerate(inputs, start=1):
        if leaf.role is None:  # a model that is not made of neurons leaves that to us
            leaf.role = Role(INPUT, 0, (i,))
    return RecordedOutputs(inputs, result, as_values(result))


def record_loss(loss: Loss, result: Any, row: Sequence[float]) -> RecordedLoss:
    """The graph of a loss for one row of targets: one is a Value, more are a list, as a model's outputs are."""
    targets, notation = [Value(t) for t in row], notation_of(as_values(result))
    for k, leaf in enumerate(targets, start=1):
        leaf.role = Role(TARGET, None, (k,), notation=notation)
    found = loss(result, targets[0] if len(targets) == 1 else targets)
    if not isinstance(found, Value):
        raise TypeError(f"a loss must return a Value; got {found!r} ({type(found).__name__})")
    return RecordedLoss(targets, found)


def loss_of(model: Model, loss: Loss, inputs: Sequence[float], targets: Sequence[float]) -> Value:
    """The loss of one sample, recorded."""
    return record_loss(loss, record_outputs(model, inputs).result, targets).loss


def raised_by_operation(error: Exception) -> bool:
    """Whether an operation raised it for its operands, or else the Python code of a model or loss."""
    return hasattr(error, "op")


def at_sample(sample: str, error: Exception) -> FloatingPointError:
    """An error of the engine, as one of this sample."""
    notes: list[str] = getattr(error, "__notes__", [])
    found = FloatingPointError(", ".join([f"{sample}: {error}", *notes[:1]]))
    for name in ("op", "operands"):
        if hasattr(error, name):
            setattr(found, name, getattr(error, name))
    for note in notes[1:]:
        found.add_note(note)
    found.__cause__ = error
    return found
