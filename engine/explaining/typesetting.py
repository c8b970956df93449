"""Equations over the nodes of a graph, put into the names of a notation: as plain text, and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import isnan, log10

from engine.naming.names import Naming
from engine.readings.styles import ATOM, LATEX, TEXT, Style
from engine.readings.symbols import Symbol, total
from engine.support.labels import latex_label, shortened
from engine.support.undefined import Undefined
from engine.value import Value

WIDTH = 120  # columns of a line
LONGEST = 40  # characters of a label


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


def figure(x: float, missing: Undefined | None = None) -> Symbol:
    """A number. NaN is written by name: as undefined, if it is that because a derivative is missing."""
    if isnan(x):
        return named("undefined", r"\text{undefined}") if missing else named("NaN", r"\text{NaN}")
    return Symbol("number", float(x))


def sum_of(terms: Sequence[Symbol], plus: str = "+") -> Symbol:
    """Their sum; with "plus" each with its sign, as numbers are added."""
    return total(terms) if plus == "+" else reduce(lambda x, y: Symbol(plus, x, y), terms)


def more(count: int) -> list[Symbol]:
    """What stands for the terms that are not shown."""
    return [named(f"… {counted(count)} more terms", rf"\dots\text{{ {counted(count)} more terms}}")] if count else []


def counted(count: int) -> str:
    """A number of paths: exact, unless it has more digits than anyone reads."""
    return f"{count:,}" if count.bit_length() < 80 else f"more than 10^{int(log10(count))}"


_TEXT = replace(
    TEXT,
    templates=TEXT.templates
    | {
        "plus": (2, "{} + {}", 2, 3),  # of numbers, which may have a sign
        "Σ": (3, "Σ{} {}", 0, 4),
        "beside": (4, "{} {}", 4, 3),
        "via": (3, "{} [via {}]", 3, 0),
        "slope": (ATOM, "h′({})", 0),
    },
    joined={"in a row": (4, "", "({})"), "path": (0, " → ", "{}")},
)
_LATEX = replace(
    LATEX,
    templates=LATEX.templates
    | {
        "plus": (2, "{} + {}", 2, 3),
        "Σ": (3, r"\sum_{{{}}} {}", 0, 4),
        "beside": (4, r"{} \, {}", 4, 3),
        "via": (3, r"\underbrace{{{}}}_{{\text{{via }} {}}}", 2, 0),
        "slope": (ATOM, r"h'\left({}\right)", 0),
    },
    joined={"in a row": (4, "", r"\left({}\right)"), "path": (0, r" \to ", "{}")},
)


def write(lines: Sequence[Line], naming: Naming) -> tuple[str, str]:
    """The lines with the names that the nodes have in their graph: as text, and as one block of LaTeX."""
    nodes = {node for line in lines for expression in _expressions(line) for node in _nodes(expression)}
    names = _Names(naming, nodes)
    spelled = [_spelled(line, names) for line in lines]
    rows = [row for line in spelled for row in _latex_rows(line)]
    latex = "\\\\\n".join(rows)
    return "\n".join(map(_text, spelled)), f"$\\begin{{aligned}}\n{latex}\n\\end{{aligned}}$"


def _spelled(line: Line, names: _Names) -> Line:
    if isinstance(line, Equation):
        head, *sides = (side.replaced(names.put) for side in (line.head, *line.sides))
        return Equation(head, sides, line.remark)
    return [part if isinstance(part, str) else part.replaced(names.put) for part in line]


class _Names:
    """The names of some nodes of a graph, as text and LaTeX."""

    def __init__(self, naming: Naming, nodes: Iterable[Value]) -> None:
        self.naming, self.notation, self.root = naming, naming.notation, naming.order[-1]
        self.names = naming.of({*nodes, self.root})

    def put(self, part: Symbol) -> Symbol | None:
        """The name of what a node stands for in an expression; None for any other part."""
        if part.kind == "node":
            return named(*self._of(part.parts[0], last=True))
        if part.kind == "root":
            return named(*self._of_root)
        if part.kind == "gradient":
            node = part.parts[0]
            if signal := self.names[node].signal:
                return named(signal.text, signal.latex)
            (text, latex), root = self._of(node), self._of_root
            return named(self.notation.gradient("", root[0]) + text, self.notation.latex_gradient(latex, root[1]))
        if part.kind == "partial":
            (user, user_latex), (operand, latex) = map(self._of, part.parts)
            return named(f"∂{user}/∂{operand}", self.notation.latex_gradient(latex, user_latex))
        return None

    @property
    def _of_root(self) -> tuple[str, str]:
        """A root without a name is the loss."""
        if not self.root.label and self.root.role is None:
            return self.notation.loss, self.notation.loss
        return self._of(self.root)

    def _of(self, node: Value, last: bool = False) -> tuple[str, str]:
        """Text and LaTeX; as an operand (`last`), a₁⁽²⁾ = y₁ is y₁. Without a name: `tanh@17`."""
        name = self.names[node].parts[-1 if last else 0]
        if name.role is None:
            label = shortened(name.label if name.label.strip() else self.naming.numbered(node), LONGEST)
            return label, latex_label(label)
        return name.text, name.latex


def _expressions(line: Line) -> Iterator[Symbol]:
    yield from (line.head, *line.sides) if isinstance(line, Equation) else (p for p in line if isinstance(p, Symbol))


def _nodes(expression: Symbol) -> Iterator[Value]:
    for part in expression.parts:
        if isinstance(part, Value):
            yield part
        elif isinstance(part, Symbol):
            yield from _nodes(part)


def _sides(line: Equation, style: Style) -> list[str]:
    """Each side once: what needs no simplifying, or no computing, is not repeated, nor is the head."""
    head = style.print(line.head)
    return [side for side in dict.fromkeys(style.print(side, 2) for side in line.sides) if side != head]


def _text(line: Line) -> str:
    """On one line if it is not too long; else a line for each side, broken between terms."""
    if not isinstance(line, Equation):
        return "".join(part if isinstance(part, str) else _TEXT.print(part) for part in line)
    head, sides = _TEXT.print(line.head), _sides(line, _TEXT)
    remark = f"  ({line.remark})" if line.remark else ""
    if len(whole := " = ".join([head, *sides]) + remark) <= WIDTH:
        return whole
    margin = " " * len(head)
    broken = [_broken(side, len(head) + 5) for side in sides]
    return f"{head} = " + f"\n{margin} = ".join(broken) + remark


def _broken(side: str, margin: int) -> str:
    lines = [""]
    for i, term in enumerate(side.split(" + ")):
        piece = f" + {term}" if i else term
        if lines[-1] and margin + len(lines[-1] + piece) > WIDTH:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return ("\n" + " " * margin).join(lines)


def _latex_rows(line: Line) -> Iterable[str]:
    if not isinstance(line, Equation):
        words = (latex_label(part) if isinstance(part, str) else _LATEX.print(part) for part in line)
        return [f"& {''.join(words)}"]
    head, *sides = _LATEX.print(line.head), *_sides(line, _LATEX)
    remark = rf" \quad {latex_label(f'({line.remark})')}" if line.remark else ""
    first, *others = sides
    rows = [f"{head} &= {first}", *(f"&= {side}" for side in others)]
    return [*rows[:-1], rows[-1] + remark]
