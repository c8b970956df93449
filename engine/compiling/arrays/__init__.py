"""A program by array operations, a slice of the batch at a time:

layout.py      a row for each node, so that groups are slices and the weights of a matrix product are a matrix
memory.py      the arrays that hold these rows, values and gradients
operands.py    what a group reads, and where it adds to gradients
operations.py  a group as one array operation forward and one backward
clearing.py    which gradients start from zero
runner.py      all operations in their order, on a batch
"""
