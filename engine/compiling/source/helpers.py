"""What the generated text calls that the language's library does not have: its definitions, from the table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.compiling.source.assignments import Assignments
from engine.compiling.source.expressions import Expressions, NamedExpression
from engine.compiling.source.identifiers import Identifiers
from engine.compiling.source.languages import Language
from engine.readings.formulas import operand_symbols
from engine.readings.python import HELPERS


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
    """The rule as a function; what its row uses several times is computed once."""
    rule = HELPERS[name]
    operands = [language.called(str(operand.text)) for operand in operand_symbols(rule)]
    expressions = Expressions()
    symbols = [expressions.known(expressions.name(operand)) for operand in operands]
    result = expressions.of(language.definition(rule, symbols))
    numbered = Identifiers(operands).numbered
    written = Assignments(expressions, [NamedExpression("", result, "")], {}, numbered, language.style)
    lines = [language.assigned(line.name, line.pieces) for line in written.lines]
    last = language.returned(written.printed(result, top=True))
    return language.function(language.called(name), ", ".join(operands), [*lines, last])


def taken_by(texts: Iterable[str], language: Language) -> list[str]:
    """What they take from the library."""
    return sorted({word for text in texts for word in words_of(text)} & language.library)


def words_of(text: str) -> dict[str, None]:
    """The identifiers in a text, in order, each once, without attributes."""
    return dict.fromkeys(re.findall(r"(?<![\w.])[^\W\d]\w*", text))
