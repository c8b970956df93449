"""History: the losses, metrics and times of a training, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.support.display.tables import Table, ends, with_gaps
from engine.support.notation import NOT_COMPUTED
from engine.support.numerals import number, plural

SHOWN = 20  # epochs that are printed; of a longer history the first and the last ones
IN_A_NOTEBOOK = 6  # and the one with the lowest loss


@dataclass(repr=False)
class History:
    """A list for each measure, with an entry for each completed epoch; `print(history)` gives a table, and a notebook.

    `losses`: the mean of the samples' losses, each as it was when training came to it. `validation_losses`: the mean
    after the epoch, if there was a validation set. `metrics`: by name, after the epoch, on the validation set if there
    was one, or else on the training set. `times`: seconds. `interrupted`: whether Ctrl-C ended it.
    """

    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    interrupted: bool = False

    def add(self, loss: float, validation_loss: float | None, metrics: dict[str, float], seconds: float) -> None:
        """Append what was measured in an epoch that has been completed; `seconds` is how long it took."""
        self.losses.append(loss)
        if validation_loss is not None:
            self.validation_losses.append(validation_loss)
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)
        self.times.append(seconds)

    def __len__(self) -> int:
        return len(self.losses)

    def __bool__(self) -> bool:
        return True  # also if training was interrupted in its first epoch

    def __repr__(self) -> str:
        way = f", loss {' → '.join(number(x) for x in (self.losses[0], self.losses[-1]))}" if self.losses else ""
        return f"History of {plural(len(self), 'epoch')}{way}{', interrupted' * self.interrupted}"

    def __str__(self) -> str:
        table = _table({**self._measures, "seconds": self.times}, ends(len(self), SHOWN))
        return str(table) + (f"\ninterrupted in epoch {len(self) + 1}" if self.interrupted else "")

    def _repr_html_(self) -> str | None:
        """How it began and ended, and its best epoch; None, which leaves it to the `repr`, before the first one.

        Without the times, so that the same training shows the same.
        """
        if not self.losses:
            return None
        shown, caption = {*ends(len(self), IN_A_NOTEBOOK)}, repr(self)
        what = "validation loss" if self.validation_losses else "loss"
        measured = [(loss, i) for i, loss in enumerate(self.validation_losses or self.losses) if loss == loss]
        if measured:
            _, best = min(measured)
            shown.add(best)
            caption += f"; lowest {what} in epoch {best + 1}"
        return _table(self._measures, shown, caption).html

    @property
    def _measures(self) -> dict[str, list[float]]:
        return {"loss": self.losses, "validation loss": self.validation_losses, **self.metrics}


def _table(measures: dict[str, list[float]], epochs: Iterable[int], caption: str = "") -> Table:
    """A row for each of these epochs, a column for each measure that was taken."""
    columns = {name: numbers for name, numbers in measures.items() if numbers}

    def row(i: int) -> list[str]:
        return [str(i + 1), *(number(x[i]) if i < len(x) else NOT_COMPUTED for x in columns.values())]

    return Table(["epoch", *columns], [None if i is None else row(i) for i in with_gaps(epochs)], caption)
