"""Compiled programs against their peers: `python -m tests.benchmarks.compiled`, or only some of its SECTIONS by name.

Every engine starts from the same bytes and computes the same numbers in float64, on the same number of threads, or
its time does not count. A peer that can't be installed is a row that says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.harness import (
    THREADS,
    BenchmarkError,
    Comparison,
    Figure,
    Growth,
    Missing,
    Report,
    Worker,
    environment,
    in_turn,
    main,
    positive,
    require_agreement,
)

TITLE = "compiled programs against hand-written numpy, PyTorch, micrograd and an index tape"
MICROGRAD, TORCH = "micrograd==0.1.0", "torch==2.13.0"
IMAGES = 60_000
FILE = "train-images-idx3-ubyte.gz"  # of MNIST

BATCHES = {IMAGES: 1.2, 1_000: 1.5, 100: 1.8}  # how many times numpy's time ours may be
MINIBATCHES = {32: 2.5}
ITERATIONS, FULL_BATCH = 50, 1.4  # of the source's 1,000
MEGABYTES = 300.0
MICROGRAD_BATCH, TIMES_MICROGRAD = 100, 50_000.0
SPELLED_OUT, COMPILE_SECONDS = 1.2, 2.0
TAPE, TIMES_TORCH_SCALARS = 0.4, 100.0
NAMES, TIMES_TORCH_TENSORS = {32: 1.7, 256: 1.7}, 1.6
SMALL_BATCH = 32
START = 45.0  # microseconds a node
FIRST_STEP = 0.7  # seconds
LARGEST, GIGABYTES = 1_000_000, 8.0  # nodes, and what compiling them may take
GRAPHS = ("chain", "random", "network")
NODES = (1_000, 10_000, 100_000, 1_000_000)
GROWING_BATCHES = (1, 10, 100, 1_000, 10_000, IMAGES)

Row = Comparison | Figure | Missing


class Engines(ExitStack):
    """The workers of a section; they end with it."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__()
        self.environments: Path = options.environments
        self.threads: int = options.threads

    def start(self, program: str, *arguments: object) -> Worker:
        """A worker in our own environment."""
        return self.enter_context(Worker(program, *map(str, arguments), threads=self.threads))

    def start_peer(self, requirement: str, program: str, *arguments: object) -> Worker | Missing:
        """A worker in the environment of a peer, if that can be had."""
        try:
            python = environment(self.environments, requirement)
            worker = self.enter_context(Worker(program, *map(str, arguments), python=python, threads=self.threads))
            worker.ask("ready")
        except BenchmarkError as error:
            return Missing(requirement.replace("==", " "), str(error))
        return worker


def classifier(options: argparse.Namespace) -> Iterator[Report]:
    """Steps of source 004's classifier: the gradient of a batch."""
    with Engines(options) as engines:
        rows = images(engines, options, BATCHES)
    rows += memory(options)
    title = f"the classifier 784→10→10, cross-entropy, {threads(options)}: the gradient of a batch"
    notes = "numpy: feature-major, slices of 4,096 images, the fastest that was found"
    yield Report(title, "peer", options.rounds, rows, notes)


def images(
    engines: Engines, options: argparse.Namespace, batches: Mapping[int, float | None], name: str = ""
) -> list[Row]:
    """Rows of the classifier for batches of so many images, each of which may take so many times numpy's time."""
    arguments = (10, "cross_entropy")
    ours = engines.start("classifier_glassgrad", *arguments, "nn", options.data)
    numpy = engines.start("classifier_numpy", *arguments, options.data)
    torch = engines.start_peer(TORCH, "classifier_torch", *arguments, options.data)
    peers, rows = {"numpy": numpy, "PyTorch tensors": torch}, []
    for count, at_most in batches.items():
        sizes, most = numpy.ask(f"sizes {count}"), {"numpy": at_most} if at_most else None
        numbers, time = f"numbers {count}", f"time {count}"
        rows += beside(f"{name}B = {count:,}", ours, peers, numbers, time, options.rounds, most, sizes)
    return rows


def memory(options: argparse.Namespace) -> Iterator[Row]:
    """The peak of fresh processes that compute one full batch."""
    costs = []
    for program, style in (("classifier_glassgrad", ["nn"]), ("classifier_numpy", [])):
        with Engines(options) as engines:
            worker = engines.start(program, 10, "cross_entropy", *style, options.data)
            costs.append(worker.ask(f"memory {IMAGES}") / 1e6)
    ours, peers = costs
    yield Figure(f"B = {IMAGES:,}: peak memory of the process, without the data", "MB", [ours], MEGABYTES)
    yield Comparison(f"B = {IMAGES:,}: peak memory beside numpy", "MB", [ours], [peers])


def training(options: argparse.Namespace) -> Iterator[Report]:
    """Stochastic gradient descent by `nn.fit`."""
    rows: list[Row] = []
    with Engines(options) as engines:
        ours = engines.start("classifier_glassgrad", 10, "cross_entropy", "nn", options.data)
        numpy = engines.start("classifier_numpy", 10, "cross_entropy", options.data)
        for batch, at_most in MINIBATCHES.items():
            name, most = f"784→10→10, fit, batches of {batch}", {"numpy": at_most}
            trained = f"trained {batch} {20 * batch}"
            rows += beside(name, ours, {"numpy": numpy}, trained, f"epoch {batch}", options.rounds, most)
        name, step = f"784→10→10, fit, {ITERATIONS} iterations with all images", f"trained {IMAGES} {IMAGES}"
        most = {"numpy": FULL_BATCH}
        rows += beside(name, ours, {"numpy": numpy}, step, f"descent {ITERATIONS}", options.rounds, most)
    with Engines(options) as engines:
        ours = engines.start("classifier_glassgrad", 50, "squared_error", "nn", options.data)
        numpy = engines.start("classifier_numpy", 50, "squared_error", options.data)
        name, batch = f"784→50→10, fit, batches of {MICROGRAD_BATCH}", MICROGRAD_BATCH
        trained = f"trained {batch} {20 * batch}"
        rows += beside(name, ours, {"numpy": numpy}, trained, f"epoch {batch}", options.rounds)
        micrograd = engines.start_peer(MICROGRAD, "classifier_micrograd", 50, "squared_error", options.data)
        if isinstance(micrograd, Missing):
            rows.append(micrograd)
        else:
            sizes = numpy.ask("sizes 2")
            numbers = {
                name: worker.ask("numbers 2") for name, worker in (("glassgrad", ours), ("micrograd", micrograd))
            }
            require_agreement(numbers, sizes=sizes)
            an_image = [lambda: 1e6 * ours.ask(f"second-epoch {batch}") / IMAGES, lambda: 1e6 * micrograd.ask("time")]
            own, others = in_turn(an_image, options.rounds)
            rows.append(Comparison(f"{name}, an image of an epoch: micrograd", "µs", own, others, TIMES_MICROGRAD))
    notes = (
        f"fit: one epoch of {IMAGES:,} images, shuffled, with every update; ours first records, compiles and checks\n"
        "the graph. An image of an epoch: of fit's second epoch. micrograd: one image forward and backward, without\n"
        f"updates, {IMAGES:,} of which an epoch would be; its loss is Σ(y − t)², as it has no exponential."
    )
    yield Report(f"training by nn.fit, {threads(options)}", "peer", options.rounds, rows, notes)


def transformer(options: argparse.Namespace) -> Iterator[Report]:
    """The GPT of the demo `names`, recorded scalar by scalar: the gradient of a batch of names of seven letters."""
    with Engines(options) as engines:
        ours = engines.start("gpt_glassgrad")
        numpy = engines.start("gpt_numpy")
        peers = {"numpy": numpy, "PyTorch tensors": engines.start_peer(TORCH, "gpt_torch")}
        rows: list[Row] = []
        for count, at_most in NAMES.items():
            most, least = {"numpy": at_most}, {"PyTorch tensors": TIMES_TORCH_TENSORS}
            numbers, time, sizes = f"numbers {count}", f"time {count}", numpy.ask(f"sizes {count}")
            rows += beside(f"B = {count}", ours, peers, numbers, time, options.rounds, most, sizes, least)
    title = f"a transformer of scalars: 16 dimensions, 4 heads, 8 tokens, {threads(options)}: the gradient of a batch"
    notes = (
        "numpy: feature-major, the names last, attention by full squares of scores, memory kept, slices of 64 names,\n"
        "the fastest that was found. PyTorch: with its own normalization, attention and cross-entropy"
    )
    yield Report(title, "peer", options.rounds, rows, notes)


def small(options: argparse.Namespace) -> Iterator[Report]:
    """Nets and batches so small that what goes on around the numbers takes longer than they do."""
    rows: list[Row] = []
    for name, title in (("moons", "moons, 2→16→16→1, 100 points"), ("xor", "XOR, 2→8→1, 4 points")):
        with Engines(options) as engines:
            peers = {"PyTorch tensors": engines.start_peer(TORCH, "small_torch", name)}
            rows += beside(title, engines.start("small_glassgrad", name), peers, "numbers", "time", options.rounds)
    with Engines(options) as engines:
        rows += images(engines, options, {SMALL_BATCH: None}, "784→10→10, ")
    title = f"small nets, {threads(options)}: the gradient of all points, or of a batch"
    notes = "moons: ReLU, hinge loss + L2; XOR: tanh, squared error; 784→10→10: ReLU, cross-entropy"
    yield Report(title, "peer", options.rounds, rows, notes)


def spelled_out(options: argparse.Namespace) -> Iterator[Report]:
    """The same network by nn and spelled out with + and *, and how long each takes to compile."""
    rows: list[Row] = []
    with Engines(options) as engines:
        arguments = (50, "cross_entropy")
        networks = {
            s: engines.start("classifier_glassgrad", *arguments, s, options.data) for s in ("nn", "spelled-out")
        }
        sizes = engines.start("classifier_numpy", *arguments, options.data).ask("sizes 100")
        require_agreement({style: worker.ask("numbers 100") for style, worker in networks.items()}, sizes=sizes)
        for count in (100, 1_000, 10_000):
            measures = [milliseconds(worker, f"time {count}") for worker in networks.values()]
            nn, spelled = in_turn(measures, options.rounds)
            rows.append(Comparison(f"gradient, B = {count:,}: nn", "ms", spelled, nn, at_most=SPELLED_OUT))
        for style, worker in networks.items():
            times = [worker.ask("compile") for _ in range(min(options.rounds, 5))]
            most = COMPILE_SECONDS if style == "nn" else None
            rows.append(Figure(f"compile, until the first gradient, {style}", "s", times, most))
    title = f"784→50→10, cross-entropy, spelled out with + and *, {threads(options)}"
    yield Report(title, "by nn", options.rounds, rows)


def graph(options: argparse.Namespace) -> Iterator[Report]:
    """A random graph of 10,000 operations, one sample forward and backward."""
    with Engines(options) as engines:
        ours = engines.start("graph_glassgrad", "compiled")
        peers = {
            "index tape": engines.start("graph_tape", "one-loop"),
            "index tape, backward written out": engines.start("graph_tape", "written-out"),
            "PyTorch scalars": engines.start_peer(TORCH, "graph_torch", "spelled-out"),
            "PyTorch scalars, but torch.softmax": engines.start_peer(TORCH, "graph_torch", "stacked"),
            "our own eager engine": engines.start("graph_glassgrad", "eager"),
        }
        most, least = {"index tape": TAPE}, {"PyTorch scalars": TIMES_TORCH_SCALARS}
        rows = beside("forward and backward", ours, peers, "numbers", "time", options.rounds, most, targets=least)
    title = "a random graph of 10,000 operations and 100 inputs: softplus, sum, product, softmax; one sample"
    yield Report(title, "peer", options.rounds, rows)


def start(options: argparse.Namespace) -> Iterator[Report]:
    """What a graph costs until its first gradient; of a deep one the most is Python's own compiler."""
    rows: list[Row] = []
    rounds = min(options.rounds, 5)
    for kind in ("chain", "random"):
        for nodes in (10_000, 100_000):
            with Engines(options) as engines:
                worker = engines.start("growth", kind, nodes)
                times = [1e6 * worker.ask("start") for _ in range(rounds)]
                rows.append(Figure(f"{kind}, about {nodes:,} nodes, as generated Python", "µs a node", times, START))
    with Engines(options) as engines:
        worker = engines.start("growth")
        times = [worker.ask("fit") for _ in range(rounds)]
        rows.append(Figure("784→256→128→10, fit until its first step", "s", times, FIRST_STEP))
    for kind in GRAPHS:
        name = f"{kind}, about {LARGEST:,} nodes, peak memory of the process"
        with Engines(options) as engines:
            try:
                peak = engines.start("growth", kind, LARGEST).ask("peak") / 1e9
            except BenchmarkError as error:
                rows.append(Missing(name, str(error)))
                continue
        rows.append(Figure(name, "GB", [peak], GIGABYTES))
    yield Report("a graph until its first gradient", "peer", rounds, rows)


def growth(options: argparse.Namespace) -> Iterator[Growth]:
    """Time and memory by the size of the graph, and by the size of the batch; each in a fresh process."""
    rows: list[tuple[str | float | None, ...]] = []
    for kind in GRAPHS:
        for nodes in NODES:
            with Engines(options) as engines:
                try:
                    size, compiling, one, hundred, peak = engines.start("growth", kind, nodes).ask("costs")
                except BenchmarkError as error:
                    rows.append((f"{kind}, about {nodes:,} nodes: {error}", *[None] * 6))
                    continue
            costs = compiling, 1e6 * compiling / size, 1e3 * one, hundred and 10.0 * hundred
            rows.append((f"{kind}, {size:,} nodes", *costs, peak / 1e6, peak / size))
    columns = ["", "compile, s", "µs a node", "B = 1, ms", "B = 100, ms a sample", "memory, MB", "bytes a node"]
    notes = (
        "compile: until the first gradient has been computed; memory: the peak of compiling and of B = 1, above that of"
        "\nthe recorded graph"
    )
    yield Growth("growth with the graph", columns, rows, notes)
    rows = []
    for count in GROWING_BATCHES:
        with Engines(options) as engines:
            worker = engines.start("classifier_glassgrad", 10, "cross_entropy", "nn", options.data)
            peak = worker.ask(f"memory {count}")
            step = worker.ask(f"time {count}")
        rows.append((f"784→10→10, B = {count:,}", 1e3 * step, 1e6 * step / count, peak / 1e6))
    columns = ["", "gradient, ms", "µs a sample", "memory of the process without the data, MB"]
    yield Growth(f"growth with the batch, {threads(options)}", columns, rows)


def beside(
    name: str,
    ours: Worker,
    peers: Mapping[str, Worker | Missing],
    numbers: str,
    time: str,
    rounds: int,
    at_most: Mapping[str, float] | None = None,
    sizes: Sequence[float] | None = None,
    targets: Mapping[str, float] | None = None,
) -> list[Row]:
    """A row for each peer: all compute the same `numbers`, then each takes its `time` in turn with ours."""
    found = {peer: worker for peer, worker in peers.items() if isinstance(worker, Worker)}
    require_agreement({"glassgrad": ours.ask(numbers)} | {p: w.ask(numbers) for p, w in found.items()}, sizes=sizes)
    own, *others = in_turn([milliseconds(worker, time) for worker in (ours, *found.values())], rounds)
    times = dict(zip(found, others, strict=True))
    rows: list[Row] = []
    for peer, worker in peers.items():
        if isinstance(worker, Missing):
            rows.append(Missing(f"{name}: {peer}", worker.reason))
        else:
            target, most = (targets or {}).get(peer), (at_most or {}).get(peer)
            rows.append(Comparison(f"{name}: {peer}", "ms", own, times[peer], target, most))
    return rows


def threads(options: argparse.Namespace) -> str:
    return f"{options.threads} thread{'s' * (options.threads != 1)}"


def milliseconds(worker: Worker, command: str) -> Callable[[], float]:
    return lambda: 1e3 * worker.ask(command)


Section = Callable[[argparse.Namespace], Iterator[Report | Growth]]
SECTIONS: dict[str, Section] = {
    "classifier": classifier,
    "training": training,
    "transformer": transformer,
    "small": small,
    "spelled-out": spelled_out,
    "graph": graph,
    "start": start,
    "growth": growth,
}


def run(options: argparse.Namespace) -> Iterator[Report | Growth]:
    """The reports of the sections that were asked for."""
    if options.data and not Path(options.data, FILE).is_file():
        raise BenchmarkError(f"there is no {FILE} in {options.data}")
    for name in options.sections or SECTIONS:
        yield from SECTIONS[name](options)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sections", nargs="*", type=_section, metavar="SECTION", help=f"{', '.join(SECTIONS)} (default: all)"
    )
    parser.add_argument(
        "--threads", type=positive, default=THREADS, help=f"of each engine's linear algebra (default: {THREADS})"
    )
    parser.add_argument(
        "--data",
        default="",
        metavar="DIR",
        help="MNIST as IDX files, gzipped; without it random images of the same shape",
    )


def _section(name: str) -> str:
    if name not in SECTIONS:
        raise argparse.ArgumentTypeError(f"there are {', '.join(SECTIONS)}; got {name!r}")
    return name


if __name__ == "__main__":
    raise SystemExit(main(TITLE, run, options_of=add_options))
