"""A network learns to read handwritten digits: how it learns, what it confuses, where it errs.

After "A written introduction to the mathematical theory behind backpropagation algorithms", section "Worked Example:
Basic Handwritten Digit Classifier". Its formulas are computed as they are printed, in its letters (z is the
pre-activation, a the activation); the exact side is read off a graph of scalars, or is what the compiled graph gives.

    training.py    the network, its training, and its answers
    report.py      what is said about them
    pictures.py    how it learned, what it confuses, its weights, and δ
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from demos.digits import pictures, report
from demos.digits.training import ITERATIONS, Training, trained
from demos.kit.console import Options
from demos.kit.demo import Demo, counted
from demos.kit.report import Picture, Section, Shown
from demos.kit.sources import INTRODUCTION
from demos.mnist.download import download as fetch
from demos.mnist.reading import SUBSET

DOWNLOADS = Path("mnist")


def options(parser: Options) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="where MNIST's four files are, gzipped or not (default: a subset that comes with the project, 5,000 and "
        f"1,000 images; with --download: {DOWNLOADS} in the current directory)",
    )
    parser.add_argument("--download", action="store_true", help="fetch what is missing of the four files, 11 MB")
    parser.add_argument(
        "--iterations", type=positive, default=ITERATIONS, metavar="N", help="steps of gradient descent (%(default)s)"
    )


def positive(text: str) -> int:
    """A whole number from 1 on."""
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def training_by(data: Path | None, download: bool, iterations: int) -> Training:
    """The training that these options ask for; the same one is not run twice."""
    return trained(data or (DOWNLOADS if download else SUBSET), iterations)


def sections(data: Path | None, download: bool, iterations: int) -> list[Section]:
    if download:
        fetch(data or DOWNLOADS)
    return report.sections(training_by(data, download, iterations))


def all_pictures(data: Path | None, download: bool, iterations: int) -> tuple[Picture, ...]:
    return pictures.all_pictures(training_by(data, download, iterations))


def ending(sections: Sequence[Shown], data: Path | None, download: bool, iterations: int) -> Iterable[str]:
    accuracy = training_by(data, download, iterations).on_test.accuracy
    return [*counted(sections), f"test accuracy: {report.percent(accuracy)}"]


DEMO = Demo(
    "digits",
    title="A network learns to read handwritten digits",
    about="You see a network of 7,960 parameters learn from images, all of them at once in every step: how its "
    "accuracy grows, which digits it takes for which, where it is most wrong and with how much confidence, "
    "and δ of every neuron for an image that it misreads.",
    sections=sections,
    source=INTRODUCTION,
    pictures=all_pictures,
    options=options,
    ending=ending,
)
