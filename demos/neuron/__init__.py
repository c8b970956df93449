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
    title="A written introduction to backpropagation: from one neuron to all paths through a network",
    about="Goes from one neuron to a chain and to whole layers: the source's formulas beside the engine's numbers, "
    "factor by factor; how gradients vanish with depth; how many paths there are, and how few edges.",
    sections=sections,
    pictures=pictures.all_pictures,
)
