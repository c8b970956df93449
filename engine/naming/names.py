"""What each node of a graph is called: its label, or its role in a notation, or else what it is.

A node without a name is called by its expression where that is short, y₂ − t₂, and else by its place in the graph, v₁₇;
whoever shows that name says what it is. So a node has one name in explanations, traces, pictures and at the prompt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from engine.naming.expressions import call_of, operation_of, share_of
from engine.naming.given import GivenNames, Name, is_named
from engine.readings.styles import ATOM, LATEX, RAISED, TEXT
from engine.readings.symbols import Symbol
from engine.support.labels import latex_label, latex_letter, shortened
from engine.support.notation import Notation, described, latex_primed, notation_for, prime
from engine.support.numerals import Numerals, lowered
from engine.value import Constant, Value

LONGEST = 40  # characters of a label in a sentence or an equation
SHORT = 24  # characters of an expression that is a name; a node whose expression is longer is called v₁₇
NESTED = 4  # unnamed operations inside each other in such an expression
MANY = 2000  # nodes, up to which it is found out whether two have the same expression
BESIDE = 2  # how strongly a label binds in which there are operators: like a sum, so it gets brackets


class Naming:
    """What the nodes of a graph are called in a notation.

    Without a `notation`, it is the graph's own: that of the root, or of the last node that has a role.
    """

    def __init__(
        self, order: Sequence[Value], notation: Notation | str | None = None, numerals: Numerals | None = None
    ) -> None:
        self.order, self.notation = order, notation_for(notation, reversed(order))
        self.numerals = numerals or Numerals()
        self.text_style = replace(TEXT, number=self.numerals.text)
        self.latex_style = replace(LATEX, number=self.numerals.latex)
        self._given = GivenNames(order, self.notation)
        self._symbols: dict[Value, Symbol] = {}

    def of(self, nodes: Iterable[Value]) -> dict[Value, Name]:
        """The names of these nodes, by label or role; empty where they have neither."""
        return self._given.of(nodes)

    def number(self, x: float) -> str:
        """A number, as it is written here."""
        return self.numerals.text(x)

    def described(self, node: Value) -> str:
        """The node as `repr` shows it, with its name here; of another graph, with the name that it has by itself."""
        if isinstance(node, Constant):
            return repr(node)
        name = self.of([node])[node].text
        return described(node, name or (self.notation.text(node.role) if node.role else ""))

    # ── one name for every node ────────────────────────────────────────────────────────────────

    def called(self, node: Value) -> str:
        """The node's one name: `a₁⁽²⁾`, `y₂ − t₂`, `v₁₇`; a plain number by its digits."""
        return self.text_style.print(self.spelled(self.symbol(node), subject=True))

    def introduced(self, node: Value) -> str:
        """`called`; a name that only counts, with what it stands for: `v₁₇ (tanh(w₁ + w₂))`."""
        meaning = self.definition(node)
        told = f" ({self.text_style.print(self.spelled(meaning))})" if meaning is not None else ""
        return self.called(node) + told

    def symbol(self, node: Value) -> Symbol:
        """The node in an expression, over symbols of kind "node"; `spelled` puts in their names."""
        if node not in self._symbols:
            self._symbols[node] = self._as_expression(node) or Symbol("node", node)
        return self._symbols[node]

    def written_out(self, node: Value) -> Symbol:
        """The node in an expression, as the operation that it is even where that is too long for a name."""
        return self._nested(node, NESTED) or self.symbol(node)

    def definition(self, node: Value) -> Symbol | None:
        """What a name such as v₁₇ stands for; None for every other name."""
        if is_named(node) or self.symbol(node).kind != "node" or self._is_the_loss(node):
            return None
        if node.op is None:
            return Symbol("number", node.data)
        return operation_of(node, self.symbol) or call_of(node, self.symbol)

    def spelled(self, expression: Symbol, subject: bool = False) -> Symbol:
        """The expression with the names of its nodes. An operand a₁⁽²⁾ = y₁ is y₁; as the `subject` it is a₁⁽²⁾."""
        if subject and expression.kind == "node":
            return self._spelled_node(expression.parts[0], subject)

        def put(part: Symbol) -> Symbol | None:
            if part.kind == "node":
                return self._spelled_node(part.parts[0])
            if part.kind == "gradient":
                return self._spelled_gradient(part.parts[0])
            if part.kind == "partial":
                return self._quotient(*part.parts[:2])
            return self._spelled_share(part) if part.kind == "softmax" else None

        return expression.replaced(put)

    def gradient(self, node: Value) -> str:
        """`δ₂⁽¹⁾` for a pre-activation, `∂E/∂w₂,₃⁽²⁾` for anything else, `∂E/∂(y₂ − t₂)`."""
        return self.text_style.print(self._spelled_gradient(node))

    def _spelled_share(self, softmax: Symbol) -> Symbol:
        """p₂, the second of a softmax; of sample 3, p₂#3; of a second softmax, p₂′."""
        number, operands = softmax.parts
        nodes = [operand.parts[0] for operand in operands if operand.kind == "node"]
        written: tuple[object, ...] = tuple(nodes)
        if len(nodes) < len(operands):  # one by hand
            written = tuple(self.text_style.print(self.spelled(operand)) for operand in operands)
        sample = self._given.sample_of(nodes)
        those = self._softmaxes.setdefault(sample, [])
        if written not in those:
            those.append(written)
        known = those.index(written) + 1
        letter = self._letter_of_shares
        text = f"{letter}{lowered(number)}{prime(known)}" + ("" if sample is None else f"#{sample}")
        raised = "" if sample is None else rf"^{{\#{sample}}}"
        return Symbol.named(text, latex_primed(f"{letter}_{{{number}}}{raised}", known))

    @cached_property
    def _softmaxes(self) -> dict[int | str | None, list[tuple[object, ...]]]:
        """The operands of each softmax of a sample, in the order of the graph; those by hand come when they are met."""
        found: dict[int | str | None, list[tuple[object, ...]]] = {}
        for node in self.order:
            if node.op is not None and node.op.name in ("log_sum_exp", "log_sum_exp_less"):
                operands = node.operands[node.op.name == "log_sum_exp_less" :]
                those = found.setdefault(self._given.sample_of(operands), [])
                if operands not in those:
                    those.append(operands)
        return found

    def _spelled_gradient(self, node: Value) -> Symbol:
        if signal := self.of([node])[node].signal:
            return Symbol.named(signal.text, signal.latex)
        return self._quotient(self.order[-1], node)

    def _quotient(self, of: Value, by: Value) -> Symbol:
        """∂of/∂by."""
        parts = [self.spelled(self.symbol(node), subject=True) for node in (of, by)]
        over, under = (self.text_style.print(part, RAISED if part.kind == "name" else ATOM) for part in parts)
        latex = [self.latex_style.print(part) for part in parts]
        return Symbol.named(f"∂{over}/∂{under}", rf"\frac{{\partial {latex[0]}}}{{\partial {latex[1]}}}")

    def _as_expression(self, node: Value) -> Symbol | None:
        """The expression that is the node's name; None if it has a name, or if that is too long."""
        if is_named(node) or node.op is None or node is self.order[-1]:
            return Symbol("number", node.data) if isinstance(node, Constant) and not node.label else None
        found = self._nested(node, NESTED)
        if found is None or found.kind in ("node", "number"):  # what is simplified to an operand is another node
            return None
        text = self.text_style.print(self.spelled(found))
        return None if len(text) > SHORT or text in self._ambiguous else found

    @cached_property
    def _ambiguous(self) -> set[str]:
        """Expressions that several nodes without a name have; of a large graph, none are looked for."""
        if len(self.order) > MANY:
            return set()
        unnamed = [n for n in self.order if n.op is not None and not isinstance(n, Constant) and not is_named(n)]
        found = [self._nested(node, NESTED) for node in unnamed]
        texts = Counter(self.text_style.print(self.spelled(x)) for x in found if x is not None)
        return {text for text, count in texts.items() if count > 1}

    def _nested(self, node: Value, nested: int) -> Symbol | None:
        if isinstance(node, Constant) and not node.label:
            return Symbol("number", node.data)
        if is_named(node) or node.op is None:
            return Symbol("node", node)
        if (share := share_of(node)) is not None:
            return share
        return operation_of(node, lambda operand: self._nested(operand, nested - 1)) if nested else None

    def _spelled_node(self, node: Value, subject: bool = False) -> Symbol:
        name = self.of([node])[node].parts[0 if subject else -1]
        if name.role is not None and not name.label:
            return Symbol.named(name.text, name.latex)
        if node.label.strip():
            text = self.numbered(node) if self._given.labels[node.label] > 1 else node.label
            text = shortened(text, LONGEST)
            return Symbol.named(text, latex_label(text), BESIDE if has_operators(text) else ATOM)
        if self._is_the_loss(node):
            return Symbol.named(self.notation.loss, latex_letter(self.notation.loss))
        if (expression := self.symbol(node)).kind != "node":
            return self.spelled(expression)
        place = self.places[node]
        return Symbol.named(self._letter + lowered(place), f"{self._letter}_{{{place}}}")

    def _is_the_loss(self, node: Value) -> bool:
        """Is it a root without a name, which goes by the letter of the loss?"""
        return node is self.order[-1] and not is_named(node) and not self._given.loss_is_taken

    def numbered(self, node: Value) -> str:
        """`tanh@17` for a node without a name, `x@3` for one of several with one label: by its place in the graph."""
        return f"{node.label if node.label.strip() else operation(node)}@{self.places[node]}"

    @cached_property
    def _letter(self) -> str:
        """v, unless labels are written like that."""
        return self._given.free_letter("vun")

    @cached_property
    def _letter_of_shares(self) -> str:
        """p, unless labels are written like that."""
        return self._given.free_letter("pqr")

    @cached_property
    def places(self) -> dict[Value, int]:
        """The place of each node in the graph, counted from 1."""
        return {node: place for place, node in enumerate(self.order, start=1)}


def called(order: Sequence[Value], notation: Notation | str | None = None) -> dict[Value, Name]:
    """The name of each node."""
    return Naming(order, notation).of(order)


def names(order: Sequence[Value], notation: Notation | str | None = None) -> dict[Value, str]:
    """What each node is called: its label, or its role in this notation, or nothing."""
    found = called(order, notation)
    return {node: found[node].text for node in order}


def operation(node: Value) -> str:
    """What made the node: the name of its rule, or "leaf"."""
    return node.op.name if node.op else "leaf"


def in_brackets(name: str) -> str:
    """The name beside an operator: `(x1*w1)`."""
    return f"({name})" if has_operators(name) else name


def has_operators(label: str) -> bool:
    """Is the label an expression, which needs brackets beside an operator: `x1*w1`, but not `f(a + b)`?"""
    while (inner := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", label)) != label:
        label = inner
    return bool(re.search(r"[-+*/^·−×÷=<>]|\S\s+\S", label))
