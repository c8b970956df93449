"""All sources in one table: what each prints beside what is exact, and why the two differ where they do.

The rows are the checks of all demos. Numbers that a source is given (inputs, weights, targets) have none, since the
exact side is computed from them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from demos.kit.catalogue import demos, imported
from demos.kit.checks import TOLERANCE, Check, Outcome
from demos.kit.console import PROGRAM, Options, aligned, all_or_none, writing
from demos.kit.demo import EXIT_CODES, Command, Demo
from demos.kit.report import INDENT, Section, Table, legend, ruled, summary
from demos.kit.sources import CITATIONS, DEEP, INTRODUCTION, PAGE, PRIMER
from demos.primer.facts import EDITIONS
from engine.support.numerals import number

PAGE_FILE = Path(__file__).with_name("VERIFICATION.md")
LONG = {"digits", "moons", "symmetry"}  # what these say needs a training of some seconds
FIVE = (*(f"{PRIMER}, {edition}" for edition in EDITIONS), DEEP, PAGE, INTRODUCTION)
# The order of the sections, by how they begin, where more than one demo goes through a source, or in another order.
SECTIONS = {
    PAGE: ("The key equations", "The backpropagation equations", "Worked numerical verification"),
    INTRODUCTION: (
        "Introducing Neural Networks",
        "Reviewing Polynomial Regression",
        "One Layer of One Neuron",
        "L layers of one neuron",
        "L Layers with Arbitrary Neurons",
        "Considering Multiple Training Data Points",
        "Backpropagation: Utilizing Matrix/Vector Notation",
        "Worked Example: Basic Handwritten Digit Classifier",
        "Worked Example: Forward Propagation",
        "Worked Example: Backpropagation",
        "Summary: Multi-Layered Handwritten Digit Classifier",
        "Appendix",
    ),
}


@dataclass(frozen=True)
class Row:
    demo: str  # which shows it
    check: Check


def verify(quick: bool, markdown: bool, found: Mapping[str, Demo] | None = None, file: Path = PAGE_FILE) -> int:
    """Print the table and its summary, or write the page; 0 if every row agrees, holds or is explained, else 1."""
    if not quick:
        print(f"Some rows need a training first, in {', '.join(sorted(LONG))}; --quick leaves them out.", flush=True)
    all_of_them = sources() if found is None else found
    rows = rows_of({name: demo for name, demo in all_of_them.items() if not (quick and name in LONG)})
    if markdown:
        with all_or_none(file.parent, [file.name]) as (path,), writing(file.parent):
            path.write_text(page(rows), encoding="utf-8", newline="\n")
        print(f"Wrote {file}")
    else:
        print(*legend([row.check for row in rows]), *table(rows), sep="\n")
    print(*ending(rows), sep="\n")
    if quick:
        print(f"{INDENT}without the rows of {', '.join(sorted(LONG))}")
    return 0 if all(row.check.explained for row in rows) else 1


def options(parser: Options) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help=f"leave out what is trained for: {', '.join(sorted(LONG))}")
    which.add_argument(
        "--markdown", action="store_true", help=f"write the table as {PAGE_FILE.parent.name}/{PAGE_FILE.name}"
    )


DEMO = Command(
    "verify",
    "Goes through all sources: where each says what of which quantity, what is exact, and whether the two agree, or "
    "why not.",
    run=verify,
    options=options,
    exit_codes=EXIT_CODES.format("every row agrees, holds or is explained"),
)


def sources() -> dict[str, Demo]:
    """The demos that go through a source, by name."""
    return {name: demo for name in demos() if isinstance(demo := imported(name), Demo)}


def rows_of(found: Mapping[str, Demo]) -> list[Row]:
    """The rows of these demos, source by source, in the order in which each source comes to them."""
    rows = [Row(name, check) for name, demo in found.items() for check in demo.checks()]
    order = list(dict.fromkeys([*FIVE, *(row.check.source for row in rows)]))
    first = {(row.check.source, row.check.where): place for place, row in reversed(list(enumerate(rows)))}

    def place(row: Row) -> tuple[int, int, int]:
        source, where = row.check.source, row.check.where
        return order.index(source), section(source, where), first[source, where]

    return sorted(rows, key=place)


def section(source: str, where: str) -> int:
    """Which of the sections that are listed it is, if any."""
    listed = SECTIONS.get(source, ())
    return next((i for i, beginning in enumerate(listed) if where.startswith(beginning)), len(listed))


def by_source(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    return ((source, list(group)) for source, group in groupby(rows, key=lambda row: row.check.source))


# ── on the screen ──────────────────────────────────────────────────────────────────────────────


def table(rows: Sequence[Row]) -> Iterator[str]:
    for source, own in by_source(rows):
        yield ruled(source)
        for where, group in groupby(own, key=lambda row: row.check.where):
            alike = groupby((row.check for row in group), key=lambda check: bool(check.formula))
            yield from Section(where, [Table(list(checks)) for _, checks in alike]).lines()


def ending(rows: Sequence[Row]) -> Iterator[str]:
    """What is not explained, and how many rows there are of each outcome: by source, and in all."""
    for row in rows:
        if not row.check.explained:
            c = row.check
            yield f"NOT EXPLAINED: {c.source}, {c.where}: {c.quantity} is {c.printed}, not {c.exact} (demo {row.demo})"
    yield ruled("summary")
    head, *lines = counted(rows)
    yield from aligned(head, lines, "<" + ">" * len(Outcome) + ">")
    yield f"\n{summary([row.check for row in rows])}"


def counted(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """A head, and a line for each source and for all: how many rows have which outcome."""
    yield "", *Outcome, "rows"
    for name, own in (*by_source(rows), ("in all", rows)):
        count = Counter(row.check.outcome for row in own)
        yield name, *(str(count[outcome]) for outcome in Outcome), str(len(own))


# ── as a page ──────────────────────────────────────────────────────────────────────────────────

INTRODUCED = f"""\
# What the sources say, and what is exact

This project follows five texts on backpropagation, and two more that it comes by. Here is each number that they print,
each equation, and each slip, beside what the engine has. Every section is linked to the demo that shows it at work.
`{PROGRAM} verify` computes all of it anew; with `--markdown` it writes this page.

- **{Outcome.AGREES}**: {Outcome.AGREES.meaning} (or near enough to it, where that has the last
  digits of single precision).
- **{Outcome.HOLDS}**: {Outcome.HOLDS.meaning}: the equation, computed as it is printed, gives what the
  engine has, within {number(TOLERANCE)} of the largest number.
- **{Outcome.SLIP}**: {Outcome.SLIP.meaning}. The explanation is a computation,
  too: it has to come out at the printed digits, or what is meant has to hold in place of what is said.

Numbers that a source is given (inputs, weights, targets) are not listed. Where a source gives none, its formulas are
computed on examples of ours, and on MNIST. A formula has the exact numbers in it, to four
digits. Of arrays it is shown how many numbers they hold, and whether all of them are equal, or how near they come.
"""


def page(rows: Sequence[Row]) -> str:
    """The table as Markdown; no number in it differs from machine to machine."""
    return "".join(f"{line}\n" for line in page_lines(rows))


def page_lines(rows: Sequence[Row]) -> Iterator[str]:
    yield INTRODUCED
    head, *lines = counted(rows)
    yield from grid(("source", *head[1:]), lines, right=len(head) - 1)
    for source, own in by_source(rows):
        yield from ("", f"## {source}", "")
        yield from (cited(source), "")
        yield from grid(
            ("where", "quantity", "computed from", "printed", "exact", "verdict"),
            [cells(row) for row in own],
        )


def cited(source: str) -> str:
    """Who wrote what; of an edition, what it is one of."""
    return next((CITATIONS[name] for name in CITATIONS if source.startswith(name)), "")


def cells(row: Row) -> tuple[str, ...]:
    c = row.check
    plain = (c.quantity, c.formula, c.printed, c.exact, f"{c.outcome}: {c.why}" if c.why else c.outcome)
    return f"[{escaped(c.where)}]({link(row.demo)})", *map(escaped, plain)


def link(demo: str) -> str:
    """Where the demo begins, from the page."""
    return f"{demo}/__init__.py" if (PAGE_FILE.parent / demo).is_dir() else f"{demo}.py"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]], right: int = 0) -> Iterator[str]:
    """A Markdown table, its last columns aligned to the right."""
    rule = ["---"] * (len(head) - right) + ["---:"] * right
    yield from (f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def escaped(text: str) -> str:
    """Whatever it holds, it is shown as it stands."""
    return re.sub(r"([\\`*_<>|\[\]~&$])", r"\\\1", text)
