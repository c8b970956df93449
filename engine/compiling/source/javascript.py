"""Modules in JavaScript: ES modules, which import nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.compiling.source.languages import Language
from engine.readings.styles import JAVASCRIPT
from engine.support.labels import one_line

RESERVED = frozenset(
    """
    arguments async await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function if implements import in instanceof interface let new null of package private
    protected public return static super switch this throw true try typeof var void while with yield

    AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
    FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON
    Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String
    Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet
    WebAssembly console decodeURI decodeURIComponent document encodeURI encodeURIComponent escape globalThis isFinite
    isNaN parseFloat parseInt self undefined unescape window
    """.split()
)
MATH = frozenset("abs cos exp expm1 log log1p max sin sqrt tan tanh".split())

POWER = """\
// ** gives NaN for 1 ** NaN and (±1) ** ±Infinity, which are 1
function power(x, y) {
  return x === 1 || (x === -1 && abs(y) === Infinity) ? 1 : x ** y;
}"""


def _called(name: str) -> str:
    """What an operation or an operand is called, which may be a word of JavaScript; no name of Python has a $."""
    name = "power" if name == "power_or_inf" else name  # here no power raises
    return f"${name}" if name in RESERVED else name


class JavaScript(Language):
    """JavaScript, whose numbers are Python's: a module that runs in a browser, too."""

    style = replace(JAVASCRIPT, called=_called)
    reserved = RESERVED | MATH
    library = MATH
    powers = ("power",)
    functions = ("forward", "gradient")
    indent = "  "
    between = "\n\n"
    brackets = "[]"
    assignment = re.compile(r"^ *(?:const|let) ([\w\s,[\]]+?) = ", re.MULTILINE)
    unused = "_{}"

    def head(self, summary: str, remarks: Sequence[str], taken: Sequence[str]) -> str:
        lines = [summary, *([""] if remarks else []), *remarks]
        constants = ["", f"const {{ {', '.join(taken)} }} = Math;"] if taken else []
        return "\n".join([*map(self.comment, lines), *constants])

    def function(self, name: str, operands: str, lines: Sequence[str], about: str = "") -> str:
        comment, export = ([self.comment(about)], "export ") if about else ([], "")
        return "\n".join([*comment, f"{export}function {name}({operands}) {{", *self.indented(lines), "}"])

    def power(self, name: str) -> str:
        return POWER

    def comment(self, text: str) -> str:
        return f"// {one_line(text)}".rstrip()  # a line terminator would end it

    def unpacked(self, names: Sequence[str], source: str) -> str:
        return f"const {self.wrapped(self.listed(names), 8)} = {source};"

    def assigned(self, name: str, pieces: Sequence[str]) -> str:
        first, *others = pieces
        lines = [f"{'let' if others else 'const'} {name} = {first};", *(f"{name} = {piece};" for piece in others)]
        return f"\n{self.indent}".join(lines)

    def returned(self, values: str, gradients: Sequence[str] | None = None) -> str:
        if gradients is None:
            return f"return {values};"
        return f"return [{values}, {self.wrapped(self.listed(gradients), len(f'  return [{values}, ') + 2)}];"

    def sample(self, inputs: Sequence[float], parameters: Sequence[float], function: str) -> str:
        lines = [self.comment(f"the recorded sample, to try it on: {function}(INPUTS, PARAMETERS)")]
        for name, numbers in (("INPUTS", inputs), ("PARAMETERS", parameters)):
            text = self.wrapped(
                self.listed(list(map(self.number, numbers))), len(f"export const {name} = ;"), indent=""
            )
            lines.append(f"export const {name} = {text};")
        return "\n".join(lines)
