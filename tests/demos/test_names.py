"""The GPT of scalars: it is what it says, compiled and node by node alike, and it learns."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from demos.names import DEMO
from demos.names.model import ALPHABET, GPT, HEADS, LONGEST, loss_of
from demos.names.training import Training, leaves, names, recorded, sample


@pytest.fixture(scope="module")
def training():
    found = Training()
    found.run(150)
    return found


def test_the_names_are_letters_once_each_and_fit_into_the_model():
    found = names()
    assert len(found) == len(set(found)) == 5163
    assert all(re.fullmatch(f"[a-z]{{2,{LONGEST - 1}}}", name) for name in found)


def test_a_sample_is_the_letters_in_and_the_letters_to_come():
    tokens, targets = sample("ann").reshape(2, 4, len(ALPHABET))
    assert "".join(ALPHABET[i] for i in tokens.argmax(axis=1)) == ".ann"
    assert "".join(ALPHABET[i] for i in targets.argmax(axis=1)) == "ann."
    assert (tokens.sum(axis=1) == 1).all()


def test_the_transformer_is_the_one_of_the_matrix_equations():
    """The same in numpy: embedding, attention, two layers, cross-entropy."""
    model = GPT(seed=3)

    def matrix(linear):
        return np.array([[w.data for w in row] for row in linear.w])

    def normal(x):
        return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-5)

    def softmax(a):
        powers = np.exp(a - a.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    T, targets = sample("ann").reshape(2, 4, len(ALPHABET))
    place = np.array([[w.data for w in row] for row in model.place])[: len(T)]
    x = normal(T @ matrix(model.letter).T + place)
    q, k, v = (normal(x) @ matrix(linear).T for linear in (model.q, model.k, model.v))
    heads = []
    for part in np.split(np.arange(q.shape[1]), HEADS):
        scores = q[:, part] @ k[:, part].T / math.sqrt(len(part))
        heads.append(softmax(np.where(np.tri(len(T)) > 0, scores, -np.inf)) @ v[:, part])
    x = x + np.hstack(heads) @ matrix(model.mixed).T
    x = x + np.maximum(normal(x) @ matrix(model.up).T, 0) @ matrix(model.down).T
    expected = -(targets * np.log(softmax(x @ matrix(model.out).T))).sum() / len(T)
    assert loss_of(model, leaves(".ann"), leaves("ann.")).data == pytest.approx(expected, rel=1e-12)


def test_the_compiled_gradient_is_that_of_the_graph(training):
    program, places = training.programs[3]
    losses, gradient = program.gradient(np.array([sample("ann")]))
    loss, _ = recorded(training.model, "ann")
    loss.zero_grad()
    loss.backward()
    assert losses[0] == pytest.approx(loss.data, rel=1e-12)
    expected = np.array([parameter.grad for parameter in training.parameters])[places]
    assert np.abs(gradient - expected).max() <= 1e-12 * np.abs(expected).max()


def test_it_learns_and_what_it_makes_up_are_words(training):
    guessing = math.log(len(ALPHABET))
    assert np.mean(training.losses[-20:]) < 0.8 * guessing
    assert training.loss_on(training.held_out) < 0.8 * guessing
    invented = list(training.invented(5))
    assert invented == list(training.invented(5))
    assert all(re.fullmatch(f"[a-z]{{0,{LONGEST - 1}}}", name) for name in invented)


def test_attention_looks_back_only_and_sums_to_one(training):
    attention = training.attention("anna")
    assert attention.shape == (HEADS, 5, 5)
    assert (attention[:, *np.triu_indices(5, 1)] == 0).all()
    assert attention.sum(axis=2) == pytest.approx(np.ones((HEADS, 5)))


def test_the_demo_tells_of_it_and_draws(capsys, tmp_path):
    assert DEMO.main(["--steps", "40", "--name", "ann", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100 + len(str(tmp_path))
    assert "4,128 parameters" in out
    assert re.search(r"∂E/∂\(logit \.\) = p₁\S* − 1 = 0\.\d+ − 1 = −0\.\d+", out)
    assert {path.name for path in tmp_path.iterdir()} == {"names-training.svg", "names-attention.svg"}


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--name", "Ann"], ["--name", "a" * LONGEST]])
def test_what_can_not_be_is_refused(wrong):
    from demos.kit.console import Refusal

    with pytest.raises(Refusal, match=f"argument {wrong[0]}"):
        DEMO.main(wrong)
