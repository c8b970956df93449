"""Start here: one pass forward and one back through a small network, with every number in its equation.

Nicola Santi, "A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code", in its editions of
July 26 and July 27, 2025. The exact numbers are read off a graph after its backward pass; where an edition prints
another one, the slip is named and computed again as the paper came to it.

    example.py      the network and its sample
    lesson.py       both passes, number by number
    facts.py        what the paper prints, section by section: its equations, and each number in both editions
    equations.py    both sides of each equation: by matrices, and as the graph has it
    remarks.py      where its words slip
    report.py       all that it prints beside what is exact, as lines and as checks
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from demos.kit.console import Options
from demos.kit.demo import Demo, verdicts
from demos.kit.report import Picture, Shown, prose
from demos.kit.sources import PRIMER
from demos.primer.example import example
from demos.primer.lesson import Lesson
from demos.primer.report import PrimerReport
from engine.support.notation import NOTATIONS
from viz import draw, draw_network


def report_in(notation: str) -> PrimerReport:
    return PrimerReport(example()[1], NOTATIONS[notation])


def sections(notation: str, slips: bool) -> list[Shown]:
    """The lesson, or all that the paper prints; the checks are the same."""
    report = report_in(notation)
    return report.sections() if slips else Lesson(report).sections()


def legend(shown: Sequence[Shown], notation: str, slips: bool) -> Iterable[str]:
    everything = "Here is all that these print, section by section, beside what is exact."
    return [*prose(everything), *verdicts(shown)] if slips else ()


def ending(shown: Sequence[Shown], notation: str, slips: bool) -> Iterable[str]:
    report = report_in(notation)
    return report.summary() if slips else Lesson(report).ending()


def pictures(notation: str, slips: bool) -> tuple[Picture, ...]:
    model, loss = example()
    letters = NOTATIONS[notation]
    return (
        Picture(
            "primer-network",
            "the network, with the numbers of both passes",
            lambda theme: draw_network(model, loss, notation=letters, theme=theme),
            plot=False,
        ),
        Picture(
            "primer-graph",
            "the same, operation by operation",
            lambda theme: draw(loss, notation=letters, theme=theme),
            plot=False,
        ),
    )


def options(parser: Options) -> None:
    parser.add_argument(
        "--slips", action="store_true", help="show all that the paper prints beside what is exact, and why they differ"
    )
    parser.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )


DEMO = Demo(
    "primer",
    title="Backpropagation by hand: one pass forward and one back through a small network",
    about="A network computes outputs from inputs and weights, and an error from the outputs. How does the error "
    "change if one weight is made a little larger? That rate is the weight's gradient. You see all twelve gradients "
    "of this network come from one pass forward and one pass back, each number in its equation.",
    sections=sections,
    source=PRIMER,
    pictures=pictures,
    options=options,
    formats=("svg", "png", "dot"),
    legend=legend,
    ending=ending,
    agreement="every number of the paper agrees or its slip is explained",
)
