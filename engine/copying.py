"""Copying and pickling graphs of any depth, with all that they share.

Left to themselves, `pickle` and `copy.deepcopy` descend from a node to its operands and run out of stack.
So the first node that they ask for hands over its whole graph as a list, operands before users: when
they come to a node of that list, its operands are known already, and they need not descend.
"""

from __future__ import annotations

import copyreg
from threading import local
from typing import Any

from engine.value import Constant, Value, topological_order


class _Listed(local):
    """The nodes (by id) of the lists that are being written now, in this thread."""

    def __init__(self) -> None:
        self.nodes: set[int] = set()


_listed = _Listed()


class _Mark:
    """The first and last entry of such a list: as they are written, the nodes between count as listed, or no more."""

    def __init__(self, nodes: set[int], opening: bool) -> None:
        self.nodes, self.opening = nodes, opening

    def __reduce__(self) -> tuple[Any, ...]:
        if self.opening:
            _listed.nodes |= self.nodes
        else:
            _listed.nodes -= self.nodes
        return str, ()


def _reduce(node: Value) -> tuple[Any, ...]:
    graph: list[Any] = []
    if node.operands and id(node) not in _listed.nodes:
        order = topological_order(node)
        ids = {id(member) for member in order}
        graph = [_Mark(ids, opening=True), *order[:-1], _Mark(ids, opening=False)]
    slots = (node.data, node.grad, node.label, node.role, node.op, node.operands, node.locals, node.reached)
    return _restore, (graph, type(node), *slots)


def _restore(
    graph: list[Any],
    cls: type[Value],
    data: float,
    grad: float,
    label: str,
    role: Any,
    op: Any,
    operands: Any,
    local: Any,
    reached: bool,
) -> Value:
    node: Value = object.__new__(cls)
    node.data, node.grad, node.label, node.role, node.op = data, grad, label, role, op
    node.operands, node.locals, node.reached = operands, local, reached
    return node


for _cls in (Value, Constant):
    copyreg.pickle(_cls, _reduce)
