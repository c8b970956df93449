"""How a node is found by what it is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from engine.naming.names import Name, Naming, operation
from engine.support.notation import Notation
from engine.support.numerals import on_the_line
from engine.value import Value

MANY = 2000  # names that are compared with one that is unknown; more would keep the asker waiting


def find(order: Sequence[Value], label: str, notation: Notation | str | None = None) -> Value:
    """The node with this label, or else with this name.

    A name is what `names` gives, either part of `a₁⁽²⁾ = y₁`, the δ of a pre-activation, or one of these as it
    is typed: `w[2][2,3]`, `delta[1][2]#3`. `tanh@17` is the 17th node in the order, which is a tanh; `x@3` the third,
    which has the label x. Raises ValueError, with what there is, for a name of no node or of several.
    """
    return find_named(Naming(order, notation), label)


def called(node: Value, name: str) -> bool:
    """Whether this is what the node is called: `node.called("a[1][2]")`, for the conditions of a debugger.

    By its label; without one, by each name of its role in the notation of its model: `a₂⁽¹⁾`, `δ₂⁽¹⁾`, `delta[1][2]`.
    One node does not know its graph, so of several samples each is called `a[1][2]`, and none `a[1][2]#3`. Takes
    constant time.
    """
    if not isinstance(name, str):
        raise TypeError(f"a node is called by a str; got {name!r} ({type(name).__name__})")
    if node.label or node.role is None:
        return name != "" and node.label == name
    asked = "".join(name.split())
    return not {asked, asked.replace("δ[", "delta[")}.isdisjoint(_spellings(Name(node.role.notation, role=node.role)))


Value.called = called  # type: ignore[assignment, method-assign]  # value.py declares it


def find_named(naming: Naming, label: str) -> Value:
    """`find`, where a naming is at hand."""
    if not isinstance(label, str):
        raise TypeError(f"a node is found by its label, a str; got {label!r} ({type(label).__name__})")
    order = naming.order
    labelled = [node for node in order if node.label == label] if label else []
    if len(labelled) == 1:
        return labelled[0]
    if labelled:
        raise ValueError(f"{len(labelled)} nodes have the label {label!r}; pass the one that you mean")
    if (placed := _at_place(order, label)) is not None:
        return placed
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


def _at_place(order: Sequence[Value], label: str) -> Value | None:
    """The node that `Naming.numbered` writes like this."""
    what, _, place = label.rpartition("@")
    if not re.fullmatch(r"[0-9]{1,9}", place) or not 1 <= int(place) <= len(order):
        return None
    node = order[int(place) - 1]
    return node if what and what in (node.label, operation(node)) else None


def _spellings(name: Name) -> list[str]:
    forms = [name, *name.parts] + ([name.signal] if name.signal else [])
    return [spelling for form in forms for spelling in ("".join(form.text.split()), form.plain)]


def _index_in(label: str) -> tuple[int, ...]:
    """The index that a name ends with: (2, 3) of w₂,₃⁽²⁾ and of w[2][2,3]; () of E."""
    lowered = re.search(r"[₀-₉]+(,[₀-₉]+)*", label)
    typed = re.findall(r"\[([\d, ]+)\]", label)
    digits = on_the_line(lowered[0]) if lowered else typed[-1] if typed else ""
    return tuple(map(int, re.findall(r"\d+", digits)))


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
