"""What is said below the equations: why a gradient is zero or undefined, and whether `grad` holds it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from math import isclose, isnan

from engine.explaining.factors import local, written
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.typesetting import Line, figure, gradient
from engine.readings.symbols import Symbol
from engine.value import Value

REASONS = 3  # for a zero


def notes(ledger: Ledger) -> Iterator[Line]:
    """Where the gradient is undefined or zero, why; and whether `grad` holds it."""
    node, value = ledger.node, ledger.gradients[ledger.node]
    if ledger.missing is not None:
        yield [f"undefined: {ledger.missing.message}"]
        return
    if value == 0.0:
        yield from islice(_zeros(ledger), REASONS)
    if not node.computed:
        yield ["not computed yet: this is what backward() will give"]
    elif node.grad != value and not (isnan(node.grad) and isnan(value)):
        yield _other_passes(node, value)


def _other_passes(node: Value, value: float) -> Line:
    """What `grad` is, where it is more than this pass gives."""
    passes = round(node.grad / value) if value and abs(node.grad / value) < 1e9 else 0
    if not node.operands and passes > 1 and isclose(node.grad, passes * value, rel_tol=1e-12):
        return ["grad = ", figure(node.grad), f": {passes} passes accumulated, not zeroed"]
    return ["grad = ", figure(node.grad), ": gradients of other passes, too; this one gives ", figure(value)]


def _zeros(ledger: Ledger) -> Iterator[Line]:
    """Why a gradient is 0: the edges whose local derivative is 0, or terms that cancel."""
    pending, seen = [ledger.node], {ledger.node}
    while pending:
        node = pending.pop()
        if any(map(ledger.contribution, ledger.edges(node))):
            yield ["zero: the terms of ", gradient(node), " cancel"]
            continue
        for user, edges in groupby(ledger.edges(node), key=lambda edge: edge.user):
            edge, upstream = next(edges), ledger.gradients[user]
            if edge.local == 0.0:
                yield ["zero: ", *_zero(edge)]
            elif upstream:
                yield ["zero: too small for a float is ", figure(edge.local) * figure(upstream)]
            elif user not in seen:
                seen.add(user)
                pending.append(user)


def _zero(edge: Edge) -> list[str | Symbol]:
    """Why the local derivative on this edge is 0."""
    user, operand = edge.user, edge.operand
    assert user.op is not None
    at: list[str | Symbol] = [written(operand), " = ", figure(operand.data)]
    if len(user.operands) == 1:
        dead = user.op.name == "relu"
        what = "a dead ReLU, whose local derivative" if dead else f"the derivative of {user.op.name}"
        return [f"{what} is 0 at ", *at]
    derivative = local(edge)
    if derivative.size(1, "where"):
        return [f"{user.op.name} takes another operand than ", *at]
    return [f"{user.op.name} multiplies by 0"] if derivative.kind == "number" else [derivative, " = 0"]
