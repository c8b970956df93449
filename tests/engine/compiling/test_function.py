"""Programs as functions of other libraries' arrays: the numbers of `forward`, and gradients that are `gradient`'s.

numpy and array_api_strict hold them to the standard; torch and jax, which differentiate by themselves, are the oracles
of the gradients, where they are installed.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from engine import Value, compile_graph, differentiate, dot, operation, sigmoid, softmax, tanh, where
from engine.compiling.program import Program
from engine.functions import FUNCTIONS, apply, detached
from engine.rules import RULES, TABLE
from nn import MLP, cross_entropy, half_squared_error
from tests.engine.random_graphs import MANY, ONE, TWO, Recipe
from tests.engine.sample_points import SAMPLE_POINTS
from tests.primer import WEIGHTS
from tests.refusals import refusal
from tests.tools import library

TOLERANCE = 1e-12
STANDARD = ["numpy", "array_api_strict"]
ORACLES = ["torch", "jax"]


def namespace(name):
    if name == "jax":
        library("jax", "differentiates programs").config.update("jax_enable_x64", True)
        return library("jax.numpy", "differentiates programs")
    return library(name, "differentiates programs" if name == "torch" else "computes programs")


@pytest.fixture(params=[*STANDARD, *ORACLES])
def xp(request):
    return namespace(request.param)


@pytest.fixture(params=STANDARD)
def standard(request):
    return namespace(request.param)


@pytest.fixture(params=ORACLES)
def oracle(request):
    return Oracle(request.param)


class Oracle:
    """A library that differentiates; its function takes and gives numpy's arrays."""

    def __init__(self, name):
        self.xp = namespace(name)
        self.jax = library("jax", "differentiates programs") if name == "jax" else None

    def gradient(self, program, batch, vector):
        """That of the sum of the losses, by the parameters."""
        f, batch, vector = program.function(self.xp), self.xp.asarray(batch), self.xp.asarray(vector)
        if self.jax:
            return np.asarray(self.jax.grad(lambda w: f(batch, w).sum())(vector))
        return self.xp.func.grad(lambda w: f(batch, w).sum())(vector).numpy()

    def second(self, program, x):
        """The second derivative of a program of one parameter."""
        f, batch = program.function(self.xp), self.xp.asarray(np.empty((1, 0)))
        grad = self.jax.grad if self.jax else self.xp.func.grad
        first = grad(lambda w: f(batch, w).sum())
        return float(grad(lambda w: first(w).sum())(self.xp.asarray(np.array([x])))[0])


def leaves(numbers):
    return [Value(x) for x in numbers]


def by_arrays(root, inputs):
    """`compile_graph` of a program that runs by arrays, and so gives NaN or infinity from the same operations."""
    return Program(root, inputs, run_by="arrays")


def same_values(program, xp, batch, tolerance=TOLERANCE):
    vector = program.vector()
    with np.errstate(all="ignore"):
        found = np.asarray(program.function(xp)(xp.asarray(batch), xp.asarray(vector)))
    expected = program.forward(batch)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def same_gradient(program, oracle, batch):
    expected = program.gradient(batch, reduction="sum")[1]
    found = oracle.gradient(program, batch, program.vector())
    scale = 1.0 + abs(expected).max(initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE * scale)


# ── models ─────────────────────────────────────────────────────────────────────────────────────


def primer():
    x, t = leaves([1.0, 2.0]), leaves([1.0, 1.15])
    return by_arrays(half_squared_error(MLP.from_weights(WEIGHTS, activation="tanh")(x), t), [*x, *t])


def classifier():
    """Logits, a softmax and its cross-entropy, by classes that are inputs."""
    x, t = leaves([0.1] * 6), leaves([0.0, 1.0, 0.0])
    logits = MLP(6, [5, 3], activation="sigmoid", seed=1)(x)
    return by_arrays(cross_entropy(logits, t) + softmax(logits)[0] ** 2, [*x, *t])


def convolution():
    """Two filters at six places, and the largest of each."""
    image, filters = leaves([0.1] * 8), [leaves([1.0, 2.0, 3.0]), leaves([0.5, 0.1, -0.5])]
    places = [[dot(w, image[i : i + 3], w[0]) for i in range(6)] for w in filters]
    pooled = [FUNCTIONS["largest"]([tanh(place) for place in row]) for row in places]
    return by_arrays(pooled[0] * pooled[1], image)


def recurrent():
    """One that is unrolled over four inputs, and whose weights are decayed."""
    x, w = leaves([0.1] * 4), leaves([0.3, -0.2, 0.5, 0.4, 0.7, -0.6])
    h = [Value(0.0, label="h₁"), Value(0.0, label="h₂")]
    for number in x:
        h = [tanh(w[c] * number + dot(w[2:4], h)) for c in range(2)]
    return by_arrays(dot(w[4:], h) + 0.1 * FUNCTIONS["sum"]([abs(v) for v in w]), x)


MODELS = [primer, classifier, convolution, recurrent]


def batch_of(program, seed=0, size=7):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (size, len(program.inputs)))


@pytest.mark.parametrize("model", MODELS)
def test_a_model_gives_what_forward_gives(xp, model):
    program = model()
    same_values(program, xp, batch_of(program))


@pytest.mark.parametrize("model", MODELS)
def test_the_librarys_gradient_of_a_model_is_the_programs(oracle, model):
    program = model()
    same_gradient(program, oracle, batch_of(program))


# ── every rule ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_what_forward_gives_at_its_sample_points(standard, name):
    points = SAMPLE_POINTS[name]
    for count in sorted({len(point) for point in points}):
        operands = leaves([1.0] * count)
        program = by_arrays(apply(RULES[name], operands), operands)
        same_values(program, standard, np.array([point for point in points if len(point) == count]))


def recipe(seed, one_root=False):
    recorded = Recipe(seed)
    inputs, weights = leaves([0.1] * recorded.n_inputs), leaves(recorded.parameters)
    roots = recorded.record(inputs, weights)
    return by_arrays(roots[0] if one_root else roots, inputs)


@pytest.mark.parametrize("seed", range(200))
def test_a_graph_gives_what_forward_gives(standard, seed):
    program = recipe(seed)
    same_values(program, standard, batch_of(program, seed))


@pytest.mark.parametrize("seed", range(0, 200, 5))
def test_a_graph_gives_the_oracles_what_forward_gives(oracle, seed):
    program = recipe(seed)
    same_values(program, oracle.xp, batch_of(program, seed))


@pytest.mark.parametrize("seed", range(0, 200, 5))
def test_the_librarys_gradient_of_a_graph_is_the_programs(oracle, seed):
    program = recipe(seed, one_root=True)
    same_gradient(program, oracle, batch_of(program, seed))


KINKS = {
    "a tie of two": lambda x, y: 3.0 * FUNCTIONS["maximum"](x, y) + FUNCTIONS["minimum"](y, x),
    "a tie of three": lambda x, y: FUNCTIONS["largest"]([x, y, 0.0]),
    "a tie with a number": lambda x, y: FUNCTIONS["maximum"](x, 0.0) + FUNCTIONS["minimum"](0.0, y),
    "a tie in a softmax": lambda x, y: softmax([x, y])[0] + 2.0 * FUNCTIONS["log_sum_exp"]([x, y, x]),
    "a power of 0": lambda x, y: x**2 + (y + 1.0) ** x + 2.0**x + x**1.0,
} | {
    row.name: lambda x, y, function=FUNCTIONS[row.name]: function(x) + y
    for row in TABLE
    if row.arity == 1 and row.name != "log"
}


@pytest.mark.parametrize("kink", KINKS)
def test_at_0_the_librarys_gradient_is_the_rows(oracle, kink):
    """Also where the function is smooth, but its row chooses between two sides, as that of sigmoid does."""
    x, y = leaves([0.0, 0.0])
    program = by_arrays(KINKS[kink](x, y), [])
    np.testing.assert_array_equal(
        oracle.gradient(program, np.empty((1, 0)), program.vector()), program.gradient(np.empty((1, 0)))[1]
    )


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "tanh", "sech2"])
@pytest.mark.parametrize("x", [0.0, 0.7, -0.7])
def test_second_derivatives_are_those_of_the_graph(oracle, name, x):
    leaf = Value(x)
    root = FUNCTIONS[name](leaf)
    (first,) = differentiate(root, [leaf])
    (second,) = differentiate(first, [leaf])
    assert oracle.second(by_arrays(root, []), x) == pytest.approx(second.data, rel=TOLERANCE, abs=1e-15)


def test_an_operation_of_ones_own_is_read_by_any_library(xp, operations_forgotten):
    quick_gelu = operation(
        "quick_gelu",
        lambda x: x * sigmoid(1.702 * x),
        lambda out, x: (sigmoid(1.702 * x) + 1.702 * out * (1.0 - sigmoid(1.702 * x)),),
    )
    x, w = leaves([0.5, 0.25])
    same_values(by_arrays(quick_gelu(w * x) + quick_gelu(x), [x]), xp, np.array([[-1.0], [0.0], [3.0]]))


# ── what the function takes and gives ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_dtype_is_that_of_the_arguments_whatever_the_rules(xp, kind):
    x, y = leaves([0.3, 0.4])
    roots = [f(x) for f in ONE] + [f(x, y) for f in TWO] + [f([x, y, x, y]) for f in MANY]
    program, dtype = by_arrays([*roots, y, Value(2.0) * 1.0], [x]), getattr(xp, kind)
    found = program.function(xp)(xp.asarray([[0.3], [0.2]], dtype=dtype), xp.asarray(program.vector(), dtype=dtype))
    assert found.dtype == dtype
    tolerance = 1e-4 if kind == "float32" else TOLERANCE
    np.testing.assert_allclose(np.asarray(found), program.forward([[0.3], [0.2]]), rtol=tolerance, atol=tolerance)


def test_no_argument_is_written_to(xp):
    program = classifier()
    batch, vector = batch_of(program), program.vector()
    before = batch.copy(), vector.copy()
    program.function(xp)(xp.asarray(batch), xp.asarray(vector))  # torch's and numpy's share this memory
    assert (before[0] == batch).all()
    assert (before[1] == vector).all()


def test_no_samples_give_no_losses(xp):
    program = classifier()
    assert tuple(program.function(xp)(xp.asarray(np.empty((0, 9))), xp.asarray(program.vector())).shape) == (0,)


def test_several_roots_are_columns_and_those_that_no_input_changes_are_repeated(xp):
    x, w = leaves([2.0, 3.0])
    f = by_arrays([x * w, w, x, w * w, where(1.0, 4.0, w)], [x]).function(xp)
    found = f(xp.asarray(np.array([[5.0], [6.0]])), xp.asarray(np.array([10.0])))
    assert np.asarray(found).tolist() == [[50.0, 10.0, 5.0, 100.0, 4.0], [60.0, 10.0, 6.0, 100.0, 4.0]]


def test_two_nodes_of_the_same_operands_are_two_rows(xp):
    """One of them is detached: nothing else makes two of the same."""
    x, w = leaves([2.0, 3.0])
    first, second = FUNCTIONS["greater"](x, w), detached(RULES["greater"], [x, w])
    same_values(by_arrays([second, first, second], [x]), xp, np.array([[1.0], [4.0]]))


def test_what_a_softmax_is_shifted_by_is_detached_where_a_library_can():
    stopped = []
    xp = SimpleNamespace(**vars(np), stop_gradient=lambda x: stopped.append(x.tolist()) or x)
    w = leaves([1.0, 2.0])
    program = by_arrays(softmax(w)[0], [])
    program.function(xp)(np.empty((1, 0)), program.vector())
    assert stopped == [[[2.0]]]


def test_a_library_is_known_by_what_it_has():
    """numpy before 2.0 joins by `concatenate`; torch takes rows by `index_select`, and its `max` and `take` do else."""
    functions = {name: function for name, function in vars(np).items() if name != "concat"}
    functions |= {"max": lambda x: x.ravel().max(), "take": lambda x, index: x.ravel()[index]}
    functions["index_select"] = lambda x, axis, index: np.take(x, index, axis)
    for model in MODELS:
        program = model()
        same_values(program, SimpleNamespace(**functions), batch_of(program))


def test_jax_compiles_and_maps_the_function():
    xp = namespace("jax")
    jax, program = library("jax", "compiles programs"), classifier()
    f, batch, vector = program.function(xp), batch_of(program), program.vector()
    np.testing.assert_allclose(jax.jit(f)(batch, vector), program.forward(batch), rtol=TOLERANCE)
    many = jax.vmap(f, (None, 0))(batch, xp.stack([vector, 2.0 * vector]))
    np.testing.assert_allclose(many[1], program.forward(batch, 2.0 * vector), rtol=TOLERANCE)


def test_torch_compiles_the_function_as_a_whole_once_it_has_run():
    torch, program = namespace("torch"), classifier()
    f, batch, vector = program.function(torch), torch.asarray(batch_of(program)), torch.asarray(program.vector())
    expected = f(batch, vector)
    assert torch.equal(torch.compile(f, backend="eager", fullgraph=True)(batch, vector), expected)


# ── refusals ───────────────────────────────────────────────────────────────────────────────────

BATCH = "a batch must have the shape (B, 4), a column for each input"
ARRAY = ", and be an array of floating-point numbers of numpy; got "
REMEDY = ": numpy.asarray(…, dtype=…) makes one"
ROW, VECTOR = np.ones((1, 4)), np.ones(12)


@pytest.mark.parametrize(
    ("batch", "parameters", "error", "message"),
    [
        (np.ones((1, 3)), VECTOR, ValueError, f"{BATCH}; got (1, 3)"),
        (np.ones(4), VECTOR, ValueError, f"{BATCH}; got (4,)"),
        (ROW, np.ones(11), ValueError, "parameters must have the shape (12,); got (11,)"),
        (ROW, np.ones((12, 1)), ValueError, "parameters must have the shape (12,); got (12, 1)"),
        ([[1.0] * 4], VECTOR, TypeError, f"{BATCH}{ARRAY}list{REMEDY}"),
        (ROW, None, TypeError, f"parameters must have the shape (12,){ARRAY}NoneType{REMEDY}"),
        (ROW.astype(int), VECTOR, TypeError, f"{BATCH}{ARRAY}ndarray of int64{REMEDY}"),
        (
            ROW.astype(np.float32),
            VECTOR,
            TypeError,
            "the batch and the parameters must be of one dtype, which is that of the losses; got float32 and float64",
        ),
    ],
)
def test_other_arguments_are_refused(batch, parameters, error, message):
    assert refusal(error, primer().function(np), batch, parameters) == message


def test_arrays_of_another_library_are_refused():
    torch = namespace("torch")
    assert refusal(TypeError, primer().function(torch), ROW, VECTOR) == (
        f"{BATCH}, and be an array of floating-point numbers of torch; got ndarray of float64: "
        "torch.asarray(…, dtype=…) makes one"
    )


MUST = "the namespace must be that of an array library, such as numpy, torch or jax.numpy; "


def test_a_namespace_is_refused_with_what_it_lacks():
    function = compile_graph(Value(1.0), []).function
    assert refusal(TypeError, function, math) == (
        f"{MUST}math lacks asarray, broadcast_to, concat, max, maximum, minimum, reshape, sum, take, where"
    )
    without_tan = SimpleNamespace(**{**vars(np), "tan": None, "__name__": "tanless"})
    assert refusal(TypeError, function, without_tan) == f"{MUST}tanless lacks tan"
    assert refusal(TypeError, function, "torch").startswith(f"{MUST}'torch' (str) lacks asarray, broadcast_to, concat")
