"""The primer's network unrolled: its backpropagation as straight-line Python, such as one would write by hand.

What is printed is a module that runs by itself: `python -m demos unroll > unrolled.py`, then step through it.
"""

from __future__ import annotations

from collections.abc import Sequence

from demos.console import PROGRAM, Options
from demos.primer_facts import INPUTS, TARGETS, WEIGHTS
from engine import Value, compile_graph
from engine.support.notation import NOTATIONS
from nn import MLP, half_squared_error


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the source, or with `--groups` the array operations that the same graph becomes."""
    options = parser().parse_args(arguments)
    x, t = [Value(number) for number in INPUTS], [Value(number) for number in TARGETS]
    model = MLP.from_weights(WEIGHTS, activation="tanh")
    program = compile_graph(half_squared_error(model(x), t), [*x, *t])
    print(program if options.groups else program.source(NOTATIONS[options.notation]), end="\n" * options.groups)
    return 0


def parser() -> Options:
    options = Options(
        f"{PROGRAM} unroll",
        description="Prints the primer's network, forward and backward, as Python that runs by itself: a line for "
        "each neuron, for each δ and for each gradient.",
    )
    options.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )
    options.add_argument("--groups", action="store_true", help="print instead what a whole batch is computed by")
    return options
