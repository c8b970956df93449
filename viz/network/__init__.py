"""The papers' figure of a network:

drawing.py     draw_network
recorded.py    the model as the graph of a loss has recorded it, for one sample
neurons.py     neuron by neuron: a, z and δ in circles, w and ∂E/∂w on connections
layers.py      layer by layer: what is too large for circles
sheet.py       what both have: names, numbers, tooltips, the loss, remarks
placement.py   where labels go, so that none lies on another
canvas.py      circles, lines and text at coordinates, as DOT
"""

from viz.network.drawing import draw_network

__all__ = ["draw_network"]
