"""How a language writes a module: what `python.py` and `javascript.py` share, and what they have to say.

Expressions are written by the language's `Style`, so that a row stands nowhere a second time.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from engine.readings.python import definition
from engine.readings.styles import Style
from engine.readings.symbols import Symbol, symbol
from engine.rules import Rule

WIDTH = 100  # columns of a line


class Language(ABC):
    """A language of straight-line modules."""

    style: Style
    reserved: frozenset[str]  # what means something already
    library: frozenset[str]  # what a module takes from the library of the language
    powers: Sequence[str]  # the functions of which no row tells, such as those for powers
    functions: Sequence[str]  # of a module with a gradient
    indent: str
    between: str  # functions
    brackets: str  # around a list
    assignment: re.Pattern[str]  # finds what is assigned to: a name, or several
    unused: str  # what the k-th input is called if nothing reads it

    @abstractmethod
    def head(self, summary: str, remarks: Sequence[str], taken: Sequence[str]) -> str:
        """What a module begins with: what it is, and what it takes from the library."""

    @abstractmethod
    def function(self, name: str, operands: str, lines: Sequence[str], about: str = "") -> str:
        """A function of these statements, whose first lines are not yet indented; with `about`, it is for users."""

    @abstractmethod
    def power(self, name: str) -> str:
        """The definition of one of the `powers`."""

    @abstractmethod
    def comment(self, text: str) -> str:
        """A line for the reader."""

    @abstractmethod
    def unpacked(self, names: Sequence[str], source: str) -> str:
        """The line that gives names to what a list holds."""

    @abstractmethod
    def assigned(self, name: str, pieces: Sequence[str]) -> str:
        """What assigns an expression, or one after the other the pieces of a sum, which read the name."""

    @abstractmethod
    def returned(self, values: str, gradients: Sequence[str] | None = None) -> str:
        """The line that returns the values, and with them a list of gradients."""

    @abstractmethod
    def sample(self, inputs: Sequence[float], parameters: Sequence[float], function: str) -> str:
        """The recorded sample, to try the function on."""

    def assigned_in(self, text: str) -> list[str]:
        """The names that the statements of a text assign to, each once."""
        targets = self.assignment.findall(text)
        return list(dict.fromkeys(name for target in targets for name in re.findall(r"\w+", target)))

    def definition(self, rule: Rule, operands: Sequence[Symbol]) -> Symbol:
        """What a helper returns."""
        return definition(rule, operands)

    def called(self, name: str) -> str:
        """What a helper, or an operand of it, is called."""
        return self.style.called(name)

    def number(self, x: float, demanded: int = 0) -> str:
        return self.style.print(symbol(x), demanded)

    def listed(self, items: Sequence[str]) -> str:
        return f"{self.brackets[0]}{', '.join(items)}{self.brackets[1]}"

    def wrapped(self, text: str, used: int, brackets: str | None = None, indent: str | None = None) -> str:
        """What has commas between, on several lines in brackets if it does not fit on one."""
        if used + len(text) <= WIDTH:
            return text
        brackets, indent = self.brackets if brackets is None else brackets, self.indent if indent is None else indent
        lines = [""]
        for piece in (text[1:-1] if text.startswith(self.brackets[0]) else text).split(", "):
            if lines[-1] and len(indent) + 4 + len(lines[-1]) + len(piece) > WIDTH - 2:
                lines.append("")
            lines[-1] += f"{piece}, "
        indented = [f"{indent}{self.indent}{line.rstrip(', ')}," for line in lines]
        return "\n".join([brackets[:1], *indented, f"{indent}{brackets[1:]}"])

    def indented(self, lines: Sequence[str]) -> list[str]:
        return [f"{self.indent}{line}" if line else "" for line in lines]
