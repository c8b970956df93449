"""A program as straight-line code, Python or JavaScript.

To be read:

unrolled.py     every node and every gradient as an expression, with the names that a reader knows
readable.py     these as the function that a reader gets
module.py       the functions as a module: what they call, and the recorded sample

To be run:

inlined.py      each row written once, filled in for each node
runner.py       the function compiled, and run on a batch

To go through a graph node by node:

rows.py         each rule as functions of numbers: its result, and its local derivatives

What all need:

expressions.py  what is equal has one number, so that it is computed once
assignments.py  expressions as lines
function.py     lines as a function
identifiers.py  names, made safe
helpers.py      the definitions of what a function calls that the language's library does not have
languages.py    how a language writes all this: python.py, javascript.py
"""
