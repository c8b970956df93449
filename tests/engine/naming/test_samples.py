"""Which sample each node of a graph belongs to."""

import pytest

from engine import Value, topological_order
from engine.naming.samples import sample_numbers
from nn import MLP, half_squared_error


@pytest.fixture
def model():
    return MLP.from_weights([[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]], biases=[[0.0, 0.0], [0.0]], activation="tanh")


def test_samples_are_counted_in_the_order_in_which_they_come(model):
    losses = [half_squared_error(model(x), 1.0) for x in ([1.0, 2.0], [3.0, 4.0])]
    forwards = sample_numbers(topological_order(losses[0] + losses[1]))
    backwards = sample_numbers(topological_order(losses[1] + losses[0]))
    assert [forwards[E] for E in losses] == [1, 2]
    assert [backwards[E] for E in losses] == [2, 1]


def test_what_joins_two_samples_belongs_to_neither(model):
    first, second = (half_squared_error(model(x), 1.0) for x in ([1.0, 2.0], [3.0, 4.0]))
    order = topological_order(total := first + second)
    assert total not in sample_numbers(order)
    assert not any(weight in sample_numbers(order) for weight in model.parameters())


def test_the_same_inputs_twice_are_two_samples(model):
    x = [Value(1.0), Value(2.0)]
    first, second = model(x), model(x)
    numbers = sample_numbers(topological_order(first + second))
    assert (numbers[first], numbers[second]) == (1, 2)
