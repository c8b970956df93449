"""The paths from a node to the root: how many there are, and the product of the local derivatives along each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod

from engine.explaining.factors import SHOWN
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.numbers import figure
from engine.explaining.typesetting import Equation, Line, counted, gradient, more, named, node_symbol, sum_of
from engine.readings.symbols import Symbol
from engine.support.numerals import plural

ELIDED = 10  # nodes or factors of a path; of more, the first and the last are shown


def path_count(ledger: Ledger) -> int:
    """How many paths lead from the node to the root: each node has as many as its users have together."""
    counts = dict.fromkeys(ledger.nodes, 0)
    counts[ledger.root] = 1
    for node in reversed(ledger.nodes[1:]):
        for operand in node.operands:
            if operand in counts:
                counts[operand] += counts[node]
    return counts[ledger.node]


def paths(ledger: Ledger) -> Iterator[list[Edge]]:
    """Every path from the node to the root, edge after edge."""
    path: list[Edge] = []
    pending = [iter(ledger.edges(ledger.node))]
    if ledger.node is ledger.root:
        yield []
    while pending:
        edge = next(pending[-1], None)
        if edge is None:
            pending.pop()
            if path:
                path.pop()
            continue
        path.append(edge)
        if edge.user is ledger.root:
            yield list(path)
            path.pop()
        else:
            pending.append(iter(ledger.edges(edge.user)))


def path_lines(ledger: Ledger, count: int, limit: int) -> Iterator[Line]:
    """The product along each path, and their sum."""
    root = node_symbol(ledger.root)
    yield [f"{plural(count, 'path', counted(count))} from ", node_symbol(ledger.node), " to ", root, ":"]
    products = []
    for path in islice(paths(ledger), limit):
        products.append(prod(edge.local for edge in path))
        nodes = [node_symbol(ledger.node), *(node_symbol(edge.user) for edge in path[:-1]), root]
        factors = [figure(edge.local, ledger.missing) for edge in path] or [figure(1.0)]  # one for each arrow
        numbers = Symbol("in a row", *_elided(factors)) if len(factors) > 1 else factors[0]
        yield Equation(Symbol("path", *_elided(nodes)), [numbers, figure(products[-1], ledger.missing)])
    if count > limit:
        yield [f"… and {counted(count - limit)} more; the limit is {limit}"]
    if count > 1:
        shown = products if count <= SHOWN + 1 else products[:SHOWN]
        terms = [*(figure(x, ledger.missing) for x in shown), *more(count - len(shown))]
        value = figure(ledger.gradients[ledger.node], ledger.missing)
        yield Equation(gradient(ledger.node), [sum_of(terms, "plus"), value])


def _elided(parts: list[Symbol]) -> list[Symbol]:
    half = ELIDED // 2
    return parts if len(parts) <= ELIDED else [*parts[:half], named("…", r"\dots"), *parts[1 - half :]]
