"""A program as a table: a line for each group, which is one array operation."""

from __future__ import annotations

from collections.abc import Sequence

from engine.compiling.form import Form, named
from engine.compiling.groups import Group, MatrixGroup
from engine.naming.names import Naming
from engine.support.display.tables import Table, ends, with_gaps
from engine.support.numerals import number


class Listing:
    """The groups of a form, what they compute called by its name, or else by the number of its group."""

    def __init__(self, form: Form, groups: Sequence[Group], naming: Naming) -> None:
        self.form, self.groups = form, groups
        ends = {i for group in groups for i in self._shown(group)}
        origins = {i: form.origins[i] for i in ends}
        found = naming.of({origin for origin in origins.values() if origin is not None and named(origin)})
        self.names = {i: found[origin].text for i, origin in origins.items() if origin in found}
        self.group_of = {i: k for k, group in enumerate(groups, start=1) for i in group.nodes}

    def table(self, caption: str, most: int | None = None) -> Table:
        """A row for each group; of more than `most`, for the first and the last ones."""
        count = len(self.groups)
        places = with_gaps(ends(count, count if most is None else most))
        rows = [None if i is None else self._row(i) for i in places]
        return Table(["", "result", "size", "rule", "of"], rows, caption, sides="><><<")

    def names_of_groups(self) -> list[str]:
        """For each group its number, and what is computed where that has a name."""
        spans = (self._span(group.nodes) for group in self.groups)
        return [str(k) if span == f"({k})" else f"{k}: {span}" for k, span in enumerate(spans, start=1)]

    def _row(self, i: int) -> list[str]:
        group = self.groups[i]
        once = "" if group.varies else ", once for all samples"
        return [
            str(i + 1),
            self._span(group.nodes),
            str(len(group.nodes)),
            group.rule.name,
            self._operands(group) + once,
        ]

    def _operands(self, group: Group) -> str:
        if not isinstance(group, MatrixGroup):
            first, last = group.operands[0], group.operands[-1]
            if group.rule.arity is None:
                lengths = {len(self.form.operands[i]) for i in group.nodes}
                each = " to ".join(map(str, sorted({min(lengths), max(lengths)})))
                last = self.form.operands[group.nodes[-1]]  # without what fills its places
                return self._span([first[0], last[-1]]) + (f", {each} each" if len(group.nodes) > 1 else "")
            return ", ".join(self._span([x, y]) for x, y in zip(first, last, strict=True))
        rows, columns = len(group.weights), len(group.weights[0])
        weights = self._span([group.weights[0][0], group.weights[-1][-1]])
        values = self._span([group.values[0][0], group.values[-1][-1]])
        places = f", at {len(group.values)} places" if len(group.values) > 1 else ""
        bias = f" + {self._span([group.biases[0], group.biases[-1]])}" if group.biases else ""
        return f"matrix product {rows}×{columns}: [{weights}] · [{values}]{places}{bias}"

    def _span(self, nodes: Sequence[int]) -> str:
        first, last = self._name(nodes[0]), self._name(nodes[-1])
        return first if first == last else f"{first} … {last}"

    def _name(self, i: int) -> str:
        if i in self.form.constants:
            return number(self.form.constants[i])
        if i in self.names:
            return self.names[i]
        if i in self.group_of:
            return f"({self.group_of[i]})"
        return f"input {self.form.columns[i]}" if i in self.form.columns else "parameter"

    def _shown(self, group: Group) -> list[int]:
        """The nodes that the line of a group may name: the first and the last of each kind."""
        first, last = group.nodes[0], group.nodes[-1]
        shown = [first, last, *group.operands[0], *group.operands[-1], *self.form.operands[last]]
        return [*shown, group.biases[0], group.biases[-1]] if isinstance(group, MatrixGroup) and group.biases else shown
