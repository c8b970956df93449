"""What a group contributes to the gradients of its operands: brought to the rows of the arrays that these are from."""

from __future__ import annotations

import math

import numpy as np

from engine.compiling.arrays.boxes import Box, Numbers
from engine.compiling.arrays.gradients import ALL, Gradients, Target
from engine.compiling.arrays.operands import Operand
from engine.compiling.arrays.texts import SAMPLES, Text
from engine.compiling.arrays.writer import along


def contribute(gradients: Gradients, operand: Operand, found: Text, group_varies: bool) -> None:
    """Add what is found to the gradient of the operand: an array of its shape, or what broadcasts to it."""
    if operand.needs_mask:
        text = f"np.where({operand.writer.tables.mask(operand.known)}, {found.alone}, 0.0)"
        axes = operand.wide | {SAMPLES} if group_varies else operand.wide
        found = Text.of_atom(text, axes if found.number is None else operand.wide)
    if operand.box is None or operand.array is None:
        _to_parts(gradients, operand, _as_rows(operand, found, group_varies), group_varies)
        return
    box_axes = [operand.axes[k] for k in operand.box.axes]
    over = [k for k, axis in enumerate(operand.axes) if axis in operand.wide - {*box_axes}]
    over += [len(operand.shape)] * (group_varies and not operand.varies)
    is_row = not found.axes - {SAMPLES} and (operand.nodes.size > 1 or found.number is not None)
    if not over and (len(operand.shape) == 1 or is_row):
        gradients.add(operand.array, Target(operand.box), found)
        return
    text = _whole(operand, found, group_varies)
    if over == [1] and len(operand.shape) == 1:
        summed = Text.of_atom(f"np.add.reduce({text}, axis=1, keepdims=True)", ALL)
        gradients.add(operand.array, Target(operand.box), summed)
        return
    if over:
        text = f"np.add.reduce({text}, axis={over[0] if len(over) == 1 else tuple(over)})"
    left = [axis for k, axis in enumerate(operand.axes) if k not in over]
    wanted = [*box_axes, *(axis for axis in left if axis not in box_axes)]
    if left != wanted:
        last = [] if len(operand.shape) in over else [len(left)]
        text += f".transpose({', '.join(map(str, [*map(left.index, wanted), *last]))})"
    _to_box(gradients, operand, operand.box, operand.array, text)


def contribute_stored(gradients: Gradients, operand: Operand, text: str, axes: int) -> None:
    """Add an array with the axes of `Operand.stored`, so many of them.

    The samples are a last axis if the operand varies; over those of another one they have been summed.
    """
    if operand.filling is not None:
        core = operand.core
        found = Text.of_atom(text if operand.varies else f"{text}[..., None]", core.wide | {SAMPLES})
        contribute(gradients, core, found, operand.varies)
    elif operand.box is None or operand.array is None:
        if axes != 1 or not operand.varies:
            text += f".reshape({operand.nodes.size}, -1)"
        _to_parts(gradients, operand, text, operand.varies)
    else:
        _to_box(gradients, operand, operand.box, operand.array, text, axes)


def contribute_columns(gradients: Gradients, operand: Operand, product: str, group_varies: bool) -> None:
    """Add a matrix to the gradient of what `Operand.read_columns` gives."""
    axes = operand.wide | {SAMPLES} if group_varies else operand.wide
    if len(operand.shape) == 1:
        contribute(gradients, operand, Text(product, product, f"({product})", axes), group_varies)
    elif operand.box and operand.array is not None and operand.is_in_order and operand.varies:
        _to_box(gradients, operand, operand.box, operand.array, f"({product})")
    else:
        shaped = f"({product}).reshape({', '.join(map(str, operand.shape))}, -1)"
        contribute(gradients, operand, Text.of_atom(shaped, axes), group_varies)


def contribute_matrix(gradients: Gradients, operand: Operand, product: str) -> None:
    """Add a matrix to the gradient of what `Operand.read_matrix` gives."""
    if operand.array is not None and operand.is_matrix:
        gradients.add(operand.array, Target(matrix=True), Text(product, product, f"({product})", ALL))
    else:
        contribute(gradients, operand, Text.of_atom(f"({product})[..., None]", operand.wide), group_varies=False)


def _to_box(gradients: Gradients, operand: Operand, box: Box, array: int, text: str, axes: int = 0) -> None:
    """Add an array with these many axes, those of the box; 0 if there may be others of one place."""
    target = Target(box)
    levels = box.counts if target.keeps_levels else (math.prod(box.counts),)
    if axes != 1 or len(levels) != 1 or not operand.varies:
        text += f".reshape({', '.join(map(str, levels))}, -1)"
    gradients.add(array, target, Text.of_atom(text, ALL))


def _whole(operand: Operand, found: Text, varies: bool) -> str:
    """What is found, with a place along every axis."""
    axes = operand.wide | {SAMPLES} if varies else operand.wide
    text = along(found, operand.shape, axes)
    if len(operand.shape) > 1 and 1 in operand.shape and axes <= found.axes:  # those of one place may be missing
        text += f".reshape({', '.join(map(str, operand.shape))}, -1)"
    return text


def _as_rows(operand: Operand, found: Text, varies: bool) -> str:
    """What is found, as an array with a row for each node of the operand."""
    text = _whole(operand, found, varies)
    return text if len(operand.shape) == 1 else f"{text}.reshape({operand.nodes.size}, -1)"


def _to_parts(gradients: Gradients, operand: Operand, contribution: str, group_varies: bool) -> None:
    """Add an array with a row for each node to the gradients of the arrays that these are from."""
    writer = operand.writer
    parts = [(array, places) for array, places in operand.parts() if array in gradients.wanted]
    if len(parts) > 1:
        contribution = writer.kept(contribution, "contribution")
    for array, places in parts:
        rows = operand.rows.flat[places]
        distinct, counts = np.unique(rows, return_counts=True)
        is_repeated, is_all = len(distinct) < len(rows), len(distinct) == len(writer.arrays[array])
        if is_repeated or is_all:
            places = places[np.argsort(rows, kind="stable")]
        text = _taken(operand, contribution, places)
        if is_repeated and len(distinct) == 1:
            text = f"np.add.reduce({text}, keepdims=True)"
        elif is_repeated:
            text = f"np.add.reduceat({text}, {writer.tables.starts(np.cumsum(counts) - counts)})"
        if group_varies and not writer.arrays[array].varies:
            text = f"np.add.reduce({text}, axis=1, keepdims=True)"
        target = Target() if is_all else Target(index=writer.tables.rows(distinct if is_repeated else rows))
        gradients.add(array, target, Text.of_atom(text, ALL))


def _taken(operand: Operand, text: str, places: Numbers) -> str:
    """The rows at these places."""
    is_all = len(places) == operand.nodes.size and (places == np.arange(len(places))).all()
    return text if is_all else f"{text}[{operand.writer.tables.rows(places)}]"
