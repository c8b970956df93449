"""The names that a function takes from outside, read off its code, and what they stand for: `tanh`, `math.erf`."""

from __future__ import annotations

import builtins
import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

NOWHERE = object()  # what a name stands for that nothing defines


def names(function: FunctionType) -> set[str]:
    """The names that it takes from outside, generator expressions inside it included."""
    return {path.partition(".")[0] for path in paths(function)}


def paths(function: FunctionType) -> dict[str, None]:
    """The names that it takes from outside as they are written, with their attributes: `math.erf`."""
    return dict.fromkeys(_paths(function.__code__, {*function.__code__.co_freevars}))


def _paths(code: CodeType, around: set[str]) -> Iterator[str]:
    path = ""
    for instruction in dis.get_instructions(code):
        if path and instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            path += f".{instruction.argval}"
            continue
        if path:
            yield path
        taken = instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME") or (
            instruction.opname in ("LOAD_DEREF", "LOAD_CLASSDEREF") and instruction.argval in around
        )
        path = instruction.argval if taken else ""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _paths(inner, around)


def meaning(function: FunctionType, path: str) -> Any:
    """What a path stands for where the function was written; NOWHERE if nothing defines it."""
    name, *attributes = path.split(".")
    found = _found(function, name)
    for attribute in attributes:
        found = getattr(found, attribute, NOWHERE)
    return found


def _found(function: FunctionType, name: str) -> Any:
    code = function.__code__
    if name not in code.co_freevars:
        return function.__globals__.get(name, getattr(builtins, name, NOWHERE))
    try:
        return (function.__closure__ or ())[code.co_freevars.index(name)].cell_contents
    except ValueError:  # it is defined later
        return NOWHERE


def without_defaults(function: FunctionType) -> FunctionType:
    """The same function, whose arguments with a default can be given by name only: what is left are operands."""
    code, defaults = function.__code__, function.__defaults__ or ()
    first = code.co_argcount - len(defaults)
    given = dict(zip(code.co_varnames[first : code.co_argcount], defaults, strict=True))
    moved = code.replace(
        co_argcount=first,
        co_posonlyargcount=min(code.co_posonlyargcount, first),
        co_kwonlyargcount=code.co_kwonlyargcount + len(defaults),
    )
    found = FunctionType(moved, function.__globals__, function.__name__, None, function.__closure__)
    found.__kwdefaults__ = {**given, **(function.__kwdefaults__ or {})}
    return found


def same_code(x: CodeType, y: CodeType) -> bool:
    """Do they do the same, wherever they are written?"""
    return _anywhere(x) == _anywhere(y)


def _anywhere(code: CodeType) -> CodeType:
    constants = tuple(_anywhere(x) if isinstance(x, CodeType) else x for x in code.co_consts)
    return code.replace(co_firstlineno=1, co_linetable=b"", co_name="", co_qualname="", co_consts=constants)
