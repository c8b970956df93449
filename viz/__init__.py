"""Pictures of graphs and networks, built by graphviz and drawn without a system `dot`, too."""

from viz.graph import draw, draw_dot
from viz.network import draw_network
from viz.renderer import save

__all__ = ["draw", "draw_dot", "draw_network", "save"]
