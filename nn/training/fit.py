"""`fit`: the training loop."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from time import perf_counter
from typing import Any

import numpy as np

from engine.support.numerals import number
from nn.arguments import count, within
from nn.module import Module
from nn.optimizers import Adam, Optimizer
from nn.recording import Loss
from nn.training.anomalies import bad_batch
from nn.training.batches import Indices, LocalGradients, batches_of
from nn.training.history import History
from nn.training.measures import Measures, Metric
from nn.training.parameters import TrainedParameters, all_finite
from nn.training.progress import progress_bar
from nn.training.shards import ShardedGradients
from nn.training.task import Task

Gradients = LocalGradients | ShardedGradients


def fit(
    model: Module,
    inputs: Any,
    targets: Any,
    *,
    loss: Loss,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int | None = 32,
    shuffle: bool = True,
    seed: Any = None,
    validation: tuple[Any, Any] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    clip: float | None = None,
    progress: bool | None = None,
    executor: Executor | None = None,
    compiled: bool = True,
) -> History:
    """Train `model`: in each epoch go through the samples in batches, with a step of `optimizer` for each batch.

        g = ∂/∂θ 1/B Σ loss(model(x), t),  θ ← optimizer's step by g

    `inputs` are of shape (N, inputs of the model), `targets` of shape (N, targets of a sample); or of shape (N,), a
    number for each sample, which for a model with several outputs is a class, 0 … K − 1, and becomes a row with a 1.
    `loss` is a function of outputs and targets, a Value or a list of them each, as in `nn.losses`.

    - `optimizer`: by default `Adam(model.parameters())`. Parameters that it was not given stay as they are. It goes on
      where it was. While it trains, its `parameters` and its memory are in the order of the compiled program.
    - `batch_size`: None for all samples at once. `shuffle` draws a new order for each epoch, by
      `numpy.random.default_rng(seed)`.
    - `validation`: a pair (inputs, targets), whose loss is measured after each epoch.
    - `metrics`: functions of outputs and targets by name, measured after each epoch, on the validation set if there is
      one, or else on the training set; outputs as `predict` gives them, targets as they were given. By default the
      accuracy, where targets are classes; {} for none.
    - `clip`: the most that the gradient's norm may be, as in `clip_gradients`.
    - `progress`: True for a bar by tqdm, False for none, None for a bar if tqdm is installed.
    - `executor`: a `concurrent.futures.Executor` whose workers compute the gradients, in shards, with the same result
      for any number of them. Each gets the program and the data once. It is left open. Workers that share a machine are
      best started with OPENBLAS_NUM_THREADS=1 in the environment, or their threads compete for the cores.
    - `compiled=False` records every sample anew: slow, for models whose Python code decides by the data of a sample.

    Ctrl-C ends the training: the model has the parameters of the last completed step, and the history of the completed
    epochs comes back, with `interrupted` set. The gradients of the parameters are cleared.

    Raises ValueError or TypeError, before the first step, for what can't be trained; FloatingPointError where a loss or
    gradient is NaN or infinite, with epoch and batch (from 1), sample (its place in the data, from 0) and node;
    RuntimeError if a worker fails. Whatever is raised, the model has the parameters of the last good step.

    To go on with the optimizers or on the devices of another library, compile the loss of one sample:
    `program = compile_graph(loss, inputs)`; `program.function(torch)` gives its losses for a batch and a vector of
    parameters, which starts as `program.vector()` and comes back by `program.assign`.
    """
    if not (isinstance(model, Module) and callable(model)):
        raise TypeError(f"the model must be a Module that can be called; got {model!r} ({type(model).__name__})")
    if not callable(loss):
        raise TypeError(f"loss must be a function of outputs and targets, such as nn.squared_error; got {loss!r}")
    if optimizer is None:
        optimizer = Adam(model.parameters())
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"optimizer must be an Optimizer, such as SGD(model.parameters(), lr=0.1); got {optimizer!r}")
    if executor is not None and not compiled:
        raise ValueError("an executor runs compiled programs: give one of executor= and compiled=False, not both")
    epochs = count("epochs", epochs)
    max_norm = None if clip is None else within("clip", clip, positive=True)
    task = Task(model, loss, inputs, targets, optimizer.parameters, compiled)
    samples = len(task.inputs)
    size = samples if batch_size is None else min(count("batch_size", batch_size), samples)
    measure = Measures(task, validation, metrics)
    generator = np.random.default_rng(seed) if shuffle else None
    parameters = TrainedParameters(task.program, optimizer)
    gradients: Gradients
    if executor is None:
        gradients = LocalGradients(task.program, task.arrays, size)
    else:
        gradients = ShardedGradients(executor, task)

    history = History()
    with progress_bar(progress, epochs * -(-samples // size)) as bar, parameters, np.errstate(all="ignore"):
        try:
            for epoch in range(1, epochs + 1):
                started, total = perf_counter(), 0.0
                for batch, indices in enumerate(batches_of(samples, size, generator), start=1):
                    try:
                        total += _step(task, gradients, parameters, indices, max_norm)
                    except Exception as error:
                        _add_place(error, epoch, batch)
                        raise
                    bar.update()
                seconds = perf_counter() - started
                history.add(total / samples, *measure(parameters), seconds)
                bar.set_postfix_str(f"loss {number(history.losses[-1])}", refresh=False)
        except KeyboardInterrupt:
            history.interrupted = True
    return history


def _step(
    task: Task, gradients: Gradients, parameters: TrainedParameters, indices: Indices, max_norm: float | None
) -> float:
    """One step of the optimizer; gives the sum of the losses before it."""
    losses, gradient = gradients.gradient(indices, parameters.vector)
    gradient = parameters.own_gradient(gradient)
    if not (all_finite(losses) and all_finite(gradient)):
        raise bad_batch(task, indices, parameters.vector, losses)
    parameters.step(gradient, max_norm)
    return float(losses.sum())


def _add_place(error: Exception, epoch: int, batch: int) -> None:
    if isinstance(error, FloatingPointError):
        error.args = (f"epoch {epoch}, batch {batch}, {error}",)
    else:
        error.add_note(f"in fit, epoch {epoch}, batch {batch}")
    error.add_note("the model has the parameters of the last good step")
