"""What every command of the debugger shares: the pass that it is about, what is said, and how a line is read."""

from __future__ import annotations

import cmd
import io
import os
import sys
from collections.abc import Callable
from difflib import get_close_matches
from inspect import isbuiltin
from typing import IO, Any

from engine.debugger.breakpoints import Breakpoint
from engine.debugger.replay import Replay
from engine.support.screens import PLAIN_SPELLING

ALIASES = {
    "s": "step", "b": "back", "n": "next", "c": "continue", "cont": "continue", "rc": "rcontinue", "g": "goto",
    "br": "break", "tb": "tbreak", "d": "delete", "i": "info", "p": "print", "w": "where", "bt": "where",
    "l": "list", "h": "help", "q": "quit", "exit": "quit",
}  # fmt: skip

# What `help` lists, in the order in which a newcomer meets it.
TOPICS = {
    "move in time": "step back next continue rcontinue goto",
    "stop where it matters": "break tbreak watch delete info",
    "look": "print sum why where list draw",
    "ask what if": "set",
    "go on": "quit detach help",
}
COMMANDS = " ".join(TOPICS.values()).split()

REFUSALS = (LookupError, ValueError, ArithmeticError, OSError, RuntimeError, ImportError)  # what a command may answer
BOLD, ORANGE = "1", "38;5;208"

NO_ONE = io.StringIO()  # what is read from where there is no standard input at all
NO_ONE.close()


class Conversation(cmd.Cmd):
    """Lines in, answers out, about one backward pass at a time; breakpoints stay from one pass to the next."""

    replay: Replay

    def __init__(self, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
        super().__init__(stdin=stdin or sys.stdin or NO_ONE, stdout=stdout or sys.stdout)
        self.breakpoints: list[Breakpoint] = []
        seen = _is_terminal(
            self.stdout
        )  # by someone, so in colors; and with history and completion, if it is typed there
        self.colors = seen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        standard = self.stdin is sys.stdin and self.stdout is sys.stdout
        self.on_terminal = standard and seen and _is_terminal(self.stdin)
        in_notebook = standard and not isbuiltin(input)  # its kernel asks the front end by an `input` of its own
        self.use_rawinput = self.on_terminal or in_notebook
        if not self.on_terminal:
            self.completekey = ""  # there completion is left alone

    # ── saying ─────────────────────────────────────────────────────────────────────────────────

    def say(self, *lines: str) -> None:
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        for line in lines:
            print(line.encode(encoding, PLAIN_SPELLING).decode(encoding), file=self.stdout)

    def complain(self, text: str) -> None:
        self.say(self.painted(text, ORANGE))

    def painted(self, text: str, color: str) -> str:
        return f"\033[{color}m{text}\033[0m" if self.colors else text

    def position(self) -> str:
        return f"step {self.replay.position} of {len(self.replay.trace)}"

    def show_position_in_prompt(self) -> None:
        self.prompt = f"(backward {self.replay.position}/{len(self.replay.trace)}) "

    # ── reading a line ─────────────────────────────────────────────────────────────────────────

    def onecmd(self, line: str) -> bool:
        """Carry out a line; what can't be done is said in one line, and the conversation goes on."""
        if line.lstrip().startswith("#"):
            return False
        try:
            return bool(super().onecmd(line))
        except REFUSALS as error:
            self.complain(in_one_line(error))
            return False

    def parseline(self, line: str) -> tuple[str | None, str | None, str]:
        name, argument, line = super().parseline(line)
        return ALIASES.get(name, name) if name else name, argument, line

    def precmd(self, line: str) -> str:
        if not self.use_rawinput:  # no one typed it on this screen, so show it there
            self.say("" if line == "EOF" else line)
        elif line == "EOF":
            self.say("")
        return line

    def postcmd(self, stop: bool, line: str) -> bool:
        self.show_position_in_prompt()
        return stop

    def default(self, line: str) -> None:
        self.command(line.split()[0])

    def command(self, name: str) -> Callable[[str], bool | None]:
        """The method that carries out the command of this name."""
        if name not in COMMANDS:
            near = get_close_matches(name, COMMANDS, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "help lists them"
            raise ValueError(f"there is no command {name!r}; {hint}")
        method: Callable[[str], bool | None] = getattr(self, f"do_{name}")
        return method

    def label(self, argument: str, command: str) -> str:
        """The argument of a command that takes a label."""
        if not argument:
            raise expected(command, f"a label, such as {command} {self.replay.example()[0]}")
        return argument

    # ── completion ─────────────────────────────────────────────────────────────────────────────

    def completedefault(self, text: str, line: str, begin: int, end: int) -> list[str]:
        return sorted({label for label in self.replay.labels() if label.startswith(text)})

    def complete_help(self, text: str, *_: object) -> list[str]:
        return [name for name in COMMANDS if name.startswith(text)]

    def preloop(self) -> None:
        if readline := self._readline():
            self._delimiters = readline.get_completer_delims()
            readline.set_completer_delims(" \t\n\"'")  # labels have brackets and commas

    def postloop(self) -> None:
        if readline := self._readline():
            readline.set_completer_delims(self._delimiters)

    def _readline(self) -> Any:
        """The module, where lines are typed; on some systems there is none, and so no history and no completion."""
        if not self.on_terminal:
            return None
        try:
            import readline  # not before: some versions write to the terminal when they are imported
        except ImportError:
            return None
        return readline


def _is_terminal(stream: IO[str]) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


# ── arguments and errors ───────────────────────────────────────────────────────────────────────


def expected(command: str, what: str, got: str = "") -> ValueError:
    """What a command says of an argument that it can't use."""
    return ValueError(f"{command}: expected {what}" + (f"; got {got!r}" if got else ""))


def whole_number(command: str, what: str, argument: str, most: int = 10**9 - 1) -> int:
    if not (argument.isdecimal() and argument.isascii() and len(argument) < 10 and int(argument) <= most):
        raise expected(command, what, argument)
    return int(argument)


def steps(command: str, argument: str, default: int = 1) -> int:
    """How often: the argument of step, back, next and list, which may be left out."""
    return whole_number(command, "a number of steps", argument) if argument else default


def in_one_line(error: BaseException) -> str:
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return " ".join("; ".join([str(text) or type(error).__name__, *getattr(error, "__notes__", [])]).split())
