"""The primer's numbers beside those of a graph: as lines of text, and as checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill

from demos.kit.checks import Check, Place
from demos.kit.console import aligned
from demos.kit.printed import PaperComparison, Verdict, Work
from demos.kit.quantities import Graph
from demos.kit.report import Shown
from demos.kit.sources import PRIMER
from demos.primer.equations import StatedEquation
from demos.primer.example import INPUTS, TARGETS, WEIGHTS
from demos.primer.facts import CHECK, EDITIONS, FLOAT32, SECTIONS, TENSORFLOW, PaperSection
from demos.primer.remarks import BOTH, FURTHER, REMARKS
from engine import Value
from engine.support.notation import (
    ACTIVATION,
    INPUT,
    LOSS,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Notation,
    Role,
)
from engine.support.numerals import number

INDENT = " " * 5  # as wide as the number of an equation: "(1)  "
WIDTH = 112  # about that of the table


class PrimerReport:
    """Every equation, worked number, remark and reference number of the primer, judged by a graph."""

    def __init__(self, loss: Value, notation: Notation) -> None:
        self.loss, self.graph, self.notation = loss, Graph(loss), notation
        self.works = [work for section in SECTIONS for work in section.works]
        self.comparison = PaperComparison(self.works, self.graph, notation)
        self.remarks = {section: [make(self.graph, notation) for make in REMARKS[section]] for section in REMARKS}
        self.further = {section: [make(self.graph, notation) for make in FURTHER[section]] for section in FURTHER}
        self.differences = [abs(quantity.read(self.graph) - float(printed.value)) for quantity, printed in TENSORFLOW]
        self.head, *rows = aligned(("", "", *EDITIONS, "exact", "verdict"), [*map(self._cells, self.works)], "<<...<")
        self.row_of = dict(zip(self.works, rows, strict=True))

    def sections(self) -> list[Shown]:
        """The paper's sections in its order: equations, worked numbers, slips with their causes, remarks."""
        return [Setting(self.notation), *(ReportedSection(self, section) for section in SECTIONS), TensorFlow(self)]

    def printed(self) -> tuple[int, int]:
        """How many numbers the editions print, by hand and by the script, and how many of them slip."""
        by_hand = [verdict.agrees for verdicts in self.comparison.verdicts.values() for verdict in verdicts]
        by_script = [difference <= FLOAT32 for difference in self.differences for _ in EDITIONS]
        agree = by_hand + by_script
        return len(agree), agree.count(False)

    def summary(self) -> Iterator[str]:
        """How many agree, how many slip, and where the slips begin."""
        judged = self.comparison.verdicts.values()
        agree = sum(all(verdict.agrees for verdict in verdicts) for verdicts in judged)
        unexplained = sum(not all(verdict.explained for verdict in verdicts) for verdicts in judged)
        explained = len(judged) - agree - unexplained
        failure = f", {unexplained} NOT EXPLAINED" * bool(unexplained)
        yield f"{len(judged)} quantities: {agree} agree, {explained} slips explained{failure}"
        if explained:
            yield f"{INDENT}the slips begin with {' and '.join(self._beginnings())}; the others carry these on"
        remarks = [remark for remarks in self.remarks.values() for remark in remarks]
        yield f"{len(remarks)} remarks on the text: {sum(remark.holds for remark in remarks)} hold"
        near = sum(difference <= FLOAT32 for difference in self.differences)
        yield f"{len(TENSORFLOW)} numbers of TensorFlow: {near} agree"

    def causes(self, work: Work) -> Iterator[str]:
        """What went wrong, once if both editions have it from the same computation."""
        whys = [verdict.why for verdict in self._verdicts(work)]
        if whys[0] and len(set(whys)) == 1:
            yield f"{INDENT * 2}{whys[0]}"
        else:
            yield from (f"{INDENT * 2}{edition}: {why}" for edition, why in zip(EDITIONS, whys, strict=True) if why)

    def checks_of_words(self, section: PaperSection, edition: int) -> Iterator[Check]:
        """The remarks on this section of an edition, and those that the demo does not go into."""
        for remark in (*self.remarks.get(section.number, ()), *self.further.get(section.number, ())):
            if remark.editions in (EDITIONS[edition], BOTH):
                yield place(section, edition).misprint(
                    remark.quantity, remark.said, remark.meant, remark.text, remark.holds
                )

    def _cells(self, work: Work) -> tuple[str, ...]:
        formula = self.comparison.formula(work)
        exact = number(work.quantity.read(self.graph))
        return work.quantity.symbol(self.notation), formula, *(p.text for p in work.printed), exact, self._verdict(work)

    def _verdict(self, work: Work) -> str:
        verdicts = self._verdicts(work)
        slips = [edition for edition, verdict in zip(EDITIONS, verdicts, strict=True) if not verdict.agrees]
        if not slips:
            return "agrees"
        word = "slip" if all(verdict.explained for verdict in verdicts) else "UNEXPLAINED"
        return word if len(slips) == len(EDITIONS) else f"{word} ({', '.join(slips)})"

    def _verdicts(self, work: Work) -> tuple[Verdict, ...]:
        return self.comparison.verdicts[work.quantity]

    def _beginnings(self) -> Iterator[str]:
        """The slips that no other slip explains."""
        for work in self.works:
            editions: dict[str, list[str]] = {}
            for edition, printed, verdict in zip(EDITIONS, work.printed, self._verdicts(work), strict=True):
                if work.quantity in verdict.roots:
                    editions.setdefault(printed.text, []).append(edition)
            for text, where in editions.items():
                only = f" ({', '.join(where)})" if len(where) < len(EDITIONS) else ""
                yield f"{work.quantity.symbol(self.notation)} = {text}{only}"


def place(section: PaperSection, edition: int) -> Place:
    return Place(f"{PRIMER}, {EDITIONS[edition]}", section.heading)


@dataclass(frozen=True)
class Setting:
    """The notation, and the numbers that the paper starts from."""

    notation: Notation
    checks: Sequence[Check] = ()

    def lines(self) -> Iterator[str]:
        notation = self.notation
        kinds = (PRE_ACTIVATION, ACTIVATION, OUTPUT, TARGET, LOSS)
        weights = (f"{notation.text(Role(WEIGHT, layer))} = {as_tuple(W)}" for layer, W in enumerate(WEIGHTS, start=1))
        yield f"{INDENT}{notation.name}'s letters: {', '.join(f'{kind} {notation.letter(kind)}' for kind in kinds)}"
        sample = f"{notation.letter(INPUT)} = {as_tuple(INPUTS)}, {notation.letter(TARGET)} = {as_tuple(TARGETS)}"
        yield f"{INDENT}{sample}; h is tanh in layer 1 and the identity in layer 2; no biases"
        yield f"{INDENT}{', '.join(weights)}"
        yield f"{INDENT}exact: read off the graph, shown to four digits"


@dataclass(frozen=True)
class ReportedSection:
    """A section of the paper in both editions."""

    report: PrimerReport
    section: PaperSection

    @property
    def checks(self) -> list[Check]:
        return [check for edition in range(len(EDITIONS)) for check in self._checks(edition)]

    def _checks(self, edition: int) -> Iterator[Check]:
        report, here = self.report, place(self.section, edition)
        for part in (*self.section.parts, *self.section.further):
            if isinstance(part, Work):
                yield here.worked(report.comparison, part, edition)
            elif isinstance(part, StatedEquation):
                yield part.check(here, report.notation, report.graph)
        yield from report.checks_of_words(self.section, edition)

    def lines(self) -> Iterator[str]:
        report, section = self.report, self.section
        yield "\n" + section.heading + (INDENT + report.head)[len(section.heading) :] * bool(section.works)
        for part in section.parts:
            if isinstance(part, Work):
                yield INDENT + report.row_of[part]
                yield from report.causes(part)
            else:
                yield part.text(report.notation) if isinstance(part, StatedEquation) else INDENT + part
        for remark in report.remarks.get(section.number, ()):
            text = f"{remark.editions}: {remark.text}" + " DOES NOT HOLD" * (not remark.holds)
            yield fill(text, WIDTH, initial_indent="  *  ", subsequent_indent=INDENT)


@dataclass(frozen=True)
class TensorFlow:
    """Section 6, the same numbers in both editions."""

    report: PrimerReport

    @property
    def checks(self) -> list[Check]:
        return [check for edition in range(len(EDITIONS)) for check in self._checks(edition)]

    def _checks(self, edition: int) -> Iterator[Check]:
        report, here = self.report, place(CHECK, edition)
        for quantity, printed in TENSORFLOW:
            yield here.reference(quantity.symbol(report.notation), printed, quantity.read(report.graph), FLOAT32)
        yield from report.checks_of_words(CHECK, edition)

    def lines(self) -> Iterator[str]:
        report = self.report
        yield f"\n{CHECK.heading}"
        head, rows = ("", "TensorFlow", "exact", "difference", "verdict"), []
        for (quantity, printed), difference in zip(TENSORFLOW, report.differences, strict=True):
            verdict = "agrees" if difference <= FLOAT32 else "DIFFERS"
            exact = number(quantity.read(report.graph), 10)
            rows.append((quantity.symbol(report.notation), printed.text, exact, number(difference, 2), verdict))
        yield from (INDENT + row for row in aligned(head, rows, "<...<"))


def as_tuple(numbers: object) -> str:
    """Lists of numbers, rows after rows, with round brackets."""
    return str(numbers).replace("[", "(").replace("]", ")")
