"""Screens that are not UTF-8: where a stream can't take a character, a plain spelling comes in its place.

`δ₂⁽¹⁾ = −1.5` becomes `delta[1][2] = -1.5`, in the way in which names are typed. This is an error handler of codecs,
"plain spelling", so whoever opens a file in such an encoding can name it, too.
"""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata
from typing import Any, TextIO

PLAIN_SPELLING = "plain spelling"

_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐᵢⱼₖₗₘₙₒₜᵤ", "0123456789+-aijklmnotu", strict=True))
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᴸᵀᵈʰʲᵏˡⁱⁿᵗˣʸᶻ", "0123456789+-LTdhjklintxyz", strict=True))
_INDEX = re.compile(f"([{''.join(_LOWERED)}]+(?:,[{''.join(_LOWERED)}]+)*)?(⁽[{''.join(_RAISED)}]+⁾)?")  # ₂,₃⁽²⁾
_EXPONENT = re.compile(f"[{''.join(_RAISED)}]+")
_PLAIN = {
    "−": "-", "·": "*", "×": "x", "⊙": "(*)", "±": "+-", "∘": "o", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~",
    "≡": "==", "→": "->", "←": "<-", "…": "...", "—": "-", "–": "-", "─": "-", "‖": "||", "∞": "inf", "√": "sqrt ",
    "∂": "d", "∇": "grad ", "∏": "prod", "∑": "sum", "Σ": "sum", "Δ": "Delta ", "λ": "lambda", "Λ": "Lambda",
    "½": "1/2", "¼": "1/4", "′": "'", "″": "''", "’": "'", "“": '"', "”": '"', "□": "[]", "✓": "v", "⌊": "floor(",
    "⌋": ")", "ŷ": "y^",
}  # fmt: skip


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """The handler: what comes in place of the first character that can't be encoded, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, start = error.object, error.start
    index = _INDEX.match(text, start)
    if index and index.end() > start:
        lower, upper = index.groups(default="")
        return _bracketed(upper.strip("⁽⁾"), _RAISED) + _bracketed(lower, _LOWERED), index.end()
    if exponent := _EXPONENT.match(text, start):
        digits = "".join(_RAISED[character] for character in exponent[0])
        begun = text[start - 1 : start] in _RAISED  # ¹ ² ³ are in some encodings, and stand already
        return ("" if begun else "^") + digits, exponent.end()
    character = text[start]
    plain = _PLAIN.get(character) or _greek(character)
    if not plain:  # a letter without its accent, or else its number
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or ascii(character)[1:-1]
    return plain, start + 1


def _greek(character: str) -> str:
    """The name of a Greek letter, `omega`, `Omega`; of another character nothing."""
    name = re.match(r"GREEK (?:SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    return (name[1].capitalize() if character.isupper() else name[1].lower()) if name else ""


def _bracketed(characters: str, spelled: dict[str, str]) -> str:
    return f"[{''.join(spelled.get(character, character) for character in characters)}]" if characters else ""


codecs.register_error(PLAIN_SPELLING, _plainly)


def spell_plainly(*streams: TextIO | Any) -> None:
    """Let these streams, or else the standard ones, spell plainly what they would refuse or escape."""
    for stream in streams or (sys.stdout, sys.stderr):
        unasked = ("strict", "surrogateescape", *(["backslashreplace"] if stream is sys.stderr else []))
        if getattr(stream, "errors", None) in unasked and hasattr(stream, "reconfigure"):
            try:
                "₁⁽¹⁾".encode(stream.encoding)
            except UnicodeEncodeError:
                stream.reconfigure(errors=PLAIN_SPELLING)
