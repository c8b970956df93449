"""What arrays are called: by what the names of their nodes have in common, `a1` for a₁⁽¹⁾ … a₃⁽¹⁾, or by their rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from engine.compiling.arrays.layout import Layout, Rows
from engine.compiling.form import Form, named
from engine.compiling.source.identifiers import Identifiers, spelled
from engine.naming.names import Naming


class ArrayNames:
    """The name of each array, and what its gradient is called: `d1` for δ of layer 1, otherwise `g_z1`."""

    def __init__(self, form: Form, layout: Layout, naming: Naming, identifiers: Identifiers) -> None:
        self.names: list[str] = []
        self.gradients: list[str] = []
        ends = {i for rows in layout.arrays for i in (rows.nodes[0], rows.nodes[-1])}
        origins = {i: origin for i in ends if (origin := form.origins[i]) is not None and named(origin)}
        found = naming.of(set(origins.values()))
        given = {i: found[origin] for i, origin in origins.items()}
        unnamed = [*("x" for _ in layout.inputs), *("w" for _ in layout.weights)]
        unnamed += [group.rule.name for group in layout.groups]
        for rows, stem in zip(layout.arrays, unnamed, strict=True):
            both = [given[i] for i in (rows.nodes[0], rows.nodes[-1]) if i in given]
            text = _common([spelled(name.parts[0]) for name in both]) if len(both) == 2 else ""
            signal = _common([spelled(name.signal) for name in both if name.signal]) if text else ""
            name = identifiers.unique(_capital(text, rows)) if text else identifiers.numbered(stem)
            self.names.append(name)
            self.gradients.append(identifiers.unique(signal or f"g_{name}"))


def _common(texts: Sequence[str]) -> str:
    """What they begin with in common: `a1_1` and `a1_3` are of `a1`, `x1` and `x2` of `x`; "" if that is nothing."""
    if len(set(texts)) == 1:
        return texts[0]
    found = "_".join(_same([text.split("_") for text in texts])) or "".join(_same(texts)).rstrip("0123456789")
    return found if found.isidentifier() else ""


def _same(texts: Sequence[Sequence[str]]) -> list[str]:
    """What all of them begin with."""
    return [first for first, *_ in takewhile(lambda found: len(set(found)) == 1, zip(*texts, strict=False))]


def _capital(text: str, rows: Rows) -> str:
    return text[:1].upper() + text[1:] if rows.matrix else text
