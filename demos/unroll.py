"""The primer's network unrolled: its backpropagation as straight-line Python, such as one would write by hand.

What is printed is a module that runs by itself: `python -m demos unroll > unrolled.py`, then step through it.
"""

from __future__ import annotations

from demos.kit.console import Options
from demos.kit.demo import Command
from demos.primer.example import INPUTS, TARGETS, WEIGHTS
from engine import Value, compile_graph
from engine.support.notation import NOTATIONS
from nn import MLP, half_squared_error


def unroll(notation: str, groups: bool) -> int:
    """Print the source, or else the array operations that the same graph becomes."""
    x, t = [Value(number) for number in INPUTS], [Value(number) for number in TARGETS]
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    program = compile_graph(half_squared_error(model(x), t), [*x, *t])
    print(program if groups else program.source(NOTATIONS[notation]), end="\n" * groups)
    return 0


def options(parser: Options) -> None:
    parser.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )
    parser.add_argument("--groups", action="store_true", help="print instead what a whole batch is computed by")


DEMO = Command(
    "unroll",
    "Prints the primer's network, forward and backward, as Python that runs by itself: a line for each neuron, for "
    "each δ and for each gradient.",
    run=unroll,
    options=options,
)
