"""The weights of a figure whose lines are too many to write on: a table for each layer, a row for each neuron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.support.notation import BIAS, INPUT, Role
from engine.value import Value
from viz.network.sheet import NAME, SMALL, NetworkSheet
from viz.text import tidy, width

ROW, HEAD, SPACE = 30.0, 44.0, 40.0  # heights of a row and of title and head; what is between two tables
COLUMNS = 10  # weights of a neuron side by side; beyond, the table goes on in another one
WIDEST = 660.0  # points of tables side by side, where the figure above them is narrower


@dataclass(frozen=True)
class Table:
    """Weights and biases under the names of what they multiply, in rows with the names of their neurons."""

    title: str
    heads: list[str]
    rows: list[tuple[str, list[Value | None]]]


def draw_tables(sheet: NetworkSheet) -> None:
    """Below the figure, from left to right as far as there is room."""
    canvas = sheet.canvas
    x, y, end = canvas.left, canvas.bottom - SPACE, max(canvas.right, canvas.left + WIDEST)
    lowest = y
    for table in [part for k in range(len(sheet.model.layers)) for part in _tables_of_layer(sheet, k)]:
        widths = _widths(sheet, table)
        wide = max(sum(widths), width(table.title, NAME))
        if x > canvas.left and x + wide > end:
            x, y = canvas.left, lowest - SPACE
        _draw_table(sheet, table, widths, x, y)
        lowest = min(lowest, y - HEAD - ROW * len(table.rows))
        x += wide + SPACE


def _tables_of_layer(sheet: NetworkSheet, k: int) -> list[Table]:
    layer, biased = sheet.model.layers[k], any(recorded.neuron.b is not None for recorded in sheet.model.layers[k])
    w, b = sheet.notation.weight, sheet.notation.bias
    sources, names = _sources(sheet, k), [sheet.pre_activation(recorded) for recorded in layer]
    title = f"layer {k + 1}: {w}{f' and {b}' if biased else ''}, below them {sheet.slope(w)}"
    title += f" and {sheet.slope(b)}" if biased else ""
    tables = []
    for start in range(0, len(sources), COLUMNS):
        part = slice(start, start + COLUMNS)
        rows = [
            (name, list[Value | None](recorded.neuron.w[part])) for name, recorded in zip(names, layer, strict=True)
        ]
        tables.append(Table(f"{title}, continued" if start else title, sources[part], rows))
    if biased:
        sheet.kinds.add(BIAS)
        tables[-1].heads.append(b)
        for (_, row), recorded in zip(tables[-1].rows, layer, strict=True):
            row.append(recorded.neuron.b)
    return tables


def _sources(sheet: NetworkSheet, k: int) -> list[str]:
    """The names of what the layer multiplies by its weights."""
    if k:
        return [sheet.activation(recorded) for recorded in sheet.model.layers[k - 1]]
    inputs = sheet.model.inputs
    return [sheet.name(value) or sheet.by_role(Role(INPUT, 0, (m,))) for m, value in enumerate(inputs, start=1)]


def _cell(sheet: NetworkSheet, value: Value) -> tuple[str, str]:
    """The number and its gradient; one with a label of its own has it before the number."""
    name = tidy(value.label)
    return sheet.equation(value, name) if name else sheet.number(value.data), sheet.gradient(value)


def _widths(sheet: NetworkSheet, table: Table) -> list[float]:
    """Of the names and of each column."""
    columns = [
        [
            table.heads[i],
            *(text for _, row in table.rows if (value := row[i]) is not None for text in _cell(sheet, value)),
        ]
        for i in range(len(table.heads))
    ]
    return [max(width(text, SMALL) for text in column) + 10 for column in ([name for name, _ in table.rows], *columns)]


def _draw_table(sheet: NetworkSheet, table: Table, widths: Sequence[float], x: float, y: float) -> None:
    """With its upper left corner at (x, y)."""
    canvas, theme = sheet.canvas, sheet.theme
    canvas.text(x, y - 8, table.title, theme.ink, NAME, left=True)
    centers = [x + sum(widths[: i + 1]) + widths[i + 1] / 2 for i in range(len(table.heads))]
    for center, head in zip(centers, table.heads, strict=True):
        canvas.text(center, y - 29, head, theme.ink, SMALL)
    canvas.rule(x, y - HEAD + 6, sum(widths))
    for j, (name, row) in enumerate(table.rows):
        middle = y - HEAD - ROW * (j + 0.5)
        canvas.text(x, middle, name, theme.ink, SMALL, left=True)
        for center, value in zip(centers, row, strict=True):
            if value is not None:
                number, slope = _cell(sheet, value)
                told = sheet.tooltip(value)
                canvas.text(center, middle + SMALL / 2 + 1, number, theme.forward, SMALL, tooltip=told)
                canvas.text(center, middle - SMALL / 2 - 1, slope, theme.backward, SMALL, tooltip=told)
