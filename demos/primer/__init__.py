"""The primer's worked example: every printed number beside the exact one, and the network with its δ drawn.

N. Santi, "A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code", in its editions of
July 26 and July 27, 2025. The exact numbers are read off a graph after its backward pass; where an edition prints
another one, the slip is named and computed again as the paper came to it.

    example.py      the network and its sample
    facts.py        what the paper prints, section by section: its equations, and each number in both editions
    equations.py    both sides of each equation: by matrices, and as the graph has it
    remarks.py      where its words slip
    report.py       all of it as lines and as checks
"""

from __future__ import annotations

from demos.kit.console import Options
from demos.kit.demo import Demo
from demos.kit.report import Picture
from demos.primer.example import example
from demos.primer.report import PrimerReport
from engine.support.notation import NOTATIONS
from viz import draw, draw_network


def report_in(notation: str) -> PrimerReport:
    return PrimerReport(example()[1], NOTATIONS[notation])


def pictures(notation: str) -> tuple[Picture, ...]:
    model, loss = example()
    letters = NOTATIONS[notation]
    return (
        Picture("primer-network", "", lambda theme: draw_network(model, loss, notation=letters, theme=theme), False),
        Picture("primer-graph", "", lambda theme: draw(loss, notation=letters, theme=theme), False),
    )


def options(parser: Options) -> None:
    parser.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )


DEMO = Demo(
    "primer",
    title="N. Santi, A Primer on Backpropagation (2025): what its two editions print, and the exact numbers",
    about="Goes through the primer's worked example: each number as both editions print it, the exact one, and why "
    "they differ where they do. Then draws the network, with δ on every neuron, and the graph.",
    sections=lambda notation: report_in(notation).sections(),
    pictures=pictures,
    options=options,
    formats=("svg", "png", "dot"),
    ending=lambda sections, notation: report_in(notation).summary(),
    agreement="every number agrees or its slip is explained",
)
