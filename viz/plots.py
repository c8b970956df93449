"""Plots: how a loss falls, and where a model decides. matplotlib is imported when one is drawn, and not before.

Each takes `axes=` to draw into a figure of your own, and returns the figure that it has drawn into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import no_grad
from engine.support.numerals import number
from nn.losses import as_values
from viz.theme import theme_named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MARKED = 12  # points on a curve that carry its marker; on a longer one, only so many do
STEEP = 100.0  # a curve that falls by more than this factor is shown on a logarithmic scale


def plot_history(
    history: Any, *, title: str = "", log: bool | None = None, theme: str = "light", axes: Axes | None = None
) -> Figure:
    """How the loss falls, epoch by epoch: one curve for each series of numbers.

    `history` is what `fit` returns, or anything else with `.losses` (and `.validation_losses`), a dict of named
    series, or one series. The scale is logarithmic if `log` says so or, by default, if a curve falls by more than a
    hundredfold. Where a loss is NaN or infinite the curve ends, and the plot says so. `.metrics`, a dict, has a second
    panel, unless the plot goes into `axes`. Gives matplotlib's Figure. Raises ValueError for no numbers, ImportError
    without matplotlib.
    """
    if hasattr(history, "losses"):
        losses = _curves({"training": history.losses, "validation": getattr(history, "validation_losses", None) or ()})
    else:
        losses = _curves(history if isinstance(history, Mapping) else {"loss": history})
    if not losses:
        raise ValueError("there is nothing to plot yet: the history holds no loss")
    metrics = _curves(getattr(history, "metrics", {})) if axes is None else {}
    if metrics:
        from viz.figures import Plot

        axes, beside = Plot(theme, panels=2).panels
        plot_lines(metrics, x="epoch", y=" and ".join(metrics), log=False, theme=theme, axes=beside)
    return plot_lines(losses, x="epoch", y="loss", title=title, log=log, theme=theme, axes=axes)


def _curves(series: Mapping[str, Iterable[Any]]) -> dict[str, tuple[Sequence[float], Sequence[float]]]:
    """Those series that hold numbers, over the epochs from 1."""
    numbers = {str(name): [value.data for value in as_values(values)] for name, values in series.items()}
    return {name: (range(1, len(values) + 1), values) for name, values in numbers.items() if values}


def plot_lines(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    title: str = "",
    log: bool | None = None,
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """Named curves, each a pair of its xs and its ys, told apart by color, by dashes and by markers.

    `x` and `y` are the labels of the axes; `log` is as for `plot_history`.
    """
    from viz.figures import DASHES, MARKERS, Plot, colors, cycled, labelled, legend, whole

    theme_ = theme_named(theme)
    axes = Plot(theme).panels[0] if axes is None else axes
    labelled(axes, theme_, x, y, title)
    for i, (name, (xs, ys)) in enumerate(lines.items()):
        axes.plot(
            xs,
            [value if isfinite(value) else float("nan") for value in ys],
            label=name,
            color=cycled(colors(theme_), i),
            linestyle=cycled(DASHES, i),
            marker=cycled(MARKERS, i),
            markevery=max(1, len(ys) // MARKED),
            markersize=4.5,
            linewidth=1.6,
        )
        _mark_the_end(axes, xs, ys, theme_.ink, f"{name}: " * (len(lines) > 1))
    if _steep(ys for _, ys in lines.values()) if log is None else log:
        axes.set_yscale("log")
    if all(float(value).is_integer() for xs, _ in lines.values() for value in xs):
        whole(axes)
    axes.grid(axis="y", color=theme_.faint, alpha=0.25, linewidth=0.6)
    if len(lines) > 1:
        legend(axes, theme_)
    return axes.figure  # type: ignore[return-value]  # a part of a figure is as good


def _steep(curves: Iterable[Sequence[float]]) -> bool:
    """Does one of the curves span more than a linear scale can show, and none of them reach zero?"""
    finite = [[value for value in ys if isfinite(value)] for ys in curves]
    if any(value <= 0 for ys in finite for value in ys):
        return False
    return any(ys and max(ys) > STEEP * min(ys) for ys in finite)


def _mark_the_end(axes: Axes, xs: Sequence[float], ys: Sequence[float], ink: str, whose: str) -> None:
    """A curve that leaves the numbers says where."""
    gone = next((i for i, value in enumerate(ys) if not isfinite(value)), None)
    if gone is not None:
        axes.axvline(xs[gone], color=ink, linestyle=":", linewidth=1)
        axes.annotate(
            f"{whose}{number(ys[gone])} from here",
            (xs[gone], 0.95),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="top",
            color=ink,
            fontsize=9,
        )


def plot_decision_boundary(
    model: Callable[[Sequence[float]], Any],
    X: Sequence[Sequence[float]],
    y: Sequence[float],
    *,
    threshold: float = 0.0,
    resolution: int = 80,
    title: str = "",
    theme: str = "light",
    axes: Axes | None = None,
) -> Figure:
    """Which class `model` decides for, over the plane of two inputs, with the points `X` and their classes `y`.

    A model with one output decides by its side of `threshold` (0 for a linear output or a tanh, 0.5 for a sigmoid), and
    `y` holds two numbers, the smaller one for the side below. With K outputs the greatest decides, and `y` holds class
    numbers from 0 to K − 1. `X` is of shape (N, 2), `y` of shape (N,). The model is asked at `resolution`² points,
    recording nothing. Gives matplotlib's Figure. Raises ValueError for other shapes and classes, ImportError without
    matplotlib.
    """
    import numpy as np

    from viz.figures import HATCHES, MARKERS, Plot, colors, cycled, labelled, legend

    points, given = np.asarray(X, dtype=float), np.asarray(y, dtype=float).ravel()
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"a decision boundary lies in a plane: X must have the shape (N, 2); got {points.shape}")
    if len(given) != len(points):
        raise ValueError(f"y must have a class for each point; got {len(points)} points and {len(given)} classes")
    across, up = (_ticks(points[:, i], resolution) for i in (0, 1))
    with no_grad():
        scores = np.array([[value.data for value in as_values(model([x1, x2]))] for x2 in up for x1 in across])
    if scores.shape[1] == 1:
        margins = [threshold - scores[:, 0], scores[:, 0] - threshold]
    else:  # how far each output is above the others
        margins = [scores[:, k] - np.delete(scores, k, axis=1).max(axis=1) for k in range(scores.shape[1])]
    classes = _classes(given, scores.shape[1], threshold)

    theme_ = theme_named(theme)
    axes = Plot(theme).panels[0] if axes is None else axes
    labelled(axes, theme_, "x₁", "x₂", title)
    for k, margin in enumerate(values.reshape(resolution, resolution) for values in margins):
        color = cycled(colors(theme_), k)
        if margin.max() > 0:
            region = axes.contourf(
                across,
                up,
                margin,
                levels=[0, margin.max() * 1.01],
                colors=[color],
                alpha=0.16,
                hatches=[cycled(HATCHES, k)],
            )
            region.set_edgecolor(color)
            region.set_linewidth(0)
        if margin.min() < 0 < margin.max():
            axes.contour(across, up, margin, levels=[0], colors=[theme_.ink], linewidths=1.2)
        here = points[given == classes[k]]
        if len(here):
            axes.scatter(
                here[:, 0],
                here[:, 1],
                s=26,
                marker=cycled(MARKERS, k),
                color=color,
                edgecolors=theme_.background,
                linewidths=0.6,
                label=f"class {number(classes[k])}",
                zorder=3,
            )
    legend(axes, theme_)
    return axes.figure  # type: ignore[return-value]  # a part of a figure is as good


def _ticks(values: NDArray[Any], count: int) -> NDArray[Any]:
    """`count` numbers over the range of the values, and a little more on either side."""
    import numpy as np

    low, high = values.min(), values.max()
    room = 0.1 * (high - low) or 1.0
    return np.linspace(low - room, high + room, count)


def _classes(given: NDArray[Any], outputs: int, threshold: float) -> list[float]:
    """The number of each class, in the order of its margins."""
    found = sorted(set(given.tolist()))
    if outputs == 1:
        if len(found) > 2:
            raise ValueError(f"one output tells two classes apart; y holds {len(found)}: {found}")
        if len(found) == 1:
            return [float("nan"), *found] if found[0] > threshold else [*found, float("nan")]
        return found
    strange = [label for label in found if label not in range(outputs)]
    if strange:
        raise ValueError(f"a model with {outputs} outputs has the classes 0 to {outputs - 1}; y holds {strange}")
    return [float(k) for k in range(outputs)]
