"""predict: what the model itself says, sample by sample, whatever has happened to it meanwhile."""

import copy
import gc
import pickle
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from engine import Value, no_grad
from nn import MLP, Module
from nn.prediction import program_of
from tests.refusals import refusal, refusal_and_notes

X = np.random.default_rng(0).normal(size=(20, 3))


def one_by_one(model, inputs=X):
    """The outputs of the model itself."""
    with no_grad():
        found = [model(x) for x in inputs]
    return pytest.approx(
        np.array([[y.data for y in (ys if isinstance(ys, list) else [ys])] for ys in found]), rel=1e-12
    )


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_predictions_are_the_models_outputs(activation):
    model = MLP(3, [4, 2], activation)
    outputs = model.predict(X)
    assert outputs.shape == (20, 2)
    assert outputs == one_by_one(model)


def test_one_output_gives_one_number_for_each_sample():
    model = MLP(3, [4, 1])
    assert model.predict(X).shape == (20,)
    assert model.predict(X)[:, None] == one_by_one(model)


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.uint8, bool, list])
def test_inputs_may_be_any_real_numbers(kind):
    whole = np.arange(6).reshape(2, 3)
    inputs = whole.tolist() if kind is list else whole.astype(kind)
    model = MLP(3, [2])
    assert model.predict(inputs) == one_by_one(model, np.asarray(inputs).tolist())


def test_a_model_of_one_input_takes_a_list_of_numbers():
    model = MLP.from_weights([[[2.0]]], [[1.0]])
    assert model.predict([0.0, 1.0, 2.0]).tolist() == [1.0, 3.0, 5.0]


def changed_data(model):
    model.layers[0].neurons[0].w[0].data += 1.0


def exchanged_parameter(model):
    model.layers[1].neurons[0].b = Value(7.0)


def exchanged_and_changed_again(model):
    exchanged_parameter(model)
    model.predict(X)
    model.layers[1].neurons[0].b.data = -7.0


def another_activation(model):
    for neuron in model.layers[0].neurons:
        neuron.rule = None


def one_layer_less(model):
    model.layers.pop()


def neurons_in_another_order(model):
    model.layers[1].neurons.reverse()


def a_number_in_it(model):
    model.scale = 3.0


@pytest.mark.parametrize(
    "change",
    [
        changed_data,
        exchanged_parameter,
        exchanged_and_changed_again,
        another_activation,
        one_layer_less,
        neurons_in_another_order,
        a_number_in_it,
    ],
)
def test_predictions_are_never_those_of_an_earlier_model(change):
    class Scaled(MLP):
        scale = 2.0

        def __call__(self, x):
            return [y * self.scale for y in super().__call__(x)]

    model = Scaled(3, [4, 2], "tanh")
    before = model.predict(X)
    change(model)
    after = model.predict(X)
    assert after == one_by_one(model)
    assert after.shape != before.shape or not np.allclose(after, before)


def test_the_program_is_kept_while_the_model_stays_the_same():
    model = MLP(3, [4, 2])
    program = program_of(model, X[0].tolist())
    changed_data(model)
    model.predict(X)
    assert program_of(model, X[5].tolist()) is program
    exchanged_parameter(model)
    assert program_of(model, X[0].tolist()) is not program


def test_a_kept_program_does_not_keep_its_model():
    model = MLP(3, [4, 2])
    model.predict(X)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_a_model_that_has_predicted_copies_and_pickles():
    model = MLP(3, [2])
    expected = model.predict(X).tolist()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.predict(X).tolist() == expected
        changed_data(other)
    assert model.predict(X).tolist() == expected


def test_a_model_that_can_not_be_hashed_predicts():
    @dataclass
    class Line(Module):
        slope: Value
        offset: Value

        def __call__(self, x):
            return self.slope * x[0] + self.offset

    assert Line(Value(2.0), Value(1.0)).predict([1.0, 2.0]).tolist() == [3.0, 5.0]


def test_predictions_need_no_recording():
    model = MLP(3, [2])
    with no_grad():
        assert model.predict(X) == one_by_one(model)
        assert (Value(1.0) + 1.0).op is None


def test_predicting_touches_no_gradient():
    model = MLP(3, [1])
    model(X[0].tolist()).backward()
    before = [(p.grad, p.reached) for p in model.parameters()]
    model.predict(X)
    assert [(p.grad, p.reached) for p in model.parameters()] == before


def test_a_model_that_decides_by_its_data_is_refused():
    class Branching(Module):
        def __call__(self, x):
            return -x[0] if x[0] < 0 else x[0] * 2.0

    assert refusal(ValueError, Branching().predict, [1.0, -1.0]) == (
        "the first and the last sample make different graphs: the model's Python code decides by the data of a sample "
        "or by chance, so no program does what it does. Ask it sample by sample: [model(x) for x in inputs]"
    )


@pytest.mark.parametrize(
    ("inputs", "error", "lines"),
    [
        (X[:, :2], ValueError, ["this MLP takes 3 inputs; got 2", "in predict, for inputs of the shape (20, 2)"]),
        (X[0], ValueError, ["this MLP takes 3 inputs; got 1", "in predict, for inputs of the shape (3, 1)"]),
        (X[:0], ValueError, ["inputs must have at least one sample; got the shape (0, 3)"]),
        (
            X[None],
            ValueError,
            [
                "inputs must have a row of numbers for each sample; got the shape (1, 20, 3); "
                "inputs.reshape(len(inputs), -1) has one"
            ],
        ),
        ("abc", TypeError, ["inputs must hold real numbers; got str of <U3"]),
    ],
)
def test_inputs_of_another_shape_are_refused(inputs, error, lines):
    assert refusal_and_notes(error, MLP(3, [2]).predict, inputs) == lines


def test_a_module_that_computes_nothing_predicts_nothing():
    message = "Module has no __call__, so there is nothing to predict"
    assert refusal(TypeError, Module().predict, X) == message
