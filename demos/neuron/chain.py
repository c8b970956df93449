"""One neuron, and layers of one neuron each: the factors of a gradient, and how they vanish with depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from demos.kit.checks import Check, Place
from demos.kit.console import aligned
from demos.kit.quantities import Graph
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from engine import Value
from engine.rules import rule
from engine.support.notation import ACTIVATION, BIAS, INPUT, NIELSEN, OUTPUT, PRE_ACTIVATION, WEIGHT, Role
from engine.support.numerals import number
from nn import MLP, squared_error

X, Y = 2.0, 1.0  # the input a⁽⁰⁾ and the expected output y of the single neuron
NEURONS = (
    (0.75, 0.25),
    (-0.75, 0.25),
    (0.5, -1.0),
)  # w and b: one that is active, one that is not, and one at the corner
WEIGHTS, BIASES = (0.9, -1.1, 0.7, 1.3), (0.1, -0.2, 0.3, 0.4)  # of the chain, layer by layer
ACTIVATIONS = ("sigmoid", "tanh", "relu")
DEPTHS = range(1, 31)


# ── one layer of one neuron ────────────────────────────────────────────────────────────────────


class Chain:
    """The graph of C = (a⁽ᴸ⁾ − y)² for layers of one neuron each, and its nodes by the source's letters."""

    def __init__(self, weights: Sequence[float], biases: Sequence[float], activation: str, x: float, y: float) -> None:
        model = MLP.from_weights([[[w]] for w in weights], [[b] for b in biases], activation, activation)
        loss = squared_error(model([x]), [y])
        loss.backward()
        self.cost, self.y, self.last = loss.data, y, len(weights)
        self.graph, self.rule = Graph(loss), rule(activation)

    def w(self, l: int) -> Value:
        return self.graph.nodes[Role(WEIGHT, l, (1, 1))]

    def b(self, l: int) -> Value:
        return self.graph.nodes[Role(BIAS, l, (1,))]

    def z(self, l: int) -> Value:
        return self.graph.nodes[Role(PRE_ACTIVATION, l, (1,))]

    def a(self, l: int) -> Value:
        """The activation; a⁽⁰⁾ is the input."""
        return self.graph.nodes[Role(INPUT if l == 0 else OUTPUT if l == self.last else ACTIVATION, l, (1,))]

    def slope(self, l: int) -> float:
        """μ′(z⁽ˡ⁾), as a textbook has it."""
        return float((self.rule.textbook or self.rule.locals)(self.a(l).data, self.z(l).data)[0])

    def error(self) -> float:
        """∂C/∂a⁽ᴸ⁾ by the source: 2(a⁽ᴸ⁾ − y)."""
        return 2 * (self.a(self.last).data - self.y)

    def by_bias(self, j: int) -> float:
        """∂C/∂b⁽ᴸ⁻ʲ⁾ by the source: 2(a⁽ᴸ⁾ − y) (∏ μ′(z⁽ᴸ⁻ⁱ⁺¹⁾) w⁽ᴸ⁻ⁱ⁺¹⁾, i = 1 … j) μ′(z⁽ᴸ⁻ʲ⁾)."""
        L = self.last
        passed_back = prod(self.slope(L - i + 1) * self.w(L - i + 1).data for i in range(1, j + 1))
        return self.error() * passed_back * self.slope(L - j)

    def by_weight(self, j: int) -> float:
        """∂C/∂w⁽ᴸ⁻ʲ⁾ by the source: that, times a⁽ᴸ⁻ʲ⁻¹⁾."""
        return self.by_bias(j) * self.a(self.last - j - 1).data


def named(kind: str, l: int) -> str:
    """z⁽²⁾: without an index, for there is one neuron."""
    return NIELSEN.text(Role(kind, l))


def one_neuron() -> Section:
    place = Place(INTRODUCTION, "One Layer of One Neuron")
    rows, states = [], []
    for w, b in NEURONS:
        neuron = Chain([w], [b], "relu", X, Y)
        z, a = neuron.z(1), neuron.a(1)
        slope = 1.0 if z.data > 0 else 0.0  # ReLU′ as the source defines it
        error = f"2 · ({number(a.data)} − {number(Y)}) · {number(slope)}"
        by_bias = 2 * (a.data - Y) * slope
        rows += [
            place.equation(f"∂C/∂w at w = {number(w)}", by_bias * X, neuron.w(1).grad, f"{error} · {number(X)}"),
            place.equation(f"∂C/∂b at b = {number(b)}", by_bias, neuron.b(1).grad, error),
        ]
        state = "active" if z.data > 0 else "at its corner, where ReLU′ is 0" if z.data == 0 else "dead: no gradient"
        states.append((*map(number, (w, b, z.data, a.data, neuron.cost)), state))
    return Section(
        "One layer of one neuron",
        [
            f"a⁽¹⁾ = ReLU(z⁽¹⁾), z⁽¹⁾ = w a⁽⁰⁾ + b, C = (a⁽¹⁾ − y)². No numbers are given; here a⁽⁰⁾ = {number(X)} and "
            f"y = {number(Y)}, for three neurons.",
            aligned(("w", "b", "z⁽¹⁾", "a⁽¹⁾", "C", ""), states, ".....<"),
            ["", "∂C/∂w = 2(a⁽¹⁾ − y) · ReLU′(z⁽¹⁾) · a⁽⁰⁾      ∂C/∂b = 2(a⁽¹⁾ − y) · ReLU′(z⁽¹⁾)"],
            Table(rows, "formula", "engine"),
        ],
    )


# ── L layers of one neuron ─────────────────────────────────────────────────────────────────────


def chain_of_neurons() -> Section:
    place = Place(INTRODUCTION, "L layers of one neuron")
    chain = Chain(WEIGHTS, BIASES, "tanh", X, Y)
    L = chain.last
    by_layer = [
        row
        for j in range(L)
        for row in (
            place.equation(f"∂C/∂{named(WEIGHT, L - j)}", chain.by_weight(j), chain.w(L - j).grad, f"j = {j}"),
            place.equation(f"∂C/∂{named(BIAS, L - j)}", chain.by_bias(j), chain.b(L - j).grad, f"j = {j}"),
        )
    ]
    factors = list(factors_of(chain, place))
    so_far = [prod(exact for _, exact in factors[: i + 1]) for i in range(len(factors))]
    return Section(
        "L layers of one neuron",
        [
            f"a⁽ˡ⁾ = μ(z⁽ˡ⁾), z⁽ˡ⁾ = w⁽ˡ⁾ a⁽ˡ⁻¹⁾ + b⁽ˡ⁾. Here L = {L}, μ = tanh, a⁽⁰⁾ = {number(X)}, y = {number(Y)}, "
            f"w = ({', '.join(map(number, WEIGHTS))}), b = ({', '.join(map(number, BIASES))}). The way back from C to "
            "w⁽¹⁾, factor by factor; each is the local derivative on one edge of the graph.",
            Table([check for check, _ in factors], "source", "edge"),
            [
                "",
                f"Their product, from the top: {' → '.join(map(number, so_far[:5]))} →",
                f"{' → '.join(map(number, so_far[5:]))}, which is ∂C/∂w⁽¹⁾ = {number(chain.w(1).grad)}.",
                "",
                "∂C/∂w⁽ᴸ⁻ʲ⁾ = 2(a⁽ᴸ⁾ − y) · (∏ μ′(z⁽ᴸ⁻ⁱ⁺¹⁾) w⁽ᴸ⁻ⁱ⁺¹⁾, i = 1 … j) · μ′(z⁽ᴸ⁻ʲ⁾) · a⁽ᴸ⁻ʲ⁻¹⁾",
            ],
            Table(by_layer, "formula", "engine"),
        ],
    )


def factors_of(chain: Chain, place: Place) -> Iterator[tuple[Check, float]]:
    """The factors of ∂C/∂w⁽¹⁾, each with the local derivative that the graph has for it."""

    def factor(top: str, below: str, source: str, said: float, exact: float) -> tuple[Check, float]:
        return place.equation(f"∂{top}/∂{below}", said, exact, source), exact

    def local(user: Value, operand: Value) -> float:
        return float(user.locals[user.operands.index(operand)])

    L = chain.last
    a, z, w = ACTIVATION, PRE_ACTIVATION, WEIGHT
    yield factor("C", named(a, L), f"2({named(a, L)} − y)", chain.error(), chain.a(L).grad)
    for l in range(L, 0, -1):
        up = local(chain.a(l), chain.z(l))
        yield factor(named(a, l), named(z, l), f"μ′({named(z, l)})", chain.slope(l), up)
        below, passed = (chain.a(l - 1), chain.w(l).data) if l > 1 else (chain.w(1), chain.a(0).data)
        names = (named(a, l - 1), named(w, l)) if l > 1 else (named(w, 1), named(a, 0))
        yield factor(named(z, l), names[0], names[1], passed, local(chain.z(l), below))


# ── how gradients vanish ───────────────────────────────────────────────────────────────────────


def deep_chain(activation: str, depth: int) -> Chain:
    """w⁽ˡ⁾ = 1 and b⁽ˡ⁾ = 0, so that nothing but μ′ shrinks; y = −1, so that the error does not."""
    return Chain([1.0] * depth, [0.0] * depth, activation, 1.0, -1.0)


def first_gradients(activation: str) -> list[float]:
    """|∂C/∂w⁽¹⁾| for every depth."""
    return [abs(deep_chain(activation, depth).w(1).grad) for depth in DEPTHS]


def vanishing() -> Section:
    place = Place(INTRODUCTION, "L layers of one neuron")
    found = {name: first_gradients(name) for name in ACTIVATIONS}
    by_formula = {name: [abs(deep_chain(name, L).by_weight(L - 1)) for L in DEPTHS] for name in ACTIVATIONS}
    shown = [L for L in (1, 2, 5, 10, 20, 30) if L in DEPTHS]
    table = [(str(L), *(number(found[name][L - DEPTHS[0]]) for name in ACTIVATIONS)) for L in shown]
    ratio = found["sigmoid"][-1] / found["sigmoid"][-2]
    return Section(
        "How gradients vanish with depth: |∂C/∂w⁽¹⁾| over L",
        [
            "With w⁽ˡ⁾ = 1, b⁽ˡ⁾ = 0, a⁽⁰⁾ = 1 and y = −1 only the factors μ′(z⁽ˡ⁾) can make the product small.",
            aligned(("L", *ACTIVATIONS), table, ">..."),
            f"A sigmoid's slope is at most ¼: here each further layer multiplies by {number(ratio)}. That of tanh is "
            "1 at 0, to which the chain's activations fall, so its gradient fades as a power of L. An active "
            "ReLU's is 1.",
            Table(
                [place.equation(f"∂C/∂w⁽¹⁾, {name}", by_formula[name], found[name]) for name in ACTIVATIONS],
                "formula",
                "engine",
            ),
        ],
    )
