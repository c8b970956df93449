"""LayerMatrices: the numbers of a layer as the matrices of the textbooks, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from engine.support.display.tables import GAP, Table, ends, with_gaps
from engine.support.numerals import number, plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SHOWN = 6  # rows and columns of a matrix; of more the first and the last ones
LAYERS = 6  # of a network, likewise

NAMES = {name: name for name in "W b x a z".split()}
NAMES |= {"delta": "delta = ∂E/∂a", "dW": "dW = ∂E/∂W", "db": "db = ∂E/∂b"}


@dataclass(frozen=True, eq=False, repr=False)
class LayerMatrices:
    """A layer's numbers in Bishop's letters, float64. A row of x, a, z and delta is a sample, a row of W a neuron.

        a = x Wᵀ + b,  z = h(a),  delta = ∂E/∂a,  dW = ∂E/∂W = deltaᵀ x,  db = ∂E/∂b = Σ delta over the samples

    W and dW are of shape (neurons, inputs); b and db (neurons,), or None without biases; x (samples, inputs); a, z and
    delta (samples, neurons). `print` shows each matrix; of more than 6 rows or columns, the first and the last ones.
    """

    W: Array  # (neurons, inputs)
    b: Array | None  # (neurons,); None without biases
    x: Array  # (samples, inputs): z of the layer before, or what the network was given
    a: Array  # (samples, neurons)
    z: Array  # (samples, neurons)
    delta: Array  # (samples, neurons): ∂E/∂a
    dW: Array  # (neurons, inputs): ∂E/∂W, a sum over the samples  # noqa: N815
    db: Array | None  # (neurons,): ∂E/∂b

    def __repr__(self) -> str:
        return f"LayerMatrices of {self.counts}"

    def __str__(self) -> str:
        return "\n".join(map(str, self._tables()))

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>\n{self.html}"

    @property
    def counts(self) -> str:
        """`3 neurons, 2 inputs, 1 sample`."""
        counts = zip((*self.W.shape, len(self.x)), ("neuron", "input", "sample"), strict=True)
        return ", ".join([*(plural(*count) for count in counts), *(["no biases"] if self.b is None else [])])

    @property
    def html(self) -> str:
        """A table for each matrix, side by side as far as there is room."""
        tables = "\n".join(table.html for table in self._tables())
        side_by_side = "display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1em 2em"
        return f'<div style="{side_by_side}">\n{tables}\n</div>'

    def _tables(self) -> Iterator[Table]:
        for attribute, name in NAMES.items():
            matrix = getattr(self, attribute)
            if matrix is not None:
                yield _table(name, matrix)


def _table(name: str, matrix: Array) -> Table:
    """The matrix with its rows and columns numbered from 1; a vector is one row without a number."""
    caption = f"{name}, {' × '.join(map(str, matrix.shape))}"
    rows = matrix if matrix.ndim == 2 else matrix.reshape(1, -1)
    down, across = (with_gaps(ends(count, SHOWN)) for count in rows.shape)

    def row(i: int) -> list[str]:
        numbers = [GAP if j is None else number(rows[i, j]) for j in across]
        return [str(i + 1) if matrix.ndim == 2 else "", *numbers]

    head = ["", *(GAP if j is None else str(j + 1) for j in across)]
    return Table(head, [None if i is None else row(i) for i in down], caption)


class Matrices(list[LayerMatrices]):
    """The layers of a network, first layer first; at a prompt their sizes, printed and in a notebook their numbers."""

    def __init__(self, layers: Iterable[LayerMatrices] = (), remarks: Sequence[str] = ()) -> None:
        super().__init__(layers)
        self.remarks = list(remarks)  # what a reader must know of the gradients

    def __repr__(self) -> str:
        rows = [
            None if i is None else [str(i + 1), *map(str, (*self[i].W.shape, len(self[i].x), _yes_or_no(self[i].b)))]
            for i in self._shown()
        ]
        head = ["layer", "neurons", "inputs", "samples", "biases"]
        return str(Table(head, rows, f"Matrices of {plural(len(self), 'layer')}; print(…) shows the numbers"))

    def __str__(self) -> str:
        layers = ["…" if i is None else f"layer {i + 1}: {self[i].counts}\n{self[i]}" for i in self._shown()]
        return "\n\n".join([*layers, *self.remarks])

    def _repr_html_(self) -> str:
        layers = [
            "<p>…</p>" if i is None else f"<p>layer {i + 1}: {self[i].counts}</p>\n{self[i].html}"
            for i in self._shown()
        ]
        return "\n".join([*layers, *(f"<p>{escape(remark)}</p>" for remark in self.remarks)])

    def _shown(self) -> list[int | None]:
        return with_gaps(ends(len(self), LAYERS))


def _yes_or_no(there: object) -> str:
    return "no" if there is None else "yes"
