"""glassgrad's engine: scalars that keep their operands and local derivatives, and the chain rule over that graph.

Read these four, in this order:

    rules.py       the table: what each operation computes, and its local derivatives
    vocabulary.py  what a row of the table may say
    value.py       the graph, and `backward()`
    functions.py   the rules as functions and methods

What builds on them, a file each:

    operations.py  operations of a user's own, as rows
    derivatives.py derivatives that are graphs themselves
    check.py       gradients against finite differences
    steps.py       the backward pass event by event, in both directions of time
    copying.py     pickling and copying graphs of any depth
    shortcuts.py   the three rows that are written out for speed

One level down: support/ (below value.py: what a Value takes for a number, errors, hooks, passes, names of roles,
numbers as text), readings/ (the table read by arrays, by symbols and as Python), naming/ (what a node is called, and
what must be known of its numbers), explaining/ (the chain rule in words), debugger/ (the backward pass at a prompt),
compiling/ (a graph as a program).

To import it raises the first threshold of the cyclic garbage collector (support/collector.py), and lets a screen that
is not UTF-8 spell plainly what it can't show (support/screens.py).
"""

from typing import TYPE_CHECKING, Any

import engine.copying
import engine.debugger.prompt
import engine.shortcuts  # noqa: F401  (like the two above: it adds to what Value does)
from engine import functions
from engine.check import check_gradients
from engine.derivatives import differentiate
from engine.explaining.explain import Explanation, explain
from engine.functions import *
from engine.operations import operation
from engine.steps import Step, Trace, backward_steps
from engine.support.collector import call_less_often
from engine.support.hooks import on_gradient
from engine.support.modes import detect_anomaly, no_grad
from engine.support.screens import spell_plainly
from engine.value import Value, topological_order

call_less_often()
spell_plainly()


def __dir__() -> list[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from engine.compiling.program import Program, compile_graph
else:  # unseen by type checkers, which would take any name for one of these

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
    "detect_anomaly",
    "differentiate",
    "explain",
    "no_grad",
    "on_gradient",
    "operation",
    "topological_order",
]
__all__ += functions.__all__
