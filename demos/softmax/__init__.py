"""Softmax and cross-entropy: the Jacobian, δ = a − y, why the two belong together, and the classifier's equations.

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
    title="A written introduction to backpropagation: softmax, cross-entropy, and the classifier's equations",
    about="Goes through the source's matrix equations, its classifier and its appendix, beside the engine's numbers, "
    "and trains one net with the cross-entropy and with a squared error.",
    sections=sections,
    pictures=pictures.all_pictures,
)
