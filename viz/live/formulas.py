"""Formulas with places for numbers: `1 − (z₁⁽¹⁾)²`, and `1 − {}²` for the page to fill in.

A formula is read off the row of the rule, as explanations are; so a page that computes other numbers still shows the
right ones in it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, NamedTuple

from engine.explaining.factors import Factors
from engine.explaining.ledger import Edge, Uses
from engine.explaining.typesetting import TEXT_TEMPLATES
from engine.naming.expressions import call_of, operation_of
from engine.naming.names import Naming
from engine.readings.styles import Style
from engine.readings.symbols import Symbol
from engine.value import Value

ITSELF = -1  # the place of the number that the formula comes to
SIDE = 2  # how strongly a side of an equation has to bind

Piece = str | tuple[int, int]  # words, or the place of a node's value and how strongly it has to bind


class Formula(NamedTuple):
    """A side of an equation by symbols, and by numbers where these say more than the result alone."""

    symbols: str
    numbers: list[Piece]


class Formulas:
    """The formulas of one graph."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self.has_shares = False  # does one of them speak of p₂, a share of a softmax?
        self.places = {node: place for place, node in enumerate(naming.order)}
        self.factors = Factors(Uses([node for node in naming.order if node.operands]), naming, written_out=False)
        plain = {field.name: getattr(naming.text_style, field.name) for field in fields(Style)}
        self.style = _WithPlaces(**plain | {"templates": plain["templates"] | TEXT_TEMPLATES})

    def of_node(self, node: Value) -> Formula:
        """What it is computed by."""
        symbol = self.naming.symbol
        return self._written(operation_of(node, symbol) or call_of(node, symbol))

    def of_edge(self, edge: Edge) -> Formula:
        """The local derivative on it."""
        return self._written(self.factors.local(edge))

    def _written(self, expression: Symbol) -> Formula:
        general = expression.replaced(lambda part: part.parts[0] if part.kind == "recorded" else None)
        symbols = self.style.print(self.naming.spelled(general), SIDE)
        return Formula(symbols, self._pieces(general))

    def _pieces(self, expression: Symbol) -> list[Piece]:
        """The formula by numbers; empty if the result alone says as much."""
        kinds = {part.kind for part in _parts(expression)}
        self.has_shares |= "softmax" in kinds
        if expression.kind == "number" or kinds & {"partial", "softmax"}:
            return []

        def put(part: Symbol) -> Symbol | None:
            return Symbol("place", self.places[part.parts[0]]) if part.kind == "node" else None

        pieces: list[Piece] = []
        for i, piece in enumerate(self.style.print(expression.replaced(put), SIDE).split(_MARK)):
            if i % 2:
                place, demanded = map(int, piece.split(","))
                pieces.append((place, demanded))
            elif piece:
                pieces.append(piece)
        return pieces


def read_by(formula: Formula) -> list[int]:
    """The nodes whose values stand in it."""
    return [piece[0] for piece in formula.numbers if not isinstance(piece, str)]


_MARK = "\0"  # around a place; no name has it, since labels are cleaned


class _WithPlaces(Style):
    """A style that marks places, each with how strongly it has to bind there."""

    def print(self, expression: Symbol, demanded: int = 0) -> str:
        if expression.kind == "place":
            return f"{_MARK}{expression.parts[0]},{demanded}{_MARK}"
        return super().print(expression, demanded)


def _parts(expression: Symbol) -> list[Symbol]:
    found: list[Any] = [expression]
    for part in found:
        found += [inner for inner in part.parts if isinstance(inner, Symbol)]
    return found
