"""The primer's worked example: every printed number beside the exact one, and the network with its δ drawn.

N. Santi, "A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code", in its editions of
July 26 and July 27, 2025. The exact numbers are read off a graph after its backward pass; where an edition prints
another one, the slip is named and computed again as the paper came to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from demos.checks import Check
from demos.console import PROGRAM, Options, all_or_none, writing
from demos.primer_checks import rows
from demos.primer_facts import INPUTS, TARGETS, WEIGHTS
from demos.primer_report import Report
from demos.quantities import Graph
from engine import Value
from engine.support.notation import NOTATIONS
from nn import MLP, half_squared_error
from viz import draw, draw_network, save
from viz.theme import THEMES

FORMATS = ("svg", "png", "dot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison and write the pictures; 0 if every number agrees or its slip is explained, else 1."""
    options = parser().parse_args(arguments)
    notation = NOTATIONS[options.notation]

    model, loss = example()
    report = Report(Graph(loss), notation)

    names = [f"primer-network.{options.format}", f"primer-graph.{options.format}"]
    with all_or_none(options.out, names) as (network, graph):
        print(*report.lines(), sep="\n")
        with writing(options.out):
            save(draw_network(model, loss, notation=notation, theme=options.theme), network)
            save(draw(loss, notation=notation, theme=options.theme), graph)
    print(f"\nWrote {' and '.join(str(options.out / name) for name in names)}\n")
    print(*report.summary(), sep="\n")
    return 0 if report.all_explained else 1


def checks() -> list[Check]:
    """Every row of both editions, for who compares all sources."""
    return rows(example()[1])


def example() -> tuple[MLP, Value]:
    """The network, and its loss after the backward pass."""
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    loss = half_squared_error(model(INPUTS), TARGETS)
    loss.backward()
    return model, loss


def parser() -> Options:
    options = Options(
        f"{PROGRAM} primer",
        description="Goes through the primer's worked example: each number as both editions print it, the exact one, "
        "and why they differ where they do. Then draws the network, with δ on every neuron, and the graph.",
        epilog="exit code: 0 if every number agrees or its slip is explained, 1 if not, 2 if nothing could be written",
    )
    options.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where the pictures go (default: here)"
    )
    for name, choices, default, meaning in (
        ("--notation", NOTATIONS, "bishop", "whose letters"),
        ("--format", FORMATS, "svg", "of the pictures"),
        ("--theme", THEMES, "light", "of the pictures"),
    ):
        options.add_argument(name, choices=choices, default=default, help=f"{meaning}: %(choices)s (%(default)s)")
    return options
