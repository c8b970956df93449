"""The digit classifier, beside the source's equations in plain numpy, on a few iterations of the subset."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from demos import digits
from demos.digits import DEMO, report
from demos.digits import training as digits_training
from demos.digits.training import Answers, trained
from demos.kit import console
from demos.kit.checks import Outcome
from demos.kit.console import Refusal
from demos.kit.report import summary
from demos.mnist.reading import SUBSET, Digits, load
from engine.support.numerals import number as format_number
from nn import MLP, History

FEW = 12
UNDRAWN = replace(DEMO, pictures=lambda **_: ())
PICTURES = ["confusion", "delta", "mistakes", "network", "training", "weights"]


@pytest.fixture(scope="module")
def training():
    return trained(SUBSET, FEW)


class Numpy:
    """The source's network and its updates, for columns of images; the weights begin where ours do."""

    def __init__(self):
        layers = MLP(784, [10, 10], init="xavier", seed=digits_training.SEED).layers
        self.W = [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in layers]
        self.b = [np.zeros((10, 1)), np.zeros((10, 1))]

    def forward(self, images):
        self.A0 = images.reshape(len(images), 784).T / 255
        self.Z1 = self.W[0] @ self.A0 + self.b[0]
        self.A1 = np.where(self.Z1 > 0, self.Z1, 0)
        powers = np.exp(self.W[1] @ self.A1 + self.b[1])
        return powers / powers.sum(axis=0)

    def step(self, images, labels):
        """One iteration; gives C before it."""
        N, Y = len(labels), np.eye(10)[labels].T
        A2 = self.forward(images)
        D2 = A2 - Y
        D1 = np.where(self.Z1 > 0, self.W[1].T @ D2, 0)
        for l, (D, A) in enumerate([(D1, self.A0), (D2, self.A1)]):
            self.W[l] -= 0.1 / N * D @ A.T
            self.b[l] -= 0.1 / N * D.sum(axis=1, keepdims=True)
        return -np.sum(Y * np.log(A2)) / N


@pytest.fixture(scope="module")
def reference():
    """The network after a few iterations, with C before each."""
    found, train = Numpy(), load().train
    found.losses = [found.step(train.images, train.labels) for _ in range(FEW)]
    return found


# ── training ───────────────────────────────────────────────────────────────────────────────────


def test_training_is_that_of_the_sources_matrix_equations(training, reference):
    assert training.losses == pytest.approx(reference.losses, rel=1e-12, abs=0)
    assert training.weights().reshape(10, 784) == pytest.approx(reference.W[0], rel=1e-9, abs=1e-12)


def test_it_is_measured_on_the_way(training, reference):
    assert [mark for mark, *_ in training.measured] == [0, 1, 10, FEW]
    assert [loss for _, loss, *_ in training.measured[:3]] == pytest.approx(
        [training.losses[mark] for mark in (0, 1, 10)], rel=1e-12
    )
    data = load()
    right = [
        float(np.mean(reference.forward(part.images).argmax(axis=0) == part.labels)) for part in (data.train, data.test)
    ]
    assert training.measured[-1][2:] == pytest.approx(tuple(right))
    assert training.on_test.accuracy == right[1]


@pytest.mark.slow
def test_a_thousand_iterations_come_to_around_90_percent():
    training = trained(SUBSET, 1000)
    assert training.on_test.accuracy == pytest.approx(0.896, abs=0.005)
    assert training.losses[-1] < 0.3
    assert [check.exact for check in DEMO.checks() if check.quantity.startswith("around 90%")] == [
        "90 % of the test set"
    ]


# ── what is said about it ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def answers():
    """Five images: two right, and a 1 that is rather, a 2 that is very surely, a 3 that is hardly taken for a 7."""
    logits = np.zeros((5, 10))
    logits[[0, 1], [4, 9]] = 3.0
    logits[[2, 3, 4], 7] = 2.0, 50.0, 0.1
    return Answers(Digits(np.zeros((5, 28, 28), np.uint8), np.array([4, 9, 1, 2, 3], np.uint8)), logits)


def test_answers_count_what_is_taken_for_what(answers):
    assert answers.accuracy == 0.4
    pairs = {(int(i), int(j)) for i, j in zip(*np.nonzero(answers.confusion), strict=True)}
    assert pairs == {(4, 4), (9, 9), (1, 7), (2, 7), (3, 7)}
    assert answers.mistakes(10) == [3, 2, 4]
    assert answers.mistakes(1) == [3]


def test_probabilities_and_losses_are_those_of_softmax_and_cross_entropy(answers):
    assert answers.probabilities[0, [4, 0]] == pytest.approx([np.e**3 / (np.e**3 + 9), 1 / (np.e**3 + 9)])
    assert answers.losses[[0, 3]] == pytest.approx([-np.log(np.e**3 / (np.e**3 + 9)), 50], rel=1e-12)
    huge = Answers(answers.digits, answers.logits * 100)
    assert huge.losses[3] == pytest.approx(5000)


@pytest.mark.parametrize(
    ("iterations", "accuracy", "outcome"),
    [(1000, 0.853, Outcome.HOLDS), (1000, 0.92, Outcome.HOLDS), (1000, 0.84, Outcome.UNEXPLAINED), (999, 0.5, None)],
)
def test_the_sources_around_90_percent_is_said_of_a_thousand_iterations(training, iterations, accuracy, outcome):
    section = report.descent(replace(training, measured=[(0, 2.3, 0.1, 0.1), (iterations, 0.3, 0.9, accuracy)]))
    assert [check.outcome for check in section.checks] == ([outcome] if outcome else [])


def test_delta_of_the_last_layer_is_a_minus_y_at_its_true_size(training):
    held = {check.quantity: check for check in report.one_pass(training).checks}
    updates = ["W⁽¹⁾ after an update", "W⁽²⁾ after an update"]
    assert list(held) == ["C", "δ⁽²⁾", "∂C/∂W⁽¹⁾", "∂C/∂W⁽²⁾", *updates]
    assert {check.outcome for check in held.values()} == {Outcome.HOLDS}
    assert (held["δ⁽²⁾"].formula, held["δ⁽²⁾"].printed) == ("a⁽²⁾ − y", "12 × 10 numbers")


def test_delta_of_one_image_stands_in_the_tables(training, reference):
    i = digits_training.hardest(training)
    test = training.data.test
    output = reference.forward(test.images[[i]])[:, 0]
    delta = output - np.eye(10)[test.labels[i]]
    assert i == np.argmax(
        [-np.log(p[label]) for p, label in zip(reference.forward(test.images).T, test.labels, strict=True)]
    )
    lines = "\n".join(report.one_image(training).lines()).replace("−", "-")
    for digit, number in enumerate(delta):
        assert re.search(rf"^ +{digit} .* {format_number(number)}$".replace("−", "-"), lines, re.M)


# ── the command ────────────────────────────────────────────────────────────────────────────────


def run(capsys, *arguments, demo=DEMO):
    code = console.run(demo.main, [str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_it_shows_its_checks_in_lines_that_fit_draws_and_ends_with_the_accuracy(capsys, tmp_path, training):
    code, out, _ = run(capsys, "--iterations", FEW, "--out", tmp_path, "--format", "png")
    assert code == 0
    assert max(map(len, out.split("\nWrote ")[0].splitlines())) <= 100
    said = summary([check for section in report.sections(training) for check in section.checks])
    assert out.endswith(f"\n{said}\ntest accuracy: {100 * training.on_test.accuracy:.1f} %\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"digits-{name}.png" for name in PICTURES]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


def test_a_gradient_that_is_another_is_not_explained(capsys, tmp_path, monkeypatch):
    right = report.compiled_gradient
    monkeypatch.setattr(report, "compiled_gradient", lambda *given: [dW * (1 + 1e-9) for dW in right(*given)])
    code, out, _ = run(capsys, "--iterations", FEW, "--out", tmp_path, demo=UNDRAWN)
    assert code == 1
    assert "2 NOT EXPLAINED" in out


@pytest.fixture
def small(tmp_path):
    """A folder of a hundred images."""
    from demos.mnist.idx import idx_bytes
    from demos.mnist.reading import FILES

    folder, data = tmp_path / "small", load()
    folder.mkdir()
    arrays = [array[:100] for part in (data.train, data.test) for array in (part.images, part.labels)]
    for name, array in zip(FILES, arrays, strict=True):
        (folder / name).write_bytes(idx_bytes(array))
    return folder


def test_it_trains_on_the_set_in_a_folder(capsys, tmp_path, small):
    code, out, _ = run(capsys, "--data", small, "--iterations", 2, "--out", tmp_path, demo=UNDRAWN)
    assert code == 0
    assert "100 images to train with and 100 to test with" in re.sub(r"\s+", " ", out)


@pytest.mark.parametrize("named", [True, False])
def test_download_fetches_into_the_folder_and_trains_on_it(capsys, tmp_path, monkeypatch, small, named):
    fetched = []

    def fetch(folder):
        fetched.append(folder)
        shutil.copytree(small, folder)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(digits, "fetch", fetch)
    where = ["--data", "here"] if named else []
    assert run(capsys, "--download", *where, "--iterations", 1, demo=UNDRAWN)[0] == 0
    assert [str(folder) for folder in fetched] == ["here" if named else "mnist"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nothing"], "nothing does not exist; expected a directory with MNIST's four files"),
        (
            ["--data", "broken"],
            "broken/train-images-idx3-ubyte is cut off: it holds 10 bytes, and its header alone has 16",
        ),
        (["--iterations", "0"], "argument --iterations: invalid positive value: '0'"),
        (["--out", "file"], "can't write to file: it is not a directory"),
    ],
)
def test_a_refusal_is_one_line_before_any_training(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken").mkdir()
    shutil.copytree(SUBSET, tmp_path / "broken", dirs_exist_ok=True)
    (tmp_path / "broken" / "train-images-idx3-ubyte").write_bytes(bytes(10))
    (tmp_path / "file").write_bytes(b"mine")
    monkeypatch.setattr(digits_training, "fit", lambda *_, **__: pytest.fail("it must not come to this"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refusal) as caught:
        DEMO.main(arguments)
    assert str(caught.value) == message
    assert sorted(tmp_path.rglob("*")) == before


def test_ctrl_c_while_it_trains_ends_it_with_no_file_written(tmp_path, monkeypatch, small):
    monkeypatch.setattr(digits_training, "fit", lambda *_, **__: History(interrupted=True))
    with pytest.raises(KeyboardInterrupt):
        DEMO.main(["--data", str(small), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
