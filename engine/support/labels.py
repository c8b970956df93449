"""Labels are data: what a user calls a node, made fit for one line of text or of LaTeX."""

from __future__ import annotations

import re
import unicodedata


def one_line(label: str) -> str:
    """The label on one line; what is a control character or no character at all shows as �."""
    return "".join("�" if unicodedata.category(c)[0] == "C" else c for c in " ".join(label.split()))


def shortened(label: str, longest: int) -> str:
    """`one_line`, of at most `longest` characters; the last is … where some are left out."""
    line = one_line(label)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def latex_label(label: str) -> str:
    r"""The label for LaTeX, where nothing in it is a command. One letter is written as a variable.

    Special characters of TeX stand between pieces of `\text`: some displays don't understand them inside.
    """
    if len(label) == 1 and label.isalpha() and label.isascii():
        return label
    pieces = re.split(r"([\\{}$%&#_^~<>])", label)
    return "{" + "".join(_SPECIAL.get(piece) or rf"\text{{{piece}}}" for piece in pieces if piece) + "}"


_SPECIAL = {"\\": r"\backslash ", "^": r"\wedge ", "~": r"\sim ", "<": "<", ">": ">"}
_SPECIAL |= {special: "\\" + special for special in "{}$%&#_"}
