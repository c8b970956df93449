"""Callbacks on gradients, called when a node's gradient is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any
from weakref import WeakKeyDictionary

from engine.support.errors import anomaly
from engine.support.modes import ANOMALY, active

Callback = Callable[[float], float | None]

_callbacks: WeakKeyDictionary[Any, list[Callback]] = WeakKeyDictionary()


class Hook:
    """A callback on a node, until `remove()`; as a context manager, until the end of the block."""

    def __init__(self, node: Any, callback: Callback) -> None:
        self._node, self._callback = node, callback

    def remove(self) -> None:
        remaining = [callback for callback in _callbacks.get(self._node, ()) if callback is not self._callback]
        if remaining:
            _callbacks[self._node] = remaining
        else:
            _callbacks.pop(self._node, None)

    def __repr__(self) -> str:
        name = getattr(self._callback, "__name__", type(self._callback).__name__)
        there = any(callback is self._callback for callback in _callbacks.get(self._node, ()))
        return f"Hook of {name} on the gradient of {self._node!r}{'' if there else ', removed'}"

    def __enter__(self) -> Hook:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def on_gradient(node: Any, callback: Callback) -> Hook:
    """Call `callback(gradient)` whenever a backward pass has completed the gradient of `node`.

    If it returns a number, that takes the gradient's place from there on: clipping, noise. For a leaf the gradient is
    what this pass contributes, before it is added to earlier ones. An error in the callback has a note with the node.
    """
    if not callable(callback):
        got = f"{callback!r} ({type(callback).__name__})"
        raise TypeError(f"on_gradient expected a function of the gradient; got {got}")
    _callbacks.setdefault(node, []).append(callback)
    return Hook(node, callback)


def listener(order: Sequence[Any]) -> Callable[[Any], None] | None:
    """What the backward pass tells of each node whose gradient is complete; None if no one listens."""
    stop_at_anomaly = active(ANOMALY)
    if not _callbacks and not stop_at_anomaly:
        return None

    def tell(node: Any) -> None:
        for callback in _callbacks.get(node, ()):
            try:
                replacement = callback(node.grad)
                if replacement is not None:
                    node.grad = float(replacement)
            except Exception as error:
                error.add_note(f"in a callback on the gradient of {node!r}")
                raise
        if stop_at_anomaly and not isfinite(node.grad):
            raise anomaly(node, order)

    return tell
