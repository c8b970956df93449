"""Two hidden layers derived part by part, each a number; then trained, neuron by neuron, on digits.

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
from demos.kit.sources import DEEP
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
    title="Two hidden layers, part by part; then training, neuron by neuron",
    about="You see the gradient of a weight in the last layer, in the one before it and in the first come from the "
    "same few parts, each of them a number. You learn for which units and errors δ is simply f − y, and watch "
    "a network learn digits by this rule alone, one record at a time, every neuron compared with the engine.",
    sections=sections,
    source=DEEP,
    pictures=pictures.all_pictures,
)
