"""The primer's numbers beside those of a graph, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from demos.console import aligned
from demos.primer_facts import CHECK, EDITIONS, FLOAT32, INPUTS, SECTIONS, TARGETS, TENSORFLOW, WEIGHTS
from demos.primer_remarks import REMARKS
from demos.printed import Comparison, Verdict, Work
from demos.quantities import Graph
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
    number,
)

INDENT = " " * 5  # as wide as the number of an equation: "(1)  "
WIDTH = 112  # about that of the table


class Report:
    """Every worked number, remark and reference number of the primer, judged by a graph."""

    def __init__(self, graph: Graph, notation: Notation) -> None:
        self.graph, self.notation = graph, notation
        self.works = [work for section in SECTIONS for work in section.works]
        self.comparison = Comparison(self.works, graph, notation)
        self.remarks = {section: [make(graph, notation) for make in makers] for section, makers in REMARKS.items()}
        self.differences = [abs(quantity.read(graph) - float(printed.value)) for quantity, printed in TENSORFLOW]

    @property
    def all_explained(self) -> bool:
        return (
            all(verdict.explained for verdicts in self.comparison.verdicts.values() for verdict in verdicts)
            and all(remark.holds for remarks in self.remarks.values() for remark in remarks)
            and max(self.differences) <= FLOAT32
        )

    def lines(self) -> Iterator[str]:
        """The paper's sections in its order: equations, worked numbers, slips with their causes, remarks."""
        yield from self._title()
        head, *rows = aligned(("", "", *EDITIONS, "exact", "verdict"), [*map(self._cells, self.works)], "<<...<")
        row_of = dict(zip(self.works, rows, strict=True))
        for section in SECTIONS:
            title = f"{section.number}  {section.title}"
            yield "\n" + title + (INDENT + head)[len(title) :] * bool(section.works)
            for part in section.parts:
                if isinstance(part, Work):
                    yield INDENT + row_of[part]
                    yield from self._causes(part)
                else:
                    yield part.text(self.notation)
            for remark in self.remarks[section.number]:
                yield _remark(f"{remark.editions}: {remark.text}" + " DOES NOT HOLD" * (not remark.holds))
        yield from self._tensorflow()

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

    def _title(self) -> Iterator[str]:
        notation = self.notation
        kinds = (PRE_ACTIVATION, ACTIVATION, OUTPUT, TARGET, LOSS)
        weights = (f"{notation.text(Role(WEIGHT, layer))} = {_tuple(W)}" for layer, W in enumerate(WEIGHTS, start=1))
        yield "N. Santi, A Primer on Backpropagation (2025): what its two editions print, and the exact numbers"
        yield f"{INDENT}{notation.name}'s letters: {', '.join(f'{kind} {notation.letter(kind)}' for kind in kinds)}"
        sample = f"{notation.letter(INPUT)} = {_tuple(INPUTS)}, {notation.letter(TARGET)} = {_tuple(TARGETS)}"
        yield f"{INDENT}{sample}; h is tanh in layer 1 and the identity in layer 2; no biases"
        yield f"{INDENT}{', '.join(weights)}"
        yield f"{INDENT}exact: read off the graph, shown to four digits"

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

    def _causes(self, work: Work) -> Iterator[str]:
        """What went wrong, once if both editions have it from the same computation."""
        whys = [verdict.why for verdict in self._verdicts(work)]
        if whys[0] and len(set(whys)) == 1:
            yield f"{INDENT * 2}{whys[0]}"
        else:
            yield from (f"{INDENT * 2}{edition}: {why}" for edition, why in zip(EDITIONS, whys, strict=True) if why)

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

    def _tensorflow(self) -> Iterator[str]:
        yield f"\n{CHECK.number}  {CHECK.title}"
        head, rows = ("", "TensorFlow", "exact", "difference", "verdict"), []
        for (quantity, printed), difference in zip(TENSORFLOW, self.differences, strict=True):
            verdict = "agrees" if difference <= FLOAT32 else "DIFFERS"
            exact = number(quantity.read(self.graph), 10)
            rows.append((quantity.symbol(self.notation), printed.text, exact, number(difference, 2), verdict))
        yield from (INDENT + row for row in aligned(head, rows, "<...<"))


def _tuple(numbers: object) -> str:
    """Lists of numbers, rows after rows, with round brackets."""
    return str(numbers).replace("[", "(").replace("]", ")")


def _remark(text: str) -> str:
    return fill(text, WIDTH, initial_indent="  *  ", subsequent_indent=INDENT)
