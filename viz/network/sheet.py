"""What both figures of a network are drawn on: a canvas, and the names, numbers and tooltips in a notation."""

from __future__ import annotations

from collections.abc import Sequence

from engine.support.labels import one_line
from engine.support.notation import NOT_COMPUTED, Notation
from engine.support.numerals import number
from engine.value import Value
from viz.network.canvas import Canvas
from viz.network.placement import Box
from viz.network.recorded import RecordedModel
from viz.text import exact, tidy, width
from viz.theme import Theme

NAME, SMALL = 11.0, 9.5  # font sizes: in circles and blocks, on connections
LINE, SMALL_LINE = 17.0, 15.0  # from one line of text to the next
NOT_IN_THIS_LOSS = "not in this loss"


class NetworkSheet:
    """A figure in the making: of a model and its loss, in a notation and a theme."""

    def __init__(self, model: RecordedModel, loss: Value, notation: Notation, theme: Theme) -> None:
        self.model, self.loss, self.notation, self.theme = model, loss, notation, theme
        self.canvas = Canvas(theme)

    def name(self, value: Value) -> str:
        return tidy(value.label) or (self.notation.text(value.role) if value.role is not None else "")

    def equation(self, value: Value, name: str = "") -> str:
        """The value's name and number."""
        return f"{name or self.name(value)} = {number(value.data)}"

    def gradient(self, value: Value) -> str:
        return number(value.grad) if value.computed else NOT_COMPUTED

    def tooltip(self, value: Value) -> str:
        """Name, number and gradient, with more digits."""
        name = one_line(value.label) or self.name(value)
        slope = exact(value.grad) if value.computed else NOT_COMPUTED
        return f"{name} = {exact(value.data)}; {self.notation.gradient(name)} = {slope}"

    def draw_loss(self, x: float) -> tuple[str, Box]:
        """The loss in a panel at (x, 0): the panel's id and place."""
        label = self.equation(self.loss, self.name(self.loss) or self.notation.loss)
        box = Box(x, 0.0, width(label, NAME) + 20, 30)
        panel = self.canvas.panel(box, self.tooltip(self.loss))
        self.canvas.text(x, 0.0, label, self.theme.ink, NAME)
        return panel, box

    def remarks(self) -> list[str]:
        """What a reader must know of these numbers."""
        model, found = self.model, []
        if model.samples > 1:
            found.append(
                f"sample {model.sample} of {model.samples}; gradients of weights and biases are sums over all samples"
            )
        if model.passes > 1:
            found.append(f"{model.passes} passes through this network in the sample; this is the last")
        if not self.loss.computed:
            found.append(f"{NOT_COMPUTED}: no backward pass has been here yet")
        return found

    def draw_notes(self, x: float, y: float, notes: Sequence[str]) -> None:
        """Lines of small text from (x, y) downwards."""
        for i, note in enumerate(notes):
            self.canvas.text(x, y - SMALL_LINE * i, note, self.theme.faint, SMALL, left=True)
