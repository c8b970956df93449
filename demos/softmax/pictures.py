"""What a wrong output learns, and the two trainings."""

from __future__ import annotations

import numpy as np

from demos.kit.report import Picture, Renderable
from demos.softmax.costs import ENTROPY, SHOWN_RATE, SQUARES, STEPS, course, signals
from engine.support.numerals import number
from viz.plots import plot_lines


def training_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, steps = Plot(theme, panels=2), range(1, STEPS + 1)
    courses = {cost: course(cost, SHOWN_RATE) for cost in (ENTROPY, SQUARES)}
    plot_lines(
        {cost: (steps, found.surprise) for cost, found in courses.items()},
        x="step",
        y="−log a of the true class",
        title=f"The same net, trained with either cost at rate {number(SHOWN_RATE)}",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    plot_lines(
        {cost: (steps, found.accuracy) for cost, found in courses.items()},
        x="step",
        y="test images recognised",
        log=False,
        theme=theme,
        axes=plot.panels[1],
    )
    return plot


def delta_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot, wrong = Plot(theme), np.linspace(0, 10, 51).tolist()
    found = [signals(c) for c in wrong]
    plot_lines(
        {ENTROPY: (wrong, [-x[1] for x in found]), SQUARES: (wrong, [-x[2] for x in found])},
        x="c, by which the logit of another output is larger",
        y="−δ of the true output",
        title="An output that is wrong with confidence learns from cross-entropy only",
        log=False,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def all_pictures() -> tuple[Picture, ...]:
    return (
        Picture("softmax-delta", "what a wrong output learns, with either cost", delta_plot),
        Picture("softmax-training", "the same net with cross-entropy and with a squared error", training_plot),
    )
