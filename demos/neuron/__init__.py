"""One neuron, a chain of them, and many paths: what the chain rule multiplies and what it adds up.

After "A written introduction to the mathematical theory behind backpropagation algorithms": its sections on one neuron,
on L layers of one neuron, and on layers of many. The source gives no numbers, so these are ours. Its formulas are
computed as they are printed; the exact side is read off a graph after its backward pass.

    chain.py       one neuron, layers of one neuron each, and how gradients vanish with depth
    paths.py       layers of many neurons: paths and edges
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
from demos.kit.sources import INTRODUCTION
from demos.neuron import chain, paths, pictures


def sections() -> list[Section]:
    return [
        chain.one_neuron(),
        chain.chain_of_neurons(),
        chain.vanishing(),
        paths.many_neurons(),
        paths.growth(),
    ]


DEMO = Demo(
    "neuron",
    title="From one neuron to all paths through a network",
    about="You see what the chain rule multiplies, a factor for each edge on a path, and what it adds up, the "
    "paths: on one neuron, on a chain of them, on whole layers. You learn why gradients vanish with depth, "
    "and how one pass back over a few hundred edges sums over a million paths. The source gives no numbers; "
    "those here are ours.",
    sections=sections,
    source=INTRODUCTION,
    pictures=pictures.all_pictures,
)
