"""The commands that move in time: step, back, next, continue, rcontinue, goto."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.debugger.breakpoints import Breakpoint
from engine.debugger.conversation import REFUSALS, Conversation, in_one_line, steps, whole_number
from engine.support.undefined import Undefined


class Moving(Conversation):
    """Every command moves edge by edge, says where it has come to, and stops at breakpoints; `goto` does not."""

    def do_step(self, argument: str) -> None:
        """step [N]: do the next event, or the next N: operand.grad += local * upstream."""
        for _ in range(steps("step", argument)):
            if not self._travel(self.replay.forwards, lambda: True):
                break

    def do_back(self, argument: str) -> None:
        """back [N]: undo the last event, or the last N; every gradient is again what it was, to the last bit."""
        for _ in range(steps("back", argument)):
            if self.replay.event:
                self.say(f"undone: {self.replay.event}")
            if not self._travel(self.replay.backwards, lambda: True):
                break

    def do_next(self, argument: str) -> None:
        """next [N]: to the next neuron, that is where the next δ is complete."""
        if not self.replay.neurons:
            raise ValueError("no neuron in this graph gets a gradient; use step, or continue")
        for _ in range(steps("next", argument)):
            if not self._travel(self.replay.forwards, lambda: self.replay.position in self.replay.neurons):
                break

    def do_continue(self, argument: str) -> None:
        """continue: to the next breakpoint; without one, to the end of the pass. There, quit runs the program on."""
        self._travel(self.replay.forwards)

    def do_rcontinue(self, argument: str) -> None:
        """rcontinue: back in time to the last breakpoint; without one, to the beginning."""
        self._travel(self.replay.backwards)

    def do_goto(self, argument: str) -> None:
        """goto N: to where N events have been; breakpoints before it don't stop it."""
        last = len(self.replay.trace)
        n = whole_number("goto", f"a position, 0 to {last}", argument, most=last)
        if n == self.replay.position:
            self._tell()
        else:
            move = self.replay.forwards if n > self.replay.position else self.replay.backwards
            self._travel(move, lambda: self.replay.position == n, breakpoints=False)

    def _travel(
        self, move: Callable[[], bool], arrived: Callable[[], bool] = lambda: False, breakpoints: bool = True
    ) -> bool:
        """Move until `arrived()`, a breakpoint or an end, and say where this is; is there further to go?"""
        hit: list[Breakpoint] = []
        moved = going = False
        try:
            while not hit and (going := move()):
                moved = True
                hit = self._hit() if breakpoints else []
                if arrived():
                    break
        except Exception as error:  # of an edge that has no derivative, or of a callback
            if moved:
                self._tell()
            raise ValueError(f"the pass can't go on: {self._next_edge()}{in_one_line(error)}") from None
        self._tell(hit)
        return going and not hit

    def _hit(self) -> list[Breakpoint]:
        """The breakpoints that hold here; a temporary one is then gone."""
        hit = [point for point in self.breakpoints if self._holds(point)]
        self.breakpoints = [point for point in self.breakpoints if not (point.temporary and point in hit)]
        return hit

    def _holds(self, point: Breakpoint) -> bool:
        try:
            return point.holds is not None and point.holds(self.replay)
        except REFUSALS as error:
            self.complain(f"can't tell whether breakpoint {point} holds: {in_one_line(error)}")
            return True

    def _tell(self, hit: Iterable[Breakpoint] = ()) -> None:
        """Where this is: the event that has just been, what it completed, and why it stopped here."""
        replay, event = self.replay, self.replay.event
        self.say(str(event) if event else "at the beginning: nothing has been yet")
        if event and replay.completion(event.operand) == replay.position and len(replay.arrivals[event.operand]) > 1:
            self.say(f"{replay.gradient_of(event.operand)} is complete: {replay.number(event.after)}")
        self.say(*(f"breakpoint {point}" for point in hit))
        if replay.trace.complete:
            self.say("The pass is complete, the gradients are those of backward(). quit lets the program run on.")

    def _next_edge(self) -> str:
        """The edge that comes next, if its derivative does not exist."""
        if self.replay.position == len(self.replay.trace):
            return ""
        node, slot = self.replay.trace.edge(self.replay.position)
        if not isinstance(node.locals[slot], Undefined):
            return ""
        return f"on the edge from {self.replay.called(node)} to {self.replay.called(node.operands[slot])}, "
