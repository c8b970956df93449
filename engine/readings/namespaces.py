"""Rules read by the arrays of any library whose functions are those of the array API standard.

A library is known by what it has, not by its name. It differentiates what the words compute, so they are chosen for
their derivatives, too: `maximum`, where libraries share the gradient between ties; and |x| as a `where` that takes the
side x ≥ 0 at 0, as the rows do that use it: a sigmoid is smooth there only if all of its parts are on one side. The row
|x| itself is the larger of x and −x, so that its derivative at 0 is 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from types import SimpleNamespace
from typing import Any

from engine.rules import RULES, reading
from engine.vocabulary import WORDS

OF_NUMBERS = "exp expm1 log log1p sqrt sin cos tan tanh maximum minimum".split()  # of arrays or plain numbers
NEEDED = [*OF_NUMBERS, *"asarray broadcast_to concat max reshape sum take where".split()]
ALSO_CALLED = {"concat": "concatenate", "max": "amax"}
FLOATS = "float16 bfloat16 float32 float64".split()


def functions_of(namespace: Any) -> SimpleNamespace:
    """What a program needs of a library of arrays, by the names of the standard; raises TypeError if it lacks some."""
    found = {name: getattr(namespace, ALSO_CALLED.get(name, name), None) for name in NEEDED}
    found |= {name: getattr(namespace, name, None) for name, function in found.items() if not callable(function)}
    name = getattr(namespace, "__name__", None) or f"{namespace!r} ({type(namespace).__name__})"
    lacking = sorted(name for name, function in found.items() if not callable(function))
    if lacking:
        raise TypeError(
            "the namespace must be that of an array library, such as numpy, torch or jax.numpy; "
            f"{name} lacks {', '.join(lacking)}"
        )
    xp = SimpleNamespace(**found, name=name)
    if callable(select := getattr(namespace, "index_select", None)):  # where it is, `take` knows no axes
        xp.take = lambda x, index, axis: select(x, axis, index)
    xp.stop_gradient = getattr(namespace, "stop_gradient", None) or getattr(namespace, "detach", None) or (lambda x: x)
    xp.floats = [getattr(namespace, dtype) for dtype in FLOATS if hasattr(namespace, dtype)]
    return xp


class Arrays:
    """Arrays of one library, dtype and device: the rules read by them, and how rows of matrices are gathered.

    `xp` is what `functions_of` gives; nothing is kept from one call to the next, so all may be traced.
    """

    def __init__(self, xp: SimpleNamespace, dtype: Any, device: Any) -> None:
        self.xp, self.dtype = xp, dtype
        self.on_device = {} if device is None else {"device": device}
        words = WORDS | {name: self._of_numbers(getattr(xp, name)) for name in OF_NUMBERS}
        words |= {"where": self.where, "abs": lambda x: self.where(x < 0.0, -x, x)}
        words |= dict.fromkeys(("power", "power_or_inf"), lambda x, y: self.array(x) ** y)
        words |= {"larger": words["maximum"], "smaller": words["minimum"]}
        words |= {"largest": lambda terms: reduce(words["maximum"], terms)}
        words |= {"__builtins__": {}}  # rows have none; torch.compile looks for them
        self.rules = reading(words)
        self.rules["abs"] = replace(RULES["abs"], forward=lambda x: words["maximum"](x, -x))
        # A rule of any number of operands is called with a single array that holds them all along its first axis.
        words |= {"largest": lambda terms: xp.max(_stack(terms), axis=0)}
        words |= {"total": lambda terms: xp.sum(_stack(terms), axis=0)}
        self.stack_rules = reading(words)

    def array(self, x: Any) -> Any:
        """An array of the dtype and on the device, if `x` is a plain number; otherwise `x` as it is."""
        return self.made_of(x) if isinstance(x, float | int) else x

    def made_of(self, numbers: Any) -> Any:
        """An array of these numbers: a plain one, or an array of numpy's."""
        return self.xp.asarray(numbers, dtype=self.dtype, **self.on_device)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, bool):  # plain numbers were compared
            return a if condition else b
        return self.xp.where(condition, self.array(a), self.array(b))

    def rows(self, x: Any, rows: Any) -> Any:
        """The rows of a matrix: those of a slice, or of an array of row numbers."""
        if isinstance(rows, slice):
            return x[rows, :]
        return self.xp.take(x, self.xp.asarray(rows, **self.on_device), axis=0)

    def concat(self, matrices: list[Any]) -> Any:
        """One below the other; a single column stands for as many as the others have."""
        if len(matrices) == 1:
            return matrices[0]
        width = next((x.shape[1] for x in matrices if x.shape[1] != 1), 1)
        return self.xp.concat([self.xp.broadcast_to(x, (x.shape[0], width)) for x in matrices])

    def _of_numbers(self, function: Any) -> Any:
        return lambda *x: function(*map(self.array, x))


def _stack(operands: Iterable[Any]) -> Any:
    (stack,) = operands
    return stack
