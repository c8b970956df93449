"""`page`: the live page of a graph, written to a file or shown in a notebook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from engine.naming.names import Naming
from engine.support.files import write_atomically
from engine.support.labels import one_line
from engine.support.notation import Notation
from engine.support.numerals import Numerals
from engine.value import Value, topological_order
from nn.module import Module
from viz.live.document import Pictures, document
from viz.live.folded import folded_picture
from viz.live.graph import graph_picture
from viz.live.hidden import hidden
from viz.live.network import network_picture
from viz.live.record import Record
from viz.live.training import training

HEIGHT = 900  # pixels in a notebook
FEW = 90  # nodes, which one looks at in one picture; a larger graph is shown by neurons first, if it has any
LARGEST = 2000  # nodes; a larger graph is drawn by neurons or layers only


@dataclass(frozen=True, repr=False)
class Page:
    """A page that is not in a file: a notebook shows it, and where scripts are stripped, its picture."""

    html: str
    picture: str

    def __repr__(self) -> str:
        return 'Page; page(root, "page.html") writes it to a file, a notebook shows it'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        frame = (
            f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:{HEIGHT}px;border:0" '
            'sandbox="allow-scripts" title="live page of a graph"></iframe>'
        )
        return {"text/html": frame, "image/svg+xml": self.picture}


def page(
    root: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    model: Module | None = None,
    title: str = "",
    notation: Notation | str | None = None,
    digits: int = 4,
    fractions: bool = False,
    inputs: Sequence[Value] | None = None,
    samples: Sequence[Sequence[float]] | None = None,
    hide: Any = None,
) -> Path | Page:
    """The live page of the graph of `root`, one HTML file that needs nothing else: its path; or it, for a notebook.

    Its reader steps through the pass forward and back, changes leaves, trains, and finds what is hidden. `inputs` are
    the leaves that differ between `samples`, which are rows of numbers for them; every other leaf is then trained.
    Without `inputs`, the parameters of the `model` are, or else weights and biases, or else every leaf.

    `hide` leaves numbers for the reader to find: "deltas", "gradients", "values", a list of names (of an operation its
    value, of a leaf its gradient; `δ[1][2]` and `∂E/∂w` are gradients), or ("random", seed, n). They are in no text of
    the page until they are found, but who opens the file's source can find them there.

    The page goes through its own pass, from gradients of zero; it touches no Value. Raises TypeError and ValueError for
    what is none of these, and OSError for a path that can't be written.
    """
    if not isinstance(root, Value):
        raise TypeError(f"page takes a Value, the root of a graph; got {root!r} ({type(root).__name__})")
    if samples is not None and inputs is None:
        raise ValueError("samples are rows of numbers for inputs; say which leaves these are: inputs=[…]")
    naming = Naming(topological_order(root), notation, Numerals(digits, fractions))
    name = one_line(title) or f"{naming.called(root)}, step by step"
    record = Record(naming, name, training(naming, model, inputs, samples), hidden(naming, hide))
    pictures = Pictures(
        network_picture(record),
        graph_picture(record) if len(naming.order) <= LARGEST else "",
        folded_picture(record, by_layer=False),
        folded_picture(record, by_layer=True),
        begins_folded=len(naming.order) > FEW,
    )
    html = document(record, pictures)
    if path is None:
        return Page(html, pictures.best)
    write_atomically(path, html.encode())
    return Path(path)
