"""What demos there are, found by reading their source, not by importing them, so that a list of them comes at once."""

from __future__ import annotations

import ast
from importlib.resources import files


def demos(*functions: str) -> dict[str, str]:
    """The modules of this package with a `main()`, and these functions; of each the first line of its docstring."""
    found = {}
    for file in sorted(files("demos").iterdir(), key=lambda file: file.name):
        name, dot, suffix = file.name.rpartition(".")
        if dot and suffix == "py" and not name.startswith("_"):
            module = ast.parse(file.read_text(encoding="utf-8"))
            defined = {part.name for part in module.body if isinstance(part, ast.FunctionDef)}
            if defined >= {"main", *functions}:
                found[name] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found
