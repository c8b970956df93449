"""Module: what has parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.value import Value, clear_gradients


class Module:
    """The base of every model: its parameters are the Values and the modules that its attributes hold."""

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter once, with the path to it: `layers.0.neurons.2.w.1`."""
        seen: set[Value] = set()
        for path, value in _walk(self, ""):
            if value not in seen:
                seen.add(value)
                yield path, value

    def parameters(self) -> list[Value]:
        found: list[Value] = []
        _collect(vars(self).values(), found)
        return list(dict.fromkeys(found))  # once each, in order

    def __repr__(self) -> str:
        return f"{type(self).__name__} of {len(self.parameters())} parameters"

    def zero_grad(self) -> None:
        """Clear the gradients of the parameters: the next backward pass adds to what they hold."""
        clear_gradients(self.parameters())

    if TYPE_CHECKING:  # nn/prediction.py attaches it

        def predict(self, inputs: Any) -> Any: ...


def _collect(parts: Iterable[object], found: list[Value]) -> None:
    """`_walk` without the paths: `parameters()` runs at every step of a training loop."""
    for part in parts:
        if isinstance(part, Value):
            if part.op is None:
                found.append(part)
        elif isinstance(part, (list, tuple)):
            _collect(part, found)
        elif isinstance(part, Module):
            _collect(vars(part).values(), found)


def _walk(part: object, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(part, Value):
        if part.op is None:
            yield path, part
    elif isinstance(part, Module):
        for name, attribute in vars(part).items():
            yield from _walk(attribute, f"{path}.{name}" if path else name)
    elif isinstance(part, (list, tuple)):
        for i, element in enumerate(part):
            yield from _walk(element, f"{path}.{i}" if path else str(i))
