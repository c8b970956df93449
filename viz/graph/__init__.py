"""The graph itself, a box for each Value:

drawing.py    draw: every node and every operation
collapsed.py  what is too large for that: a box for each neuron, or for each layer
sheet.py      what both have: boxes with names and tooltips, title and legend
"""

from viz.graph.drawing import draw, draw_dot

__all__ = ["draw", "draw_dot"]
