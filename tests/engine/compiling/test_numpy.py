"""Programs as numpy text: what runs is what one reads."""

from __future__ import annotations

import ast
import gc
import linecache
import pdb
import traceback
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from demos.names.model import GPT
from demos.names.training import recorded, sample
from engine import Value, compile_graph, dot, log, softmax
from engine.compiling.arrays.boxes import ANY, box_of, common_shape
from engine.compiling.program import Program
from nn import MLP, cross_entropy
from tests.engine.compiling.test_program import leaves, primer
from tests.engine.compiling.test_source import HOSTILE, graph_of
from tests.engine.random_graphs import Recipe

GOLDEN = Path(__file__).parent / "golden"


def module_of(program):
    """Its text, executed by itself."""
    module = {}
    exec(compile(program.source("numpy"), "<text>", "exec"), module)
    return module


def run_and_read(seed):
    """A random graph as a program and as its text, on a batch."""
    recipe = Recipe(seed)
    inputs = leaves([0.1] * recipe.n_inputs)
    roots = recipe.record(inputs, leaves(recipe.parameters))
    batch, program = (
        np.random.default_rng(seed).uniform(-1, 1, (5, recipe.n_inputs)),
        Program(roots[0], inputs, "arrays"),
    )
    module = module_of(program)
    assert np.array_equal(module["forward"](batch, program.vector()), program.forward(batch))
    for read, run in zip(
        module["gradient"](batch, program.vector()), program.gradient(batch, reduction="sum"), strict=True
    ):
        assert np.array_equal(read, run)
    several = Program(roots, inputs, "arrays")
    assert np.array_equal(module_of(several)["forward"](batch, several.vector()), several.forward(batch))


@pytest.mark.parametrize("seed", range(40))
def test_the_text_by_itself_gives_what_the_program_gives_to_the_last_bit(seed):
    run_and_read(seed)


@pytest.mark.slow
def test_the_texts_of_a_thousand_graphs():
    for seed in range(1000):
        run_and_read(seed)


def test_the_primers_network_is_the_golden_module(request):
    _, loss, inputs = primer()
    text, path = compile_graph(loss, inputs).source("numpy"), GOLDEN / "primer_numpy.txt"
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs: read it, then run pytest --update-golden"


def test_it_imports_numpy_alone():
    _, loss, inputs = primer()
    imports = [
        line for line in ast.parse(compile_graph(loss, inputs).source("numpy")).body if "Import" in type(line).__name__
    ]
    assert [ast.unparse(line) for line in imports] == ["import numpy as np"]


# ── what it reads like ─────────────────────────────────────────────────────────────────────────


def body(program, part):
    """The statements of the gradient, "forward" or "backward", without what follows them."""
    text = program.source("numpy").partition("def gradient")[2].partition(f"# {part}\n")[2].partition("\n\n")[0]
    return [line.partition("  #")[0].strip() for line in text.splitlines() if not line.startswith("    return")]


def test_a_network_reads_like_matrix_equations():
    model = MLP(3, [4, 2], activation="relu", seed=1)
    x = leaves([0.1, 0.2, 0.3])
    program = compile_graph(cross_entropy(model(x), 1), x)
    assert body(program, "forward")[:3] == ["a1 = W1 @ x + b1", "z1 = np.maximum(a1, 0.0)", "a2 = W2 @ z1 + b2"]
    assert body(program, "backward")[-7:] == [
        "g_z1 = W2.T @ d2",
        "d1 = g_z1 * np.where(a1 > 0.0, 1.0, 0.0 * z1)",
        "g_W1 = d1 @ x.T",
        "g_b1 = np.add.reduce(d1, axis=1, keepdims=True)",
        "g_W2 = d2 @ z1.T",
        "g_b2 = np.add.reduce(d2, axis=1, keepdims=True)",
        "gradient += np.concatenate([g_W1, g_b1, g_W2, g_b2], axis=None)",
    ]


def test_names_follow_the_notation_that_is_asked_for():
    _, loss, inputs = primer()
    text = compile_graph(loss, inputs).source("numpy", notation="nielsen")
    assert "z1 = W1 @ x" in text
    assert "a1 = np.tanh(z1)" in text


def test_each_line_of_a_group_tells_its_number_in_the_table():
    _, loss, inputs = primer()
    assert "z1 = np.tanh(a1)  # 2: z₁⁽¹⁾ … z₃⁽¹⁾\n" in compile_graph(loss, inputs).source("numpy")


def transformer(length):
    loss, inputs = recorded(GPT(1), "a" * (length - 1))
    return compile_graph(loss, inputs), np.array([sample("b" * (length - 1)), sample("a" * (length - 1))])


def test_causal_attention_is_a_product_of_squares_and_gathers_nothing():
    program, _ = transformer(6)
    text = program.source("numpy")
    assert "ROWS_" not in text
    assert len(program.groups) == 37


@pytest.mark.parametrize("length", [2, 3, 6])
def test_attention_of_squares_gives_what_the_graph_gives(length):
    program, batch = transformer(length)
    for row, (loss, slopes) in zip(batch, zip(*alone(program, batch), strict=True), strict=True):
        for leaf, x in zip(program.inputs, row.tolist(), strict=True):
            leaf.data = x
        fresh = Program(program.roots[0], program.inputs, run_by="Python")
        expected, gradient = fresh.gradient(row[None])
        assert loss == pytest.approx(expected[0], rel=1e-12)
        np.testing.assert_allclose(slopes, gradient, rtol=0, atol=1e-12)


def alone(program, batch):
    """The loss and the gradient of each row, by arrays."""
    by_arrays = Program(program.roots[0], program.inputs, run_by="arrays")
    found = [by_arrays.gradient(row[None]) for row in batch]
    return [losses[0] for losses, _ in found], [gradient for _, gradient in found]


def test_what_fills_a_square_does_not_get_into_a_sum():
    """The score that is left out, q₁·k₂ = 2700, is so large that its exponential overflows."""
    q, k, v = ([leaves([1.0, 2.0]), leaves(second)] for second in ([1.0, 1.0], [900.0, 900.0], [1.0, 3.0]))
    shares = [softmax([dot(q[i], k[j]) for j in range(i + 1)]) for i in range(2)]
    found = [dot(shares[i], [v[j][c] for j in range(i + 1)]) for i in range(2) for c in range(2)]
    inputs = [leaf for pair in (*q, *k) for leaf in pair]
    scale = Value(0.5)
    root = dot([scale] * 4, [scale * x for x in found])
    by_arrays, by_python = Program(root, inputs, "arrays"), Program(root, inputs, "Python")
    assert "MASK" in by_arrays.source("numpy")
    batch = [[leaf.data for leaf in inputs]]
    for one, other in zip(by_arrays.gradient(batch), by_python.gradient(batch), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


# ── in a debugger, and in errors ───────────────────────────────────────────────────────────────


def test_a_debugger_shows_the_line_that_it_stands_on():
    _, loss, inputs = primer()
    program, shown = Program(loss, inputs, "arrays"), StringIO()
    program.gradient([[1.0, 2.0, 1.0, 1.15]])
    filename = program._by_arrays.filename
    lines = linecache.getlines(filename)
    number = next(k for k, line in enumerate(lines, start=1) if line.strip().startswith("d1 ="))
    debugger = pdb.Pdb(
        stdin=StringIO("continue\np d1.shape if 'd1' in locals() else W2.shape\nnext\np d1.shape\ncontinue\n"),
        stdout=shown,
    )
    assert debugger.set_break(filename, number) is None
    debugger.runcall(program.gradient, [[1.0, 2.0, 1.0, 1.15]])
    assert f"{filename}({number})gradient()\n-> d1 = g_z1 * sech2(a1)\n" in shown.getvalue()
    assert "(3, 1)\n" in shown.getvalue()


def test_an_error_inside_it_shows_its_line():
    _, loss, inputs = primer()
    program = Program(loss, inputs, "arrays")
    with pytest.raises(ValueError, match="matmul") as raised:
        program._by_arrays.gradient(np.zeros((2, 1)), program.vector())
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert last.line == "a1 = W1 @ x  # 1: a₁⁽¹⁾ … a₃⁽¹⁾"


def test_the_text_is_forgotten_with_its_program():
    _, loss, inputs = primer()
    program = Program(loss, inputs, "arrays")
    filename = program._by_arrays.filename
    assert filename in linecache.cache
    del program
    gc.collect()
    assert filename not in linecache.cache


# ── labels ─────────────────────────────────────────────────────────────────────────────────────


def test_hostile_labels_are_names_that_are_safe_or_comments():
    nodes, root = graph_of(HOSTILE)
    program = Program(root, nodes[:5], run_by="arrays")
    text = program.source("numpy")
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
    known = {"len", "range", "slice", "sech2"}
    assert all(name.startswith("np.") or name in known or name.endswith(".reshape") for name in calls)
    batch = [[node.data for node in nodes[:5]]]
    by_python = Program(root, nodes[:5], run_by="Python")
    np.testing.assert_allclose(program.forward(batch), by_python.forward(batch), rtol=1e-12)


# ── memory ─────────────────────────────────────────────────────────────────────────────────────


def test_a_slice_is_as_large_as_its_arrays_allow():
    _, loss, inputs = primer()
    assert "SLICE = 100  #" in Program(loss, inputs, slice_bytes=100 * 8 * 32).source("numpy")


def test_slices_add_up():
    _, loss, inputs = primer()
    batch = np.random.default_rng(1).uniform(-1, 1, (23, 4))
    whole, cut = Program(loss, inputs, "arrays"), Program(loss, inputs, "arrays", slice_bytes=8 * 32 * 5)
    for one, other in zip(whole.gradient(batch), cut.gradient(batch), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_where_the_graph_would_raise_the_text_gives_nan_without_a_warning():
    x = Value(1.0)
    forward = module_of(Program(log(x) * Value(2.0, "w"), [x], "arrays"))["forward"]
    assert np.isnan(forward(np.array([[-1.0]]), np.array([2.0]))).all()


# ── boxes ──────────────────────────────────────────────────────────────────────────────────────


BOXES = [
    ([3], 8, "v[3:4]"),
    ([0, 1, 2, 3], 4, "v"),
    ([2, 3, 4], 8, "v[2:5]"),
    ([1, 3, 5], 8, "v[1:6:2]"),
    ([[0, 1, 2], [3, 4, 5]], 6, "v.reshape(2, 3, -1)"),
    ([[0, 3], [1, 4], [2, 5]], 6, "v.reshape(2, 3, -1)"),  # the other way round
    ([[1, 2], [5, 6]], 8, "v.reshape(2, 4, -1)[:, 1:3]"),
    ([[2, 2], [3, 3]], 8, "v[2:4]"),  # the same along one axis
    ([[0, 1, 2], [4, ANY, 6]], 8, "v.reshape(2, 4, -1)[:, 0:3]"),
    ([0, 2, 3], 8, None),
    ([3, 2, 1], 8, None),
    ([[0, 1], [7, ANY]], 8, None),  # what would lie there is no row
]


@pytest.mark.parametrize(("rows", "size", "text"), BOXES, ids=[str(rows) for rows, *_ in BOXES])
def test_rows_that_lie_regularly_are_a_view(rows, size, text):
    rows = np.array(rows)
    box = box_of(rows, size)
    assert (box and box.text("v")) == text
    if box is not None:
        view = eval(box.text("v"), {"v": np.arange(size)[:, None]})
        order = [*sorted(range(len(box.axes)), key=box.axes.__getitem__)]
        found = view[..., 0].transpose(order) if box.axes else view[..., 0].reshape(())
        missing = tuple(k for k in range(rows.ndim) if k not in box.axes)
        assert (np.broadcast_to(np.expand_dims(found, missing), rows.shape)[rows != ANY] == rows[rows != ANY]).all()


@pytest.mark.parametrize(
    ("sequences", "shape"),
    [
        ([[0, 1, 2, 3, 4, 5]], (6,)),
        ([[0, 1, 2, 3, 4, 5], [7, 8, 9, 7, 8, 9]], (2, 3)),
        ([[0, 1, 2, 3, 4, 5], [7, 7, 8, 8, 9, 9]], (3, 2)),
        ([[0, 1, 2, 3], [0, 5, 1, 7]], (4,)),  # nothing fits
        ([[4]], (1,)),
    ],
)
def test_sequences_have_a_shape_in_which_all_are_regular(sequences, shape):
    assert common_shape(list(map(np.array, sequences))) == shape
