"""Nodes are found by what they are called."""

import re
from functools import reduce

import pytest

from engine import Value, topological_order
from engine.naming.names import Naming, operation
from engine.naming.search import find
from nn import BISHOP, MLP, NIELSEN, half_squared_error
from tests.primer import WEIGHTS


def primer(samples=1, **options):
    model = MLP.from_weights(WEIGHTS, activation="tanh", **options)
    return reduce(Value.__add__, [half_squared_error(model([1.0 + i, 2.0]), [1.0, 1.15]) for i in range(samples)])


@pytest.fixture
def loss():
    return primer()


@pytest.mark.parametrize("label", ["a₁⁽²⁾ = y₁", "a₁⁽²⁾", "y₁", "a[2][1]", "y[1]", "δ₁⁽²⁾", "delta[2][1]"])
def test_each_name_of_a_node_finds_it(loss, label):
    order = topological_order(loss)
    assert find(order, label) is find(order, "a₁⁽²⁾")


def test_names_follow_notation_sample_and_prime():
    order = topological_order(primer(samples=2))
    assert find(order, "z[1][2]#2", NIELSEN) is find(order, "a₂⁽¹⁾#2", BISHOP)
    assert find(order, "z[1][2]#2", NIELSEN) is not find(order, "a₂⁽¹⁾#1", BISHOP)
    first, second = MLP.from_weights([[[0.5]]]), MLP.from_weights([[[0.25]]])
    order = topological_order(second([first([1.0])]))
    assert find(order, "w[1][1,1]") is first.parameters()[0]
    assert find(order, "w[1][1,1]'") is find(order, "w₁,₁⁽¹⁾′") is second.parameters()[0]


def test_every_name_that_is_shown_finds_its_node():
    for E in (primer(), primer(samples=3), primer(expand=True)):
        order = topological_order(E)
        for notation in (BISHOP, NIELSEN):
            for node, name in Naming(order, notation).of(order).items():
                for form in (name, *name.parts, *filter(None, [name.signal])):
                    for label in filter(None, (form.text, form.plain)):
                        assert find(order, label, notation) is node
        for place, node in enumerate(order, start=1):
            assert find(order, f"{operation(node)}@{place}") is node


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("w[2][2,4]", r"nothing here is called 'w\[2\]\[2,4\]'; did you mean 'w\[2\]\[2,3\]'"),
        ("w₂,₃⁽³⁾", "did you mean 'w₂,₃⁽²⁾'"),
        ("nonsense", "nothing here is called 'nonsense'; there are '"),
        ("tanh@1", "nothing here is called 'tanh@1'"),
    ],
)
def test_an_unknown_label_gets_the_nearest_ones(loss, label, message):
    with pytest.raises(ValueError, match=message) as raised:
        find(topological_order(loss), label)
    assert "\n" not in str(raised.value)


def test_an_ambiguous_label_says_so_and_of_how_many():
    root = Value(1.0, "w") * Value(2.0, "w")
    with pytest.raises(ValueError, match="2 nodes have the label 'w'"):
        find(topological_order(root), "w")
    told = "3 nodes are called 'a[1][1]': a[1][1]#1, a[1][1]#2, a[1][1]#3; say which one"
    with pytest.raises(ValueError, match=re.escape(told)):
        find(topological_order(primer(samples=3)), "a[1][1]")


def test_one_of_several_nodes_with_one_label_is_found_by_its_place():
    first, second = Value(1.0, "w"), Value(2.0, "w")
    order = topological_order(first * second)
    naming = Naming(order)
    assert [naming.numbered(node) for node in order] == ["w@1", "w@2", "mul@3"]
    assert [find(order, naming.numbered(node)) for node in order] == order


@pytest.mark.parametrize("label", ["@1", "mul@1", "x@0", "x@4", "mul@03x", "x@⁰", "", "w[1 2]", "w[,]"])
def test_what_looks_like_a_name_and_is_none_is_refused_in_one_line(label):
    order = topological_order(Value(1.0, "x") * Value(2.0, "y"))
    with pytest.raises(ValueError, match=r"^nothing here is called '.*'; there are 'x'(, 'y')?, 'E'$"):
        find(order, label)


# ── a node that is asked whether it is called so ───────────────────────────────────────────────


def forms(name):
    return {form for part in (name, *name.parts, *filter(None, [name.signal])) for form in (part.text, part.plain)}


@pytest.mark.parametrize("notation", [BISHOP, NIELSEN], ids=lambda notation: notation.name)
def test_a_node_is_called_what_finds_it_and_nothing_else(notation):
    order = topological_order(primer(notation=notation))
    names = set().union(*map(forms, Naming(order).of(order).values())) - {""}
    assert {"a[1][2]", "z[1][2]", "w[2][2,3]", "δ₂⁽¹⁾", "delta[1][2]"} <= names
    for name in names:
        assert [node for node in order if node.called(name)] == [find(order, name)]


@pytest.mark.parametrize("name", ["a₁⁽²⁾ = y₁", "a₁⁽²⁾=y₁", "a₁⁽²⁾", "y₁", "a[2][1]", "y[1]", "δ₁⁽²⁾", "δ[2][1]"])
def test_an_output_without_an_activation_has_two_names_and_a_delta(loss, name):
    node = find(topological_order(loss), "a₁⁽²⁾")
    assert node.called(name)
    assert not node.called(name.replace("1", "2").replace("₁", "₂"))


def test_a_node_has_the_name_that_it_prints():
    for node in topological_order(primer(samples=2)):
        assert node.called(node.name) == (node.name != "")


def test_the_neuron_of_each_sample_is_called_so_and_none_by_a_number():
    order = topological_order(primer(samples=3))
    assert len([node for node in order if node.called("a[1][2]")]) == 3
    assert not [node for node in order if node.called("a[1][2]#1")]


def test_a_label_comes_before_the_role_and_is_taken_as_it_is(loss):
    node = find(topological_order(loss), "a[1][2]")
    node.label = "my a"
    assert node.called("my a")
    assert not node.called("a[1][2]")
    assert not node.called("mya")


@pytest.mark.parametrize("name", ["", " ", "1", "x", "leaf", "a[1][2]", "(", "\n", "δ"])
def test_what_has_no_name_is_called_nothing(name):
    x = Value(1.0)
    order = topological_order(x * 2 + 1)
    assert not [node for node in order if node.called(name)]


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match=r"a node is called by a str; got 3 \(int\)"):
        Value(1.0, "x").called(3)
