"""A recorded graph as a program that runs on whole batches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np

from engine.compiling.arrays.layout import Layout
from engine.compiling.arrays.module import ArraySource
from engine.compiling.arrays.runner import ArrayRunner
from engine.compiling.batch import Array, Batch, real_numbers
from engine.compiling.comparison import compare_with_eager
from engine.compiling.dots import with_dots
from engine.compiling.form import frozen, order_of
from engine.compiling.function import Function, function_of
from engine.compiling.groups import grouped
from engine.compiling.inputs import leaves_of_the_sample
from engine.compiling.listing import Listing
from engine.compiling.source.module import LANGUAGES, Source
from engine.compiling.source.runner import PythonRunner
from engine.compiling.vectors import assign_data, data_vector
from engine.naming.names import Naming
from engine.support.display.tables import Table
from engine.support.notation import Notation
from engine.support.numerals import plural
from engine.support.passes import add_pass
from engine.value import Value

EDGES_PER_GROUP = 80  # so many edges take Python as long as one group takes numpy, if the group is small
SHOWN = 20  # groups in a notebook; of more the first and the last ones
SLICE_BYTES = 4 * 2**20  # of values and gradients that are worked on at a time: what a cache holds


def compile_graph(root: Value | Sequence[Value], inputs: Sequence[Value]) -> Program:
    """Freeze the graph of `root`, or of a list of roots, into a program that runs on batches of samples.

    `inputs` are the leaves that differ from sample to sample: they become the columns of a batch. Every other leaf
    is a parameter, or a constant if it was a plain number. Inputs that no root depends on are allowed.

    A program does what was recorded. Where Python decided by the `data` of a Value (an `if`, a `max()`, a loop until
    something is small), the recorded way is the only one that it knows: `Program.check` finds that out.

    Its numbers agree with those of the graph to 1e-12 · Σ|terms| of the sums that make them. Recognising dots, and
    summing them as matrix products, changes the order of additions, and so the last bits; folding constants, leaving
    out what nothing needs, and computing once what was recorded twice change nothing. Where an operand of a dot is
    infinite, more of the gradient may be NaN than in the graph.

    A deep and narrow graph runs as generated Python, which its first run compiles: 15 to 60 µs a node, once.

    Raises TypeError for what is no Value, ValueError for an input that is no leaf or that is named twice. Warns where
    leaves that a model or a loss has made of a sample's inputs or targets would become parameters, though some inputs
    are named; `inputs=[]` says that all leaves are meant.
    """
    program = Program(root, inputs)
    if program.inputs and (forgotten := leaves_of_the_sample(program.parameters)):
        warnings.warn(forgotten, stacklevel=2)
    return program


class Program:
    """A frozen graph: `forward`, `gradient` and `backward` on batches; made by `compile_graph`.

    Below, B is the number of samples in a batch, and P that of parameters; `inputs` and `parameters` are the leaves, in
    the order of the columns of a batch and of the entries of a gradient. `print(program)` shows its groups, each of
    which is one array operation; a notebook shows up to 20 of them. Two more arguments are for measurements and tests:
    `run_by` decides what is otherwise counted, whether a batch runs by array operations or as generated Python, and
    `slice_bytes` how much memory a slice of a batch takes.
    """

    def __init__(
        self,
        root: Value | Sequence[Value],
        inputs: Sequence[Value],
        run_by: Literal["arrays", "Python"] | None = None,
        slice_bytes: int = SLICE_BYTES,
    ) -> None:
        self.roots, self.inputs = _roots_and_inputs(root, inputs)
        self.has_one_root = isinstance(root, Value)
        self.order = order_of(self.roots)
        self.form = with_dots(frozen(self.order, self.roots, self.inputs))
        self.layout = Layout(self.form, grouped(self.form))
        self.groups = self.layout.groups
        self.parameters: list[Value] = [self.form.origins[i] for i in self.layout.parameters]  # type: ignore[misc]
        self._edges = sum(map(len, self.form.operands))
        varying = sum(len(rows) for rows in self.layout.arrays if rows.varies)
        bytes_a_sample = 8 * (2 * varying - sum(map(len, self.layout.inputs)))
        self._slice_size = max(slice_bytes // (bytes_a_sample or 1), 1)
        self._run_by, self._slice_bytes = run_by, slice_bytes

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        root = self.roots[0] if self.has_one_root else self.roots
        return Program, (root, self.inputs, self._run_by, self._slice_bytes)

    # ── running ────────────────────────────────────────────────────────────────────────────────

    def forward(self, batch: Any, parameters: Any = None) -> Array:
        """The root's value for each sample: shape (B,), or (B, K) for a list of K roots.

        `batch` has the shape (B, number of inputs); or it is a tuple of arrays side by side, whose columns together
        are that many. `parameters` is a vector, of shape (P,), to use in place of the parameters' current data. Where
        the graph would raise (log(−1), exp(1000)) there is NaN or infinity. Raises ValueError for other shapes and
        TypeError for what is no real number.
        """
        batch, vector = Batch(batch, len(self.inputs)), self._vector(parameters)
        values = self._by_python.forward(batch, vector) if self._is_python_faster(batch.size) else None
        if values is None:  # where Python raises, too: arrays hold NaN or infinity
            values = self._by_arrays.forward(batch, vector)
        return values

    def gradient(self, batch: Any, parameters: Any = None, reduction: str = "mean") -> tuple[Array, Array]:
        """The losses of the samples, shape (B,), and the gradient by the parameters, shape (P,).

        The gradient is that of the mean of the losses, or of their sum with `reduction="sum"`, aligned with
        `parameters` of the program. The arguments are those of `forward`. A program with several roots has no
        gradient (ValueError): compile what is made of them.
        """
        if not self.has_one_root:
            raise ValueError(f"a gradient is that of one root; this program has {len(self.roots)}: compile their sum")
        if reduction not in ("mean", "sum"):
            raise ValueError(f'reduction must be "mean" or "sum"; got {reduction!r}')
        batch = Batch(batch, len(self.inputs))
        if not batch.size and reduction == "mean":
            raise ValueError('the mean over an empty batch does not exist; reduction="sum" gives 0')
        vector = self._vector(parameters)
        found = self._by_python.gradient(batch, vector) if self._is_python_faster(batch.size) else None
        losses, gradient = found or self._by_arrays.gradient(batch, vector)
        if reduction == "mean":
            gradient /= batch.size
        return losses, gradient

    def backward(self, batch: Any, parameters: Any = None, reduction: str = "mean") -> Array:
        """`gradient`, added to each parameter's `grad`; gives the losses of the samples, shape (B,)."""
        losses, gradient = self.gradient(batch, parameters, reduction)
        for parameter, contribution in zip(self.parameters, gradient.tolist(), strict=True):
            add_pass(parameter, contribution)
        return losses

    def check(
        self, batch: Any, build: Callable[[list[float]], Value | Sequence[Value]] | None = None, samples: int = 3
    ) -> None:
        """Compare the first samples of `batch` with the eager engine; raise ValueError where they differ.

        `build(numbers)` records the graph anew for a row of the batch, and so takes whatever way the Python code takes
        for it; without it, the recorded graph is computed once more, rule by rule. Where eager raises, the
        program must give NaN or infinity. A check on a few samples finds a branch only if one of them takes it.
        """
        compare_with_eager(self, batch, build, samples)

    def function(self, namespace: Any) -> Function:
        """`forward` as a pure function f(batch, parameters) of another library's arrays, for it to differentiate.

        `namespace` is torch, jax.numpy, numpy or any other one of the array API standard. `batch` has the shape (B,
        number of inputs), `parameters` the shape (P,); they are arrays of that library, of one floating-point dtype and
        on one device, and so are the losses, of shape (B,), or (B, K) for a list of K roots. Nothing is written to.

            f = program.function(jax.numpy)
            gradient = jax.jit(jax.grad(lambda parameters, batch: f(batch, parameters).mean()))

        Gradients are left to the library. At a kink it follows its own convention; torch and jax follow that of
        `gradient`. The batch is not cut into slices, so memory grows with it; and each group is a few operations of the
        library, so deep and narrow graphs take it long, unless it compiles them (`torch.compile` does once f has run).
        Raises TypeError for a namespace that lacks a function; f raises TypeError for what is no such array and
        ValueError for other shapes.
        """
        return function_of(self.form, self.layout, len(self.inputs), self.has_one_root, namespace)

    def _is_python_faster(self, samples: int) -> bool:
        """Python takes its time for each edge and sample, arrays for each group; no sample is left to arrays."""
        if self._run_by is not None or not samples:
            return self._run_by == "Python" and samples > 0
        return min(samples, self._slice_size) * self._edges < EDGES_PER_GROUP * len(self.groups)

    @cached_property
    def _by_arrays(self) -> ArrayRunner:
        return ArrayRunner(self._array_source())

    def _array_source(self, notation: Notation | str | None = None) -> str:
        return ArraySource(
            self.form, self.layout, self.order, self._slice_size, notation, has_one_root=self.has_one_root
        ).text()

    @cached_property
    def _by_python(self) -> PythonRunner:
        return PythonRunner(self.form, self.layout.parameters, len(self.inputs), self.has_one_root)

    # ── the parameters as a vector ─────────────────────────────────────────────────────────────

    def vector(self) -> Array:
        """The parameters' current data, of shape (P,), in the order of `parameters`."""
        return data_vector(self.parameters)

    def assign(self, vector: Any) -> None:
        """Make these numbers, of shape (P,), the parameters' data; raises ValueError for another shape."""
        assign_data(self.parameters, self._vector(vector))

    def _vector(self, vector: Any) -> Array:
        if vector is None:
            return self.vector()
        found = real_numbers(vector, "parameters").astype(np.float64, copy=False)
        if found.shape != (len(self.parameters),):
            raise ValueError(f"parameters must have the shape ({len(self.parameters)},); got {found.shape}")
        return cast(Array, found)

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    def __str__(self) -> str:
        return str(self._table())

    def __repr__(self) -> str:
        return f"<program of {self._counts()}>"

    def _repr_html_(self) -> str:
        return self._table(most=SHOWN).html

    def _table(self, most: int | None = None) -> Table:
        return Listing(self.form, self.groups, Naming(self.order)).table(f"Program of {self._counts()}", most)

    def _counts(self) -> str:
        counts = {"input": len(self.inputs), "parameter": len(self.parameters), "group": len(self.groups)}
        return ", ".join(plural(count, what) for what, count in counts.items())

    def source(self, language: str = "python", *, notation: Notation | str | None = None) -> str:
        """The whole pass as a module that runs by itself: "python", "numpy" or "javascript".

        It has the names of the graph, made safe: whatever a label contains, it can't inject code.

        "numpy" is what `forward` and `gradient` run by arrays, and has these functions: `forward(batch, parameters)`,
        and `gradient(batch, parameters)`, which gives the losses (B,) and the gradient of their sum (P,). `batch` is an
        array of the shape (B, number of inputs), `parameters` one of (P,). It imports numpy alone. An array has a row
        for each node of a group and a column for each sample.

        The others are straight-line, for one sample: `gradient(inputs, parameters)` gives the loss and its gradient,
        `[loss, [∂…]]` in JavaScript. With several roots there is `forward(inputs, parameters)` in its place, which
        gives their values.

        Python imports nothing but `math`, and raises where the graph would. JavaScript is an ES module without imports,
        has `forward` in any case, and gives NaN or ±Infinity where the graph would raise (log(−1), 1 / 0, exp(1000)),
        as IEEE 754 says and as arrays do. Raises ValueError for another language.
        """
        if language == "numpy":
            return self._array_source(notation)
        if language not in LANGUAGES:
            *languages, last = (f'"{name}"' for name in ("numpy", *LANGUAGES))
            raise ValueError(
                f"source() writes {', '.join(languages)} or {last}; got {language!r} (a notation is notation=…)"
            )
        parameters, backward = self.layout.parameters, self.has_one_root
        source = Source(self.form, self.order, parameters, self.inputs, language, notation=notation, backward=backward)
        return source.text()


def _roots_and_inputs(root: Any, inputs: Any) -> tuple[list[Value], list[Value]]:
    """Both as lists, found to be what a program can be made of."""
    if isinstance(inputs, Value):
        raise TypeError(f"inputs must be a list of leaves; for this one alone, [{inputs!r}]")
    if not isinstance(root, Value | Iterable) or not isinstance(inputs, Iterable):
        raise TypeError(
            f"compile_graph takes a Value, or a list of them, and a list of inputs; got {root!r}, {inputs!r}"
        )
    roots, inputs = [root] if isinstance(root, Value) else list(root), list(inputs)
    if not roots:
        raise ValueError("compile_graph takes at least one root; got none")
    for what, values in (("root", roots), ("input", inputs)):
        for value in values:
            if not isinstance(value, Value):
                raise TypeError(f"each {what} must be a Value; got {value!r} ({type(value).__name__})")
    for leaf in inputs:
        if leaf.operands:
            result = f"the result of {leaf.op.name if leaf.op else 'nothing'}"
            raise ValueError(f"each input must be a leaf; {leaf!r} is {result}")
    if len(set(inputs)) < len(inputs):
        twice = next(leaf for i, leaf in enumerate(inputs) if leaf in inputs[:i])
        raise ValueError(f"each input is one column of the batch; {twice!r} is there twice")
    return roots, inputs
