"""What a Value takes for a number, and the conversions that it refuses, each error with its remedy."""

from __future__ import annotations

import operator
from numbers import Real
from typing import Any, NoReturn


def as_number(x: Any) -> float:
    """`x` as a float: int, float, bool, Fraction, numpy scalar or zero-dimensional array; else a TypeError."""
    if isinstance(x, Real):
        try:
            return float(x)
        except OverflowError:
            raise OverflowError(f"a Value holds a float, at most about 1.8e308; got {_brief(x)}") from None
    if getattr(x, "shape", None) == () and hasattr(x, "item"):
        item = x.item()
        if isinstance(item, Real) or not hasattr(item, "shape"):  # numpy's long doubles come back as they were
            return as_number(item)
    raise TypeError(f"a Value holds one real number; got {_brief(x)}{_remedy(x)}")


def as_data(x: Any) -> float:
    """`as_number`, and the item of an array that has one only."""
    return as_number(x.item() if getattr(x, "size", None) == 1 and hasattr(x, "item") else x)


def as_label(x: Any) -> str:
    if not isinstance(x, str):
        raise TypeError(f"a label must be a str; got {x!r} ({type(x).__name__})")
    return x


def _brief(x: Any) -> str:
    try:
        text = "a Value" if isinstance(x, Conversions) else repr(x)
    except ValueError:  # an int of more digits than Python prints
        text = "a number of thousands of digits"
    return f"{text if len(text) <= 60 else text[:57] + '…'} ({type(x).__name__})"


def _remedy(x: Any) -> str:
    if isinstance(x, Conversions):
        return "; use it as it is, or its .data for a new leaf"
    if isinstance(x, str):
        return "; convert it first, with float()"
    if isinstance(x, complex):
        return "; use its .real, its .imag or its abs()"
    if hasattr(x, "__len__"):
        return "; make a Value of each element"
    return "; give an int, a float, a bool, a Fraction or a numpy scalar"


def data_of(x: Any) -> float:
    return x.data if isinstance(x, Conversions) else as_number(x)


class Conversions:
    """A Value as its number, in comparisons and formats; and the conversions that would silently lose the graph."""

    __slots__ = ()
    data: float

    # fmt: off
    def __lt__(self, other: Any) -> bool: return self.data < data_of(other)
    def __le__(self, other: Any) -> bool: return self.data <= data_of(other)
    def __gt__(self, other: Any) -> bool: return self.data > data_of(other)
    def __ge__(self, other: Any) -> bool: return self.data >= data_of(other)
    # fmt: on

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __float__(self) -> NoReturn:
        raise TypeError(
            "a Value can't become a float: the graph would be lost. Use v.data for its number, "
            "or the Value's own function: v.exp() for math.exp(v)"
        )

    __int__ = __complex__ = __float__

    def __bool__(self) -> NoReturn:
        raise TypeError("a Value is neither true nor false; ask about its number: v.data, or v > 0")

    # Identity, so that Values can live in sets and dictionaries.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if isinstance(other, Real) or getattr(other, "shape", None) == ():
            raise TypeError(
                f"== between Values is identity, so comparing with {_brief(other)} would always be False; "
                "compare the number: v.data == …"
            )
        return NotImplemented

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Numpy on the left of an operator steps aside; a numpy function is refused."""
        arrays = list(filter(is_array_of_values, inputs))
        if arrays:  # of Values: element by element, in numpy's own way
            return getattr(ufunc, method)(*[_boxed(x, arrays[0]) for x in inputs], **options)
        act = _OPERATORS.get(ufunc.__name__)
        if act and method == "__call__" and len(inputs) == 2 and not options:
            left, right = inputs
            if isinstance(right, Conversions) and not isinstance(left, Conversions):
                return act(as_number(left), right)
            if isinstance(left, Conversions) and not isinstance(right, Conversions):
                return act(left, as_number(right))
        name = ufunc.__name__
        own = f"v.{name}()" if hasattr(self, name) else "the Value's own functions, such as v.exp()"
        raise TypeError(f"np.{name} can't take a Value: the graph would be lost. Use {own}, or v.data for its number")


def is_array_of_values(x: Any) -> bool:
    """Is it a numpy array of objects, which computes by their own operators?"""
    return bool(getattr(x, "shape", ())) and getattr(getattr(x, "dtype", None), "kind", "") == "O"


def _boxed(x: Any, array: Any) -> Any:
    """A Value as an array of no dimensions, which numpy does not ask what to do."""
    if not isinstance(x, Conversions):
        return x
    box = type(array)((), dtype=object)
    box[()] = x
    return box


_OPERATORS = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "float_power": operator.pow,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
