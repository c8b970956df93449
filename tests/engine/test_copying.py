"""Graphs copied and pickled: the same graph, in new nodes, with all that they share."""

import builtins
import copy
import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine import Value, topological_order
from engine.naming.names import names
from engine.naming.samples import sample_numbers
from engine.value import Constant
from nn import MLP, deltas, half_squared_error


def pickled(protocol):
    return lambda x: pickle.loads(pickle.dumps(x, protocol))


WAYS = {"deepcopy": copy.deepcopy} | {f"protocol {p}": pickled(p) for p in range(2, pickle.HIGHEST_PROTOCOL + 1)}
each_way = pytest.mark.parametrize("duplicate", WAYS.values(), ids=WAYS.keys())
either_way = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled(5)], ids=["deepcopy", "pickle"])

DEEP = 10_000  # far beyond Python's own recursion


def chain(length):
    """A chain of sums, all of the one leaf: y = x + x + … + x."""
    x = Value(1.0, "x")
    y = x
    for _ in range(length):
        y = y + x
    return y


def batch_of_two():
    model = MLP.from_weights([[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]], activation="tanh")
    E = half_squared_error(model([1.0, 2.0]), 1.0) + half_squared_error(model([3.0, 4.0]), -1.0)
    return model, E


# ── the same graph ─────────────────────────────────────────────────────────────────────────────


@each_way
def test_a_copy_has_equal_slots_in_new_nodes(duplicate):
    _, E = batch_of_two()
    E.backward()
    E.label = "batch"
    old, new = topological_order(E), topological_order(duplicate(E))
    assert not set(old) & set(new)
    for slot in ("data", "grad", "label", "op", "locals", "reached", "__class__"):
        before, after = ([getattr(node, slot) for node in order] for order in (old, new))
        assert repr(after) == repr(before)  # repr, since a constant exponent may have a NaN on its edge
    place, place_of_copy = ({node: i for i, node in enumerate(order)} for order in (old, new))
    assert [[place_of_copy[x] for x in node.operands] for node in new] == [[place[x] for x in n.operands] for n in old]


@each_way
def test_a_copy_keeps_the_roles_and_the_samples_apart(duplicate):
    _, E = batch_of_two()
    E.backward()
    same = duplicate(E)
    order, order_of_copy = topological_order(E), topological_order(same)
    assert list(names(order_of_copy).values()) == list(names(order).values())
    assert list(sample_numbers(order_of_copy).values()) == list(sample_numbers(order).values())
    assert len(deltas(same)) == 2
    assert deltas(same) == deltas(E)


@each_way
def test_a_copy_goes_its_own_way(duplicate):
    x = Value(3.0)
    y = x * x
    same = duplicate(y)
    same.backward()
    assert same.operands[0].grad == 6.0
    assert x.grad == 0.0
    assert repr(x) == "Value(3, grad = —)"
    assert repr(same.operands[0]) == "Value(3, grad = 6)"


@each_way
def test_a_constant_stays_a_constant(duplicate):
    same = duplicate(2.0 * Value(3.0))
    same.backward()
    two, x = same.operands
    assert type(two) is Constant
    assert (two.grad, x.grad) == (0.0, 2.0)


@each_way
def test_an_edge_without_derivative_still_complains(duplicate):
    same = duplicate(Value(0.0) ** 0.5)
    assert same.data == 0.0
    with pytest.raises(ZeroDivisionError, match=r"the derivative of pow by x does not exist at x = 0\.0"):
        same.backward()


def test_a_shallow_copy_is_a_new_node_over_the_same_operands():
    x = Value(3.0, "x")
    y = x * x
    same = copy.copy(y)
    assert same is not y
    assert (same.data, same.op, same.operands, same.locals) == (9.0, y.op, (x, x), (3.0, 3.0))


# ── sharing ────────────────────────────────────────────────────────────────────────────────────


@each_way
def test_both_edges_to_one_operand_lead_to_one_copy(duplicate):
    x = Value(3.0)
    left, right = duplicate(x * x).operands
    assert left is right


@each_way
def test_a_model_and_its_loss_stay_together(duplicate):
    model, E = batch_of_two()
    same_model, same_loss = duplicate((model, E))
    same_loss.backward()
    E.backward()
    gradients = [parameter.grad for parameter in same_model.parameters()]
    assert all(gradients)
    assert gradients == [parameter.grad for parameter in model.parameters()]


@each_way
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)], ids=str)
def test_a_leaf_a_node_and_a_root_stay_together_in_any_order(duplicate, order):
    x = Value(3.0)
    y = x * x
    parts = [x, y, y + x]
    same = dict(zip(order, duplicate([parts[i] for i in order]), strict=True))
    assert same[2].operands == (same[1], same[0])
    assert same[1].operands == (same[0], same[0])


@each_way
def test_two_losses_share_their_leaves(duplicate):
    x = Value(3.0)
    one, two = duplicate([2.0 * x, 5.0 * x])
    one.backward()
    two.backward()
    assert one.operands[1] is two.operands[1]
    assert one.operands[1].grad == 7.0


@each_way
def test_what_is_copied_separately_shares_nothing(duplicate):
    y = 2.0 * Value(3.0)
    one, two = duplicate(y), duplicate(y)
    one.backward()
    assert two.operands[1].grad == 0.0


# ── no code ────────────────────────────────────────────────────────────────────────────────────


class Witness(pickle.Unpickler):
    """Notes everything that a pickle asks Python to look up."""

    def __init__(self, data):
        super().__init__(io.BytesIO(data))
        self.found = {}

    def find_class(self, module, name):
        self.found[module, name] = super().find_class(module, name)
        return self.found[module, name]


def test_a_pickle_refers_to_the_engine_alone():
    _, E = batch_of_two()
    witness = Witness(pickle.dumps([E, Value(0.0) ** 0.5]))
    witness.load()
    assert ("engine.rules", "rule") in witness.found  # a rule by its name: no lambda, no bytecode
    for (module, _), thing in witness.found.items():
        assert module.startswith("engine.") or (module == "builtins" and isinstance(thing, type))
    assert builtins.type not in witness.found.values()


def test_a_pickle_is_a_few_dozen_bytes_a_node():
    assert len(pickle.dumps(chain(1000))) < 100 * 1000


# ── deep graphs ────────────────────────────────────────────────────────────────────────────────


@either_way
@pytest.mark.parametrize("length", [50_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_deep_graph_is_copied(duplicate, length):
    same = duplicate(chain(length))
    same.backward()
    order = topological_order(same)
    assert (len(order), same.data, order[0].grad) == (length + 1, length + 1.0, length + 1.0)


@either_way
def test_two_threads_copy_the_same_deep_graph(duplicate):
    graph, together = chain(DEEP), Barrier(2, timeout=10)

    def work():
        together.wait()
        return duplicate(graph)

    with ThreadPoolExecutor(2) as pool:
        one, two = (future.result() for future in [pool.submit(work) for _ in range(2)])
    assert len(topological_order(one)) == len(topological_order(two)) == DEEP + 1
    assert not set(topological_order(one)) & set(topological_order(two))


# ── a copy that fails leaves nothing behind ────────────────────────────────────────────────────


class FullDisk(io.RawIOBase):
    """Room for half of the graph."""

    room = 200_000

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return len(data)


def test_a_graph_is_pickled_again_after_the_disk_was_full():
    graph = chain(DEEP)
    with pytest.raises(OSError, match="No space left"):
        pickle.dump(graph, FullDisk())
    most = graph.operands[0]
    assert len(topological_order(pickled(5)(most))) == DEEP
    assert len(topological_order(pickled(5)(graph))) == DEEP + 1


class Stubborn:
    def __reduce__(self):
        raise TypeError("not me")


@either_way
def test_a_graph_is_copied_again_after_what_stood_beside_it_failed(duplicate):
    graph = chain(DEEP)
    with pytest.raises(TypeError, match="not me"):
        duplicate([graph, Stubborn()])
    assert len(topological_order(duplicate(graph))) == DEEP + 1


@either_way
def test_a_graph_is_copied_again_after_one_of_its_labels_failed(duplicate):
    graph = chain(DEEP)
    middle = topological_order(graph)[DEEP // 2]
    middle.label = Stubborn()
    with pytest.raises(TypeError, match="not me") as kept:  # with the frames of the copy that failed, as debuggers do
        duplicate(graph)
    middle.label = ""
    assert len(topological_order(duplicate(graph))) == DEEP + 1
    del kept
