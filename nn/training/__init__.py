"""Training: `nn.fit`, and what it is made of.

fit.py         the loop over epochs and batches
task.py        the model, its loss and its data, checked and compiled before the first step
samples.py     the data as matrices, a row for each sample
parameters.py  the parameters as one vector, on which program and optimizer work
batches.py     which samples a step takes, and their gradient in this process
shards.py      or by the workers of an executor
eager.py       what runs in place of a program, with compiled=False
measures.py    the validation loss and the metrics after each epoch
anomalies.py   the sample and the node where a number became NaN or infinite
history.py     what comes back; progress.py, the bar meanwhile
"""
