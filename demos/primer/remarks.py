"""Where the primer's words slip, or a number needs a word: each remark with the computation that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from demos.kit.printed import Printed, nearest
from demos.kit.quantities import Graph, Quantity
from demos.primer.example import TARGETS
from demos.primer.facts import EDITIONS, PRINTED, TENSORFLOW
from demos.primer.letters import (
    BY_INPUT,
    BY_TANH,
    BY_WEIGHT,
    E,
    a,
    delta,
    general,
    gradient,
    slope,
    t,
    tanh_slope,
    w,
    weighted,
    y,
    z,
)
from engine.support.notation import Notation
from engine.support.numerals import number
from nn import mean_squared_error

JULY_26, JULY_27 = EDITIONS
BOTH = "both editions"


@dataclass(frozen=True)
class Remark:
    """A sentence on the text of the paper, and whether the numbers confirm it; what is said of what, and meant."""

    editions: str
    text: str
    holds: bool
    quantity: str = ""
    said: str = ""
    meant: str = ""


def prints(edition: str, quantity: Quantity) -> Printed:
    return PRINTED[quantity][EDITIONS.index(edition)]


def agrees(value: float | Fraction, printed: Printed) -> bool:
    return printed.value in nearest(value, printed.places)


def weighted_errors(edition: str, m: int) -> Fraction:
    """Σₖ wₖ,ₘ⁽²⁾ δₖ⁽²⁾ as the edition computes it, from its own δ."""
    weights = {1: ("0.1", "0.4"), 3: ("0.3", "0.6")}[m]
    total: Fraction = weighted(*map(Fraction, weights), *(prints(edition, delta(2, k)).value for k in (1, 2)))
    return total


def half_the_sum(graph: Graph, notation: Notation) -> Remark:
    loss, mean = E.symbol(notation), mean_squared_error([y(1).read(graph), y(2).read(graph)], TARGETS).data
    return Remark(
        BOTH,
        f"{loss} is called the mean square of the errors; it is half the sum of their squares. With two outputs "
        f"these are one number, {number(mean)}, so the mean in the script of section 6 has the same gradients.",
        holds=mean == E.read(graph),
        quantity=loss,
        said="mean square",
        meant="half the sum",
    )


def another_activation(graph: Graph, notation: Notation) -> Remark:
    edge, said, meant = BY_WEIGHT, z(1, 2), z(1, 3)
    return Remark(
        JULY_26,
        f"the text calls {edge.symbol(notation)} {said.symbol(notation)}, which is {number(said.read(graph))}; "
        f"it is {meant.symbol(notation)}, as the worked line has it.",
        holds=said.read(graph) != edge.read(graph) == meant.read(graph),
        quantity=edge.symbol(notation),
        said=said.symbol(notation),
        meant=meant.symbol(notation),
    )


def tanh_for_its_slope(graph: Graph, notation: Notation) -> Remark:
    out, edge = z(1, 3), BY_TANH
    printed = prints(JULY_27, edge)
    return Remark(
        JULY_27,
        f"the line has tanh(1.7) where tanh′(1.7) is meant: the one is {number(out.read(graph))}, the other "
        f"{number(edge.read(graph))}, and the {printed.text} is the other's.",
        holds=agrees(tanh_slope(prints(JULY_27, out).value), printed) and not agrees(out.read(graph), printed),
        quantity=edge.symbol(notation),
        said="tanh(1.7)",
        meant="tanh′(1.7)",
    )


def under_the_brace(graph: Graph, notation: Notation) -> Remark:
    top, said, meant = z(1, 3), a(2, 3), a(1, 3)
    wrong, right = (f"∂{general(top, notation)}/∂{general(below, notation)}" for below in (said, meant))
    return Remark(
        BOTH,
        f"(4) has {wrong} over its brace (3), where {right} is meant: {top.symbol(notation)} is computed from "
        f"{meant.symbol(notation)}, and there is no {said.symbol(notation)}.",
        holds=graph.nodes[top.role].operands == (graph.nodes[meant.role],) and said.role not in graph.nodes,
        quantity="(4), over its brace (3)",
        said=wrong,
        meant=right,
    )


def tanh_for_its_slope_again(graph: Graph, notation: Notation) -> Remark:
    signal, out, errors = delta(1, 1), z(1, 1), float(weighted_errors(JULY_27, 1))
    printed, literal = prints(JULY_27, signal), out.read(graph) * errors
    return Remark(
        JULY_27,
        f"the three worked lines of (7) have tanh where tanh′ is meant; their numbers are those of tanh′. To the "
        f"letter, {signal.symbol(notation)} = tanh(0.5) · ({number(errors)}) = {number(literal)}, not {printed.text}.",
        holds=agrees(slope(out, a(1, 1)).read(graph) * errors, printed) and not agrees(literal, printed),
        quantity=", ".join(delta(1, m).symbol(notation) for m in (1, 2, 3)),
        said="tanh",
        meant="tanh′",
    )


def another_slope(graph: Graph, notation: Notation) -> Remark:
    signal, edge, errors = delta(1, 3), BY_TANH, float(weighted_errors(JULY_26, 3))
    printed, slipped = prints(JULY_26, signal), prints(JULY_26, edge)
    carried, exact = float(slipped.value) * errors, edge.read(graph) * errors
    return Remark(
        JULY_26,
        f"(7) does not carry on the {slipped.text} of (3), which would give {number(carried)}; with tanh′(1.7) itself, "
        f"{signal.symbol(notation)} = {number(edge.read(graph))} · ({number(errors)}) = {number(exact)}.",
        holds=agrees(exact, printed) and not agrees(carried, printed),
        quantity=f"{edge.symbol(notation)}, by (3) and as (7) has it",
        said=slipped.text,
        meant=number(edge.read(graph)),
    )


def left_of_seven(graph: Graph, notation: Notation) -> Remark:
    said, meant = general(delta(1, 3), notation), general(delta(2, 2), notation, "ᴸ")
    error = f"{general(y(2), notation, 'ᴸ')} − {general(t(2), notation)}"
    last, hidden, difference = delta(2, 1), delta(1, 1), y(1).read(graph) - t(1).read(graph)
    return Remark(
        BOTH,
        f"(7) has {said} on its left in both cases; for l = L it is {meant} that is {error}: {number(difference)} is "
        f"{last.symbol(notation)}, while {hidden.symbol(notation)} is {number(hidden.read(graph))}.",
        holds=hidden.read(graph) != difference == last.read(graph),
        quantity="(7), on its left for l = L",
        said=said,
        meant=meant,
    )


def two_slips_cancel(graph: Graph, notation: Notation) -> Remark:
    weight, factors = gradient(w(2, 1, 2)), (prints(JULY_26, delta(2, 1)), prints(JULY_26, z(1, 2)))
    own, first, second = factors[0].value * factors[1].value, prints(JULY_26, weight), prints(JULY_27, weight)
    return Remark(
        JULY_26,
        f"the {first.text} of {weight.symbol(notation)} agrees, but not with its own line: {factors[0].text} · "
        f"{factors[1].text} = {number(float(own))}, which July 27 rounds to {second.text}.",
        holds=agrees(weight.read(graph), first) and agrees(own, second) and not agrees(own, first),
        quantity=f"{weight.symbol(notation)}, by its own line",
        said=first.text,
        meant=second.text,
    )


def by_itself(graph: Graph, notation: Notation) -> Remark:
    out, edge = a(2, 2).symbol(notation), BY_INPUT
    weight = w(2, 2, 3)
    return Remark(
        JULY_26,
        f"conversely, it says, the derivative of {out} from {out} is {out}, which is {number(a(2, 2).read(graph))}; by "
        f"itself it would be 1. From {z(1, 3).symbol(notation)} it is {weight.symbol(notation)} = "
        f"{number(edge.read(graph))}, as July 27 has it.",
        holds=edge.read(graph) == weight.read(graph) and a(2, 2).read(graph) != 1,
        quantity=edge.symbol(notation),
        said=out,
        meant=weight.symbol(notation),
    )


def which_layer(graph: Graph, notation: Notation) -> Remark:
    said, meant = (general(a(layer, 3), notation) for layer in (2, 1))
    return Remark(
        BOTH,
        f"(7) writes h′ of a letter without its layer, which is short for {said}, says section 3. It is {meant}: of "
        f"{a(2, 3).symbol(notation)} there is none.",
        holds=a(2, 3).role not in graph.nodes and graph.nodes[z(1, 3).role].operands == (graph.nodes[a(1, 3).role],),
        quantity="(7), under h′",
        said=said,
        meant=meant,
    )


def how_many(graph: Graph, notation: Notation) -> Remark:
    given, gives = (sum(w(layer, 1, m).role in graph.nodes for m in range(1, 9)) for layer in (1, 2))
    return Remark(
        BOTH,
        "(7) lets m run to M⁽ˡ⁻¹⁾, how many numbers layer l − 1 is given. Its δ are as many as it gives, "
        f"M⁽ˡ⁾ = K⁽ˡ⁻¹⁾: for l = 2 that is {gives}, not {given}.",
        holds=len(graph.deltas[0]) == gives != given,
        quantity="(7), the last m",
        said="M⁽ˡ⁻¹⁾",
        meant="M⁽ˡ⁾",
    )


def two_places(edition: str, graph: Graph, notation: Notation) -> Remark:
    """By hand and by the script: the quantity that both print, furthest apart."""
    both = {quantity: script for quantity, script in TENSORFLOW if quantity in PRINTED}
    apart = {quantity: abs(float(prints(edition, quantity).value - script.value)) for quantity, script in both.items()}
    quantity = max(apart, key=lambda quantity: apart[quantity])
    return Remark(
        edition,
        f"the script is said to confirm the calculations to more than two decimal places; {quantity.symbol(notation)} "
        f"is {prints(edition, quantity).text} by hand and {both[quantity].text} by the script.",
        holds=apart[quantity] > 0.005,
        quantity="how far hand and script are apart",
        said="< 0.005",
        meant=number(apart[quantity], 2),
    )


# By section, in the order of the paper.
REMARKS: dict[str, tuple[Callable[[Graph, Notation], Remark], ...]] = {
    "3": (half_the_sum,),
    "4.1": (another_activation,),
    "4.2": (tanh_for_its_slope, under_the_brace),
    "5.1": (tanh_for_its_slope_again, another_slope, left_of_seven),
    "5.2": (two_slips_cancel,),
}

# Those that the demo does not go into.
FURTHER: dict[str, tuple[Callable[[Graph, Notation], Remark], ...]] = {
    "4.1": (by_itself,),
    "5.1": (which_layer, how_many),
    "6": tuple(partial(two_places, edition) for edition in EDITIONS),
}
