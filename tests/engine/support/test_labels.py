"""Labels on one line, of bounded length, and for LaTeX."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.support.labels import latex_label, latex_letter, latex_operator, latex_text, one_line, shortened

# Every command that a label may come to; known to LaTeX with amsmath, to MathJax and to KaTeX.
COMMANDS = set(
    r"""text mathrm mathcal operatorname hat tilde bar dot prime backslash { } $ % & # _
    alpha beta gamma delta varepsilon epsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon varphi phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    partial nabla infty ell cdot times div pm mp circ odot otimes oplus le ge ne approx equiv sim propto
    to leftarrow mapsto Rightarrow in sum prod int surd Vert langle rangle lfloor rfloor dots cdots
    wedge vee neg forall exists emptyset cup cap subset""".split()
)


def test_a_label_stands_on_one_line():
    assert one_line(" two\nlines\tand  a tab ") == "two lines and a tab"


def test_what_is_no_character_shows_as_a_replacement():
    assert one_line("\x1b[31mred\x00\ud800") == "�[31mred��"


@pytest.mark.parametrize(("label", "shown"), [("abcdef", "abcdef"), ("abcdefg", "abcde…"), ("  abcdef\n", "abcdef")])
def test_a_long_label_is_cut_to_the_length_that_fits(label, shown):
    assert shortened(label, 6) == shown


# ── LaTeX ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("x", "x"),
        ("β", r"\beta"),
        ("Α", r"\mathrm{A}"),  # a capital alpha
        ("∂", r"\partial"),
        ("w₁", "w_{1}"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("w_i", "w_{i}"),
        ("w_in", r"w_{\text{in}}"),
        ("w₂,₃⁽²⁾", "w_{2,3}^{(2)}"),
        ("β₁", r"\beta_{1}"),
        ("x²", "x^{2}"),
        ("x**2", "x^{2}"),
        ("w₁′", "w_{1}'"),
        ("w₁″²", "w_{1}''^{2}"),
        ("Δw", r"\Delta w"),
        ("ŷ", r"\hat{y}"),
        ("θ\u0304₁", r"\bar{\theta}_{1}"),
        ("0.5", "0.5"),
        ("loss₂", r"\text{loss}_{2}"),
    ],
)
def test_a_variable_is_set_as_one(label, latex):
    assert latex_label(label) == latex


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("x1*w1 + x2*w2", r"(x_{1} \cdot w_{1} + x_{2} \cdot w_{2})"),
        ("(a+b)·c", r"((a + b) \cdot c)"),
        ("∂E/∂w₁", r"(\partial E / \partial w_{1})"),
        ("a−b", "(a - b)"),
        ("tanh(n)", r"\operatorname{tanh}(n)"),
        ("σ(w·x + b)", r"\sigma(w \cdot x + b)"),
        ("f(x, g(y))", "f(x, g(y))"),
        ("w[2][2,3]", "w[2][2, 3]"),
    ],
)
def test_a_simple_expression_is_mathematics_in_brackets_where_it_has_an_operator(label, latex):
    assert latex_label(label) == latex


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("loss", r"\text{loss}"),
        ("é", r"\text{é}"),
        ("learning rate", r"\text{learning rate}"),
        ("x1w1", r"\text{x1w1}"),
        ("loss_in", r"{\text{loss}{\_}\text{in}}"),
        ("cross-entropy", r"\text{cross-entropy}"),
        ("h_t-1", r"{\text{h}{\_}\text{t-1}}"),  # (hₜ) − 1, or h of t − 1?
        ("β decay", r"{{\beta}\text{ decay}}"),
        ("E = mc²", r"{\text{E = mc}{}^{2}}"),
        ("a)(b", r"\text{a)(b}"),
        (" two\n\nlines ", r"\text{ two lines }"),
        ("", "{}"),
        ("x" * 100, rf"\text{{{'x' * 100}}}"),
    ],
)
def test_all_else_is_text(label, latex):
    assert latex_label(label) == latex


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        (r"\evil{x}", r"{{\backslash}\text{evil}{\{}\text{x}{\}}}"),
        ("50%", r"{\text{50}{\%}}"),
        ("$x$", r"{{\$}\text{x}{\$}}"),
        ("^^5c", r"{{\wedge}{\wedge}\text{5c}}"),
        ("\u202egnal", r"{{?}\text{gnal}}"),
        ("a\x00", r"{\text{a}{?}}"),
        ("x²′", r"{\text{x}{}^{2\prime }}"),
        ("x \u0302\u0323", r"{\text{x }{?}{?}}"),  # accents on nothing
        ("a ⟦ ℳ", r"{\text{a }{⟦}\text{ }{ℳ}}"),  # some displays have these in mathematics only
        ("w_1₂", r"{\text{w}{\_}\text{1}{}_{2}}"),  # two subscripts are an error in TeX
    ],
)
def test_nothing_in_a_label_is_a_command(label, latex):
    assert latex_label(label) == latex


ANYTHING = st.text(max_size=80) | st.text("\\{}$%&#_^~<>'*()[] \n-+,ab1₁²′βŷ\u0302", max_size=20)


@given(ANYTHING)
@pytest.mark.parametrize("written", [latex_label, latex_letter, latex_text])
def test_no_text_at_all_breaks_out(written, label):
    latex = written(label)
    commands = re.findall(r"\\([A-Za-z]+|.)", latex, re.DOTALL)
    assert set(commands) <= COMMANDS
    bare = re.sub(r"\\([A-Za-z]+|.)", "", latex, flags=re.DOTALL)
    assert not re.search("[$%&#~\n\\\\�]", bare)
    assert not re.search(r"\^\^", bare)
    depth = 0
    for brace in re.findall("[{}]", bare):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert not any(unicodedata.category(c)[0] == "C" for c in latex)


@given(ANYTHING)
def test_no_letters_are_lost(label):
    """What stays on the line is all there, and in its order."""
    letters = re.findall("[a-z0-9]", unicodedata.normalize("NFC", label))
    shown = re.sub(r"\\[A-Za-z]+", "", latex_text(label))
    shown = re.sub(r"[_^]\{[^}]*\}", "", shown)
    assert re.findall("[a-z0-9]", shown) == letters


@pytest.mark.parametrize(
    ("letter", "latex"),
    [("a", "a"), ("net", r"\text{net}"), ("η", r"\eta"), ("w_in", r"{w_{\text{in}}}"), ("ε²", r"{\varepsilon^{2}}")],
)
def test_a_letter_takes_further_scripts(letter, latex):
    assert latex_letter(letter) == latex


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("softplus", r"\operatorname{softplus}"),
        ("log1p", r"\operatorname{log1p}"),
        ("quick_gelu", r"\operatorname{quick\_gelu}"),
        ("β_σ", r"\operatorname{{{\beta}{\_}{\sigma}}}"),
        ("w·x", r"\operatorname{{\text{w}{\cdot}\text{x}}}"),  # an identifier, to Python
    ],
)
def test_the_name_of_a_function_is_an_operator(name, latex):
    assert latex_operator(name) == latex
