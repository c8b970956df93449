"""Softmax and cross-entropy: the Jacobian, δ = a − y, and why the two belong together.

After "A written introduction to the mathematical theory behind backpropagation algorithms": its sections on several
training points, on matrices, on the digit classifier and on L layers, and its appendix. There the source gives no
numbers; those here are ours.

    jacobian.py      the softmax and its Jacobian, and the appendix
    example.py       a network of several training points, for the matrix equations
    points.py        several training points, and the equations in vectors and matrices
    classifier.py    the equations of the digit classifier
    costs.py         why cross-entropy
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
from demos.kit.sources import INTRODUCTION
from demos.softmax import classifier, costs, jacobian, pictures, points


def sections() -> list[Section]:
    return [
        jacobian.jacobian(),
        jacobian.appendix(),
        points.several_points(),
        points.vector_notation(),
        classifier.two_layers(),
        classifier.l_layers(),
        costs.wrong_with_confidence(),
        costs.training(),
    ]


DEMO = Demo(
    "softmax",
    title="Softmax and cross-entropy: why δ is a − y",
    about="You see the softmax's Jacobian in numbers, how it cancels against the cross-entropy so that δ = a − y is "
    "left, and how little an output that is wrong with confidence learns from a squared error instead. All "
    "equations of a digit classifier, in vectors and matrices, are computed beside the engine. The numbers "
    "are ours.",
    sections=sections,
    source=INTRODUCTION,
    pictures=pictures.all_pictures,
)
