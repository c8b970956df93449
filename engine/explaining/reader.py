"""The terms of a gradient, read off the graph: a product of local derivatives for each edge into the node."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

from engine.explaining.algebra import length, tidied
from engine.explaining.factors import SHOWN, Factors, is_activation, is_share
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.typesetting import gradient, more, named, sum_of
from engine.functions import NORMALIZER
from engine.naming.given import Name
from engine.naming.names import Naming
from engine.readings.symbols import Symbol, is_number
from engine.support.notation import LOSS, TARGET, WEIGHT, Role
from engine.support.numerals import lowered
from engine.value import Value

COMPARED = 2000  # terms that are read to see whether a sum can be written with Σ
FAR = 8  # edges that unnamed nodes are followed towards the root
READABLE = 50  # symbols of an equation; in a larger one, unnamed nodes are not unfolded so far
RAW = 400  # symbols of one that is tried for simplification


@dataclass(frozen=True)
class Term:
    """A product along edges: local derivatives, then the gradient of the node that they lead to.

    At the root, that is 1. Where an unnamed node on the path has several users, it is a sum in brackets.
    """

    edges: Sequence[Edge]
    locals: Sequence[Symbol]  # the local derivative on each
    upstream: Value | None = None
    inner: Sum | None = None

    def symbol(self, weight: bool) -> Symbol:
        """The product; papers write a weight's gradient δ z, with the error signal in front."""
        factors = [*self.locals]
        if self.upstream is not None:
            factors.insert(0 if weight else len(factors), gradient(self.upstream))
        if self.inner is not None:
            factors.append(self.inner.symbol)
        return reduce(operator.mul, factors)


@dataclass(frozen=True)
class Sum:
    """The terms of a gradient, one for each edge into its node."""

    terms: Sequence[Term]  # in the order of the graph; of very many, the first
    count: int
    weight: bool = False
    sigma: Symbol | None = None  # the sum as Σ, where its terms differ by one running index

    @property
    def shown(self) -> Sequence[Term]:
        return self.terms if self.count <= SHOWN + 1 or self.is_of_targets else self.terms[:SHOWN]

    @cached_property
    def is_of_targets(self) -> bool:
        """Is it a sum of targets alone? However many they are, together they may be 1."""
        return len(self.terms) == self.count and all(map(_is_of_target, self.terms))

    @cached_property
    def symbol(self) -> Symbol:
        """The sum as an expression over nodes and gradients."""
        return self.sigma or self.added([term.symbol(self.weight) for term in self.shown])

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
    """Reads the gradients of a ledger as sums of terms, each local derivative as `factors` writes it."""

    def __init__(self, ledger: Ledger, naming: Naming, factors: Factors) -> None:
        self.ledger, self.naming, self.factors = ledger, naming, factors

    def readable(self, node: Value) -> Sum:
        """The terms of its gradient, unnamed nodes unfolded as far as one can still read what is left of them."""
        found = self._sum(node, 0)
        for far in range(1, FAR + 1):
            further = self._sum(node, far)
            if [*further.upstreams()] == [*found.upstreams()]:  # nothing is left to unfold
                break
            if length(further.symbol, RAW) == RAW:
                break
            if length(tidied(further.symbol)) <= READABLE:
                found = further
        return found

    def _sum(self, node: Value, far: int) -> Sum:
        edges = self.ledger.edges(node)
        terms = [self._term(node, edge, far) for edge in edges[: SHOWN + 1]]
        may_be_one = all(map(_pair, terms)) or all(map(_is_of_target, terms))
        if len(terms) < len(edges) <= COMPARED and may_be_one:
            terms += [self._term(node, edge, far) for edge in edges[SHOWN + 1 :]]
        weight = node.role is not None and node.role.kind == WEIGHT
        sigma = _sigma(terms, weight, self.naming) if 1 < len(terms) == len(edges) else None
        return Sum(terms, len(edges), weight, sigma)

    def _term(self, node: Value, first: Edge, far: int) -> Term:
        """Follows the edge, and on through unnamed nodes, until a node that has a name or the root is reached."""
        edges = [first]
        while (user := edges[-1].user) is not self.ledger.root:
            if not self._is_passed(node, user) or far == 0:
                return self._made(edges, user)
            far -= 1
            node, following = user, self.ledger.edges(user)
            if len(following) > 1:
                inner = self._sum(node, far)
                small = inner.sigma or len(following) <= SHOWN or inner.is_of_targets
                return self._made(edges, inner=inner) if small else self._made(edges, node)
            edges.append(following[0])
        return self._made(edges)

    def _made(self, edges: Sequence[Edge], upstream: Value | None = None, inner: Sum | None = None) -> Term:
        return Term(edges, [*map(self.factors.local_or_slope, edges)], upstream, inner)

    def _is_passed(self, node: Value, user: Value) -> bool:
        """Is the gradient of `user` not worth a symbol?

        It is unnamed, or a part of the root that losses or softmaxes name for pictures alone, or a neuron's activation,
        seen from its δ.
        """
        if user.label:
            return user.label == NORMALIZER and user.op is not None and user.op.name == "log_sum_exp_less"
        if user.role is None or user.role.kind == LOSS:
            return True
        return is_share(node, user) or (is_activation(node, user) and len(self.ledger.edges(node)) == 1)


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
            written_out = Sum(terms, len(terms), weight)
            shown = [tidied(term.symbol(weight)) for term in written_out.shown]
            return Symbol("Σ", named(lowered(index), index), summand, written_out.added(shown))
    return None


def _is_of_target(term: Term) -> bool:
    """Is it a target, perhaps times plain numbers?"""
    nodes = [factor for factor in term.locals if factor.kind != "number"]
    if term.upstream is not None or term.inner is not None or len(nodes) != 1 or nodes[0].kind != "node":
        return False
    role = nodes[0].parts[0].role
    return role is not None and role.kind == TARGET


def _pair(term: Term) -> list[Value]:
    """The nodes of a term that is w δ, or δ alone; empty if it is none of that."""
    written = [factor.parts[0] if factor.kind == "recorded" else factor for factor in term.locals]
    factors = [factor for factor in written if not is_number(factor, 1.0)]
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
