"""The pictures of `digits`: how it learned, what it confuses, its worst mistakes, its weights, and δ for one image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from demos.digits.training import Pass, Training, hardest, passed
from demos.kit.report import Picture, Renderable
from demos.mnist.reading import CLASSES, SIDE
from engine.support.notation import NIELSEN
from engine.support.numerals import number
from viz import draw_network
from viz.plots import plot_lines
from viz.theme import theme_named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

    from viz.figures import Plot

SHOWN = 15  # mistakes, in rows of five


def all_pictures(training: Training) -> tuple[Picture, ...]:
    """Those of this training."""
    i = hardest(training)

    def one() -> Pass:
        return passed(training, [i])

    return (
        Picture("digits-training", "loss and accuracy on the way", lambda theme: training_plot(training, theme)),
        Picture("digits-confusion", "which digit is taken for which", lambda theme: confusion_plot(training, theme)),
        Picture("digits-mistakes", "the worst mistakes", lambda theme: mistakes_plot(training, theme)),
        Picture("digits-weights", "the weights of the ten hidden neurons", lambda theme: weights_plot(training, theme)),
        Picture("digits-delta", "δ of every neuron, for one image", lambda theme: delta_plot(one(), i, theme)),
        Picture(
            "digits-network", "the network for that image, layer by layer", lambda theme: network(one(), theme), False
        ),
    )


def network(one: Pass, theme: str) -> Renderable:
    drawing: Renderable = draw_network(one.model, one.loss, notation=NIELSEN, theme=theme)
    return drawing


def training_plot(training: Training, theme: str) -> Renderable:
    from viz.figures import Plot

    plot = Plot(theme, panels=2)
    left, right = plot.panels
    plot_lines(
        {"C": (range(training.iterations), training.losses)},
        x="iteration",
        y="C, the mean over all training images",
        title="Cross-entropy falls",
        log=False,
        theme=theme,
        axes=left,
    )
    marks, _, on_train, on_test = (list(column) for column in zip(*training.measured, strict=True))
    plot_lines(
        {"training images": (marks, on_train), "test images": (marks, on_test)},
        x="iteration",
        y="share of the images classified rightly",
        title="and accuracy rises",
        log=False,
        theme=theme,
        axes=right,
    )
    for axes in (left, right):  # most happens in the beginning
        axes.set_xscale("symlog", linthresh=1)
        axes.set_xlim(-0.05, 1.15 * training.iterations)  # room for the outermost markers
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    left.lines[0].set_marker("")  # in even steps, they would crowd at the end
    right.set_ylim(0, 1)
    return plot


def confusion_plot(training: Training, theme: str) -> Renderable:
    from viz.figures import labelled

    (axes,), plot = grid(theme, 1, 1, (6.0, 5.6))
    confusion = training.on_test.confusion
    wrong = confusion - np.diag(np.diag(confusion))
    labelled(
        axes,
        plot.theme,
        "taken for a",
        "is a",
        f"{confusion.sum():,} test images, {wrong.sum():,} of them taken for another digit",
    )
    axes.imshow(wrong, blend(plot.theme.background, plot.theme.backward), vmin=0, vmax=1.4 * max(wrong.max(), 1))
    for (digit, other), count in np.ndenumerate(confusion):
        weight = "bold" if digit == other else "normal"
        if count:
            axes.text(other, digit, str(count), ha="center", va="center", color=plot.theme.ink, weight=weight)
    axes.set_xticks(range(CLASSES))
    axes.set_yticks(range(CLASSES))
    return plot


def mistakes_plot(training: Training, theme: str) -> Renderable:
    said = training.on_test
    axes, plot = grid(theme, 3, 5, (7.2, 5.4))
    plot.suptitle("The worst mistakes: what they are, what they are taken for, and how surely", color=plot.theme.ink)
    for place in axes:
        place.set_axis_off()
    for place, i in zip(axes, said.mistakes(SHOWN), strict=False):
        taken = said.decided[i]
        picture(place, said.digits.images[i] / 255.0, blend(plot.theme.background, plot.theme.ink), 0.0)
        share = 100 * said.probabilities[i, taken]
        place.set_title(f"{said.digits.labels[i]}, as {taken}: {share:.0f} %", color=plot.theme.ink, fontsize=10)
    return plot


def weights_plot(training: Training, theme: str) -> Renderable:
    weights = training.weights()
    axes, plot = grid(theme, 2, 5, (8.4, 4.0))
    plot.suptitle("What each hidden neuron looks for: its 784 weights as an image", color=plot.theme.ink)
    most = float(np.abs(weights).max())
    for k, (place, image) in enumerate(zip(axes, weights, strict=True), start=1):
        drawn = picture(place, image, signed(theme), -most, most)
        place.set_title(f"neuron {k}", color=plot.theme.ink, fontsize=10)
    scale(plot, drawn, axes, "w⁽¹⁾")
    return plot


def delta_plot(one: Pass, number_: int, theme: str) -> Renderable:
    axes, plot = grid(theme, 2, 2, (8.4, 7.2))
    digit, pixels, hidden, last = axes
    first, second = one.layers
    label = int(one.digits.labels[0])
    plot.suptitle(
        f"Test image {number_}, a {label}: C = {number(one.loss.data)}, and where it comes from", color=plot.theme.ink
    )
    picture(digit, one.digits.images[0] / 255.0, blend(plot.theme.background, plot.theme.ink), 0.0)
    digit.set_title("a⁽⁰⁾, the image", color=plot.theme.ink, fontsize=11)
    slopes = np.array([pixel.grad for pixel in one.inputs[0]]).reshape(SIDE, SIDE)
    most = float(np.abs(slopes).max()) or 1.0
    drawn = picture(pixels, slopes, signed(theme), -most, most)
    pixels.set_title("∂C/∂a⁽⁰⁾: how more ink would change C", color=plot.theme.ink, fontsize=11)
    scale(plot, drawn, [pixels], "")
    bars(hidden, plot, range(1, len(first.delta[0]) + 1), first.delta[0], "hidden neuron", "δ⁽¹⁾")
    bars(last, plot, range(CLASSES), second.delta[0], "digit", "δ⁽²⁾ = a⁽²⁾ − y")
    return plot


def grid(theme: str, rows: int, columns: int, size: tuple[float, float]) -> tuple[list[Axes], Plot]:
    """A plot of that size in inches with so many places, row by row."""
    from viz.figures import Plot, dressed

    plot = Plot(theme)
    plot.panels.pop().remove()
    plot.set_size_inches(size)
    plot.panels += [dressed(axes, plot.theme) for axes in plot.subplots(rows, columns, squeeze=False).ravel()]
    return plot.panels, plot


def picture(axes: Axes, image: Any, colors: Colormap, least: float, most: float = 1.0) -> Any:
    axes.set_axis_off()
    return axes.imshow(image, colors, vmin=least, vmax=most, interpolation="nearest")


def blend(*colors: str) -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("", colors)


def signed(theme: str) -> Colormap:
    """Backward's colour for what is negative, forward's for what is positive; in print from white to black."""
    colors = theme_named(theme)
    if theme == "print":
        return blend(colors.background, colors.ink)
    return blend(colors.backward, colors.background, colors.forward)


def scale(plot: Plot, drawn: Any, axes: list[Axes], name: str) -> None:
    """What the colours mean."""
    bar = plot.colorbar(drawn, ax=axes, label=name, shrink=0.8, format=lambda x, _: number(round(x, 9), 2))
    bar.ax.tick_params(colors=plot.theme.faint, labelsize=9)
    bar.ax.yaxis.label.set_color(plot.theme.ink)
    bar.outline.set_visible(False)


def bars(axes: Axes, plot: Plot, places: range, values: Any, x: str, y: str) -> None:
    """A bar for each neuron with its number, to two digits, where there is a bar to see."""
    from viz.figures import labelled

    labelled(axes, plot.theme, x, y)
    drawn = axes.bar(places, values, color=plot.theme.backward)
    least = 0.01 * np.abs(values).max()
    texts = [number(value, 2) if abs(value) >= least else "≈ 0" if value else "0" for value in values]
    axes.bar_label(drawn, texts, color=plot.theme.ink, fontsize=8, padding=2)
    axes.axhline(0.0, color=plot.theme.ink, linewidth=0.8)
    axes.set_xticks(list(places))
    axes.margins(y=0.12)
