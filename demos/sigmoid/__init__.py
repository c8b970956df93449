"""The mathematics page: its worked example with both losses that it uses, digit by digit; its matrix equations.

"The Mathematics", a page of a course on the paper of 1986: two inputs, one sigmoid hidden neuron, one sigmoid output.
Exact numbers are read off a graph after its backward pass. Where the page prints another one, the slip is named and
computed again as the page came to it.

    page.py      the network of the page, its letters and formulas, and the numbers that it prints
    report.py    its sections
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
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
    title="The Mathematics: what the page prints, and the exact numbers",
    about="Goes through the page's example, each printed number beside the exact one, with the loss that it states and "
    "with the one that its gradients belong to; then verifies its four matrix equations on a deeper network.",
    sections=sections,
    pictures=pictures.all_pictures,
)
