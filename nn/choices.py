"""What is chosen by name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

Choice = TypeVar("Choice")


def choose(what: str, name: Any, choices: Mapping[str, Choice]) -> Choice:
    """The one of `choices` with this name; for another name a ValueError with the nearest, and with all there are."""
    if isinstance(name, str) and name in choices:
        return choices[name]
    near = get_close_matches(str(name).lower(), choices, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise ValueError(f"unknown {what} {name!r}{hint} There are: {', '.join(sorted(choices))}")
