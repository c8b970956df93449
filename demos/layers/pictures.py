"""The network of the example, and how the online error falls."""

from __future__ import annotations

import numpy as np

from demos.kit.report import Picture, Renderable
from demos.layers.example import LETTERS, Example
from demos.layers.training import AVERAGED, trained
from viz import draw_network
from viz.plots import plot_lines


def network_picture(theme: str) -> Renderable:
    found = Example()
    drawing: Renderable = draw_network(found.model, found.loss, notation=LETTERS, theme=theme)
    return drawing


def training_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, found = Plot(theme, panels=2), trained()
    for axes, series, what, title in (
        (plot.panels[0], found.errors, "J", f"Online error, mean of the last {AVERAGED} records"),
        (plot.panels[1], found.right, "recognised", "Share of them recognised before the update"),
    ):
        means = np.convolve(series, np.full(AVERAGED, 1 / AVERAGED), "valid").tolist()
        records = range(AVERAGED, len(series) + 1)
        plot_lines({what: (records, means)}, x="record", y=what, title=title, log=False, theme=theme, axes=axes)
    return plot


def all_pictures() -> tuple[Picture, ...]:
    return (
        Picture(
            "layers-network",
            "the network in the article's letters, with δ of the cross-entropy",
            network_picture,
            False,
        ),
        Picture("layers-training", "how the online error falls, record by record", training_plot),
    )
