"""Pictures of graphs and networks, built by graphviz and drawn without a system `dot`, too; plots by matplotlib."""

from viz.graph import draw, draw_dot
from viz.network import draw_network
from viz.plots import plot_decision_boundary, plot_history
from viz.renderer import save

__all__ = ["draw", "draw_dot", "draw_network", "plot_decision_boundary", "plot_history", "save"]
