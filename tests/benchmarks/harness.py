"""Measuring against a peer: each engine in a process and an environment of its own, in turn (A B A B …).

What slows the machine down for a while slows both down, so the ratio of two neighbouring times says more
than either of them. A benchmark hands `main` a function from its options to its `Report`s.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import floor, isclose, isfinite, log10
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
THREADS = 2  # of each engine's linear algebra: as many for one as for the other


class BenchmarkError(Exception):
    """Why a benchmark can't go on: one line."""


# ── results ────────────────────────────────────────────────────────────────────────────────────


def amount(cost: float, unit: str = "") -> str:
    """Three digits, without an exponent: 0.0123 ms, 1.20 ms, 45,600 bytes."""
    decimals = max(2 - floor(log10(cost)), 0) if cost > 0.0 else 0
    return f"{cost:,.{decimals}f} {unit}".rstrip()


@dataclass
class Comparison:
    """What one program costs here and at a peer, measurement by measurement.

    `target` is the least good ratio; where the peer is to be hard to beat, `at_most` is how many times its cost ours
    may be.
    """

    name: str
    unit: str
    ours: list[float]
    peers: list[float]
    target: float | None = None
    at_most: float | None = None
    our_median: float = field(init=False)
    peers_median: float = field(init=False)
    ratio: float = field(init=False)  # the peer's cost to ours, the median over the pairs

    def __post_init__(self) -> None:
        self.our_median, self.peers_median = median(self.ours), median(self.peers)
        self.ratio = median(peer / our for our, peer in zip(self.ours, self.peers, strict=True))

    @property
    def verdict(self) -> str:
        if self.target is not None:
            return f"≥ {self.target:,g}×  {_met(self.ratio >= self.target)}"
        if self.at_most is not None:
            times = 1.0 / self.ratio
            return f"ours ≤ {self.at_most:g} × the peer's  {_met(times <= self.at_most)}: {times:.3f} ×"
        return ""

    def cells(self) -> tuple[str, ...]:
        costs = (amount(cost, self.unit) for cost in (self.our_median, self.peers_median))
        return (self.name, *costs, f"{amount(self.ratio)}×", self.verdict)


@dataclass
class Figure:
    """What one program costs here, where no peer has the like; `at_most` is the most that it may be."""

    name: str
    unit: str
    ours: list[float]
    at_most: float | None = None
    our_median: float = field(init=False)

    def __post_init__(self) -> None:
        self.our_median = median(self.ours)

    @property
    def verdict(self) -> str:
        if self.at_most is None:
            return ""
        return f"≤ {amount(self.at_most, self.unit)}  {_met(self.our_median <= self.at_most)}"

    def cells(self) -> tuple[str, ...]:
        return (self.name, amount(self.our_median, self.unit), "", "", self.verdict)


@dataclass
class Missing:
    """What could not be measured, and why."""

    name: str
    reason: str

    def cells(self) -> tuple[str, ...]:
        return (self.name, "", "", "", f"not measured: {self.reason}")


def _met(met: bool) -> str:
    return "met" if met else "missed"


@dataclass
class Report:
    """A benchmark's results, with what one has to know to read them."""

    title: str
    peer: str
    rounds: int
    rows: Sequence[Comparison | Figure | Missing]
    notes: str = ""
    python: str = platform.python_version()

    def table(self) -> str:
        """The medians and their ratios, a line for each row."""
        heading = f"{self.title}\nPython {self.python}; medians, each engine in turn; rounds: {self.rounds}\n"
        columns = ("", "glassgrad", self.peer, "ratio", "target")
        return "\n".join([heading, *_lines([columns, *(row.cells() for row in self.rows)]), *self.notes.splitlines()])


@dataclass
class Growth:
    """How costs grow with something: a row of figures for each size."""

    title: str
    columns: list[str]  # with their units
    rows: Sequence[tuple[str | float | None, ...]]  # a name, then figures; None for what was not measured
    notes: str = ""
    python: str = platform.python_version()

    def table(self) -> str:
        cells = [[_cell(cell) for cell in row] for row in self.rows]
        heading = f"{self.title}\nPython {self.python}\n"
        return "\n".join(
            [heading, *_lines([[*self.columns, ""], *([*row, ""] for row in cells)]), *self.notes.splitlines()]
        )


def _cell(cell: str | float | None) -> str:
    return cell if isinstance(cell, str) else "—" if cell is None else amount(cell)


def save(reports: Sequence[Report | Growth], path: Path) -> None:
    """Every measurement, as JSON: written beside `path`, then moved there, so never half-written."""
    beside = path.with_name(path.name + ".part")
    text = json.dumps([asdict(report) for report in reports], indent=2, ensure_ascii=False)
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, costs to the right, and last what has any length."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *costs, last in rows:
        cells = [name.ljust(widths[0]), *(cost.rjust(width) for cost, width in zip(costs, widths[1:-1], strict=True))]
        yield "   ".join([*cells, last]).rstrip()


def require_agreement(
    numbers: Mapping[str, Sequence[float]], tolerance: float = 1e-12, sizes: Sequence[float] | None = None
) -> None:
    """Stop unless all engines computed the same: the time of a wrong number is worth nothing.

    The tolerance is relative to each number; or, if sums may cancel, to its `sizes`, Σ|terms| of the sum it is.
    """
    (first, expected), *others = numbers.items()
    for name, found in others:
        if len(found) != len(expected):
            raise BenchmarkError(f"{first} computes {len(expected)} numbers, {name} {len(found)}: not the same program")
        for i, (a, b) in enumerate(zip(expected, found, strict=True)):
            if not isclose(a, b, rel_tol=tolerance, abs_tol=tolerance * sizes[i] if sizes else 0.0):
                raise BenchmarkError(f"{first} and {name} disagree on number {i}: {a!r} and {b!r}")
    if not all(map(isfinite, expected)):
        raise BenchmarkError(f"{first} computes numbers that are not finite")


# ── measuring ──────────────────────────────────────────────────────────────────────────────────


class Worker:
    """A program in a process of its own, that does what it is told to, one command at a time.

    `python` is the peer's interpreter; without it the program runs in ours, with the project to import from.
    """

    def __init__(self, program: str, *arguments: str, python: Path | None = None, threads: int = THREADS) -> None:
        self.name = " ".join((program, *arguments))
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        surroundings |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        try:
            self.process = subprocess.Popen(
                [python or sys.executable, HERE / "workers" / f"{program}.py", *arguments],
                env=surroundings | ({"PYTHONWARNINGS": "ignore"} if python else {"PYTHONPATH": str(PROJECT)}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        except OSError as error:
            raise BenchmarkError(f"could not start {self.name}: {error}") from None

    def ask(self, command: str) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        try:
            print(command, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            answer = ""
        else:
            answer = self.process.stdout.readline()
        if not answer:
            raise BenchmarkError(f"{self.name} stopped at {command!r}")
        return json.loads(answer)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()


def in_turn(measures: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """Every measure once, then again from the first (A B A B …); the results of each."""
    results: list[list[float]] = [[] for _ in measures]
    for _ in range(rounds):
        for measure, found in zip(measures, results, strict=True):
            found.append(measure())
    return results


def environment(folder: Path, *requirements: str) -> Path:
    """The interpreter of a virtual environment with these packages, made when it is first asked for."""
    home = folder / "-".join([sys.implementation.cache_tag, *requirements]).replace("==", "-")
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    complete = home / "complete"  # marks an installation that came to its end
    if not complete.exists():
        print(f"installing {', '.join(requirements)} into {home}", file=sys.stderr)
        try:
            venv.create(home, with_pip=True)
            (home / ".gitignore").write_text("*\n")  # as venv does itself, from Python 3.13 on
        except (OSError, subprocess.CalledProcessError) as error:
            raise BenchmarkError(f"could not make the environment {home}: {error}") from None
        install = "-m pip install --quiet --disable-pip-version-check --retries 1".split()
        pip = subprocess.run([python, *install, *requirements], capture_output=True, encoding="utf-8")
        if pip.returncode:
            reason = pip.stderr.strip().splitlines()[-1:]
            raise BenchmarkError(
                f"could not install {', '.join(requirements)}; can the package registry be reached? "
                f"{''.join(reason) or 'pip gave no reason'}"
            )
        complete.touch()
    return python


# ── the command line ───────────────────────────────────────────────────────────────────────────


def main(
    description: str,
    run: Callable[[argparse.Namespace], Iterable[Report | Growth]],
    argv: Sequence[str] | None = None,
    options_of: Callable[[argparse.ArgumentParser], object] = lambda parser: None,
) -> int:
    """Run a benchmark, print each table when it is there; 2 and one line if it can't be done.

    `options_of` adds the options of this benchmark to those of all.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=positive, default=15, help="measurements of each engine (default: 15)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write every measurement, as JSON")
    parser.add_argument(
        "--environments",
        type=Path,
        metavar="DIR",
        default=HERE / ".environments",
        help="where the peers' virtual environments are kept (default: beside this file)",
    )
    options_of(parser)
    options = parser.parse_args(argv)
    reports: list[Report | Growth] = []
    try:
        if options.save and not options.save.absolute().parent.is_dir():
            raise BenchmarkError(f"can't save {options.save}: there is no folder {options.save.parent}")
        for report in run(options):
            print("\n" * bool(reports) + report.table(), flush=True)
            reports.append(report)
            if options.save:
                save(reports, options.save)
    except (BenchmarkError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on; got {text!r}")
    return int(text)
