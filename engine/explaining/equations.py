"""The equations of a gradient: by symbols, with the numbers, and what it comes to."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import reduce
from itertools import islice

from engine.explaining.factors import local, written
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.reader import Reader, Sum, Term
from engine.explaining.typesetting import Equation, Line, figure, gradient, node_symbol
from engine.readings.symbols import Symbol, folded, is_number, product
from engine.value import Value

SHORT = 8  # symbols of the node that a term comes through; a longer expression goes by its operation


def equations(reader: Reader, depth: int, limit: int) -> Iterator[Line]:
    """The equation of the ledger's node, then of the gradients in it, `depth` levels towards the root."""
    ledger = reader.ledger
    seen, level = {ledger.node: None}, [ledger.node]
    left = limit
    for _ in range(depth):
        known = len(seen)
        for node in level:
            if left == 0:
                yield [f"… and more equations; the limit is {limit}"]
                return
            left -= 1
            if node is ledger.root:
                yield Equation(gradient(node), [figure(1.0)])
                continue
            terms = reader.readable(node)
            yield from _equation(ledger, node, terms)
            seen |= dict.fromkeys(terms.upstreams())
        level = [*islice(seen, known, None)]


def _equation(ledger: Ledger, node: Value, terms: Sum) -> Iterator[Line]:
    value = figure(ledger.gradients[node], ledger.missing)
    yield Equation(
        gradient(node), [terms.symbols(product), terms.symbols(folded), _numbers(ledger, terms, alone=True), value]
    )
    for slope, edge in _slopes(terms).items():
        assert edge.user.op is not None
        yield Equation(slope, [local(edge), figure(edge.local, ledger.missing)], f"h = {edge.user.op.name}")


def _numbers(ledger: Ledger, terms: Sum, alone: bool) -> Symbol:
    """The sum with its numbers; `alone` and without a Σ, each term with the node through which it comes."""
    if terms.count == 1:
        return _term_numbers(ledger, terms.terms[0], terms.weight, alone=alone)
    plain = terms.sigma is not None
    shown = [_term_numbers(ledger, term, terms.weight, ones=not plain) for term in terms.shown]
    if alone and not plain:
        shown = [Symbol("via", *pair) for pair in zip(shown, map(_via, terms.shown), strict=True)]
    return terms.added(shown, "plus")


def _term_numbers(ledger: Ledger, term: Term, weight: bool, alone: bool = False, ones: bool = False) -> Symbol:
    """`(0.5)(−2)` alone, `0.5 · (−2)` inside a sum; with `ones`, a single local derivative of 1 is written, too."""
    keep = ones and len(term.edges) == 1
    factors = [
        figure(edge.local, ledger.missing)
        for edge, symbol in zip(term.edges, term.locals, strict=True)
        if keep or not is_number(symbol, 1.0)
    ]
    if term.upstream is not None:
        factors.insert(0 if weight else len(factors), figure(ledger.gradients[term.upstream], ledger.missing))
    if term.inner is not None:
        factors.append(_numbers(ledger, term.inner, alone=False))
    if alone and term.inner is None and len(factors) > 1:
        return Symbol("in a row", *factors)
    return reduce(operator.mul, factors or [figure(1.0)])


def _via(term: Term) -> Symbol:
    """The node through which a term comes."""
    user = term.edges[0].user
    expression = written(user)
    return expression if expression.size(SHORT) < SHORT else node_symbol(user)


def _slopes(terms: Sum) -> dict[Symbol, Edge]:
    """The h′ that stand in an equation, each with its edge."""
    found: dict[Symbol, Edge] = {}
    for term in terms.shown:
        found |= {symbol: edge for symbol, edge in zip(term.locals, term.edges, strict=True) if symbol.kind == "slope"}
        if term.inner and not term.inner.sigma:
            found |= _slopes(term.inner)
    return found
