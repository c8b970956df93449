"""What lies below `value.py`, and small rooms that several packages share:

conversions.py  what a Value takes for a number, and what it refuses
undefined.py    derivatives that do not exist where the operation does
bytecode.py     the names that a function takes from outside, read off its code
closures.py     operations in micrograd's way, and the pass by hand
passes.py       what holds around a backward pass
hooks.py        callbacks on gradients; modes.py, no_grad and detect_anomaly
errors.py       where in the graph an error is
notation.py     roles and their names; labels.py, what users call a node; numerals.py, how numbers are written
display/        tables, at a prompt and in a notebook
files.py        files that are written whole or not at all; collector.py, the cyclic garbage collector
"""
