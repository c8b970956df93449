"""Losses: how far the outputs are from their targets, as one Value.

Each takes what a model returns, a Value or a list of them, and as many targets: numbers (which become
target leaves) or Values, which join the graph. Some take numbers of a certain kind only. A Value they take as it is,
whatever its data, since a compiled program gives it other data for each sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.functions import dot, log_sum_exp_less, neg_log_share, normalizers, relu, softplus, total
from engine.support.conversions import as_number
from engine.support.notation import LOSS, TARGET, Notation, Role, notation_for
from engine.value import Value

ROUNDING = 1e-6  # how far from 1 the sum of probabilities may be


def half_squared_error(outputs: Any, targets: Any) -> Value:
    """E = ½ Σ (yₖ − tₖ)², half the sum of the squared errors, for which δ = y − t at a linear output.

    It is the loss of Santi, "A Primer on Backpropagation" (2025), section 3 and equation 5. Raises ValueError for
    another number of targets than outputs.
    """
    ys = as_values(outputs)
    return _loss(0.5 * _sum_of_squares(ys, targets), ys)


def squared_error(outputs: Any, targets: Any) -> Value:
    """E = Σ (yₖ − tₖ)², the sum of the squared errors, for which δ = 2 (y − t) at a linear output.

    Raises ValueError for another number of targets than outputs.
    """
    ys = as_values(outputs)
    return _loss(_sum_of_squares(ys, targets), ys)


def mean_squared_error(outputs: Any, targets: Any) -> Value:
    """E = 1/n Σ (yₖ − tₖ)², the mean of the n squared errors of a sample; δ = 2/n (y − t) at a linear output.

    Raises ValueError for another number of targets than outputs.
    """
    ys = as_values(outputs)
    return _loss(_sum_of_squares(ys, targets) / len(ys), ys)


def cross_entropy(logits: Any, target: Any) -> Value:
    """E = Σ tₖ log Σⱼ exp(aⱼ − aₖ) = −Σ tₖ log softmax(a)ₖ for logits a, two or more; δ = softmax(a) − t.

    `target` is the number of a class, from 0 on (of which t is 1, so the sum is one term; a bool is 0 or 1, as
    everywhere in Python), or a probability for each class. Values as probabilities are not judged, and
    δ = (Σ t) softmax(a) − t then. No logit is too large.

    Raises ValueError for a class out of range, for probabilities that are negative or don't sum to 1, and for the
    outputs of a softmax or sigmoid, which are probabilities already.
    """
    zs = _logits(logits, "cross_entropy")
    if len(zs) == 1:
        raise ValueError("cross_entropy of one logit is always 0; for one output use binary_cross_entropy")
    if isinstance(target, Value):
        raise TypeError(
            f"a class must be a plain number, since it decides which logit is used; got {target!r}. In fit, numbers of "
            "classes must have the shape (N,), not (N, 1)"
        )
    if not _is_list(target):
        return _loss(log_sum_exp_less([zs[_class(target, len(zs))], *zs]), zs)
    given = list(target)
    pairs = pair(zs, given)
    _require_probabilities(given)
    m, s = normalizers(zs)
    return _loss(dot([t for _, t in pairs], [neg_log_share(z, m, s) for z, _ in pairs]), zs)


def binary_cross_entropy(logits: Any, targets: Any) -> Value:
    """E = −Σ (tₖ log σ(aₖ) + (1 − tₖ) log(1 − σ(aₖ))) for logits a, with −log σ(a) = softplus(−a); δ = σ(a) − t.

    Targets are 0 and 1, or probabilities between them. No logit is too large. Raises ValueError for other targets,
    and for the outputs of a sigmoid or softmax, which are probabilities already.
    """
    zs, given = _logits(logits, "binary_cross_entropy"), _listed(targets)
    for t in _numbers(given):
        if not 0.0 <= t <= 1.0:
            raise ValueError(f"the targets of binary_cross_entropy must be from 0 to 1; got {t!r}")
    # (not softplus(z) − t z, which loses every digit where the answer is right and confident)
    return _loss(_sum([dot([t, 1.0 - t], [softplus(-z), softplus(z)]) for z, t in pair(zs, given)]), zs)


def hinge(outputs: Any, targets: Any) -> Value:
    """E = Σ max(0, 1 − tₖ yₖ), the loss of a support vector machine; targets are +1 and −1. ∂E/∂y = −t or 0.

    To the last bit it is `(1 + -t*y).relu()`, as micrograd's demo writes it. Raises ValueError for other targets.
    """
    ys, given = as_values(outputs), _listed(targets)
    for t in _numbers(given):
        if t not in (1.0, -1.0):
            raise ValueError(f"the targets of hinge must be +1 or −1; got {t!r} (where they are 0 and 1, give 2*t - 1)")
    return _loss(_sum([relu(1.0 - t * y) for y, t in pair(ys, given)]), ys)


def _sum_of_squares(ys: Sequence[Value], targets: Any) -> Value:
    return total([(y - t) ** 2 for y, t in pair(ys, targets)])


def _sum(terms: Sequence[Value]) -> Value:
    return terms[0] if len(terms) == 1 else total(terms)


# ── outputs and targets ────────────────────────────────────────────────────────────────────────


def pair(outputs: Any, targets: Any) -> list[tuple[Value, Value]]:
    """Each output with its target, the targets made leaves with their role."""
    ys, ts = as_values(outputs), as_values(targets)
    if len(ys) != len(ts):
        raise ValueError(f"a loss must have a target for each output; got {len(ys)} outputs and {len(ts)} targets")
    notation = notation_of(ys)
    for k, t in enumerate(ts, start=1):
        if t.role is None and t.op is None:
            t.role = Role(TARGET, None, (k,), notation=notation)
    return list(zip(ys, ts, strict=True))


def as_values(x: Any) -> Sequence[Value]:
    return [element if isinstance(element, Value) else Value(element) for element in _listed(x)]


def _listed(x: Any) -> list[Any]:
    return list(x) if _is_list(x) else [x]


def _is_list(x: Any) -> bool:
    return isinstance(x, Iterable) and getattr(x, "shape", None) != ()  # (numpy's scalars and 0-d arrays can't be)


def _numbers(targets: Sequence[Any]) -> list[float]:
    """Those that are plain numbers."""
    return [as_number(t) for t in targets if not isinstance(t, Value)]


def _class(target: Any, count: int) -> int:
    number = as_number(target)
    if not number.is_integer():
        raise ValueError(f"a class must be a whole number, 0 … {count - 1} for {count} logits; got {target!r}")
    if not 0 <= number < count:
        raise ValueError(f"there is no class {int(number)}: {count} logits have the classes 0 … {count - 1}")
    return int(number)


def _require_probabilities(targets: Sequence[Any]) -> None:
    numbers = _numbers(targets)
    for t in numbers:
        if not t >= 0.0:
            raise ValueError(f"the targets of cross_entropy must be probabilities, none of them negative; got {t!r}")
    if len(numbers) == len(targets) and not abs(sum(numbers) - 1.0) <= ROUNDING:
        raise ValueError(
            f"the targets of cross_entropy must be probabilities that sum to 1; these sum to {sum(numbers)!r}"
        )


def _logits(outputs: Any, loss: str) -> Sequence[Value]:
    """The outputs as Values, unless the graph shows that they are probabilities already."""
    values = as_values(outputs)
    for value in values:
        if squashed := _squashed_by(value):
            remedy = f"give it what {squashed}() was given" if value.role is None else "use output_activation='linear'"
            raise ValueError(
                f"{loss} takes logits, the outputs before {squashed}, and does the rest itself; these have been "
                f"through {squashed} already: {remedy}"
            )
    return values


def _squashed_by(value: Value) -> str:
    return {"sigmoid": "sigmoid", "share": "softmax"}.get(value.op.name, "") if value.op else ""


def _loss(value: Value, outputs: Sequence[Value]) -> Value:
    value.role = Role(LOSS, notation=notation_of(outputs))
    return value


def notation_of(outputs: Sequence[Value]) -> Notation:
    """The notation of the model that they are the outputs of, or that they are computed from in one operation."""
    return notation_for(None, (node for y in outputs for node in (y, *y.operands)))
