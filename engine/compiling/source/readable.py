"""A pass to be read: a line for each node that has a name, for the error signal δ of each pre-activation, for the
gradient of each parameter, and for what is used several times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.compiling.form import Form
from engine.compiling.source.assignments import Assignment, Assignments
from engine.compiling.source.expressions import NamedExpression
from engine.compiling.source.function import Function
from engine.compiling.source.languages import Language
from engine.compiling.source.unrolled import Unrolled
from engine.support.notation import Notation
from engine.value import Value


def readable(
    form: Form,
    order: Sequence[Value],
    parameters: Sequence[int],
    inputs: Sequence[Value],
    language: Language,
    notation: Notation | str | None,
    backward: bool,
) -> Function:
    """The function that a reader gets, `gradient` or `forward`."""
    unrolled = Unrolled(form, order, parameters, language.reserved, notation, backward=backward)
    numbered = unrolled.identifiers.numbered
    unnamed = [NamedExpression("", i, "") for i in (*unrolled.results, *unrolled.gradients)]
    wanted = [*unrolled.named_expressions, *unnamed]
    assignments = Assignments(unrolled.expressions, wanted, unrolled.names, numbered, language.style)
    names, gradients = unrolled.gradient_names, zip(parameters, unrolled.gradients, strict=False)
    return Function(
        _about(unrolled.result_names, backward),
        {"inputs": _input_names(unrolled, len(inputs), language), "parameters": list(map(unrolled.leaf, parameters))},
        _statements(assignments.lines, language),
        unrolled.result_names,
        [names.get(i) or assignments.printed(gradient) for i, gradient in gradients] if backward else None,
        unrolled.identifiers,
    )


def _about(results: Sequence[str], backward: bool) -> str:
    if len(results) > 1:
        return "The values of the roots."
    return f"{results[0]}, and its derivative by each parameter." if backward else f"{results[0]}."


def _input_names(unrolled: Unrolled, count: int, language: Language) -> list[str]:
    by_column = {column: i for i, column in unrolled.form.columns.items()}
    return [unrolled.leaf(by_column[k]) if k in by_column else language.unused.format(k + 1) for k in range(count)]


def _statements(lines: Iterable[Assignment], language: Language) -> list[str]:
    found: list[str] = []
    heading = ""
    for line in lines:
        if line.heading and line.heading != heading:
            heading = line.heading
            found += ["", language.comment(heading)]
        found.append(language.assigned(line.name, line.pieces))
    return found
