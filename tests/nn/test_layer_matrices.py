"""What is shown of the matrices of layers: sentences, lines and tables; the numbers are those of test_by_layer.py."""

import numpy as np
import pytest

from engine import Value
from nn import MLP, deltas, half_squared_error, matrices
from tests.primer import W1, W2
from tests.refusals import refusal
from tests.tables import read_tables


@pytest.fixture
def primer():
    E = half_squared_error(MLP.from_weights([W1, W2], activation="tanh")([1.0, 2.0]), [1.0, 1.15])
    E.backward()
    return matrices(E)


@pytest.fixture
def wide():
    """One layer of 8 neurons and 20 inputs, with W = 1, 2, … and b = 0.5, on 3 samples of zeros."""
    weights = np.arange(1.0, 161.0).reshape(8, 20)
    model = MLP.from_weights([weights.tolist()], [[0.5] * 8])
    E = sum(half_squared_error(model([0.0] * 20), [0.0] * 8) for _ in range(3))
    E.backward()
    return matrices(E)


def test_at_a_prompt_they_tell_their_sizes(primer, wide):
    assert repr(primer).splitlines() == [
        "Matrices of 2 layers; print(…) shows the numbers",
        "layer  neurons  inputs  samples  biases",
        "    1        3       2        1      no",
        "    2        2       3        1      no",
    ]
    assert repr(primer[0]) == "LayerMatrices of 3 neurons, 2 inputs, 1 sample, no biases"
    assert repr(wide[0]) == "LayerMatrices of 8 neurons, 20 inputs, 3 samples"


def test_printed_they_show_their_numbers(primer):
    assert str(primer[1]).splitlines() == [
        "W, 2 × 3",
        "     1    2    3",
        "1  0.1  0.2  0.3",
        "2  0.4  0.5  0.6",
        "x, 1 × 3",
        "        1       2       3",
        "1  0.4621  0.8005  0.9354",
        "a, 1 × 2",
        "        1      2",
        "1  0.4869  1.146",
        "z, 1 × 2",
        "        1      2",
        "1  0.4869  1.146",
        "delta = ∂E/∂a, 1 × 2",
        "         1          2",
        "1  −0.5131  −0.003658",
        "dW = ∂E/∂W, 2 × 3",
        "           1          2          3",
        "1    −0.2371    −0.4107    −0.4799",
        "2  −0.001691  −0.002928  −0.003422",
    ]
    first, second = primer
    assert str(primer) == (
        f"layer 1: 3 neurons, 2 inputs, 1 sample, no biases\n{first}\n\n"
        f"layer 2: 2 neurons, 3 inputs, 1 sample, no biases\n{second}"
    )


def test_a_notebook_shows_each_matrix_as_a_table(primer):
    html = primer._repr_html_()
    assert "<p>layer 2: 2 neurons, 3 inputs, 1 sample, no biases</p>" in html.splitlines()
    tables = dict(read_tables(html)[6:])
    assert list(tables) == ["W, 2 × 3", "x, 1 × 3", "a, 1 × 2", "z, 1 × 2", "delta = ∂E/∂a, 1 × 2", "dW = ∂E/∂W, 2 × 3"]
    assert tables["W, 2 × 3"] == [["", "1", "2", "3"], ["1", "0.1", "0.2", "0.3"], ["2", "0.4", "0.5", "0.6"]]
    assert read_tables(primer[1]._repr_html_()) == read_tables(html)[6:]
    assert primer[1]._repr_html_().startswith("<p>LayerMatrices of 2 neurons, 3 inputs, 1 sample, no biases</p>\n<div")


def test_a_large_matrix_shows_its_corners(wide):
    tables = dict(read_tables(wide._repr_html_()))
    assert tables["W, 8 × 20"] == [
        ["", "1", "2", "3", "…", "18", "19", "20"],
        ["1", "1", "2", "3", "…", "18", "19", "20"],
        ["2", "21", "22", "23", "…", "38", "39", "40"],
        ["3", "41", "42", "43", "…", "58", "59", "60"],
        ["…", "…", "…", "…", "…", "…", "…", "…"],
        ["6", "101", "102", "103", "…", "118", "119", "120"],
        ["7", "121", "122", "123", "…", "138", "139", "140"],
        ["8", "141", "142", "143", "…", "158", "159", "160"],
    ]
    assert tables["b, 8"] == [
        ["", "1", "2", "3", "…", "6", "7", "8"],
        ["", "0.5", "0.5", "0.5", "…", "0.5", "0.5", "0.5"],
    ]


def test_of_many_layers_the_first_and_the_last_ones_are_shown():
    E = half_squared_error(MLP(1, [1] * 50, "tanh")([1.0]), 0.0)
    E.backward()
    found = matrices(E)
    assert len(found) == 50
    assert [line.split()[0] for line in repr(found).splitlines()[2:]] == ["1", "2", "3", "…", "48", "49", "50"]
    shown = [line.split(":")[0] for line in found._repr_html_().splitlines() if line.startswith("<p>")]
    assert shown == [f"<p>layer {i}" for i in (1, 2, 3)] + ["<p>…</p>"] + [f"<p>layer {i}" for i in (48, 49, 50)]
    assert str(found).split("\n\n")[3] == "…"


# ── what is no loss ────────────────────────────────────────────────────────────────────────────

REMEDY = "Compute the loss of a sample, call loss.backward(), and then {0}(loss)"


@pytest.mark.parametrize("asked", [deltas, matrices], ids=lambda asked: asked.__name__)
@pytest.mark.parametrize(
    ("given", "got"),
    [
        (MLP(784, [100, 10]), "a model (MLP)"),
        ([Value(1.0, "y"), Value(2.0, "z")], "[Value(y = 1, grad = —), Value(z = 2, grad = —)]"),
        (0.5, "0.5"),
        (None, "None"),
    ],
    ids=["a model", "its outputs", "a number", "nothing"],
)
def test_what_is_no_loss_is_told_what_is_expected(asked, given, got):
    name = asked.__name__
    assert refusal(TypeError, asked, given) == (
        f"{name} takes a loss, which is a Value; got {got}. {REMEDY.format(name)}"
    )
