"""What the nodes of a graph are called, and what a reader must know of their numbers:

given.py        names by label, or by role in a notation
names.py        one name for every node: the given one, or else what the node is
expressions.py  what a node without a name is: its operation, with the names of its operands
samples.py      which sample a node belongs to, where several are in one graph
search.py       the node that a name means
remarks.py      a pass that is not over, passes added up, leaves that have changed
"""
