"""Level and group: which nodes can be computed together.

The level of a node is the longest way to it from a leaf, so nodes of one level do not depend on each other; those of
one rule are one group, and a group is one array operation. Dots go further: those that weigh the same values are the
rows of one matrix product W·x, and where the same weights meet several x, these are the columns of a matrix X:

    a layer                     one x, many w
    a convolution               a patch x for each place, a w for each filter, and all of them meet
    many samples in one graph   an x for each sample, a w for each neuron, and all of them meet

Softmaxes of different lengths, such as the rows of a causal attention, are one group, too, where that saves work: what
is missing in the shorter ones is −∞, which changes nothing. So are the sums that they weigh: the values go on as those
of the longest one do, with a weight of 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf

from engine.compiling.form import Form
from engine.rules import RULES, Rule

DOT, MUL, POW, LARGEST = RULES["dot"], RULES["mul"], RULES["pow"], RULES["largest"]
MAY_BE_FILLED = (LARGEST, RULES["log_sum_exp"], RULES["log_sum_exp_less"])
SUMS, PRODUCTS = ("sums of products of what varies",), ("products of what varies",)  # kinds
LEAST_FILLED = 0.5  # of the places of a group that joins several lengths
PLACES_PER_LENGTH = 64  # so many places take as long to gather as a group takes to run


@dataclass(frozen=True)
class Group:
    """Nodes of one rule and one level."""

    rule: Rule
    nodes: list[int]
    operands: list[tuple[int, ...]]  # of each node, as many for each
    varies: bool  # by sample; what is fixed depends on parameters alone


@dataclass(frozen=True)
class MatrixGroup(Group):
    """Dots of every one of `weights` with every one of `values`: nodes[c · len(values) + g] = w_c · x_g + b_c."""

    weights: list[tuple[int, ...]]
    values: list[tuple[int, ...]]
    biases: list[int]  # one for each of the weights, or none


def grouped(form: Form) -> list[Group]:
    """The groups in an order in which they can be computed: what is fixed first, then level by level."""
    levels = _levels(form)
    together: dict[tuple[Hashable, ...], list[int]] = {}
    for i, rule in enumerate(form.rules):
        if rule is not None:
            together.setdefault((form.varies[i], levels[i], _kind(form, i, rule)), []).append(i)
    groups: list[Group] = []
    for (varies, level, kind), nodes in sorted(together.items(), key=lambda found: found[0][:2]):
        rule = form.rules[nodes[0]]
        assert rule is not None
        if kind == PRODUCTS and (True, level, SUMS) in together:
            continue
        if kind == SUMS:
            groups += _sums_of_products(form, nodes, together.get((True, level, PRODUCTS), []))
        elif rule is DOT and not form.varies[form.operands[nodes[0]][0]]:
            groups += _matrix_products(form, nodes, bool(varies))
        elif rule in MAY_BE_FILLED:
            groups += _by_length(form, rule, nodes, bool(varies))
        else:
            groups.append(_plain(form, rule, nodes, bool(varies)))
    return groups


def _plain(form: Form, rule: Rule, nodes: list[int], varies: bool) -> Group:
    return Group(rule, nodes, [form.operands[i] for i in nodes], varies)


def _levels(form: Form) -> list[int]:
    levels: list[int] = []
    for operands in form.operands:
        levels.append(1 + max(map(levels.__getitem__, operands)) if operands else 0)
    return levels


def _kind(form: Form, i: int, rule: Rule) -> Hashable:
    """What two nodes must have in common, beside their level, to be one group."""
    operands = form.operands[i]
    is_detached = not form.needs_gradient[i] and any(form.needs_gradient[j] for j in operands)
    if form.varies[i] and not is_detached and all(form.varies[j] for j in operands):
        if rule is DOT and len(operands) % 2 == 0:
            return SUMS
        if rule is MUL:
            return PRODUCTS
    if rule.arity is None:
        length = None if rule in MAY_BE_FILLED else len(operands)
        return rule.name, is_detached, length, form.varies[operands[0]]
    exponent = form.constants.get(operands[1]) if rule is POW else None  # xʸ is fast where y is one number
    return rule.name, is_detached, exponent, *((j in form.constants, form.varies[j]) for j in operands)


def _by_length(form: Form, rule: Rule, nodes: Sequence[int], varies: bool) -> list[Group]:
    """These nodes as a group for each number of operands, or as one for all of them."""
    by_length: dict[int, list[int]] = {}
    for i in nodes:
        by_length.setdefault(len(form.operands[i]), []).append(i)
    longest = max(by_length)
    places = longest * len(nodes)
    filled = sum(length * len(found) for length, found in by_length.items())
    is_worth_it = filled >= LEAST_FILLED * places and places <= PLACES_PER_LENGTH * (len(by_length) - 1)
    # where all operands of `largest` are −∞, they would share the gradient with what is added
    if is_worth_it and not (rule is LARGEST and form.needs_gradient[nodes[0]]):
        nothing = form.constant(-inf)
        operands = [form.operands[i] + (nothing,) * (longest - len(form.operands[i])) for i in nodes]
        return [Group(rule, list(nodes), operands, varies)]
    return [_plain(form, rule, found, varies) for found in by_length.values()]


def _sums_of_products(form: Form, sums: list[int], products: list[int]) -> list[Group]:
    """Dots of what varies, and lone products beside them: one group, if that can be, or one for each length."""
    nodes = [*sums, *products]
    halves = [
        (operands[: len(operands) // 2], operands[len(operands) // 2 :])
        for operands in map(form.operands.__getitem__, nodes)
    ]
    for pairs in (halves, [(x, w) for w, x in halves]):
        operands = _filled(form, pairs)
        if operands:
            return [Group(DOT, nodes, operands, varies=True)]
    by_length: dict[int, list[int]] = {}
    for i in sums:
        by_length.setdefault(len(form.operands[i]), []).append(i)
    groups = [_plain(form, DOT, found, varies=True) for found in by_length.values()]
    return [*groups, _plain(form, MUL, products, varies=True)] if products else groups


def _filled(form: Form, pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """The operands of dots of these weights and values, all of one length; none if they can't be, or shall not."""
    longest = max(len(w) for w, _ in pairs)
    if sum(len(w) for w, _ in pairs) < LEAST_FILLED * longest * len(pairs):
        return []
    whole = [x for _, x in pairs if len(x) == longest]
    begun = {x[:n]: x for n in {len(x) for _, x in pairs} for x in whole}  # what it begins with → all of it
    if any(x not in begun for _, x in pairs):
        return []
    nothing = () if len(whole) == len(pairs) else (form.constant(0.0),)
    operands = [w + nothing * (longest - len(w)) + begun[x] for w, x in pairs]
    return operands if len(set(operands)) == len(operands) else []  # x · x as a product and as a dot


def _matrix_products(form: Form, nodes: Sequence[int], varies: bool) -> list[Group]:
    """These dots as matrix products, as few as can be."""
    n = len(form.operands[nodes[0]]) // 2
    by_values: dict[tuple[int, ...], dict[tuple[int, ...], int]] = {}  # x → (w, b) → node
    for i in nodes:
        operands = form.operands[i]
        by_values.setdefault(operands[n : 2 * n], {})[operands[:n] + operands[2 * n :]] = i
    by_weights: dict[tuple[tuple[int, ...], ...], list[tuple[int, ...]]] = {}
    for values, rows in by_values.items():
        by_weights.setdefault(tuple(rows), []).append(values)

    groups: list[Group] = []
    lone: list[int] = []
    for weights, columns in by_weights.items():
        found = [by_values[values][row] for row in weights for values in columns]
        if len(found) == 1:
            lone += found
        else:
            groups.append(_matrix(found, varies, weights, columns, n))
    if len(lone) == 1:
        operands = form.operands[lone[0]]
        groups.append(_matrix(lone, varies, [operands[:n] + operands[2 * n :]], [operands[n : 2 * n]], n))
    elif lone:
        groups.append(Group(DOT, lone, [form.operands[i] for i in lone], varies))
    return groups


def _matrix(
    nodes: list[int],
    varies: bool,
    rows: Sequence[tuple[int, ...]],
    columns: list[tuple[int, ...]],
    n: int,
) -> MatrixGroup:
    weights = [row[:n] for row in rows]
    operands = [row[:n] + values + row[n:] for row in rows for values in columns]
    return MatrixGroup(DOT, nodes, operands, varies, weights, columns, [bias for row in rows for bias in row[n:]])
