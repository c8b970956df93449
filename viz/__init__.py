"""Pictures of graphs and networks, built by graphviz and drawn without a system `dot`, too; plots by matplotlib.

    graph/       draw: a box for each Value; a large graph by neurons or layers
    network/     draw_network: the papers' figure, a circle for each neuron; a large one by layers
    plots.py     plot_history, plot_decision_boundary; figures.py dresses what matplotlib draws
    renderer.py  save: from DOT text to a file
    theme.py     the colors
    live/        page: one HTML file to step through, edit and train

sheet.py collects what a legend has to explain; text.py makes labels harmless and tells how wide they are. To import viz
hands `draw` to the debugger.
"""

from typing import TYPE_CHECKING, Any

from engine.debugger.drawing import draw_with
from engine.steps import Trace
from engine.support.notation import Notation
from viz.graph import draw, draw_dot
from viz.network import draw_network
from viz.plots import plot_decision_boundary, plot_history
from viz.renderer import save

if TYPE_CHECKING:
    from viz.live.page import page
else:  # unseen by type checkers, which would take any name for this one

    def __getattr__(name: str) -> Any:
        """What makes pages is loaded when it is first asked for."""
        if name == "page":
            from viz.live.page import page

            return page
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["draw", "draw_dot", "draw_network", "page", "plot_decision_boundary", "plot_history", "save"]


def __dir__() -> list[str]:
    return sorted(__all__)


def _write_step(trace: Trace, notation: Notation, path: str) -> None:
    save(draw(trace.root, notation=notation, trace=trace), path)


draw_with(_write_step)  # the debugger's command `draw`
