"""no_grad: computing without recording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

paused: dict[int, int] = {}  # thread → how many no_grad() blocks it is in; empty almost always, and then asked for free


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside the block this thread records no edges: every result is a leaf."""
    thread = get_ident()
    paused[thread] = paused.get(thread, 0) + 1
    try:
        yield
    finally:
        paused[thread] -= 1
        if not paused[thread]:
            del paused[thread]
