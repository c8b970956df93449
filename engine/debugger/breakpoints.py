"""Where the debugger stops: at a complete gradient, at each change of one, or at an event for which a condition holds.

Whether a breakpoint holds depends on the position alone, so it stops time in either direction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.debugger.conditions import condition
from engine.debugger.replay import Replay

COMPLETE, WATCH, CONDITION = "break", "watch", "break if"

Test = Callable[[Replay], bool]


@dataclass
class Breakpoint:
    """What was asked for, as it was typed; looked up anew in each backward pass."""

    number: int
    kind: str
    what: str  # a label or an expression
    temporary: bool = False
    holds: Test | None = field(default=None, compare=False)  # None: this graph has no such node

    def resolve(self, replay: Replay) -> None:
        """Find in this pass what is meant; raises ValueError, in one line, if it isn't there."""
        self.holds = None
        self.holds = _CONDITIONS[self.kind](replay, self.what)

    def __str__(self) -> str:
        kind = f"{'t' * self.temporary}{self.kind}"
        return f"{self.number}: {kind} {self.what}{'' if self.holds else '   (not in this graph)'}"


def _complete(replay: Replay, label: str) -> Test:
    node = replay.find(label)
    if node is not replay.root and node not in replay.arrivals:
        raise ValueError(f"no gradient comes to the constant {replay.called(node)}, so there is nothing to stop at")
    position = replay.completion(node)
    return lambda replay: replay.position == position


def _changes(replay: Replay, label: str) -> Test:
    node = replay.find(label)
    if node not in replay.arrivals:
        raise ValueError(f"the gradient of {replay.called(node)} never changes in this pass")
    positions = frozenset(replay.arrivals[node])
    return lambda replay: replay.position in positions


def _condition(replay: Replay, text: str) -> Test:
    holds = condition(text, replay.find)
    return lambda replay: replay.event is not None and holds(replay.event)


_CONDITIONS: dict[str, Callable[[Replay, str], Test]] = {COMPLETE: _complete, WATCH: _changes, CONDITION: _condition}
