"""The LaTeX of formulas, explanations and labels, set by a TeX engine: all of it, in one document."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from engine import Value, operation, tanh, topological_order
from engine.functions import apply
from engine.readings.formulas import forward, local_derivatives
from engine.readings.symbols import Symbol
from engine.rules import RULES, TABLE
from engine.support.labels import latex_label, latex_text
from nn import BISHOP, MLP, NIELSEN, Notation, cross_entropy, half_squared_error
from tests.primer import INPUTS, TARGETS, WEIGHTS
from tests.tools import tool

HOUSE = Notation("house", pre_activation="net", activation="η", loss="ℒ", weight="w_in", bias="θ₀", delta="ε²")
HOSTILE = [
    *[
        "$",
        "$$",
        "}",
        "{",
        "{}}{",
        "\\",
        r"\\",
        "%",
        "100%",
        "#1 & ~x",
        "&",
        "_",
        "a_b^c",
        "x²′",
        "a_1₂",
        "^^5c",
        "^^M",
    ],
    *[r"\input{/etc/passwd}", r"\end{aligned}", r"\end{document}", r"\]", r"\def\x{", r"\text{", "a\n\nb", "a\x1b[0m"],
    *["\u202egnal", "שלום", "日本語", "🙂", "e\u0301\u0302\u0303", "\ud800\x00", "[1]", "*", "", " ", "--", "?`"],
]
LABELS = [
    *["w₁", "w_1", "w_in", "loss_in", "a₂,₃⁽¹⁾", "x²", "w₁′", "ŷ", "β", "∂E/∂w₁", "Δw", "x1*w1 + x2*w2", "tanh(n)"],
    *["β decay", "E = mc²", "σ(w·x + b)", "learning rate", "λ·‖w‖²"],
]


def random_labels(count: int) -> Iterator[str]:
    """Short texts of what is special in TeX, of letters and scripts, and of any characters at all."""
    rng = random.Random(1)
    kinds = [
        lambda: rng.choice("\\{}$%&#_^~<>[]*'`|-+/=()., \n\t"),
        lambda: rng.choice("abxEw12₁₂,⁽¹⁾²′βΔ∂·−…ŷ\u0302"),
        lambda: chr(rng.randrange(sys.maxunicode + 1)),
    ]
    for _ in range(count):
        yield "".join(rng.choice(kinds)() for _ in range(rng.randint(1, 12)))


# ── what is set ────────────────────────────────────────────────────────────────────────────────


def formulas(row) -> list[str]:
    """The rule and its derivatives, as formulas and as an operator of a name."""
    operator = Symbol("call", row.name, *map(Symbol.named, "xyz"[: row.arity or 3]))
    return [expression.latex for expression in (forward(row), operator, *local_derivatives(row))]


def primer(notation, samples=1) -> Value:
    model = MLP.from_weights(WEIGHTS, activation="tanh", notation=notation)
    first, *others = (half_squared_error(model([INPUTS[0] + i, INPUTS[1]]), TARGETS) for i in range(samples))
    for other in others:
        first = first + other
    first.backward()
    return first


def recurrent() -> Value:
    """Three steps of h = tanh(w x + u h + b)."""
    w, u, b, h = (Value(x, name) for x, name in ((0.5, "w"), (-0.4, "u"), (0.1, "b"), (0.0, "h₀")))
    for t, x in enumerate([1.0, 0.5, -1.0], start=1):
        h = tanh(w * Value(x, f"x_{t}") + u * h + b)
        h.label = f"h_{t}"
    return h**2


def everything(root: Value) -> list[str]:
    """Why each gradient of the graph is what it is: two equations each, and every path."""
    return [root.explain(node, depth=2, paths=True).latex for node in topological_order(root)]


def of_a_rule(row) -> list[str]:
    """A rule of unnamed operands, and inside another."""
    inputs = [Value(0.2 + i / 4, f"x{i}") for i in range(1, (row.arity or 3) + 1)]
    return everything(apply(row, [x * x for x in inputs]) ** 2)


def labelled(label: str) -> list[str]:
    x, y = Value(3.0, label), Value(2.0, "y")
    inner = x * y
    inner.label = label
    return everything(inner.exp() * x + inner**2)


def ours() -> Iterator[str]:
    """What the library writes, and labels that a TeX font can show."""
    for row in TABLE:
        yield from formulas(row)
        yield from of_a_rule(row)
    for notation in (BISHOP, NIELSEN, HOUSE):
        yield from everything(primer(notation))
    yield primer(BISHOP, samples=3).explain("w[1][1,2]", depth=3, paths=True).latex
    yield from everything(cross_entropy(MLP(2, [3], seed=1)([1.0, 2.0]), 1))
    yield from everything(recurrent())
    for label in LABELS:
        yield from labelled(label)


def theirs() -> Iterator[str]:
    """Labels that try to break out, and letters of a notation that do."""
    for label in HOSTILE:
        yield from labelled(label)
        yield latex_text(label)
        letters = Notation("hostile", *[label] * 3, weight=label, bias=label, delta=label)
        yield from (letters.latex(node.role, 3) for node in topological_order(primer(BISHOP)) if node.role)
    yield from map(latex_label, random_labels(500))
    every = [chr(i) for i in range(0x3000)]
    yield from (latex_label(" ".join(every[i : i + 64])) for i in range(0, len(every), 64))


# ── functions ──────────────────────────────────────────────────────────────────────────────────

# as a call, with operands x₁, x₂ …
CALLS = {
    "exp": "e^{x_1}",
    "expm1": "e^{x_1} - 1",
    "log1p": r"\ln(1 + x_1)",
    "tanh": r"\tanh(x_1)",
    "sigmoid": r"\sigma(x_1)",
    "relu": r"\operatorname{ReLU}(x_1)",
    "leaky_relu": r"\operatorname{LeakyReLU}(x_1)",
    "softplus": r"\operatorname{softplus}(x_1)",
    "silu": r"\operatorname{SiLU}(x_1)",
    "maximum": r"\max(x_1, x_2)",
    "minimum": r"\min(x_1, x_2)",
    "share": r"\operatorname{softmax}(x_1, x_2, x_3)",
    "neg_log_share": r"-\log\operatorname{softmax}(x_1, x_2, x_3)",
    "log_sum_exp": r"\log\sum\exp(x_1, x_2)",
    "log_sum_exp_less": r"\log\sum\exp((x_2) - x_1)",
    "greater": r"\left[x_1 > x_2\right]",
    "at_least": r"\left[x_1 \ge x_2\right]",
}


def called(name: str) -> Symbol:
    count = RULES[name].arity or 2
    return Symbol("call", name, *(Symbol.named(f"x{i}", f"x_{i}") for i in range(1, count + 1)))


@pytest.mark.parametrize("name", CALLS)
def test_a_rule_is_called_as_in_a_textbook(name):
    assert called(name).latex == CALLS[name]


@pytest.mark.parametrize("name", RULES)
def test_no_formula_has_an_underscore_that_is_no_subscript(name):
    for expression in (called(name), forward(RULES[name]), *local_derivatives(RULES[name])):
        assert not re.search(r"_(?![0-9{])|[A-Za-z]{2,}_", expression.latex)


@pytest.mark.usefixtures("operations_forgotten")
@pytest.mark.parametrize(
    ("symbol", "latex"),
    [("QuickGELU", r"\operatorname{QuickGELU}(x)"), (r"\evil{", r"\operatorname{quick\_gelu}(x)")],
)
def test_an_operation_of_ones_own_is_called_by_its_symbol_if_that_is_a_word(symbol, latex):
    operation("quick_gelu", lambda x: x * x, lambda out, x: (2.0 * x,), symbol=symbol)
    assert Symbol("call", "quick_gelu", Symbol.named("x")).latex == latex


def test_brackets_grow_around_what_is_tall():
    x, y = map(Symbol.named, "xy")
    assert Symbol("call", "tanh", x / y).latex == r"\tanh\left(\frac{x}{y}\right)"
    assert Symbol("call", "tanh", x * (x + y)).latex == r"\tanh(x \cdot (x + y))"
    assert ((x / y + 1.0) * y).latex == r"\left(\frac{x}{y} + 1\right) \cdot y"


# ── the document ───────────────────────────────────────────────────────────────────────────────

FOREIGN = "labels of others"


def displayed(latex: str) -> str:
    return rf"\[ {latex.removeprefix('$').removesuffix('$')} \]"


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> str:
    """What the TeX engine says about the document."""
    lualatex = tool("lualatex", "sets the LaTeX of explanations")
    folder = tmp_path_factory.mktemp("latex")
    blocks = [*map(displayed, ours()), rf"\typeout{{{FOREIGN}}}", *map(displayed, theirs())]
    document = [r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", *blocks, r"\end{document}"]
    (folder / "all.tex").write_text("\n".join(document), encoding="utf-8")
    options = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape"]
    subprocess.run(
        [lualatex, *options, "all.tex"],
        cwd=folder,
        env=os.environ | {"max_print_line": "10000"},
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=300,
    )
    return (folder / "all.log").read_text(encoding="utf-8", errors="replace")


def test_all_of_it_compiles(log):
    errors = re.findall(r"^(?:!|\S*all\.tex:\d+:).*(?:\n.*){0,8}", log, re.MULTILINE)
    assert errors == []
    assert "Output written on all.pdf" in log
    assert FOREIGN in log


def test_every_character_of_our_own_has_a_glyph(log):
    assert "Missing character" not in log.partition(FOREIGN)[0]


def test_no_line_is_wider_than_a_page(log):
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log.partition(FOREIGN)[0])]
    assert [points for points in wide if points > 20] == []
