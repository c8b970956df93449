"""What a compiled program computes, in the order in which the engines are compared."""

from collections.abc import Iterable

from digits_arrays import Array

from engine import Program, Value


def mean_and_gradient(program: Program, result: tuple[Array, Array], parameters: Iterable[Value]) -> list[float]:
    """The mean of the losses, and its gradient by these parameters."""
    losses, gradient = result
    place = {parameter: i for i, parameter in enumerate(program.parameters)}
    return [float(losses.mean()), *gradient[[place[parameter] for parameter in parameters]].tolist()]
