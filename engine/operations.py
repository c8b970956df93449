"""Operations of a user's own: rows beside those of the table, checked as these are, and read in the same ways."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from types import FunctionType
from typing import Any, Protocol, cast

from engine.functions import function_of
from engine.readings.python import USED_BY_TEXT
from engine.readings.requirements import require_row
from engine.readings.scope import Scope, as_constant, is_same
from engine.rules import RULES, Rule
from engine.support.bytecode import without_defaults
from engine.support.labels import one_line
from engine.support.undefined import Undefined
from engine.vocabulary import NAMES

# What means something already: to a row, in the text of a program, or to nn where an activation is named.
TAKEN = {*keyword.kwlist, *keyword.softkwlist, *NAMES, *USED_BY_TEXT, "linear", "softmax"}


class Operation(Protocol):
    """A function of Values and numbers, as those of the table are, with its row."""

    rule: Rule
    __name__: str

    def __call__(self, *operands: Any) -> Any: ...


def operation(
    name: str,
    forward: Callable[..., Any],
    locals: Callable[..., Any],
    *,
    symbol: str | None = None,
    note: str = "",
    textbook: Callable[..., Any] | None = None,
) -> Operation:
    """An operation of your own: `forward(x, …)`, and `locals(out, x, …)`, a tuple of ∂out/∂operand for each operand.

        cube = operation("cube", lambda x: x * x * x, lambda out, x: (3.0 * x * x,))

    Gives a function of Values and numbers, which nn takes for an activation, too. A row in the words of
    engine/vocabulary.py (exp, tanh, where, …), with plain numbers from around it, is read in every way in which the
    table is: it compiles, and has second derivatives. A row with other names in it (`math.erf`, a function of your own)
    is computed with floats, and refused with that name, by a TypeError, where floats are not enough.

    `symbol` stands in pictures, `note` (domain, kinks) in errors, and what `textbook` gives in explanations, in the
    place of `locals`. The same definition once more gives the operation that is there.

    Raises TypeError, ValueError or NameError for a row that does not obey, ValueError for a name that is taken.
    """
    _require_name(name)
    for what, text in (("symbol", name if symbol is None else symbol), ("note", note)):
        if not isinstance(text, str):
            raise TypeError(f"{what} of {name!r} must be a str; got {text!r} ({type(text).__name__})")
    given = {"forward": forward, "locals": locals} | ({} if textbook is None else {"textbook": textbook})
    parts = {role: _function(name, role, part) for role, part in given.items()}
    scope = Scope(name, parts)
    texts: dict[str, Any] = {
        "symbol": one_line(symbol or "") or name,
        "note": one_line(note),
        "only_floats": scope.refusal,
    }
    row = OwnRule(name, **texts, **scope.bound(NAMES, parts), scope=scope, parts=parts)
    if name in _operations:
        return _known(row)
    require_row(row)
    RULES[name] = row = replace(row, locals=_or_undefined(name, row.locals))
    _operations[name] = cast(Operation, function_of(row))
    return _operations[name]


_operations: dict[str, Operation] = {}


def defined(name: str) -> Rule:
    """The rule with this name; ValueError, with what to do, if it is one of a user's own that is not defined here."""
    if name not in RULES:
        raise ValueError(
            f"the operation {name!r} is not defined here: define it first, as where this was saved, "
            f"with engine.operation({name!r}, …)"
        )
    return RULES[name]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class OwnRule(Rule):
    """A row of a user's own; its names mean what they mean where it was written."""

    scope: Scope = field(kw_only=True)
    parts: Mapping[str, FunctionType] = field(kw_only=True)  # forward, locals and perhaps textbook, as written

    def read(self, names: Mapping[str, Any]) -> Rule:
        if self.only_floats:
            raise TypeError(self.only_floats)
        return replace(self, **self.scope.bound(names, self.parts))

    def __reduce__(self) -> tuple[Any, ...]:
        return defined, (self.name,)

    def is_as(self, other: OwnRule) -> bool:
        """Do both compute the same, as far as their code tells?"""
        return (
            (self.symbol, self.note, self.parts.keys()) == (other.symbol, other.note, other.parts.keys())
            and self.scope.is_as(other.scope)
            and all(is_same(part, other.parts[role]) for role, part in self.parts.items())
        )


def _or_undefined(name: str, local: Callable[..., Any]) -> Callable[..., Any]:
    """Local derivatives by floats that are no obstacle to the forward pass where they do not exist."""

    def derivatives(out: float, *operands: float) -> Any:
        try:
            return local(out, *operands)
        except (ArithmeticError, ValueError) as error:
            kind = next(kind for kind in (ZeroDivisionError, ArithmeticError, ValueError) if isinstance(error, kind))
            at = ", ".join(map(repr, operands))
            return (Undefined(kind, f"the derivative of {name} does not exist at {at}: {error}"),) * len(operands)

    return derivatives


def _known(row: OwnRule) -> Operation:
    known = _operations[row.name]
    if not row.is_as(cast(OwnRule, known.rule)):
        raise ValueError(
            f"there is another operation {row.name!r} already, and graphs and saved models know operations by their "
            f"names: give this one a name of its own, such as {row.name + '_2'!r}, or start Python anew"
        )
    return known


def _function(name: str, role: str, part: Any) -> FunctionType:
    if not isinstance(part, FunctionType):
        such = "lambda x: …" if role == "forward" else "lambda out, x: (…,)"
        raise TypeError(
            f"{role} of {name!r} must be a function written in Python, such as {such}; "
            f"got {part!r} ({type(part).__name__})"
        )
    apart = without_defaults(part)
    apart.__kwdefaults__ = {
        key: as_constant(x) if isinstance(x, Real) else x for key, x in (apart.__kwdefaults__ or {}).items()
    }
    return apart


def _require_name(name: Any) -> None:
    if not isinstance(name, str):
        raise TypeError(f"the name of an operation must be a str; got {name!r} ({type(name).__name__})")
    if not name.isidentifier() or name.startswith("_") or unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"the name of an operation must be an identifier that begins with a letter; got {name!r}")
    if name in TAKEN or (name in RULES and name not in _operations):
        what = "an operation of the table" if name in RULES else "a word with a meaning of its own"
        raise ValueError(f"{name!r} is {what}; give your operation another name, such as {'my_' + name!r}")
