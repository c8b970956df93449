"""micrograd's demo: its points as scikit-learn gives them, its losses as its author's notebook printed them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from demos import moons
from demos.kit.checks import Outcome

# Typed off the notebook: step, loss, accuracy in %.
PRINTED = [
    (0, 0.8958441028683222, 50),
    (1, 1.7235905336972022, 81),
    (2, 0.7429006313851131, 77),
    (3, 0.7705641260584198, 82),
    (4, 0.3692793385976538, 84),
    (10, 0.24507023853658053, 91),
    (22, 0.11733695088756485, 97),
    (40, 0.06016009895234464, 100),
    (50, 0.09875114765619622, 96),
    (69, 0.0338911994616017, 99),
    (99, 0.010978370135492717, 100),
]


def test_the_points_are_those_of_scikit_learn():
    # printed by scikit-learn 1.9.1: make_moons(n_samples=100, noise=0.1) after np.random.seed(1337)
    X, y = moons.moons()
    assert X[[0, 1, 2, 50, 99]] == pytest.approx(
        np.array(
            [
                [1.1221146075409685, 0.08147717341718697],
                [-0.8188294130836691, 0.058790063907949996],
                [1.613709660987544, -0.12464590012238597],
                [-0.9416269141193683, 0.16801857627931402],
                [0.12108297264758441, 1.0655522522437006],
            ]
        ),
        rel=1e-14,
    )
    assert "".join("1" if yi > 0 else "0" for yi in y) == (
        "0010111110100100110001111001010000101110000001101001011001000000010111100111011110100011001111110110"
    )


def test_numpys_global_generator_is_left_alone():
    np.random.seed(1)
    moons.moons()
    after = np.random.random()
    np.random.seed(1)
    assert np.random.random() == after


def test_the_file_holds_what_the_notebook_printed():
    losses, accuracies = moons.published()
    assert len(losses) == len(accuracies) == 100
    assert [(k, losses[k], accuracies[k]) for k, *_ in PRINTED] == PRINTED


@pytest.mark.parametrize("train", [moons.eager, moons.compiled], ids=lambda train: train.__name__)
def test_every_loss_has_the_published_digits(train):
    losses = train().losses
    assert [losses[k] for k, *_ in PRINTED] == pytest.approx([loss for _, loss, _ in PRINTED], rel=5e-13, abs=0)
    assert losses == pytest.approx(moons.published()[0], rel=5e-13, abs=0)


def test_in_the_end_every_point_is_on_its_side():
    X, y = moons.moons()
    for run in (moons.eager(), moons.compiled()):
        assert np.array_equal(np.sign(run.model.predict(X)), y)


def test_every_row_holds():
    assert [(check.quantity, check.exact, str(check.outcome)) for check in moons.DEMO.checks()] == [
        ("parameters", "337", "agrees"),
        ("losses, to 12 significant digits", "100 of 100 steps", "holds"),
        ("accuracies", "100 of 100 steps", "holds"),
        ("losses, to 12 significant digits", "100 of 100 steps", "holds"),
    ]


@pytest.mark.parametrize(("off", "steps"), [(4e-13, 100), (6e-13, 30), (-6e-13, 30)])
def test_it_says_up_to_which_step_the_losses_agree(monkeypatch, off, steps):
    losses, accuracies = (numbers.copy() for numbers in moons.published())
    losses[[30, 60]] = moons.eager().losses[[30, 60]] / (1 + np.array([off, off / 1.01]))
    monkeypatch.setattr(moons, "published", lambda: (losses, accuracies))
    check = moons.agreement(moons.eager())
    assert check.exact == f"{steps} of 100 steps"
    assert (check.outcome is Outcome.HOLDS) == (steps == 100)
    furthest = f"{abs(off) * 1e13:.1f}×10⁻¹³"
    assert moons.furthest(moons.eager()) == f"Furthest apart is step 30, by {furthest} of the loss."


def test_an_accuracy_that_is_another_is_not_explained(monkeypatch, tmp_path, capsys):
    losses, accuracies = (numbers.copy() for numbers in moons.published())
    accuracies[7] = 90.0
    monkeypatch.setattr(moons, "published", lambda: (losses, accuracies))
    assert replace(moons.DEMO, pictures=lambda: ()).main(["--out", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert re.search(r"accuracies +99 of 100 steps +UNEXPLAINED", out)
    assert re.search(r"compiling included: \d+\s+times as fast", out)
