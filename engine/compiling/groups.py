"""Level and group: which nodes can be computed together.

The level of a node is the longest way to it from a leaf, so nodes of one level do not depend on each other; those of
one rule are one group, and a group is one array operation. Dots go further: those that weigh the same values are the
rows of one matrix product W·x, and where the same weights meet several x, these are the columns of a matrix X:

    a layer                     one x, many w
    a convolution               a patch x for each place, a w for each filter, and all of them meet
    many samples in one graph   an x for each sample, a w for each neuron, and all of them meet
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from engine.compiling.form import Form
from engine.rules import RULES, Rule

DOT, POW = RULES["dot"], RULES["pow"]


@dataclass(frozen=True)
class Group:
    """Nodes of one rule and one level."""

    rule: Rule
    nodes: list[int]
    varies: bool  # by sample; what is fixed is computed once for a whole batch


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
    for (varies, _, _), nodes in sorted(together.items(), key=lambda found: found[0][:2]):
        rule = form.rules[nodes[0]]
        assert rule is not None
        if rule is DOT and not form.varies[form.operands[nodes[0]][0]]:
            groups += _matrix_products(form, nodes, bool(varies))
        else:
            groups.append(Group(rule, nodes, bool(varies)))
    return groups


def _levels(form: Form) -> list[int]:
    levels: list[int] = []
    for operands in form.operands:
        levels.append(1 + max([levels[j] for j in operands]) if operands else 0)
    return levels


def _kind(form: Form, i: int, rule: Rule) -> Hashable:
    """What two nodes must have in common, beside their level, to be one group."""
    operands = form.operands[i]
    if rule.arity is None:
        return rule.name, len(operands), form.varies[operands[0]]
    exponent = form.constants.get(operands[1]) if rule is POW else None  # xʸ is fast where y is one number
    return rule.name, exponent, *((j in form.constants, form.varies[j]) for j in operands)


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
        groups.append(Group(DOT, lone, varies))
    return groups


def _matrix(
    nodes: list[int],
    varies: bool,
    rows: Iterable[tuple[int, ...]],
    columns: list[tuple[int, ...]],
    n: int,
) -> MatrixGroup:
    weights = [row[:n] for row in rows]
    return MatrixGroup(DOT, nodes, varies, weights, columns, [bias for row in rows for bias in row[n:]])
