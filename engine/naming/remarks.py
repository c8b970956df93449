"""What a reader must know of the numbers of a graph: a pass that is not over, passes added up, leaves that changed.

Whatever shows gradients says these lines, so that no number is taken for what it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

from engine.naming.names import Naming
from engine.rules import Rule
from engine.support.notation import NOT_COMPUTED
from engine.support.passes import AddedUp, added_up, same
from engine.support.undefined import Undefined
from engine.value import Constant, Value

SHOWN = 3  # names of many

UNDER_WAY = "a backward pass is under way"
NOT_THERE = f"{NOT_COMPUTED}: not computed yet, or cleared"


def remarks(naming: Naming, dash: bool | None = None) -> list[str]:
    """The lines about a graph; `dash` says whether a — is shown, which there is for each gradient not computed yet."""
    if dash is None:
        dash = not all(node.computed or isinstance(node, Constant) for node in naming.order)
    return [*_of_the_pass(naming, dash), *_of_sums(naming), *of_changes(naming, naming.order)]


def _of_the_pass(naming: Naming, dash: bool) -> Iterator[str]:
    takers = [node for node in naming.order if not isinstance(node, Constant)]
    if any(node.reached is None for node in takers):
        yield UNDER_WAY + f"; {NOT_COMPUTED}: not complete yet" * dash
        return
    if dash:
        yield NOT_THERE
    root = naming.order[-1]
    if not root.reached:
        if any(node.reached for node in takers):
            yield f"no backward pass has been from {naming.called(root)}: the gradients here are those of other passes"
        return
    if root.grad != 1.0 and root.operands:
        yield (
            f"the gradient of {naming.called(root)} is {naming.number(root.grad)}, not 1: "
            "the gradients here are those of a pass that began elsewhere, or were set"
        )
    if strangers := foreign_gradients(naming.order):
        what, verb = ("gradient", "is") if len(strangers) == 1 else ("gradients", "are")
        further = "; so are those that come from there" if any(node.operands for node in strangers) else ""
        yield (
            f"the {what} of {listed(naming, strangers)} {verb} not what {naming.called(root)} contributes: "
            f"of another pass, or set, clipped, cleared or replaced by a callback{further}"
        )


def foreign_gradients(order: Sequence[Value]) -> list[Value]:
    """The nodes whose gradient is not the sum of local · upstream over their edges in this graph.

    Of a leaf that several passes have added to, or that someone has set, this is known already.
    """
    sums: dict[Value, float] = dict.fromkeys(order, 0.0)
    sizes: dict[Value, float] = dict.fromkeys(order, 0.0)
    for node in order:
        for operand, local in zip(node.operands, node.locals):  # noqa: B905  (constants have no locals)
            if not isinstance(local, Undefined):
                sums[operand] += local * node.grad
                sizes[operand] += abs(local * node.grad)
    return [node for node in order[:-1] if _is_foreign(node, sums[node], sizes[node])]


def _is_foreign(node: Value, total: float, size: float) -> bool:
    if isinstance(node, Constant) or not node.computed or not isfinite(size) or not isfinite(node.grad):
        return False
    if not node.operands and added_up(node) != (1, False):
        return False
    return abs(node.grad - total) > 1e-9 * size


def _of_sums(naming: Naming) -> Iterator[str]:
    alike: dict[AddedUp, list[Value]] = {}
    for node in naming.order:
        if not node.operands and not isinstance(node, Constant) and node.computed:
            of = added_up(node)
            if of.passes > 1 or of.others:
                alike.setdefault(of, []).append(node)
    for of, leaves in alike.items():
        yield told_of(of, f"the gradient{'s' * (len(leaves) > 1)} of {listed(naming, leaves)}", len(leaves))


def told_of(of: AddedUp, gradients: str, count: int = 1) -> str:
    """What `count` gradients consist of, in words, no more than is known; `gradients` says which."""
    if not of.passes:
        return f"{gradients} {'was' if count == 1 else 'were'} set by hand, not by a backward pass"
    one = of.passes == 1
    passes = f"{of.passes} backward pass{'' if one else 'es'} {'has' if one else 'have'} added to {gradients}"
    if of.others:
        return f"{passes}, and something was set or added by hand"
    return f"{passes}, not zeroed in between"


def of_changes(naming: Naming, nodes: Iterable[Value]) -> Iterator[str]:
    """The line about leaves whose data are not those of the forward pass, if there are any."""
    leaves = changed_leaves(nodes)
    if leaves:
        has = "has" if len(leaves) == 1 else "have"
        old = "its old value" if len(leaves) == 1 else "their old values"
        what = f"results and derivatives are those of {old}"
        yield f"{listed(naming, leaves)} {has} changed since the forward pass: {what}"


def listed(naming: Naming, nodes: Sequence[Value]) -> str:
    """`w and b`; of many the first, and how many there are."""
    names = [*map(naming.called, nodes[:SHOWN])]
    if len(nodes) > SHOWN:
        return f"{', '.join(names)}, … ({len(nodes)} in all)"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def changed_leaves(nodes: Iterable[Value]) -> list[Value]:
    """The leaves whose `data` is not what these nodes have recorded.

    Which of several is known from the local derivatives, if these depend on it; else all that it may be. Users come
    before their operands, since a result that someone has changed is at odds with both.
    """
    found: dict[Value, None] = {}
    for node in reversed([*nodes]):
        if node.operands and node not in found and is_stale(node):
            found |= dict.fromkeys(_changed(node))
    return [*reversed(found)]


def is_stale(node: Value) -> bool:
    """Do its operands give another result now than the one that was recorded?"""
    if node.op is None or node.op.only_floats:
        return False
    numbers = [operand.data for operand in node.operands]
    try:
        return not same(node.op.forward(*numbers), node.data) or any(_changed_locals(node, node.op, numbers))
    except (ArithmeticError, ValueError):
        return node.data == node.data  # NaN stands for an operation that failed


def recorded_otherwise(node: Value) -> list[bool]:
    """For each local derivative of the node: is it another one than the operands would give now?"""
    if node.op is None or not is_stale(node):
        return [False] * len(node.locals)
    try:
        return _changed_locals(node, node.op, [operand.data for operand in node.operands])
    except (ArithmeticError, ValueError):
        return [True] * len(node.locals)


def _changed_locals(node: Value, op: Rule, numbers: Sequence[float]) -> list[bool]:
    if not node.locals:
        return []
    pairs = zip(op.locals(node.data, *numbers), node.locals, strict=True)
    return [not isinstance(recorded, Undefined) and not same(now, recorded) for now, recorded in pairs]


def _changed(node: Value) -> list[Value]:
    own = [operand for operand in node.operands if not isinstance(operand, Constant)]
    leaves = [operand for operand in own if operand.op is None] or own
    if len(leaves) > 1 and node.op is not None and node.op.name in ("mul", "dot"):
        return _by_products(node, leaves)
    return leaves


def _by_products(node: Value, leaves: Sequence[Value]) -> list[Value]:
    """Of a sum of products each operand stands as the local derivative of another one."""
    half = len(node.operands) // 2
    partners = [*node.locals[half : 2 * half], *node.locals[:half]]
    told = zip(node.operands, partners, strict=False)
    changed = [x for x, recorded in told if not isinstance(x, Constant) and not same(x.data, recorded)]
    bias = node.operands[2 * half :]
    if bias and node.op is not None and not isinstance(bias[0], Constant):
        without = node.op.forward(*partners, bias[0].data)  # all but the bias as it was
        changed += [] if same(without, node.data) else bias
    return [*dict.fromkeys(changed)] or [*leaves]
