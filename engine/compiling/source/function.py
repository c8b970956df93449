"""One pass as a function: a line for each node that has a name, for the error signal δ of each pre-activation, for the
gradient of each parameter, and for what is used several times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.compiling.form import Form
from engine.compiling.source.assignments import Assignment, Assignments
from engine.compiling.source.helpers import words_of
from engine.compiling.source.languages import Language
from engine.compiling.source.unrolled import Unrolled
from engine.support.notation import Notation
from engine.value import Value

LONGEST_FUNCTION = 100_000  # lines; a longer one is cut, so that Python's compiler stays linear


class Function:
    """The function `gradient(inputs, parameters)` or, without the way back, `forward(inputs, parameters)`."""

    def __init__(
        self,
        form: Form,
        order: Sequence[Value],
        parameters: Sequence[int],
        inputs: Sequence[Value],
        language: Language,
        notation: Notation | str | None,
        inline: bool,
        backward: bool,
        longest: int = LONGEST_FUNCTION,
    ) -> None:
        self.form, self.inputs, self.parameters = form, inputs, parameters
        self.language, self.backward, self.longest = language, backward, longest
        self.name = "gradient" if backward else "forward"
        reserved = language.reserved
        self.unrolled = Unrolled(form, order, parameters, reserved, notation, inline=inline, backward=backward)
        self.assignments = Assignments(self.unrolled, language.style)

    def texts(self) -> list[str]:
        """The function, and before it the parts of one that is too long."""
        language, lines = self.language, self.assignments.lines
        by_column = {column: i for i, column in self.form.columns.items()}
        inputs = [self._input_name(k, by_column.get(k)) for k in range(len(self.inputs))]
        parameters = list(map(self._leaf_name, self.parameters))
        named = {"inputs": inputs, "parameters": parameters}
        head = [language.unpacked(names, source) for source, names in named.items() if names]
        returned = self._returned()
        if len(lines) <= self.longest:
            parts, body = list[str](), self._body(lines)
        else:
            parts, body = self._parts(max(self.longest // 10, 1), words_of(returned))
        return [*parts, language.function(self.name, "inputs, parameters", [*head, *body, returned], self._about())]

    def _about(self) -> str:
        if len(self.form.roots) > 1:
            return "The values of the roots."
        (root,) = self.unrolled.result_names
        return f"{root}, and its derivative by each parameter." if self.backward else f"{root}."

    def _returned(self) -> str:
        """The values of the roots and, with `backward`, the gradients of the parameters."""
        results = self.unrolled.result_names
        values = results[0] if len(results) == 1 else self.language.listed(results)
        if not self.backward:
            return self.language.returned(values)
        names = self.unrolled.gradient_names
        pairs = zip(self.parameters, self.unrolled.gradients, strict=True)
        gradients = [names.get(parameter) or self.assignments.printed(gradient)[0] for parameter, gradient in pairs]
        return self.language.returned(values, gradients)

    def _input_name(self, k: int, i: int | None) -> str:
        return self.language.unused.format(k + 1) if i is None else self._leaf_name(i)

    def _leaf_name(self, i: int) -> str:
        return str(self.unrolled.expressions.parts[self.unrolled.values[i]][0])

    def _parts(self, size: int, returned: set[str]) -> tuple[list[str], list[str]]:
        """The lines as functions of `size` lines, and the calls of these: each takes what it reads."""
        language, lines = self.language, self.assignments.lines
        chunks = [lines[k : k + size] for k in range(0, len(lines), size)]
        last_use: dict[str, int] = dict.fromkeys(returned, len(chunks))
        for k, chunk in enumerate(chunks):
            for line in chunk:
                last_use.update((name, max(k, last_use.get(name, 0))) for name in line.reads)
        functions, calls = [], []
        for k, chunk in enumerate(chunks):
            defined = dict.fromkeys(line.name for line in chunk)
            read = dict.fromkeys(name for line in chunk for name in line.reads if name not in defined)
            used_later = [name for name in defined if last_use.get(name, -1) > k]
            part = self.unrolled.identifiers.numbered("part" if self.backward else "forward_part")
            arguments = language.wrapped(", ".join(read), len(f"def {part}("), "").strip(" ")
            kept = language.wrapped(language.listed(used_later), len(f"{language.indent}return "))
            functions.append(language.function(part, arguments, [*self._body(chunk), language.returned(kept)]))
            calls.append(language.unpacked(used_later, f"{part}({arguments})"))
        return functions, calls

    def _body(self, lines: Iterable[Assignment]) -> list[str]:
        found: list[str] = []
        heading = ""
        for line in lines:
            if line.heading and line.heading != heading:
                heading = line.heading
                found += ["", self.language.comment(heading)]
            found += self.language.assigned(line.name, line.pieces)
        return [*found, ""]
