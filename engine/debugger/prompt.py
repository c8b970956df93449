"""A debugger for the backward pass, in which time runs both ways: `loss.debug()` in a program.

`python -m engine.debugger SCRIPT [ARGUMENTS]` runs a program and stops at each `backward()` in it; with -m, a module.
"""

from __future__ import annotations

import cmd
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import IO

from engine.debugger.breakpoints import COMPLETE, CONDITION, WATCH, Breakpoint
from engine.debugger.conditions import EXAMPLE, NUMBER, expression
from engine.debugger.replay import Replay
from engine.debugger.what_if import what_if
from engine.explaining.explain import explain
from engine.support.numerals import number
from engine.support.undefined import Undefined
from engine.value import Value

try:
    import readline
except ImportError:  # no history and no completion there
    readline = None  # type: ignore[assignment]

BACKWARD = Value.backward  # the program's own, whatever takes its place while a script is debugged

ALIASES = {
    "s": "step", "b": "back", "n": "next", "c": "continue", "cont": "continue", "rc": "rcontinue", "g": "goto",
    "br": "break", "tb": "tbreak", "d": "delete", "i": "info", "p": "print", "w": "where", "bt": "where",
    "l": "list", "h": "help", "q": "quit", "exit": "quit",
}  # fmt: skip

REFUSALS = (LookupError, ValueError, ArithmeticError, OSError, RuntimeError, ImportError)  # what a command may answer
BOLD, ORANGE = "1", "38;5;208"

# What `help` lists, in the order in which a newcomer meets it.
TOPICS = {
    "move in time": "step back next continue rcontinue goto",
    "stop where it matters": "break tbreak watch delete info",
    "look": "print sum why where list draw",
    "ask what if": "set",
    "go on": "quit detach help",
}


class Debugger(cmd.Cmd):
    """One conversation, through one backward pass or several; breakpoints stay from one to the next."""

    replay: Replay

    def __init__(self, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
        super().__init__(stdin=stdin or sys.stdin, stdout=stdout or sys.stdout)
        self.breakpoints: list[Breakpoint] = []
        self.passes = 0
        self.detached = False
        seen = self.stdout.isatty()  # by someone, so in colours; and with history and completion, if it is typed there
        self.colours = seen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.use_rawinput = self.stdin is sys.stdin and self.stdout is sys.stdout and seen and self.stdin.isatty()

    def debug(self, root: Value, place: str = "") -> None:
        """Talk about the backward pass of `root`; when the talk is over, the pass has been, as by `backward()`."""
        self.replay = Replay(root)
        self.passes += 1
        self.lastcmd = ""  # an empty line repeats nothing from another pass
        try:
            self._greet(place)
            for point in self.breakpoints:
                with suppress(KeyError, ValueError):  # this graph has no such node; a later one may
                    point.aim(self.replay)
            self._prompt()
            self.cmdloop()
        except KeyboardInterrupt:
            self._say("")
            self.replay.trace.goto(0)  # it may have come in the middle of an event
        finally:
            self._complete()

    def _complete(self) -> None:
        with suppress(Exception):
            self.replay.trace.finish()
            return
        self.replay.trace.goto(0)  # it can't be completed: let backward() say so, and leave the graph as it does
        BACKWARD(self.replay.root)

    # ── moving in time ─────────────────────────────────────────────────────────────────────────

    def do_step(self, argument: str) -> None:
        """step [N]: do the next event, or the next N: operand.grad += local * upstream."""
        for _ in range(_count(argument, "step")):
            if not self._travel(self.replay.forwards, lambda: True):
                break

    def do_back(self, argument: str) -> None:
        """back [N]: undo the last event, or the last N; every gradient is again what it was, to the last bit."""
        for _ in range(_count(argument, "back")):
            if self.replay.event:
                self._say(f"undone: {self.replay.event.told(self.replay.called)}")
            if not self._travel(self.replay.backwards, lambda: True):
                break

    def do_next(self, argument: str) -> None:
        """next [N]: to the next neuron, that is where the next δ is complete."""
        if not self.replay.neurons:
            raise ValueError("no neuron in this graph is handed a gradient; use step, or continue")
        for _ in range(_count(argument, "next")):
            if not self._travel(self.replay.forwards, lambda: self.replay.position in self.replay.neurons):
                break

    def do_continue(self, argument: str) -> None:
        """continue: to the next breakpoint; without one, to the end of the pass. There, quit runs the program on."""
        self._travel(self.replay.forwards)

    def do_rcontinue(self, argument: str) -> None:
        """rcontinue: back in time to the last breakpoint; without one, to the beginning."""
        self._travel(self.replay.backwards)

    def do_goto(self, argument: str) -> None:
        """goto N: to where N events have been; breakpoints on the way don't stop it."""
        last = len(self.replay.trace)
        n = _whole(argument, f"goto wants a position, 0 to {last}")
        if n > last:
            raise ValueError(f"this pass has the positions 0 to {last}; got {n}")
        if n == self.replay.position:
            self._tell()
        else:
            move = self.replay.forwards if n > self.replay.position else self.replay.backwards
            self._travel(move, lambda: self.replay.position == n, heeding=False)

    def _travel(
        self, move: Callable[[], bool], arrived: Callable[[], bool] = lambda: False, heeding: bool = True
    ) -> bool:
        """Move until it has `arrived`, to a breakpoint or to an end, and tell; whether nothing hinders going on."""
        hit: list[Breakpoint] = []
        moved = going = False
        try:
            while not hit and (going := move()):
                moved = True
                hit = self._hit() if heeding else []
                if arrived():
                    break
        except Exception as error:  # of an edge that has no derivative, or of a callback
            if moved:
                self._tell()
            raise ValueError(f"the pass can't go on: {self._next_edge()}{_in_one_line(error)}") from None
        self._tell(hit)
        return going and not hit

    def _hit(self) -> list[Breakpoint]:
        hit = [point for point in self.breakpoints if self._holds(point)]
        self.breakpoints = [point for point in self.breakpoints if not (point.temporary and point in hit)]
        return hit

    def _holds(self, point: Breakpoint) -> bool:
        try:
            return point.holds is not None and point.holds(self.replay)
        except REFUSALS as error:
            self._complain(f"can't tell whether breakpoint {point} holds: {_in_one_line(error)}")
            return True

    def _tell(self, hit: Iterable[Breakpoint] = ()) -> None:
        """Where this is: the event that has just been, what it completed, and why it stopped here."""
        replay, event = self.replay, self.replay.event
        self._say(event.told(replay.called) if event else "at the beginning: nothing has been yet")
        if event and replay.completion(event.operand) == replay.position and len(replay.arrivals[event.operand]) > 1:
            self._say(f"{replay.gradient_of(event.operand)} is complete: {number(event.after)}")
        self._say(*(f"breakpoint {point}" for point in hit))
        if replay.trace.complete:
            self._say("The pass is complete, the gradients are those of backward(). quit lets the program run on.")

    def _next_edge(self) -> str:
        if self.replay.position == len(self.replay.trace):
            return ""
        node, slot = self.replay.trace.edge(self.replay.position)
        if not isinstance(node.locals[slot], Undefined):
            return ""
        return f"on the edge from {self.replay.called(node)} to {self.replay.called(node.operands[slot])}, "

    # ── stopping ───────────────────────────────────────────────────────────────────────────────

    def do_break(self, argument: str) -> None:
        """break LABEL: stop where its gradient is complete. break if EXPR: stop after an event for which it holds.

        EXPR is about the event: node, operand, local, upstream, contribution (= local · upstream), grad (the
        operand's, after it). For example: break if abs(contribution) > 0.1 and node == "a[1][2]"
        """
        self._set_breakpoint(argument)

    def do_tbreak(self, argument: str) -> None:
        """tbreak LABEL, tbreak if EXPR: a breakpoint that is gone after it has stopped once."""
        self._set_breakpoint(argument, temporary=True)

    def do_watch(self, argument: str) -> None:
        """watch LABEL: stop at every event that contributes to its gradient."""
        self._add(WATCH, _wanted(argument, "watch wants a label, such as"), temporary=False)

    def do_delete(self, argument: str) -> None:
        """delete [NUMBER]: forget a breakpoint, or all of them; info has the numbers."""
        if not argument:
            self.breakpoints.clear()
            return
        n = _whole(argument, "delete wants the number of a breakpoint")
        if n not in {point.number for point in self.breakpoints}:
            numbers = ", ".join(str(point.number) for point in self.breakpoints)
            raise ValueError(f"there is no breakpoint {n}; there are: {numbers or 'none'}")
        self.breakpoints = [point for point in self.breakpoints if point.number != n]

    def do_info(self, argument: str) -> None:
        """info: where this pass is, and the breakpoints."""
        replay = self.replay
        self._say(f"{self._now()}; {replay.state(replay.root)}")
        self._say(*map(str, self.breakpoints) if self.breakpoints else ["no breakpoints"])

    # ── looking ────────────────────────────────────────────────────────────────────────────────

    def do_print(self, argument: str) -> None:
        """print [LABEL | EXPR]: the last event; or a node with its gradient so far; or a sum such as grad / local."""
        event = self.replay.event
        if argument:
            self._say(self._value_of(argument))
        elif event is None:
            self._say(f"{self._now()}; nothing has been yet, so there is no event to print")
        else:
            for name in ("node", "operand"):
                self._say(f"{name:12} = {self.replay.state(getattr(event, name))}")
            for name in ("local", "upstream", "contribution", "before", "after"):
                self._say(f"{name:12} = {number(getattr(event, name))}")

    def do_sum(self, argument: str) -> None:
        """sum LABEL: the sum that makes its gradient, a term for each edge into it; □ is still to come."""
        self._say(self.replay.ledger(self.replay.find(_wanted(argument, "sum wants a label, such as"))))

    def do_why(self, argument: str) -> None:
        """why LABEL: the chain rule that makes its gradient, in symbols, then in numbers."""
        node = self.replay.find(_wanted(argument, "why wants a label, such as"))
        if not self.replay.is_complete(node) and node in self.replay.arrivals:
            self._say(f"not complete yet: {self.replay.ledger(node)}")
        else:
            self._say(str(explain(self.replay.root, node, notation=self.replay.notation)))

    def do_where(self, argument: str) -> None:
        """where [LABEL]: the way from the loss to here, with the local derivative on each edge."""
        self._say(*self.replay.way(self.replay.find(argument) if argument else None))

    def do_list(self, argument: str) -> None:
        """list [N]: the events around this one, N to each side: ✓ done, → the last one, □ still to come."""
        self._say(*self.replay.around(_count(argument, "list", 5)))

    def do_draw(self, argument: str) -> None:
        """draw [FILE]: the graph as it is now, as backward-14.svg or what you name, .svg, .png or .dot."""
        path = argument or f"backward-{self.replay.position}.svg"
        viz = import_module("viz")  # by name, and only here: the engine itself draws nothing
        viz.save(viz.draw(self.replay.root, trace=self.replay.trace), os.path.expanduser(path))
        self._say(f"wrote {path}")

    # ── what if ────────────────────────────────────────────────────────────────────────────────

    def do_set(self, argument: str) -> None:
        """set LABEL VALUE: what if it had this value? Computed on a copy; your graph stays as it is.

        Shows the loss and the gradient then, beside what the gradient of now predicted: gradient · Δ.
        """
        label, _, value = argument.rpartition(" ")
        if not label:
            raise ValueError(f"set wants a label and a value, such as set {self.replay.example()} 0.5")
        replay = self.replay
        node = replay.find(label.strip())
        found = what_if(replay.order, node, _number(value))
        now, then = found.now, found.then
        rows = [
            (replay.called(node), now.value, then.value),
            (replay.called(replay.root), now.root, then.root),
            (replay.gradient_of(node), now.gradient, then.gradient),
        ]
        wide = max(len(name) for name, *_ in rows)
        self._say(*(f"{name:{wide}}  {number(was)} → {number(would)}" for name, was, would in rows))
        product = f"{_bracketed(now.gradient)}{_bracketed(found.change)}"
        self._say(
            f"{replay.called(replay.root)} changes by {number(found.effect)}; the gradient predicts "
            f"{product} = {number(found.predicted)}"
        )

    # ── going on ───────────────────────────────────────────────────────────────────────────────

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
            self._say(inspect.cleandoc(self._command(name).__doc__ or ""))
            return
        short = {name: alias for alias, name in reversed(ALIASES.items())}
        for topic, commands in TOPICS.items():
            self._say(self._painted(topic, BOLD))
            for name in commands.split():
                usage, meaning = (getattr(self, f"do_{name}").__doc__ or "").split("\n")[0].split(": ", 1)
                self._say(f"  {usage + (f' ({short[name]})' if name in short else ''):28} {meaning}")
        self._say(
            f"A label is what the screen shows, or {self.replay.example()} for keyboards; pow@17 without a name.",
            "An empty line repeats the last command; a line that begins with # is a remark.",
        )

    # ── the conversation ───────────────────────────────────────────────────────────────────────

    def onecmd(self, line: str) -> bool:
        """Carry out a line; what can't be done is said in one line, and the conversation goes on."""
        if line.lstrip().startswith("#"):
            return False
        try:
            return bool(super().onecmd(line))
        except REFUSALS as error:
            self._complain(_in_one_line(error))
            return False

    def parseline(self, line: str) -> tuple[str | None, str | None, str]:
        name, argument, line = super().parseline(line)
        return ALIASES.get(name, name) if name else name, argument, line

    def precmd(self, line: str) -> str:
        if not self.use_rawinput:  # no one typed it on this screen, so show it there
            self._say("" if line == "EOF" else line)
        elif line == "EOF":
            self._say("")
        return line

    def postcmd(self, stop: bool, line: str) -> bool:
        self._prompt()
        return stop

    def default(self, line: str) -> None:
        self._command(line.split()[0])

    def completedefault(self, text: str, line: str, begin: int, end: int) -> list[str]:
        return sorted({label for label in self.replay.labels() if label.startswith(text)})

    def complete_help(self, text: str, *_: object) -> list[str]:
        return [name for name in " ".join(TOPICS.values()).split() if name.startswith(text)]

    def preloop(self) -> None:
        if self.use_rawinput and readline:
            self._delimiters = readline.get_completer_delims()
            readline.set_completer_delims(" \t\n\"'")  # labels have brackets and commas

    def postloop(self) -> None:
        if self.use_rawinput and readline:
            readline.set_completer_delims(self._delimiters)

    def _command(self, name: str) -> Callable[[str], bool | None]:
        commands = " ".join(TOPICS.values()).split()
        if name not in commands:
            near = get_close_matches(name, commands, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "help lists them"
            raise ValueError(f"there is no command {name!r}; {hint}")
        command: Callable[[str], bool | None] = getattr(self, f"do_{name}")
        return command

    def _set_breakpoint(self, argument: str, temporary: bool = False) -> None:
        name = "tbreak" if temporary else "break"
        what = _wanted(argument, f"{name} wants a label, or: if EXPR, for example: {name} if {EXAMPLE}")
        word, _, rest = what.partition(" ")
        if word == "if":
            self._add(CONDITION, _wanted(rest, f"{name} if wants an expression, for example: {EXAMPLE}"), temporary)
        else:
            self._add(COMPLETE, what, temporary)

    def _add(self, kind: str, what: str, temporary: bool) -> None:
        n = max((point.number for point in self.breakpoints), default=0) + 1
        point = Breakpoint(n, kind, what, temporary)
        point.aim(self.replay)
        self.breakpoints.append(point)
        self._say(f"breakpoint {point}")

    def _value_of(self, text: str) -> str:
        """A label's node, or else an expression over the last event."""
        try:
            return self.replay.state(self.replay.find(text))
        except (KeyError, ValueError):
            try:
                kind, of = expression(text, self.replay.find)
            except (KeyError, ValueError):
                kind, of = "", None
            if of is None or not kind:
                raise
        if self.replay.event is None:
            raise ValueError("an expression is about the last event, and none has been yet")
        found = of(self.replay.event)
        return number(found) if kind == NUMBER else self.replay.state(found) if isinstance(found, Value) else str(found)

    def _now(self) -> str:
        return f"step {self.replay.position} of {len(self.replay.trace)}"

    def _greet(self, place: str) -> None:
        """The first screen: enough to go on."""
        replay, of = self.replay, self.replay.state(self.replay.root).split(", ")[0]
        nth = f" number {self.passes}" * (self.passes > 1)
        at = f", at {place}" * bool(place)
        self._say(self._painted(f"backward(){nth} from {of}: {len(replay.trace)} steps{at}", BOLD))
        if self.passes > 1:
            return
        label = replay.example()
        self._say(
            "At each step a node contributes local · upstream to an operand: operand.grad += local * upstream.",
            "  step (s), back (b)        one step on, or undone: time runs both ways",
            f"  break {label:20}stop where its gradient is complete; then continue (c) or next (n) neuron",
            f"  sum {label:22}the terms of its gradient so far; □ is still to come",
            f"  why {label:22}the chain rule that made it;  set {label} 0.5   what if?",
            "  help (h), help COMMAND    all of it; Enter repeats, Tab completes",
            "  quit (q)                  completes the pass, and the program runs on",
        )

    def _prompt(self) -> None:
        self.prompt = f"(backward {self.replay.position}/{len(self.replay.trace)}) "

    def _complain(self, text: str) -> None:
        self._say(self._painted(text, ORANGE))

    def _painted(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self.colours else text

    def _say(self, *lines: str) -> None:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"  # a console without δ shows ?
        for line in lines:
            print(line.encode(encoding, "replace").decode(encoding), file=self.stdout)


def _in_one_line(error: BaseException) -> str:
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return " ".join("; ".join([str(text) or type(error).__name__, *getattr(error, "__notes__", [])]).split())


def _count(argument: str, command: str, default: int = 1) -> int:
    return _whole(argument, f"{command} takes a number of steps") if argument else default


def _whole(text: str, wanted: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise ValueError(f"{wanted}; got {text!r}")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text.replace("−", "-"))  # as the screen prints it
    except ValueError:
        raise ValueError(f"set wants a number for the value, such as 0.5; got {text!r}") from None


def _wanted(argument: str, message: str) -> str:
    if not argument:
        raise ValueError(message)
    return argument


def _bracketed(x: float) -> str:
    return f"({number(x)})"


def debug(root: Value, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
    """The backward pass at a prompt, where time runs both ways; when it is left, the pass has been."""
    Debugger(stdin, stdout).debug(root)


Value.debug = debug  # type: ignore[assignment, method-assign]
