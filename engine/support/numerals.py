"""How numbers are written: significant digits, scientific notation, superscripts and subscripts, plurals."""

from __future__ import annotations

from math import isfinite

_RAISED = str.maketrans("0123456789-−()lL", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁽⁾ˡᴸ")
_LOWERED = str.maketrans("0123456789kn", "₀₁₂₃₄₅₆₇₈₉ₖₙ")
_ON_THE_LINE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", "0123456789-0123456789")


def raised(text: object) -> str:
    """As a superscript: `12` is `¹²`, `(2)` is `⁽²⁾`, `-4` is `⁻⁴`. What has none stays as it is."""
    return str(text).translate(_RAISED)


def lowered(text: object) -> str:
    """As a subscript: `2,3` is `₂,₃`, `k` is `ₖ`. What has none stays as it is."""
    return str(text).translate(_LOWERED)


def on_the_line(text: str) -> str:
    """Superscripts and subscripts as plain digits: `¹²` and `₁₂` are `12`."""
    return text.translate(_ON_THE_LINE)


def number(x: float, digits: int = 4) -> str:
    """`x` to `digits` significant digits: 0.6, but 0.04150; 3.422×10⁻⁴; −1.

    Trailing zeros are dropped only where nothing was rounded away; scientific below 1e-3 and from 1e4.
    """
    x = float(x)
    if not isfinite(x):
        return "NaN" if x != x else "∞" if x > 0 else "−∞"
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    power = int(exponent)
    scientific = x != 0 and not -3 <= power < 4
    shown = mantissa if scientific else f"{x:.{max(digits - 1 - power, 0)}f}"
    exact = float(f"{mantissa}e{power}") == x
    if exact and "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    if shown.strip("-0.") == "":
        shown = "0"
    shown = shown.replace("-", "−")
    return f"{shown}×10{raised(power)}" if scientific else shown


def latex_number(x: float, digits: int = 4) -> str:
    r"""The same number for LaTeX: `3.422 \times 10^{-4}`, without the dollar signs."""
    text = number(x, digits).replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\text{NaN}")
    mantissa, times, power = text.partition("×10")
    return mantissa + (rf" \times 10^{{{on_the_line(power)}}}" if times else "")


def plural(count: int, thing: str, written: str = "") -> str:
    """`1 term`, `2 terms`, for a thing whose plural ends in s; `written` is the count in another form."""
    return f"{written or count} {thing}{'' if count == 1 else 's'}"
