"""A model's notation: what its nodes are called unless another one is asked for."""

import copy
import pickle

import pytest

from engine import Value, compile_graph, explain, topological_order
from engine.naming.names import names
from engine.naming.search import find
from engine.support.notation import PRE_ACTIVATION, WEIGHT, Role
from nn import (
    BISHOP,
    MLP,
    NIELSEN,
    Layer,
    Neuron,
    Notation,
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    load,
    mean_squared_error,
    save,
    squared_error,
)

WEIGHTS = [[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]]


def roles(root):
    return [node.role for node in topological_order(root) if node.role is not None]


@pytest.fixture
def loss():
    return half_squared_error(MLP.from_weights(WEIGHTS, activation="tanh", notation=NIELSEN)([1.0, 2.0]), 1.0)


def test_without_one_it_is_bishops():
    assert MLP(2, [1]).notation is BISHOP
    assert {role.notation for role in roles(half_squared_error(MLP(2, [1])([1.0, 2.0]), 1.0))} == {BISHOP}


@pytest.mark.parametrize("notation", [NIELSEN, "nielsen"])
@pytest.mark.parametrize(
    "make",
    [
        lambda **o: MLP(2, [2, 1], "tanh", **o),
        lambda **o: MLP(2, [2, 2], output_activation="softmax", expand=True, **o),
        lambda **o: MLP.from_weights(WEIGHTS, [[0.0, 0.0], [0.0]], **o),
        lambda **o: Layer(2, 3, **o),
        lambda **o: Neuron(2, "sigmoid", **o),
    ],
    ids=["MLP", "softmax", "from_weights", "Layer", "Neuron"],
)
def test_every_node_of_a_model_is_named_in_its_notation(make, notation):
    model = make(notation=notation)
    y = model([1.0, 2.0])
    assert model.notation is NIELSEN
    for root in [y] if isinstance(y, Value) else y:
        for node in topological_order(root):
            assert node.name == (NIELSEN.text(node.role) if node.role else node.label)


@pytest.mark.parametrize("error", [half_squared_error, squared_error, mean_squared_error, binary_cross_entropy, hinge])
def test_a_loss_and_its_targets_take_the_notation_of_the_outputs(error):
    model = MLP(2, [3, 1], notation=NIELSEN)
    assert {role.notation for role in roles(error(model([1.0, 2.0]), 1.0))} == {NIELSEN}


@pytest.mark.parametrize("target", [1, [0.5, 0.5]])
def test_a_cross_entropy_takes_the_notation_of_the_logits(target):
    assert {role.notation for role in roles(cross_entropy(Layer(2, 2, notation=NIELSEN)([1.0, 2.0]), target))} == {
        NIELSEN
    }


def test_a_loss_takes_it_from_what_the_outputs_are_computed_from():
    y = MLP(2, [1], notation=NIELSEN)([1.0, 2.0])
    assert squared_error(2.0 * y, 1.0).name == "C"


def test_a_node_prints_in_the_notation_of_its_model(loss):
    assert repr(loss) == "Value(C = 0.04166, grad = —)"
    assert [name for name in names(topological_order(loss)).values() if name] == [
        "w₁,₁⁽²⁾", "w₁,₂⁽²⁾", "w₁,₁⁽¹⁾", "w₁,₂⁽¹⁾", "x₁", "x₂", "z₁⁽¹⁾", "a₁⁽¹⁾", "w₂,₁⁽¹⁾", "w₂,₂⁽¹⁾",
        "z₂⁽¹⁾", "a₂⁽¹⁾", "z₁⁽²⁾ = a₁⁽²⁾", "y₁", "C",
    ]  # fmt: skip


def test_an_error_names_its_operands_in_it():
    z = Neuron(1, "log", notation=NIELSEN)
    z.w[0].data = -1.0
    with pytest.raises(ValueError, match="math domain error") as raised:
        z([2.0])
    assert raised.value.__notes__[0] == "in log(Value(z = −2, grad = —))"


def test_whoever_asks_may_ask_for_another(loss):
    assert str(explain(loss, "w[2][1,2]")).startswith("∂C/∂w₁,₂⁽²⁾ = δ₁⁽²⁾ · a₂⁽¹⁾ = ")
    for bishop in (BISHOP, "bishop"):
        assert str(explain(loss, "w[2][1,2]", notation=bishop)).startswith("∂E/∂w₁,₂⁽²⁾ = δ₁⁽²⁾ · z₂⁽¹⁾ = ")
    order = topological_order(loss)
    assert find(order, "a[1][2]") is find(order, "z[1][2]", "bishop")


def test_an_asker_gets_errors_in_the_notation_asked_for(loss):
    stranger = MLP.from_weights(WEIGHTS, notation=NIELSEN).layers[0].neurons[0]([1.0, 2.0])
    for notation, message in (
        (None, "Value(a₁⁽¹⁾ = 0.5, grad = —) is not in the graph of Value(C = 0.04166, grad = —): "),
        (BISHOP, "Value(z₁⁽¹⁾ = 0.5, grad = —) is not in the graph of Value(E = 0.04166, grad = —): "),
    ):
        with pytest.raises(ValueError, match="is not in the graph") as raised:
            explain(loss, stranger, notation=notation)
        assert str(raised.value) == message + "there is no path from it to that root"


def test_a_programs_source_is_written_in_it(loss):
    leaves = [node for node in topological_order(loss) if node.name in ("x₁", "x₂", "y₁")]
    program = compile_graph(loss, leaves)
    assert program.source() == program.source(notation=NIELSEN) == program.source(notation="nielsen")
    assert program.source() != program.source(notation=BISHOP)


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_a_loaded_model_has_the_notation_that_it_was_saved_with(suffix, tmp_path):
    loaded = load(save(MLP(2, [1], notation="nielsen"), tmp_path / f"model.{suffix}"))
    assert loaded.notation is NIELSEN
    assert loaded([1.0, 2.0]).name == "z₁⁽¹⁾ = a₁⁽¹⁾"


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_keeps_it(loss, duplicate):
    assert [node.name for node in topological_order(duplicate(loss))] == [n.name for n in topological_order(loss)]


def test_a_notation_of_ones_own():
    house = Notation("House", pre_activation="s", activation="h", loss="J")
    assert half_squared_error(MLP(1, [1, 1], notation=house)([1.0]), 0.0).name == "J"


def test_two_roles_that_differ_in_notation_alone_are_the_same():
    bishop, nielsen = (Role(PRE_ACTIVATION, 1, (2,), notation=notation) for notation in (BISHOP, NIELSEN))
    assert bishop == nielsen
    assert hash(bishop) == hash(nielsen)
    assert (bishop.name, nielsen.name) == ("a₂⁽¹⁾", "z₂⁽¹⁾")
    assert bishop != Role(WEIGHT, 1, (2,))


@pytest.mark.parametrize(
    ("notation", "error", "message"),
    [
        (
            "nielson",
            ValueError,
            "unknown notation 'nielson'; it must be 'bishop' or 'nielsen', or a Notation of your own",
        ),
        (1, TypeError, "a notation must be a Notation, or 'bishop' or 'nielsen'; got 1 (int)"),
    ],
)
def test_what_is_no_notation_is_refused_wherever_it_is_asked_for(loss, notation, error, message):
    for ask in (
        lambda: MLP(2, [1], notation=notation),
        lambda: Layer(2, 1, notation=notation),
        lambda: Neuron(2, notation=notation),
        lambda: explain(loss, "w[2][1,2]", notation=notation),
        lambda: find(topological_order(loss), "w[2][1,2]", notation),
    ):
        with pytest.raises(error) as raised:
            ask()
        assert str(raised.value) == message
