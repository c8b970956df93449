"""The equations of a gradient: by symbols, then the same with numbers in their places, and what these come to.

No equation stands here: a term is read off the edges of the graph, and simplified by algebra.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from math import isclose
from typing import NamedTuple

from engine.explaining.algebra import length, terms_of, tidied
from engine.explaining.factors import Factors
from engine.explaining.ledger import Edge, Ledger
from engine.explaining.numbers import figure, value_of, with_enough_digits, with_numbers
from engine.explaining.reader import Reader, Sum, Term
from engine.explaining.typesetting import Equation, Line, gradient, named, node_symbol, sum_of
from engine.naming.names import Naming
from engine.readings.symbols import Symbol, symbol
from engine.support.notation import TARGET
from engine.value import Value

SHOWN = 6  # targets of a sum
DEFINED = 6  # names such as v₁₇ whose meaning is given
POWERS = 4  # of a softmax that are written out


class Written(NamedTuple):
    """A gradient as an expression."""

    terms: Sum
    symbols: Symbol
    alone: Sequence[Symbol]  # its terms one by one, if they have not been put together
    remark: str


class Equations:
    """Writes the gradients of a ledger, each as one chain of equal sides."""

    def __init__(self, ledger: Ledger, naming: Naming) -> None:
        self.ledger, self.naming = ledger, naming
        self.factors = Factors(ledger, naming, written_out=False)
        written_out = Factors(ledger, naming, written_out=True)
        self.readers = [Reader(ledger, naming, factors) for factors in (self.factors, written_out)]

    def of_gradients(self, depth: int, limit: int) -> Iterator[Line]:
        """The equation of the ledger's node, then of the gradients in it, `depth` levels towards the root."""
        seen, level = {self.ledger.node: None}, [self.ledger.node]
        left = limit
        for _ in range(depth):
            known = len(seen)
            for node in level:
                if left == 0:
                    yield [f"… and more equations; the limit is {limit}"]
                    return
                left -= 1
                if node is self.ledger.root:
                    yield Equation(gradient(node), [figure(1.0)])
                    continue
                found = min(self.written(node), key=_length)
                yield from self._equation(node, found)
                seen |= dict.fromkeys(found.terms.upstreams())
            level = [*islice(seen, known, None)]

    def written(self, node: Value) -> list[Written]:
        """The node's gradient with unnamed operands by name, and written out, which may be shorter."""
        return [self._written(reader.readable(node)) for reader in self.readers]

    def _written(self, terms: Sum) -> Written:
        """The sum, simplified as a whole where that makes it shorter, and else term by term."""
        if terms.sigma:
            return Written(terms, terms.sigma, [], "")
        pairs = [self._tidied(term.symbol(terms.weight)) for term in terms.shown]
        alone, remarks = [x for x, _ in pairs], dict.fromkeys(remark for _, remark in pairs if remark)
        apart = terms.added(alone)
        if terms.count == len(terms.shown):
            together, remark = min(map(self._tidied, (terms.symbol, apart)), key=lambda found: length(found[0]))
            cancelled = together.kind == "number" and len(alone) > 1
            if (length(together) < length(apart) and not cancelled) or len(alone) == 1:
                return Written(terms, together, [], remark)
        return Written(terms, apart, alone, ", ".join(remarks))

    def _tidied(self, expression: Symbol) -> tuple[Symbol, str]:
        """Simplified; targets that sum to 1 are 1, which the remark says."""
        remarks = []

        def put(part: Symbol) -> Symbol | None:
            share = _share_of_targets(part)
            if share is None:
                return None
            nodes = [self.naming.called(_times(x)[1].parts[0]) for x in terms_of(part)]
            shown = nodes if len(nodes) <= SHOWN else [nodes[0], "…", nodes[-1]]
            remarks.append(f"{' + '.join(shown)} = 1")
            return symbol(share)

        found = tidied(expression)
        without = found.replaced(put)
        return (tidied(without), ", ".join(dict.fromkeys(remarks))) if remarks else (found, "")

    def _equation(self, node: Value, found: Written) -> Iterator[Line]:
        terms, symbols, alone, remark = found
        if len(alone) > 1 and not self.naming.of([node])[node].signal and not any(map(_through_a_softmax, terms.shown)):
            pairs = zip(alone, terms.shown, strict=True)
            shown = [Symbol("via", with_numbers(x, self.ledger, alone=False), self._via(term)) for x, term in pairs]
            numbers = terms.added(shown, "plus")
        else:
            numbers = with_numbers(symbols, self.ledger)
        numbers, why = self._precise(numbers, self.ledger.gradients[node], _edges(terms))
        sides = [symbols, numbers, self._value(self.ledger.gradients[node])]
        yield Equation(gradient(node), sides, "; ".join(filter(None, (remark, why))))
        for slope, edge in _slopes(terms).items():
            assert edge.user.op is not None
            local = tidied(self.factors.local(edge))
            numbers, why = self._precise(with_numbers(local, self.ledger), edge.local, [edge])
            sides = [local, numbers, self._value(edge.local)]
            yield Equation(slope, sides, "; ".join(filter(None, (f"h = {edge.user.op.name}", why))))

    def _precise(self, numbers: Symbol, value: float, edges: Iterable[Edge]) -> tuple[Symbol, str]:
        """The numbers with the digits that the value takes; where no float has them, why it is right nonetheless."""
        numerals = self.naming.numerals
        found = numbers if numerals.fractions else with_enough_digits(numbers, value, numerals.digits)
        if found is not None:
            return found, ""
        ops = dict.fromkeys(edge.user.op for edge in edges)
        return numbers, ", ".join(op.because for op in ops if op is not None and op.because)

    def _value(self, x: float) -> Symbol:
        return figure(x, self.ledger.missing)

    def _via(self, term: Term) -> Symbol:
        """The node through which a term comes."""
        return self.naming.symbol(term.edges[0].user)

    # ── names that only count ──────────────────────────────────────────────────────────────────

    def definitions(self, lines: Sequence[Line]) -> Iterator[Line]:
        """What names in these lines stand for that only count: v₁₇, p₂, #3."""
        pending = [*_named_parts(lines)]
        defined: set[str] = set()
        if any(self.naming.of([x.parts[0]])[x.parts[0]].sample is not None for x in pending if x.kind == "node"):
            yield ["#n: of sample n"]
        while pending and len(defined) < DEFINED:
            x = pending.pop(0)
            name = self.naming.text_style.print(self.naming.spelled(x))
            if name in defined:
                continue
            meaning = _powers(x) if x.kind == "softmax" else self.naming.definition(x.parts[0])
            if meaning is None:
                continue
            defined.add(name)
            yield Equation(x, [meaning, figure(value_of(x))], "softmax" if x.kind == "softmax" else "")
            pending += _named_parts([[meaning]])


def _through_a_softmax(term: Term) -> bool:
    """Does it come through log Σ exp, of which nothing is left in the equation?"""
    op = term.edges[0].user.op
    return op is not None and op.name == "log_sum_exp_less"


def _share_of_targets(part: Symbol) -> float | None:
    """c, if it is a sum c t₁ + c t₂ + … of targets that are 1 together."""
    pairs = [_times(x) for x in terms_of(part)]
    if len(pairs) < 2 or len({share for share, _ in pairs}) > 1:
        return None
    nodes = [x.parts[0] for _, x in pairs if x.kind == "node"]
    if len(nodes) < len(pairs) or not all(node.role and node.role.kind == TARGET for node in nodes):
        return None
    return pairs[0][0] if isclose(sum(node.data for node in nodes), 1.0, rel_tol=1e-9) else None


def _times(x: Symbol) -> tuple[float, Symbol]:
    """A term as a plain number times something."""
    return (x.parts[0].parts[0], x.parts[1]) if x.kind == "*" and x.parts[0].kind == "number" else (1.0, x)


def _powers(share: Symbol) -> Symbol:
    """exp y₂ / (exp y₁ + exp y₂ + exp y₃)."""
    place, operands = share.parts
    powers = [Symbol("call", "exp", operand) for operand in operands]
    shown = powers if len(powers) <= POWERS else [*powers[: POWERS - 2], named("…", r"\dots"), powers[-1]]
    own: Symbol = powers[place - 1]
    return own / sum_of(shown)


def _named_parts(lines: Iterable[Line]) -> Iterator[Symbol]:
    """The nodes in these lines, also those by which something is differentiated, and the shares of softmaxes."""
    pending: list[Symbol | Value | str] = []
    for line in lines:
        pending += [line.head, *line.sides] if isinstance(line, Equation) else line
    while pending:
        x = pending.pop(0)
        if isinstance(x, Value):
            yield node_symbol(x)
        elif isinstance(x, Symbol):
            if x.kind == "softmax":
                yield x
            pending[:0] = [part for part in x.parts if isinstance(part, (Symbol, Value))]


def _slopes(terms: Sum) -> dict[Symbol, Edge]:
    """The h′ that stand in an equation, each with its edge."""
    found: dict[Symbol, Edge] = {}
    for term in terms.shown:
        found |= {symbol: edge for symbol, edge in zip(term.locals, term.edges, strict=True) if symbol.kind == "slope"}
        if term.inner and not term.inner.sigma:
            found |= _slopes(term.inner)
    return found


def _edges(terms: Sum) -> Iterator[Edge]:
    for term in terms.shown:
        yield from term.edges
        if term.inner:
            yield from _edges(term.inner)


def _length(found: Written) -> int:
    return length(found.symbols)
