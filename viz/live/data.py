"""The graph as data for the page, JSON: its nodes with their names and formulas, and what is asked of the reader."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import cached_property
from math import isfinite
from typing import Any

from engine.compiling.source.module import LANGUAGES
from engine.compiling.source.rows import Rows
from engine.explaining.ledger import Edge
from engine.naming.remarks import of_changes
from engine.support.labels import shortened
from engine.value import Constant, Value
from viz.live.formulas import Formula, Formulas, Piece
from viz.live.record import Record

LONGEST = 200  # characters of a name in a table or a tooltip


class Data:
    """What the page knows of a record; `types.d.ts` says what its fields are."""

    def __init__(self, record: Record) -> None:
        self.record, self.naming, self.order = record, record.naming, record.order
        self.formulas = Formulas(record.naming)
        self.rows = Rows(LANGUAGES["javascript"])  # the rules of the graph; those that its nodes need

    def all(self) -> dict[str, Any]:
        """As JSON has it: lists, numbers and words; a number that JSON does not know is a word."""
        sheet = self.record.sheet
        return {
            "title": self.record.title,
            "root": sheet.root_name,
            "digits": self.naming.numerals.digits,
            "fractions": self.naming.numerals.fractions,
            "nodes": [self._node(node) for node in self.order],
            "hidden": self.record.hidden,
            "training": _plain(_without_code(asdict(self.record.training))),
            "remarks": [*of_changes(self.naming, self.order)],
            "letters": [*self._legend(), *sheet.letters()],
        }

    def _legend(self) -> list[str]:
        """What the pictures show."""
        if any(name.signal for name in self.naming.of(self.order).values()):
            self.record.sheet.signal()
        below = f"∂ below a name: its gradient, {self.record.sheet.slope('name')}; —: not computed yet"
        ways = "solid, blue: forward; dashed, vermilion: backward; the thick outlines: this step"
        return [below, ways, *["p₁, p₂, …: the shares of a softmax"] * self.formulas.has_shares]

    def _node(self, node: Value) -> dict[str, Any]:
        name = self.naming.of([node])[node]
        is_constant = isinstance(node, Constant)
        found: dict[str, Any] = {
            "name": self._typed(node),
            "called": shortened(self.naming.called(node), LONGEST),
        }
        forms = [form for form in (name, *name.parts, name.signal) if form]
        spellings = [spelling for form in forms for spelling in (form.text, form.plain) if spelling]
        others = dict.fromkeys([*spellings, self.naming.numbered(node)])
        found["names"] = [other for other in others if other not in (found["name"], found["called"])]
        gradient = shortened(self.naming.gradient(node), LONGEST)
        if is_constant:
            found["constant"] = True
        elif gradient != f"∂{self.record.sheet.root_name}/∂{found['called']}":  # as most are
            found["gradient"] = gradient
        if node.label:
            found["label"] = node.label
        if node.role is not None:
            found["role"] = node.role.kind
        if not node.operands:
            found["value"] = _plain(node.data)
        elif node.op is not None:
            found |= self._operation(node)
        return found

    def _operation(self, node: Value) -> dict[str, Any]:
        op = node.op
        assert op is not None
        found: dict[str, Any] = {
            "op": op.name,
            "on": [self.record.places[operand] for operand in node.operands],
        }
        introduced = self.naming.introduced(node)
        if introduced != self.naming.called(node):
            found["introduced"] = shortened(introduced, LONGEST)
        if op.only_floats:
            found |= {"value": _plain(node.data), "locals": [_plain(_number(x)) for x in node.locals]}
            found["why"] = op.only_floats
        else:
            found["row"] = self.rows.number(op, len(node.operands))
            found["formula"] = _pieces(self.formulas.of_node(node))
        if node.locals:
            found["edges"] = [
                None if isinstance(operand, Constant) else _pieces(self.formulas.of_edge(Edge(node, slot)))
                for slot, operand in enumerate(node.operands)
            ]
        for key, told in (("note", op.note), ("singular", op.singular)):
            if told:
                found[key] = told
        return found

    @cached_property
    def _labels(self) -> Counter[str]:
        return Counter(node.label for node in self.order)

    def _typed(self, node: Value) -> str:
        """The one name by which scripts call the node."""
        name = self.naming.of([node])[node]
        if node.label:
            return node.label if self._labels[node.label] == 1 else self.naming.numbered(node)
        return name.parts[0].plain if name.role is not None else self.naming.numbered(node)


def _pieces(formula: Formula) -> list[str | list[Piece]]:
    return [formula.symbols, formula.numbers] if formula.numbers else [formula.symbols]


def _number(x: Any) -> float:
    return float(x) if isinstance(x, (int, float)) else float("nan")


def _plain(x: Any) -> Any:
    """With words for what JSON has no numbers for."""
    if isinstance(x, float) and not isfinite(x):
        return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"
    if isinstance(x, dict):
        return {key: _plain(value) for key, value in x.items()}
    return [_plain(value) for value in x] if isinstance(x, list) else x


def _without_code(x: Any) -> Any:
    """The code of programs is in the script."""
    return {key: _without_code(value) for key, value in x.items() if key != "code"} if isinstance(x, dict) else x
