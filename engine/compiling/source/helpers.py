"""What the generated text calls that the language's library does not have: its definitions, from the table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.compiling.source.languages import Language
from engine.readings.formulas import operand_symbols
from engine.readings.python import HELPERS, definition
from engine.readings.symbols import Symbol


def helper_definitions(functions: Iterable[str], language: Language) -> list[str]:
    """The definitions of the helpers that the functions call, and of those that these call."""
    found: dict[str, str] = {}
    pending = list(functions)
    while pending:
        for name in sorted(words_of(pending.pop()).keys() & {*HELPERS, *language.powers} - {*found}):
            found[name] = language.power(name) if name in language.powers else _defined(name, language)
            pending.append(found[name])
    return list(found.values())


def _defined(name: str, language: Language) -> str:
    rule = HELPERS[name]
    operands = [Symbol.named(language.called(str(operand.text))) for operand in operand_symbols(rule)]
    result = language.returned(language.style.print(definition(rule, operands)))
    return language.function(language.called(name), ", ".join(str(operand.text) for operand in operands), [result])


def taken_by(texts: Iterable[str], language: Language) -> list[str]:
    """What they take from the library."""
    return sorted({word for text in texts for word in words_of(text)} & language.library)


def words_of(text: str) -> dict[str, None]:
    """The identifiers in a text, in order, each once."""
    return dict.fromkeys(re.findall(r"\b[^\W\d]\w*", text))
