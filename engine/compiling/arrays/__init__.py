"""A program as a module of numpy, which is what runs:

layout.py         which arrays there are, and which row of which array each node is
boxes.py          which rows of an array a view holds
names.py          what arrays are called
operands.py       what a group reads
operations.py     a group as statements forward and backward
contributions.py  what it contributes, brought to the rows that its operands are from
gradients.py      the sum of what is contributed
writer.py         the statements so far, and the tables of rows and numbers beside them
texts.py          expressions of arrays, with the axes along which they differ
language.py       how numpy is written
module.py         the functions `forward` and `gradient` as a module
runner.py         the module run
"""
