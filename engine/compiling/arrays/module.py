"""A program as a module of numpy: what it prints is what runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.compiling.arrays.contributions import contribute
from engine.compiling.arrays.gradients import Gradients
from engine.compiling.arrays.language import NUMPY
from engine.compiling.arrays.layout import Layout, Rows
from engine.compiling.arrays.names import ArrayNames
from engine.compiling.arrays.operands import Operand
from engine.compiling.arrays.operations import Operation, operation_of
from engine.compiling.arrays.texts import Text
from engine.compiling.arrays.writer import Tables, Writer
from engine.compiling.form import Form
from engine.compiling.listing import Listing
from engine.compiling.source.helpers import helper_definitions, words_of
from engine.compiling.source.identifiers import Identifiers
from engine.compiling.source.module import remarks
from engine.naming.names import Naming
from engine.support.notation import Notation
from engine.support.numerals import plural
from engine.value import Value


class ArraySource:
    """A form as a module of numpy, in slices of `slice_size` samples."""

    def __init__(
        self,
        form: Form,
        layout: Layout,
        order: Sequence[Value],
        slice_size: int,
        notation: Notation | str | None = None,
        *,
        has_one_root: bool = True,
    ) -> None:
        self.form, self.layout, self.slice_size, self.has_one_root = form, layout, slice_size, has_one_root
        self.identifiers = Identifiers(NUMPY.reserved)
        self.tables = Tables(self.identifiers)
        naming = Naming(order, notation)
        self.group_names = Listing(form, layout.groups, naming).names_of_groups()
        self.names = ArrayNames(form, layout, naming, self.identifiers)

    def text(self) -> str:
        writer = Writer(self.form, self.layout, self.names.names, self.identifiers, self.tables)
        operations = self._values(writer)
        roots = Operand(writer, self.form.roots, (0,))
        values = roots.read(all_axes=not self.has_one_root).alone  # an array of K rows, or a number for each sample
        functions = [self._forward(writer.statements, values)]
        if self.has_one_root:
            functions.append(self._gradient(writer, operations, roots, values))
        head = NUMPY.head(self._summary(), remarks(self.form) if self.has_one_root else [], [])
        slices = f"SLICE = {self.slice_size}  # samples at a time, so that their arrays fit a cache"
        constants = "\n".join([slices, *self.tables.texts()])
        return NUMPY.between.join([f"{head}\n\n{constants}", *helper_definitions(functions, NUMPY), *functions]) + "\n"

    def _summary(self) -> str:
        what = "A batch forward and backward" if self.has_one_root else "A batch forward"
        inputs, parameters = sum(map(len, self.layout.inputs)), len(self.layout.parameters)
        counts = f"{plural(inputs, 'input')}, {plural(parameters, 'parameter')}"
        return f"{what}: {counts}. Arrays have a row for each node, a column for each sample."

    def _forward(self, statements: Sequence[str], values: str) -> str:
        if self.has_one_root:
            about, shape, last = "The root's value for each sample, (B,).", "len(batch)", values
        else:
            count = len(self.form.roots)
            about = f"The roots' values for each sample, (B, {count})."
            shape, last = f"(len(batch), {count})", f"({values}).T"
        body = [*statements, f"values[these] = {last}"]
        return self._function("forward", about, [f"values = np.empty({shape})"], body, "values")

    def _gradient(self, writer: Writer, operations: Sequence[Operation], roots: Operand, values: str) -> str:
        """Where `writer` has gone forward."""
        writer.statements = ["# forward", *writer.statements, f"losses[these] = {values}", "", "# backward"]
        arrays, needs_gradient = self.layout.arrays, self.form.needs_gradient
        wanted = (k for k, rows in enumerate(arrays) if any(needs_gradient[i] for i in rows.nodes))
        gradients = Gradients(writer, frozenset(wanted))
        contribute(gradients, roots, Text("1.0", "1.0", "1.0", number=1.0), group_varies=True)
        for operation in reversed(operations):
            if operation.array in gradients.wanted:
                operation.backward(gradients, self.names.gradients[operation.array])
        first = len(self.layout.inputs)
        found = [self._whole(gradients, k, arrays[k]) for k in range(first, first + len(self.layout.weights))]
        if found:
            writer.statements.append(f"gradient += np.concatenate([{', '.join(found)}], axis=None)")
        count = len(self.layout.parameters)
        start = ["losses = np.empty(len(batch))", f"gradient = np.zeros({count})"]
        about = f"The losses of the samples, (B,), and the gradient of their sum by the parameters, ({count},)."
        return self._function("gradient", about, start, writer.statements, "losses, gradient")

    def _whole(self, gradients: Gradients, array: int, rows: Rows) -> str:
        """The gradient of parameters, with every row."""
        text = gradients.of(array, self.names.gradients[array])
        if text is None:
            return f"np.zeros({len(rows)})"
        return text.atom if 0 in text.axes or len(rows) == 1 else f"np.broadcast_to({text.alone}, ({len(rows)}, 1))"

    def _values(self, writer: Writer) -> list[Operation]:
        """All groups forward."""
        operations = list[Operation]()
        for k, (group, remark) in enumerate(zip(self.layout.groups, self.group_names, strict=True)):
            operations.append(operation_of(writer, group, self.layout.array_of_group(k)))
            operations[-1].forward(remark)
        return operations

    def _function(self, name: str, about: str, first: Sequence[str], body: Sequence[str], returned: str) -> str:
        parameters, inputs = self._leaves(words_of("\n".join(body)))
        loop = ["these = slice(start, start + SLICE)", *inputs, *body]
        lines = [f'"""{about}"""', *first, *parameters, "for start in range(0, len(batch), SLICE):"]
        lines += [*NUMPY.indented(loop), f"return {returned}"]
        text = "\n".join([f"def {name}(batch, parameters):", *NUMPY.indented(lines)])
        return f'@np.errstate(all="ignore")\n{text}'

    def _leaves(self, used: Iterable[str]) -> tuple[list[str], list[str]]:
        """The lines that give names to the parameters, and to the inputs of a slice."""
        parameters, inputs = list[str](), list[str]()
        start = 0
        for rows, name in zip([*self.layout.inputs, *self.layout.weights], self.names.names, strict=False):
            if rows.varies:
                line, found = f"{name} = inputs[{rows.first}:{rows.first + len(rows)}]", inputs
            else:
                part = f"parameters[{start}:{start + len(rows)}"
                line = f"{name} = {part}].reshape{rows.matrix}" if rows.matrix else f"{name} = {part}, None]"
                start, found = start + len(rows), parameters
            if name in used:
                found.append(line)
        if inputs or "samples" in used:
            inputs.insert(0, "inputs = batch[these].T")
        if "samples" in used:
            inputs.append("samples = inputs.shape[1]")
        return parameters, inputs
