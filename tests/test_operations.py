"""Operations of a user's own, as a stranger defines them, in every room of the house."""

from __future__ import annotations

import math
import pickle
import re
import subprocess
import sys
from functools import cache
from math import erf, nan, pi, sqrt
from pathlib import Path

import mpmath
import numpy as np
import pytest

from engine import (
    Value,
    check_gradients,
    compile_graph,
    detect_anomaly,
    differentiate,
    exp,
    expm1,
    log1p,
    maximum,
    no_grad,
    operation,
    sech2,
    sigmoid,
    silu,
    softmax,
    tanh,
    total,
    where,
)
from engine.readings.formulas import SYMBOLIC
from engine.rules import RULES
from nn import MLP, SGD, Adam, Layer, Module, Neuron, deltas, fit, half_squared_error, load, save
from tests.refusals import refusal
from viz import draw, draw_network

ROOT = Path(__file__).parent.parent
C = sqrt(2 / pi)
QUARTER, HALF = np.float64(0.25), np.float32(0.5)


pytestmark = pytest.mark.usefixtures("operations_forgotten")


def gelu_forward(x):
    return 0.5 * x * (1.0 + tanh(C * (x + 0.044715 * x**3)))


def gelu_locals(out, x):
    inner = C * (x + 0.044715 * x**3)
    return (0.5 * (1.0 + tanh(inner)) + 0.5 * x * sech2(inner) * C * (1.0 + 0.134145 * x * x),)


@pytest.fixture
def gelu():
    return operation("gelu", gelu_forward, gelu_locals, symbol="GELU", note="the tanh form")


@pytest.fixture
def erf_gelu():
    return operation(
        "erf_gelu",
        lambda x: 0.5 * x * (1.0 + math.erf(x / sqrt(2.0))),
        lambda out, x: (0.5 * (1.0 + math.erf(x / sqrt(2.0))) + x * exp(-x * x / 2.0) / sqrt(2.0 * pi),),
    )


def exact(x):
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))


# ── a row in the closed vocabulary gets every reading ──────────────────────────────────────────


def test_it_is_a_function_of_numbers_and_values(gelu):
    assert gelu(0.7) == pytest.approx(float(exact(0.7)), rel=1e-15)
    x = Value(0.7, "x")
    y = gelu(x)
    y.backward()
    assert y.data == gelu(0.7)
    assert x.grad == pytest.approx(float(mpmath.diff(exact, 0.7)), rel=1e-13)
    assert (y.op, y._op, gelu.__name__) == (gelu.rule, "GELU", "gelu")
    assert check_gradients(gelu(x) * x)


def test_it_is_documented_as_the_rows_of_the_table_are():
    cube = operation("cube", lambda x: x * x * x, lambda out, x: (3.0 * x * x,), note="x³")
    assert cube.__doc__ == "out = cube(x): ∂/∂x = 3 · x · x (x³)"
    assert refusal(TypeError, lambda: cube(1.0, 2.0)) == "cube takes 1 operand; got 2"


def test_its_pass_is_stepped_and_explained(gelu):
    x = Value(0.7, "x")
    trace = gelu(x).backward_steps()
    assert str(trace.step()) == "step 1: E contributes 0.9764 · 1 = 0.9764 to x"
    cube = operation("cube", lambda x: x * x * x, lambda out, x: (3.0 * x * x,))
    x = Value(0.7, "x")
    root = 2.0 * cube(x)
    root.backward()
    assert str(root.explain(x)) == "∂E/∂x = 6 · x² = 6 · 0.7² = 2.940"


def test_explanations_print_the_textbook():
    swish = operation(
        "swish",
        lambda x: x / (1.0 + exp(-x)),
        lambda out, x: (sigmoid(x) + 0.25 * x * sech2(0.5 * x),),
        textbook=lambda out, x: (out + sigmoid(x) * (1.0 - out),),
    )
    x = Value(0.7, "x")
    y = swish(x)
    y.label = "y"
    y.backward()
    assert str(y.explain(x)) == "∂y/∂x = y + σ(x) · (1 − y) = 0.4677 + σ(0.7) · (1 − 0.4677) = 0.8234"


def test_it_is_drawn(gelu):
    text = draw(gelu(Value(0.7, "x"))).source
    assert re.search("n1op .label=GELU .* shape=ellipse tooltip=gelu", text)


def test_it_compiles_and_the_source_runs_by_itself(gelu):
    x, w = Value(0.7, "x"), Value(-1.3, "w")
    program = compile_graph(gelu(w * x) + gelu(x), [x])
    batch = [[0.7], [-2.0], [3.0], [math.nan]]
    for row, loss, by_w in zip(batch, *_losses_and_gradients(program, batch), strict=True):
        leaf, weight = Value(row[0]), Value(-1.3)
        eager = gelu(weight * leaf) + gelu(leaf)
        eager.backward()
        np.testing.assert_allclose([loss, by_w], [eager.data, weight.grad], rtol=1e-12)
    program.check(batch)
    source = program.source()
    assert "def gelu(x):\n    return 0.5 * x * (1.0 + tanh(0.7978845608028654 * (x + 0.044715 * x ** 3.0)))" in source
    namespace = {"__name__": "stranger"}
    exec(source, namespace)
    value, (by_w,) = namespace["gradient"]((0.7,), (-1.3,))
    assert (value, by_w) == pytest.approx([r[0] for r in _losses_and_gradients(program, [[0.7]])], rel=1e-12)


def _losses_and_gradients(program, batch):
    pairs = [program.gradient([row]) for row in batch]
    return [losses[0] for losses, _ in pairs], [gradient[0] for _, gradient in pairs]


def test_a_label_of_its_name_does_not_hide_it_in_the_source(gelu):
    x = Value(0.7, "gelu")
    namespace = {"__name__": "stranger"}
    exec(compile_graph(gelu(x) * x, []).source(), namespace)
    assert namespace["gradient"]((), (0.7,))[0] == pytest.approx(gelu(0.7) * 0.7, rel=1e-15)


@pytest.mark.parametrize("at", [-8.0, -2.5, -0.3, 0.0, 0.7, 4.0])
def test_its_second_and_third_derivatives_are_the_truth(gelu, at):
    x = Value(at)
    [first] = differentiate(gelu(x), [x])
    [second] = differentiate(first, [x])
    [third] = differentiate(second, [x])
    with mpmath.workdps(40):
        truth = [float(mpmath.diff(exact, mpmath.mpf(at), order)) for order in (1, 2, 3)]
    assert [first.data, second.data, third.data] == pytest.approx(truth, rel=1e-11, abs=1e-15)


def test_what_a_row_may_say_has_derivatives_itself():
    """expm1 and log1p stand in derivatives, too."""
    mish = operation(
        "mish",
        lambda x: x * tanh(log1p(exp(x))),
        lambda out, x: (tanh(log1p(exp(x))) + x * sech2(log1p(exp(x))) * sigmoid(x) + 0.0 * expm1(x),),
    )
    x = Value(0.7)
    [first] = differentiate(mish(x), [x])
    [second] = differentiate(first, [x])
    truth = mpmath.diff(lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), 0.7, 2)
    assert second.data == pytest.approx(float(truth), rel=1e-12)


def test_two_operands_and_any_number_of_them():
    hypot = operation(
        "hypot2", lambda x, y: sqrt(x * x + y * y), lambda out, x, y: (x / out, y / out), symbol="√(x² + y²)"
    )
    squares = operation(
        "sum_of_squares",
        lambda *x: total(xi * xi for xi in x),
        lambda out, *x: tuple([2.0 * xi for xi in x]),
    )
    x, y = Value(3.0), Value(4.0)
    root = hypot(x, 4.0) * hypot(x, y) + squares([x, y, 1.0])
    assert root.data == 51.0
    check_gradients(root)
    compile_graph(root, [x]).check([[3.0], [-1.0]])
    [first] = differentiate(squares([x, y]), [y])
    assert first.data == 8.0
    assert refusal(ValueError, lambda: squares([])) == "sum_of_squares must have at least one operand; got none"


def test_a_derivative_that_does_not_exist_is_no_obstacle_to_the_forward_pass():
    norm = operation("norm", lambda x, y: sqrt(x * x + y * y), lambda out, x, y: (x / out, y / out))
    y = norm(Value(0.0, "x"), 0.0)
    assert y.data == 0.0
    assert (
        refusal(ZeroDivisionError, y.backward)
        == "the derivative of norm does not exist at 0.0, 0.0: float division by zero"
    )
    assert math.isnan(compile_graph(y, []).gradient([[]])[1][0])


def test_no_grad_and_anomalies(gelu):
    with no_grad():
        assert gelu(Value(0.7)).operands == ()
    blowing = operation("blowing", lambda x: x * 1e308 * 10.0, lambda out, x: (1e309,))
    with detect_anomaly(), pytest.raises(FloatingPointError, match="blowing gives ∞"):
        blowing(Value(1.0))


def test_the_lines_that_contributing_shows_work():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    namespace = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], namespace)
    assert compiles(namespace["gelu"])
    check_gradients(namespace["gelu"](Value(0.7)))


# ── what names mean ────────────────────────────────────────────────────────────────────────────


def compiles(function, at=0.7):
    """It has the readings by arrays, by Values and as Python, and they agree with the floats."""
    x = Value(at)
    root = function(x)
    compile_graph(root, [x]).check([[at], [-1.3]])
    [first] = differentiate(root, [x])
    root.backward()
    assert first.data == pytest.approx(x.grad, rel=1e-12)
    namespace = {"__name__": "stranger"}
    exec(compile_graph(root, []).source(), namespace)
    value, gradient = namespace["gradient"]((), (at,))
    assert (value, *gradient) == pytest.approx((root.data, x.grad), rel=1e-12)
    return True


def test_plain_numbers_from_around_a_row_are_its_constants():
    local = 3
    rows = {
        "by_global": (lambda x: C * x, lambda out, x: (C,)),
        "by_closure": (lambda x: x**local, lambda out, x: (local * x ** (local - 1),)),
        "by_default": (lambda x, c=0.25: c * x, lambda out, x, c=QUARTER: (c,)),
        "by_numpy": (lambda x: HALF * x, lambda out, x: (HALF,)),
        "by_module": (lambda x: math.exp(x) * math.pi, lambda out, x: (out,)),
    }
    for name, (forward, local_derivatives) in rows.items():
        function = operation(name, forward, local_derivatives)
        assert function.rule.arity == 1
        assert compiles(function), name


def test_a_constant_is_what_it_was_when_the_row_was_defined():
    slope = 0.1
    line = operation("line", lambda x: slope * x, lambda out, x: (slope,))
    slope = 0.2
    assert line(1.0) == 0.1
    assert compiles(line)


def test_words_mean_the_same_wherever_they_come_from():
    from math import tanh as t

    assert compiles(operation("by_math", lambda x: t(x), lambda out, x: (1.0 - out * out,)))
    assert compiles(operation("by_engine", lambda x: tanh(x), lambda out, x: (1.0 - out * out,)))
    assert compiles(operation("by_numpy", lambda x: np.tanh(x), lambda out, x: (1.0 - out * out,)))
    assert compiles(operation("not_imported", lambda x: larger(x, 0.5 * x), lambda out, x: (step(x, -x),)))  # noqa: F821


def test_a_row_may_use_other_operations(gelu):
    slope = operation("slope", lambda x: sigmoid(x) * (1.0 + x * sigmoid(-x)), lambda out, x: (nan * x,))
    assert compiles(operation("twice", lambda x: 2.0 * silu(x), lambda out, x: (2.0 * slope(x),)))
    assert operation("doubled", lambda x: 2.0 * gelu(x), lambda out, x: (1.0,))(0.7) == 2.0 * gelu(0.7)


def test_a_function_of_the_users_own_is_not_the_word_of_that_name():
    def sign(x):
        return 7.0 * x

    seven = operation("seven", lambda x: sign(x), lambda out, x: (7.0,))
    assert seven(1.0) == 7.0
    assert "uses sign, which only floats understand" in refusal(TypeError, lambda: compile_graph(seven(Value(1.0)), []))

    @cache
    def step(x):
        return 7.0 * x

    assert "uses step, which" in operation("cached", lambda x: step(x), lambda out, x: (7.0,)).rule.only_floats


def test_a_name_that_nothing_defines_is_refused():
    message = refusal(NameError, lambda: operation("odd", lambda x: cosine(x), lambda out, x: (1.0,)))  # noqa: F821
    assert message == "forward of 'odd' uses cosine, which is defined nowhere"


def test_a_name_that_stands_for_two_things_is_refused():
    message = refusal(ValueError, lambda: operation("odd", lambda x, c=1.0: c * x, lambda out, x, c=2.0: (c,)))
    assert message == "c stands for two things in 'odd', 1.0 and 2.0"


# ── other names: wherever floats are enough ────────────────────────────────────────────────────

REFUSED = (
    "the operation 'erf_gelu' uses math.erf, which only floats understand, so it can't be compiled, differentiated "
    "twice or written as a formula. Train with fit(…, compiled=False), or write the row in the words of "
    "engine/vocabulary.py: exp, tanh, where, …"
)


def test_a_row_with_a_foreign_name_is_computed_traced_explained_and_drawn(erf_gelu):
    x = Value(0.7, "x")
    y = erf_gelu(x)
    y.label = "y"
    y.backward()
    check_gradients(y)
    assert erf_gelu.__doc__ == "out = erf_gelu(x), by floats only"
    assert str(y.explain(x)) == "∂y/∂x = 0.9766"
    root = erf_gelu(Value(0.7, "x")) * 2.0
    root.backward()
    assert str(root.explain("x")) == "∂E/∂x = 2 · ∂erf_gelu(x)/∂x = (2)(0.9766) = 1.953"
    assert str(erf_gelu(x).backward_steps().step()) == "step 1: E contributes 0.9766 · 1 = 0.9766 to x"
    assert "label=erf_gelu" in draw(y).source
    assert pickle.loads(pickle.dumps(y)).op is erf_gelu.rule


def test_a_row_with_a_foreign_name_is_refused_where_floats_are_not_enough(erf_gelu):
    x = Value(0.7, "x")
    y = erf_gelu(x)
    model = MLP(1, [2, 1], activation=erf_gelu, seed=1)
    for refused in (
        lambda: compile_graph(y, [x]),
        lambda: compile_graph(y, []).source(),
        lambda: differentiate(y, [x]),
        lambda: model.predict([[1.0]]),
        lambda: fit(model, [[0.0], [1.0]], [0.0, 1.0], loss=half_squared_error, epochs=1),
        lambda: SYMBOLIC["erf_gelu"],
    ):
        assert refusal(TypeError, refused) == REFUSED


def test_a_row_with_a_foreign_name_trains_eagerly(erf_gelu, tmp_path):
    model = MLP(1, [2, 1], activation=erf_gelu, seed=1)
    options = {"loss": half_squared_error, "optimizer": Adam(model.parameters()), "epochs": 3, "progress": False}
    history = fit(model, [[0.0], [1.0]], [0.0, 1.0], **options, compiled=False)
    assert history.losses[-1] < history.losses[0]
    again = load(save(model, tmp_path / "model.json"))
    assert again([0.5]).data == model([0.5]).data


def test_every_kind_of_foreign_name_is_named():
    def helper(x):
        return erf(x)

    def foreign(forward):
        function = operation(f"odd_{len(RULES)}", forward, lambda out, x: (1.0,))
        return re.search(r"uses (.*), which only", function.rule.only_floats)[1]

    table, slope = {0: 1.0}, Value(0.1)
    assert foreign(lambda x: helper(x)) == "helper"
    assert foreign(lambda x: erf(x) + helper(x)) == "erf, helper"
    assert foreign(lambda x: x * table[0]) == "table"
    assert foreign(lambda x, f=math.erf: f(x)) == "f"
    assert foreign(lambda x: max(x, x)) == "max"
    assert foreign(lambda x: x * slope.data) == "slope.data"
    assert foreign(lambda x: np.linalg.norm([x]) * 1.0) == "np.linalg.norm"


# ── it is checked at once ──────────────────────────────────────────────────────────────────────


def defining(forward=lambda x: x, local=lambda out, x: (1.0,), name="odd", **options):
    return lambda: operation(name, forward, local, **options)


@pytest.mark.parametrize(
    ("error", "define", "message"),
    [
        (
            TypeError,
            defining(local=lambda out, x: 1.0),
            "locals of 'odd' must give a tuple of 1 local derivative, as in lambda out, x: (out,); "
            "at nan it gives 1.0 (float)",
        ),
        (
            TypeError,
            defining(local=lambda x: (1.0,)),
            "locals of 'odd' must take out and then the operands of forward, (out, x); it takes (x)",
        ),
        (
            TypeError,
            defining(lambda x: x if x > 0.0 else 0.1 * x),
            "forward of 'odd' must be an expression of its operands that every reading can compute, by + − * / **, "
            "< <= > >= inside where(condition, a, b), and the words of engine/vocabulary.py: "
            "a row branches only by where(condition, a, b)",
        ),
        (
            ValueError,
            defining(lambda x: where(x > 0.0, x, 0.0)),
            "NaN must go through forward of 'odd', which gives 0.0 for it: where(x <= 0.0, 0.0, x) lets it through, "
            "where(x > 0.0, x, 0.0) does not",
        ),
        (
            TypeError,
            defining(lambda x: where(x <= 0.0, 0, x)),
            "forward of 'odd' must give a float; at -0.5 it gives 0 (int)",
        ),
        (
            TypeError,
            defining(lambda x: x * Value(2.0)),
            "forward of 'odd' must give a float; at nan it gives Value(NaN, grad = —) (Value)",
        ),
        (
            TypeError,
            defining(math.erf),
            "forward of 'odd' must be a function written in Python, such as lambda x: …; "
            "got <built-in function erf> (builtin_function_or_method)",
        ),
        (TypeError, defining(lambda: 1.0), "forward of 'odd' must take operands, such as lambda x: …; it takes none"),
        (
            TypeError,
            defining(lambda x, *, y: x),
            "forward of 'odd' must take operands by their place alone; it takes some by name",
        ),
        (TypeError, defining(symbol=3), "symbol of 'odd' must be a str; got 3 (int)"),
        (TypeError, defining(note=None), "note of 'odd' must be a str; got None (NoneType)"),
        (TypeError, defining(name=3), "the name of an operation must be a str; got 3 (int)"),
        (
            ValueError,
            defining(name="my op"),
            "the name of an operation must be an identifier that begins with a letter; got 'my op'",
        ),
        (
            ValueError,
            defining(name="x'); import os"),
            'the name of an operation must be an identifier that begins with a letter; got "x\'); import os"',
        ),
        (
            ValueError,
            defining(name="tanh"),
            "'tanh' is an operation of the table; give your operation another name, such as 'my_tanh'",
        ),
        (
            ValueError,
            defining(name="forward"),
            "'forward' is a word with a meaning of its own; give your operation another name, such as 'my_forward'",
        ),
    ],
)
def test_a_row_that_does_not_obey_is_refused(error, define, message):
    assert refusal(error, define) == message
    assert "odd" not in RULES


def test_a_second_operation_of_one_name_is_refused(gelu):
    message = (
        "there is another operation 'gelu' already, and graphs and saved models know operations by their names: "
        "give this one a name of its own, such as 'gelu_2', or start Python anew"
    )
    for second in (
        lambda: operation("gelu", lambda x: x, lambda out, x: (1.0,)),
        lambda: operation("gelu", gelu_forward, gelu_locals, symbol="another"),
        lambda: operation("gelu", gelu_forward, gelu_locals, symbol="GELU", textbook=gelu_locals),
    ):
        assert refusal(ValueError, second) == message
    assert gelu(0.0) == 0.0


def test_the_same_definition_once_more_gives_the_operation_that_is_there():
    """As when a notebook's cell is run again."""

    def cell(c, text="lambda x: c * x"):
        namespace = {"c": c, "operation": operation}
        exec(f"\n\nscaled = operation('scaled', {text}, lambda out, x: (c,))", namespace)
        return namespace["scaled"]

    scaled = cell(2.0)
    assert cell(2.0) is scaled
    assert "there is another operation 'scaled' already" in refusal(ValueError, lambda: cell(3.0))
    assert "there is another operation 'scaled' already" in refusal(ValueError, lambda: cell(2.0, "lambda x: x * c"))


# ── in nn ──────────────────────────────────────────────────────────────────────────────────────


def test_it_is_an_activation(gelu, tmp_path):
    model = MLP(2, [3, 1], activation=gelu, seed=1)
    assert repr(model.layers[0]) == "Layer of [GELUNeuron(2), GELUNeuron(2), GELUNeuron(2)]"
    assert model.layers[0].activation == "gelu"
    loss = half_squared_error(model([1.0, 2.0]), [1.0])
    loss.backward()
    assert str(loss.explain("δ₁⁽¹⁾")) == (
        "δ₁⁽¹⁾ = h′(a₁⁽¹⁾) · w₁,₁⁽²⁾ · δ₁⁽²⁾ = (0.9561)(0.3032)(−0.8649) = −0.2507\n"
        "h′(a₁⁽¹⁾) = ∂z₁⁽¹⁾/∂a₁⁽¹⁾ = 0.9561  (h = gelu)"
    )
    assert draw_network(model, loss).source
    points, truth = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    descent = SGD(model.parameters(), lr=0.3)
    options = {"loss": half_squared_error, "optimizer": descent, "epochs": 300, "batch_size": None, "progress": False}
    assert fit(model, points, truth, **options).losses[-1] < 1e-9
    np.testing.assert_allclose(model.predict(points), truth, atol=1e-4)
    for suffix in ("json", "npz"):
        again = load(save(model, tmp_path / f"model.{suffix}"))
        assert [again(x).data for x in points] == [model(x).data for x in points]


def test_it_is_an_activation_by_its_name_and_in_every_module(gelu):
    x = [0.3, -0.2]
    by_name = MLP(2, [2, 1], activation="gelu", output_activation="gelu", seed=1)
    by_itself = MLP(2, [2, 1], activation=gelu, output_activation=gelu, seed=1)
    assert by_name(x).data == by_itself(x).data
    assert Neuron(2, gelu, seed=1)(x).data == Neuron(2, "gelu", seed=1)(x).data
    assert [z.data for z in Layer(2, 2, gelu, seed=1)(x)] == [z.data for z in Layer(2, 2, "gelu", seed=1)(x)]
    W = [[[0.1, 0.2]], [[0.3]]]
    assert MLP.from_weights(W, activation=gelu)(x).data == MLP.from_weights(W, activation="gelu")(x).data


@pytest.mark.parametrize(("given", "name"), [(tanh, "tanh"), (Value.tanh, "tanh"), (softmax, "softmax")])
def test_a_function_of_the_engine_is_an_activation_too(given, name):
    assert Layer(2, 2, given, seed=1).activation == name


@pytest.mark.parametrize(
    ("activation", "derivative"),
    [
        (lambda a: a.tanh() * 2.0, lambda a: 2.0 / math.cosh(a) ** 2),
        (lambda a: a * a.sigmoid(), lambda a: silu.rule.locals(silu(a), a)[0]),
        (lambda a: a, lambda a: 1.0),
    ],
    ids=["tanh() * 2", "a * sigmoid(a)", "a"],
)
def test_any_function_from_value_to_value_is_an_activation(activation, derivative, tmp_path):
    model = MLP(1, [2, 1], activation=activation, seed=1)
    assert repr(model.layers[0]) == "Layer of [LambdaNeuron(1), LambdaNeuron(1)]"
    loss = half_squared_error(model([0.7]), [1.0])
    loss.backward()
    [sample] = deltas(loss)
    for k, neuron in enumerate(model.layers[0].neurons):
        a = neuron.w[0].data * 0.7
        expected = derivative(a) * model.layers[1].neurons[0].w[k].data * sample[1][0]
        assert sample[0][k] == pytest.approx(expected, rel=1e-12)
    assert "z₁⁽¹⁾" in draw(loss).source
    assert draw_network(model, loss).source
    fit(model, [[0.0], [1.0]], [0.0, 1.0], loss=half_squared_error, epochs=1, progress=False)
    assert refusal(TypeError, lambda: save(model, tmp_path / "model.json")) == (
        f"the activation of layer 1 is {activation!r}, and a file holds names, no code: "
        "make it an operation, engine.operation(name, …), whose name can be saved"
    )
    assert not [*tmp_path.iterdir()]


def test_two_roads_to_an_activation_are_explained_by_both():
    model = MLP.from_weights([[[0.5]], [[1.0]]], activation=lambda a: a.tanh() * 2.0)
    loss = half_squared_error(model([1.0]), [1.0])
    loss.backward()
    assert str(loss.explain("δ₁⁽¹⁾")) == (
        "δ₁⁽¹⁾ = 2 · (1 − tanh(a₁⁽¹⁾)²) · ∂E/∂z₁⁽¹⁾ = 2 · (1 − tanh(0.5)²) · (−0.07577) = −0.1192"
    )


def test_an_activation_that_is_a_module_has_its_parameters_trained():
    class PReLU(Module):
        def __init__(self):
            self.slope = Value(0.25)

        def __call__(self, a):
            return a.relu() - self.slope * (-a).relu()

    given = PReLU()
    model = MLP.from_weights([[[0.5], [-0.5]], [[1.0, 1.0]]], activation=given)
    assert repr(model.layers[0]) == "Layer of [PReLUNeuron(1), PReLUNeuron(1)]"
    assert given.slope in model.parameters()
    fit(model, [[0.0], [1.0]], [0.0, 1.0], loss=half_squared_error, epochs=1, progress=False)
    assert given.slope.data != 0.25


def test_what_is_no_activation_is_refused():
    assert refusal(TypeError, lambda: Neuron(2, maximum)) == "an activation must take one operand; maximum takes 2"
    message = refusal(TypeError, lambda: Neuron(1, lambda a: 0.5)([1.0]))
    assert re.fullmatch(
        r"an activation must give a Value for a Value; <function .*<lambda> at .*> gives 0\.5 \(float\)", message
    )


# ── files, and a Python that knows nothing of it ───────────────────────────────────────────────


def elsewhere(code):
    """The last line of the error of a Python of its own."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout).strip().splitlines()[-1]


def test_loading_a_model_says_which_operation_to_define_first(gelu, tmp_path):
    path = save(MLP(2, [3, 1], activation=gelu, seed=1), tmp_path / "model.json")
    told = elsewhere(f"from nn import load\nload({str(path)!r})")
    assert told.startswith(f"ValueError: can't load {path}: unknown activation 'gelu'; did you mean")
    assert told.endswith("If gelu is an operation of your own, define it first: gelu = engine.operation('gelu', …)")


def test_unpickling_a_graph_says_which_operation_to_define_first(gelu, tmp_path):
    (tmp_path / "graph").write_bytes(pickle.dumps(gelu(Value(0.7, "x"))))
    told = elsewhere(f"import pickle\npickle.load(open({str(tmp_path / 'graph')!r}, 'rb'))")
    assert told == (
        "ValueError: the operation 'gelu' is not defined here: define it first, as where this was saved, "
        "with engine.operation('gelu', …)"
    )


# ── names and texts are data ───────────────────────────────────────────────────────────────────

HOSTILE = '<b>"; evil [URL="javascript:alert(1)"] \\N \x1b[31m\n&amp;</b>'


def test_a_hostile_symbol_stays_text(tmp_path):
    odd = operation("odd", lambda x: 2.0 * x, lambda out, x: (2.0,), symbol=HOSTILE, note=HOSTILE)
    x = Value(0.7, "x")
    drawing = draw(odd(x))
    quoted = r'''label="<b>\"; evil [URL=\"javascript:alert(1)\"] \\N �[31m &amp;amp;</b>"'''
    assert quoted in drawing.source
    picture = drawing.pipe(format="svg").decode()
    assert "<b>" not in picture
    assert "href" not in picture.replace("xmlns:xlink", "")
    assert repr(Neuron(1, odd)) == "OddNeuron(1)"
    exec(compile_graph(odd(x), []).source(), {"__name__": "stranger"})
    assert "\x1b" not in odd.__doc__
