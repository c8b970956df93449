"""micrograd's demo: two moons told apart, with its hundred published losses; then the same, compiled.

After `demo.ipynb` of micrograd, by Andrej Karpathy. The loss is written as there; so are the steps. The points are
those of scikit-learn's `make_moons(n_samples=100, noise=0.1)`, the weights come from Python's `random`, as there; both
are seeded with 1337.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from demos.kit.checks import Check, Place
from demos.kit.console import aligned
from demos.kit.demo import Demo
from demos.kit.report import Picture, Renderable, Section, Table
from demos.kit.sources import MICROGRAD
from engine import Value
from engine.support.numerals import number
from nn import MLP, SGD, History, fit, hinge
from viz.plots import plot_decision_boundary, plot_history

Array = NDArray[np.float64]

PLACE = Place(MICROGRAD, "demo.ipynb")
PUBLISHED = Path(__file__).parent / "data" / "moons.csv"
SEED, POINTS, NOISE = 1337, 100, 0.1
SIZES = [16, 16, 1]
STEPS, ALPHA = 100, 1e-4  # ALPHA weighs the squares of the parameters
DIGITS = 12  # significant ones; from run to run micrograd's own last ones differ, since it walks over sets


def sections() -> list[Section]:
    return [the_data(), the_training(), the_same_compiled()]


# ── two moons ──────────────────────────────────────────────────────────────────────────────────


def moons() -> tuple[Array, Array]:
    """The points (100, 2) and their classes, −1 for the upper moon and 1 for the lower one.

    Half a circle each, shuffled, then blurred, from numpy's legacy generator, whose stream is frozen: the numbers of
    `make_moons`, to the last bit.
    """
    generator = np.random.RandomState(SEED)
    angle = np.linspace(0, np.pi, POINTS // 2)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 1 - np.sin(angle) - 0.5], axis=1)
    order = np.arange(POINTS)
    generator.shuffle(order)
    points, classes = np.concatenate([upper, lower])[order], np.repeat([-1.0, 1.0], POINTS // 2)[order]
    return points + generator.normal(scale=NOISE, size=points.shape), classes


def network() -> MLP:
    return MLP(2, SIZES, seed=SEED)


def learning_rate(step: int) -> float:
    return 1.0 - 0.9 * step / 100


# ── the two trainings ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Run:
    """A model, its loss before each step, and the seconds that all of it took."""

    model: MLP
    losses: Array
    accuracies: Array  # in %, where they were asked for
    seconds: float


@cache
def published() -> tuple[Array, Array]:
    """Losses and accuracies as micrograd's demo prints them."""
    _, losses, accuracies = np.loadtxt(PUBLISHED, delimiter=",", unpack=True)
    return losses, accuracies


def loss(model: MLP, X: Array, y: Array) -> tuple[Value, float]:
    """The mean hinge loss and a weight on the parameters, as micrograd's demo writes them; and the accuracy in %."""
    scores = [model(point) for point in X.tolist()]
    losses = [(1 + -yi * score).relu() for yi, score in zip(y.tolist(), scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    right = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores, strict=True)]
    return data_loss + penalty(model), sum(right) / len(right) * 100


def penalty(model: MLP) -> Any:
    return ALPHA * sum(p * p for p in model.parameters())


@cache
def eager() -> Run:
    """The training as micrograd's demo goes through it: in each step the graph of all points is recorded anew."""
    started, model, (X, y) = perf_counter(), network(), moons()
    losses, accuracies = [], []
    for step in range(STEPS):
        total, accuracy = loss(model, X, y)
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= learning_rate(step) * p.grad
        losses.append(total.data)
        accuracies.append(accuracy)
    return Run(model, np.array(losses), np.array(accuracies), perf_counter() - started)


@cache
def compiled() -> Run:
    """The same by `fit`, which compiles the graph of one point and runs it on all of them."""
    started, model, (X, y) = perf_counter(), network(), moons()
    history = fit(
        model,
        X,
        y,
        loss=lambda output, target: hinge(output, target) + penalty(model),
        optimizer=SGD(model.parameters(), learning_rate),
        epochs=STEPS,
        batch_size=None,
        progress=False,
    )
    return Run(model, np.array(history.losses), np.array([]), perf_counter() - started)


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


def the_data() -> Section:
    X, _ = moons()
    across, up = (" … ".join(map(number, (column.min(), column.max()))) for column in X.T)
    return Section(
        "Two moons",
        [
            f"{POINTS} points, x₁ = {across}, x₂ = {up}, half of them on each moon: those of scikit-learn, without "
            "it. A network 2 → 16 → 16 → 1, hidden ReLU, linear output; its sign decides.",
            Table([PLACE.number("parameters", "337", len(network().parameters()))], "micrograd", "here"),
        ],
    )


def the_training() -> Section:
    run, (losses, accuracies) = eager(), published()
    shown = [0, 1, 2, 3, 4, 9, 19, 29, 39, 49, 59, 69, 79, 89, 99]
    rows = [(str(k), repr(float(losses[k])), repr(float(run.losses[k])), f"{run.accuracies[k]:.0f} %") for k in shown]
    same = int(np.sum(np.round(run.accuracies, 9) == accuracies))
    accuracy = PLACE.claim("accuracies", f"{same} of {STEPS} steps", holds=same == STEPS)
    return Section(
        f"{STEPS} steps as micrograd's demo goes through them",
        [
            f"The mean of max(0, 1 − yᵢ sᵢ) over all points and {ALPHA:g} Σ p² over all parameters; "
            "learning rate 1 − 0.9 k/100.",
            aligned(("step k", "loss, published", "loss, here", "accuracy"), rows, ">..>"),
            [""],
            Table([agreement(run), accuracy], "", "equal"),
            furthest(run),
        ],
    )


def the_same_compiled() -> Section:
    by_steps, by_program = eager(), compiled()
    return Section(
        "The same training, compiled",
        [
            "`fit` freezes the graph of one point, with the penalty in it, and runs it on all points at once.",
            Table([agreement(by_program)], "", "equal"),
            furthest(by_program),
            f"Here and now the steps took {by_steps.seconds:.2f} s, the compiled training {by_program.seconds:.2f} s, "
            f"compiling included: {by_steps.seconds / by_program.seconds:.0f} times as fast.",
        ],
    )


def apart(run: Run) -> Array:
    """How far each loss is from the published one, relative to it."""
    losses, _ = published()
    return np.asarray(np.abs(run.losses - losses) / losses)


def agreement(run: Run) -> Check:
    """Up to which step the losses have the published digits."""
    agrees = apart(run) < 0.5 * 10.0**-DIGITS
    steps = STEPS if agrees.all() else int(np.argmin(agrees))
    return PLACE.claim(f"losses, to {DIGITS} significant digits", f"{steps} of {STEPS} steps", holds=steps == STEPS)


def furthest(run: Run) -> str:
    step = int(apart(run).argmax())
    return f"Furthest apart is step {step}, by {number(apart(run)[step], 2)} of the loss."


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def boundary_plot(theme: str) -> Renderable:
    X, y = moons()
    title = f"Where the network decides, after {STEPS} steps"
    return cast(Renderable, plot_decision_boundary(eager().model, X.tolist(), y.tolist(), title=title, theme=theme))


def history_plot(theme: str) -> Renderable:
    run = eager()
    history = History(run.losses.tolist(), metrics={"accuracy in %": run.accuracies.tolist()})
    return cast(Renderable, plot_history(history, title="Two moons: the loss of micrograd's demo", theme=theme))


def pictures() -> tuple[Picture, ...]:
    return (
        Picture("moons-boundary", "the points, and where the network decides for which moon", boundary_plot),
        Picture("moons-history", "loss and accuracy, step by step", history_plot),
    )


DEMO = Demo(
    "moons",
    title="micrograd's demo: two moons told apart",
    about="You see the training that micrograd is known for, written as it is there, come to the same hundred "
    "losses; then the same graph compiled, and how much less time it takes.",
    sections=sections,
    source=MICROGRAD,
    pictures=pictures,
)
