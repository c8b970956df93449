"""The terms of a gradient, read off the graph: a product of local derivatives for each edge into the node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from engine.explaining.factors import SHOWN, is_activation, local_or_slope
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.typesetting import gradient, more, named, sum_of
from engine.naming.names import Name, Naming
from engine.readings.symbols import Symbol, is_number, product
from engine.support.notation import WEIGHT, Role
from engine.support.numerals import lowered
from engine.value import Value

COMPARED = 2000  # terms that are read to see whether a sum can be written with Σ
FAR = 8  # edges that unnamed nodes are followed towards the root
READABLE = 50  # symbols of an equation; in a larger one, unnamed nodes are not unfolded so far

Multiply = Callable[[Sequence[Symbol]], Symbol]


@dataclass(frozen=True)
class Term:
    """A product along edges: local derivatives, then the gradient of the node that they lead to.

    At the root, that is 1. Where an unnamed node on the path has several users, it is a sum in brackets.
    """

    edges: Sequence[Edge]
    upstream: Value | None = None
    inner: Sum | None = None

    @cached_property
    def locals(self) -> list[Symbol]:
        return [local_or_slope(edge) for edge in self.edges]

    def symbols(self, weight: bool, multiplied: Multiply) -> Symbol:
        factors = [*self.locals]
        if self.upstream is not None:
            factors.insert(0 if weight else len(factors), gradient(self.upstream))
        if self.inner is None:
            return multiplied(factors)
        inner = self.inner.symbols(multiplied)
        if inner.kind == "Σ" and (front := multiplied(factors)).kind != "number":
            return Symbol("beside", front, inner)
        return multiplied([*factors, inner])


@dataclass(frozen=True)
class Sum:
    """The terms of a gradient, one for each edge into its node."""

    terms: Sequence[Term]  # in the order of the graph; of very many, the first
    count: int
    weight: bool = False  # papers write a weight's gradient δ z, with the error signal in front
    sigma: Symbol | None = None  # the sum as Σ, where its terms differ by one running index

    @property
    def shown(self) -> Sequence[Term]:
        return self.terms if self.count <= SHOWN + 1 else self.terms[:SHOWN]

    def symbols(self, multiplied: Multiply) -> Symbol:
        """The sum by its symbols, the factors of each term put together by `multiplied`."""
        return self.sigma or self.added([term.symbols(self.weight, multiplied) for term in self.shown])

    def added(self, shown: Sequence[Symbol], plus: str = "+") -> Symbol:
        return sum_of([*shown, *more(self.count - len(self.shown))], plus)

    def upstreams(self) -> Iterator[Value]:
        """The nodes whose gradients stand in it."""
        for term in self.shown:
            if term.upstream is not None:
                yield term.upstream
            if term.inner is not None:
                yield from term.inner.upstreams()


class Reader:
    """Reads the gradients of a ledger as sums of terms."""

    def __init__(self, ledger: Ledger, naming: Naming) -> None:
        self.ledger, self.naming = ledger, naming

    def readable(self, node: Value) -> Sum:
        """The terms of its gradient, unnamed nodes unfolded as far as one can still read them."""
        found = self._sum(node, 0)
        for far in range(1, FAR + 1):
            further = self._sum(node, far)
            if [*further.upstreams()] == [*found.upstreams()]:  # nothing is left to unfold
                break
            if further.symbols(product).size(READABLE) == READABLE:
                break
            found = further
        return found

    def _sum(self, node: Value, far: int) -> Sum:
        edges = self.ledger.edges(node)
        terms = [self._term(node, edge, far) for edge in edges[:COMPARED]]
        weight = node.role is not None and node.role.kind == WEIGHT
        sigma = _sigma(terms, weight, self.naming) if 1 < len(terms) == len(edges) else None
        return Sum(terms, len(edges), weight, sigma)

    def _term(self, node: Value, first: Edge, far: int) -> Term:
        """Follows the edge, and on through unnamed nodes, until a node that has a name or the root is reached."""
        edges = [first]
        while (user := edges[-1].user) is not self.ledger.root:
            if not self._is_passed(node, user) or far == 0:
                return Term(edges, user)
            far -= 1
            node, following = user, self.ledger.edges(user)
            if len(following) > 1:
                inner = self._sum(node, far)
                small = inner.sigma or len(following) <= SHOWN
                return Term(edges, inner=inner) if small else Term(edges, node)
            edges.append(following[0])
        return Term(edges)

    def _is_passed(self, node: Value, user: Value) -> bool:
        """Is the gradient of `user` not worth a symbol: unnamed, or a neuron's activation, seen from its δ?"""
        if not user.label and user.role is None:
            return True
        return is_activation(node, user) and len(self.ledger.edges(node)) == 1


# ── sums over a running index ──────────────────────────────────────────────────────────────────


def _sigma(terms: Sequence[Term], weight: bool, naming: Naming) -> Symbol | None:
    """Σₖ wₖ,₁ δₖ, if the terms are alike but for the neuron k, or but for the sample n."""
    pairs = [_pair(term) for term in terms]
    if not all(pairs):
        return None
    names = naming.of(node for pair in pairs for node in pair)
    named_pairs = {tuple(_without_sample(names[node]) for node in pair) for pair in pairs}
    if len(named_pairs) < len(pairs) or not all(_is_regular(pair) for pair in named_pairs):
        return None
    for index, alike in (("k", _over_neurons), ("n", _over_samples)):
        patterns = {alike(pair) for pair in named_pairs}
        if len(patterns) == 1:
            *front, last = patterns.pop()
            factors = [named(name.parts[-1].text, name.parts[-1].latex) for name in front]
            if last.signal:
                factors.insert(0 if weight else len(factors), named(last.signal.text, last.signal.latex))
            summand = factors[0] if len(factors) == 1 else Symbol("beside", *factors)
            return Symbol("Σ", named(lowered(index), index), summand)
    return None


def _pair(term: Term) -> list[Value]:
    """The nodes of a term that is w δ, or δ alone; empty if it is none of that."""
    factors = [factor for factor in term.locals if not is_number(factor, 1.0)]
    if term.upstream is None or len(factors) > 1 or any(factor.kind != "node" for factor in factors):
        return []
    return [*(factor.parts[0] for factor in factors), term.upstream]


def _without_sample(name: Name) -> Name:
    """The name's own number says it."""
    return name._replace(role=name.role and replace(name.role, sample=None))


def _is_regular(pair: Sequence[Name]) -> bool:
    return pair[-1].signal is not None and all(name.role and not name.label and name.occurrence == 1 for name in pair)


def _over_neurons(pair: Sequence[Name]) -> tuple[Name, ...]:
    """The names with k in place of the number of the neuron that δ belongs to."""
    return tuple(name._replace(role=name.role and _with_k(name.role, pair[-1].role)) for name in pair)


def _with_k(role: Role, neuron: Role | None) -> Role:
    letters: Any = ("k", *role.index[1:])
    return replace(role, index=letters) if neuron and role.index[:1] == neuron.index else role


def _over_samples(pair: Sequence[Name]) -> tuple[Name, ...]:
    return tuple(name if name.sample is None else name._replace(sample="n") for name in pair)
