"""What both figures of a network are drawn on: a canvas, and the names, numbers and tooltips in a notation."""

from __future__ import annotations

from collections.abc import Sequence

from engine.naming.names import Naming, in_brackets
from engine.support.labels import one_line
from engine.support.notation import LOSS, Role
from engine.value import Value
from viz.network.canvas import Canvas
from viz.network.placement import Box
from viz.network.recorded import RecordedModel, RecordedNeuron
from viz.renderer import Drawing
from viz.sheet import Sheet
from viz.text import tidy, width
from viz.theme import Theme

NAME, SMALL, TITLE = 11.0, 9.5, 14.0  # font sizes: in circles and blocks, on connections, of the title
LINE, SMALL_LINE = 17.0, 15.0  # from one line of text to the next
NOT_IN_THIS_LOSS = "not in this loss"


class NetworkSheet(Sheet):
    """A figure in the making: of a model and its loss, the root of the graph."""

    def __init__(self, model: RecordedModel, naming: Naming, theme: Theme, title: str) -> None:
        super().__init__(naming, theme, title)
        self.model, self.loss, self.canvas = model, self.order[-1], Canvas(theme)

    def name(self, value: Value) -> str:
        """Its label, or else what the notation calls its role."""
        return tidy(value.label) or (self.by_role(value.role) if value.role is not None else "")

    def pre_activation(self, recorded: RecordedNeuron) -> str:
        """What a neuron's a is called; where it is z, too, a label is the name of z."""
        role, a = recorded.neuron.pre_activation_role, recorded.a
        own = tidy(a.label) if a is not None and a is not recorded.z else ""
        return own or self.by_role(role.only(role.kind))

    def activation(self, recorded: RecordedNeuron) -> str:
        own = tidy(recorded.z.label) if recorded.z is not None else ""
        return own or self.by_role(recorded.neuron.result_role)

    def delta(self, recorded: RecordedNeuron) -> str:
        self.signal()
        return self.notation.error_signal(recorded.neuron.pre_activation_role)

    def equation(self, value: Value, name: str = "") -> str:
        """The value's name and number."""
        return f"{name or self.name(value)} = {self.number(value.data)}"

    def slope_equation(self, value: Value, letter: str) -> str:
        """`∂E/∂w = −0.04150`, or by the label if it has one."""
        return f"{self.slope(in_brackets(tidy(value.label)) or letter)} = {self.gradient(value)}"

    def tooltip(self, value: Value, name: str = "") -> str:
        """Name, number and gradient, with more digits; `name` is for what has neither label nor role."""
        label = one_line(value.label)
        name = label or (self.notation.text(value.role) if value.role is not None else name)
        return self.more(value, name, "" if label or value.role else self.slope(name))

    def draw_loss(self, x: float, left: float) -> tuple[str, Box]:
        """The loss in a panel at (x, 0), or further to the right if it would begin before `left`: its id and place."""
        label = self.equation(self.loss, self.name(self.loss) or self.by_role(Role(LOSS)))
        wide = width(label, NAME) + 20
        x = max(x, left + wide / 2)
        box = Box(x, 0.0, wide, 30)
        panel = self.canvas.panel(box, self.tooltip(self.loss, self.root_name))
        self.canvas.text(x, 0.0, label, self.theme.ink, NAME)
        return panel, box

    def remarks(self) -> list[str]:
        model, found = self.model, []
        if model.samples > 1:
            found.append(
                f"sample {model.sample} of {model.samples}; gradients of weights and biases are sums over all samples"
            )
        if model.passes > 1:
            found.append(f"{model.passes} passes through this network in the sample; this is the last")
        return [*found, *super().remarks()]

    def finish(self, notes: Sequence[str], y: float) -> Drawing:
        """The figure under its title, with notes, letters and remarks from the height `y` downwards."""
        canvas, theme, left = self.canvas, self.theme, self.canvas.left
        for i, note in enumerate([*notes, *self.letters(), *self.remarks()]):
            canvas.text(left, y - SMALL_LINE * i, note, theme.faint, SMALL, left=True)
        if self.title:
            canvas.text(left, canvas.top + TITLE + 8, self.title, theme.ink, TITLE, left=True)
        return canvas.drawing
