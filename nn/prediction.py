"""The outputs of a model for many samples at once, by a compiled program that is kept as long as it is the model's."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.compiling.form import order_of
from engine.compiling.program import Program, compile_graph
from engine.support.modes import recording
from engine.value import Constant
from nn.recording import Answer, answer
from nn.training.samples import input_rows

Form = list[Any]

# Each model's last program, and the form of the graph that it was compiled from.
_programs: WeakKeyDictionary[Any, tuple[Form, Program]] = WeakKeyDictionary()


def predict(model: Any, inputs: Any) -> NDArray[np.float64]:
    """`Module.predict`."""
    if not callable(model):
        raise TypeError(f"{type(model).__name__} has no __call__, so there is nothing to predict")
    rows = input_rows("inputs", inputs)
    try:
        with recording():
            first, last = (answer(model, rows[i].tolist()) for i in (0, -1))
            form = _form(first)
            program = _program(model, form, first) if form == _form(last) else None
    except ValueError as error:
        error.add_note(f"in predict, for inputs of the shape {rows.shape}")
        raise
    if program is None:
        raise ValueError(
            "the first and the last sample make different graphs: the model's Python code decides by the data of a "
            "sample or by chance, so no program does what it does. Ask it sample by sample: [model(x) for x in inputs]"
        )
    outputs = program.forward(rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs


def _program(model: Any, form: Form, given: Answer) -> Program:
    """The one that is there, if the model still records the very same graph, or else a new one."""
    if type(model).__hash__ is None:
        return compile_graph(given.outputs, given.inputs)
    known, program = _programs.get(model, (None, None))
    if program is None or known != form:
        program = compile_graph(given.outputs, given.inputs)
        _programs[model] = form, program
    return program


def _form(given: Answer) -> Form:
    """What a program depends on: the operations and their operands, the constants, and which the parameters are."""
    order = order_of(given.outputs)
    places = {node: i for i, node in enumerate(order)}
    columns = {leaf: column for column, leaf in enumerate(given.inputs)}
    form: Form = [[places[output] for output in given.outputs]]
    for node in order:
        if node.op is not None:
            form.append((node.op.name, *[places[operand] for operand in node.operands]))
        elif node in columns:
            form.append(("input", columns[node]))
        else:
            form.append(node.data.hex() if node.__class__ is Constant else node)
    return form
