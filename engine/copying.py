"""Copying and pickling graphs of any depth, with all that they share.

Left to themselves, `pickle` and `copy.deepcopy` descend from a node to its operands and run out of stack.
So the first node that they ask for hands over its whole graph as a list, operands before users: when
they come to a node of that list, its operands are known already, and they need not descend.
"""

from __future__ import annotations

import copyreg
from threading import local
from typing import Any
from weakref import WeakSet

from engine.value import Constant, Value, topological_order


class _Writing(local):
    """The lists that this thread is writing. Weakly: one that failed half-way is gone with its pickler."""

    def __init__(self) -> None:
        self.lists: WeakSet[_Mark] = WeakSet()


_writing = _Writing()


class _Mark:
    """The first and last entry of such a list: between them, its nodes find their operands written."""

    def __init__(self, nodes: set[int], opening: _Mark | None = None) -> None:
        self.nodes, self.opening = nodes, opening

    def __reduce__(self) -> tuple[Any, ...]:
        if self.opening is None:
            _writing.lists.add(self)
        else:
            _writing.lists.discard(self.opening)
        return str, ()


def _reduce(node: Value) -> tuple[Any, ...]:
    graph: list[Any] = []
    listed = next((mark for mark in _writing.lists if id(node) in mark.nodes), None)
    if listed is not None:
        listed.nodes.remove(id(node))  # a pickler asks once: who asks again is another one, after a failure
    elif node.operands:
        order = topological_order(node)
        opening = _Mark({id(member) for member in order[:-1]})
        graph = [opening, *order[:-1], _Mark(set(), opening)]
    slots = (node.data, node.grad, node.label, node.role, node.op, node.operands, node.locals, node.reached)
    return _restore, (graph, type(node), *slots), vars(node) or None


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
    reached: bool | None,
) -> Value:
    node: Value = object.__new__(cls)
    node.data, node.grad, node.label, node.role, node.op = data, grad, label, role, op
    node.operands, node.locals, node.reached = operands, local, reached
    return node


for _cls in (Value, Constant):
    copyreg.pickle(_cls, _reduce)
