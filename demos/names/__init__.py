"""A GPT of scalars learns to spell names: attention, one number at a time, trained in seconds.

Every letter of 5,163 given names is predicted from those before it by a small transformer that is made of Values; each
step of it can be stepped to, drawn and explained. For each length of a name its graph is recorded once and compiled.

    model.py     the transformer: embedding, attention, two layers, logits
    training.py  names as numbers, a program for each length, Adam, and names that it makes up
    pictures.py  how the loss fell, and the attention of one name
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np

from demos.kit.console import Options, all_or_none, writing
from demos.kit.demo import Command, picture_options
from demos.kit.report import INDENT, prose
from demos.names.model import ALPHABET, HEADS, LONGEST, WIDTH
from demos.names.pictures import all_pictures
from demos.names.training import BATCH, STEPS, Training, leaves, names, recorded, sample
from engine import topological_order
from engine.support.numerals import number
from nn import cross_entropy

ABOUT = (
    "You see a GPT made of scalars: how many Values one name takes, how long a step takes node by node and compiled, "
    "names that it makes up after a few seconds of training, what its letters attend to, and why δ of its logits is "
    "what it is."
)
LINES = 8  # of progress
INVENTED = 24
EXAMPLE = "marianne"


def run(steps: int, name: str, out: Path, format: str, theme: str) -> int:
    """Train, and tell of it line by line."""
    drawable = find_spec("matplotlib") is not None
    with all_or_none(out, []):
        training = Training()
        say("A GPT of scalars learns to spell names", *prose(ABOUT))
        say("", "The model", *the_model(training))
        say("", "A step: node by node, and compiled", *the_step(training))
        say("", f"Training: {steps:,} steps of Adam, {BATCH} names in each")
        training.run(steps, progress(training, steps))
        say(*what_it_learned(training))
        say("", "Names that it makes up (those in the list have a point)", *made_up(training))
        say("", f"Why: the logits after the last letter of {name!r}", *why(training, name))
        pictures = all_pictures(training, name) if drawable else ()
        with all_or_none(out, [f"{picture.name}.{format}" for picture in pictures]) as paths, writing(out):
            for picture, path in zip(pictures, paths, strict=True):
                path.write_bytes(picture.draw(theme).pipe(format))
    say("", *(f"Wrote {out / picture.name}.{format}: {picture.shows}" for picture in pictures))
    if not drawable:
        say("Not drawn: the loss and the attention; plots need matplotlib: pip install 'glassgrad[plots]'")
    return 0


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def the_model(training: Training) -> Iterator[str]:
    loss, _ = recorded(training.model, EXAMPLE)
    yield from prose(
        f"{len(ALPHABET)} tokens, {WIDTH} numbers at a position, {HEADS} heads of attention, "
        f"{len(training.parameters):,} parameters. The loss of {EXAMPLE!r}, the mean cross-entropy of its "
        f"{len(EXAMPLE) + 1} next letters, is a graph of {len(topological_order(loss)):,} Values."
    )


def the_step(training: Training) -> Iterator[str]:
    """Both ways on the same names, and that they agree."""
    those = [name for name in training.learned if len(name) == len(EXAMPLE)][:BATCH]
    started = perf_counter()
    eager = np.zeros(len(training.parameters))
    for name in those:
        loss, _ = recorded(training.model, name)
        loss.zero_grad()
        loss.backward()
        eager += [parameter.grad for parameter in training.parameters]
    by_node = perf_counter() - started
    started = perf_counter()
    program, places = training.programs[len(EXAMPLE)]
    made, rows = perf_counter() - started, np.array([sample(name) for name in those])
    program.gradient(rows)
    started = perf_counter()
    _, gradient = program.gradient(rows)
    compiled = perf_counter() - started
    apart = np.abs(gradient - eager[places] / len(those)).max() / np.abs(gradient).max()
    yield from prose(
        f"{len(those)} names of {len(EXAMPLE)} letters: {by_node:.2f} s recorded and run backward node by node, "
        f"{compiled * 1000:.1f} ms compiled, {by_node / compiled:,.0f} times as fast; to record and compile the graphs "
        f"of all lengths took {made:.1f} s, once. The two gradients are equal to {number(apart, 1)} of the largest."
    )


def progress(training: Training, steps: int) -> Callable[[int, float], None]:
    every = max(steps // LINES, 1)

    def told(step: int, _: float) -> None:
        if step % every == 0 or step == steps:
            mean = sum(training.losses[-every:]) / len(training.losses[-every:])
            say(f"{INDENT}step {step:5,}: the loss of a letter is {number(mean, 3)}")

    return told


def what_it_learned(training: Training) -> Iterator[str]:
    guessing = math.log(len(ALPHABET))
    yield from prose(
        f"{training.seconds:.1f} s. On {len(training.held_out)} names that it never saw the loss is "
        f"{number(training.loss_on(training.held_out), 3)}, where guessing has log {len(ALPHABET)} = "
        f"{number(guessing, 3)}."
    )


def made_up(training: Training) -> Iterator[str]:
    known = {*names()}
    yield from prose(", ".join(name + "." * (name in known) for name in training.invented(INVENTED)))


def why(training: Training, name: str) -> Iterator[str]:
    """The chain rule for the logit of the end, which is right, and for that of the likeliest other letter."""
    logits = training.model(leaves("." + name))[-1]
    for letter, logit in zip(ALPHABET, logits, strict=True):
        logit.label = f"logit {letter}"
    likeliest = max(logits[1:], key=lambda logit: logit.data)
    loss = cross_entropy(logits, 0)
    loss.backward()
    for logit in (logits[0], likeliest):
        yield from (INDENT + line for line in str(loss.explain(logit)).splitlines())


def options(parser: Options) -> None:
    parser.add_argument("--steps", type=_positive, default=STEPS, metavar="N", help="of training (%(default)s)")
    parser.add_argument("--name", type=_name, default=EXAMPLE, help="whose attention is drawn (%(default)s)")
    picture_options(parser)


def _positive(text: str) -> int:
    """A whole number from 1 on."""
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _name(text: str) -> str:
    """Letters from a to z, as many as there are positions for."""
    if not 0 < len(text) < LONGEST or not set(text) <= set(ALPHABET[1:]):
        raise ValueError
    return text


DEMO = Command("names", ABOUT, run=run, options=options)
