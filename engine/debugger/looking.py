"""The commands that show something: print, sum, why, where, list, draw; and set, which asks what if."""

from __future__ import annotations

import os

from engine.debugger.conditions import NUMBER, expression
from engine.debugger.conversation import Conversation, expected, steps
from engine.debugger.drawing import drawing
from engine.debugger.lines import around, path, state, terms
from engine.debugger.what_if import what_if
from engine.explaining.explain import explain
from engine.value import Value


class Looking(Conversation):
    """Nothing here moves the pass or changes the graph."""

    def do_print(self, argument: str) -> None:
        """print [LABEL | EXPR]: the last event; or a node with its gradient so far; or a sum such as grad / local."""
        event = self.replay.event
        if argument:
            self.say(self._value_of(argument))
        elif event is None:
            self.say(f"{self.position()}; nothing has been yet, so there is no event to print")
        else:
            for name in ("node", "operand"):
                self.say(f"{name:12} = {state(self.replay, getattr(event, name))}")
            for name in ("local", "upstream", "contribution", "before", "after"):
                self.say(f"{name:12} = {self.replay.number(getattr(event, name))}")

    def do_sum(self, argument: str) -> None:
        """sum LABEL: the sum that makes its gradient, a term for each edge into it; □ is still to come."""
        self.say(terms(self.replay, self.replay.find(self.label(argument, "sum"))))

    def do_why(self, argument: str) -> None:
        """why LABEL: the chain rule that makes its gradient, in symbols, then in numbers."""
        replay = self.replay
        node = replay.find(self.label(argument, "why"))
        if node is replay.root:
            self.say(terms(replay, node))
        elif not replay.is_complete(node) and node in replay.arrivals:
            self.say(f"not complete yet: {terms(replay, node)}")
        else:
            naming, numerals = replay.naming, replay.naming.numerals
            digits, fractions = numerals.digits, numerals.fractions
            self.say(str(explain(replay.root, node, notation=naming.notation, digits=digits, fractions=fractions)))

    def do_where(self, argument: str) -> None:
        """where [LABEL]: the path from the loss to here, with the local derivative on each edge."""
        self.say(*path(self.replay, self.replay.find(argument) if argument else None))

    def do_list(self, argument: str) -> None:
        """list [N]: the events around this one, N to each side: ✓ done, → the last one, □ still to come."""
        self.say(*around(self.replay, steps("list", argument, 5)))

    def do_draw(self, argument: str) -> None:
        """draw [FILE]: the graph as it is now, as backward-14.svg or what you name, .svg, .png or .dot."""
        file = argument or f"backward-{self.replay.position}.svg"
        drawing()(self.replay.trace, self.replay.naming.notation, os.path.expanduser(file))
        self.say(f"wrote {file}")

    def do_set(self, argument: str) -> None:
        """set LABEL VALUE: what if it had this value? Computed on a copy; your graph stays as it is.

        Shows the loss and the gradient then, beside what the gradient of now predicted: gradient · Δ.
        """
        label, _, value = argument.rpartition(" ")
        if not label:
            example = "set {} {}".format(*self.replay.example())
            raise expected("set", f"a label and a value, such as {example}", argument)
        replay = self.replay
        node = replay.find(label.strip())
        number = replay.number
        found = what_if(replay.order, node, _number(value))
        now, then = found.now, found.then
        rows = [
            (replay.called(node), now.value, then.value),
            (replay.called(replay.root), now.root, then.root),
            (replay.gradient_of(node), now.gradient, then.gradient),
        ]
        wide = max(len(name) for name, *_ in rows)
        self.say(
            *(f"{name:{wide}}  {self.replay.number(was)} → {self.replay.number(would)}" for name, was, would in rows)
        )
        self.say(
            f"{replay.called(replay.root)} changes by {number(found.effect)}; the gradient predicts "
            f"({number(now.gradient)})({number(found.change)}) = {number(found.predicted)}"
        )

    def _value_of(self, text: str) -> str:
        """A label's node, or else an expression over the last event."""
        try:
            return state(self.replay, self.replay.find(text))
        except ValueError:
            try:
                kind, of = expression(text, self.replay.find)
            except ValueError:
                kind, of = "", None
            if of is None or not kind:
                raise
        if self.replay.event is None:
            raise ValueError("an expression is about the last event, and none has been yet")
        found = of(self.replay.event)
        return (
            self.replay.number(found)
            if kind == NUMBER
            else state(self.replay, found)
            if isinstance(found, Value)
            else str(found)
        )


def _number(text: str) -> float:
    try:
        return float(text.replace("−", "-"))  # as the screen prints it
    except ValueError:
        raise expected("set", "a number for the value, such as 0.5", text) from None
