"""What the primer prints: its example, its equations, and each number in both editions.

N. Santi, "A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code", July 2025. The helpers
have the paper's letters; how a quantity is written on the screen is up to the notation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any

from demos.printed import CARRIED_ON, CUT_OFF, ONE_TOO_MANY, Formula, Printed, Work
from demos.quantities import ErrorSignal, Gradient, Number, Quantity, Slope
from engine.readings.formulas import SYMBOLIC
from engine.readings.symbols import Symbol
from engine.rules import RULES
from engine.support.notation import ACTIVATION, INPUT, LOSS, OUTPUT, PRE_ACTIVATION, TARGET, WEIGHT, Notation, Role

EDITIONS = ("July 26", "July 27")

# The worked lines print W⁽²⁾. W⁽¹⁾ stands in figure 6 alone; this one gives the a⁽¹⁾ and the reference output.
WEIGHTS = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]]
INPUTS = [1, 2]
TARGETS = [1, 1.15]

# ── the quantities ─────────────────────────────────────────────────────────────────────────────


def a(layer: int, k: int) -> Number:
    return Number(Role(PRE_ACTIVATION, layer, (k,)))


def z(layer: int, m: int) -> Number:
    """An activation; z⁽⁰⁾ is the input, as in the paper."""
    return Number(Role(ACTIVATION, layer, (m,)) if layer else Role(INPUT, 0, (m,)))


def y(k: int) -> Number:
    return Number(Role(OUTPUT, 2, (k,)))


def t(k: int) -> Number:
    return Number(Role(TARGET, None, (k,)))


def w(layer: int, k: int, m: int) -> Number:
    return Number(Role(WEIGHT, layer, (k, m)))


E = Number(Role(LOSS))


def slope(*path: Number) -> Slope:
    return Slope(tuple(number.role for number in path))


def delta(layer: int, k: int) -> ErrorSignal:
    return ErrorSignal(a(layer, k).role)


def gradient(of: Number) -> Gradient:
    return Gradient(of.role)


# ── the formulas ───────────────────────────────────────────────────────────────────────────────


def same(x: Any) -> Any:
    return x


def tanh(x: Any) -> Any:
    """The row of the table, read by symbols or by numbers."""
    return (SYMBOLIC if isinstance(x, Symbol) else RULES)["tanh"].forward(x)


def tanh_slope(out: Any) -> Any:
    return 1 - out**2


def difference(x: Any, y: Any) -> Any:
    return x - y


def times(x: Any, y: Any) -> Any:
    return x * y


def weighted(*operands: Any) -> Any:
    """Σ wᵢxᵢ of w₁ … wₙ, x₁ … xₙ."""
    half = len(operands) // 2
    return reduce(add, map(mul, operands[:half], operands[half:]))


def passed_back(slope: Any, *operands: Any) -> Any:
    return slope * weighted(*operands)


# ── the sections ───────────────────────────────────────────────────────────────────────────────


def general(quantity: Quantity, notation: Notation, layer: str = "ˡ") -> str:
    """The symbol in a general statement: that of the worked instance, with k, m and l for its digits."""
    letters: dict[str, str | int | None] = {"₂": "ₖ", "₃": "ₘ", "²": layer, "¹": "ˡ⁻¹"}
    return quantity.symbol(notation).translate(str.maketrans(letters))


@dataclass(frozen=True)
class Statement:
    """An equation in general: a template, and the quantities of the worked instance that stand in it."""

    template: str
    quantities: tuple[Quantity, ...]
    layer: str

    def text(self, notation: Notation) -> str:
        return self.template.format(*(general(quantity, notation, self.layer) for quantity in self.quantities))


@dataclass(frozen=True)
class Section:
    """A section of the paper: its equations, each before what is worked out by it."""

    number: str
    title: str
    parts: tuple[Statement | Work, ...] = ()

    @property
    def works(self) -> list[Work]:
        return [part for part in self.parts if isinstance(part, Work)]


def statement(template: str, *quantities: Quantity, layer: str = "ˡ") -> Statement:
    return Statement(template, quantities, layer)


def work(quantity: Quantity, formula: Formula, operands: tuple[Quantity, ...], *prints: str | Printed) -> Work:
    """What both editions print, or else July 26 and July 27."""
    printed = tuple(Printed(p) if isinstance(p, str) else p for p in prints)
    return Work(quantity, formula, operands, printed if len(printed) > 1 else printed * len(EDITIONS))


def forward(k: int, pre_activation: str, activation: str | Printed) -> tuple[Work, Work]:
    return (
        work(a(1, k), weighted, (w(1, k, 1), w(1, k, 2), z(0, 1), z(0, 2)), pre_activation),
        work(z(1, k), tanh, (a(1, k),), activation),
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


BY_WEIGHT, BY_INPUT = slope(a(2, 2), w(2, 2, 3)), slope(a(2, 2), z(1, 3))
BY_TANH, BY_BOTH = slope(z(1, 3), a(1, 3)), slope(a(2, 2), z(1, 3), a(1, 3))

SECTIONS = (
    Section(
        "3",
        "Multilayer dense network: formalization",
        (
            statement("     {} = Σₘ {} · {}", a(2, 2), w(2, 2, 3), z(1, 3)),
            statement("     {} = h({})", z(2, 2), a(2, 2)),
            statement("     {} = ½ · Σₖ ({} − {})²", E, y(2), t(2), layer="ᴸ"),
        ),
    ),
    Section(
        "4.1",
        "Inside same layer",
        (
            statement("     The forward pass of figure 6, with the numbers that sections 4.1 to 5.2 use"),
            *forward(1, "0.5", "0.46"),
            *forward(2, "1.1", "0.80"),
            *forward(3, "1.7", Printed("0.93", CUT_OFF)),
            output(1, slip("0.48")),
            output(2, slip("1.14")),
            statement("(1)  {} = {}", BY_WEIGHT, z(1, 3)),
            work(BY_WEIGHT, same, (z(1, 3),), slip("0.93")),
            statement("(2)  {} = {}", BY_INPUT, w(2, 2, 3)),
            work(BY_INPUT, same, (w(2, 2, 3),), "0.6"),
        ),
    ),
    Section(
        "4.2",
        "From previous layer",
        (
            statement("(3)  {} = h′({})", BY_TANH, a(1, 3)),
            work(BY_TANH, tanh_slope, (z(1, 3),), Printed("1.14", ONE_TOO_MANY), slip("0.14")),
            statement("(4)  {} = {} · {} = h′({}) · {}", BY_BOTH, BY_TANH, BY_INPUT, a(1, 3), w(2, 2, 3)),
            work(BY_BOTH, times, (BY_TANH, w(2, 2, 3)), slip("0.68"), "0.08"),
        ),
    ),
    Section(
        "5.1",
        "Meet δ, the propagated error",
        (
            statement("(5)  {} = {} − {}", delta(2, 2), y(2), t(2), layer="ᴸ"),
            statement("(6)  {} ≡ {}", delta(2, 2), gradient(a(2, 2))),
            last_delta(1, slip("-0.52")),
            last_delta(2, slip("-0.01")),
            statement("(7)  {} = h′({}) · Σₖ {} · {}", delta(1, 3), a(1, 3), w(2, 2, 3), delta(2, 2)),
            hidden_delta(1, slip("-0.044"), "-0.04"),
            hidden_delta(2, slip("-0.039"), "-0.04"),
            hidden_delta(3, "-0.020", "-0.02"),
        ),
    ),
    Section(
        "5.2",
        "Conclusion of propagation",
        (
            statement("     {} = {} · {}, by (6) and (1)", gradient(w(2, 2, 3)), delta(2, 2), z(1, 3)),
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

CHECK = Section("6", "Checking the calculations: the output of the TensorFlow script, in float32")
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
