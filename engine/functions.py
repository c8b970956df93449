"""The rules as functions and methods: `exp(x)` of a Value or a number, and `x.exp()`.

Every row of the table is here under its name. Those that share a name with a builtin (`sum`, `abs`,
`pow`) stay out of `__all__`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

from engine.readings.symbols import describe
from engine.rules import RULES, TABLE, Rule, weighted_sum
from engine.support.conversions import as_number
from engine.support.notation import Role
from engine.value import Constant, Value, node, record, unary


def apply(op: Rule, operands: Iterable[Any]) -> Any:
    """The rule on Values and numbers: a Value if there is one among them, else a float."""
    operands = tuple(operands)
    if any(isinstance(x, Value) for x in operands):
        return record(op, tuple(x if isinstance(x, Value) else Constant(x) for x in operands))
    return op.forward(*map(as_number, operands))


def _function(op: Rule) -> Callable[..., Any]:
    arity = op.arity

    def of_each(*operands: Any) -> Any:
        if len(operands) != arity:
            raise TypeError(f"{op.name} takes {arity} operand{'s' * (arity != 1)}; got {len(operands)}")
        return apply(op, operands)

    def of_all(values: Iterable[Any]) -> Any:
        operands = tuple(values)
        if not operands:
            raise ValueError(f"{op.name} wants at least one operand; got none")
        return apply(op, operands)

    return _dressed(of_all if arity is None else of_each, op)


def _method(op: Rule) -> Callable[[Value], Value]:
    def method(self: Value) -> Value:
        return unary(op, self)

    return _dressed(method, op)


def _dressed(function: Callable[..., Any], op: Rule) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = describe(op)
    return function


FUNCTIONS = {op.name: _function(op) for op in TABLE if op.name != "dot"}
globals().update(FUNCTIONS)
for _op in TABLE:
    if _op.arity == 1:
        setattr(Value, _op.name, _method(_op))

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

    def sum(values: Iterable[Value | float]) -> Value: ...  # noqa: A001
    def log_sum_exp(values: Iterable[Value | float]) -> Value: ...


def dot(weights: Iterable[Any], values: Iterable[Any], bias: Any = None) -> Any:
    """b + Σ wᵢxᵢ as one node: a neuron's pre-activation; ∂/∂wᵢ = xᵢ, ∂/∂xᵢ = wᵢ, ∂/∂b = 1.

    The node's operands are w₁ … wₙ, x₁ … xₙ, b. Numbers alone give a float. Raises ValueError if there
    are not as many weights as values.
    """
    w, x = tuple(weights), tuple(values)
    if len(w) != len(x):
        raise ValueError(f"dot wants a weight for each value; got {len(w)} weights and {len(x)} values")
    return apply(DOT, (*w, *x) if bias is None else (*w, *x, bias))


def weigh(
    weights: Sequence[Value], values: Sequence[Value], x: Sequence[float], bias: Value | None, role: Role | None
) -> Value:
    """`dot` of Values only, for the neurons, which are most of what runs.

    The row stands here once more, written out, for half of the time; a test holds it equal to the table.
    """
    w = [weight.data for weight in weights]
    if bias is None:
        return node(DOT, (*weights, *values), weighted_sum(w, x, 0.0), (*x, *w), role)
    return node(DOT, (*weights, *values, bias), weighted_sum(w, x, bias.data), (*x, *w, 1.0), role)


def softmax(values: Iterable[Any]) -> list[Any]:
    """exp(xᵢ − log Σⱼ exp(xⱼ)) for each xᵢ: positive, summing to 1, for inputs of any size."""
    operands = list(values)
    normalizer = log_sum_exp(operands)
    return [FUNCTIONS["exp"](x - normalizer) for x in operands]


DOT = RULES["dot"]

__all__ = [*(name for name in FUNCTIONS if name not in ("sum", "abs", "pow")), "dot", "softmax"]
