"""A program as straight-line code, Python or JavaScript:

expressions.py  what is equal has one number, so that it is computed once
unrolled.py     every node and every gradient as such an expression
identifiers.py  their names, made safe
assignments.py  expressions as lines
function.py     the lines as a function
module.py       the functions as a module: what they call, and the recorded sample
helpers.py      the definitions of what they call that the language's library does not have
languages.py    how a language writes all this: python.py, javascript.py
runner.py       the module compiled, and run on a batch
"""
