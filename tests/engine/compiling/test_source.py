"""Generated source: the backpropagation that one would write by hand, and that runs by itself."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Program, Value, compile_graph, exp, log_sum_exp, softmax
from engine.compiling.source.helpers import helper_definitions
from engine.compiling.source.inlined import Inlined
from engine.compiling.source.module import Source
from engine.compiling.source.runner import PYTHON
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from nn import MLP, NIELSEN, half_squared_error
from tests.engine.compiling.test_program import leaves, primer
from tests.engine.random_graphs import Recipe


def run(text):
    """What the module's function gives for the sample that stands at its end."""
    module = {"__name__": "generated"}
    exec(compile(text, "generated", "exec"), module)
    function = module.get("gradient") or module["forward"]
    return function(module["INPUTS"], module["PARAMETERS"])


def test_the_primers_network_is_what_one_would_write_by_hand():
    _, loss, inputs = primer()
    lines = [line.strip() for line in compile_graph(loss, inputs).source().splitlines()]
    for line in (
        "# forward, layer 1",
        "a1_1 = w1_1_1 * x1 + w1_1_2 * x2",
        "z1_1 = tanh(a1_1)",
        "E = 0.5 * (difference_1 ** 2.0 + difference_2 ** 2.0)",
        "# backward, layer 2",
        "d2_1 = 0.5 * (2.0 * difference_1)",
        "g_w2_1_3 = d2_1 * z1_3",
        "d1_1 = (d2_2 * w2_2_1 + d2_1 * w2_1_1) * sech2(a1_1)",
        "g_w1_1_2 = d1_1 * x2",
    ):
        assert line in lines
    why = "1 − out² loses every digit where out rounds to 1"
    assert f"The derivative of tanh is 1 − out²; computed otherwise: {why}." in lines
    assert len(lines) < 80
    assert max(map(len, lines)) <= 110


def test_it_speaks_the_notation_that_it_is_asked_for():
    _, loss, inputs = primer()
    text = compile_graph(loss, inputs).source(notation=NIELSEN)
    assert "    a1_1 = tanh(z1_1)\n" in text
    assert "    C = 0.5 * " in text
    assert "g_w2_1_3 = d2_1 * a1_3" in text


def test_it_runs_by_itself_and_gives_the_numbers_of_the_graph(tmp_path):
    model, loss, inputs = primer()
    loss.backward()
    program = compile_graph(loss, inputs)
    (tmp_path / "primer.py").write_text(program.source(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "primer.py"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True
    )
    found, gradient = ast.literal_eval(done.stdout)
    assert found == loss.data
    assert list(gradient) == [parameter.grad for parameter in program.parameters]  # to the last bit
    assert len(gradient) == len(model.parameters())


@pytest.mark.parametrize("seed", range(40))
def test_any_graph_gives_the_numbers_of_the_eager_engine(seed):
    recipe = Recipe(seed)
    inputs, weights = leaves([0.3, -0.2, 0.5, 0.1][: recipe.n_inputs]), leaves(recipe.parameters)
    root = recipe.record(inputs, weights)[-1]
    root.backward()
    program = compile_graph(root, inputs)
    value, gradient = run(program.source())
    assert value == pytest.approx(root.data, rel=1e-13, abs=1e-13)
    assert list(gradient) == pytest.approx([w.grad for w in program.parameters], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("x", [0.5, 1.25])
def test_every_rule_stands_in_the_source(row, x):
    operands = leaves([x, 0.75, -0.5][: row.arity or 3])
    root = FUNCTIONS[row.name](*operands) if row.arity else _many(row.name, operands)
    root.backward()
    value, gradient = run(compile_graph(root, []).source())
    assert value == pytest.approx(root.data, rel=1e-15)
    assert sorted(gradient) == pytest.approx(sorted(leaf.grad for leaf in operands), rel=1e-14)


def _many(name, operands):
    from engine import dot

    return dot(operands[:1], operands[1:2], operands[2]) if name == "dot" else FUNCTIONS[name](operands)


def test_the_exponentials_of_a_softmax_are_computed_once_for_the_way_there_and_back():
    x = leaves([0.1, 0.2, 0.3, 0.4])
    text = compile_graph(log_sum_exp(x), []).source()
    assert text.count(" = exp(") == 4
    assert compile_graph(softmax(x)[1], []).source().count(" = exp(") == 4


def test_each_gradient_that_has_a_line_is_returned_by_its_name():
    model = MLP.from_weights([[[0.5, 0.25]]], biases=[[0.1]], activation="tanh")
    text = compile_graph(half_squared_error(model([1.0, 2.0]), [1.0]), []).source()
    assert "    g_b1_1 = d1_1\n" in text
    returned = text[text.index("    return E, (") :]
    assert all(f"g_{name}" in returned for name in ("w1_1_1", "w1_1_2", "b1_1", "x1", "x2", "t1"))


def test_several_roots_are_a_forward_pass():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    text = compile_graph([x * w, exp(x)], [x]).source()
    assert "def forward(inputs, parameters):" in text
    assert run(text) == (6.0, exp(2.0))


def test_a_function_that_is_too_long_is_cut_and_gives_the_same():
    model = MLP(3, [9, 9, 1], activation="tanh")
    loss = half_squared_error(model([0.1, 0.2, 0.3]), [1.0])
    program = compile_graph(loss, [])
    whole = program.source()
    cut = Source(program.form, program.order, program.layout.parameters, [], longest_function=60).text()
    assert "def part_2(" in cut
    assert "def part_2(" not in whole
    assert run(cut) == run(whole)


def test_a_sum_of_thousands_of_terms_compiles():
    """Python's own compiler gives up on an expression that is nested too deeply."""
    w = leaves([0.1] * 5000)
    program = compile_graph(FUNCTIONS["sum"](w) * FUNCTIONS["sum"](w), [])
    value, gradient = run(program.source())
    assert value == pytest.approx(500.0**2)
    assert gradient == pytest.approx([1000.0] * 5000)


def test_a_parameter_that_is_used_a_thousand_times_compiles():
    w, b, node = Value(0.5), Value(0.1), Value(1.0)
    for _ in range(1000):
        node = (w * node + b).tanh()
    node.backward()
    program = compile_graph(node, [])
    _, gradient = program.gradient(np.empty((1, 0)))
    expected = [parameter.grad for parameter in program.parameters]
    assert list(gradient) == pytest.approx(expected, rel=1e-12)
    assert list(run(program.source())[1]) == pytest.approx(expected, rel=1e-12)


def test_a_softmax_of_one():
    w = Value(2.0)
    assert run(compile_graph(softmax([w])[0] * w, []).source()) == (2.0, (1.0,))


def test_names_tell_values_from_gradients():
    x, y, k, w = Value(2.0, label="x"), Value(3.0, label="y"), Value(5.0, label="k"), Value(7.0)
    lines = [line.strip() for line in compile_graph(k * (x * y) * w, []).source().splitlines()]
    assert "product_1 = x * y" in lines
    assert [line for line in lines if line.startswith("g_w_1 = ")]
    assert lines.index("# forward") < lines.index("product_1 = x * y") < lines.index("# backward")
    assert "from math" not in compile_graph(x * 1e-9, []).source()  # the e of 1e-09 is no e


def test_a_root_that_is_a_leaf_or_a_constant_has_its_line():
    x = Value(2.0, label="x")
    text = compile_graph([x, x * 0.0 + 1.0, x], [x]).source()
    assert run(text) == (2.0, 1.0, 2.0)


def test_a_deep_chain_compiles():
    x = node = Value(0.5)
    for _ in range(5000):
        node = node.sin() * 1.01
    node.backward()
    _, gradient = run(compile_graph(node, []).source())
    assert list(gradient) == [pytest.approx(x.grad, rel=1e-12)]


def test_infinity_and_nan_among_the_numbers():
    x = Value(2.0)
    value, _ = run(compile_graph(x * float("inf"), []).source())
    assert value == float("inf")
    value, _ = run(compile_graph(Value(float("nan")) + 1.0, []).source())
    assert isnan(value)


# ── what is run ────────────────────────────────────────────────────────────────────────────────


def of_a_recipe(seed):
    recipe = Recipe(seed)
    inputs, weights = leaves([0.3, -0.2, 0.5, 0.1][: recipe.n_inputs]), leaves(recipe.parameters)
    return compile_graph(recipe.record(inputs, weights)[-1], inputs)


def inlined(program):
    return Inlined(program.form, program.layout.parameters, len(program.inputs), PYTHON, backward=True)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_run_and_what_is_read_give_the_same_numbers_to_the_last_bit(seed):
    program = of_a_recipe(seed)
    by_python = Program(program.roots[0], program.inputs, run_by="Python")
    losses, gradient = by_python.gradient([[leaf.data for leaf in program.inputs]])
    assert (losses[0], tuple(gradient)) == run(program.source())


@pytest.mark.parametrize("seed", range(10))
def test_what_is_run_may_be_cut_and_gives_the_same(seed):
    program = of_a_recipe(seed)
    sample = [[leaf.data for leaf in program.inputs], program.vector().tolist()]
    found = []
    for longest in (10**6, 5):
        generated = inlined(program)
        functions = generated.function.texts(PYTHON, longest)
        assert len(functions) == 1 or longest == 5
        helpers = helper_definitions(generated.texts(), PYTHON)
        namespace = vars(math).copy()
        for piece in (*helpers, *generated.rows, *functions):
            exec(compile(piece, "generated", "exec"), namespace)
        found.append(namespace["gradient"](*sample))
    assert found[0] == found[1]


def test_a_row_is_written_once_for_each_kind_of_operands():
    def kinds(count):
        node, x = Value(0.5), leaves([0.25, 0.5, 0.75])
        for i in range(count):
            node = log_sum_exp([node * (0.9 + 0.001 * i) + 0.0001 * i, *x])
        return len(inlined(compile_graph(node, [])).templates)

    assert kinds(10) == kinds(100) == 3


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), -0.0, -2.0, -2.7, 1e-300])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "pow", "maximum"])
def test_any_constant_may_stand_on_either_side(name, number):
    for place in range(2):
        leaf = Value(2.0)
        root = FUNCTIONS[name](*([leaf, number] if place else [number, leaf]))
        try:
            root.backward()
        except ValueError:  # a negative number to a power has no derivative by it
            continue
        losses, gradient = Program(root, [], run_by="Python").gradient(np.empty((1, 0)))
        assert [losses[0], *gradient] == pytest.approx([root.data, leaf.grad], rel=1e-14, nan_ok=True)


# ── labels are data ────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "x; import os",
    "__import__('os').system('x')",
    "x\n    raise SystemExit",
    '"""',
    "'",
    "\\",
    "#",
    "",
    " ",
    "lambda",
    "exp",
    "sum",
    "max",
    "float",
    "inputs",
    "parameters",
    "gradient",
    "None",
    "x",
    "x",
    "x_2",
    "part_1",
    "g_x",
    "١٢",
    "ﬁ",
    "fi",
    "𝑥",
    "ª",
    "a" * 500,
    "δ",
    "é",
    "e\u0301",
    "0",
    "-1",
    "🙂",
    "nan",
    "inf",
    "sigmoid",
    "power",
    "print",
    "INPUTS",
    "match",
]


def graph_of(labels):
    nodes = [Value(0.1 * i + 0.2, label=label) for i, label in enumerate(labels)]
    products = [a * b for a, b in zip(nodes, reversed(nodes), strict=True)]
    for product, label in zip(products, labels, strict=True):
        product.label = label
    return nodes, FUNCTIONS["sum"](products).tanh()


def require_harmless(text, count):
    """Nothing but assignments, arithmetic and calls of known functions."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Import | ast.Attribute | ast.Raise | ast.Lambda | ast.Subscript)
        if isinstance(node, ast.ImportFrom):
            assert node.module == "math"
        if isinstance(node, ast.Call):
            assert node.func.id in {"exp", "tanh", "abs", "sech2", "float", "print", "gradient"}
    (function,) = [f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == "gradient"]
    assigned: set[str] = set()
    for line in function.body:
        if isinstance(line, ast.Assign):
            names = [node.id for node in ast.walk(line.targets[0]) if isinstance(node, ast.Name)]
            goes_on = ast.unparse(line.value).startswith(f"{names[0]} + ")  # a long sum, on a further line
            assert goes_on or assigned.isdisjoint(names)
            assigned.update(names)
    assert len(assigned) >= count


def test_hostile_labels_become_names_that_are_safe_and_unique():
    nodes, root = graph_of(HOSTILE)
    root.backward()
    program = compile_graph(root, nodes[:5])
    text = program.source()
    require_harmless(text, len(HOSTILE))
    value, gradient = run(text)
    assert value == pytest.approx(root.data, rel=1e-14)
    assert list(gradient) == pytest.approx([p.grad for p in program.parameters], rel=1e-12)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_no_label_injects_anything(labels):
    nodes, root = graph_of(labels)
    root.backward()
    program = compile_graph(root, [])
    text = program.source()
    require_harmless(text, len(nodes))
    value, gradient = run(text)
    assert value == pytest.approx(root.data, rel=1e-14)
    assert list(gradient) == pytest.approx([p.grad for p in program.parameters], rel=1e-12)
