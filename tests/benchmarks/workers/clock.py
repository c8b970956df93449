"""What every worker shares: it waits on stdin for a command, and answers on stdout.

A worker imports what its own environment has, and nothing of the project's unless that is what it measures.
"""

import gc
import json
import resource
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any


def serve(**commands: Callable[..., Any]) -> None:
    """Answer each line, a command and its arguments, with a line of JSON; "ready" is a command of every worker."""
    commands["ready"] = lambda: True
    for line in sys.stdin:
        name, *arguments = line.split()
        print(json.dumps(commands[name](*arguments)), flush=True)


def seconds(step: Callable[[], Any], collector: str = "on", warm_up: bool = True) -> float:
    """How long one step takes, begun without garbage, with the cyclic collector "on" or "off".

    What it returns lives on until the clock has stopped: to free it is no part of the step, whether that takes
    the collector (a graph with cycles) or not.
    """
    if warm_up:
        step()  # untimed, for both engines alike: while the other one ran, this one's caches have gone cold
    gc.collect()
    if collector == "off":
        gc.disable()
    started = perf_counter()
    result = step()
    elapsed = perf_counter() - started
    gc.enable()
    del result
    return elapsed


def seconds_each(step: Callable[[], Any], at_least: float = 0.1) -> float:
    """`seconds` of a step that may be too short for the clock: the mean of as many as take `at_least` seconds."""
    once = seconds(step)
    times = int(at_least / once)
    if times < 2:
        return once

    def steps() -> None:
        for _ in range(times):
            step()

    return seconds(steps) / times


def peak_memory() -> int:
    """The most bytes that this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
