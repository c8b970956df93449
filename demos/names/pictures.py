"""The pictures of `names`: how the loss fell, and what each letter of a name attends to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from demos.kit.report import Picture, Renderable
from demos.names.model import ALPHABET, HEADS
from demos.names.training import Training
from engine.support.numerals import number
from viz.plots import plot_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (13.0, 3.6)  # inches, of four squares side by side
SMOOTHED = 50  # steps that a point of the curve is the mean of


def all_pictures(training: Training, name: str) -> tuple[Picture, ...]:
    """Of this training, and of one name."""
    return (
        Picture("names-training", "how the loss of a letter fell", lambda theme: training_plot(training, theme)),
        Picture("names-attention", f"what each letter of {name!r} attends to, head by head",
                lambda theme: attention_plot(training, name, theme)),
    )  # fmt: skip


def training_plot(training: Training, theme: str) -> Renderable:
    from viz.figures import Plot

    plot = Plot(theme)
    (axes,) = plot.panels
    window = min(SMOOTHED, len(training.losses))
    means = np.convolve(training.losses, np.ones(window) / window, mode="valid")
    steps = range(window, len(training.losses) + 1)
    guessing = float(np.log(len(ALPHABET)))
    lines = {
        f"the mean of {window} steps": (steps, means.tolist()),
        f"guessing: log {len(ALPHABET)} = {number(guessing)}": ([steps[0], steps[-1]], [guessing, guessing]),
    }
    plot_lines(lines, x="step", y="loss of a letter", title="Learning to spell names", theme=theme, axes=axes)
    return plot


def attention_plot(training: Training, name: str, theme: str) -> Renderable:
    """A row for each position, a column for each that it may look at: the darker, the more it takes from there."""
    from matplotlib.colors import LinearSegmentedColormap

    from viz.figures import Plot

    plot = Plot(theme, panels=HEADS)
    plot.set_size_inches(SIZE)
    shades = LinearSegmentedColormap.from_list("attention", [plot.theme.background, plot.theme.forward])
    letters = ["·", *name]
    for h, (axes, weights) in enumerate(zip(plot.panels, training.attention(name), strict=True), start=1):
        axes.imshow(np.ma.masked_where(np.triu(np.ones_like(weights), 1) > 0, weights), cmap=shades, vmin=0, vmax=1)
        _write(axes, letters)
        axes.set_title(f"head {h}", color=plot.theme.ink, fontsize=11, loc="left")
    plot.panels[0].set_ylabel("at this letter", color=plot.theme.ink)
    plot.panels[0].set_xlabel("it takes from this one", color=plot.theme.ink)
    return plot


def _write(axes: Axes, letters: list[str]) -> None:
    for set_ticks in (axes.set_xticks, axes.set_yticks):
        set_ticks(range(len(letters)), letters)
