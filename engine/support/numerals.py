"""How numbers are written: significant digits, scientific notation, superscripts and subscripts, plurals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
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


LARGEST_DENOMINATOR = 64


def small_fraction(x: float) -> Fraction | None:
    """`x` as a fraction of small numbers, if it is the float nearest to one: 0.75 is 3/4, 1 / 3 is 1/3."""
    if not isfinite(x) or abs(x) >= 1000:
        return None
    found = Fraction(x).limit_denominator(LARGEST_DENOMINATOR)
    return found if float(found) == x else None


@dataclass(frozen=True, slots=True)
class Numerals:
    """How the numbers of one output are written: to so many significant digits, or as small fractions where exact."""

    digits: int = 4
    fractions: bool = False

    def __post_init__(self) -> None:
        if type(self.digits) is not int or not 1 <= self.digits <= 17:
            raise ValueError(f"digits must be a whole number from 1 to 17; got {self.digits!r}")
        if not isinstance(self.fractions, bool):
            raise TypeError(f"fractions must be True or False; got {self.fractions!r}")

    def text(self, x: float) -> str:
        """`0.4869`, `−3/4`, `3.422×10⁻⁴`."""
        found = small_fraction(x) if self.fractions else None
        return number(x, self.digits) if found is None else str(found).replace("-", "−")

    def latex(self, x: float) -> str:
        r"""The same for LaTeX, without the dollar signs: `-\frac{3}{4}`, `3.422 \times 10^{-4}`."""
        text = self.text(x).replace("−", "-").replace("∞", r"\infty").replace("NaN", r"\text{NaN}")
        mantissa, times, power = text.partition("×10")
        if times:
            return rf"{mantissa} \times 10^{{{on_the_line(power)}}}"
        over, slash, under = text.partition("/")
        sign, size = ("-", over[1:]) if over.startswith("-") else ("", over)
        return rf"{sign}\frac{{{size}}}{{{under}}}" if slash else text


def latex_number(x: float, digits: int = 4) -> str:
    r"""`number` for LaTeX: `3.422 \times 10^{-4}`, without the dollar signs."""
    return Numerals(digits).latex(x)


def plural(count: int, thing: str, written: str = "") -> str:
    """`1 term`, `2 terms`, for a thing whose plural ends in s; `written` is the count in another form."""
    return f"{written or count} {thing}{'' if count == 1 else 's'}"
