"""Softmax and cross-entropy: the Jacobian, δ = a − y, why the two belong together, and the classifier's equations.

After "A written introduction to the mathematical theory behind backpropagation algorithms": its sections on several
training points, on matrices, on the digit classifier and on L layers (in `matrix_forms.py`), and its appendix. There
the source gives no numbers; those here are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from demos.checks import INTRODUCTION, Check, Place, equal
from demos.console import Options, aligned
from demos.matrix_forms import BACKWARD, FORWARD, classifier, l_layers, several_points, shape, vector_notation
from demos.mnist import CLASSES, load
from demos.online import pooled
from demos.report import Drawing, Picture, Section, Table, checks_of, options, present
from engine import Value, differentiate, dot, exp, log, log_sum_exp, softmax
from engine.functions import FUNCTIONS
from engine.support.notation import NOT_COMPUTED, number
from nn import MLP, SGD, History, cross_entropy, fit, squared_error
from viz.plots import plot_lines

LOGITS, TRUE = (1.0, -0.5, 2.0, 0.3), 1  # z, and the place of the 1 in y, from 0
CONFIDENT = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)  # a logit that is wrong by so much

SAMPLES, POOLED, HIDDEN = 500, 7, 10  # digits, pixels of a side, ReLUs
STEPS, SEED, GOOD = 150, 1, 0.75
SOURCE_RATE, SHOWN_RATE = 0.1, 0.5
RATES = (SOURCE_RATE, SHOWN_RATE, 1.0, 3.0)
ENTROPY, SQUARES = "cross-entropy", "squared error"

APPENDIX = "Appendix: Proof of δ = a − y"
DIGITS = "₀₁₂₃₄₅₆₇₈₉"
Vector = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print equations beside the engine's numbers, train with both costs, draw; 0 if all is explained, else 1."""
    chosen = parser().parse_args(arguments)
    title = "A written introduction to backpropagation: softmax, cross-entropy, and the classifier's equations"
    return present(chosen, title, sections(), PICTURES)


def parser() -> Options:
    return options(
        "softmax",
        "Goes through the source's matrix equations, its classifier and its appendix, beside the engine's numbers, and "
        "trains one net with the cross-entropy and with a squared error.",
    )


def checks() -> list[Check]:
    """Every row, for who compares all sources."""
    return checks_of(sections())


def sections() -> list[Section]:
    equations = [several_points(), vector_notation(), classifier(), l_layers()]
    return [jacobian(), appendix(), *equations, wrong_with_confidence(), training()]


# ── the softmax and its Jacobian ───────────────────────────────────────────────────────────────


def leaves() -> list[Value]:
    return [Value(x, f"z{DIGITS[i]}") for i, x in enumerate(LOGITS, start=1)]


def numbers(values: Sequence[Value]) -> Vector:
    return np.array([value.data for value in values])


def jacobian_by_backward() -> Vector:
    """∂aᵢ/∂zⱼ: a backward pass from each output."""
    return np.array([gradient(partial(share, i)) for i in range(len(LOGITS))])


def share(i: int, z: Sequence[Value]) -> Value:
    found: Value = softmax(z)[i]
    return found


def jacobian_by_second_use() -> Vector:
    """∂²/∂zᵢ∂zⱼ of log Σ exp z: its first derivatives, which are the softmax, are graphs, and so are theirs."""
    z = leaves()
    first = differentiate(log_sum_exp(z), z)
    return np.array([numbers(differentiate(derivative, z)) for derivative in first])


def jacobian() -> Section:
    forward, backward = Place(INTRODUCTION, FORWARD), Place(INTRODUCTION, BACKWARD)
    z = leaves()
    s = np.exp(LOGITS) / np.sum(np.exp(LOGITS))
    element_wise = np.array([[s[i] * (1 - s[i]) if i == j else -s[i] * s[j] for j in range(4)] for i in range(4)])
    formula, engine = np.diag(s) - np.outer(s, s), jacobian_by_second_use()
    first = numbers(differentiate(log_sum_exp(z), z))
    rows = [
        forward.equation("a = Softmax(z)", s, numbers(softmax(z)), "exp zᵢ / Σ exp zⱼ"),
        forward.equation("Σ aᵢ", 1, sum(numbers(softmax(z))), "1"),
        backward.equation("Softmax′(z)", element_wise, jacobian_by_backward(), "aᵢ(1 − aᵢ); −aᵢaⱼ for i ≠ j"),
        backward.equation("∂/∂zᵢ log Σ exp z", s, first, "a"),
        backward.equation("∂²/∂zᵢ∂zⱼ log Σ exp z", formula, engine, "diag(a) − a aᵀ"),
    ]
    side_by_side = [(f"i = {i + 1}", *map(number, formula[i]), *map(number, engine[i])) for i in range(len(LOGITS))]
    head = (
        "",
        *("diag(a) − a aᵀ" if j == 0 else "" for j in range(4)),
        *("engine" if j == 0 else "" for j in range(4)),
    )
    return Section(
        "The softmax and its Jacobian",
        [
            f"z = ({', '.join(map(number, LOGITS))}), a = ({', '.join(map(number, s))}). The first derivatives of "
            "log Σ exp z are the softmax; the engine gives them as graphs, whose derivatives are the Jacobian.",
            aligned(head, side_by_side, "<" + "." * 8),
            Table(rows, "source", "engine"),
            "",
            "Where the text slips:",
            Table([no_elementwise_product(backward)]),
        ],
    )


def no_elementwise_product(place: Place) -> Check:
    """δ⁽²⁾ = ∂C/∂a ⊙ Softmax′(z): a vector and a matrix, of which each cost's δ wants the product."""
    z = leaves()
    a = softmax(z)
    C = cost_by_outputs(a)
    C.backward()
    delta, by_a = np.array([leaf.grad for leaf in z]), np.array([x.grad for x in a])
    J = jacobian_by_backward()
    diagonal = by_a * np.diag(J)
    return place.misprint(
        "δ⁽²⁾ = ∂C/∂a⁽²⁾ ⊙ Softmax′(z⁽²⁾)",
        "⊙",
        "a product",
        f"Softmax′ is a matrix, {shape(J)}, since each output depends on each z; ⊙ with its diagonal, as for other "
        f"activations, would give ({', '.join(map(number, diagonal))}), but (Softmax′)ᵀ ∂C/∂a is the engine's "
        f"({', '.join(map(number, delta))})",
        holds=equal(J.T @ by_a, delta) and not equal(diagonal, delta),
    )


# ── the appendix ───────────────────────────────────────────────────────────────────────────────


def one_hot() -> Vector:
    return np.array([float(i == TRUE) for i in range(len(LOGITS))])


def cost_by_outputs(a: Sequence[Value]) -> Value:
    """C = −Σ yᵢ log aᵢ."""
    cost: Value = -dot(one_hot().tolist(), [log(x) for x in a])
    return cost


def gradient(of: Callable[[list[Value]], Value]) -> Vector:
    """∂/∂z of a function of the logits, by a backward pass."""
    z = leaves()
    of(z).backward()
    return np.array([leaf.grad for leaf in z])


def appendix() -> Section:
    place = Place(INTRODUCTION, APPENDIX)
    z, y = np.array(LOGITS), one_hot()
    a, S = np.exp(z) / np.sum(np.exp(z)), float(np.sum(np.exp(z)))
    C = cost_by_outputs(softmax(leaves())).data

    def total(terms: Sequence[Value]) -> Value:
        found: Value = FUNCTIONS["sum"]([exp(term) for term in terms])
        return found

    rows = [
        place.equation("C", -float(y @ np.log(a)), C, "−Σ yᵢ log aᵢ"),
        place.equation("C", -float(y @ (z - np.log(S))), C, "−Σ yᵢ (zᵢ − log Σ exp zⱼ)"),
        place.equation("C", float(-y @ z + np.log(S)), cross_entropy(leaves(), TRUE).data, "−Σ yᵢzᵢ + log Σ exp zⱼ"),
        place.equation("∂/∂z (−Σ yᵢzᵢ)", -y, gradient(lambda z: -dot(y.tolist(), z)), "−y"),
        place.equation("∂S/∂z", np.exp(z), gradient(total), "exp z"),
        place.equation("∂/∂z log S", np.exp(z) / S, gradient(lambda z: log(total(z))), "1/S · ∂S/∂z = a"),
        place.equation("∂C/∂z", a - y, gradient(lambda z: cross_entropy(z, TRUE)), "a − y"),
        place.equation("∂C/∂z through the Jacobian", a - y, gradient(lambda z: cost_by_outputs(softmax(z))), "a − y"),
    ]
    return Section(
        APPENDIX,
        [
            f"The same z, and y = ({', '.join(map(number, y))}). S = Σ exp zⱼ. In the last row C is built as the "
            "worked example has it, by way of a, so that the engine multiplies by Softmax′ itself.",
            Table(rows, "source", "engine"),
        ],
    )


# ── why cross-entropy ──────────────────────────────────────────────────────────────────────────


def signals(wrong: float) -> tuple[float, float, float]:
    """a of the true class where another logit is larger by `wrong`, and its δ with either cost."""
    y, found = [0.0, 1.0, 0.0], []
    costs: tuple[Callable[[list[Value]], Value], ...] = (
        lambda z: cross_entropy(z, y),
        lambda z: squared_error(softmax(z), y),
    )
    for cost in costs:
        z = [Value(wrong), Value(0.0), Value(0.0)]
        cost(z).backward()
        found.append(z[1].grad)
    return softmax([wrong, 0.0, 0.0])[1], found[0], found[1]


def wrong_with_confidence() -> Section:
    place = Place(INTRODUCTION, BACKWARD)
    table = [(number(c), *(number(x) for x in signals(c))) for c in CONFIDENT]
    by_letters = []
    for c in CONFIDENT:
        a = np.exp([c, 0, 0]) / np.sum(np.exp([c, 0, 0]))
        y = np.array([0, 1, 0])
        by_letters.append((a[1] - 1, ((np.diag(a) - np.outer(a, a)) @ (2 * (a - y)))[1]))
    said, engine = np.array(by_letters), np.array([signals(c)[1:] for c in CONFIDENT])
    return Section(
        "Why cross-entropy: what an output that is wrong learns from its error",
        [
            "Three outputs, of which the second is the true one; the logit of the first is larger by c. With the "
            "cross-entropy δ goes to −1: the more wrong, the more to learn. With ‖a − y‖² the error is bounded, while "
            "the factor Softmax′ goes to 0, so that an output that is wrong with confidence learns next to nothing.",
            aligned(("c", "a₂", f"δ₂, {ENTROPY}", f"δ₂, {SQUARES}"), table, "...."),
            Table(
                [
                    place.equation(f"δ₂, {ENTROPY}", said[:, 0], engine[:, 0], "a − y"),
                    place.equation(f"δ₂, {SQUARES}", said[:, 1], engine[:, 1], "Softmax′(z) · 2(a − y)"),
                ],
                "source",
                "engine",
            ),
        ],
    )


@dataclass(frozen=True)
class Course:
    """How a training went, by the test images after each step: the share that is recognised, and the mean of −log a."""

    accuracy: list[float]
    surprise: list[float]

    @property
    def learned(self) -> int | None:
        """The steps after which GOOD of the images are recognised."""
        return next((step for step, share in enumerate(self.accuracy, start=1) if share >= GOOD), None)


@cache
def digits() -> tuple[Vector, NDArray[np.uint8], Vector, NDArray[np.uint8]]:
    """Images and their classes to train on, and to test on."""
    mnist = load()
    train, test = (pooled(part, POOLED) for part in (mnist.train, mnist.test))
    return train[:SAMPLES], mnist.train.labels[:SAMPLES], test, mnist.test.labels


@cache
def course(cost: str, rate: float) -> Course:
    """The classifier with the same initial weights for either cost; both are measured alike."""
    images, labels, tested, expected = digits()
    output, loss = {ENTROPY: ("linear", cross_entropy), SQUARES: ("softmax", squared_error)}[cost]
    model = MLP(images.shape[1], [HIDDEN, CLASSES], "relu", output, init="xavier", seed=SEED)

    def accuracy(outputs: Vector, labels: Vector) -> float:
        return float(np.mean(outputs.argmax(axis=1) == labels))

    def surprise(outputs: Vector, labels: Vector) -> float:
        a = outputs if output == "softmax" else np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        return float(-np.log(a[np.arange(len(labels)), labels]).mean())

    history: History = fit(
        model,
        images,
        labels,
        loss=loss,
        optimizer=SGD(model.parameters(), rate),
        epochs=STEPS,
        batch_size=None,
        validation=(tested, expected),
        metrics={"accuracy": accuracy, "surprise": surprise},
        progress=False,
    )
    return Course(history.metrics["accuracy"], history.metrics["surprise"])


def training() -> Section:
    place = Place(INTRODUCTION, BACKWARD)
    table = []
    for rate in RATES:
        courses = course(ENTROPY, rate), course(SQUARES, rate)
        table.append(
            (
                number(rate),
                *(f"{found.accuracy[-1]:.1%}" for found in courses),
                *(str(found.learned or NOT_COMPUTED) for found in courses),
            )
        )
    rows = [
        place.claim(
            f"at the rate {number(rate)} the squared error is behind after {STEPS} steps",
            " < ".join(f"{course(cost, rate).accuracy[-1]:.1%}" for cost in (SQUARES, ENTROPY)),
            holds=course(SQUARES, rate).accuracy[-1] < course(ENTROPY, rate).accuracy[-1],
        )
        for rate in (SOURCE_RATE, SHOWN_RATE)
    ]
    return Section(
        "The same net with either cost",
        [
            f"{SAMPLES} digits of MNIST, pooled to {POOLED} × {POOLED}; {POOLED**2} → {HIDDEN} → {CLASSES}, the same "
            f"weights at first, {STEPS} steps on all of them together. Measured on 1,000 test images: the share that "
            f"is recognised at the end, and the steps until {GOOD:.0%} are. The source has α = {number(SOURCE_RATE)}. "
            "The gradients of the squared error are smaller, so it bears a larger rate, and at that one it is not far "
            "behind.",
            aligned(("rate", f"at the end, {ENTROPY}", SQUARES, f"steps, {ENTROPY}", SQUARES), table, ".>>>>"),
            Table(rows, "", "here"),
        ],
    )


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def training_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot, steps = Plot(theme, panels=2), range(1, STEPS + 1)
    courses = {cost: course(cost, SHOWN_RATE) for cost in (ENTROPY, SQUARES)}
    plot_lines(
        {cost: (steps, found.surprise) for cost, found in courses.items()},
        x="step",
        y="−log a of the true class",
        title=f"The same net, trained with either cost at rate {number(SHOWN_RATE)}",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    plot_lines(
        {cost: (steps, found.accuracy) for cost, found in courses.items()},
        x="step",
        y="test images recognised",
        log=False,
        theme=theme,
        axes=plot.panels[1],
    )
    return plot


def delta_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot, wrong = Plot(theme), np.linspace(0, 10, 51).tolist()
    found = [signals(c) for c in wrong]
    plot_lines(
        {ENTROPY: (wrong, [-x[1] for x in found]), SQUARES: (wrong, [-x[2] for x in found])},
        x="c, by which the logit of another output is larger",
        y="−δ of the true output",
        title="An output that is wrong with confidence learns from cross-entropy only",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


PICTURES = (
    Picture("softmax-delta", "what a wrong output learns, with either cost", delta_plot),
    Picture("softmax-training", "the same net with cross-entropy and with a squared error", training_plot),
)
