"""Emit straight-line Python: the backpropagation that one would write by hand, for any graph.

A line for each node that has a name, for the error signal δ of each pre-activation, for the gradient of each
parameter, and for what is used several times; all else stands inside the expression that it is part of.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from engine import vocabulary
from engine.compiling.form import Form
from engine.compiling.unrolled import Statement, Unrolled
from engine.readings.formulas import OUT, SYMBOLIC, operand_symbols
from engine.readings.python import HELPERS, SUM, definition
from engine.readings.styles import PYTHON
from engine.readings.symbols import Symbol, symbol
from engine.rules import Rule
from engine.value import Value

WIDTH = 100  # columns of a line
LARGEST = 12  # operations in an expression, before a part of it gets a line of its own
LONGEST_SUM = 8  # terms that stand inside another expression
LONGEST_FUNCTION = 100_000  # lines; a longer one is cut, so that Python's compiler stays linear
STEMS = {
    "neg": "negative",
    "+": "sum",
    "-": "difference",
    "*": "product",
    "/": "quotient",
    "**": "power",
    "where": "choice",
}


@dataclass
class Line:
    """An assignment to a name, which may go on in further pieces: `a = b + …`, `a = a + …`."""

    name: str
    pieces: list[str]
    uses: list[str]  # the names that it reads
    heading: str


class Source:
    """A form as Python: `text()`; the options are those of `Unrolled`."""

    def __init__(
        self, form: Form, order: Sequence[Value], parameters: Sequence[int], inputs: Sequence[Value], **options: Any
    ) -> None:
        self.form, self.inputs, self.parameters = form, inputs, parameters
        self.unrolled = unrolled = Unrolled(form, order, parameters, **options)
        self.inline, self.backward = unrolled.inline, options.get("backward", True)
        self.expressions, self.names, self.identifiers = unrolled.expressions, unrolled.names, unrolled.identifiers
        self.results, self.gradients = unrolled.results, unrolled.gradients
        self.apart = self._apart()  # expression → does it get a line of its own?
        self.lines: list[Line] = []
        self._write()

    # ── expressions, as lines ──────────────────────────────────────────────────────────────────

    def _write(self) -> None:
        done: set[int] = set()
        for statement in [*self.unrolled.statements, *(Statement("", i, "") for i in (*self.results, *self.gradients))]:
            pending = [statement.expression]
            while pending:
                i = pending[-1]
                missing = [] if i in done else [j for j in self._needed(i) if j not in done]
                if missing:  # what it reads comes first
                    pending += reversed(missing)
                    continue
                pending.pop()
                if self.apart[i] and i not in done:
                    name = self.names.get(i) or self.identifiers.numbered(self._stem(i))
                    self.names[i] = name
                    self.lines.append(self._line(name, i, statement.heading))
                done.add(i)
            if statement.name and (not self.lines or self.lines[-1].name != statement.name):
                text, uses = self._printed(statement.expression)  # a name or a number, or written under another name
                if text != statement.name:
                    self.lines.append(Line(statement.name, [text], uses, statement.heading))

    def _apart(self) -> list[bool]:
        """Which expressions get a line of their own."""
        expressions = self.expressions
        uses = [0] * len(expressions)
        roots = [s.expression for s in self.unrolled.statements] + self.results + self.gradients
        reached = [False] * len(expressions)
        for i in roots:
            reached[i] = True
        for i in reversed(range(len(expressions))):
            if reached[i]:
                for j in expressions.inner(i):
                    reached[j] = True
                    uses[j] += 1
        apart = [False] * len(expressions)
        sizes = [0] * len(expressions)
        for i in range(len(expressions)):
            kind = expressions.kinds[i]
            if kind in ("name", "number") or not reached[i]:
                continue
            inner = expressions.inner(i)
            sizes[i] = 1 + sum(0 if apart[j] else sizes[j] for j in inner)
            shared = uses[i] > 1 and kind not in ("<", "<=", ">", ">=")
            long_sum = kind == SUM and len(inner) > LONGEST_SUM
            apart[i] = i in self.names or shared or long_sum or sizes[i] > LARGEST
        return apart

    def _needed(self, i: int) -> Iterable[int]:
        """The expressions with a line of their own that the one of i reads."""
        pending = list(reversed(self.expressions.inner(i)))
        while pending:
            j = pending.pop()
            if self.apart[j]:
                yield j
            else:
                pending.extend(reversed(self.expressions.inner(j)))

    def _stem(self, i: int) -> str:
        kind = self.expressions.kinds[i]
        return str(self.expressions.parts[i][0]) if kind == "call" else STEMS.get(kind, kind)

    def _line(self, name: str, i: int, heading: str) -> Line:
        if self.expressions.kinds[i] != SUM:
            text, uses = self._printed(i, top=True)
            return Line(name, [text], uses, heading)
        pieces, uses = [""], []
        width = 5 * WIDTH if self.inline else WIDTH - 4
        for term in self.expressions.inner(i):
            text, read = self._printed(term, demanded=3)
            uses += read
            if pieces[-1] and len(name) + 3 + len(pieces[-1]) + 3 + len(text) > width:
                pieces.append(name)
            pieces[-1] += f" + {text}" if pieces[-1] else text
        return Line(name, pieces, uses, heading)

    def _printed(self, i: int, *, top: bool = False, demanded: int = 0) -> tuple[str, list[str]]:
        """The expression, with names for what has a line of its own (but for itself, at the top), and these names."""
        uses: list[str] = []
        return PYTHON.print(self._as_symbol(i, uses, top), demanded), uses

    def _as_symbol(self, i: int, uses: list[str], top: bool = False) -> Symbol:
        kind, parts = self.expressions.kinds[i], self.expressions.parts[i]
        if kind == "number":
            return Symbol("number", parts[0])
        if kind == "name" or (self.apart[i] and not top):
            name = parts[0] if kind == "name" else self.names[i]
            uses.append(name)
            return Symbol.named(name)
        inner = [self._as_symbol(j, uses) for j in self.expressions.inner(i)]
        if kind == SUM:
            return reduce(lambda x, y: Symbol("+", x, y), inner)
        return Symbol(kind, parts[0], *inner) if kind == "call" else Symbol(kind, *inner)

    # ── the whole ──────────────────────────────────────────────────────────────────────────────

    def text(self) -> str:
        """The module: imports, helpers, the function, and the recorded sample to try it on."""
        head, *functions = self.pieces()
        return "\n\n\n".join([head, *functions, self._sample()]) + "\n"

    def pieces(self) -> list[str]:
        """What can be compiled one by one: imports, helpers, the parts of the function, the function itself."""
        functions = self._functions()
        helpers = _helpers(functions)
        words = set().union(*map(_words, [*helpers, *functions]))
        imported = sorted(words & {*dir(math)})
        head = [self._docstring(), ""]
        if imported:
            head += [f"from math import {', '.join(imported)}", ""]
        return ["\n".join(head).rstrip(), *helpers, *functions]

    @property
    def function_name(self) -> str:
        return "gradient" if self.backward else "forward"

    def _docstring(self) -> str:
        count = len(self.inputs), len(self.parameters)
        what = "One sample forward and backward" if self.backward else "One sample forward"
        lines = [f'"""{what}: {count[0]} input{"s" * (count[0] != 1)}, {count[1]} parameter{"s" * (count[1] != 1)}.']
        remarks = [] if self.inline else self._remarks()
        return "\n".join([lines[0] + '"""'] if not remarks else [lines[0], "", *remarks, '"""'])

    def _remarks(self) -> list[str]:
        """Where a derivative is not written as in textbooks."""
        used = dict.fromkeys(rule for i, rule in enumerate(self.form.rules) if rule and self.form.wanted[i])
        return [
            f"The derivative of {rule.name} is {_textbook(rule)}; it is written so that it keeps its digits."
            for rule in used
            if self.backward and rule.textbook and rule.arity == 1
        ]

    def _functions(self) -> list[str]:
        results = self.unrolled.result_names
        returned = results[0] if len(results) == 1 else _tuple(results)
        if self.backward:
            named = self.unrolled.gradient_names
            pairs = zip(self.parameters, self.gradients, strict=True)
            gradients = [named.get(parameter) or self._result(gradient) for parameter, gradient in pairs]
            returned = f"{returned}, {_wrapped(_tuple(gradients), len('    return ') + len(returned) + 2)}"
        head = [f"def {self.function_name}(inputs, parameters):"]
        head.append(f'    """{self._promise()}"""')
        by_column = {column: i for i, column in self.form.columns.items()}
        inputs = [self._leaf(by_column.get(k)) for k in range(len(self.inputs))]
        for names, what in ((inputs, "inputs"), ([self._leaf(i) for i in self.parameters], "parameters")):
            if names:
                head.append(f"    {_wrapped(_tuple(names) if len(names) == 1 else ', '.join(names), 4)} = {what}")
        if len(self.lines) <= LONGEST_FUNCTION:
            parts, body = list[str](), _body(self.lines)
        else:
            parts, body = self._cut(LONGEST_FUNCTION // 10, {*_words(returned)})
        return [*parts, "\n".join([*head, *body, f"    return {returned}"])]

    def _result(self, i: int) -> str:
        return self._printed(i)[0]

    def _leaf(self, i: int | None) -> str:
        return "_" if i is None else str(self.expressions.parts[self.unrolled.values[i]][0])

    def _promise(self) -> str:
        if len(self.results) > 1:
            return "The values of the roots."
        (root,) = self.unrolled.result_names
        return f"{root}, and its derivative by each parameter." if self.backward else f"{root}."

    def _cut(self, size: int, returned: set[str]) -> tuple[list[str], list[str]]:
        """The lines as functions of `size` lines, and the calls of these: each takes what it reads."""
        chunks = [self.lines[k : k + size] for k in range(0, len(self.lines), size)]
        last_use: dict[str, int] = dict.fromkeys(returned, len(chunks))
        for k, chunk in enumerate(chunks):
            for line in chunk:
                last_use.update((name, max(k, last_use.get(name, 0))) for name in line.uses)
        functions, calls = [], []
        for k, chunk in enumerate(chunks):
            defined = dict.fromkeys(line.name for line in chunk)
            read = [name for name in dict.fromkeys(name for line in chunk for name in line.uses) if name not in defined]
            given = [name for name in defined if last_use.get(name, -1) > k]
            part = self.identifiers.numbered("part")
            arguments = _wrapped(", ".join(read), len(f"def {part}("), "").strip(" ")
            functions.append(
                "\n".join([f"def {part}({arguments}):", *_body(chunk), f"    return {_wrapped(_tuple(given), 11)}"])
            )
            calls.append(f"    {_wrapped(_tuple(given), 4)} = {part}({_wrapped(', '.join(read), 8, '').strip(' ')})")
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


def _body(lines: Iterable[Line]) -> list[str]:
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


def _words(text: str) -> set[str]:
    return {*re.findall(r"\b[^\W\d]\w*", text)}


def _textbook(rule: Rule) -> str:
    assert rule.textbook
    (derivative,) = SYMBOLIC[rule.name].textbook(OUT, *operand_symbols(rule))  # type: ignore[misc]
    return str(symbol(derivative).text)


# ── helpers: what the text calls that `math` does not have ─────────────────────────────────────

POWERS = {"power": vocabulary.power, "power_or_inf": vocabulary.power_or_inf}


def _helpers(functions: Sequence[str]) -> list[str]:
    """The definitions of the helpers that the functions call, and of those that these call."""
    found: dict[str, str] = {}
    pending = list(functions)
    while pending:
        for name in sorted(_words(pending.pop()) & {*HELPERS, *POWERS} - {*found}):
            if name in POWERS:
                found[name] = re.sub(r" +\"\"\".*?\"\"\"\n", "", inspect.getsource(POWERS[name])).rstrip()
            else:
                rule = HELPERS[name]
                letters = ", ".join(str(operand.text) for operand in operand_symbols(rule))
                found[name] = f"def {name}({letters}):\n    return {PYTHON.print(definition(rule))}"
            pending.append(found[name])
    return list(found.values())
