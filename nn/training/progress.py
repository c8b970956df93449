"""A bar while training, where tqdm is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Quiet:
    """No bar."""

    def update(self) -> None:
        pass

    def set_postfix_str(self, text: str, refresh: bool) -> None:
        pass

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def progress_bar(wanted: bool | None, steps: int) -> Any:
    """tqdm's bar, or none; with None as `wanted`, one if tqdm is installed."""
    if wanted is False:
        return Quiet()
    try:
        tqdm = import_module("tqdm.auto").tqdm
    except ImportError:
        if wanted:
            raise ImportError("progress=True wants tqdm: pip install 'glassgrad[progress]'") from None
        return Quiet()
    return tqdm(total=steps, unit="step", leave=False)
