"""The gradients of arrays: what the users of each contribute, and the sum of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.compiling.arrays.boxes import Box
from engine.compiling.arrays.texts import SAMPLES, Axes, Text
from engine.compiling.arrays.writer import Writer, along
from engine.compiling.source.assignments import pieces_of_sum
from engine.compiling.source.languages import WIDTH

ROWS = 0  # the first axis of every array
ALL: Axes = frozenset({ROWS, SAMPLES})


@dataclass(frozen=True)
class Target:
    """Which rows of an array a contribution goes to: a box of them, those of an index, or all; or the whole matrix."""

    box: Box | None = None
    index: str = ""
    matrix: bool = False

    @property
    def is_whole(self) -> bool:
        return not self.index and (self.box is None or self.box.is_whole)

    @property
    def keeps_levels(self) -> bool:
        """Are its rows reached through the axes of a box?"""
        return self.box is not None and bool(self.box.parts)

    def of(self, name: str) -> str:
        """The rows, of the gradient that is called so."""
        if self.box is None:
            return f"{name}[{self.index}]"
        return self.box.text(name) if self.box.parts else self.box.slice_of(name)


@dataclass
class Gradients:
    """What has been contributed to each array so far."""

    writer: Writer
    wanted: frozenset[int]  # the arrays of which any node needs a gradient
    _found: dict[int, list[tuple[Target, Text]]] = field(default_factory=dict)

    def add(self, array: int, target: Target, text: Text) -> None:
        """A contribution, an array with a row for each of the target's, or what broadcasts to it."""
        if array in self.wanted:
            self._found.setdefault(array, []).append((target, text))

    def of(self, array: int, name: str) -> Text | None:
        """The sum of all contributions, which is given that name; None if there is none."""
        found = self._found.pop(array, [])
        if not found:
            return None
        same = _one_for_all(found, len(self.writer.arrays[array]))
        if same is not None:
            found = [(Target(), same)]
        if any(target.matrix for target, _ in found) and not all(target.matrix for target, _ in found):
            found = [(target, _as_rows(text) if target.matrix else text) for target, text in found]
        if all(target.is_whole for target, _ in found):
            return self._sum([text for _, text in found], name)
        samples = "samples" if self.writer.arrays[array].varies else "1"
        lines = [f"{name} = np.zeros(({len(self.writer.arrays[array])}, {samples}))"]
        lines += [f"{name if target.is_whole else target.of(name)} += {text.alone}" for target, text in found]
        self.writer.statements.append("\n".join(lines))
        return Text.of_atom(name, ALL)

    def _sum(self, texts: Sequence[Text], name: str) -> Text:
        is_named = texts[0].number is not None or texts[0].alone.isidentifier()
        if len(texts) == 1 and is_named and name.startswith("g_"):  # δ is a name that one looks for
            return texts[0]
        axes = frozenset[int]().union(*(text.axes for text in texts))
        counts = Counter(text.term for text in texts)  # as of x · x, whose operands get the same
        terms = [term if count == 1 else f"{count}.0 * {_factor(term)}" for term, count in counts.items()]
        if len(texts) == 1:
            terms = [texts[0].alone]
        self.writer.assign(name, pieces_of_sum(name, terms, WIDTH))
        return Text.of_atom(name, axes)

    def all_of(self, array: int, name: str) -> str | None:
        """The same with every row, and a column for each sample if it varies."""
        found, rows = self.of(array, name), self.writer.arrays[array]
        if found is None:
            return None
        axes = ALL if rows.varies else frozenset({ROWS})
        text = along(found, (len(rows),), axes if len(rows) > 1 else axes - {ROWS})
        return text if text == found.atom else self.writer.kept(text, name)


def _factor(term: str) -> str:
    return term if re.fullmatch(r"[\w.]+\(.*\)|\w+", term) else f"({term})"


def _as_rows(matrix: Text) -> Text:
    return Text.of_atom(f"{matrix.atom}.reshape(-1, 1)", ALL)


def _one_for_all(found: Sequence[tuple[Target, Text]], size: int) -> Text | None:
    """The one text that every row gets, each once, in slices."""
    texts = {text for _, text in found}
    cuts = [target.box.cut for target, _ in found if target.box and target.box.cut and not target.box.parts]
    if len(texts) > 1 or len(cuts) < len(found) or any(step != 1 for _, _, step in cuts):
        return None
    (text,) = texts
    ends = sorted((first, stop) for first, stop, _ in cuts)
    is_tiled = ends[0][0] == 0 and ends[-1][1] == size
    is_tiled &= all(stop == first for (_, stop), (first, _) in pairwise(ends))
    return text if is_tiled and ROWS not in text.axes else None
