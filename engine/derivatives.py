"""Derivatives that are graphs themselves: the rules read by Values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.readings.values import LocalDerivatives
from engine.support.undefined import Undefined
from engine.value import Value, as_value, topological_order


def differentiate(root: Value, wrt: Sequence[Value]) -> list[Value]:
    """∂root/∂v for each v in `wrt`, as graphs: differentiate again for second and higher derivatives.

    Gives a zero constant for what the root does not depend on. Touches no `grad`. Raises ValueError where
    a leaf was changed after the forward pass, since the derivative of that pass can't be written any more.
    """
    if isinstance(wrt, Value):
        raise TypeError(f"differentiate takes a list of Values; for this one alone, [{wrt!r}]")
    for v in (root, *wrt):
        if not isinstance(v, Value):
            raise TypeError(f"differentiate takes Values; got {v!r} ({type(v).__name__})")
    order = topological_order(root)
    needed = _users(order, set(wrt))
    gradients: dict[Value, Any] = {root: 1.0}
    for node in reversed(order):
        upstream = gradients.get(node)
        if upstream is None or node.op is None or node not in needed or not node.locals:
            continue
        _refuse_if_changed(node)
        local = LocalDerivatives(node)
        for slot, (operand, recorded) in enumerate(zip(node.operands, node.locals, strict=True)):
            if operand not in needed:
                continue
            if isinstance(recorded, Undefined):
                recorded * upstream  # raises, as backward() would
            contribution = _product(local[slot], upstream)
            gradients[operand] = gradients[operand] + contribution if operand in gradients else contribution
    return [as_value(gradients.get(v, 0.0)) for v in wrt]


def _users(order: Sequence[Value], wrt: set[Value]) -> set[Value]:
    """The nodes that depend on one of `wrt`."""
    users = set(wrt)
    for node in order:
        if any(operand in users for operand in node.operands):
            users.add(node)
    return users


def _product(local: Any, upstream: Any) -> Any:
    """local · upstream, without a node for multiplying by one."""
    if not isinstance(local, Value) and local == 1.0:
        return upstream
    if not isinstance(upstream, Value) and upstream == 1.0:
        return local
    return local * upstream


def _refuse_if_changed(node: Value) -> None:
    """A row read by Values takes its operands as they are now: they must still be what was recorded."""
    assert node.op is not None
    now = [operand.data for operand in node.operands]
    out = node.op.forward(*now)
    local = node.op.locals(out, *now)
    if not _same(out, node.data) or not all(
        isinstance(recorded, Undefined) or _same(derivative, recorded)
        for derivative, recorded in zip(local, node.locals, strict=True)
    ):
        raise ValueError(
            f"{node!r} was recorded as {node.data!r}, but its operands now give {out!r}: "
            "a leaf was changed after the forward pass. Run the forward pass again, then differentiate"
        )


def _same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)
