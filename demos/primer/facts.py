"""What the primer prints: its equations, and each number in both editions.

N. Santi, "A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code", July 2025.
"""

from __future__ import annotations

from dataclasses import dataclass

from demos.kit.printed import CARRIED_ON, CUT_OFF, ONE_TOO_MANY, Formula, Printed, Work, by_name
from demos.kit.quantities import Quantity
from demos.primer import equations as equation
from demos.primer.equations import StatedEquation
from demos.primer.letters import (
    BY_BOTH,
    BY_INPUT,
    BY_TANH,
    BY_WEIGHT,
    a,
    delta,
    difference,
    gradient,
    passed_back,
    same,
    slope,
    t,
    tanh_slope,
    times,
    w,
    weighted,
    y,
    z,
)

EDITIONS = ("July 26", "July 27")


@dataclass(frozen=True)
class PaperSection:
    """A section of the paper: its equations, each before what is worked out by it, and words of ours."""

    number: str
    title: str
    parts: tuple[StatedEquation | Work | str, ...] = ()
    further: tuple[StatedEquation, ...] = ()  # which the demo does not go into

    @property
    def heading(self) -> str:
        return f"{self.number}  {self.title}"

    @property
    def works(self) -> list[Work]:
        return [part for part in self.parts if isinstance(part, Work)]


# ── the sections ───────────────────────────────────────────────────────────────────────────────


def work(quantity: Quantity, formula: Formula, operands: tuple[Quantity, ...], *prints: str | Printed) -> Work:
    """What both editions print, or else July 26 and July 27."""
    printed = tuple(Printed(p) if isinstance(p, str) else p for p in prints)
    return Work(quantity, formula, operands, printed if len(printed) > 1 else printed * len(EDITIONS))


def forward(k: int, pre_activation: str, activation: str | Printed) -> tuple[Work, Work]:
    return (
        work(a(1, k), weighted, (w(1, k, 1), w(1, k, 2), z(0, 1), z(0, 2)), pre_activation),
        work(z(1, k), by_name("tanh"), (a(1, k),), activation),
    )


def output(k: int, printed: Printed) -> Work:
    return work(y(k), weighted, (w(2, k, 1), w(2, k, 2), w(2, k, 3), z(1, 1), z(1, 2), z(1, 3)), printed)


def last_delta(k: int, printed: Printed) -> Work:
    return work(delta(2, k), difference, (y(k), t(k)), printed)


def hidden_delta(m: int, *prints: str | Printed) -> Work:
    upstream = (w(2, 1, m), w(2, 2, m), delta(2, 1), delta(2, 2))
    return work(delta(1, m), passed_back, (slope(z(1, m), a(1, m)), *upstream), *prints)


def weight_gradient(layer: int, k: int, m: int, *prints: str | Printed) -> Work:
    return work(gradient(w(layer, k, m)), times, (delta(layer, k), z(layer - 1, m)), *prints)


def slip(digits: str) -> Printed:
    """A number that follows from another slip."""
    return Printed(digits, CARRIED_ON)


SECTIONS = (
    PaperSection(
        "3",
        "Multilayer dense network: formalization",
        (
            equation.PRE_ACTIVATIONS,
            equation.ACTIVATIONS,
            equation.HALF_THE_SUM,
        ),
        further=(equation.SIZES,),
    ),
    PaperSection(
        "4.1",
        "Inside same layer",
        (
            "The forward pass of figure 6, with the numbers that sections 4.1 to 5.2 use",
            *forward(1, "0.5", "0.46"),
            *forward(2, "1.1", "0.80"),
            *forward(3, "1.7", Printed("0.93", CUT_OFF)),
            output(1, slip("0.48")),
            output(2, slip("1.14")),
            equation.ONE,
            work(BY_WEIGHT, same, (z(1, 3),), slip("0.93")),
            equation.TWO,
            work(BY_INPUT, same, (w(2, 2, 3),), "0.6"),
        ),
    ),
    PaperSection(
        "4.2",
        "From previous layer",
        (
            equation.THREE,
            work(BY_TANH, tanh_slope, (z(1, 3),), Printed("1.14", ONE_TOO_MANY), slip("0.14")),
            equation.FOUR,
            work(BY_BOTH, times, (BY_TANH, w(2, 2, 3)), slip("0.68"), "0.08"),
        ),
    ),
    PaperSection(
        "5.1",
        "Meet δ, the propagated error",
        (
            equation.FIVE,
            equation.SIX,
            last_delta(1, slip("-0.52")),
            last_delta(2, slip("-0.01")),
            equation.SEVEN,
            hidden_delta(1, slip("-0.044"), "-0.04"),
            hidden_delta(2, slip("-0.039"), "-0.04"),
            hidden_delta(3, "-0.020", "-0.02"),
        ),
    ),
    PaperSection(
        "5.2",
        "Conclusion of propagation",
        (
            equation.WEIGHT_GRADIENTS,
            weight_gradient(2, 1, 1, "-0.24"),
            weight_gradient(2, 1, 2, "-0.41", slip("-0.42")),
            weight_gradient(2, 1, 3, "-0.48"),
            weight_gradient(2, 2, 1, "-0.00", "0.00"),
            weight_gradient(2, 2, 2, slip("-0.01")),
            weight_gradient(2, 2, 3, slip("-0.01")),
            weight_gradient(1, 1, 1, "-0.04"),
            weight_gradient(1, 1, 2, slip("-0.09"), "-0.08"),
            weight_gradient(1, 2, 1, "-0.04"),
            weight_gradient(1, 2, 2, "-0.08"),
            weight_gradient(1, 3, 1, "-0.02"),
            weight_gradient(1, 3, 2, "-0.04"),
        ),
    ),
)

PRINTED = {work.quantity: work.printed for section in SECTIONS for work in section.works}

# ── section 6: the output of the TensorFlow script, the same in both editions ──────────────────

CHECK = PaperSection("6", "Checking the calculations: the output of the TensorFlow script, in float32")
FLOAT32 = 1e-7  # how near a float32 comes to numbers of this size

TENSORFLOW: tuple[tuple[Quantity, Printed], ...] = (
    (gradient(w(1, 1, 1)), Printed("-0.04150072")),
    (gradient(w(1, 1, 2)), Printed("-0.08300145")),
    (gradient(w(1, 2, 1)), Printed("-0.03751578")),
    (gradient(w(1, 2, 2)), Printed("-0.07503156")),
    (gradient(w(1, 3, 1)), Printed("-0.01951589")),
    (gradient(w(1, 3, 2)), Printed("-0.03903178")),
    (z(1, 1), Printed("0.46211717")),
    (z(1, 2), Printed("0.8004991")),
    (z(1, 3), Printed("0.935409")),
    (gradient(w(2, 1, 1)), Printed("-0.23709649")),
    (gradient(w(2, 1, 2)), Printed("-0.41070867")),
    (gradient(w(2, 1, 3)), Printed("-0.47992632")),
    (gradient(w(2, 2, 1)), Printed("-0.00169051")),
    (gradient(w(2, 2, 2)), Printed("-0.00292837")),
    (gradient(w(2, 2, 3)), Printed("-0.00342189")),
    (y(1), Printed("0.48693424")),
    (y(2), Printed("1.1463418")),
)
