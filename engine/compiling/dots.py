"""Recognise dots: sums of products, however they were spelled, become `dot` nodes.

`b + w1 * x1 + w2 * x2`, `sum([b, w1 * x1, w2 * x2])` and `dot([w1, w2], [x1, x2], b)` become the same node. It takes
in the products and partial sums that nothing else uses. Each dot is of one kind, so that it can be part of a matrix
product: all its weights are fixed (the same for all samples) and all its values vary, or both vary, or both
are fixed; mixed products become a dot for each kind, and the sum of these.

This reorders sums, so it can change the last bits: of a sum of n terms by at most 2n · 2⁻⁵³ · Σ|terms|.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.compiling.form import Form
from engine.rules import RULES
from engine.value import Value

ADD, SUM, MUL, DOT = (RULES[name] for name in ("add", "sum", "mul", "dot"))

Pair = tuple[int, int]  # a weight and its value


def with_dots(form: Form) -> Form:
    """The same graph, its sums of products recognised."""
    absorbed = _absorbed(form)
    new, at = form.leaves()
    for i, (rule, operands, origin) in enumerate(zip(form.rules, form.operands, form.origins, strict=True)):
        if rule is None or i in absorbed:
            continue
        if rule is DOT:
            pairs, bias = _pairs_of_dot([*map(at.__getitem__, operands)])
            at[i] = _sum_of_products(new, pairs, bias, origin)
        elif rule is ADD or rule is SUM:
            products, plain = _terms(form, i, absorbed)
            pairs = [(at[form.operands[j][0]], at[form.operands[j][1]]) for j in products]
            at[i] = _sum_of_products(new, pairs, [at[j] for j in plain], origin)
        else:
            detached = not form.needs_gradient[i]
            at[i] = new.add(rule, tuple([at[operand] for operand in operands]), origin, detached)
    new.roots = [at[root] for root in form.roots]
    return new


def _absorbed(form: Form) -> set[int]:
    """The sums and products that are used once, by a sum, and so become part of it."""
    found = {
        operand
        for rule, operands in zip(form.rules, form.operands, strict=True)
        if rule is ADD or rule is SUM
        for operand in operands
        if form.rules[operand] in (ADD, SUM, MUL)
    }
    uses = form.uses() if found else []
    return {operand for operand in found if uses[operand] == 1}


def _pairs_of_dot(operands: Sequence[int]) -> tuple[list[Pair], list[int]]:
    n = len(operands) // 2
    return list(zip(operands[:n], operands[n : 2 * n], strict=True)), list(operands[2 * n :])


def _terms(form: Form, i: int, absorbed: set[int]) -> tuple[list[int], list[int]]:
    """The products and the other terms that the sum i consists of, left to right."""
    products, plain = [], []
    pending = list(reversed(form.operands[i]))
    while pending:
        j = pending.pop()
        if j not in absorbed:
            plain.append(j)
        elif form.rules[j] is MUL:
            products.append(j)
        else:
            pending.extend(reversed(form.operands[j]))
    return products, plain


def _sum_of_products(form: Form, pairs: list[Pair], plain: list[int], origin: Value | None) -> int:
    """A node for Σ wx over the pairs + Σ over the plain terms: one dot, if they are all of one kind."""
    varies = form.varies
    if len(pairs) == 1 and (any(varies[j] for j in plain) or varies[pairs[0][0]] == varies[pairs[0][1]]):
        plain = [form.add(MUL, pairs.pop()), *plain]  # a lone product is no weighted sum

    by_kind: dict[tuple[bool, bool], list[Pair]] = {}
    for w, x in pairs:
        by_kind.setdefault((varies[w], varies[x]), []).append((w, x))
    varying, fixed = by_kind.get((True, True), []), by_kind.get((False, False), [])
    weighted = pairs
    if by_kind.keys() != {(False, True)}:  # not as in a neuron
        weighted = [(w, x) if varies[x] else (x, w) for w, x in pairs if varies[w] != varies[x]]  # the weight first
    fixed_terms = [j for j in plain if not varies[j] and form.constants.get(j) != 0.0]
    terms = [j for j in plain if varies[j]]

    kinds = bool(weighted) + bool(varying) + bool(fixed)
    bias = _dot(form, fixed, fixed_terms, origin if not (weighted or varying or terms) else None)
    if weighted:
        terms = [_dot(form, weighted, bias, origin if kinds == 1 and not terms else None)[0], *terms]
        bias = []
    if varying:
        terms += _dot(form, varying, [], origin if kinds == 1 and not (terms or bias) else None)
    return _sum(form, [_sum(form, terms, None), *bias] if terms and bias else terms or bias, origin)


def _dot(form: Form, pairs: list[Pair], bias: list[int], origin: Value | None) -> list[int]:
    """[a dot with the sum of `bias`], or just that sum, or nothing if there is nothing to add up."""
    if not pairs:
        return [_sum(form, bias, origin)] if bias else []
    total = [_sum(form, bias, None)] if bias else []
    weights, values = zip(*pairs, strict=True)
    return [form.add(DOT, (*weights, *values, *total), origin)]


def _sum(form: Form, terms: Sequence[int], origin: Value | None) -> int:
    if len(terms) == 1:
        return terms[0]
    if not terms:
        return form.constant(0.0)
    return form.add(ADD if len(terms) == 2 else SUM, tuple(terms), origin)
