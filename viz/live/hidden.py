"""What `hide=` asks for: which values and gradients a page leaves for its reader to find."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from engine.naming.names import Naming
from engine.naming.search import find_named
from engine.support.notation import PRE_ACTIVATION
from engine.value import Constant, Value
from viz.live.markup import GRADIENT, VALUE

Hidden = tuple[int, str]  # a node by its place, and which of its numbers

KINDS = ("deltas", "gradients", "values")


def hidden(naming: Naming, hide: Any) -> list[Hidden]:
    """The numbers that are hidden, in the order of the graph.

    `hide` is "deltas", "gradients", "values", a list of names, or ("random", seed, n). A name hides the value of an
    operation and the gradient of a leaf; `δ[1][2]` and `∂E/∂w` hide gradients. Raises ValueError for anything else.
    """
    if hide is None:
        return []
    everything = [*_values(naming), *_gradients(naming)]
    if hide == "values":
        found = _values(naming)
    elif hide == "gradients":
        found = _gradients(naming)
    elif hide == "deltas":
        found = [(i, GRADIENT) for i, node in enumerate(naming.order) if node.role and node.role.kind == PRE_ACTIVATION]
        if not found:
            raise ValueError('hide="deltas" hides δ of pre-activations, and this graph has none; hide="gradients"?')
    elif _is_random(hide):
        _, seed, count = hide
        if not 1 <= count <= len(everything):
            raise ValueError(f"this graph has {len(everything)} numbers to hide; got {hide!r}")
        found = Random(seed).sample(everything, count)
    elif isinstance(hide, Sequence) and not isinstance(hide, str) and all(isinstance(name, str) for name in hide):
        found = [_named(naming, name) for name in hide]
    else:
        kinds = ", ".join(f'"{kind}"' for kind in KINDS)
        raise ValueError(f'hide must be {kinds}, a list of names, or ("random", seed, n); got {hide!r}')
    return sorted(set(found))


def _is_random(hide: Any) -> bool:
    kinds = [type(part) for part in hide] if isinstance(hide, tuple) else []
    return kinds == [str, int, int] and hide[0] == "random"


def _values(naming: Naming) -> list[Hidden]:
    return [(i, VALUE) for i, node in enumerate(naming.order) if node.operands and not isinstance(node, Constant)]


def _gradients(naming: Naming) -> list[Hidden]:
    """All but that of the root, which is 1."""
    return [(i, GRADIENT) for i, node in enumerate(naming.order[:-1]) if not isinstance(node, Constant)]


def _named(naming: Naming, name: str) -> Hidden:
    of, slash, by = name.partition("/∂")
    is_quotient = of.startswith("∂") and bool(slash)
    node: Value = find_named(naming, by if is_quotient else name)
    is_signal = name.replace(" ", "").startswith(("δ", "delta[")) and node.label != name
    place = next(i for i, other in enumerate(naming.order) if other is node)
    return place, GRADIENT if is_quotient or is_signal or not node.operands else VALUE
