"""What the command `draw` draws with: the engine draws nothing, so `viz` hands its function in when it is imported."""

from __future__ import annotations

from collections.abc import Callable

from engine.steps import Trace
from engine.support.notation import Notation

Draw = Callable[[Trace, Notation, str], object]  # writes the graph, as of the trace's position, to a path

_handed_in: list[Draw] = []


def draw_with(function: Draw) -> None:
    """From now on, `draw` draws with this function."""
    _handed_in[:] = [function]


def drawing() -> Draw:
    """The function that was handed in last; raises ValueError, with the remedy, if none was."""
    if not _handed_in:
        raise ValueError(
            "draw: nothing that draws has been imported; write `import viz` in the program, and start again"
        )
    return _handed_in[0]
