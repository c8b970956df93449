"""The list of demos, and the way into each.

A demo is a module of this package with a `main(arguments)`. They are found by reading their source, not by
importing them, so that the list comes at once.
"""

from __future__ import annotations

import ast
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.resources import files

from demos.console import PROGRAM, Refusal, run


def demos() -> dict[str, str]:
    """The name of each demo, with the first line of its docstring."""
    found = {}
    for file in sorted(files("demos").iterdir(), key=lambda file: file.name):
        name, dot, suffix = file.name.rpartition(".")
        if dot and suffix == "py" and not name.startswith("_"):
            module = ast.parse(file.read_text(encoding="utf-8"))
            if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in module.body):
                found[name] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found


def main(arguments: list[str]) -> int:
    """List the demos, or run the one that is named."""
    found = demos()
    if not arguments or arguments[0] in ("-h", "--help"):
        width = max(map(len, found))
        print(f"usage: {PROGRAM} NAME [options]     ({PROGRAM} NAME --help tells its options)\n")
        print(*(f"  {name:{width}}  {line}" for name, line in found.items()), sep="\n")
        return 0
    name, *options = arguments
    if name not in found:
        near = get_close_matches(name, found, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(found)}"
        raise Refusal(f"no demo is called {name!r}; {hint}")
    result: int = import_module(f"demos.{name}").main(options)
    return result


if __name__ == "__main__":
    sys.exit(run(main, sys.argv[1:]))
