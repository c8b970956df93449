"""A graph frozen into flat numpy work, run on whole batches; the passes are in `engine/compiling/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from math import isclose, isfinite, nan
from typing import Any, cast

import numpy as np

from engine.compiling.batch import Batch, real_numbers
from engine.compiling.dots import with_dots
from engine.compiling.form import frozen, order_of
from engine.compiling.groups import grouped
from engine.compiling.layout import INPUT, VARYING, Layout
from engine.compiling.listing import Listing
from engine.compiling.source import Source
from engine.compiling.vectors import assign_data, data_vector
from engine.compiling.work import Array, Room, Spaces, Work
from engine.support.notation import Notation
from engine.value import Value

EDGES_PER_GROUP = 80  # so many edges take Python as long as one group takes numpy, if the group is small
SLICE_BYTES = 16 * 2**20  # of values and gradients that are worked on at a time: what a cache holds


def compile_graph(root: Value | Sequence[Value], inputs: Sequence[Value]) -> Program:
    """Freeze the graph of `root`, or of a list of roots, into a program that runs on batches of samples.

    `inputs` are the leaves that differ from sample to sample: they become the columns of a batch. Every other leaf
    is a parameter, or a constant if it was a plain number. Inputs that no root depends on are allowed.

    A program does what was recorded. Where Python decided by the `data` of a Value (an `if`, a `max()`, a loop until
    something is small), the recorded way is the only one that it knows: `Program.check` finds that out.

    Its numbers agree with those of the graph to 1e-12 · Σ|terms| of the sums that make them. Recognising dots, and
    summing them as matrix products, changes the order of additions, and so the last bits; folding constants, leaving
    out what nothing needs, and computing once what was recorded twice change nothing.

    A deep and narrow graph runs as generated Python, which its first run compiles: some 0.2 ms a node, once.

    Raises TypeError for what is no Value, ValueError for an input that is no leaf or that is named twice.
    """
    return Program(root, inputs)


class Program:
    """A frozen graph: `forward`, `gradient` and `backward` on batches; made by `compile_graph`.

    `print(program)` shows its groups, each of which is one array operation.
    """

    def __init__(self, root: Value | Sequence[Value], inputs: Sequence[Value]) -> None:
        if isinstance(inputs, Value):
            raise TypeError(f"inputs is a list of leaves; for this one alone, [{inputs!r}]")
        if not isinstance(root, Value | Iterable) or not isinstance(inputs, Iterable):
            raise TypeError(
                f"compile_graph wants a Value, or a list of them, and a list of inputs; got {root!r}, {inputs!r}"
            )
        self.roots = [root] if isinstance(root, Value) else list(root)
        self.inputs = list(inputs)
        self._one_root = isinstance(root, Value)
        _require_leaves(self.roots, self.inputs)
        self._order = order_of(self.roots)
        self.form = with_dots(frozen(self._order, self.roots, self.inputs))
        self.groups = grouped(self.form)
        self.layout = Layout(self.form, self.groups)
        self.parameters: list[Value] = [self.form.origins[i] for i in self.layout.parameters]  # type: ignore[misc]
        self._constants = np.array([self.form.constants[i] for i in self.layout.constants])
        self._edges = sum(map(len, self.form.operands))
        self._rooms: list[Room] = []  # that are free

    @cached_property
    def _work(self) -> Work:
        return Work(self.form, self.layout, self.groups)

    @cached_property
    def _sample(self) -> Callable[..., Any]:
        """One sample as straight-line Python."""
        namespace: dict[str, Any] = {"__name__": "program"}
        for piece in self._source(inline=True).pieces():  # one by one, as a syntax tree is large
            exec(compile(piece, "<program>", "exec"), namespace)
        return cast(Callable[..., Any], namespace["gradient" if self._one_root else "forward"])

    def _is_narrow(self, samples: int) -> bool:
        """Is Python faster? It takes its time for each edge and sample, an array operation for each group."""
        return min(samples, self._width) * self._edges < EDGES_PER_GROUP * len(self.groups)

    @property
    def _width(self) -> int:
        """How many samples a slice has at most, so that it fits the cache."""
        return max(SLICE_BYTES // (8 * (2 * self.layout.sizes[VARYING] + len(self.inputs)) or 1), 1)

    # ── the parameters as a vector ─────────────────────────────────────────────────────────────

    def vector(self) -> Array:
        """The parameters' current data, in the order of `parameters`."""
        return data_vector(self.parameters)

    def assign(self, vector: Any) -> None:
        """Make these numbers the parameters' data."""
        assign_data(self.parameters, self._vector(vector))

    def _vector(self, vector: Any) -> Array:
        if vector is None:
            return self.vector()
        found = real_numbers(vector, "parameters").astype(np.float64, copy=False)
        if found.shape != (len(self.parameters),):
            raise ValueError(f"parameters want the shape ({len(self.parameters)},); got {found.shape}")
        return cast(Array, found)

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    def __str__(self) -> str:
        counts = ((len(self.inputs), "input"), (len(self.parameters), "parameter"), (len(self.groups), "group"))
        head = ", ".join(f"{count} {what}{'s' * (count != 1)}" for count, what in counts)
        return "\n".join([f"Program of {head}", *Listing(self.form, self.groups, self._order).lines()])

    def __repr__(self) -> str:
        return f"<program of {len(self.inputs)} inputs, {len(self.parameters)} parameters, {len(self.groups)} groups>"

    def check(self, batch: Any, build: Callable[[list[float]], Value] | None = None, samples: int = 3) -> None:
        """Compare the first samples of `batch` with the eager engine; raise ValueError where they part.

        `build(numbers)` records the graph anew for a row of the batch, and so takes whatever way the Python code takes
        for it; without it, the recorded graph is computed once more, rule by rule. Where eager raises, the
        program must give NaN or infinity. A check on a few samples finds a branch only if one of them takes it.
        """
        rows = Batch(batch, len(self.inputs)).rows(samples)
        if samples < 1 or not rows:
            raise ValueError(f"a check wants at least one sample; got {len(rows)} rows and samples={samples!r}")
        found = self.forward(np.array(rows).reshape(len(rows), len(self.inputs))).reshape(len(rows), -1)
        for k, (row, values) in enumerate(zip(rows, found.tolist(), strict=True)):
            for root, value, (expected, scale) in zip(self.roots, values, self._eagerly(row, build), strict=True):
                if not _agree(value, expected, scale):
                    raise ValueError(
                        f"sample {k}: the program gives {value!r} for {root!r}, the eager engine {expected!r}. "
                        "Does the code that records the graph decide by the data of a Value? A program knows only the "
                        "way that was recorded; run such code eagerly"
                    )

    def _eagerly(self, row: Sequence[float], build: Callable[[list[float]], Value] | None) -> list[tuple[float, float]]:
        """The value of each root, and the largest size of a number that it comes from."""
        if build is not None:
            try:
                built = build(list(row))
            except (ArithmeticError, ValueError):
                return [(nan, 1.0)] * len(self.roots)
            roots = [built] if isinstance(built, Value) else list(built) if isinstance(built, (list, tuple)) else []
            if len(roots) != len(self.roots) or not all(isinstance(root, Value) for root in roots):
                wanted = "a Value" if self._one_root else f"a list of {len(self.roots)} Values"
                raise TypeError(f"build wants to return {wanted}, as it was compiled; got {built!r}")
            return [(root.data, _largest(node.data for node in order_of([root]))) for root in roots]
        data: dict[Value, float] = dict(zip(self.inputs, row, strict=True))
        try:
            for node in self._order:
                if node not in data:
                    data[node] = node.op.forward(*(data[x] for x in node.operands)) if node.op else node.data
        except (ArithmeticError, ValueError):
            return [(nan, 1.0)] * len(self.roots)
        return [(data[root], _largest(data[node] for node in self._order)) for root in self.roots]

    def source(self, notation: Notation | str | None = None) -> str:
        """The whole pass as a Python module, straight-line, that runs by itself and imports nothing but `math`.

        It has the nodes' own names, made safe: whatever a label contains, it can't inject code. Its function
        `gradient(inputs, parameters)` gives the loss and the gradient of one sample (`forward(inputs, parameters)`, the
        values, if there are several roots). Where the graph would raise, so does it.
        """
        return self._source(notation=notation).text()

    def _source(self, **options: Any) -> Source:
        options = {"backward": self._one_root} | options
        return Source(self.form, self._order, self.layout.parameters, self.inputs, **options)

    # ── running ────────────────────────────────────────────────────────────────────────────────

    def forward(self, batch: Any, parameters: Any = None) -> Array:
        """The root's value for each sample: shape (B,), or (B, K) for a list of K roots.

        `batch` has the shape (B, number of inputs); or it is a tuple of arrays side by side, whose columns together
        are that many. `parameters` is a vector to use in place of the parameters' current data. Where the
        graph would raise (log(−1), exp(1000)) there is NaN or infinity.
        """
        batch = Batch(batch, len(self.inputs))
        found = self._one_by_one(batch, parameters)
        if found is not None:
            values = np.array([sample[0] for sample in found] if self._one_root else found)
            return values.reshape(batch.size, *[len(self.roots)] * (not self._one_root))
        out = np.empty((len(self.roots), batch.size))
        with self._room(parameters) as room:
            for samples, spaces in self._slices(batch, room):
                out[:, samples] = self._run(spaces)
        return out[0] if self._one_root else out.T

    def gradient(self, batch: Any, parameters: Any = None, reduction: str = "mean") -> tuple[Array, Array]:
        """The losses of the samples, shape (B,), and the gradient by the parameters, shape (P,).

        The gradient is that of the mean of the losses, or of their sum with `reduction="sum"`, aligned with
        `parameters` of the program. The arguments are those of `forward`. A program with several roots has no
        gradient (ValueError): compile what is made of them.
        """
        if not self._one_root:
            raise ValueError(f"a gradient is that of one root; this program has {len(self.roots)}: compile their sum")
        if reduction not in ("mean", "sum"):
            raise ValueError(f'reduction is "mean" or "sum"; got {reduction!r}')
        batch = Batch(batch, len(self.inputs))
        if not batch.size and reduction == "mean":
            raise ValueError("the mean over an empty batch does not exist")
        losses, gradient = self._gradient(batch, parameters)
        if reduction == "mean":
            gradient /= batch.size
        return losses, gradient

    def _gradient(self, batch: Batch, parameters: Any) -> tuple[Array, Array]:
        found = self._one_by_one(batch, parameters)
        if found is not None:
            each, gradients = zip(*found, strict=True)
            return np.array(each), np.array(gradients).sum(axis=0)
        losses = np.empty(batch.size)
        if not batch.size:
            return losses, np.zeros(len(self.parameters))
        work = self._work
        with self._room(parameters) as room:
            for rows in work.cleared_fixed:
                room.gathered[rows] = 0.0
            for samples, spaces in self._slices(batch, room):
                losses[samples] = self._run(spaces)
                for rows in work.cleared_varying:
                    spaces.gradients[VARYING][rows] = 0.0
                if work.roots.wanted:
                    work.roots.add(spaces, spaces.ones)
                for step in work.varying_backward:
                    step.backward(spaces)
            for step in work.fixed_backward:
                step.backward(room.once)
            return losses, room.gathered[: len(self.parameters), 0].copy()

    def backward(self, batch: Any, parameters: Any = None, reduction: str = "mean") -> Array:
        """`gradient`, added to each parameter's `grad`; gives the losses."""
        losses, gradient = self.gradient(batch, parameters, reduction)
        for parameter, contribution in zip(self.parameters, gradient.tolist(), strict=True):
            parameter.grad += contribution
            parameter.reached = True
        return losses

    @contextmanager
    def _room(self, parameters: Any) -> Iterator[Room]:
        """Memory that no one else uses meanwhile, with what does not differ between samples in it."""
        vector = self._vector(parameters)
        room = self._rooms.pop() if self._rooms else Room(self.layout.sizes)
        n, m = len(vector), len(self._constants)
        room.fixed[:n, 0] = vector
        room.fixed[n : n + m, 0] = self._constants
        with np.errstate(all="ignore"):
            for step in self._work.fixed:
                step.forward(room.once)
            yield room
        self._rooms.append(room)

    def _slices(self, batch: Batch, room: Room) -> Iterator[tuple[slice, Spaces]]:
        """The batch cut into slices of (nearly) equal size that fit the cache."""
        count = -(-batch.size // self._width) or 1
        ends = [k * batch.size // count for k in range(count + 1)]
        for start, end in pairwise(ends):
            if start < end:
                spaces = room.spaces(end - start)
                spaces.first = start == 0
                spaces.values[INPUT] = batch.columns(slice(start, end))
                yield slice(start, end), spaces

    def _run(self, spaces: Spaces) -> Array:
        """Forward; the values of the roots."""
        for step in self._work.varying:
            step.forward(spaces)
        values: Array = self._work.roots.read(spaces)
        return values

    def _one_by_one(self, batch: Batch, parameters: Any) -> list[Any] | None:
        """What `_sample` gives for each sample; None if arrays are to do it.

        They are faster for a large batch; and where Python raises, they give NaN or infinity.
        """
        if not batch.size or not self._is_narrow(batch.size):
            return None
        vector = self._vector(parameters).tolist()
        try:
            return [self._sample(sample, vector) for sample in batch.rows()]
        except (ArithmeticError, ValueError):
            return None

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return compile_graph, (self.roots[0] if self._one_root else self.roots, self.inputs)


def _agree(value: float, expected: float, scale: float) -> bool:
    if not (isfinite(value) and isfinite(expected)):
        return isfinite(value) == isfinite(expected)
    return isclose(value, expected, rel_tol=1e-9, abs_tol=1e-13 * scale)


def _largest(numbers: Iterable[float]) -> float:
    return max((abs(x) for x in numbers if isfinite(x)), default=0.0)


def _require_leaves(roots: Sequence[Value], inputs: Sequence[Value]) -> None:
    if not roots:
        raise ValueError("compile_graph wants at least one root; got none")
    for what, values in (("root", roots), ("input", inputs)):
        for value in values:
            if not isinstance(value, Value):
                raise TypeError(f"each {what} is a Value; got {value!r} ({type(value).__name__})")
    for leaf in inputs:
        if leaf.operands:
            raise ValueError(f"an input is a leaf; {leaf!r} is the result of {leaf.op.name if leaf.op else 'nothing'}")
    if len(set(inputs)) < len(inputs):
        twice = next(leaf for i, leaf in enumerate(inputs) if leaf in inputs[:i])
        raise ValueError(f"each input is one column; {twice!r} is there twice")
