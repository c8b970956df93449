"""Compare a program with the eager engine, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isclose, isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compiling.batch import Batch
from engine.compiling.form import order_of
from engine.value import Value

if TYPE_CHECKING:
    from engine.compiling.program import Program

Build = Callable[[list[float]], Value | Sequence[Value]]
Expected = tuple[float, Callable[[], float]]  # the value of a root, and the largest size of a number that it comes from


def compare_with_eager(program: Program, batch: Any, build: Build | None, samples: int) -> None:
    """`Program.check`."""
    rows = Batch(batch, len(program.inputs)).rows(samples)
    if samples < 1 or not rows:
        raise ValueError(f"a check must have at least one sample; got {len(rows)} rows and samples={samples!r}")
    found = program.forward(np.array(rows).reshape(len(rows), len(program.inputs))).reshape(len(rows), -1)
    for k, (row, values) in enumerate(zip(rows, found.tolist(), strict=True)):
        expected = _recomputed(program, row) if build is None else _rebuilt(program, row, build)
        for root, value, (by_eager, scale) in zip(program.roots, values, expected, strict=True):
            if not _agree(value, by_eager, scale):
                raise ValueError(
                    f"sample {k}: the program gives {value!r} for {root!r}, the eager engine {by_eager!r}. "
                    "Does the code that records the graph decide by the data of a Value? A program knows only the "
                    "way that was recorded; run such code eagerly"
                )


def _rebuilt(program: Program, row: list[float], build: Build) -> list[Expected]:
    """Each root of the graph that `build` records for this sample."""
    try:
        built = build(list(row))
    except (ArithmeticError, ValueError):
        return [(nan, lambda: 1.0)] * len(program.roots)
    roots = [built] if isinstance(built, Value) else list(built) if isinstance(built, (list, tuple)) else []
    if len(roots) != len(program.roots) or not all(isinstance(root, Value) for root in roots):
        expected = "a Value" if program.has_one_root else f"a list of {len(program.roots)} Values"
        raise TypeError(f"build must return {expected}, as it was compiled; got {built!r}")
    return [(root.data, lambda root=root: _largest(node.data for node in order_of([root]))) for root in roots]  # type: ignore[misc]


def _recomputed(program: Program, row: Sequence[float]) -> list[Expected]:
    """Each root of the recorded graph, computed once more for this sample, rule by rule."""
    data: dict[Value, float] = dict(zip(program.inputs, row, strict=True))
    try:
        for node in program.order:
            if node not in data:
                data[node] = node.op.forward(*(data[x] for x in node.operands)) if node.op else node.data
    except (ArithmeticError, ValueError):
        return [(nan, lambda: 1.0)] * len(program.roots)
    return [(data[root], lambda: _largest(data[node] for node in program.order)) for root in program.roots]


def _agree(value: float, expected: float, scale: Callable[[], float]) -> bool:
    if not (isfinite(value) and isfinite(expected)):
        return isfinite(value) == isfinite(expected)
    return isclose(value, expected, rel_tol=1e-9) or isclose(value, expected, abs_tol=1e-13 * scale())


def _largest(numbers: Iterable[float]) -> float:
    return max((abs(x) for x in numbers if isfinite(x)), default=0.0)
