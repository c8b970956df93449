"""Why a gradient is what it is: the chain rule in words, plain text and LaTeX.

Every symbol is read off the graph. A term is an edge: the local derivative of the user by this operand, as the
rule's row prints it with the real operands in it, times the user's gradient. So no equation stands here, and an
explanation can't disagree with the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.explaining.equations import Equations
from engine.explaining.ledger import Ledger
from engine.explaining.paths import path_count, path_lines
from engine.explaining.reasons import notes
from engine.explaining.typesetting import Line, Writer
from engine.naming.names import Naming
from engine.naming.search import find_named
from engine.support.notation import Notation
from engine.support.numerals import Numerals
from engine.value import Constant, Value, topological_order


@dataclass(frozen=True, repr=False)
class Explanation:
    """An answer in words: `str()` for a screen, `.latex` for paper, without dollar signs, and the gradient itself."""

    text: str
    latex: str
    value: float  # ∂root/∂node in this pass
    contributions: tuple[float, ...] = ()  # of each edge into the node; their sum is the value
    paths: int | None = None  # from the node to the root, if they were asked for

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__  # what a prompt shows

    def _repr_latex_(self) -> str:
        """What a notebook shows."""
        return f"${self.latex}$"


def explain(
    root: Value,
    node: Value | str,
    *,
    notation: Notation | str | None = None,
    depth: int = 1,
    paths: bool = False,
    limit: int = 20,
    digits: int = 4,
    fractions: bool = False,
) -> Explanation:
    """Why ∂root/∂node is what it is: the chain rule by symbols, then with the numbers, then the value.

    `node` is a Value of the graph, or its label or name (see `find`). `depth=2` goes on to the gradients that the
    first equation needs, and so on; `paths=True` multiplies along every path to the root. At most `limit` equations
    and as many paths are printed. `notation` may be given by its name; without one, it is that of the root. Numbers
    have so many significant `digits`, or are small `fractions` where these are exact. Touches no `grad`. Raises
    ValueError for a node that is not in the graph.
    """
    for name, given in (("depth", depth), ("limit", limit)):
        if not isinstance(given, int) or given < 1:
            raise ValueError(f"{name} must be a whole number from 1 on; got {given!r}")
    order = topological_order(root)
    naming = Naming(order, notation, Numerals(digits, fractions))
    if isinstance(node, str):
        node = find_named(naming, node)
    if not isinstance(node, Value):
        raise TypeError(f"explain takes a Value or its label; got {node!r} ({type(node).__name__})")
    if not any(node is other for other in order):
        raise ValueError(
            f"{naming.described(node)} is not in the graph of {naming.described(root)}: "
            "there is no path from it to that root"
        )
    write = Writer(naming).write
    if isinstance(node, Constant):
        return Explanation(*write([["a constant takes no gradient"]]), value=0.0)

    ledger = Ledger(order, node)
    equations = Equations(ledger, naming)
    lines: list[Line] = [*equations.of_gradients(depth, limit)]
    count = path_count(ledger) if paths else None
    along = [] if count is None else [*path_lines(ledger, count, limit)]
    lines += [*equations.definitions([*lines, *along]), *notes(ledger, naming), *along]
    contributions = tuple(map(ledger.contribution, ledger.edges(node)))
    return Explanation(*write(lines), ledger.gradients[node], contributions, count)


Value.explain = explain  # type: ignore[assignment, method-assign]  # value.py declares it
