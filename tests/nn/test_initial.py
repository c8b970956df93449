"""The weights that a network starts with: how they scatter, and what a seed holds still."""

import random
from itertools import pairwise
from statistics import fmean, pvariance

import numpy as np
import pytest

from nn import MLP, Layer, Neuron
from tests.refusals import refusal

KINDS = {"Neuron": lambda **options: Neuron(3, **options), "Layer": lambda **options: Layer(3, 4, **options)}
KINDS["MLP"] = lambda **options: MLP(3, [4, 2], **options)
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
every_init = pytest.mark.parametrize("init", ["uniform", "xavier", "he"])


def weights(module):
    return [p.data for path, p in module.named_parameters() if not path.endswith("b")]


def biases(module):
    return [p.data for path, p in module.named_parameters() if path.endswith("b")]


# ── how they scatter ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("init", "limit", "variance"),  # of a layer of 80 neurons with 120 inputs
    [
        ("uniform", 1.0, 1 / 3),
        ("xavier", (6 / 200) ** 0.5, 2 / 200),  # Glorot and Bengio 2010: equations 16 and 12
        ("he", None, 2 / 120),  # He et al. 2015: below equation 10
    ],
)
def test_weights_scatter_as_in_the_papers(init, limit, variance):
    drawn = weights(Layer(120, 80, init=init, seed=1))
    assert fmean(drawn) == pytest.approx(0.0, abs=3 * (variance / len(drawn)) ** 0.5)
    assert pvariance(drawn) == pytest.approx(variance, rel=0.05)
    if limit is None:  # 4.6% of a normal distribution lie beyond two standard deviations
        assert fmean(abs(w) > 2 * variance**0.5 for w in drawn) == pytest.approx(0.0455, abs=0.007)
    else:
        assert 0.99 * limit < max(map(abs, drawn)) <= limit


def test_each_layer_counts_its_own_inputs_and_neurons():
    sizes = [3, 4, 2, 1]
    seen = []
    MLP(sizes[0], sizes[1:], init=lambda nin, nout, generator: seen.append((nin, nout)) or 0.0)
    assert seen == [pair for pair in pairwise(sizes) for _ in range(pair[0] * pair[1])]


def test_a_neuron_alone_is_a_layer_of_one():
    seen = []
    Neuron(3, init=lambda nin, nout, generator: seen.append((nin, nout)) or 0.0)
    assert seen == [(3, 1)] * 3


def test_a_function_may_draw_the_weights():
    model = MLP(2, [2, 1], init=lambda nin, nout, generator: generator.uniform(5, 6) + nout, seed=3)
    assert [int(w) for w in weights(model)] == [7, 7, 7, 7, 6, 6]


@every_init
@every_kind
def test_biases_start_at_zero(make, init):
    assert set(biases(make(init=init))) == {0.0}


# ── seeds ──────────────────────────────────────────────────────────────────────────────────────


@every_init
@every_kind
def test_a_seed_makes_the_same_network_every_time_and_another_another(make, init):
    assert weights(make(init=init, seed=7)) == weights(make(init=init, seed=7))
    assert not set(weights(make(init=init, seed=7))) & set(weights(make(init=init, seed=8)))


@every_init
@every_kind
def test_a_seed_leaves_pythons_generator_alone(make, init):
    state = random.getstate()
    make(init=init, seed=7)
    assert random.getstate() == state


@every_init
def test_without_a_seed_pythons_generator_decides(init):
    random.seed(7)
    model = MLP(3, [4, 2], init=init)
    assert weights(model) == weights(MLP(3, [4, 2], init=init, seed=7))


def test_uniform_is_what_micrograd_draws():
    model = MLP(2, [16, 16, 1], seed=1337)
    assert weights(model)[:2] == [0.23550571390294128, 0.06653114721000164]  # printed by micrograd 0.1.0


def test_no_two_weights_of_a_network_are_alike():
    drawn = weights(MLP(5, [6, 7, 1], seed=0))
    assert len(set(drawn)) == len(drawn) == 5 * 6 + 6 * 7 + 7


def test_networks_may_share_a_generator():
    generator = random.Random(7)
    first, second = MLP(3, [2], seed=generator), MLP(3, [2], seed=generator)
    generator = random.Random(7)
    assert weights(first) + weights(second) == [generator.uniform(-1, 1) for _ in range(12)]


@pytest.mark.parametrize("seed", [np.int64(7), np.uint8(7)], ids=repr)
def test_a_seed_may_be_numpys(seed):
    assert weights(Neuron(3, seed=seed)) == weights(Neuron(3, seed=7))


@pytest.mark.parametrize("seed", [1.5, "7", [7], np.random.default_rng(7)], ids=lambda seed: type(seed).__name__)
@every_kind
def test_other_seeds_are_refused(make, seed):
    assert refusal(TypeError, lambda: make(seed=seed)) == (
        "a seed must be a whole number, a random.Random, or None for Python's global generator; "
        f"got {seed!r} ({type(seed).__name__})"
    )


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ("xavir", "unknown init 'xavir'; did you mean 'xavier'? There are: he, uniform, xavier"),
        ("He", "unknown init 'He'; did you mean 'he'? There are: he, uniform, xavier"),
        ("orthogonal", "unknown init 'orthogonal'. There are: he, uniform, xavier"),
        (None, "unknown init None. There are: he, uniform, xavier"),
    ],
)
@every_kind
def test_an_unknown_init_is_refused_with_the_nearest_name(make, init, message):
    assert refusal(ValueError, lambda: make(init=init)) == message
