"""What the generated text calls that `math` does not have: its definitions, as Python, from the table."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable

from engine import vocabulary
from engine.readings.formulas import operand_symbols
from engine.readings.python import HELPERS, definition
from engine.readings.styles import PYTHON

POWERS = {"power": vocabulary.power, "power_or_inf": vocabulary.power_or_inf}


def helper_definitions(functions: Iterable[str]) -> list[str]:
    """The definitions of the helpers that the functions call, and of those that these call."""
    found: dict[str, str] = {}
    pending = list(functions)
    while pending:
        for name in sorted(words_of(pending.pop()) & {*HELPERS, *POWERS} - {*found}):
            if name in POWERS:
                found[name] = re.sub(r" +\"\"\".*?\"\"\"\n", "", inspect.getsource(POWERS[name])).rstrip()
            else:
                rule = HELPERS[name]
                letters = ", ".join(str(operand.text) for operand in operand_symbols(rule))
                found[name] = f"def {name}({letters}):\n    return {PYTHON.print(definition(rule))}"
            pending.append(found[name])
    return list(found.values())


def words_of(text: str) -> set[str]:
    """The identifiers in a text."""
    return {*re.findall(r"\b[^\W\d]\w*", text)}
