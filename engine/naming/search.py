"""How a node is found by what it is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice

from engine.naming.given import Name, is_named
from engine.naming.names import Naming, has_operators, operation
from engine.support.notation import NOTATIONS, Notation
from engine.support.numerals import on_the_line
from engine.value import Value

MANY = 2000  # names that are compared with one that is unknown; more would keep the asker waiting


def find(order: Sequence[Value], label: str, notation: Notation | str | None = None) -> Value:
    """The node with this label, or else with this name.

    A name is what `Naming.called` gives, either part of `a₁⁽²⁾ = y₁`, the δ of a pre-activation, or one of these as it
    is typed: `w[2][2,3]`, `delta[1][2]#3`, `δ[1][2]`; in the graph's notation, or else in another one that is built in.
    `v₁₇`, `v17` and `tanh@17` are the 17th node in the order; `x@3` the third, which has the label x. Raises
    ValueError, with what there is, for a name of no node or of several.
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
    for placed in (_at_place(order, label), _counted(naming, label)):
        if placed is not None:
            return placed
    for notation in dict.fromkeys((naming.notation, *NOTATIONS.values())):
        named = naming if notation is naming.notation else Naming(order, notation, naming.numerals)
        if (found := _by_role(named, label)) is not None:
            return found
    if (unnamed := _unnamed(naming, label)) is not None:
        return unnamed
    raise ValueError(f"nothing here is called {label!r}{_near(naming, label)}")


def _by_role(naming: Naming, label: str) -> Value | None:
    """The node whose role is written like this in a notation; ValueError if there are several."""
    index, asked = _index_in(label), _typed(label)
    bare: dict[Value, Name] = {}  # those that it would name if there were one sample, and no twin
    for node, name in naming.of(n for n in naming.order if n.role is not None and n.role.index == index).items():
        if asked in _spellings(name):
            return node
        if asked in _spellings(name._replace(sample=None, occurrence=1)):
            bare[node] = name
    if len(bare) > 1:
        some = sorted(name.plain for name in bare.values())
        raise ValueError(
            f"{len(bare)} nodes are called {label!r}: {', '.join(some[:3])}{', …' * (len(bare) > 3)}; say which one"
        )
    return next(iter(bare), None)


def _unnamed(naming: Naming, label: str) -> Value | None:
    """The node without a name of its own that is called like this: the root, or one whose name is its expression."""
    if label in (naming.called(naming.order[-1]), "root"):
        return naming.order[-1]
    if not has_operators(label) and "(" not in label:
        return None
    asked = "".join(label.split()).translate(_TYPED)
    unnamed = (node for node in naming.order if node.op is not None and node.role is None and not node.label)
    those = [n for n in islice(unnamed, MANY) if asked == "".join(naming.called(n).split()).translate(_TYPED)]
    if len(those) > 1:
        places = ", ".join(map(naming.numbered, those[:3]))
        raise ValueError(f"{len(those)} nodes are called {label!r}: {places}{', …' * (len(those) > 3)}; say which one")
    return those[0] if those else None


_TYPED = str.maketrans({"*": "·", "-": "−"})


def _at_place(order: Sequence[Value], label: str) -> Value | None:
    """The node that `Naming.numbered` writes like this."""
    what, _, place = label.rpartition("@")
    if not re.fullmatch(r"[0-9]{1,9}", place) or not 1 <= int(place) <= len(order):
        return None
    node = order[int(place) - 1]
    return node if what and what in (node.label, operation(node)) else None


def _counted(naming: Naming, label: str) -> Value | None:
    """The node that is called v₁₇, as it is printed or typed."""
    order = naming.order
    if not re.fullmatch(r"[vun][0-9₀-₉]{1,9}", label) or not 1 <= int(on_the_line(label)[1:]) <= len(order):
        return None
    node = order[int(on_the_line(label)[1:]) - 1]
    return node if on_the_line(naming.called(node)) == on_the_line(label) else None


def _typed(label: str) -> str:
    return "".join(label.split()).replace("δ[", "delta[")


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
    printed = not label.isascii()  # a keyboard has other names
    spelled = [*dict.fromkeys(form.text if printed else form.plain for form in forms)]
    root = naming.order[-1]
    if not is_named(root):
        spelled.append(naming.called(root))
    if near := get_close_matches(label, spelled, n=3):
        return f"; did you mean {' or '.join(map(repr, near))}?"
    return f"; there are {', '.join(map(repr, spelled[:6]))}{', …' * (len(spelled) > 6)}" if spelled else ""
