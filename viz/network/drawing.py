"""`draw_network`: neuron by neuron or, where these are too many, layer by layer."""

from __future__ import annotations

from engine.support.notation import Notation, notation_for
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
) -> Drawing:
    """The network figure of `model`, with the numbers of one sample in the graph of `loss`.

    Where weights are too many to be read on the connections, tables below have them. Beyond 60 neurons the figure shows
    layers instead; `collapse=False` draws every neuron. What the loss does not depend on says so. `title` stands above
    it; `digits` is how many significant digits its numbers have. Raises ValueError if the loss does not depend on the
    model or its first layer, or for a sample that there is not.
    """
    order = topological_order(loss)
    recorded = recorded_model(model, loss, sample)
    sheet = NetworkSheet(recorded, order, notation_for(notation, reversed(order)), theme_named(theme), title, digits)
    return draw_layers(sheet) if collapse and recorded.size > LIMIT else draw_neurons(sheet)
