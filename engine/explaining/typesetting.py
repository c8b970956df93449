"""Equations over the nodes of a graph, put into the names of a notation: as plain text, and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import log10

from engine.naming.names import Naming
from engine.readings.styles import ATOM, Style
from engine.readings.symbols import Symbol, total
from engine.support.labels import latex_text
from engine.value import Value

WIDTH = 120  # columns of a line
LATEX_WIDTH = 70  # characters of a row


@dataclass(frozen=True)
class Equation:
    """`head = side = side = …`, with a remark behind it."""

    head: Symbol
    sides: Sequence[Symbol]
    remark: str = ""


Line = Equation | list[str | Symbol]  # a list: words with symbols between them

named = Symbol.named


def node_symbol(node: Value) -> Symbol:
    """The node in an expression: its name, when that is known."""
    return Symbol("node", node)


def gradient(node: Value) -> Symbol:
    """∂root/∂node: δ of a pre-activation."""
    return Symbol("gradient", node)


def sum_of(terms: Sequence[Symbol], plus: str = "+") -> Symbol:
    """Their sum; with "plus" each with its sign, as numbers are added."""
    return total(terms) if plus == "+" else reduce(_plus, terms)


def _plus(x: Symbol, y: Symbol) -> Symbol:
    if y.kind == "via" and y.parts[0].kind == "neg":
        return Symbol("-", x, Symbol("via", *y.parts[0].parts, y.parts[1]))
    return Symbol("plus", x, y)


def more(count: int) -> list[Symbol]:
    """What stands for the terms that are not shown."""
    return [named(f"… {counted(count)} more terms", rf"\dots\text{{ {counted(count)} more terms}}")] if count else []


def counted(count: int) -> str:
    """A number of paths: exact, unless it has more digits than anyone reads."""
    return f"{count:,}" if count.bit_length() < 80 else f"more than 10^{int(log10(count))}"


TEXT_TEMPLATES = {
    "plus": (2, "{} + {}", 2, 3),  # of numbers, which may have a sign
    "Σ": (3, "Σ{} {}", 0, 4),
    "beside": (4, "{} {}", 4, 3),
    "via": (4, "{} [via {}]", 3, 0),
    "slope": (ATOM, "h′({})", 0),
    "recorded": (ATOM, "{}", 4),
}
LATEX_TEMPLATES = TEXT_TEMPLATES | {
    "Σ": (3, r"\sum_{{{}}} {}", 0, 4),
    "beside": (4, r"{} \, {}", 4, 3),
    "via": (3, r"\underbrace{{{}}}_{{\text{{via }} {}}}", 2, 0),
    "slope": (ATOM, r"h'({})", 0),
}


class Writer:
    """Lines over the nodes of a graph, as text and as LaTeX."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self.text_style = replace(
            naming.text_style,
            templates=naming.text_style.templates | TEXT_TEMPLATES,
            joined={"in a row": (4, "", "({})"), "path": (0, " → ", "{}")},
        )
        self.latex_style = replace(
            naming.latex_style,
            templates=naming.latex_style.templates | LATEX_TEMPLATES,
            joined={"in a row": (4, "", "({})"), "path": (0, r" \to ", "{}")},
        )

    def write(self, lines: Sequence[Line]) -> tuple[str, str]:
        """The lines as text, and as one block of LaTeX, without dollar signs."""
        spelled = [*map(self._spelled, lines)]
        text = "\n".join(_text(line, self.text_style) for line in spelled)
        rows = [row for line in spelled for row in _latex_rows(line, self.latex_style)]
        joined = "\\\\\n".join(rows)
        return text, f"\\begin{{aligned}}\n{joined}\n\\end{{aligned}}"

    def _spelled(self, line: Line) -> Line:
        if isinstance(line, Equation):
            head, *sides = map(self.naming.spelled, (line.head, *line.sides))
            return Equation(head, sides, line.remark)
        return [part if isinstance(part, str) else self.naming.spelled(part) for part in line]


def _sides(line: Equation, style: Style) -> list[str]:
    """Each side once: what needs no simplifying, or no computing, is not repeated, nor is the head."""
    head = style.print(line.head)
    return [side for side in dict.fromkeys(style.print(side, 2) for side in line.sides) if side != head]


def _text(line: Line, style: Style) -> str:
    """On one line if it is not too long; else a line for each side, broken between terms."""
    if not isinstance(line, Equation):
        return "".join(part if isinstance(part, str) else style.print(part) for part in line)
    head, sides = style.print(line.head), _sides(line, style)
    remark = f"  ({line.remark})" if line.remark else ""
    if len(whole := " = ".join([head, *sides]) + remark) <= WIDTH:
        return whole
    margin = " " * (len(head) if len(head) <= WIDTH // 3 else 4)
    broken = [_broken(side, len(margin) + 5) for side in sides]
    first = " = " if len(margin) == len(head) else f"\n{margin} = "
    return head + first + f"\n{margin} = ".join(broken) + remark


def _broken(side: str, margin: int) -> str:
    lines = [""]
    for i, term in enumerate(side.split(" + ")):
        piece = f" + {term}" if i else term
        if lines[-1] and margin + len(lines[-1] + piece) > WIDTH:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return ("\n" + " " * margin).join(lines)


def _latex_rows(line: Line, style: Style) -> Iterable[str]:
    """A row for each side; a long one is broken between its terms."""
    if not isinstance(line, Equation):
        words = (latex_text(part) if isinstance(part, str) else style.print(part) for part in line)
        return [f"& {''.join(words)}"]
    head = style.print(line.head)
    sides = [rows for side in line.sides if (rows := _latex_side(side, style)) != [head]]
    remark = rf" \quad {latex_text(f'({line.remark})')}" if line.remark else ""
    rows = []
    for side in _distinct(sides):
        rows.append(f"&= {side[0]}")
        rows += [rf"&\quad {{}} + {row}" for row in side[1:]]
    rows[0] = f"{head} {rows[0]}"
    return [*rows[:-1], rows[-1] + remark]


def _distinct(sides: Iterable[list[str]]) -> list[list[str]]:
    return [list(side) for side in dict.fromkeys(map(tuple, sides))]


def _latex_side(side: Symbol, style: Style) -> list[str]:
    """The side in rows, of which each is about as wide as a page of text."""
    terms = [style.print(term, 3) for term in _added(side)]
    if sum(map(_width, terms)) <= LATEX_WIDTH or len(terms) == 1:
        return [style.print(side, 2)]
    rows = [terms[0]]
    for term in terms[1:]:
        if _width(rows[-1]) + _width(term) > LATEX_WIDTH:
            rows.append(term)
        else:
            rows[-1] += f" + {term}"
    return rows


def _added(expression: Symbol) -> list[Symbol]:
    if expression.kind not in ("+", "plus"):
        return [expression]
    return [*_added(expression.parts[0]), expression.parts[1]]


def _width(latex: str) -> int:
    """Roughly how many characters it shows: commands and braces aside."""
    return len(re.sub(r"\\[a-zA-Z]+|[{}^_\\]", "", latex))
