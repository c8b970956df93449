"""Losses against direct arithmetic."""

import numpy as np
import pytest

from engine import Value, topological_order
from engine.notation import LOSS, TARGET
from nn import MLP, half_squared_error, mean_squared_error, squared_error

LOSSES = [half_squared_error, squared_error, mean_squared_error]
every_loss = pytest.mark.parametrize("loss", LOSSES)


@pytest.mark.parametrize(
    ("loss", "E", "slopes"),  # of y = (1.5, −2) and t = (1, 1): y − t = (0.5, −3)
    [
        (half_squared_error, 4.625, [0.5, -3.0]),
        (squared_error, 9.25, [1.0, -6.0]),
        (mean_squared_error, 4.625, [0.5, -3.0]),
    ],
)
def test_a_loss_and_its_gradients(loss, E, slopes):
    y, t = [Value(1.5), Value(-2.0)], [Value(1.0), Value(1.0)]
    found = loss(y, t)
    found.backward()
    assert found.data == E
    assert [v.grad for v in y] == slopes
    assert [v.grad for v in t] == [-slope for slope in slopes]


def test_the_mean_is_over_the_outputs():
    assert mean_squared_error([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0]).data == 7.5


@pytest.mark.parametrize(("loss", "E"), [*zip(LOSSES, [4.5, 9.0, 9.0], strict=True)])
@pytest.mark.parametrize(
    "target", [1.0, 1, [1.0], (1.0,), np.array([1.0]), np.array(1.0), np.float32(1.0), Value(1.0)], ids=repr
)
def test_one_output_may_be_a_value_or_a_list(loss, E, target):
    assert loss(Value(4.0), target).data == E
    assert loss([Value(4.0)], target).data == E


@every_loss
@pytest.mark.parametrize("kind", [list, tuple, iter, np.array])
def test_several_outputs_may_be_any_sequence(loss, kind):
    assert loss(kind([1.5, -2.0]), kind([1.0, 1.0])).data == loss([1.5, -2.0], [1.0, 1.0]).data


@every_loss
def test_a_loss_is_called_e(loss):
    E = loss(Value(2.0), 1.0)
    assert E.role.kind == LOSS
    assert E.name == "E"


@every_loss
def test_target_numbers_become_target_leaves(loss):
    E = loss([Value(2.0, "u"), Value(3.0, "v")], [5.0, 7.0])
    targets = [node for node in topological_order(E) if node.role and node.role.kind == TARGET]
    assert [(t.name, t.data, t.operands) for t in targets] == [("t₁", 5.0, ()), ("t₂", 7.0, ())]


@every_loss
def test_target_values_join_the_graph_as_they_are(loss):
    named, bare, made = Value(1.0, "goal"), Value(2.0), Value(1.5) * 2.0
    order = topological_order(loss([Value(0.0)] * 3, [named, bare, made]))
    assert {named, bare, made} < set(order)
    assert [named.name, bare.name, made.name] == ["goal", "t₂", ""]


def test_an_input_that_is_its_own_target_stays_an_input():
    x = [Value(1.0), Value(2.0)]
    half_squared_error(MLP(2, [2])(x), x)
    assert [v.name for v in x] == ["x₁", "x₂"]


@every_loss
@pytest.mark.parametrize(("outputs", "targets"), [([1.0, 2.0], [1.0]), ([1.0], [1.0, 2.0]), ([], [1.0])])
def test_every_output_wants_a_target(loss, outputs, targets):
    message = f"a target for each output; got {len(outputs)} outputs and {len(targets)} targets"
    with pytest.raises(ValueError, match=message):
        loss(outputs, targets)


@every_loss
def test_a_loss_of_nothing_is_refused(loss):
    with pytest.raises(ValueError, match="at least one"):
        loss([], [])


@every_loss
def test_a_target_that_is_no_number_is_refused(loss):
    with pytest.raises(TypeError, match="a Value holds one real number; got 'a'"):
        loss(Value(1.0), "a")
