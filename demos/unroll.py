"""The primer's network as straight-line Python, such as one would write by hand.

What is printed is a module that runs by itself: `python -m demos unroll > unrolled.py`, then step through it.
"""

from __future__ import annotations

from textwrap import wrap

from demos.kit.console import Options
from demos.kit.demo import Command
from demos.kit.report import WIDTH
from demos.kit.sources import CITATIONS, PRIMER
from demos.primer.example import INPUTS, TARGETS, WEIGHTS
from engine import Value, compile_graph
from engine.support.notation import NOTATIONS
from nn import MLP, half_squared_error

ABOUT = (
    "You see one pass forward and one back as Python that runs by itself: a line for each neuron, for each δ and for "
    "each gradient, such as one would write by hand; with --groups, the matrix products that they are for a batch."
)


def unroll(notation: str, groups: bool) -> int:
    """Print the source, or else the array operations that the same graph becomes."""
    x, t = [Value(number) for number in INPUTS], [Value(number) for number in TARGETS]
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    program = compile_graph(half_squared_error(model(x), t), [*x, *t])
    print(*(f"# {line}" for text in (ABOUT, f"Source: {CITATIONS[PRIMER]}") for line in wrap(text, WIDTH)), sep="\n")
    print(program if groups else program.source(notation=NOTATIONS[notation]), end="\n" * groups)
    return 0


def options(parser: Options) -> None:
    parser.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )
    parser.add_argument("--groups", action="store_true", help="print instead what a whole batch is computed by")


DEMO = Command(
    "unroll",
    ABOUT,
    run=unroll,
    options=options,
)
