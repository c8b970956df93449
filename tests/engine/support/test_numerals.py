"""How numbers are written."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.support.numerals import latex_number, lowered, number, on_the_line, plural, raised


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.6, "0.6"),  # nothing was rounded away
        (0.0415, "0.0415"),
        (0.04150072, "0.04150"),  # here something was
        (0.1 + 0.2, "0.3000"),
        (-0.003422, "−0.003422"),
        (-1.0, "−1"),
        (2.0, "2"),
        (100.0, "100"),
        (1234.5678, "1235"),
        (0.001, "0.001"),  # from here …
        (0.0009999, "9.999×10⁻⁴"),
        (9999.0, "9999"),  # … to here
        (9999.6, "1.000×10⁴"),
        (10000.0, "1×10⁴"),
        (1_000_001.0, "1.000×10⁶"),
        (-1.5e-10, "−1.5×10⁻¹⁰"),
        (5e-324, "4.941×10⁻³²⁴"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (7, "7"),
        (Fraction(1, 8), "0.125"),
    ],
)
def test_a_number_is_written_to_four_digits(x, text):
    assert number(x) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "0.3"), (2, "0.33"), (6, "0.333333")])
def test_a_number_is_written_to_as_many_digits_as_asked(digits, text):
    assert number(1 / 3, digits) == text


def read(text):
    """What stands there, as Python writes it."""
    return on_the_line(text).replace("−", "-").replace("×10", "e")


def significant(text):
    """The digits that a reader sees, without the zeros that only place them."""
    return text.partition("×")[0].replace(".", "").lstrip("−0")


finite = st.floats(allow_nan=False, allow_infinity=False)
nonzero = (finite | st.floats(-1e5, 1e5) | st.integers(-99999, 99999).map(lambda n: n / 1000)).filter(bool)


@given(nonzero)
@example(9999.5)
@example(0.00099995)
def test_a_written_number_is_off_by_half_a_unit_of_its_last_digit_at_most(x):
    unit = Fraction(10) ** (Decimal(x).adjusted() - 3)
    assert abs(Fraction(read(number(x))) - Fraction(x)) <= unit / 2


@given(nonzero)
def test_digits_are_dropped_only_where_the_number_is_then_exact(x):
    text = number(x)
    exact = float(read(text)) == x
    if len(significant(text)) < 4:
        assert exact
    elif exact and "." in text:
        assert not text.partition("×")[0].endswith("0")


@given(nonzero)
def test_a_number_has_an_exponent_below_a_thousandth_and_from_ten_thousand(x):
    text = number(x)
    assert ("×10" in text) == (not Fraction(1, 1000) <= abs(Fraction(read(text))) < 10000)


@given(nonzero)
def test_a_written_number_has_a_true_minus_sign_and_no_more_than_four_digits(x):
    text = number(x)
    assert text.startswith("−") == (x < 0)
    assert "-" not in text
    assert len(significant(text)) <= 4


@pytest.mark.parametrize(
    ("x", "latex"),
    [
        (-0.6, "-0.6"),
        (0.0009999, r"9.999 \times 10^{-4}"),
        (1e10, r"1 \times 10^{10}"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\text{NaN}"),
    ],
)
def test_a_number_for_latex_is_the_same_number(x, latex):
    assert latex_number(x) == latex


@pytest.mark.parametrize(
    ("text", "superscript"), [(12, "¹²"), (-4, "⁻⁴"), ("−4", "⁻⁴"), ("(2)", "⁽²⁾"), ("(L)", "⁽ᴸ⁾"), ("l-1", "ˡ⁻¹")]
)
def test_a_superscript(text, superscript):
    assert raised(text) == superscript


@pytest.mark.parametrize(("text", "subscript"), [(10, "₁₀"), ("2,3", "₂,₃"), ("k,1", "ₖ,₁"), ("n", "ₙ")])
def test_a_subscript(text, subscript):
    assert lowered(text) == subscript


@given(st.integers())
def test_digits_come_back_to_the_line(n):
    assert on_the_line(raised(n)) == str(n)
    assert on_the_line(lowered(abs(n))) == str(abs(n))


@pytest.mark.parametrize(("count", "words"), [(0, "0 terms"), (1, "1 term"), (2, "2 terms")])
def test_a_plural_is_of_any_number_but_one(count, words):
    assert plural(count, "term") == words
