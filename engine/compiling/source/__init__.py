"""A program as straight-line Python:

expressions.py  what is equal has one number, so that it is computed once
unrolled.py     every node and every gradient as such an expression
identifiers.py  their names, made safe
assignments.py  expressions as lines
module.py       the lines as a module: imports, helpers, functions, the recorded sample
helpers.py      the definitions of what it calls that `math` does not have
runner.py       the module compiled, and run on a batch
"""
