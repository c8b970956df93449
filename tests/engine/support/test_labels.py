"""Labels on one line, of bounded length, and for LaTeX."""

import pytest

from engine.support.labels import latex_label, one_line, shortened


def test_a_label_stands_on_one_line():
    assert one_line(" two\nlines\tand  a tab ") == "two lines and a tab"


def test_what_is_no_character_shows_as_a_replacement():
    assert one_line("\x1b[31mred\x00\ud800") == "�[31mred��"


@pytest.mark.parametrize(("label", "shown"), [("abcdef", "abcdef"), ("abcdefg", "abcde…"), ("  abcdef\n", "abcdef")])
def test_a_long_label_is_cut_to_the_length_that_fits(label, shown):
    assert shortened(label, 6) == shown


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("x", "x"),
        ("xy", r"{\text{xy}}"),
        ("é", r"{\text{é}}"),
        (r"\evil{x}", r"{\backslash \text{evil}\{\text{x}\}}"),
        ("50%", r"{\text{50}\%}"),
        ("", "{}"),
    ],
)
def test_nothing_in_a_label_is_a_command_of_latex(label, latex):
    assert latex_label(label) == latex
