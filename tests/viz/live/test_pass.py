"""The pass of the page, under Node, against that of Python: node by node and step by step."""

from __future__ import annotations

import json
from math import isnan, nan

import pytest

from engine import Value, dot, topological_order
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from engine.support.numerals import number
from tests.engine.random_graphs import Recipe
from tests.engine.sample_points import SAMPLE_POINTS, spell
from tests.viz.graphs import primer, reuse
from tests.viz.live.node import MODULES, passes, run


def close(found, right):
    return found == pytest.approx(right, rel=1e-12, abs=1e-13, nan_ok=True)


def graph_of(seed):
    recipe = Recipe(seed)
    inputs = [Value(x) for x in [0.3, -0.2, 0.5, 0.1][: recipe.n_inputs]]
    return recipe.record(inputs, [Value(x) for x in recipe.parameters])[0]


def expected(root):
    """Values, gradients and steps, as Python has them."""
    order = topological_order(root)
    places = {node: i for i, node in enumerate(order)}
    trace = root.backward_steps()
    steps = [
        [places[s.node], places[s.operand], s.slot, s.local, s.upstream, s.contribution, s.before, s.after]
        for s in trace
    ]
    return [node.data for node in order], [node.grad for node in order], steps


@pytest.mark.slow
def test_200_graphs_over_all_rules_have_pythons_numbers(tmp_path):
    roots = [graph_of(seed) for seed in range(200)]
    used = {node.op.name for root in roots for node in topological_order(root) if node.op}
    assert len(used) >= 30
    for seed, (found, root) in enumerate(zip(passes([(root, []) for root in roots], tmp_path), roots, strict=True)):
        values, gradients, steps = expected(root)
        assert close(found[0], values), f"seed {seed}"
        assert close(found[1], gradients), f"seed {seed}"
        assert len(found[2]) == len(steps), f"seed {seed}"
        for step, right in zip(found[2], steps, strict=True):
            assert close(step, right), f"seed {seed}"


def recorded(name, arity, point):
    x = [Value(float(number)) for number in point]
    if name == "dot":
        n = len(x) // 2
        return dot(x[:n], x[n : 2 * n], *x[2 * n :])
    return FUNCTIONS[name](*x) if arity is not None else FUNCTIONS[name](x)


def test_every_rule_has_pythons_numbers_at_its_sample_points(tmp_path):
    cases, roots = [], []
    for row in TABLE:
        for point in SAMPLE_POINTS[row.name]:
            root = recorded(row.name, row.arity, point)
            try:
                right = expected(root)
            except (ArithmeticError, ValueError):
                continue  # a derivative that does not exist
            cases.append((spell(row.name, point), right))
            roots.append((root, []))
    assert len(cases) > 150
    for (name, right), found in zip(cases, passes(roots, tmp_path), strict=True):
        assert close(found[0], right[0]), name
        assert close(found[1], right[1]), name


def test_changed_leaves_give_what_a_graph_with_these_numbers_gives(tmp_path):
    roots, rights = [], []
    for seed in range(40):
        root, recipe = graph_of(seed), Recipe(seed)
        order = topological_order(root)
        leaves = [i for i, node in enumerate(order) if node.op is None and type(node) is Value]
        changes = [(i, order[i].data * 0.5 + 0.1) for i in leaves]
        for i, x in changes:
            order[i].data = x
        inputs = [x * 0.5 + 0.1 for x in [0.3, -0.2, 0.5, 0.1][: recipe.n_inputs]]
        fresh = recipe.record([Value(x) for x in inputs], [Value(x * 0.5 + 0.1) for x in recipe.parameters])[0]
        for i, x in changes:
            order[i].data = (x - 0.1) / 0.5
        roots.append((root, changes))
        rights.append(expected(fresh))
    for found, right in zip(passes(roots, tmp_path), rights, strict=True):
        assert close(found[0], right[0])
        assert close(found[1], right[1])


def test_a_value_that_is_used_twice_has_two_events(tmp_path):
    ((_, gradients, steps),) = passes([(reuse(), [])], tmp_path)
    assert 6.0 in gradients
    assert [step[3:] for step in steps[-2:]] == [[3, 1, 3, 0, 3], [3, 1, 3, 3, 6]]


NUMBERS = [
    0.0, 1.0, -1.0, 0.6, 0.0415, 3.422e-4, 9.9996, 9.9995, 1.0625, 1.06250001, 0.125, 2.5, 12345.0, 9999.5, 99999.0,
    1e-3, 9.9999e-4, 1.5e-7, 1e22, -2.5e-9, 1234.5, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1 / 3, 2 / 3,
    100.0, 0.5, nan, float("inf"), float("-inf"), 0.00048828125, 0.048828125, 48828.125,
]  # fmt: skip


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 6, 12, 17])
def test_numbers_are_written_as_python_writes_them(tmp_path, digits):
    script = f"""
        import {{ numberText }} from "{MODULES.as_uri()}/model/numerals.js";
        import {{ writeFileSync }} from "node:fs";
        const numbers = {json.dumps([str(x) for x in NUMBERS])}.map((x) => Number(x.replace("inf", "Infinity")));
        const texts = numbers.map((x) => numberText(x, {digits}));
        writeFileSync("texts.json", JSON.stringify(texts));
        console.log("[]");
    """
    run(script, tmp_path)
    found = json.loads((tmp_path / "texts.json").read_text(encoding="utf-8"))
    assert found == [number(x, digits) for x in NUMBERS]


def test_the_primers_last_step_is_that_of_the_trace(tmp_path):
    _, loss = primer(backward=False)
    ((values, _, steps),) = passes([(loss, [])], tmp_path)
    assert not any(map(isnan, values))
    assert len(steps) == len(loss.backward_steps()) == 36
