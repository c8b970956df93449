"""The API reference, made of the docstrings: `python -m tests.reference` writes docs/, by the extra `docs`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOMS = ("engine", "nn", "viz")
ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs"
WORDS = 4  # of the shortest sentence


def public() -> Iterator[tuple[str, Any]]:
    """Each public name, `nn.fit`, with what it is; after a class its methods and properties, `nn.MLP.parameters`.

    Those that come from Python or from another package are left out.
    """
    for room in ROOMS:
        module = import_module(room)
        for name in module.__all__:
            thing = getattr(module, name)
            yield f"{room}.{name}", thing
            if inspect.isclass(thing):
                yield from ((f"{room}.{name}.{member}", part) for member, part in _members(thing))


def _members(of: type) -> Iterator[tuple[str, Any]]:
    ours = [base for base in of.__mro__ if base.__module__.split(".")[0] in ROOMS]
    for name in dict.fromkeys(name for base in ours for name in vars(base) if not name.startswith("_")):
        if inspect.isroutine(part := getattr(of, name)) or isinstance(part, property):
            yield name, part


def is_told(thing: Any) -> bool:
    """Does its docstring begin with a sentence, or, if the table made it, with its row?"""
    if not callable(thing) and not isinstance(thing, property):
        return True  # a number or a record, such as BISHOP, is told where its class is
    first = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    is_bare = first.startswith(f"{getattr(thing, '__name__', '')}(")  # what `dataclass` and `NamedTuple` write
    is_row = first.startswith("out = ")
    return not is_bare and len(first.split()) >= WORDS and (is_row or first.endswith((".", ":", "?")))


def untold() -> list[str]:
    """The public names without a docstring of a sentence."""
    return [name for name, thing in public() if not is_told(thing)]


def build(folder: Path) -> None:
    """Write the pages; raises ValueError if one of the public names is not on them."""
    import pdoc

    for room in ROOMS:  # what comes when it is asked for is asked for, since pdoc does not
        module = import_module(room)
        vars(module).update((name, getattr(module, name)) for name in module.__all__)
    pdoc.render.configure(footer_text="glassgrad", show_source=True)
    pdoc.pdoc(*ROOMS, output_directory=folder)
    for room in ROOMS:
        shown = set(re.findall(r'id="([\w.]+)"', (folder / f"{room}.html").read_text(encoding="utf-8")))
        if missing := set(import_module(room).__all__) - shown:
            raise ValueError(f"{room}.html does not show {', '.join(sorted(missing))}")


if __name__ == "__main__":
    if found := untold():
        sys.exit(f"public names without a docstring of a sentence: {', '.join(found)}")
    build(FOLDER)
    print(f"Wrote {FOLDER}: begin with index.html")
