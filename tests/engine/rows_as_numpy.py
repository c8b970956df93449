"""Rows as the numpy text that programs print, as functions of arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.compiling.arrays.language import NUMPY
from engine.compiling.source.helpers import helper_definitions
from engine.readings.arrays import applied, leading, locals_of
from engine.readings.symbols import Symbol
from engine.rules import RULES, TABLE

BY_ARRAYS = {row.name: row for row in TABLE if row.name != "dot"}  # a dot is a product of arrays, not a row


@cache
def rows_as_numpy(name: str) -> SimpleNamespace:
    """The row of this name: `forward` and `locals` of one array for each operand."""
    rule = RULES[name]
    count = leading(rule)
    names = [f"x{k}" for k in range(count)] + ["stack"] * (rule.arity is None)
    operands = [Symbol.named(operand) for operand in names]

    def called(results: list[Symbol], arguments: list[str]) -> Callable[..., Any]:
        body = NUMPY.returned(NUMPY.listed([NUMPY.style.print(result) for result in results]))
        function = NUMPY.function("row", ", ".join(arguments), [body])
        module: dict[str, Any] = {"np": np}
        exec("\n".join([*helper_definitions([function], NUMPY), function]), module)
        return module["row"]  # type: ignore[no-any-return]

    forward, local = (
        called([applied(rule, operands)], names),
        called(locals_of(rule, Symbol.named("out"), operands), ["out", *names]),
    )

    def given(columns: tuple[Any, ...]) -> list[Any]:
        alone, stack = columns[:count], columns[count:]
        return [*alone, *([np.array(np.broadcast_arrays(*stack))] if rule.arity is None else [])]

    def all_locals(out: Any, *columns: Any) -> list[Any]:
        found = local(out, *given(columns))
        *alone, stack = found if rule.arity is None else (*found, [])
        return (
            [*alone, *np.broadcast_to(stack, (len(columns) - count, *np.shape(out)))]
            if rule.arity is None
            else list(found)
        )

    return SimpleNamespace(forward=lambda *columns: forward(*given(columns))[0], locals=all_locals)
