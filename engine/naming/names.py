"""Reading a graph: which sample a node belongs to, and what each node is called there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

from engine.support.labels import latex_label
from engine.support.notation import (
    BISHOP,
    ERROR_SIGNAL,
    LOSS,
    PRE_ACTIVATION,
    TARGET,
    Notation,
    Role,
    Sample,
    latex_primed,
    prime,
)
from engine.support.numerals import on_the_line
from engine.value import Value


def samples(order: Sequence[Value]) -> dict[Value, Sample]:
    """The sample of each node that has one: its own, or else the one that its operands agree on."""
    found: dict[Value, Sample] = {}
    joint: dict[frozenset[Sample], Sample] = {}  # a neuron that sees several samples answers for all of them together
    targets = {node for node in order if node.role is not None and node.role.kind == TARGET}
    compared: dict[Value, set[Sample]] = {}  # the samples that each target is compared with
    network: set[Value] = set()  # neurons and what is computed from them: there a sample goes on, and none begins
    for node in order:
        role, operands = node.role, node.operands
        inside = not network.isdisjoint(operands)
        if inside or (role is not None and role.kind == PRE_ACTIVATION):
            network.add(node)
        if role is not None and role.sample is not None and not inside:
            found[node] = role.sample
            continue
        if not operands:
            continue
        inherited = {*map(found.get, operands)} - _NONE
        if len(inherited) == 1:
            (found[node],) = inherited  # type: ignore[assignment]
        elif inherited and role is not None and role.kind != LOSS:
            found[node] = joint.setdefault(frozenset(inherited), Sample())  # type: ignore[arg-type]
        if node in found and not targets.isdisjoint(operands):
            for target in targets.intersection(operands):
                compared.setdefault(target, set()).add(found[node])
    for target, those in compared.items():
        if len(those) == 1:  # of several, it belongs to none
            found.setdefault(target, *those)
    return found


_NONE = frozenset([None])


def sample_numbers(order: Sequence[Value]) -> dict[Value, int]:
    """`samples`, counted from 1 in the order in which they come."""
    found = samples(order)
    number = {sample: i for i, sample in enumerate(dict.fromkeys(found.values()), start=1)}
    return {node: number[sample] for node, sample in found.items()}


def several_samples(order: Sequence[Value]) -> bool:
    """Are there two? Only where there are do joint ones come about, and numbers have a use."""
    return len({node.role.sample for node in order if node.role is not None} - _NONE) > 1


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
        return " = ".join(self.notation.text(part, self.sample) + prime(self.occurrence) for part in self._parts)

    @property
    def latex(self) -> str:
        if self.label or self.role is None:
            return latex_label(self.label)
        return " = ".join(latex_primed(self.notation.latex(part, self.sample), self.occurrence) for part in self._parts)

    @property
    def plain(self) -> str:
        """As one types it: `w[2][2,3]`, `a[1][2]#3`, `w[1][1,1]'`."""
        if self.label or self.role is None:
            return self.label
        return self.notation.plain(self.role, self.sample) + on_the_line(prime(self.occurrence)).replace("′", "'")

    @property
    def parts(self) -> tuple[Name, ...]:
        """`a₁⁽²⁾` and `y₁` of a node that is both."""
        return (self,) if self.label else tuple(self._replace(role=part) for part in self._parts) or (self,)

    @property
    def _parts(self) -> list[Role]:
        role = self.role
        return [role._replace(kind=kind, also="") for kind in (role.kind, role.also) if kind] if role else []

    @property
    def signal(self) -> Name | None:
        """δ, if the node is a pre-activation: `δ₂⁽¹⁾` for `a₂⁽¹⁾`."""
        if self.label or self.role is None or self.role.kind != PRE_ACTIVATION:
            return None
        return self._replace(role=self.role._replace(kind=ERROR_SIGNAL, also=""))


class Naming:
    """What the nodes of a graph are called in a notation, worked out for those that are asked for.

    Where the graph holds several samples, the name of what differs between them carries its number. Where
    two networks, or two passes through one, give two nodes the same name, the second is primed: w₁′, w₁′′, w₁′³.
    """

    def __init__(self, order: Sequence[Value], notation: Notation = BISHOP) -> None:
        self.order, self.notation = order, notation
        self._known: dict[Value, Name] = {}

    @cached_property
    def numbers(self) -> dict[Value, int]:
        numbers = sample_numbers(self.order) if several_samples(self.order) else {}
        return numbers if len(set(numbers.values())) > 1 else {}

    def of(self, nodes: Iterable[Value]) -> dict[Value, Name]:
        """The names of these nodes."""
        asked = set(nodes)
        self._learn(asked - self._known.keys())
        return {node: self._known[node] for node in asked}

    def _learn(self, wanted: set[Value]) -> None:
        self._known |= {node: Name(self.notation, node.label) for node in wanted}
        indices = {node.role.index for node in wanted if node.role is not None}  # nodes of one name have one index
        spelled: dict[tuple[Any, ...], str] = {}  # roles may differ and still be written the same
        same: dict[tuple[str, int | None], list[Value]] = {}
        for node in self.order if indices else ():
            role = node.role
            if role is not None and role.index in indices and not node.label:
                name = spelled.get(role[:4]) or spelled.setdefault(role[:4], self.notation.text(role))
                same.setdefault((name, self.numbers.get(node)), []).append(node)
        for (_, number), those in same.items():
            if not wanted.isdisjoint(those):
                for occurrence, node in enumerate(self._in_order_of_use(those), start=1):
                    if node in wanted:
                        self._known[node] = Name(self.notation, "", node.role, number, occurrence)

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


def called(order: Sequence[Value], notation: Notation = BISHOP) -> dict[Value, Name]:
    """The name of each node."""
    return Naming(order, notation).of(order)


def names(order: Sequence[Value], notation: Notation = BISHOP) -> dict[Value, str]:
    """What each node is called: its label, or its role in this notation, or nothing."""
    found = called(order, notation)
    return {node: found[node].text for node in order}


def operation(node: Value) -> str:
    """What made the node: the name of its rule, or "leaf"."""
    return node.op.name if node.op else "leaf"


def find(order: Sequence[Value], label: str, notation: Notation = BISHOP) -> Value:
    """The node with this label, or else with this name.

    A name is what `names` gives, either part of `a₁⁽²⁾ = y₁`, the δ of a pre-activation, or one of these as it
    is typed: `w[2][2,3]`, `delta[1][2]#3`. `tanh@17` is the 17th node in the order, which is a tanh. Raises
    ValueError, with what there is, for a name of no node or of several.
    """
    return find_named(Naming(order, notation), label)


def find_named(naming: Naming, label: str) -> Value:
    """`find`, with names that go on being used."""
    if not isinstance(label, str):
        raise TypeError(f"a node is found by its label, a str; got {label!r} ({type(label).__name__})")
    order = naming.order
    labelled = [node for node in order if node.label == label] if label else []
    if len(labelled) == 1:
        return labelled[0]
    if labelled:
        raise ValueError(f"{len(labelled)} nodes have the label {label!r}; pass the one that you mean")
    if (place := re.fullmatch(r"(\w+)@(\d{1,9})", label)) and 1 <= int(place[2]) <= len(order):
        node = order[int(place[2]) - 1]
        if operation(node) == place[1]:
            return node
    index, asked = _index_in(label), "".join(label.split())
    bare: dict[Value, Name] = {}  # those that it would name if there were one sample, and no twin
    for node, name in naming.of(n for n in order if n.role is not None and n.role.index == index).items():
        if asked in _spellings(name):
            return node
        if asked in _spellings(name._replace(sample=None, occurrence=1)):
            bare[node] = name
    if len(bare) == 1:
        return next(iter(bare))
    if bare:
        some = sorted(name.text for name in bare.values())
        raise ValueError(
            f"{len(bare)} nodes are called {label!r}: {', '.join(some[:3])}{', …' * (len(bare) > 3)}; say which one"
        )
    raise ValueError(f"nothing here is called {label!r}{_near(naming, label)}")


def _spellings(name: Name) -> list[str]:
    forms = [name, *name.parts] + ([name.signal] if name.signal else [])
    return [spelling for form in forms for spelling in ("".join(form.text.split()), form.plain)]


def _index_in(label: str) -> tuple[int, ...]:
    """The index that a name ends with: (2, 3) of w₂,₃⁽²⁾ and of w[2][2,3]; () of E."""
    lowered = re.search(r"[₀-₉]+(,[₀-₉]+)*", label)
    typed = re.findall(r"\[([\d, ]+)\]", label)
    digits = on_the_line(lowered[0]) if lowered else typed[-1] if typed else ""
    return tuple(int(part) for part in digits.split(",") if part.strip())


MANY = 2000  # names that are compared with one that is unknown; more would keep the asker waiting


def _near(naming: Naming, label: str) -> str:
    """The names most like this one, typed or printed as it is."""
    named = [node for node in naming.order if node.label or node.role is not None]
    alike = [node for node in named if node.label[:1] == label[:1] or node.role is not None][:MANY] or named[:MANY]
    found = naming.of(alike)
    forms = [form for node in alike for form in (*found[node].parts, found[node].signal) if form]
    spelled = [*dict.fromkeys(form.plain if "[" in label else form.text for form in forms)]
    if near := get_close_matches(label, spelled, n=3):
        return f"; did you mean {' or '.join(map(repr, near))}?"
    return f"; there are {', '.join(map(repr, spelled[:6]))}{', …' * (len(spelled) > 6)}" if spelled else ""
