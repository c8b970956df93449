"""The peers of compiled programs: they compute what the eager engine does, and one that is missing stops nothing."""

import gzip
import sys
from argparse import Namespace
from itertools import pairwise
from pathlib import Path

import pytest

import nn
from engine import Value
from tests.benchmarks import compiled
from tests.benchmarks.harness import BenchmarkError, Missing, Worker, require_agreement

sys.path.append(str(Path(__file__).parent / "workers"))  # they import one another as programs do

import classifier_glassgrad
import classifier_numpy
import gpt
import gpt_glassgrad
import gpt_numpy
import graph_glassgrad
import graph_tape
import growth
import small
import small_glassgrad
from digits import CLASSES, PIXELS, labels, pixels, weights
from random_graph import INPUT, INPUTS, OPERATIONS, ROTATION, SOFTMAX, inputs, recipe

# ── the digits ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def mnist(tmp_path):
    """Three images as in MNIST's files: gray of shades 1, 2 and 3, which show 5, 0 and 4."""
    images = (0x803).to_bytes(4) + b"".join(n.to_bytes(4) for n in (3, 28, 28))
    images += b"".join(bytes([shade]) * PIXELS for shade in (1, 2, 3))
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    shown = (0x801).to_bytes(4) + (3).to_bytes(4) + bytes([5, 0, 4])
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(shown))
    return str(tmp_path)


def test_digits_are_read_from_idx_files(mnist):
    assert b"".join(pixels(2, mnist)) == bytes([1]) * PIXELS + bytes([2]) * PIXELS
    assert labels(3, mnist) == [5, 0, 4]
    images, targets = classifier_numpy.samples(3, mnist)
    assert images[:, 0].tolist() == images[:, -1].tolist() == [1 / 255, 2 / 255, 3 / 255]
    assert [row.nonzero()[0].tolist() for row in targets] == [[5], [0], [4]]


def test_random_digits_are_the_same_for_any_number_of_them():
    few, many = (b"".join(pixels(count)) for count in (3, 1005))
    assert (len(few), len(many)) == (3 * PIXELS, 1005 * PIXELS)
    assert many.startswith(few)
    assert labels(1005)[:3] == labels(3)
    assert {*labels(1005)} == {*range(CLASSES)}


# ── the classifier ─────────────────────────────────────────────────────────────────────────────

HIDDEN, COUNT = 4, 3


def eager(loss):
    """The mean loss and its gradient by the scalar engine, in the order of the weights."""
    model = network([PIXELS, HIDDEN, CLASSES])
    bytes_ = b"".join(pixels(COUNT))
    rows = [[b / 255 for b in bytes_[i * PIXELS : (i + 1) * PIXELS]] for i in range(COUNT)]
    each = [
        loss(model(row), [float(k == c) for k in range(CLASSES)]) for row, c in zip(rows, labels(COUNT), strict=True)
    ]
    return mean_and_gradient(model, sum(each, Value(0.0)) / COUNT)


def network(sizes, **options):
    """A model that starts from the bytes from which the workers start."""
    vector = iter(weights(sizes))
    matrices = [
        ([[next(vector) for _ in range(n)] for _ in range(m)], [next(vector) for _ in range(m)])
        for n, m in pairwise(sizes)
    ]
    return nn.MLP.from_weights(*map(list, zip(*matrices, strict=True)), **options)


def mean_and_gradient(model, mean):
    """Both by the scalar engine, in the order of the weights."""
    mean.backward()
    gradient = []
    for layer in model.layers:
        gradient += [w.grad for neuron in layer.neurons for w in neuron.w] + [neuron.b.grad for neuron in layer.neurons]
    return [mean.data, *gradient]


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_the_classifiers_agree_with_the_eager_engine(loss):
    numpy = classifier_numpy.commands(classifier_numpy.Network(HIDDEN, loss))
    sizes = numpy["sizes"](COUNT)
    numbers = {"eager": eager(getattr(nn, loss)), "numpy": numpy["numbers"](COUNT)}
    for style in ("nn", "spelled-out"):
        numbers[style] = classifier_glassgrad.commands(classifier_glassgrad.Network(HIDDEN, loss, style))["numbers"](
            COUNT
        )
    require_agreement(numbers, sizes=sizes)
    assert all(abs(number) <= size * (1 + 1e-9) for number, size in zip(numbers["eager"], sizes, strict=True))
    assert sum(map(abs, numbers["eager"])) > 1.0


def test_an_epoch_by_hand_is_an_epoch_of_fit():
    numpy, ours = (
        classifier_numpy.Network(HIDDEN, "cross_entropy"),
        classifier_glassgrad.Network(HIDDEN, "cross_entropy"),
    )
    trained = {"numpy": classifier_numpy.commands(numpy)["trained"]("8", "50")}
    trained["fit"] = classifier_glassgrad.commands(ours)["trained"]("8", "50")
    require_agreement(trained, sizes=[1.0] * len(ours.start))
    assert max(abs(now - before) for now, before in zip(trained["fit"], ours.start, strict=True)) > 1e-3


def test_slices_change_nothing(monkeypatch):
    network = classifier_numpy.Network(HIDDEN, "cross_entropy")
    numbers = classifier_numpy.commands(network)["numbers"]
    whole = numbers(50)
    monkeypatch.setattr(classifier_numpy, "SLICE", 7)
    require_agreement({"whole": whole, "in slices": numbers(50)}, sizes=classifier_numpy.commands(network)["sizes"](50))


# ── the transformer ────────────────────────────────────────────────────────────────────────────


def test_the_transformers_agree_with_the_eager_engine():
    ours, numpy = gpt_glassgrad.Transformer(), gpt_numpy.commands()
    losses = [gpt_glassgrad.recorded(ours.model, name)[0] for name in gpt.names(COUNT)]
    mean = sum(losses, Value(0.0)) / COUNT
    mean.backward()
    numbers = {"eager": [mean.data, *(parameter.grad for parameter in ours.parameters)]}
    numbers |= {"compiled": gpt_glassgrad.commands(ours)["numbers"](COUNT), "numpy": numpy["numbers"](COUNT)}
    sizes = [max(size, 1e-3) for size in numpy["sizes"](COUNT)]  # within a name, too, terms cancel
    require_agreement(numbers, sizes=sizes)
    assert sum(map(abs, numbers["eager"])) > 1.0


def test_slices_of_names_change_nothing(monkeypatch):
    commands = gpt_numpy.commands()
    whole, sizes = commands["numbers"](5), commands["sizes"](5)
    monkeypatch.setattr(gpt_numpy, "SLICE", 2)
    require_agreement({"whole": whole, "in slices": commands["numbers"](5)}, sizes=sizes)


# ── small nets ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", small.NETS)
def test_small_nets_agree_with_the_eager_engine(name):
    sizes, activation, loss, l2 = small.NETS[name]
    model = network(sizes, activation=activation)
    losses = [getattr(nn, loss)([model(x)], [target]) for x, target in small.points(name)]
    squares = sum((parameter * parameter for parameter in model.parameters()), Value(0.0))
    eager = mean_and_gradient(model, sum(losses, Value(0.0)) / len(losses) + l2 * squares)
    require_agreement({"eager": eager, "compiled": small_glassgrad.commands(small_glassgrad.Net(name))["numbers"]()})


# ── the random graph ───────────────────────────────────────────────────────────────────────────


def test_the_recipe_is_what_it_says():
    steps, outputs = recipe()
    operations = [(i, op, operands) for i, (op, operands) in enumerate(steps) if op != INPUT]
    assert (len(operations), len(steps)) == (OPERATIONS, OPERATIONS + INPUTS)
    for k, (i, op, operands) in enumerate(operations):
        assert (op, tuple(i - operand for operand in operands)) == ROTATION[k % 4]
    assert all(10 <= distance <= 30 for _, distances in ROTATION for distance in distances)
    used = {operand for _, operands in steps for operand in operands}
    assert used.union(outputs) == {*range(len(steps))}


def test_numbers_of_the_random_graph_neither_grow_nor_vanish():
    tape = graph_tape.Tape("one-loop")
    values, _ = tape.forward(tape.inputs)
    assert all(1e-4 < abs(value) < 4.0 for value in values)
    _, *gradient = tape.numbers()
    assert all(1e-7 < abs(derivative) < 4.0 for derivative in gradient)


def test_the_engines_agree_on_the_random_graph():
    numbers = {style: graph_glassgrad.ENGINES[style](400).numbers() for style in ("eager", "compiled")}
    numbers |= {style: graph_tape.Tape(style, 400).numbers() for style in ("one-loop", "written-out")}
    assert len(numbers["eager"]) == 1 + len(inputs(recipe(400)[0])) == 1 + INPUTS
    require_agreement(numbers)


def test_a_softmax_keeps_one_of_its_outputs():
    i, operands = next((i, operands) for i, (op, operands) in enumerate(recipe(400)[0]) if op == SOFTMAX)
    tape = graph_tape.Tape("one-loop", 400)
    values, _ = tape.forward(tape.inputs)
    shares = nn.MLP.from_weights([[[1.0 * (a == b) for b in range(4)] for a in range(4)]], output_activation="softmax")
    out = shares([values[operand] for operand in operands])
    out[0].backward()
    require_agreement({"tape": [values[i]], "softmax": [out[0].data]})


# ── growth ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", compiled.GRAPHS)
def test_graphs_grow_to_the_size_that_is_asked_for(kind):
    with Worker("growth", kind, "600") as worker:
        nodes, *costs = worker.ask("costs")
        costs += [worker.ask("start"), worker.ask("peak")]
    assert 480 <= nodes <= 720
    assert all(cost >= 0.0 for cost in costs)


def test_the_net_whose_first_step_is_timed_is_as_large_as_is_said():
    assert sum(nout * (nin + 1) for nin, nout in pairwise([PIXELS, *growth.LAYERS])) == 235_146


def test_fit_is_timed_for_one_step(monkeypatch):
    optimizers = []

    def sgd(*arguments, **options):
        optimizers.append(nn.SGD(*arguments, **options))
        return optimizers[-1]

    monkeypatch.setattr(growth, "LAYERS", [3, CLASSES])
    monkeypatch.setattr(growth, "SGD", sgd)
    growth.first_step()
    assert [optimizer.steps for optimizer in optimizers] == [1]


# ── the report ─────────────────────────────────────────────────────────────────────────────────


class Canned(Worker):
    """Stands for a worker that is there: it computes 0.5, in so many seconds."""

    def __init__(self, seconds, number=0.5):
        self.answers = {"numbers": [number], "time": seconds}
        self.asked = []

    def ask(self, command):
        self.asked.append(command)
        return self.answers[command]


def test_a_peer_that_is_missing_is_a_row():
    peers = {"numpy": Canned(0.001), "PyTorch": Missing("torch", "could not install torch")}
    rows = compiled.beside(
        "B = 1", Canned(0.002), peers, "numbers", "time", 3, {"numpy": 2.5}, targets={"PyTorch": 9.0}
    )
    assert rows[0].cells() == ("B = 1: numpy", "2.00 ms", "1.00 ms", "0.500×", "ours ≤ 2.5 × the peer's  met: 2.000 ×")
    assert rows[1].cells() == ("B = 1: PyTorch", "", "", "", "not measured: could not install torch")


def test_peers_that_disagree_are_not_timed():
    peer = Canned(0.001, 0.25)
    with pytest.raises(BenchmarkError, match="glassgrad and numpy disagree"):
        compiled.beside("B = 1", Canned(0.002), {"numpy": peer}, "numbers", "time", 3)
    assert peer.asked == ["numbers"]


def test_a_peer_that_can_not_be_installed_is_missing(tmp_path, monkeypatch):
    def unreachable(folder, *requirements):
        raise BenchmarkError(f"could not install {requirements[0]}")

    monkeypatch.setattr(compiled, "environment", unreachable)
    with compiled.Engines(Namespace(environments=tmp_path, threads=1)) as engines:
        assert engines.start_peer("torch==2.13.0", "graph_torch", "stacked") == Missing(
            "torch 2.13.0", "could not install torch==2.13.0"
        )


def test_a_peer_that_does_not_start_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "environment", lambda folder, *requirements: Path(sys.executable))
    with compiled.Engines(Namespace(environments=tmp_path, threads=1)) as engines:
        missing = engines.start_peer("torch==2.13.0", "graph_torch", "no such style")
    assert missing == Missing("torch 2.13.0", "graph_torch no such style stopped at 'ready'")


def test_an_unknown_section_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        compiled.main(compiled.TITLE, compiled.run, ["clasifier"], compiled.add_options)
    assert stop.value.code == 2
    assert (
        "there are classifier, training, transformer, small, spelled-out, graph, start, growth; got 'clasifier'"
        in capsys.readouterr().err
    )


def test_a_folder_without_the_digits_is_refused_before_anything_is_measured(tmp_path, capsys):
    assert compiled.main("", compiled.run, ["--data", str(tmp_path)], compiled.add_options) == 2
    assert capsys.readouterr().err == f"error: there is no train-images-idx3-ubyte.gz in {tmp_path}\n"
