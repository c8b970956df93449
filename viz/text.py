"""Text in pictures: labels made harmless, and how much room they take."""

from __future__ import annotations

import unicodedata
from html import escape
from math import fsum

import graphviz

from engine.support.labels import shortened
from engine.support.numerals import raised

FONT = "Helvetica"
LONGEST = 28  # characters of a label that a picture shows; the whole of it is in the tooltip

# Widths in units of the font size: Helvetica’s, and a seventh more for the wider fonts of some systems.
_ROOM = 1.15
_WIDTHS = {" ": 0.28, ",": 0.28, ".": 0.28, "=": 0.58, "−": 0.58, "×": 0.58, "∂": 0.52, "δ": 0.56, "—": 1.0, "#": 0.56}
_WIDTHS |= dict.fromkeys("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻", 0.36) | dict.fromkeys("⁽⁾()|/:;'il", 0.3)


def width(text: str, size: float) -> float:
    """Roughly how wide `text` is, in points, on the generous side (by fsum, which every Python rounds alike)."""
    return _ROOM * size * fsum(_WIDTHS.get(c, 1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62) for c in text)


def guessed_width(text: str, size: float) -> float:
    """What graphviz-pure takes it for: each byte of a character beyond ASCII for as wide as a space."""
    return size * fsum(_WIDTHS[" "] * len(c.encode()) if ord(c) > 127 else 0.6 for c in text)


def cell_width(text: str, size: float) -> float:
    """What a table cell needs, so that no renderer finds its text too wide and moves it."""
    return max(width(text, size), guessed_width(text, size)) + 10


def tidy(label: str) -> str:
    """A label on one line, no longer than a picture has room for."""
    return shortened(label, LONGEST)


def exact(x: float) -> str:
    """A number for a tooltip: 12 significant digits, which every platform agrees on."""
    return f"{x:.12g}"


def operator(symbol: str) -> str:
    """What made a node, as mathematics writes it: `·` for `*`, `²` for `**2`, `−` for `-`, `^0.5` for `**0.5`."""
    if symbol.startswith("**"):
        power = symbol.removeprefix("**")
        whole = power.removeprefix("-").isdecimal()
        return raised(power) if whole else "^" + power.replace("-", "−")
    return {"*": "·", "-": "−"}.get(symbol, symbol)


def plain(text: str) -> str:
    """Text for a plain label or a tooltip, where < … > would be markup, \\N the node's name and &amp; an ampersand."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def html(text: str) -> str:
    """Text inside an HTML-like label, where < > & and quotes would be markup, and \\N the name of the node."""
    return escape(text, quote=True).replace("\\", "\\\\")
