"""The names that nodes have by label or role, in a notation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from engine.naming.samples import distinguishing_numbers
from engine.support.labels import latex_label
from engine.support.notation import ERROR_SIGNAL, LOSS, PRE_ACTIVATION, Notation, Role, latex_primed, prime
from engine.support.numerals import on_the_line
from engine.value import Value

FEW = 16  # names that are worked out one by one; who asks for more gets all


class Name(NamedTuple):
    """What a node is called: its label, or else its role in a notation, with its sample where there are several."""

    notation: Notation
    label: str = ""
    role: Role | None = None
    sample: int | str | None = None
    occurrence: int = 1  # among the nodes of the same role and sample

    @property
    def text(self) -> str:
        if self.label or self.role is None:
            return self.label
        if self.occurrence == 1:
            return self.notation.text(self.role, self.sample)
        return " = ".join(self.notation.text(part, self.sample) + prime(self.occurrence) for part in self._roles)

    @property
    def latex(self) -> str:
        if self.label or self.role is None:
            return latex_label(self.label)
        return " = ".join(latex_primed(self.notation.latex(part, self.sample), self.occurrence) for part in self._roles)

    @property
    def plain(self) -> str:
        """As one types it: `w[2][2,3]`, `a[1][2]#3`, `w[1][1,1]'`."""
        if self.label or self.role is None:
            return self.label
        mark = on_the_line(prime(self.occurrence)).replace("′", "'")
        return self.notation.plain(self.role, self.sample) + mark

    @property
    def parts(self) -> tuple[Name, ...]:
        """`a₁⁽²⁾` and `y₁` of a node that is both."""
        return (self,) if self.label else tuple(self._replace(role=part) for part in self._roles) or (self,)

    @property
    def _roles(self) -> list[Role]:
        role = self.role
        return [role.only(kind) for kind in (role.kind, role.also) if kind] if role else []

    @property
    def signal(self) -> Name | None:
        """δ, if the node is a pre-activation: `δ₂⁽¹⁾` for `a₂⁽¹⁾`."""
        if self.label or self.role is None or self.role.kind != PRE_ACTIVATION:
            return None
        return self._replace(role=self.role.only(ERROR_SIGNAL))


class GivenNames:
    """The names that nodes of a graph have by label or role, worked out for those that are asked for.

    Where the graph holds several samples, the name of what differs between them carries its number. Where
    two networks, or two passes through one, give two nodes the same name, the second is primed: w₁′, w₁′′, w₁′³.
    """

    def __init__(self, order: Sequence[Value], notation: Notation) -> None:
        self.order, self.notation = order, notation
        self._known: dict[Value, Name] = {}
        self._asked = 0

    def of(self, nodes: Iterable[Value]) -> dict[Value, Name]:
        """The names of these nodes; empty for one that has neither label nor role."""
        asked = set(nodes)
        if not asked <= self._known.keys():
            self._asked += 1
            self._learn((asked if self._asked <= FEW else {*asked, *self.order}) - self._known.keys())
        return {node: self._known[node] for node in asked}

    def sample_of(self, nodes: Sequence[Value]) -> int | str | None:
        """The sample that the names of all of these nodes carry; None if there is no such."""
        samples = {name.sample for name in self.of(nodes).values()}
        return samples.pop() if len(samples) == 1 else None

    @cached_property
    def loss_is_taken(self) -> bool:
        """Is another node called by the letter of the loss: a loss that is a part of the root?"""
        losses = [node for node in self.order if node.role is not None and node.role.kind == LOSS and not node.label]
        return self.notation.loss in {*self.labels, *(name.text for name in self.of(losses).values())}

    @cached_property
    def labels(self) -> Counter[str]:
        return Counter(node.label for node in self.order)

    def free_letter(self, letters: str) -> str:
        """The first of the letters with which, and a number, no label is written."""
        taken = {label[0] for label in self.labels if re.fullmatch(r"[a-z]_?[0-9₀-₉]+", label)}
        return next((letter for letter in letters if letter not in taken), letters[0] + "ᵢ")

    @cached_property
    def _samples(self) -> dict[Value, int]:
        return distinguishing_numbers(self.order)

    def _learn(self, unknown: set[Value]) -> None:
        self._known |= {node: Name(self.notation, node.label, node.role) for node in unknown}
        indices = {node.role.index for node in unknown if node.role is not None}  # nodes of one name have one index
        spelled: dict[tuple[Any, ...], str] = {}  # roles may differ and still be written the same
        same: dict[tuple[str, int | None], list[Value]] = {}
        for node in self.order if indices else ():
            role = node.role
            if role is not None and role.index in indices and not node.label:
                written = role.kind, role.layer, role.index, role.also
                name = spelled.get(written) or spelled.setdefault(written, self.notation.text(role))
                same.setdefault((name, self._samples.get(node)), []).append(node)
        for (_, sample), those in same.items():
            if not unknown.isdisjoint(those):
                for occurrence, node in enumerate(self._in_order_of_use(those), start=1):
                    if node in unknown:
                        self._known[node] = Name(self.notation, "", node.role, sample, occurrence)

    @cached_property
    def _first_use(self) -> dict[Value, int]:
        """The leaves, counted in the order in which they are used."""
        used: dict[Value, int] = {}
        for user in self.order:
            for operand in user.operands:
                if not operand.operands:
                    used.setdefault(operand, len(used))
        return used

    def _in_order_of_use(self, nodes: list[Value]) -> list[Value]:
        """A leaf counts from its first use, so a second network's weights are primed, as its neurons are."""
        if len(nodes) == 1:
            return nodes
        leaves = [node for node in nodes if not node.operands]
        return [node for node in nodes if node.operands] + sorted(leaves, key=self._first_use.__getitem__)


def is_named(node: Value) -> bool:
    """Has it a label or a role?"""
    return bool(node.label.strip()) or node.role is not None
