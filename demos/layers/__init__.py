"""Backpropagation in deep networks: its four parts as numbers, and its training class, neuron by neuron, on digits.

After "Backpropagation in deep networks", an article that derives the formulas for two hidden layers, k and k+1, and an
output layer k+2. It gives no numbers, and its formulas are pictures that the text at hand lacks; they are taken from
what is said of them.

    example.py       a network for one record, as a graph and by the article's formulas
    derivation.py    the article's four parts as numbers
    online.py        its class of neurons
    training.py      that class on digits
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
from demos.layers import derivation, pictures, training


def sections() -> list[Section]:
    return [
        derivation.setup(),
        derivation.last_layer(),
        derivation.layer_before(),
        derivation.first_layer(),
        derivation.general_case(),
        derivation.which_units(),
        training.the_class(),
        training.training(),
    ]


DEMO = Demo(
    "layers",
    title="Backpropagation in deep networks: every part as a number, and training neuron by neuron",
    about="Goes through the article's derivation, layer k+2, k+1, k, each part beside the engine's number; then trains "
    "its class of neurons on digits, one record at a time, and compares every neuron with the engine.",
    sections=sections,
    pictures=pictures.all_pictures,
)
