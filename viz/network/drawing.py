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
) -> Drawing:
    """The network figure of `model`, with the numbers of one sample in the graph of `loss`.

    Beyond 60 neurons it shows layers instead; `collapse=False` draws every neuron. What the loss does not depend on
    says so. Raises ValueError if that is the whole model or its first layer, or for a sample that there is not.
    """
    if not isinstance(loss, Value):
        got = f"{type(model).__name__} and {type(loss).__name__}"
        raise TypeError(
            f"draw_network(model, loss) takes the model first, and then a loss, which is a Value; got {got}"
        )
    notation = notation_for(notation, reversed(topological_order(loss)))
    sheet = NetworkSheet(recorded_model(model, loss, sample), loss, notation, theme_named(theme))
    if collapse and sheet.model.size > LIMIT:
        draw_layers(sheet)
    else:
        draw_neurons(sheet)
    return sheet.canvas.drawing
