"""What nodes are called in a graph."""

import pytest

from engine import Value, topological_order
from engine.naming.names import names
from nn import MLP, NIELSEN, half_squared_error

WEIGHTS = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]]


@pytest.fixture
def model():
    return MLP.from_weights(WEIGHTS, biases=[[0.0, 0.0], [0.0]], activation="tanh")


def batch(model, *inputs):
    """The sum of the losses of all these samples, and the order of its graph."""
    total = sum(half_squared_error(model(x), 1.0) for x in inputs)
    return total, topological_order(total)


def test_with_one_sample_no_name_carries_a_number(model):
    E = half_squared_error(model([1.0, 2.0]), 1.0)
    shown = [name for name in names(topological_order(E)).values() if name]
    hidden = "x₁ x₂ w₁,₁⁽¹⁾ w₁,₂⁽¹⁾ b₁⁽¹⁾ a₁⁽¹⁾ z₁⁽¹⁾ w₂,₁⁽¹⁾ w₂,₂⁽¹⁾ b₂⁽¹⁾ a₂⁽¹⁾ z₂⁽¹⁾"
    assert sorted(shown) == sorted([*hidden.split(), "w₁,₁⁽²⁾", "w₁,₂⁽²⁾", "b₁⁽²⁾", "a₁⁽²⁾ = y₁", "t₁", "E"])


def test_with_several_samples_what_differs_between_them_carries_their_number(model):
    total, order = batch(model, [1.0, 2.0], [3.0, 4.0])
    found = set(names(order).values())
    assert {"x₁#1", "a₂⁽¹⁾#1", "z₂⁽¹⁾#1", "a₁⁽²⁾#1 = y₁#1", "E#1"} < found
    assert {"x₁#2", "a₂⁽¹⁾#2", "z₂⁽¹⁾#2", "a₁⁽²⁾#2 = y₁#2", "E#2"} < found
    assert {"w₁,₂⁽¹⁾", "b₁⁽²⁾"} < found  # weights and biases are the same for all
    assert names(order)[total] == ""


def test_no_two_nodes_share_a_name(model):
    _, order = batch(model, [1.0, 2.0], [3.0, 4.0], [5.0, 6.0])
    shown = [name for name in names(order).values() if name]
    assert sorted(shown) == sorted(set(shown))


def test_names_follow_the_notation(model):
    _, order = batch(model, [1.0, 2.0], [3.0, 4.0])
    found = set(names(order, NIELSEN).values())
    assert {"z₂⁽¹⁾#1", "a₂⁽¹⁾#2", "z₁⁽²⁾#2 = a₁⁽²⁾#2", "C#2"} < found


def test_a_label_goes_before_a_role(model):
    model.layers[0].neurons[0].w[0].label = "first"
    x, y = Value(1.0, "left"), Value(2.0, "right")
    found = set(names(topological_order(model([x, y]))).values())
    assert {"first", "left", "right", "w₁,₂⁽¹⁾"} < found
    assert found.isdisjoint({"w₁,₁⁽¹⁾", "x₁", "x₂"})


def test_a_graph_without_roles_has_labels_alone():
    x = Value(2.0, "x")
    y = x * 3.0
    y.label = "y"
    assert list(names(topological_order(y)).values()) == ["x", "", "y"]


def test_the_same_target_twice_belongs_to_no_sample(model):
    t = Value(1.0)
    total = half_squared_error(model([1.0, 2.0]), t) + half_squared_error(model([3.0, 4.0]), t)
    found = names(topological_order(total))
    assert found[t] == "t₁"
    assert {"E#1", "E#2"} < set(found.values())


def test_a_second_node_of_the_same_name_is_primed():
    networks = [MLP.from_weights([[[0.5]]]) for _ in range(4)]
    outputs = []
    for network in networks:
        outputs.append(network(outputs[-1:] or [1.0]))
    found = names(topological_order(outputs[-1]))
    assert [found[network.parameters()[0]] for network in networks] == ["w₁,₁⁽¹⁾", "w₁,₁⁽¹⁾′", "w₁,₁⁽¹⁾′′", "w₁,₁⁽¹⁾′³"]
    assert [found[y] for y in outputs] == ["a₁⁽¹⁾ = y₁", "a₁⁽¹⁾′ = y₁′", "a₁⁽¹⁾′′ = y₁′′", "a₁⁽¹⁾′³ = y₁′³"]
