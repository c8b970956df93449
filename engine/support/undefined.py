"""Derivatives that do not exist where the operation does: no obstacle to the forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any

from engine.rules import Rule


class Undefined:
    """A local derivative that does not exist: no obstacle to the forward pass, an error once it is used."""

    __slots__ = ("error", "message")

    def __init__(self, error: type[Exception], message: str) -> None:
        self.error = error
        self.message = message

    def __mul__(self, upstream: Any) -> Any:
        raise self.error(self.message)

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return "undefined"


def with_undefined(op: Rule, data: Sequence[float], local: Sequence[float], constant: Sequence[bool]) -> Sequence[Any]:
    """The local derivatives of a rule that can be singular, with an `Undefined` where it is.

    A constant operand needs no derivative, and NaN or infinity in gives NaN or infinity out.
    """
    if all(map(isfinite, local)) or not all(map(isfinite, data)):
        return local
    at = ", ".join(f"{letter} = {x!r}" for letter, x in zip("xyz", data, strict=False))
    return tuple(
        derivative if isfinite(derivative) or fixed else Undefined(*_reason(op, letter, derivative, at))
        for letter, derivative, fixed in zip("xyz", local, constant, strict=False)
    )


def _reason(op: Rule, letter: str, derivative: float, at: str) -> tuple[type[Exception], str]:
    error = ValueError if isnan(derivative) else ZeroDivisionError
    return error, f"the derivative of {op.name} by {letter} does not exist at {at}; it is singular at {op.singular}"
