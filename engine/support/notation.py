"""Roles, and the names that a notation gives them.

A node that `nn` makes has a `Role`: what it is in its network, and the `Notation` of its model, which turns roles into
names when they are shown. `text` is for screens and pictures, `plain` for keyboards, `latex` for paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.support.labels import latex_label, latex_letter
from engine.support.numerals import lowered, number, raised

INPUT, WEIGHT, BIAS = "input", "weight", "bias"
PRE_ACTIVATION, ACTIVATION, OUTPUT = "pre-activation", "activation", "output"
TARGET, LOSS = "target", "loss"
KINDS = (INPUT, WEIGHT, BIAS, PRE_ACTIVATION, ACTIVATION, OUTPUT, TARGET, LOSS)
ERROR_SIGNAL = "error signal"  # no role of a node, but what a notation calls the derivative by a pre-activation

NOT_COMPUTED = "—"  # a gradient that no backward pass has reached: not the same as zero


class Sample:
    """What the nodes of one pass through a model share, so that several samples in a graph keep apart."""

    __slots__ = ()


@dataclass(frozen=True)
class Notation:
    """The letters of a textbook, one for each kind of role.

    `output=""` writes an output as the activation of the last layer.
    """

    name: str
    pre_activation: str
    activation: str
    loss: str
    output: str = "y"
    input: str = "x"
    weight: str = "w"
    bias: str = "b"
    target: str = "t"
    delta: str = "δ"

    def letter(self, kind: str) -> str:
        """The letter for a kind of role, such as "weight"; ValueError for what is none."""
        if kind == ERROR_SIGNAL:
            return self.delta
        if kind not in KINDS:
            raise ValueError(f"unknown kind of role {kind!r}; a role is one of {', '.join(KINDS)}")
        letter: str = getattr(self, kind.replace("-", "_"))
        return letter or self.activation

    def text(self, role: Role, sample: int | str | None = None) -> str:
        """`w₂,₃⁽²⁾`; with two parts `a₁⁽²⁾ = y₁`; with a sample `a₂⁽¹⁾#3`."""
        names = [self._text(kind, role, sample) for kind in (role.kind, role.also) if kind]
        return " = ".join(names)

    def _text(self, kind: str, role: Role, sample: int | str | None) -> str:
        layer = self._layer(kind, role)
        upper = "" if layer is None else raised(f"({layer})")
        lower = lowered(",".join(map(str, role.index)))
        return self.letter(kind) + lower + upper + ("" if sample is None else f"#{sample}")

    def plain(self, role: Role, sample: int | str | None = None) -> str:
        """`w[2][2,3]`, `a[1][2]#3`: the layer, then the index."""
        layer = self._layer(role.kind, role)
        parts = ([] if layer is None else [str(layer)]) + ([",".join(map(str, role.index))] if role.index else [])
        letter = self.letter(role.kind).replace("δ", "delta")
        return letter + "".join(f"[{p}]" for p in parts) + ("" if sample is None else f"#{sample}")

    def latex(self, role: Role, sample: int | str | None = None) -> str:
        r"""`w_{2,3}^{(2)}`, without the dollar signs."""
        return " = ".join(self._latex(kind, role, sample) for kind in (role.kind, role.also) if kind)

    def _latex(self, kind: str, role: Role, sample: int | str | None) -> str:
        layer = self._layer(kind, role)
        upper = ("" if layer is None else f"({layer})") + ("" if sample is None else rf"\,\#{sample}")
        lower = ",".join(map(str, role.index))
        return latex_letter(self.letter(kind)) + (f"_{{{lower}}}" if lower else "") + (f"^{{{upper}}}" if upper else "")

    def _layer(self, kind: str, role: Role) -> int | None:
        """Inputs, targets, the loss and outputs with a letter of their own are written without a layer."""
        bare = kind in (INPUT, TARGET, LOSS) or (kind == OUTPUT and bool(self.output))
        return None if bare else role.layer

    def error_signal(self, role: Role, sample: int | str | None = None) -> str:
        """`δ₂⁽¹⁾` for the pre-activation with this role."""
        return self._text(ERROR_SIGNAL, role, sample)

    def gradient(self, name: str, root: str = "") -> str:
        """`∂E/∂w₂,₃⁽²⁾` for the name of a node; of another root than the loss, `∂d/∂x`."""
        return f"∂{root or self.loss}/∂{name.split(' = ')[0]}"

    def latex_gradient(self, name: str, root: str = "") -> str:
        r"""`\frac{\partial E}{\partial w_{2,3}^{(2)}}` for the LaTeX of a name."""
        return rf"\frac{{\partial {root or latex_label(self.loss)}}}{{\partial {name}}}"


BISHOP = Notation("Bishop", pre_activation="a", activation="z", loss="E")
NIELSEN = Notation("Nielsen", pre_activation="z", activation="a", loss="C", output="", target="y")
NOTATIONS = {notation.name.lower(): notation for notation in (BISHOP, NIELSEN)}


@dataclass(unsafe_hash=True, slots=True, repr=False)
class Role:
    """What a node is in a network; layers, neurons and weights count from 1, inputs are layer 0.

    No one changes a role. It isn't frozen since each input of each sample gets one, and that would take three times as
    long.
    """

    kind: str
    layer: int | None = None
    index: tuple[int, ...] = ()  # (neuron,), or for a weight (neuron, input); the letter k where a sum runs over it
    also: str = ""  # a second kind: without an activation function a pre-activation is the activation, too
    sample: Sample | None = None
    notation: Notation = field(default=BISHOP, compare=False)  # of its model: no part of what it is

    def __repr__(self) -> str:
        return f"Role({' and '.join(filter(None, (self.kind, self.also)))}, {self.name})"

    def of(self, sample: Sample) -> Role:
        return Role(self.kind, self.layer, self.index, self.also, sample, self.notation)

    def plays(self, kind: str) -> bool:
        return kind in (self.kind, self.also)

    def only(self, kind: str) -> Role:
        """The role of this kind in the same place: one of two kinds, or the error signal."""
        return Role(kind, self.layer, self.index, "", self.sample, self.notation)

    @property
    def name(self) -> str:
        """What the notation of its model calls it."""
        return self.notation.text(self)


def notation_for(asked: Notation | str | None, nodes: Iterable[Any]) -> Notation:
    """The notation asked for, itself or by its name; if none is, that of the first of the nodes that has a role.

    Where no node has one, it is BISHOP. Raises ValueError for an unknown name, TypeError for what is no notation.
    """
    if asked is None:
        return next((node.role.notation for node in nodes if node.role is not None), BISHOP)
    if isinstance(asked, Notation):
        return asked
    known = " or ".join(map(repr, NOTATIONS))
    if not isinstance(asked, str):
        raise TypeError(f"a notation must be a Notation, or {known}; got {asked!r} ({type(asked).__name__})")
    if asked.lower() not in NOTATIONS:
        raise ValueError(f"unknown notation {asked!r}; it must be {known}, or a Notation of your own")
    return NOTATIONS[asked.lower()]


def prime(occurrence: int) -> str:
    """The mark of the nth thing of one name: none, ′, ′′, then ′³ for the fourth …"""
    return "′" * (occurrence - 1) if occurrence <= 3 else f"′{raised(occurrence - 1)}"


def latex_primed(name: str, occurrence: int) -> str:
    """A primed name for LaTeX, in braces, since what has a superscript can't have another."""
    mark = {1: "", 2: "'", 3: "''"}.get(occurrence, rf"^{{\prime {occurrence - 1}}}")
    return f"{{{name}}}{mark}" if mark else name


def described(node: Any, name: str) -> str:
    """The node as `repr` shows it, under this name: `Value(w₂,₃⁽²⁾ = 0.6, grad = −0.003422)`."""
    gradient = number(node.grad) if node.computed else NOT_COMPUTED
    return f"Value({f'{name} = ' if name else ''}{number(node.data)}, grad = {gradient})"
