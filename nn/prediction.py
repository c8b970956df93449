"""`Module.predict`: the outputs for many samples at once, by a program that is kept as long as it is the model's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.compiling.form import order_of
from engine.support.modes import recording
from engine.value import Constant
from nn.module import Module
from nn.recording import RecordedOutputs, record_outputs

if TYPE_CHECKING:
    from engine.compiling.program import Program

Form = list[Any]

# Each model's last program, and the form of the graph that it was compiled from.
_programs: WeakKeyDictionary[Module, tuple[Form, Program]] = WeakKeyDictionary()


def predict(model: Module, inputs: Any) -> Any:
    """The outputs for many samples at once: inputs of shape (N, inputs), outputs of shape (N,) or (N, outputs).

    They come from a compiled program, which is made when it is first needed, and anew when the model records another
    graph. Raises ValueError for inputs of another shape, and where the first and the last sample show that the model
    decides by their data: what only others would show stays unknown.
    """
    from nn.training.samples import input_rows  # not before, as it needs numpy

    if not callable(model):
        raise TypeError(f"{type(model).__name__} has no __call__, so there is nothing to predict")
    rows = input_rows("inputs", inputs)
    try:
        program = program_of(model, rows[0].tolist(), rows[-1].tolist())
    except ValueError as error:
        error.add_note(f"in predict, for inputs of the shape {rows.shape}")
        raise
    outputs = program.forward(rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs


def program_of(model: Module, *rows: list[float]) -> Program:
    """The program of a model's outputs: the kept one, if the model records the same graph, or else a new one.

    Raises ValueError if it records different graphs for these rows.
    """
    from engine.compiling.program import compile_graph

    with recording():
        recorded = [record_outputs(model, row) for row in rows]
    form, *others = map(_form, recorded)
    if any(other != form for other in others):
        raise ValueError(
            "the first and the last sample make different graphs: the model's Python code decides by the data of a "
            "sample or by chance, so no program does what it does. Ask it sample by sample: [model(x) for x in inputs]"
        )
    can_be_kept = type(model).__hash__ is not None
    known, program = _programs.get(model, (None, None)) if can_be_kept else (None, None)
    if program is None or known != form:
        program = compile_graph(recorded[0].outputs, recorded[0].inputs)
        if can_be_kept:
            _programs[model] = form, program
    return program


def _form(recorded: RecordedOutputs) -> Form:
    """What a program depends on: the operations and their operands, the constants, and which the parameters are."""
    order = order_of(recorded.outputs)
    places = {node: i for i, node in enumerate(order)}
    columns = {leaf: column for column, leaf in enumerate(recorded.inputs)}
    form: Form = [[places[output] for output in recorded.outputs]]
    for node in order:
        if node.op is not None:
            form.append((node.op.name, *[places[operand] for operand in node.operands]))
        elif node in columns:
            form.append(("input", columns[node]))
        else:
            form.append(node.data.hex() if node.__class__ is Constant else node)
    return form


Module.predict = predict  # type: ignore[assignment, method-assign]
