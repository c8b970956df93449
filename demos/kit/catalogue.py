"""What demos there are, found by reading their source, not by importing them, so that a list of them comes at once."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demos.kit.demo import Command, Demo


def demos() -> dict[str, str]:
    """The files and folders of `demos` that define a `DEMO`; of each the first line of its docstring."""
    found = {}
    for place in sorted(files("demos").iterdir(), key=lambda place: place.name):
        if source := _source(place):
            module = ast.parse(source.read_text(encoding="utf-8"))
            if any("DEMO" in map(ast.unparse, part.targets) for part in module.body if isinstance(part, ast.Assign)):
                found[place.name.removesuffix(".py")] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found


def _source(place: Traversable) -> Traversable | None:
    """The file in which a module or package begins."""
    source = place / "__init__.py" if place.is_dir() else place
    return source if source.name.endswith(".py") and source.is_file() else None


def imported(name: str) -> Demo | Command:
    """The record of the demo that has this name."""
    record: Demo | Command = import_module(f"demos.{name}").DEMO
    return record
