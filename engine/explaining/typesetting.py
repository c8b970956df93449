"""Equations over the nodes of a graph, put into the names of a notation: as plain text, and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from math import log10
from operator import itemgetter

from engine.naming.names import Naming
from engine.readings.styles import ATOM, Style
from engine.readings.symbols import Symbol, total
from engine.support.labels import latex_text
from engine.value import Value

WIDTH = 120  # columns of a line
LATEX_WIDTH = 54  # characters of a row


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


# ── rows of LaTeX ──────────────────────────────────────────────────────────────────────────────

Piece = tuple[str, str]  # what stands between it and the one before, and the piece


def _latex_rows(line: Line, style: Style) -> Iterable[str]:
    """A row for each side; what is wider than a page is broken where it is added, multiplied or a word ends."""
    if not isinstance(line, Equation):
        return [f"& {row}" for row in _rows_of_words(line, style)]
    head = _packed(_pieces(line.head, style, demanded=0))
    written = style.print(line.head)
    sides = [_packed(_pieces(side, style)) for side in line.sides if style.print(side) != written]
    rows = [f"&{row}" for row in head[:-1]]
    for first, *others in dict.fromkeys(map(tuple, sides)):
        rows.append(f"&= {first}")
        rows += [rf"&\quad {{}} {row}" for row in others]
    if len(head) == 1 and _width(head[0]) < LATEX_WIDTH // 3:
        rows[0] = f"{head[0]} {rows[0]}"
    else:
        rows.insert(len(head) - 1, f"&{head[-1]}")
    if line.remark:
        rows[-1] += rf" \quad {latex_text(f'({line.remark})')}"
    return rows


def _packed(pieces: Sequence[Piece]) -> list[str]:
    """As many pieces in a row as it has room for; a row that goes on begins with what stands between."""
    rows = [pieces[0][1]]
    for between, piece in pieces[1:]:
        if _width(rows[-1]) + _width(piece) > LATEX_WIDTH:
            rows.append(f"{between.lstrip()}{piece}")
        else:
            rows[-1] += between + piece
    return rows


def _pieces(expression: Symbol, style: Style, demanded: int = 2) -> list[Piece]:
    """Where an expression may be broken: one that fits is one piece."""
    kind, parts = expression.kind, expression.parts
    whole = style.print(expression, demanded)
    if _width(whole) <= LATEX_WIDTH:
        return [("", whole)]
    if kind in ("+", "plus", "-", "*"):
        between, left, right = {"*": (r" \cdot ", 4, 4), "-": (" - ", 2, 4)}.get(kind, (" + ", 2, 3))
        before = _pieces(parts[0], style) if parts[0].kind in _LIKE[kind] else [("", style.print(parts[0], left))]
        return [*before, (between, style.print(parts[1], right))]
    if kind in style.joined:
        _, between, template = style.joined[kind]
        return [(between if i else "", template.format(style.print(part))) for i, part in enumerate(parts)]
    return [("", whole)]


_LIKE = {"*": ("*",), **dict.fromkeys(("+", "plus", "-"), ("+", "plus", "-"))}  # what needs no brackets on the left


def _rows_of_words(line: list[str | Symbol], style: Style) -> list[str]:
    rows: list[list[tuple[bool, str]]] = [[]]  # words, and symbols that are LaTeX already
    room = LATEX_WIDTH
    for part in line:
        words = re.findall(r"\s*\S+\s*$|\s*\S+", part) if isinstance(part, str) else [style.print(part)]
        for word in words:
            room -= _width(word)
            if room < 0 and rows[-1]:
                rows.append([])
                room = LATEX_WIDTH - _width(word)
            rows[-1].append((isinstance(part, str), word))
    return ["".join(map(_set, groupby(row, key=itemgetter(0)))) for row in rows]


def _set(words: tuple[bool, Iterable[tuple[bool, str]]]) -> str:
    is_text, parts = words
    joined = "".join(part for _, part in parts)
    return latex_text(joined) if is_text else joined


def _width(latex: str) -> int:
    """Roughly how many characters it shows: commands and braces aside."""
    return len(re.sub(r"\\(text|frac|left|right|partial|operatorname|quad)\b|[{}^_\\]", "", latex))
