"""Training: `fit`, and what it is made of.

loop.py        the loop over epochs and batches
task.py        the model, its loss and its data, checked and compiled before the first step
trained.py     the parameters as one vector, which program and optimiser share
batches.py     which samples a step takes, and their gradient, here
shards.py      the same by the workers of an executor
eager.py       the same without a program
recording.py   the graph of one sample; samples.py, the arrays of many
anomalies.py   the node that made a NaN
prediction.py  `model.predict`; progress.py, the bar
"""

from nn.training.fit import fit

__all__ = ["fit"]
