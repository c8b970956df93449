"""What a demo shows: sections of prose and of tables of checks, and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Protocol

from demos.kit.checks import Check, Outcome
from demos.kit.console import aligned
from engine.support.numerals import plural

INDENT = " " * 5
WIDTH = 96  # of a line of prose


def prose(text: str, indent: str = INDENT) -> list[str]:
    """Lines of at most WIDTH."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


class Shown(Protocol):
    """A section of a demo: its lines on the screen, and the checks in them."""

    @property
    def checks(self) -> Sequence[Check]: ...
    def lines(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class Table:
    """Checks as rows, their causes below them; `said` and `exact` are the heads of the two columns of numbers."""

    checks: Sequence[Check]
    said: str = "printed"
    exact: str = "exact"

    def lines(self) -> Iterator[str]:
        formulas = any(check.formula for check in self.checks)
        rows = [
            (c.quantity, *([c.formula] if formulas else []), c.printed, c.exact, str(c.outcome)) for c in self.checks
        ]
        head = ("", *([""] if formulas else []), self.said, self.exact, "verdict")
        first, *others = aligned(head, rows, "<<..<" if formulas else "<..<")
        yield INDENT + first
        for check, line in zip(self.checks, others, strict=True):
            yield INDENT + line
            if check.why:
                yield from prose(check.why, INDENT * 2)


@dataclass(frozen=True)
class Section:
    """A section of the source: prose (a str, wrapped), lines that stay as they are, and tables."""

    title: str
    parts: Sequence[str | Sequence[str] | Table]

    @property
    def checks(self) -> list[Check]:
        return [check for part in self.parts if isinstance(part, Table) for check in part.checks]

    def lines(self) -> Iterator[str]:
        yield f"\n{self.title}"
        for part in self.parts:
            if isinstance(part, str):
                yield from prose(part)
            elif isinstance(part, Table):
                yield from part.lines()
            else:
                yield from ((INDENT + line).rstrip() for line in part)


def checks_of(sections: Iterable[Shown]) -> list[Check]:
    return [check for section in sections for check in section.checks]


def ruled(title: str) -> str:
    """A heading across the screen."""
    return f"\n── {title} ".ljust(WIDTH + 1, "─")


def legend(checks: Sequence[Check]) -> Iterator[str]:
    """What the verdicts mean, those that there are."""
    found = {check.outcome for check in checks}
    if found:
        words = "; ".join(f"“{outcome}”: {outcome.meaning}" for outcome in Outcome if outcome in found)
        yield from prose(f"{words}.")


def broken(equation: str) -> Iterator[str]:
    """An equation in one line, or if it is too long in two, its last two = one below the other."""
    if len(INDENT + equation) > WIDTH and equation.count(" = ") > 1:
        first, *others, last = equation.split(" = ")
        yield " = ".join((first, *others[:-1]))
        yield f"{' ' * len(first)} = {others[-1]} = {last}"
    else:
        yield equation


def summary(checks: Sequence[Check]) -> str:
    """How many rows there are of each outcome."""
    count = Counter(check.outcome for check in checks)
    parts = {
        Outcome.AGREES: f"{count[Outcome.AGREES]} agree to the printed digits",
        Outcome.HOLDS: f"{count[Outcome.HOLDS]} hold",
        Outcome.SLIP: f"{plural(count[Outcome.SLIP], 'slip')} explained",
        Outcome.UNEXPLAINED: f"{count[Outcome.UNEXPLAINED]} NOT EXPLAINED",
    }
    return f"{len(checks)} checks: " + ", ".join(part for kind, part in parts.items() if count[kind])


class Renderable(Protocol):
    """A drawing by Graphviz, or a plot by matplotlib."""

    def pipe(self, format: str) -> bytes: ...


@dataclass(frozen=True)
class Picture:
    """A picture that a demo writes."""

    name: str  # of its file, without the suffix
    shows: str  # what is said of it; nothing, where its name says it
    draw: Callable[[str], Renderable]  # in a theme
    plot: bool = True  # by matplotlib, which is an extra
