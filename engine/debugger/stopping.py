"""The commands about where to stop: break, tbreak, watch, delete, info."""

from __future__ import annotations

from engine.debugger.breakpoints import COMPLETE, CONDITION, WATCH, Breakpoint
from engine.debugger.conditions import EXAMPLE
from engine.debugger.conversation import Conversation, expected, whole_number
from engine.debugger.lines import state


class Stopping(Conversation):
    """Breakpoints, numbered from 1, kept from one backward pass to the next."""

    def do_break(self, argument: str) -> None:
        """break LABEL: stop where its gradient is complete. break if EXPR: stop after an event for which it holds.

        EXPR is about the event: node, operand, local, upstream, contribution (= local · upstream), grad (the
        operand's, after it). For example: break if abs(contribution) > 0.1 and node == "a[1][2]"
        """
        self._break("break", argument)

    def do_tbreak(self, argument: str) -> None:
        """tbreak LABEL, tbreak if EXPR: a breakpoint that is gone after it has stopped once."""
        self._break("tbreak", argument, temporary=True)

    def do_watch(self, argument: str) -> None:
        """watch LABEL: stop at every event that contributes to its gradient."""
        self._add(WATCH, self.label(argument, "watch"))

    def do_delete(self, argument: str) -> None:
        """delete [NUMBER]: forget a breakpoint, or all of them; info has the numbers."""
        if not argument:
            self.breakpoints.clear()
            return
        n = whole_number("delete", "the number of a breakpoint", argument)
        if n not in {point.number for point in self.breakpoints}:
            numbers = ", ".join(str(point.number) for point in self.breakpoints)
            raise ValueError(f"there is no breakpoint {n}; there are: {numbers or 'none'}")
        self.breakpoints = [point for point in self.breakpoints if point.number != n]

    def do_info(self, argument: str) -> None:
        """info: where this pass is, and the breakpoints."""
        self.say(f"{self.position()}; {state(self.replay, self.replay.root)}")
        self.say(*map(str, self.breakpoints) if self.breakpoints else ["no breakpoints"])

    def _break(self, command: str, argument: str, temporary: bool = False) -> None:
        word, _, rest = argument.partition(" ")
        condition = f"{command} if {EXAMPLE}"
        if word != "if":
            example = f"{command} {self.replay.example()[0]}"
            if not argument:
                raise expected(command, f"a label or a condition, such as {example} or {condition}")
            self._add(COMPLETE, argument, temporary)
        elif not rest:
            raise expected(f"{command} if", f"a condition, such as {condition}")
        else:
            self._add(CONDITION, rest, temporary)

    def _add(self, kind: str, what: str, temporary: bool = False) -> None:
        n = max((point.number for point in self.breakpoints), default=0) + 1
        point = Breakpoint(n, kind, what, temporary)
        point.resolve(self.replay)
        self.breakpoints.append(point)
        self.say(f"breakpoint {point}")
