"""A trained net, the weights of two, and the errors of all."""

from __future__ import annotations

import numpy as np

from demos.kit.report import Picture, Renderable
from demos.symmetry.nets import HALF, INPUTS, OTHER, PUBLISHED, REPORTED, trained, with_pattern
from engine.support.notation import Notation
from engine.support.numerals import number
from nn import half_squared_error
from viz import draw_network

LETTERS = Notation(
    "Nature, 1986", pre_activation="x", activation="y", loss="E", output="", input="y", target="d", bias="b"
)


def network_picture(theme: str) -> Renderable:
    """The first net with the reported weights, as it answers a symmetric pattern."""
    model = with_pattern(REPORTED)[0].model
    model.zero_grad()
    loss = half_squared_error(model([1.0, 0.0, 1.0, 1.0, 0.0, 1.0]), [1.0])
    loss.backward()
    drawing: Renderable = draw_network(model, loss, notation=LETTERS, theme=theme)
    return drawing


def weights_plot(theme: str) -> Renderable:
    """The hidden units' weights by the place of the input: a net of each kind."""
    from viz.figures import HATCHES, Plot, colors, labelled, legend

    plot = Plot(theme, panels=2)
    for axes, pattern in zip(plot.panels, (REPORTED, OTHER), strict=True):
        net = min(with_pattern(pattern), key=lambda net: net.errors[-1])
        labelled(axes, plot.theme, "input", "weight", f"{' : '.join(map(str, pattern))}, seed {net.seed}")
        axes.axhline(0, color=plot.theme.faint, linewidth=0.8)
        axes.axvline(HALF + 0.5, color=plot.theme.ink, linestyle=":", linewidth=1)
        for j in (0, 1):
            places = np.arange(1, INPUTS + 1) + (-0.2 if j == 0 else 0.2)
            bars = axes.bar(
                places,
                net.hidden[j],
                width=0.38,
                color=colors(plot.theme)[j],
                edgecolor=plot.theme.background,
                hatch=HATCHES[j],
                label=f"hidden unit {j + 1}",
            )
            axes.bar_label(bars, [number(w, 3) for w in net.hidden[j]], fontsize=7, color=plot.theme.ink, padding=2)
        axes.margins(y=0.12)
        legend(axes, plot.theme)
    return plot


def training_plot(theme: str) -> Renderable:
    """E of all nets over the sweeps."""
    from viz.figures import DASHES, Plot, colors, labelled, legend

    plot = Plot(theme)
    (axes,) = plot.panels
    labelled(axes, plot.theme, "sweeps", "E", f"{len(trained())} nets learn mirror symmetry, or wait at E = 4")
    kinds = {"1 : 2 : 4": REPORTED, "2 : 3 : 4": OTHER, "not learned yet": None}
    for (name, pattern), color, dashes in zip(
        kinds.items(), (*colors(plot.theme)[:2], plot.theme.faint), DASHES, strict=False
    ):
        for i, net in enumerate(net for net in trained() if net.pattern == pattern):
            axes.plot(net.errors, color=color, linestyle=dashes, linewidth=1.1, label="" if i else name)
    axes.axvline(PUBLISHED, color=plot.theme.ink, linestyle=":", linewidth=1)
    axes.annotate(
        f"{PUBLISHED}, the paper's",
        (PUBLISHED, 0.97),
        xycoords=axes.get_xaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        va="top",
        color=plot.theme.ink,
        fontsize=9,
    )
    axes.set_yscale("log")
    legend(axes, plot.theme)
    return plot


def all_pictures() -> tuple[Picture, ...]:
    return (
        Picture(
            "symmetry-network", "a trained net and a symmetric pattern, in the paper's letters", network_picture, False
        ),
        Picture("symmetry-weights", "the hidden units' weights about the midpoint", weights_plot),
        Picture("symmetry-training", "how E falls for twenty seeds", training_plot),
    )
