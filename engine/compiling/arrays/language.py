"""Modules in Python that compute with numpy's arrays."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from textwrap import wrap

from engine.compiling.source.languages import WIDTH
from engine.compiling.source.python import Python
from engine.readings import arrays, styles
from engine.readings.symbols import Symbol
from engine.rules import Rule
from engine.support.labels import one_line


class Numpy(Python):
    """Python for arrays: a row for each node, a column for each sample."""

    style = styles.NUMPY
    reserved = Python.reserved | frozenset("np SLICE batch rest these start samples".split())
    powers: Sequence[str] = ("rest",)

    def head(self, summary: str, remarks: Sequence[str], taken: Sequence[str]) -> str:
        return f"{super().head(summary, remarks, [])}\n\nimport numpy as np"

    def comment(self, text: str) -> str:
        return f"# {one_line(text)}".rstrip()  # a line break would end it

    def assigned(self, name: str, pieces: Sequence[str]) -> str:
        return "\n".join([f"{name} = {piece}" for piece in pieces])

    def indented(self, lines: Sequence[str]) -> list[str]:
        return super().indented([line for statement in lines for line in statement.split("\n")])

    def power(self, name: str) -> str:
        text = inspect.getsource(getattr(arrays, name))
        return re.sub(r"  # type: .*", "", text).rstrip()

    def definition(self, rule: Rule, operands: Sequence[Symbol]) -> Symbol:
        return arrays.defined(rule, operands)

    def table(self, name: str, values: Sequence[str], shape: str = "") -> str:
        """An array of numbers that a module has beside its code; `shape` is what follows it."""
        text = f"{name} = np.array([{', '.join(values)}]){shape}"
        if len(text) <= WIDTH:
            return text
        lines = wrap(", ".join(values) + ",", WIDTH - len(self.indent), break_long_words=False)
        return "\n".join([f"{name} = np.array([", *self.indented(lines), f"]){shape}"])


NUMPY = Numpy()
