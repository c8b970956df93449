"""glassgrad's engine: scalars that remember how they were made, and the chain rule over that memory.

Read `rules.py`, the table of operations, then `value.py`, the graph and its backward pass.
"""

from typing import TYPE_CHECKING, Any

import engine.copying  # noqa: F401  (teaches pickle and copy about graphs)
from engine.check import check_gradients
from engine.derivatives import differentiate
from engine.explaining.explain import Explanation, explain
from engine.functions import (
    cos,
    dot,
    elu,
    exp,
    leaky_relu,
    log,
    log_sum_exp,
    maximum,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    softmax,
    softplus,
    sqrt,
    tan,
    tanh,
)
from engine.steps import Step, Trace, backward_steps
from engine.support.hooks import on_gradient
from engine.support.modes import detect_anomaly, no_grad
from engine.value import Value, topological_order

if TYPE_CHECKING:
    from engine.compiling.program import Program, compile_graph


def __getattr__(name: str) -> Any:
    """What needs numpy is loaded when it is first asked for."""
    if name in ("Program", "compile_graph"):
        from engine.compiling import program

        return getattr(program, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Explanation",
    "Program",
    "Step",
    "Trace",
    "Value",
    "backward_steps",
    "check_gradients",
    "compile_graph",
    "cos",
    "detect_anomaly",
    "differentiate",
    "dot",
    "elu",
    "exp",
    "explain",
    "leaky_relu",
    "log",
    "log_sum_exp",
    "maximum",
    "minimum",
    "no_grad",
    "on_gradient",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "topological_order",
]
