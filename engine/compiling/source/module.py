"""Straight-line Python as text: the backpropagation that one would write by hand, for any graph.

A line for each node that has a name, for the error signal δ of each pre-activation, for the gradient of each
parameter, and for what is used several times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from engine.compiling.form import Form
from engine.compiling.source.assignments import WIDTH, Assignment, Assignments
from engine.compiling.source.helpers import helper_definitions, words_of
from engine.compiling.source.unrolled import Unrolled
from engine.readings.formulas import OUT, SYMBOLIC, operand_symbols
from engine.readings.symbols import symbol
from engine.rules import Rule
from engine.support.notation import Notation
from engine.support.numerals import plural
from engine.value import Value

LONGEST_FUNCTION = 100_000  # lines; a longer one is cut, so that Python's compiler stays linear


class Source:
    """A form as a Python module: `text()` for who reads it, `pieces()` for who compiles it.

    With `inline` it is made to be fast, without it to be read; a function of more than `longest_function` lines is
    cut in parts.
    """

    def __init__(
        self,
        form: Form,
        order: Sequence[Value],
        parameters: Sequence[int],
        inputs: Sequence[Value],
        *,
        notation: Notation | str | None = None,
        inline: bool = False,
        backward: bool = True,
        longest_function: int = LONGEST_FUNCTION,
    ) -> None:
        self.form, self.inputs, self.parameters = form, inputs, parameters
        self.inline, self.backward, self.longest_function = inline, backward, longest_function
        self.function_name = "gradient" if backward else "forward"
        self.unrolled = Unrolled(form, order, parameters, notation, inline=inline, backward=backward)
        self.assignments = Assignments(self.unrolled)

    def text(self) -> str:
        """The module: imports, helpers, the function, and the recorded sample to try it on."""
        head, *functions = self.pieces()
        return "\n\n\n".join([head, *functions, self._sample()]) + "\n"

    def pieces(self) -> list[str]:
        """What can be compiled one by one: imports, helpers, the parts of the function, the function itself."""
        functions = self._functions()
        helpers = helper_definitions(functions)
        words = set().union(*map(words_of, [*helpers, *functions]))
        imported = sorted(words & {*dir(math)})
        head = [self._docstring(), ""]
        if imported:
            head += [f"from math import {', '.join(imported)}", ""]
        return ["\n".join(head).rstrip(), *helpers, *functions]

    def _docstring(self) -> str:
        what = "One sample forward and backward" if self.backward else "One sample forward"
        summary = f"{what}: {plural(len(self.inputs), 'input')}, {plural(len(self.parameters), 'parameter')}."
        remarks = [] if self.inline else self._remarks()
        return "\n".join([f'"""{summary}', "", *remarks, '"""']) if remarks else f'"""{summary}"""'

    def _remarks(self) -> list[str]:
        """Where a derivative is not written as in textbooks."""
        used = dict.fromkeys(rule for i, rule in enumerate(self.form.rules) if rule and self.form.needs_gradient[i])
        return [
            f"The derivative of {rule.name} is {_textbook(rule)}; computed otherwise"
            f"{f': {rule.because}' * bool(rule.because)}."
            for rule in used
            if self.backward and rule.textbook and rule.arity == 1
        ]

    def _functions(self) -> list[str]:
        """The function, and before it the parts of one that is too long."""
        returned = self._returned()
        head = [f"def {self.function_name}(inputs, parameters):", f'    """{self._function_docstring()}"""']
        by_column = {column: i for i, column in self.form.columns.items()}
        inputs = [self._leaf_name(by_column.get(k)) for k in range(len(self.inputs))]
        for names, what in ((inputs, "inputs"), ([self._leaf_name(i) for i in self.parameters], "parameters")):
            if names:
                head.append(f"    {_wrapped(_tuple(names) if len(names) == 1 else ', '.join(names), 4)} = {what}")
        lines = self.assignments.lines
        if len(lines) <= self.longest_function:
            parts, body = list[str](), _body(lines)
        else:
            parts, body = self._parts(max(self.longest_function // 10, 1), words_of(returned))
        return [*parts, "\n".join([*head, *body, f"    return {returned}"])]

    def _function_docstring(self) -> str:
        if len(self.form.roots) > 1:
            return "The values of the roots."
        (root,) = self.unrolled.result_names
        return f"{root}, and its derivative by each parameter." if self.backward else f"{root}."

    def _returned(self) -> str:
        """The values of the roots and, with `backward`, the gradients of the parameters."""
        results = self.unrolled.result_names
        values = results[0] if len(results) == 1 else _tuple(results)
        if not self.backward:
            return values
        names = self.unrolled.gradient_names
        pairs = zip(self.parameters, self.unrolled.gradients, strict=True)
        gradients = [names.get(parameter) or self.assignments.printed(gradient)[0] for parameter, gradient in pairs]
        return f"{values}, {_wrapped(_tuple(gradients), len('    return ') + len(values) + 2)}"

    def _leaf_name(self, i: int | None) -> str:
        return "_" if i is None else str(self.unrolled.expressions.parts[self.unrolled.values[i]][0])

    def _parts(self, size: int, returned: set[str]) -> tuple[list[str], list[str]]:
        """The lines as functions of `size` lines, and the calls of these: each takes what it reads."""
        lines = self.assignments.lines
        chunks = [lines[k : k + size] for k in range(0, len(lines), size)]
        last_use: dict[str, int] = dict.fromkeys(returned, len(chunks))
        for k, chunk in enumerate(chunks):
            for line in chunk:
                last_use.update((name, max(k, last_use.get(name, 0))) for name in line.reads)
        functions, calls = [], []
        for k, chunk in enumerate(chunks):
            defined = dict.fromkeys(line.name for line in chunk)
            read = dict.fromkeys(name for line in chunk for name in line.reads if name not in defined)
            used_later = _tuple([name for name in defined if last_use.get(name, -1) > k])
            part, arguments = self.unrolled.identifiers.numbered("part"), ", ".join(read)
            header = f"def {part}({_wrapped(arguments, len(f'def {part}('), '').strip(' ')}):"
            functions.append("\n".join([header, *_body(chunk), f"    return {_wrapped(used_later, 11)}"]))
            calls.append(f"    {_wrapped(used_later, 4)} = {part}({_wrapped(arguments, 8, '').strip(' ')})")
        return functions, calls

    def _sample(self) -> str:
        """The recorded sample, and the parameters as they are now."""
        inputs = [repr(leaf.data) for leaf in self.inputs]
        origins = [self.form.origins[i] for i in self.parameters]
        parameters = [repr(origin.data) for origin in origins if origin is not None]
        return "\n".join(
            [
                f"INPUTS = {_wrapped(_number_tuple(inputs), 9, indent='')}",
                f"PARAMETERS = {_wrapped(_number_tuple(parameters), 13, indent='')}",
                "",
                'if __name__ == "__main__":',
                f"    print({self.function_name}(INPUTS, PARAMETERS))",
            ]
        )


def _body(lines: Iterable[Assignment]) -> list[str]:
    found: list[str] = []
    heading = ""
    for line in lines:
        if line.heading and line.heading != heading:
            heading = line.heading
            found += ["", f"    # {heading}"]
        found += [f"    {line.name} = {piece}" for piece in line.pieces]
    return [*found, ""]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _number_tuple(numbers: Sequence[str]) -> str:
    return _tuple([f'float("{x}")' if x.strip("-") in ("inf", "nan") else x for x in numbers])


def _wrapped(text: str, used: int, brackets: str = "()", indent: str = "    ") -> str:
    """What has commas between, on several lines in brackets if it does not fit on one."""
    if used + len(text) <= WIDTH:
        return text
    pieces = (text[1:-1] if text.startswith("(") else text).split(", ")
    lines = [""]
    for piece in pieces:
        if lines[-1] and len(indent) + 4 + len(lines[-1]) + len(piece) > WIDTH - 2:
            lines.append("")
        lines[-1] += f"{piece}, "
    indented = [f"{indent}    {line.rstrip(', ')}," for line in lines]
    return "\n".join([brackets[:1], *indented, f"{indent}{brackets[1:]}"])


def _textbook(rule: Rule) -> str:
    assert rule.textbook
    (derivative,) = SYMBOLIC[rule.name].textbook(OUT, *operand_symbols(rule))
    return str(symbol(derivative).text)
