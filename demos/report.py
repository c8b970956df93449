"""How a demo of sections is shown: prose, tables of checks, pictures that appear all or not at all, the exit code."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from textwrap import wrap
from typing import Protocol

from demos.checks import Check, Outcome
from demos.console import PROGRAM, Options, aligned, all_or_none, writing
from viz.theme import THEMES

INDENT = " " * 5
WIDTH = 96  # of a line of prose
FORMATS = ("svg", "png")


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
                yield from wrap(check.why, WIDTH, initial_indent=INDENT * 2, subsequent_indent=INDENT * 2)


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
                yield from wrap(part, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
            elif isinstance(part, Table):
                yield from part.lines()
            else:
                yield from ((INDENT + line).rstrip() for line in part)


def checks_of(sections: Iterable[Section]) -> list[Check]:
    return [check for section in sections for check in section.checks]


def ruled(title: str) -> str:
    """A heading across the screen."""
    return f"\n── {title} ".ljust(WIDTH + 1, "─")


def summary(checks: Sequence[Check]) -> str:
    """How many rows there are of each outcome."""
    count = Counter(check.outcome for check in checks)
    words = {
        Outcome.AGREES: "agree to the printed digits",
        Outcome.HOLDS: "hold",
        Outcome.SLIP: f"slip{'s' * (count[Outcome.SLIP] != 1)} explained",
        Outcome.UNEXPLAINED: "NOT EXPLAINED",
    }
    return f"{len(checks)} checks: " + ", ".join(f"{count[kind]} {word}" for kind, word in words.items() if count[kind])


class Drawing(Protocol):
    def pipe(self, format: str) -> bytes: ...


@dataclass(frozen=True)
class Picture:
    """A picture that a demo ends with: its file's name without the suffix, what it shows, and how it is drawn."""

    name: str
    shows: str
    draw: Callable[[str], Drawing]  # in a theme
    plot: bool = True  # by matplotlib, which is an extra


def options(name: str, description: str) -> Options:
    """The options that such a demo has."""
    found = Options(
        f"{PROGRAM} {name}",
        description=description,
        epilog="exit code: 0 if all holds or its slip is explained, 1 if not, 2 if nothing could be written",
    )
    found.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the pictures go (default: here)")
    for option, choices in (("--format", FORMATS), ("--theme", tuple(THEMES))):
        found.add_argument(
            option, choices=choices, default=choices[0], help="of the pictures: %(choices)s (%(default)s)"
        )
    return found


def present(chosen: Namespace, title: str, sections: Sequence[Section], pictures: Sequence[Picture]) -> int:
    """Print the sections, write the pictures; 0 if every check holds or its slip is explained, else 1."""
    can_plot = find_spec("matplotlib") is not None
    drawn = [picture for picture in pictures if can_plot or not picture.plot]
    names = [f"{picture.name}.{chosen.format}" for picture in drawn]
    with all_or_none(chosen.out, names) as paths:
        print(title, *(line for section in sections for line in section.lines()), sep="\n")
        with writing(chosen.out):
            for picture, path in zip(drawn, paths, strict=True):
                path.write_bytes(picture.draw(chosen.theme).pipe(chosen.format))
    print()
    for picture, name in zip(drawn, names, strict=True):
        print(f"Wrote {chosen.out / name}: {picture.shows}")
    left_out = [picture for picture in pictures if picture not in drawn]
    for picture in left_out:
        print(f"Not drawn: {picture.name}, {picture.shows}")
    if left_out:
        print(f"{INDENT}plots need matplotlib: pip install 'glassgrad[plots]'")
    checks = checks_of(sections)
    print(f"\n{summary(checks)}")
    return 0 if all(check.explained for check in checks) else 1
