"""How a gradient vanishes with depth, and paths beside edges."""

from __future__ import annotations

from demos.kit.report import Picture, Renderable
from demos.neuron.chain import ACTIVATIONS, DEPTHS, first_gradients
from demos.neuron.paths import GROWTH, WIDTH, growing
from viz.plots import plot_lines


def depth_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot = Plot(theme)
    names = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
    plot_lines(
        {names[name]: (list(DEPTHS), first_gradients(name)) for name in ACTIVATIONS},
        x="layers L",
        y="|∂C/∂w⁽¹⁾|",
        title="How a gradient vanishes with depth: a chain of neurons, w = 1",
        log=True,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def paths_plot(theme: str) -> Renderable:
    from viz.figures import Plot

    plot = Plot(theme)
    counted, visited = growing()
    plot_lines(
        {
            "paths from one input to C": (list(GROWTH), counted),
            "edges that the reverse pass visits, once each": (list(GROWTH), visited),
        },
        x=f"layers L of {WIDTH} neurons",
        y="number",
        title="Why backwards: paths multiply, edges add up",
        log=True,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def all_pictures() -> tuple[Picture, ...]:
    return (
        Picture("neuron-depth", "how |∂C/∂w⁽¹⁾| vanishes with depth", depth_plot),
        Picture("neuron-paths", "the number of paths beside that of edges", paths_plot),
    )
