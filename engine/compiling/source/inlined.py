"""A pass to be run: a statement for each node and each gradient, and as little work for each as can be.

A row is read and written once for each kind of operands, with places for names, which are filled in node by node. What
a row uses several times, on the way there and back, is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.compiling.form import Form
from engine.compiling.source.assignments import TERM, Assignments, pieces_of_sum
from engine.compiling.source.expressions import Expressions, NamedExpression
from engine.compiling.source.function import Function
from engine.compiling.source.helpers import words_of
from engine.compiling.source.identifiers import Identifiers
from engine.compiling.source.languages import WIDTH, Language
from engine.readings.python import INLINED
from engine.readings.styles import ATOM
from engine.readings.symbols import symbol
from engine.rules import Rule

LONGEST_LINE = 5 * WIDTH
LONG = 80  # characters for each operand, from where on a row is a function that is called

Kind = tuple[Rule, tuple[str, ...], tuple[bool, ...]]


@dataclass
class Template:
    """A row as text: {0}, {1}, … stand for the operands, {n} for the number of the node, {g} for its gradient."""

    forward: str
    backward: str
    terms: list[str]  # what the operands get, those that have a gradient


class Inlined:
    """A form as a function, `gradient` or `forward`, whose names tell nothing: node 7 is v7, its gradient g7."""

    def __init__(
        self, form: Form, parameters: Sequence[int], inputs: int, language: Language, *, backward: bool
    ) -> None:
        self.form, self.language, self.backward = form, language, backward
        self.rows: list[str] = []  # functions for long rows
        self.templates: dict[Kind, Template] = {}
        self._literals = {i: x.hex() for i, x in form.constants.items() if _decides(x)}
        self._names = [f"v{i}" for i in range(len(form))]
        for i, x in form.constants.items():
            self._names[i] = language.number(x, demanded=ATOM)
        self._statements: list[str] = []
        applied = self._forward()
        gradients = self._backward(applied) if backward else {}
        by_column = {column: self._names[i] for i, column in form.columns.items()}
        self.function = Function(
            "One sample.",
            {
                "inputs": [by_column.get(k, language.unused) for k in range(inputs)],
                "parameters": [self._names[i] for i in parameters],
            },
            self._statements,
            [self._names[root] for root in form.roots],
            [gradients[i] for i in parameters] if backward else None,
            Identifiers(),
        )

    def texts(self) -> Iterator[str]:
        """All that it is made of, each once: what helpers does it call?"""
        yield from (*self.rows, *(self._names[i] for i in self.form.constants))
        for template in self.templates.values():
            yield from (template.forward, template.backward, *template.terms)

    def _forward(self) -> list[Template | None]:
        """The template of each node; None for leaves."""
        names, write = self._names, self._statements.append
        applied: list[Template | None] = []
        for i, (rule, operands) in enumerate(zip(self.form.rules, self.form.operands, strict=True)):
            template = None
            if rule is not None:
                template = self._template(rule, operands, self.backward and self.form.needs_gradient[i])
                write(template.forward.format(*[names[j] for j in operands], n=i))
            applied.append(template)
        return applied

    def _backward(self, applied: Sequence[Template | None]) -> dict[int, str]:
        """What holds the gradient of each parameter."""
        form, names, write = self.form, self._names, self._statements.append
        terms: dict[int, list[str]] = {root: ["1.0"] for root in form.roots}
        gradients: dict[int, str] = {}
        for i in reversed(range(len(form))):
            if not form.needs_gradient[i]:
                continue
            sum_of = terms.pop(i, ["0.0"])
            gradient, template = sum_of[0], applied[i]
            if len(sum_of) > 1 or not gradient.isidentifier():
                gradient = f"g{i}"
                write(self.language.assigned(gradient, pieces_of_sum(gradient, sum_of, LONGEST_LINE)))
            if template is None:
                gradients[i] = gradient
                continue
            operands = form.operands[i]
            filled = [names[j] for j in operands]
            if template.backward:
                write(template.backward.format(*filled, n=i, g=gradient))
            receiving = [j for j in operands if form.needs_gradient[j]]
            for j, term in zip(receiving, template.terms, strict=True):
                terms.setdefault(j, []).append(term.format(*filled, n=i, g=gradient))
        return gradients

    def _template(self, rule: Rule, operands: Sequence[int], passes_on: bool) -> Template:
        needs = self.form.needs_gradient
        literals = tuple([self._literals.get(j, "") for j in operands])
        kind = rule, literals, tuple([passes_on and needs[j] for j in operands])
        found = self.templates.get(kind)
        if found is None:
            found = self.templates[kind] = self._written(*kind)
        return found

    def _written(self, rule: Rule, literals: Sequence[str], receiving: Sequence[bool]) -> Template:
        expressions, row = Expressions(), INLINED[rule.name]
        make, of, known = expressions.make, expressions.of, expressions.known
        places = [
            expressions.number(float.fromhex(literal)) if literal else expressions.name(f"{{{k}}}")
            for k, literal in enumerate(literals)
        ]
        operands = list(map(known, places))
        result = of(symbol(row.forward(*operands)))
        terms: list[int] = []
        if any(receiving):
            gradient = expressions.name("{g}")
            local = row.locals(known(result), *operands)
            terms = [make("*", (gradient, of(symbol(x)))) for x, gets in zip(local, receiving, strict=True) if gets]
        wanted = [NamedExpression("v{n}", result, "forward"), *(NamedExpression("", i, "backward") for i in terms)]
        further = (f"t{k}_{{n}}" for k in range(len(expressions)))
        assignments = Assignments(
            expressions, wanted, {result: "v{n}"}, lambda stem: next(further), self.language.style, LONGEST_LINE
        )
        lines: dict[str, list[str]] = {"forward": [], "backward": []}
        for line in assignments.lines:
            lines[line.heading].append(self.language.assigned(line.name, line.pieces))
        forward, backward = (f"\n{self.language.indent}".join(lines[way]) for way in ("forward", "backward"))
        texts = [assignments.printed(i, demanded=TERM) for i in terms]
        if len(forward) > LONG * len(literals):
            forward = self._called(forward, "\n".join([backward, *texts]), len(literals))
        return Template(forward, backward, texts)

    def _called(self, forward: str, backward: str, count: int) -> str:
        """In place of a long row, the call of a function, which gives the result and what the way back reads."""
        operands, places = [f"x{k}" for k in range(count)], [f"{{{k}}}" for k in range(count)]
        body = forward.format(*operands, n="")
        read = {"v", *words_of(backward.format(*operands, n="", g=""))}
        kept = [name for name in self.language.assigned_in(body) if name in read]
        name = f"row_{len(self.rows) + 1}"
        returned = self.language.returned(self.language.listed(kept))
        self.rows.append(self.language.function(name, ", ".join(operands), [body, returned]))
        return self.language.unpacked([f"{name}{{n}}" for name in kept], f"{name}({', '.join(places)})")


def _decides(x: float) -> bool:
    """Is it a number by which a row is written otherwise, such as 1 · x or x ** 2? Few are, so that kinds stay few."""
    return abs(x) <= 32.0 and (2.0 * x).is_integer()
