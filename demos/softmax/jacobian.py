"""The softmax and its Jacobian, and the appendix, which derives δ = a − y."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from demos.kit.checks import Check, Place, equal
from demos.kit.console import aligned
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from demos.softmax.example import BACKWARD, FORWARD, Matrix, shape
from engine import Value, differentiate, dot, exp, log, log_sum_exp, softmax, total
from engine.support.numerals import lowered, number
from nn import cross_entropy

LOGITS, TRUE = (1.0, -0.5, 2.0, 0.3), 1  # z, and the place of the 1 in y, from 0
APPENDIX = "Appendix: Proof of δ = a − y"


# ── the softmax and its Jacobian ───────────────────────────────────────────────────────────────


def leaves() -> list[Value]:
    return [Value(x, f"z{lowered(i)}") for i, x in enumerate(LOGITS, start=1)]


def numbers(values: Sequence[Value]) -> Matrix:
    return np.array([value.data for value in values])


def jacobian_by_backward() -> Matrix:
    """∂aᵢ/∂zⱼ: a backward pass from each output."""
    return np.array([gradient(partial(share, i)) for i in range(len(LOGITS))])


def share(i: int, z: Sequence[Value]) -> Value:
    found: Value = softmax(z)[i]
    return found


def jacobian_by_second_use() -> Matrix:
    """∂²/∂zᵢ∂zⱼ of log Σ exp z: its first derivatives, which are the softmax, are graphs, and so are theirs."""
    z = leaves()
    first = differentiate(log_sum_exp(z), z)
    return np.array([numbers(differentiate(derivative, z)) for derivative in first])


def jacobian() -> Section:
    forward, backward = Place(INTRODUCTION, FORWARD), Place(INTRODUCTION, BACKWARD)
    z = leaves()
    s = np.exp(LOGITS) / np.sum(np.exp(LOGITS))
    element_wise = np.array([[s[i] * (1 - s[i]) if i == j else -s[i] * s[j] for j in range(4)] for i in range(4)])
    formula, engine = np.diag(s) - np.outer(s, s), jacobian_by_second_use()
    first = numbers(differentiate(log_sum_exp(z), z))
    rows = [
        forward.equation("a = Softmax(z)", s, numbers(softmax(z)), "exp zᵢ / Σ exp zⱼ"),
        forward.equation("Σ aᵢ", 1, sum(numbers(softmax(z))), "1"),
        backward.equation("Softmax′(z)", element_wise, jacobian_by_backward(), "aᵢ(1 − aᵢ); −aᵢaⱼ for i ≠ j"),
        backward.equation("∂/∂zᵢ log Σ exp z", s, first, "a"),
        backward.equation("∂²/∂zᵢ∂zⱼ log Σ exp z", formula, engine, "diag(a) − a aᵀ"),
    ]
    side_by_side = [(f"i = {i + 1}", *map(number, formula[i]), *map(number, engine[i])) for i in range(len(LOGITS))]
    head = (
        "",
        *("diag(a) − a aᵀ" if j == 0 else "" for j in range(4)),
        *("engine" if j == 0 else "" for j in range(4)),
    )
    return Section(
        "The softmax and its Jacobian",
        [
            f"z = ({', '.join(map(number, LOGITS))}), a = ({', '.join(map(number, s))}). The first derivatives of "
            "log Σ exp z are the softmax; the engine gives them as graphs, whose derivatives are the Jacobian.",
            aligned(head, side_by_side, "<" + "." * 8),
            Table(rows, "source", "engine"),
            "",
            "Where the text slips:",
            Table([no_elementwise_product(backward)]),
        ],
    )


def no_elementwise_product(place: Place) -> Check:
    """δ⁽²⁾ = ∂C/∂a ⊙ Softmax′(z): a vector and a matrix, and each cost's δ is their product."""
    z = leaves()
    a = softmax(z)
    C = cost_by_outputs(a)
    C.backward()
    delta, by_a = np.array([leaf.grad for leaf in z]), np.array([x.grad for x in a])
    J = jacobian_by_backward()
    diagonal = by_a * np.diag(J)
    return place.misprint(
        "δ⁽²⁾ = ∂C/∂a⁽²⁾ ⊙ Softmax′(z⁽²⁾)",
        "⊙",
        "a product",
        f"Softmax′ is a matrix, {shape(J)}, since each output depends on each z; ⊙ with its diagonal, as for other "
        f"activations, would give ({', '.join(map(number, diagonal))}), but (Softmax′)ᵀ ∂C/∂a is the engine's "
        f"({', '.join(map(number, delta))})",
        holds=equal(J.T @ by_a, delta) and not equal(diagonal, delta),
    )


# ── the appendix ───────────────────────────────────────────────────────────────────────────────


def one_hot() -> Matrix:
    return np.array([float(i == TRUE) for i in range(len(LOGITS))])


def cost_by_outputs(a: Sequence[Value]) -> Value:
    """C = −Σ yᵢ log aᵢ."""
    cost: Value = -dot(one_hot().tolist(), [log(x) for x in a])
    return cost


def gradient(of: Callable[[list[Value]], Value]) -> Matrix:
    """∂/∂z of a function of the logits, by a backward pass."""
    z = leaves()
    of(z).backward()
    return np.array([leaf.grad for leaf in z])


def appendix() -> Section:
    place = Place(INTRODUCTION, APPENDIX)
    z, y = np.array(LOGITS), one_hot()
    a, S = np.exp(z) / np.sum(np.exp(z)), float(np.sum(np.exp(z)))
    C = cost_by_outputs(softmax(leaves())).data

    def sum_of_powers(z: Sequence[Value]) -> Value:
        return total(exp(x) for x in z)

    rows = [
        place.equation("C", -float(y @ np.log(a)), C, "−Σ yᵢ log aᵢ"),
        place.equation("C", -float(y @ (z - np.log(S))), C, "−Σ yᵢ (zᵢ − log Σ exp zⱼ)"),
        place.equation("C", float(-y @ z + np.log(S)), cross_entropy(leaves(), TRUE).data, "−Σ yᵢzᵢ + log Σ exp zⱼ"),
        place.equation("∂/∂z (−Σ yᵢzᵢ)", -y, gradient(lambda z: -dot(y.tolist(), z)), "−y"),
        place.equation("∂S/∂z", np.exp(z), gradient(sum_of_powers), "exp z"),
        place.equation("∂/∂z log S", np.exp(z) / S, gradient(lambda z: log(sum_of_powers(z))), "1/S · ∂S/∂z = a"),
        place.equation("∂C/∂z", a - y, gradient(lambda z: cross_entropy(z, TRUE)), "a − y"),
        place.equation("∂C/∂z through the Jacobian", a - y, gradient(lambda z: cost_by_outputs(softmax(z))), "a − y"),
    ]
    return Section(
        APPENDIX,
        [
            f"The same z, and y = ({', '.join(map(number, y))}). S = Σ exp zⱼ. In the last row C is built as the "
            "worked example has it, by way of a, so that the engine multiplies by Softmax′ itself.",
            Table(rows, "source", "engine"),
        ],
    )
