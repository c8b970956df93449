"""Expressions simplified before numbers go in: equal factors cancel, plain numbers are multiplied out, terms are added.

An expression is read as a sum of monomials over atoms, which are whatever is no sum, product, quotient or power.
Products of sums stay as they are written, unless multiplying them out makes the whole shorter: t (1 − σ) − (1 − t) σ
is t − σ.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from functools import reduce
from math import isfinite
from typing import Any

from engine.readings.symbols import Symbol, symbol, total

Monomial = frozenset[tuple[Hashable, int]]  # atoms by their keys, with their exponents
Polynomial = dict[Monomial, Fraction]

MANY = 40  # monomials; an expression of more is not multiplied out
POWERS = range(-4, 5)
ONE: Monomial = frozenset()
NOTHING, FRACTIONS, EVERYTHING = range(3)  # what is multiplied out: no sum, sums of fractions, every sum


def tidied(expression: Symbol) -> Symbol:
    """The same expression, as short as products and sums allow."""
    try:
        kept = _Algebra(NOTHING).tidied(expression)
    except OverflowError:  # a coefficient beyond the floats
        return expression
    found = [kept]
    try:
        fractions = _Algebra(FRACTIONS).tidied(expression)
        found += [_Algebra(EVERYTHING).tidied(expression), fractions, _Algebra(EVERYTHING).tidied(fractions)]
    except (_TooManyError, OverflowError):
        pass
    return min(found, key=length)  # of several, the first


def length(expression: Symbol, enough: int = 10_000) -> int:
    """How many symbols it consists of; not counted on from `enough`."""
    return expression.size(enough)


class _TooManyError(Exception):
    pass


class _Algebra:
    """Sums of monomials over the atoms of one expression, which keep the order in which they came."""

    def __init__(self, multiplied_out: int) -> None:
        self.multiplied_out = multiplied_out
        self.atoms: dict[Hashable, Symbol] = {}

    def tidied(self, expression: Symbol) -> Symbol:
        return self.written(self.read(expression))

    # ── from an expression to monomials ────────────────────────────────────────────────────────

    def read(self, expression: Symbol) -> Polynomial:
        kind, parts = expression.kind, expression.parts
        if kind == "number" and isfinite(parts[0]):
            return _without_zeros({ONE: Fraction(repr(parts[0]))})
        if kind in ("+", "-"):
            return _added(self.read(parts[0]), self.read(parts[1]), 1 if kind == "+" else -1)
        if kind == "neg":
            return _scaled(self.read(parts[0]), Fraction(-1))
        if kind in ("*", "beside"):
            return self._product(self.read(parts[0]), self.read(parts[1]))
        if kind == "/":
            return self._product(self.read(parts[0]), self._inverse(self.read(parts[1])))
        if kind == "**" and parts[1].kind == "number" and parts[1].parts[0] in POWERS:
            return self._power(self.read(parts[0]), int(parts[1].parts[0]))
        if self.multiplied_out == EVERYTHING and kind == "call" and parts[0] == "sigmoid" and parts[1].kind == "neg":
            opposite = Symbol("call", "sigmoid", parts[1].parts[0])  # σ(−x) = 1 − σ(x)
            return _added({ONE: Fraction(1)}, self._atom(opposite), -1)
        return self._atom(expression)

    def _atom(self, expression: Symbol, exponent: int = 1) -> Polynomial:
        key = _key(expression)
        self.atoms.setdefault(key, expression)
        return {frozenset({(key, exponent)}): Fraction(1)}

    def _product(self, x: Polynomial, y: Polynomial) -> Polynomial:
        x, y = self._as_one(x), self._as_one(y)
        if len(x) * len(y) > MANY:
            raise _TooManyError
        found: Polynomial = {}
        for left, a in x.items():
            for right, b in y.items():
                monomial = _times(left, right)
                found[monomial] = found.get(monomial, Fraction(0)) + a * b
        return _without_zeros(found)

    def _as_one(self, x: Polynomial) -> Polynomial:
        """A sum that is not multiplied out is, as a factor, an atom of its own."""
        if len(x) <= 1 or self.multiplied_out == EVERYTHING:
            return x
        if self.multiplied_out == FRACTIONS and any(n < 0 for monomial in x for _, n in monomial):
            return x
        if all(coefficient < 0 for coefficient in x.values()):
            return _scaled(self._atom(self.written(_scaled(x, Fraction(-1)))), Fraction(-1))
        return self._atom(self.written(x))

    def _inverse(self, x: Polynomial) -> Polynomial:
        if not x:  # the row says where that is allowed
            return self._atom(symbol(0.0), -1)
        if len(x) > 1:
            return self._atom(self.written(x), -1)
        ((monomial, coefficient),) = x.items()
        return {frozenset((key, -exponent) for key, exponent in monomial): 1 / coefficient}

    def _power(self, x: Polynomial, exponent: int) -> Polynomial:
        if exponent == 0:
            return {ONE: Fraction(1)}
        if len(x) > 1:
            return self._atom(self.written(x), exponent)
        one = x if exponent > 0 else self._inverse(x)
        return reduce(self._product, [one] * abs(exponent))

    # ── and back ───────────────────────────────────────────────────────────────────────────────

    def written(self, polynomial: Polynomial) -> Symbol:
        """The sum as an expression: what is added before what is subtracted."""
        if not polynomial:
            return symbol(0.0)
        sizes = {abs(coefficient) for coefficient in polynomial.values()}
        if len(polynomial) > 1 and len(sizes) == 1 and ONE not in polynomial and (size := sizes.pop()) != 1:
            return _number(size) * self.written(_scaled(polynomial, 1 / size))  # 0.5 · (p − t)
        positive = [self._monomial(m, c) for m, c in polynomial.items() if c > 0]
        negative = [-self._monomial(m, -c) for m, c in polynomial.items() if c < 0]
        return total([*positive, *negative])

    def _monomial(self, monomial: Monomial, coefficient: Fraction) -> Symbol:
        places = {key: place for place, key in enumerate(self.atoms)}
        exponents = dict(sorted(monomial, key=lambda pair: places[pair[0]]))
        self._name_softmax(exponents)
        above = [_powered(self.atoms[key], n) for key, n in exponents.items() if n > 0]
        below = [_powered(self.atoms[key], -n) for key, n in exponents.items() if n < 0]
        if coefficient != 1 or not above:
            above.insert(0, _number(coefficient))
        top = _beside(above)
        return top / _beside(below) if below else top

    def _name_softmax(self, exponents: dict[Hashable, int]) -> None:
        """exp x₂ / (exp x₁ + exp x₂ + exp x₃) goes by its name."""
        for key in [key for key, n in exponents.items() if n == -1]:
            terms = terms_of(self.atoms[key])
            if len(terms) < 2 or not all(_is_exp(term) for term in terms):
                continue
            keys = [_key(term) for term in terms]
            own = next((i for i, term in enumerate(keys) if exponents.get(term, 0) >= 1), None)
            if own is not None:
                named = Symbol("softmax", own + 1, tuple(term.parts[1] for term in terms))
                self.atoms.setdefault(_key(named), named)
                del exponents[key]
                exponents[keys[own]] -= 1
                exponents[_key(named)] = exponents.get(_key(named), 0) + 1


def _key(expression: Any) -> Hashable:
    if isinstance(expression, Symbol):
        return (expression.kind, *map(_key, expression.parts))
    return tuple(map(_key, expression)) if isinstance(expression, tuple) else (type(expression).__name__, expression)


def _times(x: Monomial, y: Monomial) -> Monomial:
    exponents = dict(x)
    for key, exponent in y:
        exponents[key] = exponents.get(key, 0) + exponent
    return frozenset((key, exponent) for key, exponent in exponents.items() if exponent)


def _added(x: Polynomial, y: Polynomial, sign: int) -> Polynomial:
    found = dict(x)
    for monomial, coefficient in y.items():
        found[monomial] = found.get(monomial, Fraction(0)) + sign * coefficient
    return _without_zeros(found)


def _scaled(x: Polynomial, by: Fraction) -> Polynomial:
    return {monomial: by * coefficient for monomial, coefficient in x.items()}


def _without_zeros(x: Polynomial) -> Polynomial:
    return {monomial: coefficient for monomial, coefficient in x.items() if coefficient}


def terms_of(expression: Symbol) -> list[Symbol]:
    """What a sum adds; an expression that is none, alone."""
    if expression.kind != "+":
        return [expression]
    return [*terms_of(expression.parts[0]), *terms_of(expression.parts[1])]


def _is_exp(expression: Symbol) -> bool:
    return expression.kind == "call" and expression.parts[0] == "exp"


def _powered(atom: Symbol, exponent: int) -> Symbol:
    return atom if exponent == 1 else atom ** float(exponent)


def _beside(factors: Iterable[Symbol]) -> Symbol:
    """Their product; a Σ stands behind what it is multiplied by."""
    plain = [factor for factor in factors if factor.kind != "Σ"]
    sums = [factor for factor in factors if factor.kind == "Σ"]
    front = [reduce(lambda x, y: x * y, plain)] if plain else []
    return reduce(lambda x, y: Symbol("beside", x, y), [*front, *sums])


def _number(x: Fraction) -> Symbol:
    """A coefficient: as a number if its digits are few, else as a quotient of whole ones."""
    short = f"{float(x):.4g}"
    if Fraction(short) == x or x.denominator > 1000:
        return symbol(float(x))
    return symbol(float(x.numerator)) / symbol(float(x.denominator))
