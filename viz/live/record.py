"""A graph for a page: what its nodes are called in pictures, and the numbers that these show without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan

from engine.naming.names import Naming
from engine.support.undefined import Undefined
from engine.value import Constant, Value
from viz.graph.sheet import GraphSheet
from viz.live.hidden import Hidden
from viz.live.markup import VALUE
from viz.live.training import Training
from viz.text import operator, tidy
from viz.theme import THEMES

HIDDEN = "?"  # what stands for a number that the reader is asked for


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
                found[operand] += nan if isinstance(local, Undefined) else local * found[node]
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
