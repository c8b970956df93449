"""What is said below the equations: why a gradient is zero or undefined, and whether `grad` holds it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from math import isclose, isnan
from typing import Any

from engine.explaining.factors import Factors
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.numbers import figure
from engine.explaining.typesetting import Line, gradient, node_symbol
from engine.naming.names import Naming
from engine.naming.remarks import of_changes, told_of
from engine.readings.symbols import Symbol
from engine.support.notation import PRE_ACTIVATION
from engine.support.passes import added_up
from engine.value import Value

REASONS = 3  # for a zero


def notes(ledger: Ledger, naming: Naming) -> Iterator[Line]:
    """Where the gradient is undefined or zero, why; whether `grad` holds it; and what has changed since."""
    if ledger.missing is not None:
        yield [f"undefined: {ledger.missing.message}"]
        return
    if ledger.gradients[ledger.node] == 0.0:
        yield from islice(_zeros(ledger, Factors(ledger, naming, written_out=False)), REASONS)
    yield from _of_grad(ledger.node, ledger.gradients[ledger.node], ledger.root)
    for line in of_changes(naming, ledger.nodes):
        yield [line]


def _of_grad(node: Value, value: float, root: Value) -> Iterator[Line]:
    """What `grad` is, where it is not what a pass from the root gives."""
    one_pass: list[str | Symbol] = ["; one pass from ", node_symbol(root), " gives ", figure(value)]
    if node.reached is None:
        yield ["not complete yet in the backward pass that is under way: this is what it will be"]
    elif not node.computed:
        yield ["not computed yet, or cleared: this is what backward() will give"]
    else:
        of = added_up(node) if not node.operands else None
        if of is not None and (of.passes > 1 or of.others):
            yield ["grad = ", figure(node.grad), f": {told_of(of, 'it')}", *one_pass]
        elif not isclose(node.grad, value, rel_tol=1e-9) and not (isnan(node.grad) and isnan(value)):
            yield [
                "grad = ",
                figure(node.grad),
                " is of another pass, or was set, clipped, cleared or replaced by a callback",
                *one_pass,
            ]


def _zeros(ledger: Ledger, factors: Factors) -> Iterator[Line]:
    """Why a gradient is 0: the edges whose local derivative is 0, or terms that cancel."""
    pending: list[Value] = [ledger.node]
    seen: set[Value | Neuron] = {ledger.node}
    while pending:
        node = pending.pop()
        if any(map(ledger.contribution, ledger.edges(node))):
            yield ["zero: the terms of ", gradient(node), " cancel"]
            continue
        for user, edges in groupby(ledger.edges(node), key=lambda edge: edge.user):
            edge, upstream = next(edges), ledger.gradients[user]
            if edge.local == 0.0:
                reason, dead = _zero(edge, factors)
                if dead not in seen:
                    yield ["zero: ", *reason]
                seen |= {dead} if dead else set()
            elif upstream:
                yield ["zero: too small for a float is ", figure(edge.local) * figure(upstream)]
            elif user not in seen:
                seen.add(user)
                pending.append(user)


Neuron = tuple[Any, ...]  # its layer and index


def _zero(edge: Edge, factors: Factors) -> tuple[list[str | Symbol], Neuron]:
    """Why the local derivative on this edge is 0; and the neuron, if it is so for all of its samples."""
    user, operand = edge.user, edge.operand
    assert user.op is not None
    at: list[str | Symbol] = [factors.naming.symbol(operand), " = ", figure(operand.data)]
    if user.op.name == "relu":
        if dead := _dead(user, factors.naming):
            return [f"a dead ReLU, inactive for all {dead[-1]} samples"], dead
        return ["an inactive ReLU, whose local derivative is 0 at ", *at], ()
    if len(user.operands) == 1:
        return [f"the derivative of {user.op.name} is 0 at ", *at], ()
    derivative = factors.local(edge)
    if derivative.size(1, "where"):
        return [f"{user.op.name} takes another operand than ", *at], ()
    return [f"{user.op.name} multiplies by 0"] if derivative.kind == "number" else [derivative, " = 0"], ()


def _dead(user: Value, naming: Naming) -> Neuron:
    """The neuron and how many samples there are, if it is inactive for each of several."""
    role = user.operands[0].role
    if role is None or role.kind != PRE_ACTIVATION:
        return ()
    neuron = role.layer, role.index
    those = [
        node.operands[0].data
        for node in naming.order
        if node.op is user.op and (its := node.operands[0].role) is not None and (its.layer, its.index) == neuron
    ]
    return (*neuron, len(those)) if len(those) > 1 and all(a <= 0.0 for a in those) else ()
