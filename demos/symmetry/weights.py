"""What the nets come to: when they learn the task, and by which weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from demos.kit.checks import Check, Place
from demos.kit.console import aligned
from demos.kit.report import Section, Table
from demos.kit.sources import NATURE
from demos.symmetry.nets import (
    ALPHA,
    EPSILON,
    HALF,
    INPUTS,
    MIRRORED,
    OTHER,
    PATTERNS,
    PUBLISHED,
    REPORTED,
    SPREAD,
    SWEEPS,
    TARGETS,
    TWINS,
    Net,
    trained,
    with_pattern,
)
from engine.support.notation import NOT_COMPUTED
from engine.support.numerals import number

FEW = 3  # nets whose weights are shown


def training() -> Section:
    place = Place(NATURE, "figure 1")
    nets = trained()
    learned = [net.learned for net in nets if net.learned is not None]
    early = sum(sweeps <= PUBLISHED for sweeps in learned)
    waiting = [net for net in nets if net.learned is None]
    rows = [
        place.claim(
            f"the task is learned, and {PUBLISHED} sweeps are enough",
            f"{early} of {len(nets)} nets; {len(learned)} by {SWEEPS}",
            holds=early > 0,
        ),
        place.claim(
            f"{PUBLISHED} is a usual number, neither the least nor the most",
            f"{min(learned)} to {max(learned)}, median {number(float(np.median(learned)))}",
            holds=min(learned) < PUBLISHED < max(learned),
        ),
    ]
    table = [
        (
            str(net.seed),
            str(net.learned or NOT_COMPUTED),
            *(number(net.errors[sweep], 3) for sweep in (0, PUBLISHED, SWEEPS)),
            " : ".join(number(part, 3) for part in net.ratio) if net.pattern else NOT_COMPUTED,
        )
        for net in nets
    ]
    return Section(
        f"Training: ε = {EPSILON}, α = {ALPHA}, weights and biases at first uniform in ±{SPREAD}",
        [
            "All 64 patterns make a sweep, after which the weights change by the sum of their gradients. The twenty "
            "nets stand in one graph and are trained at the same time. A net has learned the task when each output "
            "is on the right side of ½.",
            aligned(
                ("seed", "learned after", "E at first", f"at {PUBLISHED}", f"at {SWEEPS}", "ratio"), table, ">>...<"
            ),
            f"The {len(waiting)} that have not learned it yet are all near E = 4: they answer “not symmetric” to every "
            "pattern, which is wrong for 8 of 64, at ½ each. Some of them leave that plateau later.",
            Table(rows, "", "here"),
        ],
    )


def signature() -> Section:
    """What the paper says of the weights, on the first nets that came to them."""
    place = Place(NATURE, "figure 1")
    parts: list[str | Sequence[str] | Table] = []
    for net in with_pattern(REPORTED)[:FEW]:
        table = [
            (f"hidden unit {j}", *(number(w, 3) for w in net.hidden[j - 1]), number(net.biases[j - 1], 3))
            for j in (1, 2)
        ]
        table.append(("output", *(number(w, 3) for w in net.top), *[""] * (INPUTS - 2), number(net.biases[2], 3)))
        parts += [
            ["", f"Seed {net.seed}"],
            aligned(("weights", *map(str, range(1, INPUTS + 1)), "bias"), table, "<" + "." * (INPUTS + 1)),
            Table(claims(place, net), "", "here"),
        ]
    return Section(
        f"The weights that are reported, on the first {FEW} seeds that come to them",
        [
            f"In {len(with_pattern(REPORTED))} of the {len(trained())} nets. The more a net is trained, the nearer it "
            f"comes; after {SWEEPS} sweeps the deviations are these, relative to the largest weight.",
            *parts,
        ],
    )


def claims(place: Place, net: Net) -> list[Check]:
    """Each sentence of the figure's caption, as a number."""
    x = PATTERNS @ net.hidden.T  # what the inputs send to each hidden unit
    on = 1 / (1 + np.exp(-(x + net.biases[:2])))
    y = net.model.predict(PATTERNS)
    symmetric = TARGETS[:, 0] == 1
    largest, one_on = float(on[symmetric].max()), float(on[~symmetric].max(axis=1).min())
    return [
        place.claim(
            "weights about the midpoint are equal and opposite",
            f"within {number(net.asymmetry, 2)}",
            holds=net.asymmetry <= MIRRORED,
        ),
        place.claim(
            "on each side they are in the ratio 1 : 2 : 4",
            " : ".join(map(number, net.ratio)),
            holds=net.pattern == REPORTED,
        ),
        place.claim(
            "the two hidden units are the same with opposite signs",
            f"within {number(net.twins_differ, 2)}",
            holds=net.twins_differ <= TWINS,
        ),
        place.claim(
            "the hidden biases are negative, the output's positive",
            ", ".join(number(b, 3) for b in net.biases),
            holds=net.biases[0] < 0 and net.biases[1] < 0 < net.biases[2],
        ),
        place.claim(
            "a symmetric pattern sends them nothing: both are off",
            f"y ≤ {number(largest, 2)}",
            holds=bool(np.abs(x[symmetric]).max() <= HALF * MIRRORED * np.abs(net.hidden).max()) and largest < 0.5,
        ),
        place.claim(
            "any other turns one on, which suppresses the output",
            f"y ≥ {number(one_on, 2)}",
            holds=one_on > 0.5 and max(net.top) < 0 and bool((y[~symmetric] < 0.5).all()),
        ),
        place.claim(
            "the output is on for the 8 symmetric patterns only",
            f"{number(float(y[symmetric].min()), 3)}, {number(float(y[~symmetric].max()), 3)}",
            holds=bool(((y > 0.5) == symmetric).all()),
        ),
    ]


def sums(weights: Sequence[int]) -> list[int]:
    """What each of the eight patterns on one side of the midpoint sends to a hidden unit."""
    return sorted(sum(chosen) for count in range(len(weights) + 1) for chosen in combinations(weights, count))


def tell_apart(largest: int) -> list[tuple[int, ...]]:
    """Three different whole numbers, none above `largest`, whose eight sums all differ."""
    return [three for three in combinations(range(1, largest + 1), HALF) if len(set(sums(three))) == 2**HALF]


def why_this_ratio() -> Section:
    place = Place(NATURE, "figure 1")
    count = {pattern: len(with_pattern(pattern)) for pattern in (REPORTED, OTHER)}
    rows = [
        place.claim(
            "1 : 2 : 4 gives each of the eight patterns a sum of its own",
            " ".join(map(str, sums(REPORTED))),
            holds=sums(REPORTED) == list(range(2**HALF)),
        ),
        place.claim("so does 2 : 3 : 4", " ".join(map(str, sums(OTHER))), len(set(sums(OTHER))) == 2**HALF),
        place.claim(
            "of three numbers up to 4 no others do; up to 3, none",
            f"{len(tell_apart(4)) - 2} and {len(tell_apart(3))}",
            holds=tell_apart(4) == [REPORTED, OTHER] and not tell_apart(3),
        ),
        place.claim(
            "every net that has learned has come to one of the two",
            f"{count[REPORTED]} and {count[OTHER]} nets",
            holds=sum(count.values()) == sum(net.learned is not None for net in trained()),
        ),
    ]
    return Section(
        "Why 1 : 2 : 4, and what else",
        [
            "One side of the midpoint must balance the other only if it is its mirror image, so the eight patterns of "
            "a side must send eight different sums. The paper says that 1 : 2 : 4 ensures this. So does 2 : 3 : 4: its "
            "sums, too, lie at least a fourth of the largest weight apart, and some nets come to it.",
            Table(rows, "", "here"),
        ],
    )
