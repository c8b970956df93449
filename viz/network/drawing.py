"""`draw_network`: neuron by neuron or, where these are too many, layer by layer."""

from __future__ import annotations

from engine.naming.names import Naming
from engine.support.notation import Notation
from engine.support.numerals import Numerals
from engine.value import Value, topological_order
from nn.module import Module
from viz.network.layers import draw_layers
from viz.network.neurons import draw_neurons
from viz.network.recorded import recorded_model
from viz.network.sheet import NetworkSheet
from viz.renderer import Drawing
from viz.theme import theme_named

LIMIT = 60  # neurons; beyond, the figure shows layers


def draw_network(
    model: Module,
    loss: Value,
    *,
    notation: Notation | str | None = None,
    theme: str = "light",
    sample: int = 1,
    collapse: bool = True,
    title: str = "",
    digits: int = 4,
    fractions: bool = False,
) -> Drawing:
    """The network figure of `model`, with the numbers of one sample in the graph of `loss`.

    A circle is a neuron, with a, z and δ = ∂E/∂a; on each connection stand w and ∂E/∂w, or in tables below where they
    are too many to be read there. `sample` counts from 1. Beyond 60 neurons the figure shows layers instead;
    `collapse=False` draws every neuron. What the loss does not depend on says so. `theme` is "light", "dark" or
    "print"; `title` stands above it; numbers have `digits` significant digits, or are small `fractions` where these
    are exact. Gives a `graphviz.Digraph`. Raises ValueError if the loss does not depend on the model or its first
    layer, or for a sample that there is not.
    """
    if not isinstance(loss, Value):
        got = f"{type(model).__name__} and {type(loss).__name__}"
        raise TypeError(
            f"draw_network(model, loss) takes the model first, and then a loss, which is a Value; got {got}"
        )
    order = topological_order(loss)
    recorded = recorded_model(model, loss, sample)
    naming = Naming(order, notation, Numerals(digits, fractions))
    sheet = NetworkSheet(recorded, naming, theme_named(theme), title)
    return draw_layers(sheet) if collapse and recorded.size > LIMIT else draw_neurons(sheet)
