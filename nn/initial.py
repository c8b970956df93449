"""The weights that a network starts with: drawn at random, since neurons that start alike would stay alike.

Their spread depends on how many numbers a neuron sums (nin, the inputs of its layer) and on how
many neurons its own result goes to (nout, the neurons of its layer).
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from math import sqrt
from typing import Any, Protocol, runtime_checkable

from nn.arguments import choose


@runtime_checkable
class Generator(Protocol):
    """Where the random numbers come from: a `random.Random`, or Python's global generator, the module `random`."""

    def uniform(self, a: float, b: float) -> float: ...
    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float: ...


Draw = Callable[[int, int, Generator], float]  # (nin, nout, generator): one weight


def uniform(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in ±1, as micrograd draws."""
    return generator.uniform(-1, 1)


def xavier(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in ±√(6 / (nin + nout)): Glorot and Bengio 2010, equation 16."""
    limit = sqrt(6 / (nin + nout))
    return generator.uniform(-limit, limit)


def he(nin: int, nout: int, generator: Generator) -> float:
    """Normal with standard deviation √(2 / nin), for ReLUs: He et al. 2015, equation 10."""
    return generator.gauss(0.0, sqrt(2 / nin))


INITIAL: dict[str, Draw] = {draw.__name__: draw for draw in (uniform, xavier, he)}


def initial_named(init: str | Draw) -> Draw:
    """How to draw a weight, by name; or the function (nin, nout, generator) → weight itself."""
    return init if callable(init) else choose("init", init, INITIAL)


def generator_for(seed: Any) -> Generator:
    """A generator of its own for a whole number; Python's global one for None; or the generator itself."""
    if seed is None:
        return random
    if isinstance(seed, Generator):
        return seed
    try:
        return random.Random(operator.index(seed))
    except TypeError:
        raise TypeError(
            f"a seed must be a whole number, a random.Random, or None for Python's global generator; "
            f"got {seed!r} ({type(seed).__name__})"
        ) from None
