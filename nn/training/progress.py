"""A bar while training, where tqdm is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class NoBar:
    """What `fit` uses of a bar, showing nothing."""

    def update(self) -> None:
        pass

    def set_postfix_str(self, text: str, refresh: bool) -> None:
        pass

    def __enter__(self) -> NoBar:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def progress_bar(shown: bool | None, steps: int) -> Any:
    """tqdm's bar, or none; with None as `shown`, one if tqdm is installed."""
    if shown is False:
        return NoBar()
    try:
        tqdm = import_module("tqdm.auto").tqdm
    except ImportError:
        if shown:
            raise ImportError("progress=True needs tqdm: pip install 'glassgrad[progress]'") from None
        return NoBar()
    return tqdm(total=steps, unit="step", leave=False)
