"""The page's pass under Node: the modules of the page as they stand, and the rules as Python has written them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from engine import topological_order
from engine.naming.names import Naming
from engine.support.numerals import Numerals
from tests.tools import tool
from viz.live.data import Data
from viz.live.record import Record
from viz.live.training import training

MODULES = Path(__file__).parents[3] / "viz" / "live" / "js"

PASSES = """
import { readFileSync } from "node:fs";
import { graphOf, gradientsAfter, passOf } from "%(modules)s/model/pass.js";
import { stepAt } from "%(modules)s/model/step.js";

const written = (x) => (x?.length !== undefined ? Array.from(x, written) : Object.is(x, -0) ? "-0" : String(x));
const answers = [];
for (const { data, rows, changes } of JSON.parse(readFileSync("graphs.json", "utf8"))) {
  const graph = graphOf(data, new Function(rows)());
  const leaves = Float64Array.from(graph.leaves);
  for (const [node, value] of changes) leaves[node] = value;
  const { values, gradients, locals } = passOf(graph, leaves);
  const steps = graph.events.map((_, k) => {
    const { node, operand, slot, local, upstream, contribution, before, after } =
      stepAt(graph, locals, gradientsAfter(graph, locals, k + 1), k + 1);
    return [node, operand, slot, local, upstream, contribution, before, after];
  });
  answers.push([values, gradients, steps].map(written));
}
console.log(JSON.stringify(answers));
"""


def record_of(root, **options):
    naming = Naming(topological_order(root), None, Numerals(options.get("digits", 4)))
    return Record(naming, "a graph", training(naming, None, None, None), [])


def rows_of(rows):
    """What gives the rules, as the page has them."""
    count = len(rows.functions) // 2
    listed = ", ".join(f"[row_{i}, row_{i}_locals]" for i in range(1, count + 1))
    return f"{rows.text()}\nreturn [null, {listed}];"


def passes(graphs, folder):
    """For each root, with the leaves that change by their places: values, gradients and the numbers of each step."""
    questions = []
    for root, changes in graphs:
        data = Data(record_of(root))
        questions.append({"data": data.all(), "rows": rows_of(data.rows), "changes": changes})
    (folder / "graphs.json").write_text(json.dumps(questions), encoding="utf-8")
    return run(PASSES % {"modules": MODULES.as_uri()}, folder)


def run(script, folder):
    """What a script prints, which is JSON, with numbers as words."""
    node = tool("node", "runs the JavaScript of pages")
    (folder / "script.mjs").write_text(script, encoding="utf-8")
    done = subprocess.run([node, "script.mjs"], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return _numbers(json.loads(done.stdout))


def _numbers(answer):
    return [_numbers(part) for part in answer] if isinstance(answer, list) else float(answer)
