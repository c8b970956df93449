"""The network, and what the missing 2 does to training."""

from __future__ import annotations

from demos.kit.report import Picture, Renderable
from demos.sigmoid.page import HALF, RATE, STATED, network, passed
from demos.sigmoid.report import UPDATES, descent
from engine.support.notation import (
    NIELSEN,
)
from nn import half_squared_error, squared_error
from viz import draw_network
from viz.plots import plot_lines


def network_picture(theme: str) -> Renderable:
    model = network()
    drawing: Renderable = draw_network(model, passed(model, half_squared_error), notation=NIELSEN, theme=theme)
    return drawing


def descent_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, steps = Plot(theme), range(UPDATES)
    plot_lines(
        {
            f"gradients of {STATED}, as stated": (steps, descent(squared_error, RATE)),
            f"gradients of {HALF}, as computed": (steps, descent(half_squared_error, RATE)),
        },
        x="update",
        y="(y − ŷ)²",
        title=f"The missing 2 halves the learning rate (η = {RATE})",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def all_pictures() -> tuple[Picture, ...]:
    return (
        Picture("sigmoid-network", f"the network in Nielsen's letters, with δ of {HALF}", network_picture, plot=False),
        Picture("sigmoid-descent", "what the missing 2 does to training", descent_plot),
    )
