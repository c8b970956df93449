"""The graph as programs in JavaScript: what the page trains with, and what it draws the plane of decisions by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.naming.names import Naming
from engine.support.notation import BIAS, OUTPUT, WEIGHT
from engine.value import Constant, Value
from nn.module import Module

LARGEST = 20_000  # operands of a graph that is written out; a larger source would make the page slow to open


@dataclass(frozen=True)
class Script:
    """A program as the text of functions, and which leaves its parameters are, by their places in the graph."""

    code: str
    parameters: list[int]


@dataclass(frozen=True)
class Plane:
    """The plane of two inputs, over which the outputs decide."""

    axes: list[int]  # places among the inputs
    targets: list[int]  # the same: the columns that the outputs are compared with
    outputs: list[int]
    threshold: float  # of one output
    script: Script


@dataclass(frozen=True)
class Training:
    """What is trained on what: leaves by their places in the graph, samples as rows of numbers for the inputs."""

    parameters: list[int]
    inputs: list[int]
    samples: list[list[float]]
    script: Script | None
    why_not: str  # there is no script
    plane: Plane | None


def training(
    naming: Naming, model: Module | None, inputs: Sequence[Value] | None, samples: Sequence[Sequence[float]] | None
) -> Training:
    """The programs of a graph whose `inputs` differ between the rows of `samples`.

    Every other leaf is trained. Without `inputs`, those of the `model` are; without a model weights and biases; and
    without these every leaf that is no plain number.
    """
    order = naming.order
    places = {node: place for place, node in enumerate(order)}
    leaves = [node for node in order if not node.operands and not isinstance(node, Constant)]
    given = _given(inputs, places)
    parameters = _parameters(leaves, model, None if inputs is None else given)
    varying = [leaf for leaf in leaves if leaf not in set(parameters)] if inputs is None else given
    rows = [[leaf.data for leaf in varying]] if samples is None else _rows(samples, varying)
    why_not = _why_not(order, parameters)
    script = None if why_not else _script(order[-1], varying, places)
    plane = _plane(order, varying, places) if script and samples is not None else None
    return Training(
        [places[leaf] for leaf in parameters], [places[leaf] for leaf in varying], rows, script, why_not, plane
    )


def _why_not(order: Sequence[Value], parameters: Sequence[Value]) -> str:
    closures = (node.op.only_floats for node in order if node.op is not None and node.op.only_floats)
    if not parameters:
        return "this graph has no weights, and so nothing to train"
    if sum(len(node.operands) for node in order) > LARGEST:
        return "this graph is too large to be trained in a page; fit(…) trains it in Python"
    return next(closures, "")


def _given(inputs: Sequence[Value] | None, places: dict[Value, int]) -> list[Value]:
    for leaf in inputs or ():
        if not isinstance(leaf, Value):
            raise TypeError(f"each input must be a Value; got {leaf!r} ({type(leaf).__name__})")
        if leaf not in places or leaf.operands:
            raise ValueError(f"each input must be a leaf of the graph; {leaf!r} is none")
    return list(inputs or ())


def _parameters(leaves: Sequence[Value], model: Module | None, inputs: list[Value] | None) -> list[Value]:
    if inputs is not None:
        return [leaf for leaf in leaves if leaf not in set(inputs)]
    if model is not None:
        own = set(model.parameters())
        return [leaf for leaf in leaves if leaf in own]
    weights = [leaf for leaf in leaves if leaf.role is not None and leaf.role.kind in (WEIGHT, BIAS)]
    return weights or list(leaves)


def _rows(samples: Any, inputs: Sequence[Value]) -> list[list[float]]:
    """The samples as rows of floats, a number for each input."""
    rows = [[float(x) for x in row] for row in samples]
    if not rows or any(len(row) != len(inputs) for row in rows):
        widths = sorted({len(row) for row in rows})
        raise ValueError(f"each sample needs a number for each of the {len(inputs)} inputs; got rows of {widths}")
    return rows


def _plane(order: Sequence[Value], inputs: Sequence[Value], places: dict[Value, int]) -> Plane | None:
    """The two inputs that the outputs depend on, if they are two."""
    from engine.compiling.form import order_of

    outputs = [node for node in order if node.role is not None and node.role.plays(OUTPUT)]
    reached = set(order_of(outputs)) if outputs else set()
    axes = [k for k, leaf in enumerate(inputs) if leaf in reached]
    if len(axes) != 2:
        return None
    targets = [k for k in range(len(inputs)) if k not in axes]
    threshold = 0.5 if outputs[0].op is not None and outputs[0].op.name == "sigmoid" else 0.0
    return Plane(axes, targets, [places[node] for node in outputs], threshold, _script(outputs, inputs, places))


def _script(roots: Value | Sequence[Value], inputs: Sequence[Value], places: dict[Value, int]) -> Script:
    from engine.compiling.program import Program  # here, as it needs numpy

    program = Program(roots, inputs)
    functions = program.source("javascript").partition("\n// the recorded sample")[0]
    if isinstance(roots, Value):  # who trains needs no value without its gradient
        functions = re.sub(r"// [^\n]*\nexport function forward\b.*?\n}\n+", "", functions, flags=re.DOTALL)
    return Script(re.sub(r"^export ", "", functions, flags=re.MULTILINE), [places[leaf] for leaf in program.parameters])
