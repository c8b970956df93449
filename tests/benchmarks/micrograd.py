"""glassgrad beside micrograd on its own demo, and beside a bare tape on a transformer of scalars, all spelled out.

`python -m tests.benchmarks.micrograd`
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.benchmarks.harness import Comparison, Report, Worker, environment, in_turn, main, require_agreement

TITLE = "micrograd's demo step: 100 points, MLP 2→16→16→1, hinge loss + L2, forward and backward"
PEER = "micrograd==0.1.0"
TARGETS = {"nn.MLP": 25.0, "spelled out": 4.0}  # with the collector on
MEMORY_TARGET = 2.75  # (3.2 without room for attributes of ones own, 32 bytes a node)
TRANSFORMER = "a transformer of scalars in +, * and sum(…): 27 tokens, 16 dimensions, 4 heads, a sequence of 16"
TRANSFORMER_TARGET = 1.5


def run(options: argparse.Namespace) -> Iterator[Report]:
    python = environment(options.environments, PEER)
    with ExitStack() as workers:
        demos = {
            "nn.MLP": workers.enter_context(Worker("micrograd_demo", "glassgrad")),
            "spelled out": workers.enter_context(Worker("micrograd_demo", "glassgrad-spelled-out")),
        }
        peer = workers.enter_context(Worker("micrograd_demo", "micrograd", python=python))
        yield compare(demos, peer, options.rounds)
    with Worker("transformer", "glassgrad") as ours, Worker("transformer", "slots") as tape:
        yield compare_transformers(ours, tape, options.rounds)


def compare(ours: dict[str, Worker], peer: Worker, rounds: int) -> Report:
    """Each of our programs against the peer's, which spells everything out: time, then memory."""
    require_agreement({"micrograd": peer.ask("numbers")} | {name: w.ask("numbers") for name, w in ours.items()})
    rows = []
    for collector in ("on", "off"):
        *times, peers = in_turn([_milliseconds(worker, collector) for worker in (*ours.values(), peer)], rounds)
        for name, own in zip(ours, times, strict=True):
            target = TARGETS[name] if collector == "on" else None
            rows.append(Comparison(f"{name}, collector {collector}", "ms", own, peers, target))
    own, peers = ([worker.ask("memory")] for worker in (ours["spelled out"], peer))
    rows.append(Comparison("spelled out, memory per node", "bytes", own, peers, MEMORY_TARGET))
    return Report(TITLE, PEER.replace("==", " "), rounds, rows)


def compare_transformers(ours: Worker, tape: Worker, rounds: int) -> Report:
    """A step of training against a class with slots and nothing else, each with the collector as it sets it."""
    require_agreement({"glassgrad": ours.ask("numbers"), "a bare tape": tape.ask("numbers")})
    rows = []
    for collector in ("on", "off"):
        own, peers = in_turn([_milliseconds(worker, collector) for worker in (ours, tape)], rounds)
        target = TRANSFORMER_TARGET if collector == "on" else None
        rows.append(Comparison(f"spelled out, collector {collector}", "ms", own, peers, target))
    return Report(TRANSFORMER, "a bare tape", rounds, rows)


def _milliseconds(worker: Worker, collector: str) -> Callable[[], float]:
    return lambda: 1e3 * worker.ask(f"time {collector}")


if __name__ == "__main__":
    raise SystemExit(main(TITLE, run))
