"""fit: against numpy by hand, against itself run eagerly, and what happens when training goes wrong."""

import math
import random
import re
import signal
import sys
from contextlib import suppress

import numpy as np
import pytest

from engine import Value, no_grad
from engine.support.numerals import number
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    History,
    Module,
    binary_cross_entropy,
    cross_entropy,
    fit,
    half_squared_error,
    hinge,
    squared_error,
    step_decay,
)
from tests.refusals import refusal, refusal_and_notes

either_way = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "eager"])


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """No bars between the dots of the tests."""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)


def data_of(model):
    return [parameter.data for parameter in model.parameters()]


def network(sizes=(3, [4, 2]), activation="tanh", **options):
    random.seed(1)
    return MLP(*sizes, activation=activation, **options)


def regression(samples=40):
    generator = np.random.default_rng(0)
    X = generator.normal(size=(samples, 3))
    return X, np.stack([X[:, 0] * X[:, 1], np.sin(X[:, 2])], axis=1)


def classes(samples=40):
    """Points whose class is the largest of their three coordinates."""
    X = np.random.default_rng(0).normal(size=(samples, 3))
    return X, X.argmax(axis=1)


# ── the right numbers ──────────────────────────────────────────────────────────────────────────


@either_way
@pytest.mark.parametrize("size", [None, 40, 1000, 16])
def test_training_is_gradient_descent_on_the_mean_of_the_losses(compiled, size):
    # For y = W x + b and E = ½ Σ (y − t)², the gradients by W and b are those of the normal equations.
    X, T = regression()
    model = MLP(3, [2])
    W = np.array([[w.data for w in neuron.w] for neuron in model.layers[0].neurons])
    b = np.zeros(2)
    losses = []
    for _ in range(5):
        seen = []
        for start in range(0, 40, min(size or 40, 40)):
            x, t = (array[start : start + (size or 40)] for array in (X, T))
            error = x @ W.T + b - t
            seen.extend(0.5 * (error**2).sum(axis=1))
            W, b = W - 0.1 * error.T @ x / len(x), b - 0.1 * error.mean(axis=0)
        losses.append(np.mean(seen))
    optimizer = SGD(model.parameters(), lr=0.1)
    history = fit(
        model,
        X,
        T,
        loss=half_squared_error,
        optimizer=optimizer,
        epochs=5,
        batch_size=size,
        shuffle=False,
        compiled=compiled,
    )
    assert history.losses == pytest.approx(losses, rel=1e-12)
    trained = [[*[w.data for w in neuron.w], neuron.b.data] for neuron in model.layers[0].neurons]
    assert np.array(trained) == pytest.approx(np.column_stack([W, b]), rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "outputs", "targets"),
    [
        (half_squared_error, 2, lambda X, T: T),
        (squared_error, 1, lambda X, T: T[:, 1]),
        (cross_entropy, 3, lambda X, T: X.argmax(axis=1)),
        (binary_cross_entropy, 1, lambda X, T: T[:, 0] > 0),
        (hinge, 1, lambda X, T: np.where(T[:, 0] > 0, 1, -1)),
        (lambda y, t: (y - t).tanh() ** 2, 1, lambda X, T: T[:, 0].astype(np.float32)),
    ],
    ids=["half_squared_error", "squared_error", "cross_entropy", "binary_cross_entropy", "hinge", "my own"],
)
@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (lambda p: SGD(p, lr=0.05, momentum=0.9), {"batch_size": 7}),
        (lambda p: Adam(p, lr=step_decay(0.02, every=9)), {"batch_size": 16, "clip": 0.1}),
        (lambda p: AdamW(p, lr=0.01, weight_decay=0.1), {"batch_size": None}),
    ],
    ids=["momentum", "Adam, clipped", "AdamW, all at once"],
)
def test_compiled_and_eager_training_agree(loss, outputs, targets, optimizer, options):
    X, T = regression()
    T = targets(X, T)
    found = []
    for compiled in (True, False):
        model = network((3, [4, outputs]))
        history = fit(
            model,
            X[:30],
            T[:30],
            loss=loss,
            optimizer=optimizer(model.parameters()),
            epochs=4,
            seed=5,
            validation=(X[30:], T[30:]),
            compiled=compiled,
            **options,
        )
        found.append(
            [*data_of(model), *history.losses, *history.validation_losses, *history.metrics.get("accuracy", [])]
        )
    assert found[0] == pytest.approx(found[1], rel=1e-12, abs=1e-13)


def test_the_default_optimizer_is_adam_on_all_parameters():
    X, T = regression()
    by_default, explicit = network(), network()
    fit(by_default, X, T, loss=half_squared_error, seed=0)
    fit(
        explicit, X, T, loss=half_squared_error, seed=0, optimizer=Adam(explicit.parameters()), epochs=10, batch_size=32
    )
    assert data_of(by_default) == data_of(explicit)


def test_what_can_be_learned_is_learned():
    X, T = classes(200)
    model = network((3, [8, 3]))
    optimizer = Adam(model.parameters(), lr=0.05)
    history = fit(model, X, T, loss=cross_entropy, optimizer=optimizer, epochs=30, seed=0)
    assert history.metrics["accuracy"][-1] > 0.95
    assert history.losses[-1] < 0.3 < history.losses[0]


def test_the_learning_rate_is_asked_for_once_in_each_step():
    asked = []

    def lr(step):
        asked.append(step)
        return 0.1

    X, T = regression()
    model = network()
    fit(model, X, T, loss=half_squared_error, optimizer=SGD(model.parameters(), lr), epochs=2, batch_size=16)
    assert asked == [0, 1, 2, 3, 4, 5]


def test_training_goes_on_where_it_was():
    X, T = regression()
    once, twice = network(), network()
    options = {"loss": half_squared_error, "shuffle": False, "batch_size": 16}
    fit(once, X, T, optimizer=Adam(once.parameters()), epochs=5, **options)
    optimizer = Adam(twice.parameters())
    fit(twice, X, T, optimizer=optimizer, epochs=2, **options)
    fit(twice, X, T, optimizer=optimizer, epochs=3, **options)
    assert data_of(once) == data_of(twice)
    assert optimizer.steps == 15


@pytest.mark.filterwarnings("ignore:the loss does not reach")
@either_way
def test_an_optimizer_keeps_its_order_and_its_memory_so_it_may_be_used_by_hand_before_and_after(compiled):
    X, T = regression(8)

    def by_hand():
        optimizer.zero_grad()
        (sum(half_squared_error(model(x), t) for x, t in zip(X, T, strict=True)) / len(X)).backward()
        optimizer.step()

    def by_fit():
        options = {"epochs": 1, "batch_size": None, "compiled": compiled}
        fit(model, X, T, loss=half_squared_error, optimizer=optimizer, **options)

    found = []
    for ways in ([by_hand, by_hand, by_hand], [by_hand, by_fit, by_hand], [by_fit, by_fit, by_hand]):
        model, unused = network(), Value(3.0)
        parameters = [*reversed(model.parameters()[5:]), unused, *model.parameters()[:5]]
        optimizer = AdamW(parameters, lr=0.05)
        for way in ways:
            way()
            assert optimizer.parameters == parameters
        found.append([*[p.data for p in parameters], *np.ravel(optimizer.memory)])
    assert unused.data == pytest.approx(3.0 * (1 - 0.05 * 0.01) ** 3, rel=1e-14)
    assert found[1] == pytest.approx(found[0], rel=1e-12, abs=1e-15)
    assert found[2] == pytest.approx(found[0], rel=1e-12, abs=1e-15)


@either_way
@pytest.mark.parametrize("ending", [KeyboardInterrupt(), RuntimeError("odd")], ids=repr)
def test_an_optimizer_has_its_order_and_its_memory_again_however_training_ends(compiled, ending):
    X, T = regression(8)
    found = []
    for steps, last in ((2, None), (9, ending)):

        def lr(step, last=last):
            if step == 2:
                raise last
            return 0.1

        model = network()
        parameters = [*reversed(model.parameters())]
        optimizer = Adam(parameters, lr=lr)
        options = {"epochs": steps, "batch_size": None, "compiled": compiled}
        with suppress(RuntimeError):
            fit(model, X, T, loss=half_squared_error, optimizer=optimizer, **options)
        assert optimizer.parameters == parameters
        found.append([*data_of(model), *np.ravel(optimizer.memory)])
    assert found[0] == found[1]


# ── the order of the samples ───────────────────────────────────────────────────────────────────


def order_seen(**options):
    """The samples in the order in which training takes them, one in each batch, by the trace they leave."""
    samples, seen = np.arange(1.0, 9.0), []

    class Tell(SGD):
        def change(self, vector, gradient, rate):
            seen.append(gradient[0])  # ∂(w x)/∂w = x
            return super().change(vector, gradient, rate)

    model = MLP.from_weights([[[0.0]]])
    optimizer = Tell(model.parameters(), lr=0.0)
    fit(model, samples, samples, loss=lambda y, t: y, optimizer=optimizer, epochs=2, batch_size=1, **options)
    return seen[:8], seen[8:]


def test_every_epoch_takes_every_sample_once_in_an_order_of_its_own():
    first, second = order_seen()
    assert sorted(first) == sorted(second) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert first != second


def test_a_seed_fixes_the_order():
    assert order_seen(seed=3) == order_seen(seed=3) == order_seen(seed=np.random.default_rng(3))
    assert order_seen(seed=3) != order_seen(seed=4)


def test_without_shuffling_samples_come_as_they_are():
    assert order_seen(shuffle=False, seed=3) == ([1, 2, 3, 4, 5, 6, 7, 8],) * 2


# ── which parameters ───────────────────────────────────────────────────────────────────────────


@either_way
def test_parameters_that_the_optimizer_was_not_given_stay_as_they_are(compiled):
    X, T = regression()
    model, free = network(), network()
    frozen = model.layers[0].neurons[1].parameters()
    before = [p.data for p in frozen]
    others = [p for p in model.parameters() if p not in set(frozen)]
    fit(
        model,
        X,
        T,
        loss=half_squared_error,
        optimizer=SGD(others, lr=0.1),
        epochs=1,
        batch_size=None,
        compiled=compiled,
    )
    fit(free, X, T, loss=half_squared_error, optimizer=SGD(free.parameters(), lr=0.1), epochs=1, batch_size=None)
    assert [p.data for p in frozen] == before
    moved = dict(
        zip(model.parameters(), data_of(free), strict=True)
    )  # one step moves the others as if nothing was frozen
    assert [p.data for p in others] == pytest.approx([moved[p] for p in others], rel=1e-12)


@pytest.mark.filterwarnings("ignore:the loss does not reach")
@either_way
def test_parameters_that_the_loss_does_not_depend_on_have_gradient_zero(compiled):
    X, T = regression()
    model, alone, unused = network(), network(), Value(8.0, "unused")
    optimizer = SGD([unused, *model.parameters()], lr=0.1, weight_decay=0.5)
    options = {"loss": half_squared_error, "epochs": 3, "batch_size": None, "compiled": compiled}
    fit(model, X, T, optimizer=optimizer, **options)
    assert unused.data == pytest.approx(8.0 * 0.95**3, rel=1e-14)
    fit(alone, X, T, optimizer=SGD(alone.parameters(), lr=0.1, weight_decay=0.5), **options)
    assert data_of(model) == pytest.approx(data_of(alone), rel=1e-12)


@either_way
def test_a_parameter_of_the_loss_is_trained_if_the_optimizer_has_it(compiled):
    scale, model = Value(1.0, "scale"), MLP.from_weights([[[2.0]]])
    optimizer = SGD([*model.parameters(), scale], lr=0.01)
    fit(
        model,
        [1.0, 2.0],
        [4.0, 8.0],
        loss=lambda y, t: (scale * y - t) ** 2,
        optimizer=optimizer,
        epochs=200,
        compiled=compiled,
    )
    (w,) = model.parameters()
    assert scale.data * w.data == pytest.approx(4.0)
    assert w.data**2 - scale.data**2 == pytest.approx(3.0, abs=0.1)  # what gradient flow conserves


def test_an_optimizer_of_another_models_parameters_is_refused():
    X, T = regression()
    options = {"loss": half_squared_error, "optimizer": Adam(network().parameters())}
    message = "the loss depends on none of the optimizer's parameters: are they another model's?"
    assert refusal(ValueError, lambda: fit(network(), X, T, **options)) == message


@either_way
def test_gradients_are_left_clear(compiled):
    X, T = regression()
    model = network()
    half_squared_error(model(X[0]), T[0]).backward()
    fit(model, X, T, loss=half_squared_error, epochs=1, compiled=compiled)
    assert {(p.grad, p.reached) for p in model.parameters()} == {(0.0, False)}


def test_training_records_even_where_nothing_else_is_recorded():
    X, T = classes()
    inside, outside = network((3, [3])), network((3, [3]))
    with no_grad():
        fit(inside, X, T, loss=cross_entropy, seed=0)
        assert (inside.parameters()[0] * 2.0).op is None
    fit(outside, X, T, loss=cross_entropy, seed=0)
    assert data_of(inside) == data_of(outside)


# ── models of one's own ────────────────────────────────────────────────────────────────────────


class Decay(Module):
    """y = A exp(−k x): no neuron anywhere."""

    def __init__(self):
        self.A, self.k = Value(1.0, "A"), Value(0.1, "k")

    def __call__(self, x):
        return self.A * (-self.k * x[0]).exp()


@either_way
def test_a_model_of_ones_own_finds_its_constants(compiled):
    x = np.linspace(0, 3, 16)
    model = Decay()
    optimizer = Adam(model.parameters(), lr=0.1)
    options = {"epochs": 150, "batch_size": None, "compiled": compiled}
    fit(model, x, 2.5 * np.exp(-0.7 * x), loss=squared_error, optimizer=optimizer, **options)
    assert (model.A.data, model.k.data) == pytest.approx((2.5, 0.7), abs=0.02)


class Branching(Module):
    """|w x|, by an `if`."""

    def __init__(self):
        self.w = Value(2.0, "w")

    def __call__(self, x):
        y = self.w * x[0]
        return -y if y < 0 else y


def test_a_model_that_decides_by_its_data_is_refused_and_trains_eagerly():
    x = np.linspace(1, -1, 10)
    model = Branching()
    assert refusal(ValueError, lambda: fit(model, x, abs(x), loss=squared_error)) == (
        "compiled, the model does not do what it does by itself: its Python code, or the loss, decides by the data of "
        "a sample or by chance. Train it with fit(…, compiled=False)"
    )
    assert model.w.data == 2.0
    fit(model, x, abs(x), loss=squared_error, optimizer=SGD([model.w], lr=0.5), epochs=50, compiled=False)
    assert model.w.data == pytest.approx(1.0, abs=1e-3)


# ── measuring ──────────────────────────────────────────────────────────────────────────────────


@either_way
def test_validation_and_metrics_are_those_of_the_model_after_each_epoch(compiled):
    X, T = classes()
    model, seen = network((3, [3])), []

    def confidence(outputs, targets):
        seen.append(data_of(model))
        assert targets.tolist() == T[30:].tolist()  # as they were given
        return float(outputs.max(axis=1).mean())

    history = fit(
        model,
        X[:30],
        T[:30],
        loss=cross_entropy,
        epochs=3,
        validation=(X[30:], T[30:]),
        metrics={"confidence": confidence, "count": lambda outputs, targets: len(outputs)},
        compiled=compiled,
    )
    outputs = np.array([[y.data for y in model(x)] for x in X[30:]])
    softmax = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    assert history.validation_losses[-1] == pytest.approx(-np.log(softmax[np.arange(10), T[30:]]).mean(), rel=1e-12)
    assert history.metrics["confidence"][-1] == pytest.approx(outputs.max(axis=1).mean(), rel=1e-12)
    assert history.metrics["count"] == [10, 10, 10]
    assert seen[-1] == data_of(model)
    assert len(seen) == len(history) == len(history.times) == 3


def test_for_classes_the_accuracy_is_measured():
    X, T = classes()
    model = MLP.from_weights([np.eye(3).tolist()])  # the largest coordinate is the class
    options = {"loss": cross_entropy, "optimizer": SGD(model.parameters(), lr=0.0), "epochs": 1}
    one_wrong = [*T[:3], (T[3] + 1) % 3]
    assert fit(model, X, T, **options).metrics == {"accuracy": [1.0]}
    assert fit(model, X, T, validation=(X[:4], one_wrong), **options).metrics == {"accuracy": [0.75]}
    assert fit(model, X, T, metrics={}, **options).metrics == {}


def test_one_output_reaches_a_metric_as_one_number_for_each_sample():
    X, T = regression()
    shapes = []
    fit(
        network((3, [1])),
        X,
        T[:, 0],
        loss=squared_error,
        epochs=1,
        metrics={"shapes": lambda outputs, targets: shapes.append((outputs.shape, targets.shape)) or 0.0},
    )
    assert shapes == [((40,), (40,))]


# ── a bar ──────────────────────────────────────────────────────────────────────────────────────


def bar_of(monkeypatch, capsys, **options):
    X, T = regression()
    fit(network(), X, T, loss=half_squared_error, epochs=3, batch_size=10, **options)
    return capsys.readouterr().err


def test_without_tqdm_training_is_quiet(monkeypatch, capsys):
    assert bar_of(monkeypatch, capsys) == ""
    message = "progress=True needs tqdm: pip install 'glassgrad[progress]'"
    assert refusal(ImportError, lambda: bar_of(monkeypatch, capsys, progress=True)) == message


def test_with_tqdm_a_bar_counts_the_steps(monkeypatch, capsys):
    pytest.importorskip("tqdm")
    monkeypatch.delitem(sys.modules, "tqdm.auto")
    assert "/12 [" in bar_of(monkeypatch, capsys)
    assert "/12 [" in bar_of(monkeypatch, capsys, progress=True)
    assert bar_of(monkeypatch, capsys, progress=False) == ""


# ── Ctrl-C ─────────────────────────────────────────────────────────────────────────────────────


@either_way
@pytest.mark.parametrize("steps", [0, 1, 7, 8, 9])
def test_ctrl_c_leaves_the_last_completed_step_and_the_history_so_far(compiled, steps):
    X, T = regression()
    options = {"loss": half_squared_error, "batch_size": 10, "shuffle": False, "compiled": compiled}

    def interrupting(step):
        if step == steps:
            signal.raise_signal(signal.SIGINT)  # as the terminal does
        return 0.1

    model, expected = network(), network()
    history = fit(model, X, T, optimizer=SGD(model.parameters(), interrupting), epochs=5, **options)
    assert isinstance(history, History)
    assert history.interrupted
    assert len(history) == steps // 4

    whole = fit(expected, X, T, optimizer=SGD(expected.parameters(), 0.1), epochs=5, **options)
    assert not whole.interrupted
    assert history.losses == whole.losses[: steps // 4]
    expected = network()
    optimizer = SGD(expected.parameters(), 0.1)
    for step in range(steps):
        samples = slice(step % 4 * 10, step % 4 * 10 + 10)
        fit(expected, X[samples], T[samples], optimizer=optimizer, epochs=1, **options)
    assert data_of(model) == pytest.approx(data_of(expected), rel=1e-13)


@pytest.mark.filterwarnings("ignore:the loss does not reach")
@pytest.mark.parametrize("unused", [[], [Value(0.0)]], ids=["one vector", "two vectors"])
def test_ctrl_c_just_after_a_step_finds_it_done(unused):
    class Startled(SGD):
        def update(self, vector, gradient):
            super().update(vector, gradient)
            raise KeyboardInterrupt

    model = MLP.from_weights([[[0.0]]])
    optimizer = Startled([*model.parameters(), *unused], lr=0.5)
    assert fit(model, [1.0], [3.0], loss=half_squared_error, optimizer=optimizer).interrupted
    assert data_of(model) == [1.5]


def test_ctrl_c_while_measuring_keeps_the_lists_of_the_history_together():
    X, T = classes()

    def impatient(outputs, targets):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(1)
        return 0.0

    calls = []
    model = network((3, [3]))
    history = fit(model, X, T, loss=cross_entropy, validation=(X, T), metrics={"patience": impatient})
    assert history.interrupted
    columns = [history.losses, history.validation_losses, history.metrics["patience"], history.times]
    assert [len(column) for column in columns] == [2, 2, 2, 2]


# ── NaN and infinity ───────────────────────────────────────────────────────────────────────────

LAST_GOOD_STEP = "the model has the parameters of the last good step"


class Gap(Module):
    """y = log(x − w)."""

    def __init__(self, w=0.0):
        self.w = Value(w, "w")

    def __call__(self, x):
        gap = x[0] - self.w
        gap.label = "gap"
        return gap.log()


@either_way
def test_a_loss_that_is_no_number_is_found_and_the_last_good_step_stays(compiled):
    # To minimize Σ log(x − w), w grows until it reaches the smallest x.
    x, lr, size = np.array([5.0, 4.0, 3.5, 7.0, 3.0, 6.0, 8.0, 3.25]), 0.7, 4
    w, found, epoch = 0.0, None, 0
    while found is None:
        epoch += 1
        for batch in (1, 2):
            gaps = x[(batch - 1) * size : batch * size] - w
            if (gaps <= 0).any():
                found = epoch, batch, int((batch - 1) * size + np.argmax(gaps <= 0))
                break
            w += lr * np.mean(1 / gaps)
    model = Gap()
    with pytest.raises(FloatingPointError) as caught:
        fit(
            model,
            x,
            x,
            loss=lambda y, t: y,
            optimizer=SGD([model.w], lr),
            epochs=99,
            batch_size=size,
            shuffle=False,
            compiled=compiled,
        )
    assert found[0] > 1
    at_gap = number(x[found[2]] - model.w.data)
    assert str(caught.value) == (
        "epoch {}, batch {}, sample {}: ".format(*found)
        + f"{refusal(ValueError, math.log, x[found[2]] - model.w.data)}, in log(Value(gap = {at_gap}, grad = —))"
    )
    assert caught.value.__notes__ == ["log: x > 0", LAST_GOOD_STEP]
    assert model.w.data == pytest.approx(w, rel=1e-12)
    assert (model.w.grad, model.w.reached) == (0.0, False)
    assert caught.value.operands[0].label == "gap"  # so that viz.draw can draw it


@either_way
def test_a_sample_is_named_by_its_place_in_the_data_not_in_the_batch(compiled):
    x = np.full(50, 2.0)
    x[37] = -1.0
    message = refusal(
        FloatingPointError, lambda: fit(Gap(), x, x, loss=lambda y, t: y, batch_size=5, compiled=compiled)
    )
    whole = r"epoch 1, batch \d+, sample 37: [^:]+, in log\(Value\(gap = −1(\.0\d+)?, grad = —\)\)"
    assert re.fullmatch(whole, message)


@either_way
def test_a_model_that_fails_on_the_very_first_sample_says_so(compiled):
    by_python = refusal(ValueError, math.log, -1.0)
    assert refusal_and_notes(
        FloatingPointError, lambda: fit(Gap(), [-1.0, 2.0], [0.0, 0.0], loss=lambda y, t: y, compiled=compiled)
    ) == [f"before the first step, sample 0: {by_python}, in log(Value(gap = −1, grad = —))", "log: x > 0"]


class Root(Module):
    def __init__(self):
        self.w = Value(1.0, "w")

    def __call__(self, x):
        return (self.w * x[0]).sqrt()


@either_way
def test_a_gradient_that_is_no_number_is_found_too(compiled):
    x = np.array([4.0, 1.0, 0.0, 9.0])  # √0 is a number, its derivative is not
    model = Root()
    options = {"optimizer": SGD([model.w], 0.1), "batch_size": 2, "shuffle": False, "compiled": compiled}
    assert refusal_and_notes(FloatingPointError, lambda: fit(model, x, x, loss=lambda y, t: y, **options)) == [
        "epoch 1, batch 2, sample 2: the derivative of sqrt by x does not exist at x = 0.0; it is singular at x = 0, "
        "in backward(), on the edge from Value(0, grad = 1) to Value(0, grad = —)",
        LAST_GOOD_STEP,
    ]
    assert model.w.data == pytest.approx(1 - 0.1 * (2 / 2 + 1 / 2) / 2, rel=1e-12)


@either_way
def test_an_overflow_over_the_batch_alone_is_told_apart(compiled):
    model = MLP.from_weights([[[1e-3]]])
    x = [1.5e308, 1.5e308]
    assert refusal_and_notes(
        FloatingPointError, lambda: fit(model, x, [0.0, 0.0], loss=lambda y, t: y, compiled=compiled)
    ) == ["epoch 1, batch 1, each sample's gradient is finite, but their sum overflows", LAST_GOOD_STEP]
    assert data_of(model) == [1e-3]


@either_way
def test_a_step_that_leads_to_infinity_is_undone(compiled):
    model = MLP.from_weights([[[3.0, 4.0]]])
    options = {"loss": squared_error, "optimizer": SGD(model.parameters(), 1e300), "compiled": compiled}
    assert refusal_and_notes(FloatingPointError, lambda: fit(model, [[1e-5, 1e10]], [0.0], **options)) == [
        "epoch 1, batch 1, the step of w₁,₂⁽¹⁾ leads from 4 to −∞: its gradient is 8.000×10²⁰; "
        "a smaller lr, or clip=, makes shorter steps",
        LAST_GOOD_STEP,
    ]
    assert data_of(model) == [3.0, 4.0]


def test_a_gradient_of_1e200_is_still_one():
    model = MLP.from_weights([[[0.0]]])
    fit(model, [1e200], [0.0], loss=lambda y, t: -y, optimizer=SGD(model.parameters(), 1e-200), epochs=2, clip=1e200)
    assert data_of(model) == pytest.approx([2.0])


# ── what is refused before the first step ──────────────────────────────────────────────────────

X, T = regression(8)
hole = np.where(np.arange(24).reshape(8, 3) == 16, math.nan, X)
IN_FIT = {samples: f"in fit, for inputs of the shape ({samples}, 3)" for samples in (5, 8)}
A_TARGET_EACH = "a loss must have a target for each output"
A_ROW_EACH = "inputs must have a row of numbers for each sample"
REMEDY = "Leave such samples out, or fill the gaps"


@either_way
@pytest.mark.parametrize(
    ("inputs", "targets", "error", "lines"),
    [
        (X[:, :2], T, ValueError, ["this MLP takes 3 inputs; got 2", "in fit, for inputs of the shape (8, 2)"]),
        (X[:, 0], T, ValueError, ["this MLP takes 3 inputs; got 1", "in fit, for inputs of the shape (8, 1)"]),
        (X[:5], T, ValueError, ["targets must have a row for each of the 5 samples; got the shape (8, 2)", IN_FIT[5]]),
        (X, T[:, :1], ValueError, [f"{A_TARGET_EACH}; got 2 outputs and 1 targets", IN_FIT[8]]),
        (X, np.column_stack([T, T]), ValueError, [f"{A_TARGET_EACH}; got 2 outputs and 4 targets", IN_FIT[8]]),
        (
            X,
            T[:, 0],
            ValueError,
            [
                "targets of the shape (8,) are class numbers for a model with 2 outputs, and so integers; got float64. "
                "For a number for each output, give the shape (8, 2)",
                IN_FIT[8],
            ],
        ),
        (
            X,
            [0, 1, 0, 2, 0, 0, 3, 0],
            ValueError,
            ["targets: sample 3 is of class 2, but 2 outputs have the classes 0 … 1", IN_FIT[8]],
        ),
        (
            X,
            [0, 1, 0, 1, 0, -1, 0, 0],
            ValueError,
            ["targets: sample 5 is of class -1, but 2 outputs have the classes 0 … 1", IN_FIT[8]],
        ),
        (X[:0], T[:0], ValueError, ["inputs must have at least one sample; got the shape (0, 3)"]),
        (
            X.reshape(2, 2, 2, 3),
            T,
            ValueError,
            [f"{A_ROW_EACH}; got the shape (2, 2, 2, 3); inputs.reshape(len(inputs), -1) has one"],
        ),
        (3.0, T, ValueError, [f"{A_ROW_EACH}; got the shape ()"]),
        (
            [[1.0, 2.0, 3.0], [1.0]],
            T[:2],
            ValueError,
            ["inputs must have rows of one length; got [[1.0, 2.0, 3.0], [1.0]]"],
        ),
        ([["a", "b", "c"]] * 8, T, TypeError, ["inputs must hold real numbers; got list of <U1"]),
        (X + 1j, T, TypeError, ["inputs must hold real numbers; got ndarray of complex128"]),
        ([[Value(1.0)] * 3] * 8, T, TypeError, ["inputs must hold real numbers; got list of object"]),
        (hole, T, ValueError, [f"inputs must hold finite numbers; got nan in sample 5, column 1. {REMEDY}"]),
        (
            np.where([False, False, True], math.inf, X),
            T,
            ValueError,
            [f"inputs must hold finite numbers; got inf in sample 0, column 2, and more in 7 other samples. {REMEDY}"],
        ),
        (
            X,
            T * [1, math.nan],
            ValueError,
            [
                "targets must hold finite numbers; got nan in sample 0, column 1, and more in 7 other samples. "
                f"{REMEDY}",
                IN_FIT[8],
            ],
        ),
    ],
)
def test_data_that_cannot_be_trained_on_are_refused(inputs, targets, error, lines, compiled):
    model = network()
    before = data_of(model)
    options = {"loss": half_squared_error, "compiled": compiled}
    assert refusal_and_notes(error, lambda: fit(model, inputs, targets, **options)) == lines
    assert data_of(model) == before


@pytest.mark.parametrize(
    ("loss", "targets", "message", "sample"),
    [
        (
            hinge,
            [1, -1, 1, 1, 0, -1, 1, 1],
            "the targets of hinge must be +1 or −1; got 0.0 (where they are 0 and 1, give 2*t - 1)",
            4,
        ),
        (
            binary_cross_entropy,
            [1, 0, 1, 0, 1, 2, 0, 0],
            "the targets of binary_cross_entropy must be from 0 to 1; got 2.0",
            5,
        ),
        (
            binary_cross_entropy,
            np.linspace(1, -0.1, 8),
            "the targets of binary_cross_entropy must be from 0 to 1; got -0.1",
            7,
        ),
    ],
)
def test_targets_that_the_loss_has_no_meaning_for_are_refused(loss, targets, message, sample):
    lines = [message, f"in fit, for the targets of sample {sample}"]
    assert refusal_and_notes(ValueError, lambda: fit(network((3, [1])), X, targets, loss=loss)) == lines


def test_probabilities_as_targets_are_checked_by_their_loss():
    P = np.full((8, 2), 0.5)
    fit(network(), X, P, loss=cross_entropy, epochs=1)
    P[3] = 0.75, 0.75
    assert refusal_and_notes(ValueError, lambda: fit(network(), X, P, loss=cross_entropy)) == [
        "the targets of cross_entropy must be probabilities that sum to 1; these sum to 1.5",
        "in fit, for the targets of sample 3",
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be a whole number from 1 on; got 0"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number from 1 on; got 2.5 (float)"),
        ({"batch_size": 0}, ValueError, "batch_size must be a whole number from 1 on; got 0"),
        ({"clip": 0}, ValueError, "clip must be a finite number greater than 0; got 0"),
        ({"loss": 0.5}, TypeError, "loss must be a function of outputs and targets, such as nn.squared_error; got 0.5"),
        ({"loss": lambda y, t: 1.0}, TypeError, "a loss must return a Value; got 1.0 (float)"),
        (
            {"optimizer": Adam},
            TypeError,
            "optimizer must be an Optimizer, such as SGD(model.parameters(), lr=0.1); got <class 'nn.optimizers.Adam'>",
        ),
        ({"validation": X}, TypeError, "validation must be a pair, (inputs, targets); got ndarray"),
        ({"validation": (X, T, X)}, TypeError, "validation must be a pair, (inputs, targets); got 3 of them"),
        (
            {"validation": (X[:, :2], T)},
            ValueError,
            "validation inputs must have 3 columns, as in training; got the shape (8, 2)",
        ),
        (
            {"validation": (X, T[:3])},
            ValueError,
            "validation targets must have a row for each of the 8 samples; got the shape (3, 2)",
        ),
        (
            {"validation": (hole, T)},
            ValueError,
            f"validation inputs must hold finite numbers; got nan in sample 5, column 1. {REMEDY}",
        ),
        (
            {"metrics": {"accuracy": 0.5}},
            TypeError,
            "metric 'accuracy' must be a function of outputs and targets; got 0.5",
        ),
        ({"executor": 4}, TypeError, "executor must be a concurrent.futures.Executor; got 4"),
        (
            {"executor": 4, "compiled": False},
            ValueError,
            "an executor runs compiled programs: give one of executor= and compiled=False, not both",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, message):
    model = network()
    before = data_of(model)
    assert refusal(error, lambda: fit(model, X, T, **{"loss": half_squared_error, **options})) == message
    assert data_of(model) == before


@pytest.mark.parametrize("model", [lambda x: x[0], Module(), 3.0], ids=["function", "no call", "number"])
def test_what_is_no_model_is_refused(model):
    message = f"the model must be a Module that can be called; got {model!r} ({type(model).__name__})"
    assert refusal(TypeError, lambda: fit(model, X, T, loss=half_squared_error)) == message


def test_a_model_that_returns_no_value_is_refused():
    class Constant(Module):
        def __call__(self, x):
            return [x[0], 1.0]

    message = "a model must return a Value, or a list of them; got 1.0 among what it returned"
    options = {"loss": half_squared_error, "optimizer": Adam([Value(0.0)])}
    assert refusal(TypeError, lambda: fit(Constant(), X, T, **options)) == message


# ── what the loss does not reach ───────────────────────────────────────────────────────────────


def test_parameters_that_the_loss_does_not_reach_are_named():
    X, T = regression(4)
    model, unused = network(), [Value(1.0, "alpha"), Value(2.0, "beta")]
    with pytest.warns(UserWarning, match="does not reach") as told:
        fit(model, X, T, loss=half_squared_error, optimizer=SGD([*model.parameters(), *unused], lr=0.1), epochs=1)
    count = len(model.parameters()) + 2
    assert [str(warning.message) for warning in told] == [
        f"the loss does not reach 2 of the optimizer's {count} parameters: alpha, beta"
    ]
    assert told[0].filename == __file__


@either_way
def test_a_loss_that_depends_on_no_parameter_is_refused(compiled):
    class Forgetful(MLP):
        def __call__(self, x):
            return (x[0] if isinstance(x[0], Value) else Value(x[0])) * 1.0

    model = Forgetful(1, [1])
    assert refusal(
        ValueError, lambda: fit(model, [1.0, 2.0], [1.0, 2.0], loss=half_squared_error, compiled=compiled)
    ) == (
        "the loss depends on no parameter, so there is nothing to train: does the model use its weights, and are they "
        "Values when it does?"
    )
