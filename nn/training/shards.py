"""The gradient of a batch as the sum over its shards, each computed by a worker of an executor.

The protocol: a message names its job by a key. A worker that holds the job (the program and the data, which came with
an earlier message) answers with losses and gradient; any other answers with its name. Then as many messages as there
are such workers are sent again with the job itself, the others without, until all shards are there. So the job is sent
about once to each worker, whoever they are and whenever they join; a step sends row numbers and the parameters.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np

from engine.compiling.vectors import Vector
from nn.training.batches import Indices
from nn.training.task import Task

Answer = tuple[Vector, Vector] | str

SHARDS = 32  # of a batch at most; a smaller batch has fewer
SMALLEST = 32  # samples of a shard at least, where there are as many

# In a worker: the job that it got last. Programs are not shared between threads.
_last_job = threading.local()


def work(
    key: str, attempt: int, rows: Any, vector: Vector, job: bytes | None = None, last_job: Any = _last_job
) -> Answer:
    """In a worker: the losses and the summed gradient of these rows, or the worker's name, if it lacks the job.

    `attempt` tells a task from its repetition, for executors that remember what they have computed.
    """
    if job is not None and getattr(last_job, "key", None) != key:
        last_job.program, last_job.arrays = pickle.loads(job)
        last_job.key = key
    if getattr(last_job, "key", None) != key:
        return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    losses, gradient = last_job.program.gradient(tuple(a[rows] for a in last_job.arrays), vector, reduction="sum")
    return losses, gradient


class ShardedGradients:
    """A program and its data, whose gradients the workers of an executor compute.

    How a batch is cut, and in which order the shards are summed, does not depend on the workers.
    """

    def __init__(self, executor: Executor, task: Task) -> None:
        if not hasattr(executor, "submit"):
            raise TypeError(f"executor must be a concurrent.futures.Executor; got {executor!r}")
        self.executor = executor
        self.key = uuid4().hex
        self.job = pickle.dumps((task.program, task.arrays), protocol=pickle.HIGHEST_PROTOCOL)
        self.attempts = 0

    def gradient(self, rows: Indices, vector: Vector) -> tuple[Vector, Vector]:
        """The losses of the rows, and the gradient of their mean. Raises RuntimeError if a worker fails."""
        shards = _cut(rows)
        answers: list[Answer] = [""] * len(shards)
        missing, payloads = range(len(shards)), 0
        while missing:
            self._ask(answers, shards, list(missing), vector, payloads)
            unknown = {i: answers[i] for i in missing if isinstance(answers[i], str)}
            missing, payloads = list(unknown), len(set(unknown.values()))  # type: ignore[assignment]
        losses = np.concatenate([answer[0] for answer in answers])
        gradient = np.zeros_like(vector)
        for answer in answers:  # in their order
            gradient += answer[1]  # type: ignore[arg-type]
        gradient /= len(losses)
        return losses, gradient

    def _ask(
        self, answers: list[Answer], shards: Sequence[Any], missing: Sequence[int], vector: Vector, payloads: int
    ) -> None:
        """Fill in what the workers answer for the missing shards, the first ones sent with the job."""
        self.attempts += 1
        futures: list[Future[Answer]] = []
        try:
            for i in missing:
                job = self.job if len(futures) < payloads else None
                futures.append(self.executor.submit(work, self.key, self.attempts, shards[i], vector, job))
            for i, future in zip(missing, futures, strict=True):
                answers[i] = future.result()
        except Exception as error:
            name = type(self.executor).__name__
            raise RuntimeError(f"a worker of the {name} failed: {type(error).__name__}: {error}") from error
        finally:
            for future in futures:
                future.cancel()


def _cut(rows: Indices) -> list[Any]:
    """The rows in pieces of nearly equal size."""
    size = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
    shards = min(SHARDS, -(-size // SMALLEST))
    bounds = pairwise(i * size // shards for i in range(shards + 1))
    if isinstance(rows, slice):
        return [slice(rows.start + a, rows.start + b) for a, b in bounds]
    return [rows[a:b] for a, b in bounds]
