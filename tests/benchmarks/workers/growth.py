"""What a compiled program costs on a graph of a given kind and size: chain, random or network."""

import resource
import sys
from functools import cache

import numpy as np
from clock import peak_memory, seconds, seconds_each, serve
from digits import CLASSES, PIXELS
from digits_arrays import samples
from graph_glassgrad import Graph

from engine import Program, Value, compile_graph, topological_order
from nn import MLP, SGD, cross_entropy, fit, half_squared_error

MOST_MEMORY = 12 * 2**30  # what needs more ends this process, not its neighbours
MOST_NODES = 200_000  # for a batch: a larger graph takes minutes
LAYERS, BATCH = [256, 128, CLASSES], 32  # 235,146 weights and biases


def chain(nodes: int) -> tuple[Value, list[Value]]:
    """Deep: x, then sums and products with parameters, one after the other; each operation has its own."""
    x = out = Value(0.5)
    for i in range(nodes // 2):
        out = out + Value(0.001) if i % 2 else out * Value(1.001 if i % 4 else 0.998)
    return out, [x]


def random(nodes: int) -> tuple[Value, list[Value]]:
    """The graph of `random_graph.py`, whose softmaxes are three nodes each."""
    graph = Graph(nodes * 2 // 3)
    return graph.record(), graph.leaves[:50]


def network(nodes: int) -> tuple[Value, list[Value]]:
    """Wide: one sample through two layers as large as its input; most nodes are weights."""
    side = max(int((nodes / 2) ** 0.5) - 1, 1)
    inputs, targets = ([Value(x) for _ in range(side)] for x in (0.5 / side, 0.0))
    return half_squared_error(MLP(side, [side, side], activation="tanh")(inputs), targets), [*inputs, *targets]


def costs(kind: str, nodes: str) -> list[float | None]:
    """Nodes; seconds to compile, up to the first gradient; of a gradient of 1 sample, and of 100; bytes that 1 took."""
    root, inputs = GRAPHS[kind](int(nodes))
    size = len(topological_order(root))
    few, many = (np.random.default_rng(1).uniform(-0.5, 0.5, (count, len(inputs))) for count in (1, 100))
    before = peak_memory()
    programs: list[Program] = []

    def compile_and_run() -> None:
        programs.append(compile_graph(root, inputs))
        programs[0].gradient(few)

    compiling = seconds(compile_and_run, warm_up=False)
    (program,) = programs
    vector = program.vector()
    one = seconds_each(lambda: program.gradient(few, parameters=vector))
    memory = peak_memory() - before
    batch = seconds_each(lambda: program.gradient(many, parameters=vector)) if size < MOST_NODES else None
    return [size, compiling, one, batch, memory]


def peak(kind: str, nodes: str) -> int:
    """The most bytes that a process holds that records a graph and computes its first gradient."""
    Starting(kind, nodes).start()
    return peak_memory()


def first_step() -> float:
    """Seconds that `fit` takes until its first step is done: recording, compiling, checking, a gradient, an update."""
    model = MLP(PIXELS, LAYERS)
    optimizer = SGD(model.parameters(), lr=0.01)
    batch = samples(BATCH, "")

    def train() -> None:
        fit(
            model,
            *batch,
            loss=cross_entropy,
            optimizer=optimizer,
            epochs=1,
            batch_size=BATCH,
            metrics={},
            progress=False,
        )

    return seconds(train, warm_up=False)


class Starting:
    """A graph that is compiled anew each time."""

    def __init__(self, kind: str, nodes: str) -> None:
        self.root, self.inputs = GRAPHS[kind](int(nodes))
        self.size = len(topological_order(self.root))
        self.sample = np.random.default_rng(1).uniform(-0.5, 0.5, (1, len(self.inputs)))

    def start(self) -> float:
        """Seconds a node until the first gradient."""
        return seconds(lambda: compile_graph(self.root, self.inputs).gradient(self.sample), warm_up=False) / self.size


GRAPHS = {"chain": chain, "random": random, "network": network}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    graph = cache(Starting)
    serve(
        costs=lambda: costs(*sys.argv[1:]),
        start=lambda: graph(*sys.argv[1:]).start(),
        peak=lambda: peak(*sys.argv[1:]),
        fit=first_step,
    )
