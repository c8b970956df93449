"""The graph as data for the page: JSON of its nodes, their names and formulas, and what is asked of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from engine.compiling.source.module import LANGUAGES
from engine.compiling.source.rows import Rows
from engine.explaining.ledger import Edge
from engine.naming.names import Naming
from engine.naming.remarks import of_changes
from engine.support.labels import shortened
from engine.value import Constant, Value
from viz.graph.sheet import GraphSheet
from viz.live.formulas import Formula, Formulas, Piece
from viz.live.hidden import Hidden
from viz.live.markup import VALUE
from viz.live.training import Training
from viz.text import operator, tidy
from viz.theme import THEMES

HIDDEN = "?"  # what stands for a number that the reader is asked for
LONGEST = 200  # characters of a label in a table or a tooltip


@dataclass(frozen=True)
class Record:
    """All that a page knows of a graph."""

    naming: Naming
    title: str
    training: Training
    hidden: list[Hidden]

    @property
    def order(self) -> Sequence[Value]:
        return self.naming.order

    @cached_property
    def rows(self) -> Rows:
        """The rules of the graph in JavaScript."""
        return Rows(LANGUAGES["javascript"])

    @cached_property
    def places(self) -> dict[Value, int]:
        return {node: place for place, node in enumerate(self.order)}

    @cached_property
    def sheet(self) -> GraphSheet:
        """What names are written on in pictures."""
        return GraphSheet(self.naming, THEMES["light"], self.title, "svg", "LR")

    def drawn_name(self, node: Value) -> str:
        """What a picture calls it; nothing, for a plain number."""
        name = self.sheet.name(node)
        return "" if isinstance(node, Constant) and not node.label.strip() else name

    def chip(self, node: Value) -> str:
        """The sign of its operation."""
        return tidy(operator(node._op))

    @cached_property
    def gradients(self) -> dict[Value, float]:
        """∂root/∂node, whatever the nodes hold in their `grad`."""
        found = dict.fromkeys(self.order, 0.0)
        found[self.order[-1]] = 1.0
        for node in reversed(self.order):
            for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
                found[operand] += _number(local) * found[node]
        return found

    def shown(self, place: int, what: str) -> str:
        """The number as pictures without a script show it: after the whole pass; a ? for what is hidden."""
        node = self.order[place]
        text = self._text(place, what)
        is_given = what == VALUE and not node.operands
        return HIDDEN if not is_given and text.removeprefix("−") in self._secrets else text

    @cached_property
    def _secrets(self) -> set[str]:
        """What would give a hidden number away: itself and its opposite, without a sign."""
        return {self._text(place, what).removeprefix("−") for place, what in self.hidden}

    def _text(self, place: int, what: str) -> str:
        node = self.order[place]
        return self.naming.number(node.data if what == VALUE else self.gradients[node])

    def letter_of_gradient(self, node: Value) -> str:
        """δ₁⁽¹⁾ for a pre-activation, ∂ for anything else."""
        signal = self.naming.of([node])[node].signal
        return tidy(signal.text) if signal else "∂"

    def data(self) -> dict[str, Any]:
        """As JSON has it: lists, numbers and words; a number that JSON does not know is a word."""
        formulas = Formulas(self.naming)
        sheet = self.sheet
        return {
            "title": self.title,
            "root": sheet.root_name,
            "digits": self.naming.numerals.digits,
            "fractions": self.naming.numerals.fractions,
            "nodes": [self._node(node, formulas) for node in self.order],
            "hidden": self.hidden,
            "training": _plain(_without_code(asdict(self.training))),
            "remarks": [*of_changes(self.naming, self.order)],
            "letters": [*self._legend(), *sheet.letters()],
        }

    def _legend(self) -> list[str]:
        """What the pictures show."""
        if any(name.signal for name in self.naming.of(self.order).values()):
            self.sheet.signal()
        below = f"∂ below a name: its gradient, {self.sheet.slope('name')}; —: not computed yet"
        return [below, "solid, blue: forward; dashed, vermilion: backward; the thick outlines: this step"]

    def _node(self, node: Value, formulas: Formulas) -> dict[str, Any]:
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
        if not is_constant:
            found["gradient"] = shortened(self.naming.gradient(node), LONGEST)
        else:
            found["constant"] = True
        if node.label:
            found["label"] = node.label
        if node.role is not None:
            found["role"] = node.role.kind
        if not node.operands:
            found["value"] = _plain(node.data)
        elif node.op is not None:
            found |= self._operation(node, formulas)
        return found

    def _operation(self, node: Value, formulas: Formulas) -> dict[str, Any]:
        op = node.op
        assert op is not None
        found: dict[str, Any] = {
            "op": op.name,
            "on": [self.places[operand] for operand in node.operands],
        }
        introduced = self.naming.introduced(node)
        if introduced != self.naming.called(node):
            found["introduced"] = shortened(introduced, LONGEST)
        if op.only_floats:
            found |= {"value": _plain(node.data), "locals": [_plain(_number(x)) for x in node.locals]}
            found["why"] = op.only_floats
        else:
            found["row"] = self.rows.number(op, len(node.operands))
            found["formula"] = _pieces(formulas.of_node(node))
        if node.locals:
            found["edges"] = [
                None if isinstance(operand, Constant) else _pieces(formulas.of_edge(Edge(node, slot)))
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
