"""Mirror symmetry: against a training in plain numpy, the definition of the task, and the weights themselves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from demos.kit.checks import Outcome, Place
from demos.symmetry import equations, nets, sections, weights
from demos.symmetry.nets import OTHER, REPORTED, SEEDS, SWEEPS, Net, trained

OF_THE_REPORTED_RATIO = [1, 5, 6, 8, 9, 10, 13, 16, 17, 18, 19]
OF_THE_OTHER = [7, 12, 14]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def parameters_of(model):
    """W and b of the hidden units and of the output."""
    return [
        array
        for layer in model.layers
        for array in (
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons]),
            np.array([neuron.b.data for neuron in layer.neurons]),
        )
    ]


def answers(model):
    W1, b1, W2, b2 = parameters_of(model)
    patterns = np.array(list(product((0, 1), repeat=6)))
    return sigmoid(sigmoid(patterns @ W1.T + b1) @ W2.T + b2)[:, 0]


def errors_by_numpy(seed, sweeps):
    """E before each sweep, by the paper's equations on arrays."""
    W1, b1, W2, b2 = parameters = parameters_of(nets.network(seed))
    changes = [np.zeros_like(p) for p in parameters]
    x = np.array(list(product((0.0, 1.0), repeat=6)))
    d = np.array([[float(list(p) == list(p[::-1]))] for p in x])
    found = []
    for _ in range(sweeps):
        h = sigmoid(x @ W1.T + b1)
        y = sigmoid(h @ W2.T + b2)
        found.append(0.5 * np.sum((y - d) ** 2))
        by_y = (y - d) * y * (1 - y)
        by_h = by_y @ W2 * h * (1 - h)
        gradients = by_h.T @ x, by_h.sum(0), by_y.T @ h, by_y.sum(0)
        for parameter, change, gradient in zip(parameters, changes, gradients, strict=True):
            change *= 0.9
            change -= 0.1 * gradient
            parameter += change
    return found


def test_the_symmetric_patterns_are_the_eight_that_read_the_same_backwards():
    symmetric = {"".join(str(int(x)) for x in p) for p, t in zip(nets.PATTERNS, nets.TARGETS, strict=True) if t}
    assert symmetric == {"000000", "001100", "010010", "011110", "100001", "101101", "110011", "111111"}
    assert len(nets.PATTERNS) == 64


@pytest.mark.parametrize("seed", [0, 8])
def test_training_goes_as_by_the_papers_update_in_numpy(seed):
    errors = trained()[seed].errors
    assert len(errors) == SWEEPS + 1
    assert errors[:450] == pytest.approx(errors_by_numpy(seed, 450), rel=1e-9)


def test_initial_weights_and_biases_are_drawn_alike_and_by_seed():
    drawn = [p.data for seed in SEEDS for p in nets.network(seed).parameters()]
    assert len(set(drawn)) == 17 * len(SEEDS)
    assert -0.3 <= min(drawn) < -0.29 < 0.29 < max(drawn) <= 0.3
    assert [p.data for p in nets.network(3).parameters()] == drawn[3 * 17 : 4 * 17]


def test_a_net_has_learned_when_its_outputs_are_on_the_right_side_for_all_64_patterns():
    symmetric = nets.TARGETS[:, 0] == 1
    for net in trained():
        right = bool(((answers(net.model) > 0.5) == symmetric).all())
        assert right == (net.learned is not None)
        assert net.learned is None or (net.errors[net.learned] < 64 / 8 and net.errors[-1] < 0.01)
    waiting = [net for net in trained() if net.learned is None]
    assert all(net.errors[-1] == pytest.approx(4, abs=0.01) for net in waiting)


@pytest.mark.parametrize(
    ("seed", "expected"),
    [*((seed, REPORTED) for seed in OF_THE_REPORTED_RATIO), *((seed, OTHER) for seed in OF_THE_OTHER)],
)
def test_weights_about_the_midpoint_are_equal_and_opposite_and_in_one_of_two_ratios(seed, expected):
    hidden = parameters_of(trained()[seed].model)[0]
    for unit in hidden:
        left, right = unit[:3], unit[:2:-1]
        assert left == pytest.approx(-right, rel=0.01)
        assert sorted(4 * np.abs(left) / np.abs(left).max()) == pytest.approx(expected, abs=0.08)
    assert hidden[0] == pytest.approx(-hidden[1], rel=0.1)


def test_at_least_three_seeds_come_to_the_reported_ratio_and_the_demo_says_how_many():
    assert [net.seed for net in nets.with_pattern(REPORTED)] == OF_THE_REPORTED_RATIO
    assert [net.seed for net in nets.with_pattern(OTHER)] == OF_THE_OTHER
    assert sum(net.learned is not None for net in trained()) == 14
    shown = "\n".join(line for section in sections() for line in section.lines())
    assert "9 of 20 nets; 14 by 4000" in shown
    assert "In 11 of the 20 nets." in shown
    assert [f"Seed {seed}" in shown for seed in (1, 5, 6, 8)] == [True, True, True, False]


@pytest.mark.parametrize("largest", [3, 4, 5])
def test_eight_sums_differ_where_no_side_but_the_mirror_image_balances(largest):
    """Two patterns with equal sums would differ by a −1, 0 or 1 for each weight."""
    differences = [d for d in product((-1, 0, 1), repeat=3) if any(d)]
    expected = [
        (a, b, c)
        for a, b, c in product(range(1, largest + 1), repeat=3)
        if a < b < c and all(i * a + j * b + k * c for i, j, k in differences)
    ]
    assert weights.tell_apart(largest) == expected


def test_every_equation_of_the_paper_has_its_row():
    found = equations.equations().checks
    assert [check.where[-2] for check in found] == list("121234567569")
    assert {check.outcome for check in found} == {Outcome.HOLDS}


def test_a_net_that_has_learned_nothing_bears_nothing_out():
    untrained = Net(1, nets.network(1), np.array([8.0]), None)
    claims = weights.claims(Place("", ""), untrained)
    assert [claim.outcome for claim in claims[:3]] == [Outcome.UNEXPLAINED] * 3
    assert claims[-1].outcome is Outcome.UNEXPLAINED
