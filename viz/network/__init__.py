"""The papers' figure of a network:

drawing.py      draw_network
recorded.py     the model as the graph of a loss has recorded it, for one sample
neurons.py      neuron by neuron: a, z and δ in circles
connections.py  two lines for each weight, with w and ∂E/∂w written on them where they can be read
tables.py       w and ∂E/∂w of all others, by layer
placement.py    where labels go, so that none lies on another
layers.py       layer by layer: what is too large for circles
sheet.py        what all have: names, tooltips, the loss, remarks
canvas.py       circles, lines and text at coordinates, as DOT
"""

from viz.network.drawing import draw_network

__all__ = ["draw_network"]
