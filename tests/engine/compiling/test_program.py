"""Compiled programs: the numbers of the eager engine, on whole batches."""

from __future__ import annotations

import pickle
import sys
import threading
from functools import partial
from math import nan

import numpy as np
import pytest

from engine import Value, compile_graph, detect_anomaly, dot, exp, log, log_sum_exp, no_grad, softmax, topological_order
from engine.compiling.program import Program
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from nn import MLP, half_squared_error, mean_squared_error
from tests.engine.random_graphs import MANY, ONE, TWO, Recipe
from tests.primer import DW1, DW2, WEIGHTS
from tests.refusals import refusal
from tests.tables import read_table

TOLERANCE = 1e-12


@pytest.fixture(params=["arrays", "Python"])
def compiled(request):
    """`compile_graph` of a program that runs by array operations or as Python, whichever is faster: as each of them."""
    return partial(Program, run_by=request.param)


def leaves(numbers):
    return [Value(x) for x in numbers]


def eager(recipe, row):
    """The roots' values and the first one's gradient."""
    inputs, weights = leaves(row), leaves(recipe.parameters)
    roots = recipe.record(inputs, weights)
    roots[0].backward()
    return [root.data for root in roots], [w.grad for w in weights]


def compare(compiled, seed, batch_size):
    """Every number to 1e-12, of the sum of the magnitudes over the batch for the gradient, which is such a sum."""
    recipe = Recipe(seed)
    inputs, weights = leaves([0.1] * recipe.n_inputs), leaves(recipe.parameters)
    roots = recipe.record(inputs, weights)
    batch = np.random.default_rng(seed).uniform(-1, 1, (batch_size, recipe.n_inputs))
    values, gradients = map(np.array, zip(*(eager(recipe, row) for row in batch.tolist()), strict=True))

    found = compiled(roots, inputs).forward(batch)
    np.testing.assert_allclose(found, values, rtol=0, atol=TOLERANCE * (1 + abs(values).max()))
    program = compiled(roots[0], inputs)
    program.gradient(batch * 0.5, program.vector() * 0.5)  # whatever ran before leaves no trace
    losses, gradient = program.gradient(batch, reduction="sum")
    np.testing.assert_allclose(losses, values[:, 0], rtol=0, atol=TOLERANCE * (1 + abs(values).max()))
    at = {weight: i for i, weight in enumerate(weights)}
    wanted = gradients.sum(axis=0)[[at[parameter] for parameter in program.parameters]]
    np.testing.assert_allclose(gradient, wanted, rtol=0, atol=TOLERANCE * (1 + abs(gradients).sum(axis=0).max()))


@pytest.mark.parametrize("seed", range(60))
def test_a_program_gives_what_the_graph_gives(compiled, seed):
    compare(compiled, seed, 7)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_a_thousand_graphs(batch_size):
    for seed in range(1000):
        compare(compile_graph, seed, batch_size)


def test_every_rule_is_on_trial():
    x, y = Value(0.3), Value(0.4)
    roots = [f(x) for f in ONE] + [f(x, y) for f in TWO] + [f([x, y, x, y]) for f in MANY]
    assert {n.op.name for r in roots for n in topological_order(r) if n.op} == {row.name for row in TABLE}


def primer():
    """The primer's network, and its four inputs: x₁, x₂, t₁, t₂."""
    x, t = leaves([1.0, 2.0]), leaves([1.0, 1.15])
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    return model, half_squared_error(model(x), t), [*x, *t]


PRINTED = [*DW1, *DW2]


def test_the_primers_gradients_as_its_reference_output_prints_them(compiled):
    model, loss, inputs = primer()
    program = compiled(loss, inputs)
    program.backward([[1.0, 2.0, 1.0, 1.15]])
    found = [[w.grad for w in neuron.w] for layer in model.layers for neuron in layer.neurons]
    for row, printed in zip(found, PRINTED, strict=True):
        assert row == pytest.approx(printed, abs=1e-7)
    assert all(parameter.reached for parameter in program.parameters)


def test_the_mean_is_the_sum_divided_by_the_batch_and_backward_adds():
    _, loss, inputs = primer()
    program = compile_graph(loss, inputs)
    batch = np.arange(20.0).reshape(5, 4) / 10
    losses, mean = program.gradient(batch)
    _, total = program.gradient(batch, reduction="sum")
    assert losses.shape == (5,)
    np.testing.assert_allclose(mean, total / 5, rtol=1e-15)
    program.backward(batch)
    program.backward(batch)
    np.testing.assert_allclose([p.grad for p in program.parameters], 2 * mean, rtol=1e-15)


def test_the_sum_over_no_samples_is_zero():
    _, loss, inputs = primer()
    losses, gradient = compile_graph(loss, inputs).gradient(np.empty((0, 4)), reduction="sum")
    assert losses.shape == (0,)
    assert list(gradient) == [0.0] * 12


def test_parameters_are_those_of_the_model_and_a_vector_stands_in_for_them():
    model, loss, inputs = primer()
    program = compile_graph(loss, inputs)
    assert set(program.parameters) == set(model.parameters())
    before, batch = program.vector(), [[1.0, 2.0, 1.0, 1.15]]
    there = program.forward(batch, np.zeros(12))
    assert there == pytest.approx([0.5 * (1.0 + 1.15**2)], rel=1e-15)
    assert list(program.vector()) == list(before)  # nothing was written
    program.assign(np.zeros(12))
    assert all(p.data == 0.0 and type(p.data) is float for p in model.parameters())
    assert list(program.forward(batch)) == list(there)


def test_the_weights_of_a_layer_are_one_block_row_by_row():
    model, loss, inputs = primer()
    rows = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    assert compile_graph(loss, inputs).parameters == rows


def test_the_batch_may_come_in_columns_and_in_any_real_type():
    _, loss, inputs = primer()
    program = compile_graph(loss, inputs)
    x, t = np.array([[1, 2], [3, 4]], dtype=np.uint8), np.array([[1.0, 1.15], [0.0, 1.0]], dtype=np.float32)
    whole = np.concatenate([x, t], axis=1).astype(float)
    for batch in ((x, t), whole, whole.tolist(), np.asfortranarray(whole), whole[::-1][::-1]):
        assert list(program.forward(batch)) == list(program.forward(whole))


def test_as_python_values_are_computed_without_the_backward_pass():
    _, loss, inputs = primer()
    program = Program(loss, inputs, run_by="Python")
    called = []

    def note(frame, event, argument):
        if event == "call" and frame.f_code.co_filename == "<program>":
            called.append(frame.f_code.co_name)

    for run in (program.forward, program.gradient):
        run([[1.0, 2.0, 1.0, 1.15]])  # compiled by now
        sys.setprofile(note)
        try:
            run([[1.0, 2.0, 1.0, 1.15]])
        finally:
            sys.setprofile(None)
    assert [name for name in called if name in ("forward", "gradient")] == ["forward", "gradient"]


@pytest.mark.parametrize("size", [1, 4095, 4096, 10_001])
def test_a_batch_is_worked_on_in_slices(size):
    _, loss, inputs = primer()
    program = Program(loss, inputs, slice_bytes=50_000)
    batch = np.random.default_rng(0).normal(size=(size, 4))
    losses, gradient = program.gradient((batch[:, :2], batch[:, 2:]), reduction="sum")
    each = [program.gradient(batch[i : i + 1000], reduction="sum") for i in range(0, size, 1000)]
    np.testing.assert_allclose(losses, np.concatenate([part for part, _ in each]), rtol=1e-12)
    np.testing.assert_allclose(gradient, sum(part for _, part in each), rtol=1e-9, atol=1e-12 * size)


def test_an_input_that_nothing_depends_on_is_ignored_and_no_inputs_are_a_batch_without_columns(compiled):
    x, unused, w = Value(2.0), Value(3.0), Value(4.0)
    assert list(compiled(w * x, [unused, x]).forward([[nan, 5.0]])) == [20.0]
    losses, gradient = compiled(w * x, []).gradient(np.empty((3, 0)))
    assert list(losses) == [8.0] * 3
    assert sorted(gradient) == [2.0, 4.0]


def test_a_root_may_be_a_leaf_a_constant_or_there_twice(compiled):
    x, w = Value(2.0), Value(3.0)
    program = compiled([x, w, w, (w * 0.0 + 1.0) * x, x], [x])
    np.testing.assert_array_equal(program.forward([[5.0], [6.0]]), [[5, 3, 3, 5, 5], [6, 3, 3, 6, 6]])
    for root, expected in ((x, []), (w, [1.0])):
        assert list(compiled(root, [x]).gradient([[5.0]])[1]) == expected


def test_where_the_graph_would_raise_there_is_nan_or_infinity_and_no_warning(compiled):
    x = Value(0.5)
    program = compiled([log(x), exp(x * 1000.0), 1.0 / x], [x])
    values = program.forward([[-1.0], [1.0], [0.0]])
    np.testing.assert_array_equal(values, [[nan, 0.0, -1.0], [0.0, np.inf, 1.0], [-np.inf, 1.0, np.inf]])


def test_a_derivative_that_does_not_exist_is_infinite_in_a_program(compiled):
    w = Value(0.25)
    assert list(compiled(w**0.5, []).gradient(np.empty((1, 0)), [0.0])[1]) == [np.inf]


def test_a_stable_loss_stays_stable(compiled):
    logits, t = leaves([0.0, 1.0, 2.0]), leaves([0.0, 1.0, 0.0])
    normalizer = log_sum_exp(logits)
    loss = dot(t, [normalizer - z for z in logits])
    program = compiled(loss, t)
    losses, gradient = program.gradient([[0.0, 1.0, 0.0]], [1e4, -1e4, 0.0])
    assert list(losses) == [2e4]
    at = dict(zip(program.parameters, gradient, strict=True))
    assert [at[z] for z in logits] == [1.0, -1.0, 0.0]


def test_a_program_can_be_pickled_and_used_by_several_threads():
    _, loss, inputs = primer()
    program = compile_graph(loss, inputs)
    batch = np.random.default_rng(0).normal(size=(2000, 4))
    expected = program.gradient(batch)
    copy = pickle.loads(pickle.dumps(program))
    assert list(copy.gradient(batch)[1]) == list(expected[1])
    assert str(copy) == str(program)
    found = []
    threads = [threading.Thread(target=lambda: found.append(program.gradient(batch))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [list(gradient) for _, gradient in found] == [list(expected[1])] * 4


SHAPE = "a batch must have the shape (B, 4), a column for each input; got "
DIMENSIONS = "a batch must have two dimensions, a row for each sample; got the shape "


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda p: p.forward([[1.0, 2.0]]), ValueError, SHAPE + "(1, 2)"),
        (lambda p: p.forward(([[1.0, 2.0]], [[1.0, 2.0]] * 2)), ValueError, SHAPE + "(1, 2), (2, 2)"),
        (lambda p: p.forward([1.0, 2.0, 3.0, 4.0]), ValueError, DIMENSIONS + "(4,)"),
        (lambda p: p.forward([["a", "b", "c", "d"]]), TypeError, "a batch must hold real numbers; got list of <U1"),
        (lambda p: p.forward([[1j, 1, 1, 1]]), TypeError, "a batch must hold real numbers; got list of complex128"),
        (
            lambda p: p.forward(()),
            ValueError,
            "a batch must be an array with 4 columns, or a tuple of arrays side by side; got ()",
        ),
        (
            lambda p: p.forward([[1.0], [1.0, 2.0]]),
            ValueError,
            "a batch must have rows of one length; got [[1.0], [1.0, 2.0]]",
        ),
        (
            lambda p: p.gradient(np.empty((0, 4))),
            ValueError,
            'the mean over an empty batch does not exist; reduction="sum" gives 0',
        ),
        (
            lambda p: p.gradient([[1.0] * 4], reduction="max"),
            ValueError,
            'reduction must be "mean" or "sum"; got \'max\'',
        ),
        (lambda p: p.gradient([[1.0] * 4], [1.0]), ValueError, "parameters must have the shape (12,); got (1,)"),
        (
            lambda p: p.gradient([[1.0] * 4], [1j] * 12),
            TypeError,
            "parameters must hold real numbers; got list of complex128",
        ),
        (lambda p: p.assign(np.zeros((12, 1))), ValueError, "parameters must have the shape (12,); got (12, 1)"),
    ],
)
def test_wrong_shapes_are_refused(call, error, message):
    _, loss, inputs = primer()
    assert refusal(error, call, compile_graph(loss, inputs)) == message


@pytest.mark.parametrize(
    ("roots", "inputs", "error", "message"),
    [
        (lambda x, y: [], lambda x, y: [x], ValueError, "compile_graph takes at least one root; got none"),
        (lambda x, y: [2.0], lambda x, y: [x], TypeError, "each root must be a Value; got 2.0 (float)"),
        (
            lambda x, y: None,
            lambda x, y: [x],
            TypeError,
            "compile_graph takes a Value, or a list of them, and a list of inputs; got None, [Value(x = 2, grad = —)]",
        ),
        (
            lambda x, y: y,
            lambda x, y: x,
            TypeError,
            "inputs must be a list of leaves; for this one alone, [Value(x = 2, grad = —)]",
        ),
        (lambda x, y: y, lambda x, y: [1], TypeError, "each input must be a Value; got 1 (int)"),
        (
            lambda x, y: y,
            lambda x, y: [y],
            ValueError,
            "each input must be a leaf; Value(y = 7.389, grad = —) is the result of exp",
        ),
        (
            lambda x, y: y,
            lambda x, y: [x, x],
            ValueError,
            "each input is one column of the batch; Value(x = 2, grad = —) is there twice",
        ),
    ],
)
def test_what_can_not_be_compiled_is_refused(roots, inputs, error, message):
    x = Value(2.0, label="x")
    y = exp(x)
    y.label = "y"
    assert refusal(error, compile_graph, roots(x, y), inputs(x, y)) == message


def test_several_roots_have_no_gradient():
    x = Value(2.0)
    program = compile_graph([x * x, x], [])
    assert refusal(ValueError, program.gradient, np.empty((1, 0))) == (
        "a gradient is that of one root; this program has 2: compile their sum"
    )


ADVICE = (
    "Does the code that records the graph decide by the data of a Value? A program knows only the way that was "
    "recorded; run such code eagerly"
)


def test_a_check_finds_code_that_decides_by_data():
    def build(row):
        (x,) = leaves(row) if not isinstance(row[0], Value) else row
        return x * x if x.data > 0 else -x

    x = Value(1.0)
    program = compile_graph(build([x]), [x])
    program.check([[1.0], [2.0]], build)
    program.check([[-1.0]])  # the recorded way, computed anew, is no witness
    found = refusal(ValueError, program.check, [[1.0], [-2.0]], build)
    assert found == f"sample 1: the program gives 4.0 for {program.roots[0]!r}, the eager engine 2.0. {ADVICE}"


def test_a_large_number_on_the_way_does_not_hide_a_difference():
    def build(row):
        a, b = map(Value, row) if not isinstance(row[0], Value) else row
        return (a if a.data > 0 else -a) + (b - b)

    a, b = Value(1.0), Value(1.0)
    program = compile_graph(build([a, b]), [a, b])
    found = refusal(ValueError, program.check, [[-5.0, 1e12]], build)
    assert found == f"sample 0: the program gives -5.0 for {program.roots[0]!r}, the eager engine 5.0. {ADVICE}"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda p: p.check(np.empty((0, 1))),
            ValueError,
            "a check must have at least one sample; got 0 rows and samples=3",
        ),
        (
            lambda p: p.check([[1.0]], samples=0),
            ValueError,
            "a check must have at least one sample; got 0 rows and samples=0",
        ),
        (
            lambda p: p.check([[1.0]], lambda row: None),
            TypeError,
            "build must return a Value, as it was compiled; got None",
        ),
        (
            lambda p: p.check([[1.0]], lambda row: [Value(1.0)] * 2),
            TypeError,
            "build must return a Value, as it was compiled; got [Value(1, grad = —), Value(1, grad = —)]",
        ),
    ],
)
def test_a_check_says_what_it_must_have(call, error, message):
    x = Value(1.0)
    assert refusal(error, call, compile_graph(x * x, [x])) == message


def test_a_check_of_several_roots_must_have_as_many():
    x = Value(1.0)
    program = compile_graph([x * x, -x], [x])
    program.check([[2.0]], lambda row: [Value(4.0), Value(-2.0)])
    assert refusal(TypeError, program.check, [[2.0]], lambda row: []) == (
        "build must return a list of 2 Values, as it was compiled; got []"
    )


def test_a_check_lets_nan_pass_where_the_graph_raises():
    x = Value(1.0)
    program = compile_graph(log(x), [x])
    program.check([[-1.0]])
    program.check([[-1.0]], lambda row: log(Value(row[0])))


# ── what the passes make of a graph ────────────────────────────────────────────────────────────


def rules_of(program):
    return [group.rule.name for group in program.groups]


@pytest.mark.filterwarnings("ignore:.* would be parameters")
def test_a_network_spelled_out_becomes_the_same_matrix_products():
    def spelled_out(w, b, xs):
        return [
            FUNCTIONS["sum"]([wi * xi for wi, xi in zip(row, xs, strict=True)]) + bias
            for row, bias in zip(w, b, strict=True)
        ]

    def micrograd(w, b, xs):
        return [sum((wi * xi for wi, xi in zip(row, xs, strict=True)), bias) for row, bias in zip(w, b, strict=True)]

    def nn(w, b, xs):
        return [dot(row, xs, bias) for row, bias in zip(w, b, strict=True)]

    def swapped(w, b, xs):
        return [
            sum((xi * wi for wi, xi in zip(row, xs, strict=True)), 0.0) + bias for row, bias in zip(w, b, strict=True)
        ]

    lists = []
    for layer in (spelled_out, micrograd, nn, swapped):
        x = [Value(0.1 * i, label=f"x{i}") for i in range(3)]
        w1, b1 = [[Value(0.1 * i + k) for i in range(3)] for k in range(4)], leaves([0.1] * 4)
        w2, b2 = [[Value(0.1 * i + k) for i in range(4)] for k in range(2)], leaves([0.2] * 2)
        y = layer(w2, b2, [h.tanh() for h in layer(w1, b1, x)])
        program = compile_graph(half_squared_error(y, [0.0, 1.0]), x)
        assert program.parameters[:18] == [*(w for row in w1 for w in row), *b1, w2[0][0], w2[0][1]]
        lists.append([line for line in str(program).splitlines() if "matrix product" in line])
    assert len(lists[0]) == 2
    assert all(found == lists[0] for found in lists)


def test_what_is_computed_twice_is_computed_once_and_constants_are_folded():
    x, w = Value(2.0), Value(3.0)
    program = compile_graph(exp(w * x) + exp(w * x) * (Value(0.0) * 0 + 1.0), [x])
    assert rules_of(program).count("exp") == 1
    folded = compile_graph(x + Value(1.0).exp().log() * 0.0, [x])
    assert len(folded.form.constants) == 1


def test_equal_numbers_are_not_the_same_leaf():
    a, b = Value(2.0), Value(2.0)
    program = compile_graph(a * b, [])
    assert len(program.parameters) == 2
    assert list(program.forward(np.empty((1, 0)), [3.0, 5.0])) == [15.0]


def test_what_depends_on_parameters_alone_is_computed_once_for_all_samples():
    x, w = Value(2.0), leaves([3.0, 4.0])
    program = compile_graph(dot(w, [x, x * x]) + 0.1 * dot(w, w), [x])
    assert [group.rule.name for group in program.groups if not group.varies] == ["dot", "mul"]
    losses, gradient = program.gradient([[1.0], [2.0]], reduction="sum")
    assert losses == pytest.approx([7.0 + 2.5, 22.0 + 2.5], rel=1e-15)
    assert gradient == pytest.approx([3.0 + 0.2 * 3 * 2, 5.0 + 0.2 * 4 * 2], rel=1e-15)


def test_a_convolution_is_one_matrix_product():
    image, filters = leaves([0.1 * i for i in range(8)]), [leaves([1.0, 2.0, 3.0]), leaves([0.5, 0.0, -0.5])]
    places = [dot(w, image[i : i + 3]) for w in filters for i in range(6)]
    program = compile_graph(FUNCTIONS["sum"]([place.tanh() for place in places]), image)
    assert rules_of(program) == ["dot", "tanh", "sum"]
    assert "matrix product 2×3: [parameter] · [input 0 … input 7], at 6 places" in str(program)
    batch = np.random.default_rng(0).normal(size=(5, 8))
    expected = [sum(np.tanh(np.correlate(row, [w.data for w in f])).sum() for f in filters) for row in batch]
    np.testing.assert_allclose(program.forward(batch), expected, rtol=1e-13)


def test_many_samples_in_one_graph_are_one_matrix_product():
    model = MLP(2, [4, 1], activation="tanh", output_activation="tanh")
    points = np.random.default_rng(0).normal(size=(30, 2)).tolist()
    loss = mean_squared_error([model(point) for point in points], [1.0] * 30)
    program = compile_graph(loss, [])
    assert [len(group.nodes) for group in program.groups if group.rule.name == "dot"] == [120, 30]
    loss.backward()
    gradient = dict(zip(program.parameters, program.gradient(np.empty((1, 0)))[1], strict=True))
    for parameter in model.parameters():
        assert gradient[parameter] == pytest.approx(parameter.grad, rel=1e-12, abs=1e-15)


def attention(x, w):
    """A block of a small transformer: attention over three places of two features, a residual, a ReLU layer."""
    q, k, v = ([[dot(row, place) for row in w[name]] for place in x] for name in "qkv")
    mixed = []
    for i in range(3):
        shares = softmax([dot(q[i], k[j]) * 0.7 for j in range(3)])
        mixed.append([dot(shares, [v[j][c] for j in range(3)]) + x[i][c] for c in range(2)])
    return FUNCTIONS["sum"]([dot(row, place).relu() for place in mixed for row in w["q"]])


def recurrent(x, w):
    """A recurrent net unrolled over its inputs."""
    h = [Value(0.0), Value(0.0)]
    for place in x:
        h = [(dot(w["q"][c], place) + dot(w["k"][c], h)).tanh() for c in range(2)]
    return dot(w["v"][0], h)


@pytest.mark.parametrize("model", [attention, recurrent])
def test_a_transformer_block_and_a_recurrent_net_compile(compiled, model):
    numbers = np.random.default_rng(0).normal(size=18)
    flat = leaves(numbers[:12])
    w = {name: [flat[4 * i : 4 * i + 2], flat[4 * i + 2 : 4 * i + 4]] for i, name in enumerate("qkv")}
    x = [leaves(numbers[12:14]), leaves(numbers[14:16]), leaves(numbers[16:18])]
    root = model(x, w)
    inputs = [value for place in x for value in place]
    program = compiled(root, inputs)
    root.backward()
    losses, gradient = program.gradient([numbers[12:]] * 2)
    assert losses == pytest.approx([root.data] * 2, rel=1e-13)
    assert gradient == pytest.approx([p.grad for p in program.parameters], rel=1e-12, abs=1e-14)


def test_a_small_program_is_a_table_that_reads_well():
    _, loss, inputs = primer()
    text = str(compile_graph(loss, inputs))
    assert text.splitlines()[:3] == [
        "Program of 4 inputs, 12 parameters, 7 groups",
        "   result                   size  rule  of",
        "1  a₁⁽¹⁾ … a₃⁽¹⁾               3  dot   matrix product 3×2: [w₁,₁⁽¹⁾ … w₃,₂⁽¹⁾] · [x₁ … x₂]",
    ]
    assert len(text.splitlines()) == 9
    assert max(map(len, text.splitlines())) <= 100


def test_a_notebook_shows_the_same_table():
    _, loss, inputs = primer()
    program = compile_graph(loss, inputs)
    caption, (head, *rows) = read_table(program._repr_html_())
    assert caption == "Program of 4 inputs, 12 parameters, 7 groups"
    assert head == ["", "result", "size", "rule", "of"]
    assert len(rows) == 7
    assert rows[1] == ["2", "z₁⁽¹⁾ … z₃⁽¹⁾", "3", "tanh", "a₁⁽¹⁾ … a₃⁽¹⁾"]
    assert [" ".join(row).split() for row in rows] == [line.split() for line in str(program).splitlines()[2:]]


def test_of_many_groups_a_notebook_shows_the_first_and_the_last_ones():
    root = x = Value(1.0, "x")
    for _ in range(1000):
        root = root.tanh()
    _, (_, *rows) = read_table(compile_graph(root, [x])._repr_html_())
    assert rows[:2] == [["1", "(1)", "1", "tanh", "x"], ["2", "(2)", "1", "tanh", "(1)"]]
    assert [row[0] for row in rows] == [*map(str, range(1, 11)), "…", *map(str, range(991, 1001))]


def test_a_label_is_no_markup_in_the_table_and_takes_one_line():
    program = compile_graph(Value(1.0, "<b>\nx</b>") * Value(2.0, "y"), [])
    _, rows = read_table(program._repr_html_())
    assert rows[1][-1] == "<b> x</b>, y, once for all samples"
    assert len(str(program).splitlines()) == 3


def test_a_program_counts_what_it_has():
    x, w = Value(2.0), Value(3.0)
    assert repr(compile_graph(w * x, [x])) == "<program of 1 input, 1 parameter, 1 group>"
    assert repr(compile_graph(w * w + x, [])) == "<program of 0 inputs, 2 parameters, 2 groups>"


def test_the_form_prints_itself():
    x, w = Value(2.0, label="x"), Value(3.0)
    assert str(compile_graph(exp(w * x) - 0.5, [x]).form).splitlines() == [
        "%0 = parameter",
        "%1 = input 0 'x'",
        "%2 = 0.5",
        "%3 = mul %0 %1",
        "%4 = exp %3",
        "%5 = sub %4 %2 (root)",
    ]


@pytest.mark.parametrize("mode", [no_grad, detect_anomaly])
def test_several_roots_compile_whatever_is_switched_on(mode):
    x = Value(2.0)
    roots = [x * x, -x]
    with mode():
        assert compile_graph(roots, [x]).forward([[3.0]]).tolist() == [[9.0, -3.0]]


@pytest.mark.parametrize("places", [2, 3])
def test_one_weight_at_every_place_is_read_anew_each_time(compiled, places):
    """A row that stands for many is read as a view: a copy that is kept would keep the first number."""
    w, x = Value(2.0), leaves([1.0] * places)
    program = compiled(dot([w] * places, x).tanh() + dot([w] * places, [v * v for v in x]), x)
    for weight in (0.5, 0.25):
        losses, gradient = program.gradient([[1.0] * places], [weight])
        assert losses == pytest.approx([np.tanh(weight * places) + weight * places], rel=1e-14)
        assert gradient == pytest.approx([places / np.cosh(weight * places) ** 2 + places], rel=1e-13)


# ── the leaves of a sample ─────────────────────────────────────────────────────────────────────


def test_targets_that_are_not_named_as_inputs_are_warned_of():
    x, t = leaves([1.0, 2.0]), leaves([0.5])
    E = half_squared_error(MLP(2, [1], seed=1)(x), t)
    with pytest.warns(UserWarning, match="would be parameters") as told:
        compile_graph(E, x)
    assert [str(warning.message) for warning in told] == [
        "t₁ would be parameters, the same for every sample, though by their role they are a sample's: "
        "name them in inputs, after the others, or give them a label if you mean it"
    ]
    assert told[0].filename == __file__


def test_who_names_no_input_or_all_of_them_or_labels_what_is_meant_is_not_warned():
    x, t = leaves([1.0, 2.0]), leaves([0.5])
    E = half_squared_error(MLP(2, [1], seed=1)(x), t)
    compile_graph(E, [])
    compile_graph(E, [*x, *t])
    compile_graph(E, [*x, *t, Value(3.0)])  # an input that no root depends on
    t[0].label = "threshold"
    compile_graph(E, x)
