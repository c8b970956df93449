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
        functions = [self._forward(), *([self._gradient()] if self.has_one_root else [])]
        head = NUMPY.head(self._summary(), remarks(self.form) if self.has_one_root else [], [])
        slices = f"SLICE = {self.slice_size}  # samples at a time, so that their arrays fit a cache"
        constants = "\n".join([slices, *self.tables.texts()])
        return NUMPY.between.join([f"{head}\n\n{constants}", *helper_definitions(functions, NUMPY), *functions]) + "\n"

    def _summary(self) -> str:
        what = "A batch forward and backward" if self.has_one_root else "A batch forward"
        inputs, parameters = sum(map(len, self.layout.inputs)), len(self.layout.parameters)
        counts = f"{plural(inputs, 'input')}, {plural(parameters, 'parameter')}"
        return f"{what}: {counts}. Arrays have a row for each node, a column for each sample."

    def _forward(self) -> str:
        count = len(self.form.roots)
        writer = self._writer()
        self._values(writer)
        roots = self._roots(writer)
        writer.statements.append(f"values[these] = {roots}" if self.has_one_root else f"values[these] = ({roots}).T")
        shape = "len(batch)" if self.has_one_root else f"(len(batch), {count})"
        what = "The root's value" if self.has_one_root else "The roots' values"
        about = f"{what} for each sample, an array of the shape {'(B,)' if self.has_one_root else f'(B, {count})'}."
        return self._function("forward", about, [f"values = np.empty({shape})"], writer.statements, ["values"])

    def _gradient(self) -> str:
        count = len(self.layout.parameters)
        writer = self._writer()
        writer.statements.append("# forward")
        operations = self._values(writer)
        writer.statements += [f"losses[these] = {self._roots(writer)}", "", "# backward"]
        wanted = [
            k for k, rows in enumerate(self.layout.arrays) if any(self.form.needs_gradient[i] for i in rows.nodes)
        ]
        gradients = Gradients(writer, frozenset(wanted))
        root = Operand(writer, self.form.roots, (0,))
        contribute(gradients, root, Text("1.0", "1.0", "1.0", number=1.0), True)
        for operation in reversed(operations):
            if operation.array in gradients.wanted:
                operation.backward(gradients, self.names.gradients[operation.array])
        found = [
            self._whole(gradients, k, rows) for k, rows in enumerate(self.layout.arrays) if rows in self.layout.weights
        ]
        if found:
            writer.statements.append(f"gradient += np.concatenate([{', '.join(found)}], axis=None)")
        first = ["losses = np.empty(len(batch))", f"gradient = np.zeros({count})"]
        about = f"The losses of the samples, (B,), and the gradient of their sum by the parameters, ({count},)."
        return self._function("gradient", about, first, writer.statements, ["losses", "gradient"])

    def _whole(self, gradients: Gradients, array: int, rows: Rows) -> str:
        """The gradient of parameters, with every row."""
        text = gradients.of(array, self.names.gradients[array])
        if text is None:
            return f"np.zeros({len(rows)})"
        return text.atom if 0 in text.axes or len(rows) == 1 else f"np.broadcast_to({text.alone}, ({len(rows)}, 1))"

    def _writer(self) -> Writer:
        return Writer(self.form, self.layout, self.names.names, self.identifiers, self.tables)

    def _values(self, writer: Writer) -> list[Operation]:
        """All groups forward."""
        operations = list[Operation]()
        for k, (group, remark) in enumerate(zip(self.layout.groups, self.group_names, strict=True)):
            operations.append(operation_of(writer, group, self.layout.array_of_group(k)))
            operations[-1].forward(remark)
        return operations

    def _roots(self, writer: Writer) -> str:
        """The roots' values: an array of K rows, or a number for each sample."""
        roots = Operand(writer, self.form.roots, (0,))
        if self.has_one_root:
            return roots.read().alone
        return roots.read(all_axes=True).alone

    def _function(
        self, name: str, about: str, first: Sequence[str], body: Sequence[str], returned: Sequence[str]
    ) -> str:
        used = words_of("\n".join(body))
        parameters, inputs = self._leaves(used)
        loop = ["these = slice(start, start + SLICE)", *inputs, *body]
        lines = [
            f'"""{about}"""',
            *first,
            *parameters,
            "for start in range(0, len(batch), SLICE):",
            *NUMPY.indented(loop),
            f"return {', '.join(returned)}",
        ]
        text = "\n".join([f"def {name}(batch, parameters):", *NUMPY.indented(lines)])
        return f'@np.errstate(all="ignore")\n{text}'

    def _leaves(self, used: Iterable[str]) -> tuple[list[str], list[str]]:
        """The lines that give names to the parameters, and to the inputs of a slice."""
        parameters, inputs = [], []
        start = 0
        leaves = [*self.layout.inputs, *self.layout.weights]
        for rows, name in zip(leaves, self.names.names, strict=False):
            if rows.varies:
                if name in used:
                    inputs.append(f"{name} = inputs[{rows.first}:{rows.first + len(rows)}]")
            else:
                stop = start + len(rows)
                shape = (
                    f"[{start}:{stop}].reshape({', '.join(map(str, rows.matrix))})"
                    if rows.matrix
                    else f"[{start}:{stop}, None]"
                )
                if name in used:
                    parameters.append(f"{name} = parameters{shape}")
                start = stop
        if inputs or "samples" in used:
            inputs.insert(0, "inputs = batch[these].T")
        if "samples" in used:
            inputs.append("samples = inputs.shape[1]")
        return parameters, inputs
