"""What a thread may switch on for a while: recording no edges, or stopping at the first NaN or infinity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

NO_GRAD, ANOMALY = "no_grad", "detect_anomaly"

# (thread, mode) → in how many such blocks it is; empty almost always, so asking whether it is costs next to nothing
modes: dict[tuple[int, str], int] = {}


def active(mode: str) -> bool:
    return (get_ident(), mode) in modes


@contextmanager
def switched_on(mode: str) -> Iterator[None]:
    key = get_ident(), mode
    modes[key] = modes.get(key, 0) + 1
    try:
        yield
    finally:
        modes[key] -= 1
        if not modes[key]:
            del modes[key]


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside the block this thread records no edges: every result is a leaf."""
    with switched_on(NO_GRAD):
        yield


@contextmanager
def recording() -> Iterator[None]:
    """Inside the block this thread records edges, even if it is within a `no_grad()`."""
    key = get_ident(), NO_GRAD
    depth = modes.pop(key, 0)
    try:
        yield
    finally:
        if depth:
            modes[key] = depth


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Inside the block the first NaN or infinity, forward or backward, is a FloatingPointError that names its node.

    The error's notes give the operands, and how they came about from a leaf on; `viz.draw(error)` draws it.
    """
    with switched_on(ANOMALY):
        yield
