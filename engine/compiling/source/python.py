"""Modules in Python, which import nothing but `math`."""

from __future__ import annotations

import builtins
import inspect
import keyword
import math
import re
from collections.abc import Sequence

from engine import vocabulary
from engine.compiling.source.languages import Language
from engine.readings.styles import PYTHON


class Python(Language):
    """Python, for who reads it and for who runs it."""

    style = PYTHON
    reserved = frozenset([*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *dir(math)])
    library = frozenset(dir(math))
    powers: Sequence[str] = ("power", "power_or_inf")
    functions = ("gradient",)
    indent = "    "
    between = "\n\n\n"
    brackets = "()"
    assignment = re.compile(r"^ *([\w\s,()]+?) = ", re.MULTILINE)
    unused = "_"

    def head(self, summary: str, remarks: Sequence[str], taken: Sequence[str]) -> str:
        docstring = "\n".join([summary, "", *remarks, ""]) if remarks else summary
        imports = ["", f"from math import {', '.join(taken)}"] if taken else []
        return "\n".join([f'"""{docstring}"""', *imports])

    def function(self, name: str, operands: str, lines: Sequence[str], about: str = "") -> str:
        docstring = [f'"""{about}"""'] if about else []
        return "\n".join([f"def {name}({operands}):", *self.indented([*docstring, *lines])])

    def power(self, name: str) -> str:
        text = inspect.getsource(getattr(vocabulary, name))
        return re.sub(r" +\"\"\".*?\"\"\"\n", "", text).rstrip()  # without the docstring

    def comment(self, text: str) -> str:
        return f"# {text}"

    def unpacked(self, names: Sequence[str], source: str) -> str:
        text = ", ".join(names) if len(names) > 1 else self.listed(names)
        return f"{self.wrapped(text, len(self.indent))} = {source}"

    def assigned(self, name: str, pieces: Sequence[str]) -> str:
        return f"\n{self.indent}".join([f"{name} = {piece}" for piece in pieces])

    def returned(self, values: str, gradients: Sequence[str] | None = None) -> str:
        if gradients is None:
            return f"return {values}"
        used = len(f"{self.indent}return {values}, ")
        return f"return {values}, {self.wrapped(self.listed(gradients), used)}"

    def sample(self, inputs: Sequence[float], parameters: Sequence[float], function: str) -> str:
        named = {"INPUTS": inputs, "PARAMETERS": parameters}
        numbers = {name: self.listed([_number(x) for x in found]) for name, found in named.items()}
        lines = [f"{name} = {self.wrapped(text, len(name) + 3, indent='')}" for name, text in numbers.items()]
        return "\n".join([*lines, "", 'if __name__ == "__main__":', f"    print({function}(INPUTS, PARAMETERS))"])

    def listed(self, items: Sequence[str]) -> str:
        return f"({items[0]},)" if len(items) == 1 else super().listed(items)


def _number(x: float) -> str:
    return repr(x) if math.isfinite(x) else f'float("{x}")'
