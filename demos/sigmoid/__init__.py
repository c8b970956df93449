"""One sigmoid neuron after another, by hand, with two losses; then matrix equations.

"The Mathematics", a page of a course on the paper of 1986: two inputs, one sigmoid hidden neuron, one sigmoid output.
Exact numbers are read off a graph after its backward pass. Where the page prints another one, the slip is named and
computed again as the page came to it.

    page.py      the network of the page, its letters and formulas, and the numbers that it prints
    report.py    its sections
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
from demos.kit.sources import PAGE
from demos.sigmoid import page, pictures, report
from nn import half_squared_error, squared_error


def sections() -> list[Section]:
    stated, half = page.example(squared_error), page.example(half_squared_error)
    return [
        report.key_equations(stated),
        report.forward(stated),
        report.backward(stated, half),
        report.direction(),
        report.matrix_equations(),
    ]


DEMO = Demo(
    "sigmoid",
    title="One sigmoid neuron after another, by hand",
    about="You follow one sample through the smallest network that has a hidden neuron, forward and back, each "
    "number beside the one that the source prints. You see what becomes of a 2 that is left out of ∂L/∂ŷ: "
    "every gradient is half as large, which changes the learning rate and nothing else. Then the source's "
    "matrix equations are computed on a deeper network.",
    sections=sections,
    source=PAGE,
    pictures=pictures.all_pictures,
)
