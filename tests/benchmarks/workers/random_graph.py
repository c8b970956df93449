"""The recipe of a graph of 10,000 operations, for every engine to follow.

Softplus of one earlier node, sum of four, product of two, softmax of four (of which one output is kept), in rotation,
each at fixed distances back. The distances are chosen so that all numbers stay between 1e-4 and 4: sums take
softmaxes and a product, products a softmax and a softplus, and a softmax grows smaller as the others grow.
The first 30 nodes are inputs and the other 70 come evenly between the operations. The root is the sum of what
nothing uses and of every hundredth node, so that no operation is idle and no gradient fades away.
"""

import random

OPERATIONS, INPUTS, START = 10_000, 100, 30
INPUT, SOFTPLUS, SUM, PRODUCT, SOFTMAX = range(5)
ROTATION = (
    (SOFTPLUS, (23,)),
    (SUM, (14, 22, 30, 19)),
    (PRODUCT, (11, 26)),
    (SOFTMAX, (28, 15, 10, 21)),  # the output of the first operand is kept
)

Step = tuple[int, tuple[int, ...]]  # an operation and its operands, as numbers of nodes; none for an input


def recipe(operations: int = OPERATIONS) -> tuple[list[Step], list[int]]:
    """What makes each node, in order, and the nodes whose sum is the root."""
    steps: list[Step] = [(INPUT, ())] * START
    for i in range(operations):
        if (i + 1) * (INPUTS - START) // operations > i * (INPUTS - START) // operations:
            steps.append((INPUT, ()))
        op, distances = ROTATION[i % 4]
        steps.append((op, tuple(len(steps) - distance for distance in distances)))
    used = {operand for _, operands in steps for operand in operands}
    return steps, [i for i in range(len(steps)) if i not in used or i % 100 == 0]


def inputs(steps: list[Step]) -> list[float]:
    """A number for each input."""
    draw = random.Random(100).uniform
    return [draw(-1.0, 1.0) for op, _ in steps if op == INPUT]
