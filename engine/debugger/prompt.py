"""A debugger for the backward pass, in which time runs both ways: `loss.debug()` in a program.

`python -m engine.debugger SCRIPT [ARGUMENTS]` runs a program and stops at each `backward()` in it; with -m, a module.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import IO

from engine.debugger.conversation import ALIASES, BOLD, TOPICS, Conversation, in_one_line
from engine.debugger.lines import state
from engine.debugger.looking import Looking
from engine.debugger.moving import Moving
from engine.debugger.replay import Replay
from engine.debugger.stopping import Stopping
from engine.naming.remarks import of_changes
from engine.support.notation import Notation
from engine.support.numerals import Numerals
from engine.value import Value

BACKWARD = Value.backward  # the program's own, whatever takes its place while a script is debugged


class Debugger(Moving, Stopping, Looking, Conversation):
    """One conversation, through one backward pass or several; it begins, ends and explains itself here."""

    def __init__(self, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
        super().__init__(stdin, stdout)
        self.passes = 0
        self.detached = False

    def debug(
        self,
        root: Value,
        place: str = "",
        notation: Notation | str | None = None,
        numerals: Numerals | None = None,
    ) -> None:
        """A session on the backward pass of `root`; when it ends, the pass is complete, as after `backward()`."""
        self.replay = Replay(root, notation, numerals)
        self.passes += 1
        self.lastcmd = ""  # an empty line repeats nothing from another pass
        try:
            self._greet(place)
            for point in self.breakpoints:
                with suppress(ValueError):  # this graph has no such node; a later one may
                    point.resolve(self.replay)
            self.show_position_in_prompt()
            self._converse()
        except KeyboardInterrupt:
            self.say("")
            self.replay.trace.goto(0)  # it may have come in the middle of an event
        finally:
            self._complete()

    def _converse(self) -> None:
        """Lines are read and carried out; where none can be read, that is said, and no later pass asks again."""
        try:
            self.cmdloop()
        except (OSError, RuntimeError, ValueError) as error:  # of reading: what a command can't do, it has said
            self.detached = True
            if not self.use_rawinput:
                self.say("")  # the prompt stands there already
            self.complain(
                f"nothing can be typed here ({in_one_line(error).rstrip('.')}), so the pass is completed without stops"
                "; `for step in loss.backward_steps(): print(step)` prints it"
            )

    def _complete(self) -> None:
        with suppress(Exception):
            self.replay.trace.finish()
            return
        self.replay.trace.goto(0)  # it can't be completed: let backward() say so, and leave the graph as it does
        BACKWARD(self.replay.root)

    def _greet(self, place: str) -> None:
        """The first screen: enough to go on."""
        replay, of = self.replay, state(self.replay, self.replay.root).split(", ")[0]
        nth = f" number {self.passes}" * (self.passes > 1)
        at = f", at {place}" * bool(place)
        self.say(self.painted(f"backward(){nth} from {of}: {len(replay.trace)} steps{at}", BOLD))
        self.say(*of_changes(replay.naming, replay.order))
        if self.passes > 1:
            return
        label, other = replay.example()
        further = "; then continue (c) or next (n) neuron" if replay.neurons else "; then continue (c)"
        self.say(
            "At each step a node contributes local · upstream to an operand: operand.grad += local * upstream.",
            "  step (s), back (b)        one step on, or undone: time runs both ways",
            f"  break {label:20}stop where its gradient is complete{further}",
            f"  sum {label:22}the terms of its gradient so far; □ is still to come",
            f"  why {label:22}the chain rule that made it;  set {label} {other}   what if?",
            "  help (h), help COMMAND    all of it; Enter repeats" + ", Tab completes" * self.on_terminal,
            "  quit (q)                  completes the pass, and the program runs on",
        )

    def do_quit(self, argument: str) -> bool:
        """quit: complete this pass and let the program run on. A script stops again at its next backward()."""
        return True

    def do_detach(self, argument: str) -> bool:
        """detach: complete this pass and let the program run on to its end, without stopping again."""
        self.detached = True
        return True

    def do_EOF(self, argument: str) -> bool:  # noqa: N802  (cmd's name for the end of input)
        self.detached = not self.use_rawinput  # no one is there to be asked a second time
        return True

    def do_help(self, argument: str) -> None:
        """help [COMMAND]: all commands, or one of them at length."""
        if argument:
            name = ALIASES.get(argument, argument)
            self.say(inspect.cleandoc(self.command(name).__doc__ or ""))
            return
        short = {name: alias for alias, name in reversed(ALIASES.items())}
        for topic, commands in TOPICS.items():
            self.say(self.painted(topic, BOLD))
            for name in commands.split():
                usage, meaning = (getattr(self, f"do_{name}").__doc__ or "").split("\n")[0].split(": ", 1)
                self.say(f"  {usage + (f' ({short[name]})' if name in short else ''):28} {meaning}")
        self.say(
            f"A label is what the screen shows, or {self.replay.example()[0]} for keyboards; v17 for v₁₇.",
            "An empty line repeats the last command; a line that begins with # is a remark.",
        )


def debug(
    root: Value,
    stdin: IO[str] | None = None,
    stdout: IO[str] | None = None,
    *,
    notation: Notation | str | None = None,
    digits: int = 4,
    fractions: bool = False,
) -> None:
    """The backward pass at a prompt, where time runs both ways; when it is left, the pass has been.

    Nodes are called as in `notation`, itself or by its name; without one, as in that of the root. Numbers have so many
    significant `digits`, or are small `fractions` where these are exact.
    """
    Debugger(stdin, stdout).debug(root, notation=notation, numerals=Numerals(digits, fractions))


Value.debug = debug  # type: ignore[assignment, method-assign]  # value.py declares it
