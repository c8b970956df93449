"""fit on an executor: the same numbers for any number of workers, and what happens when one dies."""

import random
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import SimpleNamespace

import numpy as np
import pytest

from nn import MLP, Adam, fit, half_squared_error

generator = np.random.default_rng(0)
X = generator.normal(size=(500, 3))
T = np.stack([X[:, 0] * X[:, 1], np.sin(X[:, 2])], axis=1)


def network():
    random.seed(1)
    return MLP(3, [4, 2], "tanh")


def data_of(model):
    return [parameter.data for parameter in model.parameters()]


def train(executor, model=None, lr=0.01, **options):
    """Parameters and losses after some epochs of Adam: batches of 200, 200 and 100, so 7, 7 and 4 shards."""
    model = model or network()
    standard = {"loss": half_squared_error, "epochs": 3, "batch_size": 200, "seed": 0, "progress": False}
    optimizer = Adam(model.parameters(), lr)
    history = fit(model, X, T, optimizer=optimizer, executor=executor, **standard | options)
    return [*data_of(model), *history.losses]


def after_steps(steps):
    """The parameters after so many steps, without an executor."""

    def interrupting(step):
        if step == steps:
            raise KeyboardInterrupt
        return 0.01

    model = network()
    train(None, model, interrupting)
    return data_of(model)


class Workers(Executor):
    """Several workers in this process, which take turns; each keeps what it has been sent."""

    def __init__(self, count):
        self.memories = [SimpleNamespace() for _ in range(count)]
        self.sent = []  # for each message: to which worker, and did it carry the job?

    def submit(self, function, key, attempt, rows, vector, job):
        worker = len(self.sent) % len(self.memories)
        self.sent.append((worker, job is not None))
        answer = function(key, attempt, rows, vector, job, self.memories[worker])
        future = Future()
        future.set_result(f"worker {worker}" if isinstance(answer, str) else answer)
        return future


@pytest.fixture(scope="module")
def alone():
    return train(None)


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_any_number_of_workers_gives_the_same_numbers(workers, alone):
    found = train(Workers(workers))
    assert found == train(Workers(1))
    assert found == pytest.approx(alone, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_keep_apart(workers, alone):
    with ThreadPoolExecutor(workers) as executor:
        assert train(executor) == pytest.approx(alone, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    "options", [{"shuffle": False}, {"batch_size": None}, {"batch_size": 1}, {"clip": 0.1}], ids=str
)
def test_however_the_batches_are_cut(options):
    options |= {"epochs": 1}
    assert train(Workers(2), **options) == pytest.approx(train(None, **options), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_the_job_travels_once_to_each_worker(workers):
    executor = Workers(workers)
    train(executor)
    assert sorted(worker for worker, job in executor.sent if job) == [*range(workers)]
    train(executor)  # another job
    assert sorted(worker for worker, job in executor.sent if job) == sorted([*range(workers)] * 2)


def test_a_worker_that_has_forgotten_is_told_again(alone):
    executor = Workers(3)

    def rate(step):
        if step == 4:
            executor.memories[1] = SimpleNamespace()  # as if it had been started anew
            executor.memories.append(SimpleNamespace())  # and another one had come
        return 0.01

    assert train(executor, lr=rate) == pytest.approx(alone, rel=1e-12, abs=1e-14)
    assert sum(job for _, job in executor.sent) > 3


class Failing(Workers):
    """From some message on, a worker fails, or can't even be asked."""

    def __init__(self, error, after, at_once):
        super().__init__(2)
        self.error, self.after, self.at_once = error, after, at_once

    def submit(self, *message):
        if len(self.sent) < self.after:
            return super().submit(*message)
        if self.at_once:
            raise self.error
        future = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    "error", [BrokenProcessPool("a process died"), MemoryError("no room"), ValueError("odd")], ids=repr
)
def test_a_worker_that_fails_is_an_error_and_the_last_good_step_stays(error, at_once):
    model = network()
    asked = 7 + 7 + 7  # the shards of the first batch twice, as no one knew the job
    with pytest.raises(RuntimeError) as caught:
        train(Failing(error, asked + 3, at_once), model)
    assert str(caught.value) == f"a worker of the Failing failed: {type(error).__name__}: {error}"
    assert caught.value.__cause__ is error
    assert caught.value.__notes__ == ["in fit, epoch 1, batch 3", "the model has the parameters of the last good step"]
    assert data_of(model) == pytest.approx(after_steps(2), rel=1e-12)


def test_processes_give_what_one_process_gives_until_they_die(alone):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert train(executor) == pytest.approx(alone, rel=1e-12, abs=1e-14)
        model, processes = network(), [*executor._processes.values()]

        def killing(step):
            if step == 4:
                for process in processes:
                    process.kill()
            return 0.01

        with pytest.raises(RuntimeError, match="a worker of the ProcessPoolExecutor failed: BrokenProcessPool"):
            train(executor, model, killing)
        assert data_of(model) == pytest.approx(after_steps(5), rel=1e-12)


@pytest.mark.slow
def test_a_dask_cluster_gives_what_one_process_gives(alone):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert train(client.get_executor()) == pytest.approx(alone, rel=1e-12, abs=1e-14)
        assert train(client.get_executor(pure=True)) == pytest.approx(alone, rel=1e-12, abs=1e-14)
