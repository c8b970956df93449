"""The quantities of a paper, read off a graph: values, slopes, error signals, gradients.

Each quantity names nodes by the part that they play; its symbol is a matter of the notation, its number a matter
of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Protocol

from engine import Value, topological_order
from engine.support.notation import Notation, Role
from nn import deltas


class Graph:
    """The graph of one sample after its backward pass, its nodes found by role."""

    def __init__(self, loss: Value) -> None:
        self.deltas = deltas(loss)[0]
        self.nodes = {
            Role(kind, role.layer, role.index): node
            for node in topological_order(loss)
            if (role := node.role)
            for kind in (role.kind, role.also)
            if kind
        }

    def local(self, user: Role, operand: Role) -> float:
        """The local derivative on the edge between two nodes (their sum, if there are several edges)."""
        node, source = self.nodes[user], self.nodes[operand]
        edges = zip(node.operands, node.locals, strict=True)
        return float(sum(local for other, local in edges if other is source))


class Quantity(Protocol):
    """What a paper has a symbol for, and a graph a number."""

    def symbol(self, notation: Notation) -> str: ...
    def read(self, graph: Graph) -> float: ...


@dataclass(frozen=True)
class Number:
    """The value of a node: z₃⁽¹⁾."""

    role: Role

    def symbol(self, notation: Notation) -> str:
        return notation.text(self.role)

    def read(self, graph: Graph) -> float:
        return graph.nodes[self.role].data


@dataclass(frozen=True)
class Slope:
    """The product of the local derivatives along a path, from the user down: ∂a₂⁽²⁾/∂a₃⁽¹⁾ by way of z₃⁽¹⁾."""

    path: tuple[Role, ...]

    def symbol(self, notation: Notation) -> str:
        return f"∂{notation.text(self.path[0])}/∂{notation.text(self.path[-1])}"

    def read(self, graph: Graph) -> float:
        return prod(graph.local(user, operand) for user, operand in pairwise(self.path))


@dataclass(frozen=True)
class ErrorSignal:
    """δ of a neuron: ∂E/∂a by its pre-activation a (primer, equation 6)."""

    role: Role

    def symbol(self, notation: Notation) -> str:
        return notation.error_signal(self.role)

    def read(self, graph: Graph) -> float:
        assert self.role.layer is not None
        return graph.deltas[self.role.layer - 1][self.role.index[0] - 1]


@dataclass(frozen=True)
class Gradient:
    """∂E/∂w: what the backward pass has gathered on a node."""

    role: Role

    def symbol(self, notation: Notation) -> str:
        return notation.gradient(notation.text(self.role))

    def read(self, graph: Graph) -> float:
        return graph.nodes[self.role].grad
