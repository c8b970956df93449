"""Names of nodes as identifiers of a language: safe, unique, and still those that a reader knows.

    w₂,₃⁽²⁾ → w2_2_3       a₂⁽¹⁾ → a1_2       δ₂⁽¹⁾ → d1_2       ∂E/∂w₂,₃⁽²⁾ → g_w2_2_3

A label is data: whatever it contains, what comes out is one identifier, and none that means something already.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from engine.naming.given import Name
from engine.rules import RULES
from engine.vocabulary import NAMES

LONGEST = 40  # characters of a label


class Identifiers:
    """Gives out identifiers, each once."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {*NAMES, *RULES, *reserved}
        self._next: dict[str, int] = {}

    def unique(self, preferred: str) -> str:
        """`preferred`, or with a number behind it where it is taken."""
        found = preferred
        while found in self._taken:
            self._next[preferred] = self._next.get(preferred, 1) + 1
            found = f"{preferred}_{self._next[preferred]}"
        self._taken.add(found)
        return found

    def numbered(self, stem: str) -> str:
        """`stem_1`, `stem_2`, …"""
        while True:
            self._next[stem + "_"] = self._next.get(stem + "_", 0) + 1
            found = f"{stem}_{self._next[stem + '_']}"
            if found not in self._taken:
                self._taken.add(found)
                return found


def spelled(name: Name) -> str:
    """The name as an identifier; "" if nothing of it is left."""
    text = name.plain.replace("delta[", "d[") if not name.label else name.plain
    text = text.replace("][", "_").replace("[", "").replace("]", "").replace(",", "_")
    text = "".join(character if _may_stand(character) else "_" for character in unicodedata.normalize("NFKC", text))
    text = unicodedata.normalize("NFKC", re.sub("__+", "_", text)[:LONGEST]).strip("_")
    return text if not text or text.isidentifier() else f"v_{text}"


def _may_stand(character: str) -> bool:
    return ("_" + character).isidentifier()
