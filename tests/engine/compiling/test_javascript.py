"""Generated JavaScript: the numbers of the graph under Node, whatever the numbers and the names are.

What is asked of Node is collected, so that one process answers all of it.
"""

from __future__ import annotations

import json
import subprocess
import warnings
from itertools import product
from math import inf, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engine import Program, Value, compile_graph, dot, log, operation, where
from engine.compiling.source.module import Source
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from nn import MLP, half_squared_error
from tests.engine.compiling.test_program import leaves, primer
from tests.engine.compiling.test_source import HOSTILE, graph_of
from tests.engine.random_graphs import Recipe
from tests.engine.sample_points import SAMPLE_POINTS, spell
from tests.tools import tool

GOLDEN = Path(__file__).parent / "golden"

ANSWER = """
import { readFileSync } from "node:fs";

const written = (x) => (Array.isArray(x) ? x.map(written) : Object.is(x, -0) ? "-0" : String(x));
const answers = [];
for (const [file, name, calls] of JSON.parse(readFileSync("questions.json", "utf8"))) {
  const module = await import(file);
  answers.push(calls.map((numbers) => written(module[name](...numbers.map((list) => list.map(Number))))));
}
console.log(JSON.stringify(answers));
"""


class Node:
    """Modules and the calls of their functions, for one process of Node to answer."""

    def __init__(self, folder):
        self.folder, self.questions = folder, []

    def ask(self, text, calls, function="gradient"):
        """Each call is a list of inputs and one of parameters."""
        file = f"./module_{len(self.questions)}.mjs"
        (self.folder / file).write_text(text, encoding="utf-8")
        written = [[[str(float(x)).replace("inf", "Infinity") for x in numbers] for numbers in call] for call in calls]
        self.questions.append([file, function, written])

    def answers(self):
        """For each question, what each of its calls gave."""
        node = tool("node", "runs the JavaScript that programs give")
        (self.folder / "answer.mjs").write_text(ANSWER, encoding="utf-8")
        (self.folder / "questions.json").write_text(json.dumps(self.questions), encoding="utf-8")
        done = subprocess.run([node, "answer.mjs"], cwd=self.folder, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return _numbers(json.loads(done.stdout))


def _numbers(answer):
    return [_numbers(part) for part in answer] if isinstance(answer, list) else float(answer)


@pytest.fixture
def node(tmp_path):
    return Node(tmp_path)


def same(found, expected):
    """Equal to 1e-12, NaN to NaN."""
    return found == pytest.approx(expected, rel=1e-12, abs=1e-320, nan_ok=True)


def flat(answer):
    loss, gradient = answer
    return [loss, *gradient]


def by_eager(record, program, leaves_, numbers):
    """Loss and gradient where the graph is recorded with these numbers; by arrays where that raises."""
    at = leaves(numbers)
    try:
        root = record(at)
        root.backward()
        return [root.data, *(at[leaves_.index(parameter)].grad for parameter in program.parameters)]
    except (ArithmeticError, ValueError):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            losses, gradient = program.gradient(np.empty((1, 0)), parameters=_in_order(program, leaves_, numbers))
        return [float(losses[0]), *gradient.tolist()]


def _in_order(program, leaves_, numbers):
    return [numbers[leaves_.index(parameter)] for parameter in program.parameters]


def check_points(node, cases):
    """Each case is a name, a function that records a graph of some leaves, and points for these."""
    expected = []
    for _, record, points in cases:
        regular = leaves([1.0 + k for k in range(len(points[0]))])
        program = Program(record(regular), [], run_by="arrays")
        node.ask(program.source("javascript"), [[[], _in_order(program, regular, point)] for point in points])
        expected.append([by_eager(record, program, regular, point) for point in points])
    wrong = [
        (spell(name, point), flat(found), right)
        for (name, _, points), answers, wanted in zip(cases, node.answers(), expected, strict=True)
        for point, found, right in zip(points, answers, wanted, strict=True)
        if not same(flat(found), right)
    ]
    assert wrong == []


EXTREMES = [
    0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e-8, 0.5, -0.5, 1.0, -1.0, 2.0, -3.0, 20.0, -20.0, 745.2, -745.2,
    1e300, -1e300, inf, -inf, nan,
]  # fmt: skip
FEW_EXTREMES = [0.0, -0.0, 1.0, -1e300, 1e300, inf, -inf, nan]


def rule_cases():
    for row in TABLE:

        def record(x, name=row.name, arity=row.arity):
            if name == "dot":
                n = len(x) // 2
                return dot(x[:n], x[n : 2 * n], *x[2 * n :])
            return FUNCTIONS[name](*x) if arity is not None else FUNCTIONS[name](x)

        points = list(SAMPLE_POINTS[row.name])
        points += product(EXTREMES if row.arity in (1, 2) else FEW_EXTREMES, repeat=row.arity or 3)
        for count in sorted({len(point) for point in points}):
            yield row.name, record, [point for point in points if len(point) == count]


def test_every_rule_has_its_numbers_at_every_point(node):
    check_points(node, list(rule_cases()))


# What the two languages write or compute otherwise: a minus before a power, before a minus, powers of ±1.
SPELLINGS = {
    "(−x)²": lambda x: (-x) ** 2,
    "−x²": lambda x: -(x**2),
    "−(−x)": lambda x: FUNCTIONS["neg"](-x),
    "x − (−x)": lambda x: x - (-x),
    "x · (−2)": lambda x: x * -2.0,
    "x − (−2)": lambda x: x - -2.0,
    "x · (−0)": lambda x: x * -0.0,
    "max(−0, x)": lambda x: FUNCTIONS["maximum"](-0.0, x),
    "2 ^ x": lambda x: 2.0**x,
    "1 ^ x": lambda x: 1.0**x,
    "(−1) ^ x": lambda x: (-1.0) ** x,
    "∞ · x": lambda x: x * inf,
    "NaN · x": lambda x: x * nan,
    "(−x) ^ x": lambda x: (-x) ** x,
    "x if x > −x, else −x": lambda x: where(FUNCTIONS["greater"](x, -x), x, -x),
    **{f"x ^ {y:g}": lambda x, y=y: x**y for y in (2.0, 3.0, -2.0, -3.0, 1.0, 0.0, -1.0, 0.5, -0.5, 1e300, inf, nan)},
}


def test_what_is_spelled_otherwise_is_the_same_number(node):
    points = [(x,) for x in EXTREMES]
    check_points(node, [(name, lambda x, f=f: f(*x), points) for name, f in SPELLINGS.items()])


def test_any_graph_gives_the_numbers_of_the_eager_engine(node):
    expected = []
    for seed in range(150):
        recipe = Recipe(seed)
        inputs, weights = leaves([0.3, -0.2, 0.5, 0.1][: recipe.n_inputs]), leaves(recipe.parameters)
        roots = recipe.record(inputs, weights)
        roots[0].backward()
        program, several = compile_graph(roots[0], inputs), compile_graph([*roots, roots[0]], inputs)
        sample = [leaf.data for leaf in inputs]
        node.ask(program.source("javascript"), [[sample, program.vector()]])
        node.ask(several.source("javascript"), [[sample, several.vector()]], "forward")
        expected += [[roots[0].data, *(w.grad for w in program.parameters)], [root.data for root in [*roots, roots[0]]]]
    for k, ((answer,), right) in enumerate(zip(node.answers(), expected, strict=True)):
        found = flat(answer) if k % 2 == 0 else answer
        assert found == pytest.approx(right, rel=1e-12, abs=1e-13), f"seed {k // 2}"


def test_where_the_graph_would_raise_there_is_nan_or_infinity(node):
    x, y = leaves([1.0, 2.0])
    program = compile_graph([log(x), x**0.5, x / y, y**x, FUNCTIONS["exp"](x), FUNCTIONS["sin"](y)], [x, y])
    node.ask(program.source("javascript"), [[(-1.0, 0.0), ()], [(1000.0, inf), ()]], "forward")
    ((first, second),) = node.answers()
    assert same(first, [nan, nan, -inf, inf, np.exp(-1.0), 0.0])
    assert same(second, [np.log(1000.0), np.sqrt(1000.0), 0.0, inf, inf, nan])


def test_the_primers_network_is_the_golden_module(node, request):
    _, loss, inputs = primer()
    loss.backward()
    program = compile_graph(loss, inputs)
    text, path = program.source("javascript"), GOLDEN / "primer.mjs"
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs: read it, then run pytest --update-golden"
    sample = [[leaf.data for leaf in inputs], program.vector()]
    node.ask(text, [sample])
    node.ask(text, [sample], "forward")
    (gradient,), (value,) = node.answers()
    assert same(flat(gradient), [loss.data, *(parameter.grad for parameter in program.parameters)])
    assert same(value, loss.data)


def test_the_recorded_sample_stands_in_the_module(node):
    x, w, unread = Value(inf, label="x"), Value(-0.0, label="w"), Value(nan, label="z")
    text = compile_graph(x * w + 1.5, [unread, x]).source("javascript")
    node.ask(f"{text}\nexport const sample = () => [INPUTS, PARAMETERS, gradient(INPUTS, PARAMETERS)];", [[]], "sample")
    ((((unread_is, x_is), (w_is,), (loss, gradient)),),) = node.answers()
    assert (x_is, str(w_is)) == (inf, "-0.0")
    assert same([unread_is, loss, *gradient], [nan, nan, inf])


def test_a_function_that_is_too_long_is_cut_and_gives_the_same(node):
    model = MLP(3, [9, 9, 1], activation="tanh")
    program = compile_graph(half_squared_error(model([0.1, 0.2, 0.3]), [1.0]), [])
    cut = Source(program.form, program.order, program.layout.parameters, [], "javascript", longest_function=30).text()
    assert "function part_2(" in cut
    assert "function forward_part_2(" in cut
    for text in (program.source("javascript"), cut):
        node.ask(text, [[[], program.vector()]])
        node.ask(text, [[[], program.vector()]], "forward")
    whole, whole_forward, *of_parts = node.answers()
    assert of_parts == [whole, whole_forward]


def test_a_sum_of_thousands_of_terms_is_a_variable_that_grows(node):
    w = leaves([0.1] * 5000)
    node.ask(compile_graph(FUNCTIONS["sum"](w) * FUNCTIONS["sum"](w), []).source("javascript"), [[[], [0.1] * 5000]])
    (((loss, gradient),),) = node.answers()
    assert loss == pytest.approx(500.0**2)
    assert gradient == pytest.approx([1000.0] * 5000)


def test_a_deep_chain_runs(node):
    x = out = Value(0.5)
    for _ in range(5000):
        out = out.sin() * 1.01
    out.backward()
    node.ask(compile_graph(out, []).source("javascript"), [[[], [0.5]]])
    (((_, gradient),),) = node.answers()
    assert gradient == pytest.approx([x.grad], rel=1e-11)


# ── names ──────────────────────────────────────────────────────────────────────────────────────

WORDS_OF_JAVASCRIPT = """
    await break case catch class const continue debugger default delete do else enum export extends false finally for
    function if implements import in instanceof interface let new null package private protected public return static
    super switch this throw true try typeof var void while with yield arguments eval async of get set as from target
    Math NaN Infinity undefined globalThis Object Array Number Symbol JSON Promise console window self document
    abs cos exp expm1 log log1p max sin sqrt tan tanh power prototype __proto__ constructor $ $x _ _1
""".split()
HOSTILE_HERE = [
    "*/ throw 1 /*", "// x", "x\u2028throw 1", "x\u2029throw 1", "x\rthrow 1", "`${process.exit(1)}`", "-->", "<!--",
    "\\u0061", "a\u200db", "a\u00adb", "#private", "x;throw 1", "forward_part_1", "℘", "·", "x·y", "゛", "𐐀", "\ud800",
]  # fmt: skip


def test_whatever_labels_contain_the_module_computes_the_numbers_of_the_graph(node):
    random = Random(1)
    anything = ["".join(chr(random.randrange(0x3000)) for _ in range(random.randrange(1, 9))) for _ in range(400)]
    expected = []
    for labels in (WORDS_OF_JAVASCRIPT, HOSTILE, HOSTILE_HERE, anything):
        nodes, root = graph_of(labels)
        root.backward()
        program = compile_graph(root, nodes[:3])
        text = program.source("javascript")
        node.ask(text, [[[leaf.data for leaf in nodes[:3]], program.vector()]])
        expected.append([root.data, *(parameter.grad for parameter in program.parameters)])
        assert text.splitlines() == text.removesuffix("\n").split("\n")  # nothing else ends a line
    for (answer,), right in zip(node.answers(), expected, strict=True):
        assert same(flat(answer), right)


def test_operations_and_operands_of_a_users_own_may_be_called_by_words_of_javascript(node):
    switch = operation(
        "switch",
        lambda new, y: (new * new + 1.0) ** y + y * y,
        lambda out, new, y: (
            2.0 * new * y * (new * new + 1.0) ** (y - 1.0),
            (out - y * y) * log(1.0 + new * new) + 2.0 * y,
        ),
    )
    typeof = operation("typeof", lambda x: where(x > 0.0, x, -x) * x, lambda out, x: (where(x > 0.0, x, -x) * 2.0,))
    check_points(node, [("switch", lambda x: switch(*x) * typeof(x[0]), list(product([0.5, -2.0, 3.0], repeat=2)))])


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="source") as raised:
        compile_graph(Value(1.0) * 2.0, []).source("nielsen")
    assert (
        str(raised.value)
        == 'source() writes "numpy", "python" or "javascript"; got \'nielsen\' (a notation is notation=…)'
    )
