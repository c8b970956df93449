"""Explanations: the primer’s equations in form, the reference in value, never at odds with the gradient."""

from __future__ import annotations

import math
import random
import re
import unicodedata
from functools import reduce
from math import fsum, isclose, isnan, prod
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylatexenc.latexwalker import LatexWalker

from engine import Value, dot, explain, maximum, no_grad, topological_order
from engine.explaining.equations import Equations
from engine.explaining.ledger import Ledger
from engine.explaining.paths import path_count, paths
from engine.functions import FUNCTIONS, apply
from engine.naming.names import Naming
from engine.naming.search import find
from engine.rules import RULES, TABLE
from engine.support.notation import NOTATIONS
from engine.vocabulary import WORDS
from nn import MLP, NIELSEN, half_squared_error
from tests.engine.support.test_labels import COMMANDS as LABEL_COMMANDS
from tests.primer import WEIGHTS

GOLDEN = Path(__file__).parent / "golden"

# TensorFlow's numbers for the primer's network, float32; the δ are those of its pre-activations.
REFERENCE = {
    "w[1][1,1]": -0.04150072, "w[1][1,2]": -0.08300145,
    "w[1][2,1]": -0.03751578, "w[1][2,2]": -0.07503156,
    "w[1][3,1]": -0.01951589, "w[1][3,2]": -0.03903178,
    "w[2][1,1]": -0.23709649, "w[2][1,2]": -0.41070867, "w[2][1,3]": -0.47992632,
    "w[2][2,1]": -0.00169051, "w[2][2,2]": -0.00292837, "w[2][2,3]": -0.00342189,
    "delta[1][1]": -0.04150072, "delta[1][2]": -0.03751578, "delta[1][3]": -0.01951589,
    "delta[2][1]": 0.48693424 - 1.0, "delta[2][2]": 1.1463418 - 1.15,
    "x[1]": 0.1 * -0.04150072 + 0.3 * -0.03751578 + 0.5 * -0.01951589,
    "x[2]": 0.2 * -0.04150072 + 0.4 * -0.03751578 + 0.6 * -0.01951589,
}  # fmt: skip


def primer(samples=1, activation="tanh", **options):
    model = MLP.from_weights(WEIGHTS, activation=activation, **options)
    losses = [half_squared_error(model([1.0 + i, 2.0]), [1.0, 1.15]) for i in range(samples)]
    return reduce(lambda a, b: a + b, losses)


@pytest.fixture
def loss():
    E = primer()
    E.backward()
    return E


def parsed(latex):
    """What a strict parser makes of it: unbalanced braces, environments or dollars raise."""
    nodes, _, _ = LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
    assert len(nodes) == 1  # one environment, with nothing before or behind it
    return nodes[0]


# ── the primer ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("label", REFERENCE)
def test_the_values_are_the_references(loss, label):
    assert explain(loss, label).value == pytest.approx(REFERENCE[label], abs=1e-7)


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ["txt", "tex"])
def test_the_primers_equations_are_the_golden_ones(loss, notation, form, request):
    found = [explain(loss, label, notation=NOTATIONS[notation]) for label in REFERENCE]
    shown = "\n".join(str(e) if form == "txt" else e.latex for e in found) + "\n"
    path = GOLDEN / f"explain-primer-{notation}.{form}"
    if request.config.getoption("--update-golden"):
        path.write_text(shown)
    assert shown == path.read_text(), f"{path.name} differs: read it, then run pytest --update-golden"
    for e in found:
        parsed(e.latex)


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("w₂,₃⁽²⁾", ["∂E/∂w₂,₃⁽²⁾ = δ₂⁽²⁾ · z₃⁽¹⁾ = (−0.003658)(0.9354) = −0.003422"]),
        ("w₁,₂⁽¹⁾", ["∂E/∂w₁,₂⁽¹⁾ = δ₁⁽¹⁾ · x₂ = (−0.04150)(2) = −0.08300"]),
        (
            "δ₁⁽¹⁾",
            [
                "δ₁⁽¹⁾ = h′(a₁⁽¹⁾) Σₖ wₖ,₁⁽²⁾ δₖ⁽²⁾ = 0.7864 · (0.1 · (−0.5131) + 0.4 · (−0.003658)) = −0.04150",
                "h′(a₁⁽¹⁾) = 1 − (z₁⁽¹⁾)² = 1 − 0.4621² = 0.7864  (h = tanh)",
            ],
        ),
        ("δ₂⁽²⁾", ["δ₂⁽²⁾ = y₂ − t₂ = 1.14634 − 1.15 = −0.003658"]),
        (
            "x₁",
            [
                "∂E/∂x₁ = Σₖ wₖ,₁⁽¹⁾ δₖ⁽¹⁾ = 0.1 · (−0.04150) + 0.3 · (−0.03752) + 0.5 · (−0.01952) = −0.02516",
            ],
        ),
        ("E", ["∂E/∂E = 1"]),
    ],
)
def test_an_equation_has_the_papers_form(loss, label, shown):
    assert str(explain(loss, label)).splitlines() == shown
    assert str(loss.explain(label)).splitlines() == shown


def test_a_network_of_products_and_sums_is_explained_like_one_of_dots():
    expanded = primer(expand=True)
    for label in REFERENCE:
        assert str(explain(expanded, label)) == str(explain(primer(), label))


def test_an_equation_follows_the_notation(loss):
    shown = "∂C/∂w₂,₃⁽²⁾ = δ₂⁽²⁾ · a₃⁽¹⁾ = (−0.003658)(0.9354) = −0.003422"
    assert str(explain(loss, "w[2][2,3]", notation=NIELSEN)) == shown


def test_the_latex_of_an_equation(loss):
    assert explain(loss, "w[2][2,3]").latex == "\n".join(
        [
            r"\begin{aligned}",
            r"\frac{\partial E}{\partial w_{2,3}^{(2)}} &= \delta_{2}^{(2)} \cdot z_{3}^{(1)}\\",
            r"&= (-0.003658)(0.9354)\\",
            r"&= -0.003422",
            r"\end{aligned}",
        ]
    )
    assert explain(loss, "x[1]")._repr_latex_() == f"${explain(loss, 'x[1]').latex}$"


def test_depth_goes_on_to_the_gradients_in_the_equation(loss):
    heads = [line.split(" = ")[0] for line in str(explain(loss, "w[1][1,2]", depth=3)).splitlines()]
    assert heads == ["∂E/∂w₁,₂⁽¹⁾", "δ₁⁽¹⁾", "h′(a₁⁽¹⁾)", "δ₁⁽²⁾", "δ₂⁽²⁾"]
    assert str(explain(loss, "w[1][1,2]", depth=99)) == str(explain(loss, "w[1][1,2]", depth=3))


def test_several_samples_carry_their_number():
    E = primer(samples=3)
    E.backward()
    shown = "∂E/∂w₂,₃⁽²⁾ = Σₙ δ₂⁽²⁾#n z₃⁽¹⁾#n = "
    assert str(explain(E, "w[2][2,3]")).startswith(shown)
    assert r"\sum_{n} \delta_{2}^{(2)\,\#n} \, z_{3}^{(1)\,\#n}" in explain(E, "w[2][2,3]").latex
    assert str(explain(E, "delta[1][1]#2")).startswith("δ₁⁽¹⁾#2 = h′(a₁⁽¹⁾#2) Σₖ wₖ,₁⁽²⁾ δₖ⁽²⁾#2 = ")
    parsed(explain(E, "delta[1][1]#2", depth=3, paths=True).latex)


# ── reuse: the ledger and the paths ────────────────────────────────────────────────────────────


def reused():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    d, e = x * y, x - 2
    d.label, e.label = "d", "e"
    return x, d * e


def test_a_reused_node_has_a_term_for_each_edge_with_the_node_through_which_it_comes():
    x, root = reused()
    root.backward()
    assert str(explain(root, x)) == "∂E/∂x = y · ∂E/∂d + ∂E/∂e = 4 · 1 [via d] + 12 [via e] = 16"
    assert explain(root, x).contributions == (4.0, 12.0)


def test_x_times_x_has_two_terms():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    assert str(explain(y, x)) == "∂E/∂x = x + x = 3 [via E] + 3 [via E] = 6"


def test_a_root_with_a_name_is_called_by_it():
    x = Value(3.0, "x")
    y = 2.0 * x
    y.label = "y"
    y.backward()
    assert str(explain(y, "x")) == "∂y/∂x = 2"


def test_paths_are_multiplied_counted_and_summed():
    x, root = reused()
    root.backward()
    e = explain(root, x, paths=True)
    assert e.paths == 2
    assert str(e).splitlines()[1:] == [
        "2 paths from x to E:",
        "x → d → E = (4)(1) = 4",
        "x → e → E = (1)(12) = 12",
        "∂E/∂x = 4 + 12 = 16",
    ]


def test_a_limit_that_is_hit_is_named_and_the_count_is_exact():
    a = Value(1.0, "a")
    for _ in range(70):
        a = a + a
    e = explain(a, a.operands[0].operands[0], paths=True, limit=2)
    assert e.paths == 4
    assert "… and 2 more; the limit is 2" in str(e)
    leaf = topological_order(a)[0]
    assert explain(a, leaf, paths=True).paths == 2**70
    assert f"{2**70:,} paths" in str(explain(a, leaf, paths=True))
    assert "more equations; the limit is 2" in str(explain(primer(), "x[1]", depth=3, limit=2))


def test_long_sums_are_elided_and_the_value_is_exact():
    x = Value(1.0, "x")
    weights = [Value(float(i), f"w{i}") for i in range(788)]
    outputs = [(w * x).tanh() for w in weights]
    E = FUNCTIONS["sum"](outputs)
    E.backward()
    e = explain(E, x)
    assert "… 782 more terms" in str(e)
    assert e.value == x.grad
    assert len(e.contributions) == 788
    assert max(map(len, str(e).splitlines())) <= 120


def test_what_is_too_deep_goes_by_its_place_and_its_definition_is_given():
    x = y = Value(0.3, "x")
    for _ in range(100):
        y = y.sin()
    named = re.search(r"∂E/∂(v[₀-₉]+)", str(explain(y, x)))[1]
    assert f"\n{named} = sin(" in str(explain(y, x))
    assert str(explain(y, named)).startswith(f"∂E/∂{named} = cos({named})")


# ── zero, undefined, other passes ──────────────────────────────────────────────────────────────


def last_line(root, node):
    root.zero_grad()
    root.backward()
    return str(explain(root, node)).splitlines()[-1]


def test_a_zero_says_why():
    x, z = Value(2.0, "x"), Value(0.0, "z")
    assert last_line(primer(activation="relu"), "w[1][1,1]").startswith("∂E")  # it is not zero here
    assert last_line((-x).relu(), x) == "zero: an inactive ReLU, whose local derivative is 0 at −x = −2"
    assert last_line(x * z, x) == "zero: z = 0"
    assert last_line((x * z) * 3.0, x) == "zero: z = 0"
    assert last_line(x - x, x) == "zero: the terms of ∂E/∂x cancel"
    assert last_line((x - x).exp() - (x - x).exp(), x) == "zero: the terms of ∂E/∂x cancel"
    assert last_line(((y := x * 3.0) - y) * 2.0, x) == "zero: the terms of ∂E/∂(x · 3) cancel"
    assert last_line(maximum(x, z), z) == "zero: maximum takes another operand than z = 0"
    assert last_line((400.0 * x).tanh(), x) == "zero: the derivative of tanh is 0 at 400 · x = 800"
    tiny = Value(1e-200, "t")
    assert "too small for a float" in last_line(tiny * tiny * 1e-200, tiny)


def test_a_dead_neuron_is_the_reason_for_its_weights():
    E = half_squared_error(MLP.from_weights([[[-1.0, 0.2]], [[1.0]]], activation="relu")([1.0, 2.0]), 1.0)
    assert last_line(E, "w[1][1,1]") == "zero: an inactive ReLU, whose local derivative is 0 at a₁⁽¹⁾ = −0.6"


def test_a_derivative_that_does_not_exist_is_said_instead_of_raised():
    x = Value(0.0, "x")
    e = explain(x.sqrt() * 3.0, x)
    assert isnan(e.value)
    assert str(e).splitlines()[-1].startswith("undefined: the derivative of sqrt by x does not exist at x = 0.0")
    parsed(e.latex)


def test_a_constant_takes_no_gradient():
    y = Value(1.0) * 2.0
    assert str(explain(y, y.operands[1])) == "a constant takes no gradient"
    parsed(explain(y, y.operands[1]).latex)


def test_passes_that_have_accumulated_are_told():
    E = primer()
    assert last_line_of(E, "w[2][2,3]") == "not computed yet, or cleared: this is what backward() will give"
    E.backward()
    E.backward()
    told = "grad = −0.006844: 2 backward passes have added to it, not zeroed in between; one pass from E gives"
    assert last_line_of(E, "w[2][2,3]") == f"{told} −0.003422"
    find(topological_order(E), "w[2][2,3]").grad += 1.0
    told = (
        "grad = 0.9932: 2 backward passes have added to it, and something was set or added by hand; "
        "one pass from E gives −0.003422"
    )
    assert last_line_of(E, "w[2][2,3]") == told
    E.zero_grad()
    assert last_line_of(E, "w[2][2,3]") == "not computed yet, or cleared: this is what backward() will give"


def last_line_of(root, label):
    return str(explain(root, label)).splitlines()[-1]


# ── labels and other input ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3.0,), TypeError, "takes a Value or its label; got 3.0"),
        ((Value(1.0, "stranger"),), ValueError, "stranger = .* is not in the graph of .*E = "),
    ],
)
def test_what_is_no_node_of_the_graph_is_refused(loss, arguments, error, message):
    with pytest.raises(error, match=message):
        explain(loss, *arguments)


@pytest.mark.parametrize("options", [{"depth": 0}, {"depth": "2"}, {"limit": 0}])
def test_depth_and_limit_are_counted_from_1(loss, options):
    ((name, given),) = options.items()
    with pytest.raises(ValueError, match="whole number") as raised:
        explain(loss, "x[1]", **options)
    assert str(raised.value) == f"{name} must be a whole number from 1 on; got {given!r}"


HOSTILE = [
    "$",
    r"\input{/etc/passwd}",
    "}",
    "{",
    "a_b^c",
    "100%",
    r"\\",
    "#1 & ~x",
    "$$",
    r"\end{aligned}",
    "a\nb\x1b[0m",
    "_",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_can_break_the_latex(label):
    check_hostile(label)


@given(st.text(min_size=1, max_size=60))
def test_no_text_at_all_can_break_the_latex(label):
    check_hostile(label)


def check_hostile(label):
    x, y = Value(3.0, label), Value(2.0, "y")
    root = (x * y).exp() * x
    e = explain(root, x, depth=2, paths=True)
    assert set(commands(parsed(e.latex))) <= COMMANDS
    assert all(unicodedata.category(c)[0] != "C" for c in str(e).replace("\n", ""))


COMMANDS = {
    *r"frac partial cdot left right underbrace text dots to aligned quad".split(),
    *("\\", ",", *LABEL_COMMANDS),
}


def commands(node):
    """The names of the commands and environments in a parsed formula."""
    for attribute in ("macroname", "environmentname"):
        if name := getattr(node, attribute, ""):
            yield name
    arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or []
    for inner in [*(getattr(node, "nodelist", None) or []), *arguments]:
        if inner is not None:
            yield from commands(inner)


# ── random graphs ──────────────────────────────────────────────────────────────────────────────


def grown(seed, size=18):
    """A random graph over every rule, with reused nodes, squares, constants, and labels here and there."""
    rng = random.Random(seed)
    nodes = [Value(rng.choice([rng.uniform(0.2, 2.0), rng.uniform(-2.0, 2.0), 0.0]), f"x{i}") for i in range(4)]
    while len(nodes) < size:
        op = rng.choice(TABLE)
        operands = [rng.choice(nodes[-6:]) for _ in range(op.arity or rng.randint(2, 5))]
        if rng.random() < 0.2:
            operands[-1] = 2.0
        if not any(isinstance(x, Value) for x in operands):
            continue
        try:
            node = apply(op, operands)
        except (ArithmeticError, ValueError):
            continue
        if abs(node.data) < 1e6:
            node.label = rng.choice(["", "", f"n{len(nodes)}"])
            nodes.append(node)
    return nodes[-1]


@settings(max_examples=40)
@given(st.integers(min_value=0))
def test_an_explanation_agrees_with_the_backward_pass(seed):
    root = grown(seed)
    order = topological_order(root)
    before = [(node.grad, node.reached) for node in order]
    found = {node: explain(root, node, depth=2, paths=True, limit=3) for node in order}
    assert [(node.grad, node.reached) for node in order] == before
    for e in found.values():
        parsed(e.latex)
    try:
        root.backward()
    except (ArithmeticError, ValueError):
        return
    for node, e in found.items():
        if node.__class__ is Value and node is not root:
            assert e.value == node.grad or (isnan(e.value) and isnan(node.grad))
            scale = fsum(map(abs, e.contributions))
            assert isnan(e.value) or abs(fsum(e.contributions) - e.value) <= 1e-12 * scale


@given(st.integers(min_value=0))
def test_the_paths_make_up_the_gradient(seed):
    root = grown(seed, size=12)
    order = topological_order(root)
    for node in order:
        if node.__class__ is not Value:
            continue
        ledger = Ledger(order, node)
        products = [prod(edge.local for edge in path) for path in paths(ledger)]
        assert len(products) == path_count(ledger) == brute_force_count(root, node)
        value = ledger.gradients[node]
        if math.isfinite(value) and all(map(math.isfinite, products)):
            assert abs(fsum(products) - value) <= 1e-9 * fsum(map(abs, products)) + 1e-300


def brute_force_count(root, node):
    if root is node:
        return 1
    return sum(brute_force_count(operand, node) for operand in root.operands) if root.locals else 0


@given(st.integers(min_value=0))
def test_the_symbols_evaluate_to_the_gradient(seed):
    """What is printed before the numbers is true as well: put the data in, and out comes the gradient."""
    root = grown(seed)
    order = topological_order(root)
    for node in order:
        if node.__class__ is not Value or node is root:
            continue
        ledger = Ledger(order, node)
        value = ledger.gradients[node]
        # the textbook's 1 − out² is off by a rounding of 1, whatever it comes to
        largest = max([1.0, *(abs(g) for g in ledger.gradients.values() if math.isfinite(g))])
        for written in Equations(ledger, Naming(order)).written(node):
            terms = written.terms
            if not math.isfinite(value) or terms.sigma or terms.count > len(terms.shown):
                continue
            for symbols in (terms.symbol, written.symbols):
                try:
                    result = evaluated(symbols, ledger)
                except (ArithmeticError, ValueError, KeyError):  # textbook forms overflow where the sound ones don't
                    continue
                assert isclose(result, value, rel_tol=1e-6, abs_tol=1e-9 * largest), (symbols, value)


def evaluated(expression, ledger):
    kind, parts = expression.kind, expression.parts
    if kind == "number":
        return parts[0]
    if kind == "node":
        return parts[0].data
    if kind == "gradient":
        return ledger.gradients[parts[0]]
    if kind in ("partial", "recorded"):
        return parts[-1]
    if kind == "softmax":
        powers = [math.exp(evaluated(x, ledger)) for x in parts[1]]
        return powers[parts[0] - 1] / fsum(powers)
    if kind == "call":
        inner = [evaluated(part, ledger) for part in parts[1:]]
        return RULES[parts[0]].forward(*inner) if parts[0] in RULES else WORDS[parts[0]](*inner)
    inner = [evaluated(part, ledger) for part in parts]
    if kind == "/":
        return inner[0] / inner[1]
    return {
        "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "**": lambda x, y: x**y,
        "neg": lambda x: -x, "abs": abs, "where": lambda c, a, b: a if c else b,
        "<": lambda x, y: x < y, "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
    }[kind](*inner)  # fmt: skip


def test_a_graph_of_a_long_chain_is_explained_without_recursion():
    x = y = Value(0.5, "x")
    for _ in range(5_000):
        y = y * 1.0001
    e = explain(y, x, paths=True)
    assert e.paths == 1
    assert isclose(e.value, 1.0001**5000, rel_tol=1e-9)


def test_what_was_computed_without_recording_is_a_leaf():
    x = Value(2.0, "x")
    with no_grad():
        y = x * x
    root = dot([y], [x])
    root.backward()
    assert str(explain(root, x)) == "∂E/∂x = v₁ = 4\nv₁ = 4"
