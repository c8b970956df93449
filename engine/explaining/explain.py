"""Why a gradient is what it is: the chain rule in words, plain text and LaTeX.

Every symbol is read off the graph. A term is an edge: the local derivative of the user by this operand, as the
rule's row prints it with the real operands in it, times the user's gradient. So no equation stands here, and an
explanation can't disagree with the gradient.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby, islice
from math import isclose, isnan, log10, prod
from typing import Any

from engine.explaining.ledger import Edge, Ledger
from engine.explaining.wording import Equation, Line, Wording, figure, gradient, named, node_symbol
from engine.naming.names import Name, Naming
from engine.naming.search import find_named
from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import Symbol, folded, is_number, product, simplified, symbol, total
from engine.rules import Rule
from engine.support.notation import ACTIVATION, OUTPUT, PRE_ACTIVATION, WEIGHT, Notation, Role
from engine.support.numerals import plural
from engine.value import Constant, Value, topological_order

SHOWN = 6  # terms of a sum; of more, the others are counted
COMPARED = 2000  # terms that are read to see whether a sum can be written with Σ
FAR = 8  # edges that unnamed nodes are followed towards the root
SHORT = 8  # symbols of what a term comes through
REASONS = 3  # for a zero
READABLE = 50  # symbols of an equation; in a larger one, unnamed nodes are not unfolded so far
LARGE = 24  # symbols of an expression; a larger one goes by its operation


@dataclass(frozen=True, repr=False)
class Explanation:
    """An answer in words: `str()` for a screen, `.latex` for paper and notebooks, and the gradient itself."""

    text: str
    latex: str
    value: float  # ∂root/∂node in this pass
    contributions: tuple[float, ...] = ()  # of each edge into the node; their sum is the value
    paths: int | None = None  # from the node to the root, if they were asked for

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__  # what a prompt shows

    def _repr_latex_(self) -> str:
        return self.latex


def explain(
    root: Value,
    node: Value | str,
    *,
    notation: Notation | str | None = None,
    depth: int = 1,
    paths: bool = False,
    limit: int = 20,
) -> Explanation:
    """Why ∂root/∂node is what it is: the chain rule by symbols, then with the numbers, then the value.

    `node` is a Value of the graph, or its label or name (see `find`). `depth=2` goes on to the gradients that the
    first equation needs, and so on; `paths=True` multiplies along every path to the root. At most `limit` equations
    and as many paths are printed. `notation` may be given by its name; without one, it is that of the root. Touches no
    `grad`. Raises ValueError for a node that is not in the graph.
    """
    for name, given in (("depth", depth), ("limit", limit)):
        if not isinstance(given, int) or given < 1:
            raise ValueError(f"{name} is a whole number from 1 on; got {given!r}")
    order = topological_order(root)
    naming = Naming(order, notation)
    if isinstance(node, str):
        node = find_named(naming, node)
    if not isinstance(node, Value):
        raise TypeError(f"explain takes a Value or its label; got {node!r} ({type(node).__name__})")
    if not any(node is other for other in order):
        raise ValueError(
            f"{naming.described(node)} is not in the graph of {naming.described(root)}: "
            "there is no path from it to that root"
        )
    wording = Wording(naming)
    if isinstance(node, Constant):
        return Explanation(*wording.write([["a constant takes no gradient"]]), value=0.0)

    ledger = Ledger(order, node)
    reader = _Reader(ledger, naming)
    lines = [*reader.equations(depth, limit), *reader.notes()]
    count = ledger.path_count() if paths else None
    if count is not None:
        lines += reader.paths(count, limit)
    contributions = tuple(map(ledger.contribution, ledger.edges(node)))
    return Explanation(*wording.write(lines), ledger.gradients[node], contributions, count)


@dataclass(frozen=True)
class _Term:
    """A product along edges: local derivatives, then the gradient of the node that they lead to.

    At the root, that is 1. Where an unnamed node on the way has several users, it is a sum in brackets.
    """

    edge: Edge  # the first of them
    locals: Sequence[tuple[Symbol, float]]
    upstream: Value | None = None
    inner: _Sum | None = None


@dataclass(frozen=True)
class _Sum:
    """The terms of a gradient, one for each edge into its node."""

    terms: Sequence[_Term]  # in the order of the graph; of very many, the first
    count: int
    weight: bool = False  # papers write a weight's gradient δ z, with the error signal in front
    running: Symbol | None = None  # the sum as Σ, where its terms differ by one running index

    @property
    def shown(self) -> Sequence[_Term]:
        return self.terms if self.count <= SHOWN + 1 else self.terms[:SHOWN]

    def total(self, terms: Iterable[Symbol], plus: str = "+") -> Symbol:
        return _added([*terms, *_more(self.count - len(self.shown))], plus)


UNDEFINED = named("undefined", r"\text{undefined}")


class _Reader:
    """Reads the equations of a node's gradient off its ledger."""

    def __init__(self, ledger: Ledger, naming: Naming) -> None:
        self.ledger, self.naming = ledger, naming
        self.node, self.root = ledger.node, ledger.root
        missing = ledger.undefined()
        self.missing = missing.undefined if missing else None
        self.rows: dict[tuple[Rule, int], Sequence[Symbol]] = {}

    # ── equations ──────────────────────────────────────────────────────────────────────────────

    def equations(self, depth: int, limit: int) -> Iterator[Line]:
        """The equation of the node's gradient, then of the gradients in it, `depth` levels towards the root."""
        seen, level = {self.node: None}, [self.node]
        left = limit
        for _ in range(depth):
            known = len(seen)
            for node in level:
                if left == 0:
                    yield [f"… and more equations; the limit is {limit}"]
                    return
                left -= 1
                if node is self.root:
                    yield Equation(gradient(node), [self.figure(1.0)])
                    continue
                terms = self.readable(node)
                yield from self.equation(node, terms)
                seen |= dict.fromkeys(upstreams(terms))
            level = [*islice(seen, known, None)]

    def equation(self, node: Value, terms: _Sum) -> Iterator[Line]:
        value = self.figure(self.ledger.gradients[node])
        sides = [self.symbols(terms, product), self.symbols(terms, folded)]
        yield Equation(gradient(node), [*sides, self.numbers(terms), value])
        for slope, edge in self.slopes(terms).items():
            op = edge.user.op
            assert op is not None
            row = self.local(edge, slope=False)
            yield Equation(slope, [row, self.figure(edge.local)], f"h = {op.name}")

    def symbols(self, terms: _Sum, multiplied: Callable[[Sequence[Symbol]], Symbol]) -> Symbol:
        return terms.running or terms.total(self.term_symbols(term, terms.weight, multiplied) for term in terms.shown)

    def term_symbols(self, term: _Term, weight: bool, multiplied: Callable[[Sequence[Symbol]], Symbol]) -> Symbol:
        factors = [local for local, _ in term.locals]
        if term.upstream is not None:
            factors.insert(0 if weight else len(factors), gradient(term.upstream))
        if term.inner is None:
            return multiplied(factors)
        inner = self.symbols(term.inner, multiplied)
        if inner.kind == "Σ" and (front := multiplied(factors)).kind != "number":
            return Symbol("beside", front, inner)
        return multiplied([*factors, inner])

    def numbers(self, terms: _Sum, inside: bool = False) -> Symbol:
        """The same with its numbers; where no Σ says whence the terms come, with the node through which each does."""
        if terms.count == 1:
            return self.term_numbers(terms.terms[0], terms.weight, alone=not inside)
        ledger = terms.running is None
        shown = [self.term_numbers(term, terms.weight, alone=False, one=ledger) for term in terms.shown]
        if ledger and not inside:
            shown = [Symbol("via", *pair) for pair in zip(shown, map(self.passed, terms.shown), strict=True)]
        return terms.total(shown, "plus")

    def passed(self, term: _Term) -> Symbol:
        """The node through which a term comes."""
        user = self.written(term.edge.user)
        return user if user.size(SHORT) < SHORT else node_symbol(term.edge.user)

    def term_numbers(self, term: _Term, weight: bool, alone: bool = True, one: bool = False) -> Symbol:
        """`(0.5)(−2)` alone, `0.5 · (−2)` inside a sum; where there is `one` factor only, a 1 is written, too."""
        keep = one and len(term.locals) == 1
        factors = [self.figure(x) for local, x in term.locals if keep or not is_number(local, 1.0)]
        if term.upstream is not None:
            factors.insert(0 if weight else len(factors), self.figure(self.ledger.gradients[term.upstream]))
        if term.inner is not None:
            factors.append(self.numbers(term.inner, inside=True))
        if alone and term.inner is None and len(factors) > 1:
            return Symbol("in a row", *factors)
        return reduce(operator.mul, factors or [self.figure(1.0)])

    def slopes(self, terms: _Sum) -> dict[Symbol, Edge]:
        """The h′ that stand in an equation, each with its edge."""
        found: dict[Symbol, Edge] = {}
        for term in terms.shown:
            for (local, _), edge in zip(term.locals, self.way(term.edge), strict=False):
                if local.kind == "slope":
                    found[local] = edge
            if term.inner and not term.inner.running:
                found |= self.slopes(term.inner)
        return found

    def way(self, edge: Edge) -> Iterator[Edge]:
        """The edges from this one on, as long as there is one only."""
        while True:
            yield edge
            following = self.ledger.edges(edge.user)
            if len(following) != 1:
                return
            edge = following[0]

    def figure(self, x: float) -> Symbol:
        return UNDEFINED if isnan(x) and self.missing else figure(x)

    # ── terms ──────────────────────────────────────────────────────────────────────────────────

    def readable(self, node: Value) -> _Sum:
        """The terms of its gradient, unnamed nodes unfolded as far as one can still read them."""
        found = self.sum(node, 0)
        for far in range(1, FAR + 1):
            further = self.sum(node, far)
            if [*upstreams(further)] == [*upstreams(found)]:  # nothing is left to unfold
                break
            if self.symbols(further, product).size(READABLE) == READABLE:
                break
            found = further
        return found

    def sum(self, node: Value, far: int) -> _Sum:
        edges = self.ledger.edges(node)
        terms = [self.term(node, edge, far) for edge in edges[:COMPARED]]
        weight = node.role is not None and node.role.kind == WEIGHT
        running = self.running(terms, weight) if 1 < len(terms) == len(edges) else None
        return _Sum(terms, len(edges), weight, running)

    def term(self, node: Value, first: Edge, far: int) -> _Term:
        """Follows the edge, and on through unnamed nodes, until a node that has a name or the root is reached."""
        edge, found = first, [(self.local(first), first.local)]
        while edge.user is not self.root:
            if not self.is_passed(node, edge.user) or far == 0:
                return _Term(first, found, edge.user)
            far -= 1
            node, following = edge.user, self.ledger.edges(edge.user)
            if len(following) > 1:
                inner = self.sum(node, far)
                small = inner.running or len(following) <= SHOWN
                return _Term(first, found, inner=inner) if small else _Term(first, found, node)
            edge = following[0]
            found.append((self.local(edge), edge.local))
        return _Term(first, found)

    def is_passed(self, node: Value, user: Value) -> bool:
        """Is the gradient of `user` not worth a symbol: unnamed, or a neuron's activation, seen from its δ?"""
        if not user.label and user.role is None:
            return True
        return _is_activation(node, user) and len(self.ledger.edges(node)) == 1

    def local(self, edge: Edge, slope: bool = True) -> Symbol:
        """∂user/∂operand as the rule's row prints it, with the real operands; h′ for an activation function."""
        user, operands = edge.user, edge.user.operands
        if slope and _is_activation(operands[edge.slot], user):
            return Symbol("slope", node_symbol(operands[edge.slot]))
        assert user.op is not None
        row = self.rows.get((user.op, len(operands)))
        if row is None:
            rule, places = SYMBOLIC[user.op.name], [Symbol("operand", i) for i in range(len(operands))]
            row = self.rows[user.op, len(operands)] = (rule.textbook or rule.locals)(Symbol("out"), *places)
        local = self.filled(symbol(row[edge.slot]), user)
        return local or Symbol("partial", user, operands[edge.slot])

    def filled(self, expression: Symbol, user: Value, left: int = 3) -> Symbol | None:
        """A row's expression with the nodes in it; None if that gets too large to read."""
        if expression.size(LARGE) >= LARGE:
            return None

        def fill(part: Symbol) -> Symbol | None:
            if part.kind == "operand":
                return self.written(user.operands[part.parts[0]], left)
            return self.written(user, left) if part.kind == "out" else None

        written = simplified(expression.replaced(fill))
        return written if written.size(LARGE) < LARGE else None

    def written(self, node: Value, left: int = 3) -> Symbol:
        """A node by its name, a leaf without one by its number, an operation without one by its expression."""
        if node.label or node.role is not None:
            return node_symbol(node)
        if node.op is None:
            return figure(node.data)
        if left == 0 or len(node.operands) > SHOWN:
            return node_symbol(node)
        places = [Symbol("operand", i) for i in range(len(node.operands))]
        expression = symbol(SYMBOLIC[node.op.name].forward(*places))
        if expression.size(LARGE, "operand") != len(places):  # the sound way to compute it, not to write it
            expression = Symbol("call", node.op.name, *places)
        return self.filled(expression, node, left - 1) or node_symbol(node)

    def running(self, terms: Sequence[_Term], weight: bool) -> Symbol | None:
        """Σₖ wₖ,₁ δₖ, if the terms are alike but for the neuron k, or but for the sample n."""
        pairs = [_pair(term) for term in terms]
        if not all(pairs):
            return None
        names = self.naming.of(node for pair in pairs for node in pair)
        named_pairs = {tuple(_without_sample(names[node]) for node in pair) for pair in pairs}
        if len(named_pairs) < len(pairs) or not all(_is_regular(pair) for pair in named_pairs):
            return None
        for letter, lowered, alike in (("k", "ₖ", _over_neurons), ("n", "ₙ", _over_samples)):
            patterns = {alike(pair) for pair in named_pairs}
            if len(patterns) == 1:
                *front, last = patterns.pop()
                factors = [named(name.parts[-1].text, name.parts[-1].latex) for name in front]
                if last.signal:
                    factors.insert(0 if weight else len(factors), named(last.signal.text, last.signal.latex))
                summand = factors[0] if len(factors) == 1 else Symbol("beside", *factors)
                return Symbol("Σ", named(lowered, letter), summand)
        return None

    # ── notes ──────────────────────────────────────────────────────────────────────────────────

    def notes(self) -> Iterator[Line]:
        """Where the gradient is undefined or zero, why; and whether `grad` holds it."""
        node, value = self.node, self.ledger.gradients[self.node]
        if self.missing is not None:
            yield [f"undefined: {self.missing.message}"]
            return
        if value == 0.0:
            yield from islice(self.reasons(), REASONS)
        if not node.reached:
            yield ["not computed yet: this is what backward() will give"]
        elif node.grad != value and not (isnan(node.grad) and isnan(value)):
            passes = round(node.grad / value) if value and abs(node.grad / value) < 1e9 else 0
            if not node.operands and passes > 1 and isclose(node.grad, passes * value, rel_tol=1e-12):
                yield ["grad = ", figure(node.grad), f": {passes} passes accumulated, not zeroed"]
            else:
                yield ["grad = ", figure(node.grad), ": gradients of other passes, too; this one gives ", figure(value)]

    def reasons(self) -> Iterator[Line]:
        """Why a gradient is 0: the edges that let nothing through, or terms that cancel."""
        pending, seen = [self.node], {self.node}
        while pending:
            node = pending.pop()
            if any(map(self.ledger.contribution, self.ledger.edges(node))):
                yield ["zero: the terms of ", gradient(node), " cancel"]
                continue
            for user, edges in groupby(self.ledger.edges(node), key=lambda edge: edge.user):
                edge, upstream = next(edges), self.ledger.gradients[user]
                if edge.local == 0.0:
                    yield ["zero: ", *self.reason(edge)]
                elif upstream:
                    yield ["zero: too small for a float is ", figure(edge.local) * figure(upstream)]
                elif user not in seen:
                    seen.add(user)
                    pending.append(user)

    def reason(self, edge: Edge) -> list[str | Symbol]:
        user, operand = edge.user, edge.user.operands[edge.slot]
        assert user.op is not None
        at: list[str | Symbol] = [self.written(operand), " = ", figure(operand.data)]
        if len(user.operands) == 1:
            dead = user.op.name == "relu"
            what = "a dead ReLU, whose local derivative" if dead else f"the derivative of {user.op.name}"
            return [f"{what} is 0 at ", *at]
        local = self.local(edge)
        if local.size(1, "where"):
            return [f"{user.op.name} takes another operand than ", *at]
        return [f"{user.op.name} multiplies by 0"] if local.kind == "number" else [local, " = 0"]

    # ── paths ──────────────────────────────────────────────────────────────────────────────────

    def paths(self, count: int, limit: int) -> Iterator[Line]:
        """The product along each path to the root, and their sum."""
        yield [
            f"{plural(count, 'path', _counted(count))} from ",
            node_symbol(self.node),
            " to ",
            Symbol("root", self.root),
            ":",
        ]
        products = []
        for path in islice(self.ledger.paths(), limit):
            products.append(prod(edge.local for edge in path))
            nodes = [node_symbol(self.node), *(node_symbol(edge.user) for edge in path[:-1]), Symbol("root", self.root)]
            factors = [edge.local for edge in path if edge.local != 1.0] or [1.0]
            row = [self.figure(x) for x in factors]
            numbers = Symbol("in a row", *_elided(row)) if len(row) > 1 else row[0]
            yield Equation(Symbol("way", *_elided(nodes)), [numbers, self.figure(products[-1])])
        if count > limit:
            yield [f"… and {_counted(count - limit)} more; the limit is {limit}"]
        if count > 1:
            shown = products if count <= SHOWN + 1 else products[:SHOWN]
            added = _added([*map(self.figure, shown), *_more(count - len(shown))], "plus")
            yield Equation(gradient(self.node), [added, self.figure(self.ledger.gradients[self.node])])


def _more(left: int) -> list[Symbol]:
    """What stands for the terms that are not shown."""
    return [named(f"… {_counted(left)} more terms", rf"\dots\text{{ {_counted(left)} more terms}}")] if left else []


def _added(terms: Sequence[Symbol], plus: str) -> Symbol:
    return total(terms) if plus == "+" else reduce(lambda x, y: Symbol(plus, x, y), terms)


def upstreams(terms: _Sum) -> Iterator[Value]:
    """The gradients that stand in an equation."""
    for term in terms.shown:
        if term.upstream is not None:
            yield term.upstream
        if term.inner is not None:
            yield from upstreams(term.inner)


def _is_activation(node: Value, user: Value) -> bool:
    """Is `user` the activation of the neuron with the pre-activation `node`?"""
    first, second = node.role, user.role
    if first is None or second is None or len(user.operands) != 1:
        return False
    return first.kind == PRE_ACTIVATION and second.kind in (ACTIVATION, OUTPUT)


def _pair(term: _Term) -> list[Value]:
    """The nodes of a term that is w δ, or δ alone; empty if it is none of that."""
    factors = [local for local, _ in term.locals if not is_number(local, 1.0)]
    if term.upstream is None or len(factors) > 1 or any(factor.kind != "node" for factor in factors):
        return []
    return [*(factor.parts[0] for factor in factors), term.upstream]


def _without_sample(name: Name) -> Name:
    """Its number says it already."""
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


def _elided(parts: list[Symbol], most: int = 10) -> list[Symbol]:
    return parts if len(parts) <= most else [*parts[: most // 2], named("…", r"\dots"), *parts[-(most // 2) + 1 :]]


def _counted(count: int) -> str:
    """A number of paths: exact, unless it has more digits than anyone reads."""
    return f"{count:,}" if count.bit_length() < 80 else f"more than 10^{int(log10(count))}"


Value.explain = explain  # type: ignore[assignment, method-assign]
