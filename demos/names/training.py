"""Training on names: one compiled program for each length, one vector of parameters for all of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.names.model import ALPHABET, GPT, LONGEST, Numbers, loss_of
from engine import Program, Value, compile_graph, no_grad, softmax
from nn import Adam, cosine_decay

Array = NDArray[np.float64]

NAMES = Path(__file__).parent.parent / "data" / "names.txt"
SEED, STEPS, BATCH, RATE = 1, 3000, 32, 0.01
HELD_OUT = 10  # every tenth name is not trained on


def names() -> list[str]:
    """5,163 given names, each once, in lower case."""
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def one_hot(text: str) -> Array:
    """Each letter as 27 numbers, one after the other."""
    return np.eye(len(ALPHABET))[[ALPHABET.index(letter) for letter in text]].ravel()


def sample(name: str) -> Array:
    """What goes in, `.ann`, and what is to come out, `ann.`, as the columns of a batch."""
    return np.concatenate([one_hot("." + name), one_hot(name + ".")])


def leaves(text: str) -> list[Numbers]:
    """A one-hot list of Values for each letter."""
    return [[Value(x) for x in row] for row in one_hot(text).reshape(len(text), -1).tolist()]


def recorded(model: GPT, name: str) -> tuple[Value, list[Value]]:
    """The graph of the loss of one name, and the leaves that differ from name to name."""
    tokens, targets = leaves("." + name), leaves(name + ".")
    return loss_of(model, tokens, targets), [leaf for token in (*tokens, *targets) for leaf in token]


@dataclass
class Training:
    """A model, its names by length, and what it has learned after so many steps."""

    model: GPT = field(default_factory=lambda: GPT(SEED))
    losses: list[float] = field(default_factory=list)  # of each batch, before its step
    seconds: float = 0.0

    @cached_property
    def learned(self) -> list[str]:
        return [name for i, name in enumerate(names()) if i % HELD_OUT]

    @cached_property
    def held_out(self) -> list[str]:
        return names()[::HELD_OUT]

    @cached_property
    def parameters(self) -> list[Value]:
        return self.model.parameters()

    @cached_property
    def programs(self) -> dict[int, tuple[Program, NDArray[np.intp]]]:
        """For each length a program, and the places of its parameters among those of the model."""
        places = {parameter: i for i, parameter in enumerate(self.parameters)}
        found = {}
        for length in sorted({len(name) for name in names()}):
            loss, inputs = recorded(self.model, "a" * length)
            program = compile_graph(loss, inputs)
            found[length] = program, np.array([places[parameter] for parameter in program.parameters])
        return found

    def run(self, steps: int, told: Callable[[int, float], None] = lambda step, loss: None) -> None:
        """So many steps of Adam, each on 32 names of one length; a length comes as often as it has names."""
        rng, started = random.Random(SEED), perf_counter()
        data = _by_length(self.learned)
        lengths, counts = zip(*((length, len(rows)) for length, rows in data.items()), strict=True)
        optimizer = Adam(self.parameters, lr=cosine_decay(RATE, steps))
        vector = np.array([parameter.data for parameter in self.parameters])
        for step in range(1, steps + 1):
            (length,) = rng.choices(lengths, counts)
            rows = data[length][[rng.randrange(len(data[length])) for _ in range(BATCH)]]
            program, places = self.programs[length]
            losses, slopes = program.gradient(rows, vector[places])
            gradient = np.zeros_like(vector)
            gradient[places] = slopes  # positions beyond this length have no part in it
            optimizer.update(vector, gradient)
            self.losses.append(float(losses.mean()))
            told(step, self.losses[-1])
        for parameter, x in zip(self.parameters, vector.tolist(), strict=True):
            parameter.data = x
        self.seconds = perf_counter() - started

    def loss_on(self, these: Sequence[str]) -> float:
        """The mean loss of a letter."""
        total = letters = 0.0
        for length, rows in _by_length(these).items():
            program, _ = self.programs[length]
            total += float(program.forward(rows).sum()) * (length + 1)
            letters += len(rows) * (length + 1)
        return total / letters

    def invented(self, count: int, seed: int = SEED) -> Iterator[str]:
        """Names that the model makes up, letter by letter, each drawn by its probability."""
        rng = random.Random(seed)
        for _ in range(count):
            name = ""
            while len(name) < LONGEST - 1:
                letter = rng.choices(ALPHABET, self.probabilities(name))[0]
                if letter == ".":
                    break
                name += letter
            yield name

    def probabilities(self, begun: str) -> list[float]:
        """How probable each token is after these letters."""
        with no_grad():
            return [share.data for share in softmax(self.model(leaves("." + begun))[-1])]

    def attention(self, name: str) -> Array:
        """How much each position takes from each before it: shape (heads, positions, positions)."""
        with no_grad():
            _, weights = self.model.attended(self.model.embedded(leaves("." + name)))
        found = np.zeros((len(weights[0]), len(weights), len(weights)))
        for i, heads in enumerate(weights):
            for h, attention in enumerate(heads):
                found[h, i, : i + 1] = [weight.data for weight in attention]
        return found


def _by_length(these: Sequence[str]) -> dict[int, Any]:
    grouped = defaultdict(list)
    for name in these:
        grouped[len(name)].append(sample(name))
    return {length: np.array(rows) for length, rows in sorted(grouped.items())}
