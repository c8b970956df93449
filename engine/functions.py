"""The rules as functions and methods: `exp(x)` of a Value or a number, and `x.exp()`.

Every row of the table is here under its name. Those that have an operator, or share a name with a builtin,
stay out of `__all__`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

import engine.shortcuts  # noqa: F401  (its operators are documented below)
from engine.readings.formulas import describe
from engine.rules import RULES, TABLE, Rule
from engine.support.conversions import as_number
from engine.support.numerals import plural
from engine.value import ADD, DIV, MUL, POW, SUB, Constant, Value, as_value, node, record, unary


def apply(op: Rule, operands: Iterable[Any]) -> Any:
    """The rule on Values and numbers: a Value if there is one among them, else a float."""
    operands = tuple(operands)
    if any(isinstance(x, Value) for x in operands):
        return record(op, tuple(map(as_value, operands)))
    return op.forward(*map(as_number, operands))


def function_of(op: Rule) -> Callable[..., Any]:
    count = op.arity or 0  # 0: any number

    def of_each(*operands: Any) -> Any:
        if len(operands) != count:
            raise TypeError(f"{op.name} takes {plural(count, 'operand')}; got {len(operands)}")
        return apply(op, operands)

    def of_all(values: Iterable[Any]) -> Any:
        operands = tuple(values)
        if not operands:
            raise ValueError(f"{op.name} must have at least one operand; got none")
        return apply(op, operands)

    return _documented(of_each if count else of_all, op)


def _method(op: Rule) -> Callable[[Value], Value]:
    def method(self: Value) -> Value:
        return unary(op, self)

    return _documented(method, op)


def _documented(function: Callable[..., Any], op: Rule) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = describe(op)
    function.rule = op  # type: ignore[attr-defined]
    return function


FUNCTIONS = {op.name: function_of(op) for op in TABLE if op.name != "dot"}
globals().update(FUNCTIONS)
for _op in TABLE:
    if _op.arity == 1:
        setattr(Value, _op.name, _method(_op))

for _name, _op in {"add": ADD, "sub": SUB, "mul": MUL, "truediv": DIV, "pow": POW}.items():
    getattr(Value, f"__{_name}__").__doc__ = f"self {_op.symbol} other, as a node. {describe(_op)}"
    getattr(Value, f"__r{_name}__").__doc__ = f"other {_op.symbol} self, as a node. {describe(_op)}"

if TYPE_CHECKING:  # what the two loops made, for editors and type checkers

    class Unary(Protocol):
        @overload
        def __call__(self, x: Value, /) -> Value: ...
        @overload
        def __call__(self, x: float, /) -> float: ...

    class Binary(Protocol):
        @overload
        def __call__(self, x: Value, y: Value | float, /) -> Value: ...
        @overload
        def __call__(self, x: float, y: Value, /) -> Value: ...
        @overload
        def __call__(self, x: float, y: float, /) -> float: ...

    exp: Unary
    log: Unary
    expm1: Unary
    log1p: Unary
    sqrt: Unary
    sin: Unary
    cos: Unary
    tan: Unary
    tanh: Unary
    sigmoid: Unary
    relu: Unary
    leaky_relu: Unary
    elu: Unary
    softplus: Unary
    silu: Unary
    maximum: Binary
    minimum: Binary

    sech2: Unary
    greater: Binary
    at_least: Binary

    def share(x: Value | float, m: Value | float, s: Value | float) -> Value: ...
    def neg_log_share(x: Value | float, m: Value | float, s: Value | float) -> Value: ...
    def log_sum_exp_less(values: Iterable[Value | float]) -> Value: ...
    def where(c: Value | float, a: Value | float, b: Value | float) -> Value: ...
    def sum(values: Iterable[Value | float]) -> Value: ...  # noqa: A001
    def largest(values: Iterable[Value | float]) -> Value: ...
    def log_sum_exp(values: Iterable[Value | float]) -> Value: ...


def total(values: Iterable[Value | float]) -> Value:
    """Σ xᵢ as one node, added left to right, with ∂/∂xᵢ = 1; numbers alone give a float.

    It is `sum` of this module, under a name that hides no builtin. Raises ValueError for no operands.
    """
    found: Value = FUNCTIONS["sum"](values)
    return found


def dot(weights: Iterable[Any], values: Iterable[Any], bias: Any = None) -> Any:
    """b + Σ wᵢxᵢ as one node: a neuron's pre-activation; ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ, ∂/∂b = 1.

    The node's operands are w₁ … wₙ, x₁ … xₙ, and b if there is a bias. Numbers alone give a float. Raises ValueError
    if there are not as many weights as values.
    """
    w, x = tuple(weights), tuple(values)
    if len(w) != len(x):
        raise ValueError(f"dot must have a weight for each value; got {len(w)} weights and {len(x)} values")
    return apply(RULES["dot"], (*w, *x) if bias is None else (*w, *x, bias))


@overload
def softmax(values: Iterable[float]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(values: Iterable[Value | float]) -> list[Value]: ...
def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(xᵢ) / Σⱼ exp(xⱼ) for each xᵢ: positive, summing to 1, with all digits for inputs of any size.

        ∂zᵢ/∂xⱼ = zᵢ (1 − zᵢ) for i = j, else −zᵢ zⱼ

    A list as long as `values`; of numbers alone, floats. Each z is computed as exp(xᵢ − m − log Σⱼ exp(xⱼ − m)) with
    m = max x, through which no gradient passes, so nothing overflows. Raises ValueError for no values.
    """
    operands = tuple(values)
    m, s = normalizers(operands)
    return [apply(RULES["share"], (x, m, s)) for x in operands]


LARGEST, NORMALIZER = "m", "s"


def normalizers(operands: Sequence[Any]) -> tuple[Any, Any]:
    """m = max x and s = log Σ exp(xᵢ − m): apart, since their sum would lose what all xᵢ are large by.

    What is made of xᵢ − m − s is the same for any m, so no gradient passes through m.
    """
    if not operands:
        raise ValueError("softmax must have at least one operand; got none")
    largest, log_sum_exp_less = RULES["largest"], RULES["log_sum_exp_less"]
    if not any(isinstance(x, Value) for x in operands):
        numbers = tuple(map(as_number, operands))
        m = largest.forward(*numbers)
        return m, log_sum_exp_less.forward(m, *numbers)
    m = detached(largest, operands)
    s = record(log_sum_exp_less, (m, *map(as_value, operands)))
    m.label, s.label = LARGEST, NORMALIZER  # as the formula above calls them, wherever it is shown
    return m, s


def detached(op: Rule, operands: Iterable[Any]) -> Value:
    """The result of a rule as a number: drawn, and computed anew by a program, but no gradient passes through it."""
    values = tuple(map(as_value, operands))
    return node(op, values, op.forward(*[value.data for value in values]), (), cls=Constant)


# Written out for type checkers, which don't compute it; a test holds that it has every row that is no operator.
__all__ = [
    "at_least", "cos", "dot", "elu", "exp", "expm1", "greater", "largest", "leaky_relu", "log", "log1p",
    "log_sum_exp", "log_sum_exp_less", "maximum", "minimum", "neg_log_share", "relu", "sech2", "share", "sigmoid",
    "silu", "sin", "softmax", "softplus", "sqrt", "tan", "tanh", "total", "where",
]  # fmt: skip
