"""What every picture is written on: its numbers and letters, and from them what its legend has to explain."""

from __future__ import annotations

from engine.naming.names import Naming, in_brackets
from engine.naming.remarks import remarks
from engine.support.labels import one_line
from engine.support.notation import (
    ACTIVATION,
    ERROR_SIGNAL,
    KINDS,
    NOT_COMPUTED,
    OUTPUT,
    PRE_ACTIVATION,
    Role,
)
from engine.value import Value
from viz.text import exact, tidy
from viz.theme import Theme


class Sheet:
    """A picture in the making: of the nodes of a graph, the last of them its root, with their names, in a theme."""

    def __init__(self, naming: Naming, theme: Theme, title: str) -> None:
        self.naming, self.order, self.notation = naming, naming.order, naming.notation
        self.theme, self.title = theme, one_line(title)
        self.number = naming.number  # every number that the picture shows goes through it
        self.root_name = in_brackets(tidy(naming.called(self.order[-1])))  # in ∂root/∂name
        self.kinds: set[str] = set()  # of roles whose letters are in the picture
        self.marks: set[str] = set()  # what else is in it that its legend explains

    def by_role(self, role: Role) -> str:
        """The name that the notation gives to a role."""
        self.kinds |= {kind for kind in (role.kind, role.also) if kind}
        return self.notation.text(role)

    def slope(self, name: str) -> str:
        """`∂E/∂name`; the name is written as it is."""
        return f"∂{self.root_name}/∂{name}"

    def signal(self) -> str:
        """The letter δ."""
        self.kinds |= {ERROR_SIGNAL, PRE_ACTIVATION}
        return self.notation.delta

    def gradient(self, value: Value) -> str:
        return self.number(value.grad) if value.computed else self.not_computed()

    def not_computed(self) -> str:
        self.marks.add(NOT_COMPUTED)
        return NOT_COMPUTED

    def more(self, value: Value, name: str, slope: str = "") -> str:
        """For a tooltip: the value and its gradient, with more digits."""
        gradient = exact(value.grad) if value.computed else NOT_COMPUTED
        return f"{name} = {exact(value.data)}; {slope or one_line(self.naming.gradient(value))} = {gradient}"

    def letters(self) -> list[str]:
        """The letters that the picture uses, with what they stand for: a line, if there are any."""
        notation = self.notation
        meanings: dict[str, str] = {}
        for kind in (kind for kind in KINDS if kind in self.kinds):
            own = kind != OUTPUT or notation.output  # or it is written as the activation of the last layer
            meanings.setdefault(notation.letter(kind), kind if own else ACTIVATION)
        words = [f"{letter} {meaning}" for letter, meaning in meanings.items()]
        if ERROR_SIGNAL in self.kinds:
            words.append(f"{notation.delta} = {self.slope(notation.pre_activation)}")
        return [f"{notation.name}’s notation: {', '.join(words)}"] if words else []

    def remarks(self) -> list[str]:
        """What a reader must know of the numbers, a line each."""
        return remarks(self.naming, dash=NOT_COMPUTED in self.marks)
