"""The formulas that people read: as text, as LaTeX, and in a sentence."""

import re
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.readings.formulas import SYMBOLS, describe, forward, local_derivatives, operand_symbols
from engine.readings.symbols import Symbol, symbol
from engine.rules import RULES, TABLE
from engine.support.numerals import on_the_line

EVERY_RULE = pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
x, y, z = map(Symbol.named, "xyz")


# ── literal formulas ───────────────────────────────────────────────────────────────────────────

# rule, forward, local derivatives
TEXTS = [
    ("sub", "x − y", "1", "−1"),
    ("mul", "x · y", "y", "x"),
    ("pow", "x ^ y", "y · x ^ (y − 1)", "out · log(x)"),
    ("neg", "−x", "−1"),
    ("exp", "exp(x)", "out"),
    ("log", "log(x)", "1 / x"),
    ("sqrt", "sqrt(x)", "1 / (2 · out)"),
    ("cos", "cos(x)", "−sin(x)"),
    ("tanh", "tanh(x)", "1 − out²"),
    ("sigmoid", "σ(x)", "out · (1 − out)"),
    ("relu", "0 if x ≤ 0, else x", "1 if x > 0, else 0"),
    ("softplus", "(0 if x < 0, else x) + log1p(exp(−|x|))", "σ(x)"),
    ("silu", "x · σ(x)", "σ(x) + out · (1 − σ(x))"),
    ("abs", "|x|", "1 if x > 0, −1 if x < 0, else 0"),
    ("sum", "x₁ + x₂", "1", "1"),
    ("dot", "w₁ · x₁ + w₂ · x₂ + b", "x₁", "x₂", "w₁", "w₂", "1"),
]


@pytest.mark.parametrize(
    ("name", "out", "local"), [(n, out, tuple(d)) for n, out, *d in TEXTS], ids=[t[0] for t in TEXTS]
)
def test_a_rule_reads_as_text(name, out, local):
    assert forward(RULES[name]).text == out
    assert tuple(d.text for d in local_derivatives(RULES[name])) == local


FORMULAS = [
    ("sub", "x - y", "1", "-1"),
    ("mul", r"x \cdot y", "y", "x"),
    ("div", r"\frac{x}{y}", r"\frac{1}{y}", r"-\frac{\mathrm{out}}{y}"),
    ("exp", "e^{x}", r"\mathrm{out}"),
    ("log", r"\ln(x)", r"\frac{1}{x}"),
    ("sqrt", r"\sqrt{x}", r"\frac{1}{2 \cdot \mathrm{out}}"),
    ("tanh", r"\tanh(x)", r"1 - \mathrm{out}^{2}"),
    (
        "relu",
        r"\begin{cases} 0 & x \le 0 \\ x & \text{otherwise} \end{cases}",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    ),
    (
        "silu",
        r"x \cdot \sigma(x)",
        r"\sigma(x) + \mathrm{out} \cdot (1 - \sigma(x))",
    ),
    ("dot", r"w_1 \cdot x_1 + w_2 \cdot x_2 + b", "x_1", "x_2", "w_1", "w_2", "1"),
]


@pytest.mark.parametrize(
    ("name", "out", "local"), [(n, out, tuple(d)) for n, out, *d in FORMULAS], ids=[f[0] for f in FORMULAS]
)
def test_a_rule_reads_as_latex(name, out, local):
    assert forward(RULES[name]).latex == out
    assert tuple(d.latex for d in local_derivatives(RULES[name])) == local


def test_log_sum_exp_reads_as_it_is_computed_and_its_derivatives_as_in_textbooks():
    read = forward(RULES["log_sum_exp"])
    assert read.text == "max(x₁, x₂) + log1p(exp(x₁ − max(x₁, x₂)) + exp(x₂ − max(x₁, x₂)) − 1)"
    assert read.latex == (
        r"\max(x_1, x_2) + \ln(1 + e^{x_1 - \max(x_1, x_2)}"
        r" + e^{x_2 - \max(x_1, x_2)} - 1)"
    )
    shares = local_derivatives(RULES["log_sum_exp"])
    assert [share.text for share in shares] == ["softmax(x₁, x₂)₁", "softmax(x₁, x₂)₂"]


# ── sentences ──────────────────────────────────────────────────────────────────────────────────


@EVERY_RULE
def test_every_rule_is_described_with_its_derivatives_and_its_note(row):
    sentence = describe(row)
    assert sentence.startswith(f"out = {row.name}(")
    assert all(f"= {derivative.text}" in sentence for derivative in local_derivatives(row))
    assert sentence.endswith(f"({row.note})" if row.note else local_derivatives(row)[-1].text)


def test_a_description_is_one_sentence():
    assert describe(RULES["mul"]) == "out = mul(x, y): ∂/∂x = y, ∂/∂y = x"
    assert describe(RULES["log"]) == "out = log(x): ∂/∂x = 1 / x (x > 0)"
    assert describe(RULES["sum"]) == "out = sum(x₁, x₂, …): ∂/∂x₁ = 1, ∂/∂x₂ = 1"


# ── LaTeX that compiles ────────────────────────────────────────────────────────────────────────


@EVERY_RULE
def test_latex_is_well_formed(row):
    for expression in (forward(row), *local_derivatives(row)):
        latex = expression.latex
        depth = 0
        for brace in re.findall(r"[{}]", latex):
            depth += 1 if brace == "{" else -1
            assert depth >= 0
        assert depth == 0
        assert len(re.findall(r"\\left\b", latex)) == len(re.findall(r"\\right\b", latex))
        assert latex.count(r"\begin{cases}") == latex.count(r"\end{cases}")
        assert latex.isascii()
        # TeX sets a bare word as a product of letters
        words = re.sub(r"\\(text|mathrm|operatorname|begin|end)\{\w+\}|\\[a-z]+", "", latex)
        assert re.findall(r"[A-Za-z]{2,}", words) == []


@pytest.mark.parametrize(
    ("expression", "latex"),
    [(symbol(2e-5), r"2 \times 10^{-5}"), (symbol(float("inf")), r"\infty"), (symbol(-0.5), "-0.5")],
    ids=["2e-5", "infinity", "-0.5"],
)
def test_a_number_in_latex_is_latex(expression, latex):
    assert expression.latex == latex


# ── brackets ───────────────────────────────────────────────────────────────────────────────────

CALLS = {name: SYMBOLS[name] for name in ("exp", "log", "sqrt", "where")}

# as Python writes it: as text, as LaTeX
BRACKETS = {
    "(x + y) + z": ("x + y + z", "x + y + z"),
    "x - (y - z)": ("x − (y − z)", r"x - (y - z)"),
    "(x - y) - z": ("x − y − z", "x - y - z"),
    "(x + y) * z": ("(x + y) · z", r"(x + y) \cdot z"),
    "x / (y * z)": ("x / (y · z)", r"\frac{x}{y \cdot z}"),
    "-(x + y)": ("−(x + y)", r"-(x + y)"),
    "(-x) ** 2": ("(−x)²", r"(-x)^{2}"),
    "-(x**2)": ("−x²", "-x^{2}"),
    "symbol(-2) ** 2": ("(−2)²", r"(-2)^{2}"),
    "symbol(2e-5) ** 2": ("(2×10⁻⁵)²", r"(2 \times 10^{-5})^{2}"),
    "(x**y) ** z": ("(x ^ y) ^ z", r"(x^{y})^{z}"),
    "(x**y) ** 2": ("(x ^ y)²", r"(x^{y})^{2}"),
    "(x**2) ** 2": ("(x²)²", r"(x^{2})^{2}"),
    "(x / y) ** 2": ("(x / y)²", r"\left(\frac{x}{y}\right)^{2}"),
    "exp(x) ** 2": ("exp(x)²", r"(e^{x})^{2}"),
    "abs(x) ** 2": ("|x|²", r"\left|x\right|^{2}"),
    "where(x < y, x, y) * z": (
        "(x if x < y, else y) · z",
        r"\begin{cases} x & x < y \\ y & \text{otherwise} \end{cases} \cdot z",
    ),
}


@pytest.mark.parametrize("source", BRACKETS)
def test_brackets_stand_where_they_are_needed(source):
    expression = eval(source, {"x": x, "y": y, "z": z, "symbol": symbol, **CALLS})
    assert (expression.text, expression.latex) == BRACKETS[source]


# What is printed, read back by Python's parser, has to compute what the expression says. It computes with
# residues of a prime, where nothing overflows or rounds and no two different formulas meet by chance.
PRIME = 2**61 - 1


class Residue:
    def __init__(self, x):
        fraction = Fraction(x)
        self.value = fraction.numerator * pow(fraction.denominator, -1, PRIME) % PRIME

    # fmt: off
    def __add__(self, other): return Residue(self.value + other.value)
    def __sub__(self, other): return Residue(self.value - other.value)
    def __mul__(self, other): return Residue(self.value * other.value)
    def __truediv__(self, other): return Residue(self.value * pow(other.value, PRIME - 2, PRIME))
    def __neg__(self): return Residue(-self.value)
    def __lt__(self, other): return self.value < other.value
    def __ge__(self, other): return self.value >= other.value
    # A function need only give the same for the same, and a power must neither commute nor associate.
    def __pow__(self, other): return self.image("power", other.value)
    def __abs__(self): return self.image("abs")
    def image(self, *function): return some_residue(f"{function}({self.value})")
    def raised(self, digits): return self ** Residue(digits)
    # fmt: on


def some_residue(name):
    return Residue(Random(name).randrange(PRIME))


RESIDUES = {
    **{letter: some_residue(letter) for letter in "xyze"},
    "R": Residue,
    "abs": abs,
    "exp": lambda x: RESIDUES["e"] ** x,
    "log": lambda x: x.image("log"),
    "sqrt": lambda x: x.image("sqrt"),
    "where": lambda condition, a, b: a if condition else b,
    "cases": lambda *parts: next((a for a, holds in zip(parts[:-1:2], parts[1::2], strict=True) if holds), parts[-1]),
    "frac": lambda over: lambda under: over / under,
}


def from_text(text):
    """The printed text as a Python expression."""
    python = re.sub(
        r"(\d+(?:\.\d+)?)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?",
        lambda number: f"R('{number[1]}e{on_the_line(number[2] or '0')}')",
        text,
    )
    python = re.sub("[²³]+", lambda digits: f".raised('{on_the_line(digits[0])}')", python)
    for printed, read in {
        "−": "-",
        "·": "*",
        "^": "**",
        "≥": ">=",
        ", else": " else",
        ", ": " else ",
        "½": "R('0.5')",
    }.items():
        python = python.replace(printed, read)
    while "|" in python:  # a bar opens where an operand is due
        before, after = python.split("|", 1)
        opens = re.search(r"(^|[-+*/(<=]|\bif|\belse) ?$", before)
        python = before + ("abs(" if opens else ")") + after
    return python


def from_latex(latex):
    """The printed LaTeX as a Python expression."""
    python = re.sub(
        r"(\d+(?:\.\d+)?)(?: \\times 10\^\{(-?\d+)\}(?!\^))?",
        lambda number: f"R('{number[1]}e{number[2] or 0}')",
        latex.replace(r"\tfrac{1}{2}", "0.5"),
    )
    for printed, read in {
        r"\begin{cases}": "cases(",
        r" & \text{otherwise} \end{cases}": ")",
        " & ": ", ",
        r" \\ ": ", ",
        r"\left|": "abs(",
        r"\right|": ")",
        r"\left": "",
        r"\right": "",
        r"\cdot": "*",
        r"\ge": ">=",
        r"\ln": "log",
        "^": "**",
        "{": "(",
        "}": ")",
        "\\": "",
    }.items():
        python = python.replace(printed, read)
    return python


OPERATIONS = {
    "neg": (1, lambda functions, a: -a),
    "abs": (1, lambda functions, a: abs(a)),
    "exp": (1, lambda functions, a: functions["exp"](a)),
    "log": (1, lambda functions, a: functions["log"](a)),
    "sqrt": (1, lambda functions, a: functions["sqrt"](a)),
    "add": (2, lambda functions, a, b: a + b),
    "sub": (2, lambda functions, a, b: a - b),
    "mul": (2, lambda functions, a, b: a * b),
    "div": (2, lambda functions, a, b: a / b),
    "pow": (2, lambda functions, a, b: a**b),
    "if less": (4, lambda functions, a, b, c, d: functions["where"](a < b, c, d)),
    "if not less": (4, lambda functions, a, b, c, d: functions["where"](a >= b, c, d)),
}


def compute(tree, functions, leaf):
    """The expression that a tree of operations stands for, in residues or in symbols."""
    if not isinstance(tree, tuple):
        return leaf(tree)
    name, *operands = tree
    return OPERATIONS[name][1](functions, *(compute(operand, functions, leaf) for operand in operands))


def grown(trees):
    return st.one_of(*(st.tuples(st.just(name), *[trees] * arity) for name, (arity, _) in OPERATIONS.items()))


LEAVES = ["x", "y", "z", 2.0, 3.0, 0.5, -1.0, 2e-5]
expressions = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=8)


def residue(tree):
    return compute(tree, RESIDUES, lambda leaf: RESIDUES[leaf] if isinstance(leaf, str) else Residue(str(leaf))).value


def printed(tree):
    return compute(tree, CALLS, lambda leaf: Symbol.named(leaf) if isinstance(leaf, str) else symbol(leaf))


@settings(deadline=None, max_examples=300)
@given(expressions)
def test_the_text_says_what_the_expression_is(tree):
    assert eval(from_text(printed(tree).text), RESIDUES).value == residue(tree)


@settings(deadline=None, max_examples=300)
@given(expressions)
def test_the_latex_says_what_the_expression_is(tree):
    assert eval(from_latex(printed(tree).latex), RESIDUES).value == residue(tree)


def test_operands_are_counted_beyond_nine():
    assert [operand.text for operand in operand_symbols(RULES["sum"], 11)][8:] == ["x₉", "x₁₀", "x₁₁"]
    assert [operand.latex for operand in operand_symbols(RULES["dot"], 10)][9:] == [
        "w_{10}", *(f"x_{i}" for i in range(1, 10)), "x_{10}", "b",
    ]  # fmt: skip
