"""The chain rule in words, for one gradient:

explain.py      the answer, put together
ledger.py       the part of a backward pass between a node and the root
reader.py       the terms of a gradient, one for each edge; factors.py, what a term consists of
equations.py    the terms as equations: by symbols, then with the numbers
algebra.py      what cancels, and what can be multiplied out; numbers.py, numbers in the places of symbols
reasons.py      the remarks below: why a gradient is zero or undefined, whether `grad` holds it
paths.py        every path from the node to the root
typesetting.py  equations and remarks as plain text and as LaTeX
"""
