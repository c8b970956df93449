"""History: the losses, metrics and times of a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.support.notation import NOT_COMPUTED
from engine.support.numerals import number

SHOWN = 20  # rows of a table; of a longer history the first and the last ones


@dataclass(repr=False)
class History:
    """A list for each measure, with an entry for each completed epoch; `print(history)` gives a table.

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
        return f"History of {len(self)} epoch{'s' * (len(self) != 1)}{way}{', interrupted' * self.interrupted}"

    def __str__(self) -> str:
        measures = {"loss": self.losses, "validation loss": self.validation_losses, **self.metrics}
        columns = {name: numbers for name, numbers in {**measures, "seconds": self.times}.items() if numbers}
        rows = [["epoch", *columns]]
        for i in self._shown():
            cells = [number(numbers[i]) if i < len(numbers) else NOT_COMPUTED for numbers in columns.values()]
            rows.append([str(i + 1), *cells])
        if len(self) > SHOWN:
            rows.insert(1 + SHOWN // 2, ["…"] * len(rows[0]))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        if self.interrupted:
            lines.append(f"interrupted in epoch {len(self) + 1}")
        return "\n".join(lines)

    def _shown(self) -> list[int]:
        every = list(range(len(self)))
        return every if len(every) <= SHOWN else every[: SHOWN // 2] + every[-(SHOWN // 2) :]
