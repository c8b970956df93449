"""What flows into one gradient: the part of a backward pass between a node and the root, on a table of its own.

No `grad` is read or written here, so explaining a gradient never changes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import isnan, nan
from typing import NamedTuple

from engine.support.undefined import Undefined
from engine.value import Value

FEW = 3  # nodes whose edges are searched for one by one


class Edge(NamedTuple):
    """One use of a node: as which operand (`slot`) of which user."""

    user: Value
    slot: int

    @property
    def local(self) -> float:
        """∂user/∂operand, as recorded; NaN where it does not exist."""
        local = self.user.locals[self.slot]
        return nan if isinstance(local, Undefined) else local

    @property
    def operand(self) -> Value:
        return self.user.operands[self.slot]


class Uses:
    """Which of these users, in the order of their graph, use a node."""

    def __init__(self, users: Sequence[Value]) -> None:
        self.users = users
        self._edges: dict[Value, list[Edge]] = {}

    def edges(self, node: Value) -> list[Edge]:
        """Every edge by which the users depend on the node: x * x is two."""
        if node not in self._edges:
            # A few nodes are searched for one by one, which is quicker than to list the edges of all.
            self._edges |= self._edges_into({node} if len(self._edges) < FEW else {node, *self._nodes})
        return self._edges[node]

    @cached_property
    def _nodes(self) -> set[Value]:
        return {*self.users, *(operand for user in self.users for operand in user.operands)}

    def _edges_into(self, nodes: set[Value]) -> dict[Value, list[Edge]]:
        found: dict[Value, list[Edge]] = {node: [] for node in nodes}
        for user in self.users:
            if user.locals and not nodes.isdisjoint(user.operands):
                for slot, operand in enumerate(user.operands):
                    if operand in nodes:
                        found[operand].append(Edge(user, slot))
        return found


class Ledger(Uses):
    """The gradients ∂root/∂n of every n that depends on `node`: it, its users, their users, up to the root."""

    def __init__(self, order: Sequence[Value], node: Value) -> None:
        self.root, self.node = order[-1], node
        self.nodes = [node]  # in their order, the root last
        reached = {node}
        later = iter(order)
        next(other for other in later if other is node)  # (== of Values costs too much for order.index)
        for user in later:
            if user.locals and not reached.isdisjoint(user.operands):
                reached.add(user)
                self.nodes.append(user)
        super().__init__(self.nodes[1:])
        self.gradients = gradients = dict.fromkeys(self.nodes, 0.0)
        gradients[self.root] = 1.0
        for user in reversed(self.nodes[1:]):
            upstream = gradients[user]
            for operand, local in zip(user.operands, user.locals, strict=True):
                if operand in reached:
                    gradients[operand] += nan if local.__class__ is Undefined else local * upstream

    def contribution(self, edge: Edge) -> float:
        return edge.local * self.gradients[edge.user]

    @cached_property
    def missing(self) -> Undefined | None:
        """The first derivative on a path to the root that does not exist, if the gradient needs one."""
        if not isnan(self.gradients[self.node]):
            return None
        for user in self.nodes[1:]:
            for operand, local in zip(user.operands, user.locals, strict=True):
                if isinstance(local, Undefined) and operand in self.gradients:
                    return local
        return None
