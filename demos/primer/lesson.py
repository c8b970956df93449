"""The primer's worked example as a lesson: the forward pass, the five δ and the twelve gradients, each by its equation.

The equations of the forward pass are the paper's, with the graph's numbers in them; those of the backward pass are what
`explain` reads off the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from demos.kit.checks import Check
from demos.kit.console import PROGRAM
from demos.kit.printed import Work
from demos.kit.report import INDENT, Section, Shown, broken, checks_of, prose
from demos.primer.example import INPUTS, TARGETS, WEIGHTS, example
from demos.primer.facts import SECTIONS
from demos.primer.letters import E, a, t, w, y, z
from demos.primer.report import PrimerReport, as_tuple
from engine.support.notation import INPUT, TARGET, WEIGHT, Role
from engine.support.numerals import number
from nn import SGD, half_squared_error

RATE = 0.1  # of the step that shows what gradients are for
WORKS = {work.quantity: work for section in SECTIONS for work in section.works}
NEURONS = [(layer, k) for layer, W in enumerate(WEIGHTS, start=1) for k in range(1, len(W) + 1)]
EDGES = [(layer, k, m) for layer, k in NEURONS for m in range(1, len(WEIGHTS[layer - 1][k - 1]) + 1)]


@dataclass(frozen=True)
class Judged:
    """What the paper prints, checked along with the page, which says no more of it than how much slips."""

    checks: Sequence[Check]

    def lines(self) -> Iterator[str]:
        return iter(())


@dataclass(frozen=True)
class Lesson:
    """The page, section by section; what the paper prints is checked along with it."""

    report: PrimerReport

    def sections(self) -> list[Shown]:
        pages = [self.network(), self.forward(), self.error_signals(), self.gradients(), self.step()]
        return [*pages, Judged(checks_of(self.report.sections()))]

    def ending(self) -> Iterator[str]:
        """What the paper prints, in numbers, and where to go on."""
        printed, slips = self.report.printed()
        if unexplained := [check.quantity for check in checks_of(self.report.sections()) if not check.explained]:
            yield f"NOT EXPLAINED: {', '.join(unexplained)}"
        yield from prose(
            f"The paper prints {printed} numbers, by hand and by a script, in two editions; {slips} of them slip, that "
            "is, differ from the exact number by more than rounding. Which, and why:",
            indent="",
        )
        yield f"{INDENT}{PROGRAM} primer --slips"
        yield "To step through the pass back, and to go on from here:"
        yield from (f"{INDENT}{PROGRAM} debugger", f"{INDENT}demos/notebooks/learner.ipynb")

    def network(self) -> Section:
        letters = self.report.notation
        weights = [f"{letters.text(Role(WEIGHT, layer))} = {as_tuple(W)}" for layer, W in enumerate(WEIGHTS, start=1)]
        sample = f"{letters.letter(INPUT)} = {as_tuple(INPUTS)}, {letters.letter(TARGET)} = {as_tuple(TARGETS)}"
        weight, pre_activation = w(2, 2, 3).symbol(letters), a(2, 2).symbol(letters)
        return Section(
            "The network: 2 inputs, 3 hidden neurons, 2 outputs",
            [
                f"Superscripts count layers, subscripts neurons: {pre_activation} belongs to neuron 2 of layer 2, and "
                f"{weight} is the weight to it from neuron 3 of the layer before. The picture primer-network shows "
                "all of them, with every number of this page.",
                [f"{sample} (inputs, and the outputs that are wanted)", ", ".join(weights)],
            ],
        )

    def forward(self) -> Section:
        letters, works = self.report.notation, [WORKS[y(1)], WORKS[y(2)]]
        hidden = [WORKS[quantity(1, k)] for k in (1, 2, 3) for quantity in (a, z)]
        signal, activation = a(1, 1).symbol(letters), z(1, 1).symbol(letters)
        return Section(
            "1  Forward: from the inputs to the error",
            [
                "A neuron adds up what it is given, each input times the weight on its connection. That is its "
                f"pre-activation, {signal}; what it hands on is its activation, {activation} = h({signal}), here with "
                "h = tanh.",
                self._worked(hidden),
                "The outputs are such sums, too, without tanh. The error is half the sum of their squared distances "
                "from what is wanted.",
                [*self._worked(works), *broken(self._error())],
            ],
        )

    def error_signals(self) -> Section:
        letters = self.report.notation
        error = E.symbol(letters)
        return Section(
            "2  Backward: δ, the error signal of each neuron",
            [
                f"How fast does {error} change when a neuron's pre-activation does? That derivative is its δ. At an "
                "output it is how much the output exceeds what is wanted: ½ (y − t)² has the slope y − t.",
                self._explained(letters.error_signal(a(2, k).role) for k in (1, 2)),
                f"A hidden neuron acts on {error} through every neuron that it feeds. So their δ come back along the "
                "same weights and add up (Σₖ, over those neurons k), times h′, the slope of tanh at the neuron's own "
                "pre-activation. All of this is there already, from the forward pass and from the layer after: that is "
                "backpropagation.",
                self._explained(letters.error_signal(a(1, k).role) for k in (1, 2, 3)),
            ],
        )

    def gradients(self) -> Section:
        letters = self.report.notation
        error = E.symbol(letters)
        return Section(
            "3  The twelve gradients: one product for each weight",
            [
                f"The gradient of a weight, ∂{error}/∂w, is the δ of the neuron that it leads to, times what comes in "
                "through it.",
                self._explained(w(*edge).symbol(letters) for edge in EDGES),
            ],
        )

    def step(self) -> Section:
        """What the error comes to when each weight goes a step against its gradient."""
        model, loss = example()
        SGD(model.parameters(), lr=RATE).step()
        after = half_squared_error(model(INPUTS), TARGETS).data
        return Section(
            "4  What they are for",
            [
                f"Take {RATE} times its gradient from each weight, and {E.symbol(self.report.notation)} falls from "
                f"{number(loss.data)} to {number(after)}. Do so again and again, and the network learns.",
            ],
        )

    def _worked(self, works: Sequence[Work]) -> list[str]:
        return [line for work in works for line in broken(self.report.comparison.equation(work))]

    def _error(self) -> str:
        """½ of the sum, by symbols, and with the numbers in it."""
        letters, graph = self.report.notation, self.report.graph

        def half(*sides: tuple[str, str]) -> str:
            return "½ · (" + " + ".join(f"({left} − {right})²" for left, right in sides) + ")"

        symbols = half(*((y(k).symbol(letters), t(k).symbol(letters)) for k in (1, 2)))
        numbers = half(*((number(y(k).read(graph)), number(t(k).read(graph))) for k in (1, 2)))
        return f"{E.symbol(letters)} = {symbols} = {numbers} = {number(E.read(graph))}"

    def _explained(self, names: Iterable[str]) -> list[str]:
        """What `explain` says of each."""
        answers = (str(self.report.loss.explain(name, notation=self.report.notation)) for name in names)
        return [line for answer in answers for equation in answer.splitlines() for line in broken(equation)]
