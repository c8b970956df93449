"""What a row has to obey, whoever adds it: one of the table, or an operation of a user's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from math import isnan, nan
from numbers import Real
from typing import Any

from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import COMPARISONS, Symbol
from engine.rules import Rule
from engine.support.bytecode import names
from engine.vocabulary import NAMES

SEVERAL = 3  # operands of a rule of any number of them
TRIED = (nan, 0.5, 1.5, -0.5, -1.5)  # NaN goes through every row, so none can object to it


def require_words(row: Rule) -> None:
    """Refuse, by a NameError, a row of the table that names what no reading provides."""
    for role, part in _parts(row):
        if foreign := names(part) - NAMES.keys():  # type: ignore[arg-type]
            raise NameError(
                f"{role} of {row.name!r} uses {sorted(foreign)}; a row of the table may use {sorted(NAMES)}"
            )


def require_row(row: Rule) -> None:
    """Refuse a row whose derivatives do not match its operands, that NaN does not pass, or that symbols can't read.

    Raises TypeError or ValueError. Whether the derivatives are those of the operation is not asked: some are not, on
    purpose, and `check_gradients` tells.
    """
    _require_signatures(row)
    _require_numbers(row)
    if not row.only_floats:
        _require_symbols(row)


def _parts(row: Rule) -> Iterator[tuple[str, Callable[..., Any]]]:
    yield "forward", row.forward
    yield from _derivatives(row)


def _derivatives(row: Rule) -> Iterator[tuple[str, Callable[..., Any]]]:
    yield "locals", row.locals
    if row.textbook:
        yield "textbook", row.textbook


def _require_signatures(row: Rule) -> None:
    operands = inspect.getfullargspec(row.forward)
    if not (operands.args or operands.varargs):
        raise TypeError(f"forward of {row.name!r} must take operands, such as lambda x: …; it takes none")
    for role, part in _parts(row):
        found, own = inspect.getfullargspec(part), ["out"] if role != "forward" else []
        if (found.args, found.varargs) != ([*own, *operands.args], operands.varargs):
            raise TypeError(
                f"{role} of {row.name!r} must take out and then the operands of forward, "
                f"({_listed([*own, *operands.args], operands.varargs)}); "
                f"it takes ({_listed(found.args, found.varargs)})"
            )
        if found.varkw or set(found.kwonlyargs) - {*(found.kwonlydefaults or ())}:
            raise TypeError(f"{role} of {row.name!r} must take operands by their place alone; it takes some by name")


def _listed(args: list[str], varargs: str | None) -> str:
    return ", ".join([*args, *([f"*{varargs}"] if varargs else [])])


def _require_numbers(row: Rule) -> None:
    """Read by floats: the result is a float, the derivatives a tuple of as many numbers as there are operands."""
    count = row.arity or SEVERAL
    for x in TRIED:
        operands = [x] * count
        try:
            out = row.forward(*operands)
        except (ArithmeticError, ValueError):  # outside of the domain, which says so
            continue
        except Exception as error:
            raise TypeError(f"forward of {row.name!r} fails at {x!r}: {type(error).__name__}: {error}") from error
        if not isinstance(out, float):
            raise TypeError(f"forward of {row.name!r} must give a float; at {x!r} it gives {_got(out)}")
        if isnan(x) and not isnan(out):
            raise ValueError(
                f"NaN must go through forward of {row.name!r}, which gives {out!r} for it: "
                "where(x <= 0.0, 0.0, x) lets it through, where(x > 0.0, x, 0.0) does not"
            )
        for role, part in _derivatives(row):
            _require_derivatives(row, role, part, [out, *operands])


def _require_derivatives(row: Rule, role: str, part: Callable[..., Any], at: list[float]) -> None:
    count = len(at) - 1
    try:
        local = part(*at)
    except (ArithmeticError, ValueError):
        return
    except Exception as error:
        raise TypeError(f"{role} of {row.name!r} fails at {at[1]!r}: {type(error).__name__}: {error}") from error
    if not isinstance(local, tuple) or len(local) != count:
        one = ", as in lambda out, x: (out,)" if count == 1 else ""
        raise TypeError(
            f"{role} of {row.name!r} must give a tuple of {count} local derivative{'s' * (count != 1)}{one}; "
            f"at {at[1]!r} it gives {_got(local)}"
        )
    if strange := [x for x in local if not isinstance(x, Real)]:
        raise TypeError(
            f"{role} of {row.name!r} must give numbers; at {at[1]!r} there is {_got(strange[0])} among them"
        )


def _got(x: Any) -> str:
    return f"{x!r:.60} ({type(x).__name__})"


def _require_symbols(row: Rule) -> None:
    read = row.read(SYMBOLIC.names)
    for count in (row.arity,) if row.arity else (2, SEVERAL):
        operands = [Symbol.named(f"x{i}") for i in range(count)]
        for role, part in _parts(read):
            at = operands if role == "forward" else [Symbol.named("out"), *operands]
            try:
                found = part(*at)
                expressions = found if isinstance(found, tuple) else (found,)
                for expression in expressions:
                    _require_expression(expression)
            except Exception as error:
                raise TypeError(
                    f"{role} of {row.name!r} must be an expression of its operands that every reading can compute, by "
                    "+ − * / **, < <= > >= inside where(condition, a, b), and the words of engine/vocabulary.py: "
                    f"{error}"
                ) from error


def _require_expression(x: Any) -> None:
    pending = [x]
    while pending:
        part = pending.pop()
        if not isinstance(part, Symbol):
            if not isinstance(part, Real):
                raise TypeError(f"it gives {_got(part)}")
            continue
        if part.kind in COMPARISONS:
            raise TypeError("a comparison is no number; where(condition, 1.0, 0.0) is one")
        if part.kind == "where":
            condition, *pending_ = part.parts
            if not isinstance(condition, Symbol) or condition.kind not in COMPARISONS:
                raise TypeError(f"the condition of where() must be a comparison; it is {_got(condition)}")
            pending += [*condition.parts, *pending_]
        elif part.kind not in ("name", "number"):
            inner = {"call": part.parts[1:], "softmax": part.parts[-1]}
            pending += inner.get(part.kind, part.parts)
