"""What the nodes of a graph are called:

names.py    a label, a role in a notation, or an operation and its place
samples.py  which sample a node belongs to, where several are in one graph
search.py   the node that a name means
"""
