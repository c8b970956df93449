"""What a pass is written with: its statements, the names in it, and what is computed once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.compiling.arrays.language import NUMPY
from engine.compiling.arrays.layout import Layout
from engine.compiling.arrays.texts import SAMPLES, Axes, Formulas, Text
from engine.compiling.form import Form
from engine.compiling.source.assignments import Assignments
from engine.compiling.source.expressions import NamedExpression
from engine.compiling.source.identifiers import Identifiers
from engine.compiling.source.languages import WIDTH


class Tables:
    """The numbers that a module has beside its code, rows to gather and constants; each table once."""

    def __init__(self, identifiers: Identifiers) -> None:
        self.identifiers = identifiers
        self._names: dict[tuple[str, tuple[str, ...], str], str] = {}

    def rows(self, rows: Any) -> str:
        """These rows, as what stands in an index: a slice where they follow each other."""
        first, n = int(rows[0]), len(rows)
        if (rows == np.arange(first, first + n)).all():
            return f"{first}:{first + n}"
        return self.name("ROWS", tuple(map(str, rows.tolist())))

    def constants(self, numbers: Sequence[float], shape: Sequence[int]) -> str:
        """These numbers in that shape, the same for all samples."""
        reshaped = f".reshape({', '.join(map(str, shape))}, 1)"
        return self.name("NUMBERS", tuple(map(NUMPY.number, numbers)), reshaped)

    def starts(self, starts: Any) -> str:
        """Where runs begin, as `np.add.reduceat` takes it."""
        return self.name("STARTS", tuple(map(str, starts.tolist())))

    def mask(self, known: Any) -> str:
        """Where these are true, for all samples."""
        reshaped = f".reshape({', '.join(map(str, known.shape))}, 1) == 1"
        return self.name("MASK", tuple(map(str, known.astype(int).ravel().tolist())), reshaped)

    def name(self, stem: str, values: tuple[str, ...], shape: str = "") -> str:
        key = stem, values, shape
        if key not in self._names:
            self._names[key] = self.identifiers.numbered(stem)
        return self._names[key]

    def texts(self) -> list[str]:
        return [NUMPY.table(name, values, shape) for (_, values, shape), name in self._names.items()]


class Writer:
    """The statements of one pass over the samples of a slice."""

    def __init__(
        self, form: Form, layout: Layout, names: Sequence[str], identifiers: Identifiers, tables: Tables
    ) -> None:
        self.form, self.arrays, self.names = form, layout.arrays, names
        self.identifiers, self.tables = identifiers, tables
        self.statements: list[str] = []
        self.array_of, self.row_of = layout.array_of, layout.row_of
        # where each array would begin, if all were one, with a gap between any two
        self.starts = np.concatenate([[0], np.cumsum([len(rows) + 1 for rows in layout.arrays])])
        self.needs_gradient = np.array(form.needs_gradient, dtype=bool)
        self._kept: dict[str, str] = {}

    def rows_of(self, array: int) -> str:
        """The array, a row for each node."""
        name = self.names[array]
        return self.kept(f"{name}.reshape(-1, 1)", name) if self.arrays[array].matrix else name

    def assign(self, name: str, pieces: str | Sequence[str], remark: str = "") -> None:
        lines = NUMPY.assigned(name, [pieces] if isinstance(pieces, str) else pieces)
        self.statements.append(f"{lines}  {NUMPY.comment(remark)}" if remark else lines)

    def kept(self, text: str, stem: str) -> str:
        """The name of what this text computes, which is done once."""
        if text not in self._kept:
            self._kept[text] = self.identifiers.numbered(stem)
            self.assign(self._kept[text], text)
        return self._kept[text]

    def kept_in_parts(self, empty: str, parts: Iterable[tuple[str, str]], stem: str) -> str:
        """The name of an array that is filled part by part: (places, what is there)."""
        text = "\n".join([empty, *(f"[{places}] = {there}" for places, there in parts)])
        if text not in self._kept:
            name = self._kept[text] = self.identifiers.numbered(stem)
            lines = text.split("\n")
            self.statements.append("\n".join([f"{name} = {lines[0]}", *(f"{name}{line}" for line in lines[1:])]))
        return self._kept[text]

    def texts(self, formulas: Formulas, wanted: Sequence[int]) -> list[Text]:
        """These expressions; what they share gets lines of its own."""
        assignments = Assignments(
            formulas.expressions,
            [NamedExpression("", i, "") for i in wanted],
            {},
            lambda stem: self.identifiers.numbered(stem.replace(".", "_")),
            NUMPY.style,
            WIDTH,
        )
        for line in assignments.lines:
            self.assign(line.name, line.pieces)
        return [formulas.text(i, assignments.written) for i in wanted]


def along(text: Text, shape: Sequence[int], axes: Axes) -> str:
    """The expression as an atom, with a place for each of these axes of an array of that shape."""
    if axes <= text.axes:
        return text.atom
    whole = f"({', '.join(map(str, shape))}, {'samples' if SAMPLES in axes else '1'})"
    return f"np.full({whole}, {text.alone})" if text.number is not None else f"np.broadcast_to({text.alone}, {whole})"
