"""Module: what has parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.support.numerals import plural
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
        """Each parameter once, in order: those of attributes, lists, tuples, dicts, and modules, as these say it."""
        found: list[Value] = []
        _collect(vars(self).values(), found)
        return list(dict.fromkeys(found))

    def __repr__(self) -> str:
        return f"{type(self).__name__} of {plural(len(self.parameters()), 'parameter')}"

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
        elif isinstance(part, dict):
            _collect(part.values(), found)
        elif _is_plain(part):
            _collect(vars(part).values(), found)
        elif _has_parameters(part):
            _collect(part.parameters(), found)  # type: ignore[attr-defined]


def _is_plain(part: object) -> bool:
    """Are its parameters those of its attributes?"""
    return isinstance(part, Module) and type(part).parameters is Module.parameters and "parameters" not in vars(part)


def _has_parameters(part: object) -> bool:
    """Does it say what its parameters are, as a module that someone has written, whatever it derives from?"""
    return not isinstance(part, type) and callable(getattr(part, "parameters", None))


def _walk(part: object, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(part, Value):
        if part.op is None:
            yield path, part
    elif isinstance(part, (list, tuple)):
        for i, element in enumerate(part):
            yield from _walk(element, _joined(path, i))
    elif isinstance(part, dict):
        for key, element in part.items():
            yield from _walk(element, f"{path}[{key!r}]")
    elif _is_plain(part):
        for name, attribute in vars(part).items():
            yield from _walk(attribute, _joined(path, name))
    elif _has_parameters(part):
        found: list[Value] = []
        _collect(part.parameters(), found)  # type: ignore[attr-defined]
        own = dict.fromkeys(found)
        for name, attribute in getattr(part, "__dict__", {}).items():  # by the names of its attributes, if it has them
            for inner, value in _walk(attribute, _joined(path, name)):
                if value in own:
                    yield inner, value
                    del own[value]
        yield from ((_joined(path, f"parameters.{i}"), value) for i, value in enumerate(own))


def _joined(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
