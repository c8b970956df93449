"""One neuron, a chain of them, and many paths: what the chain rule multiplies and what it adds up.

After "A written introduction to the mathematical theory behind backpropagation algorithms": its sections on one neuron,
on L layers of one neuron, and on layers of many. The source gives no numbers, so these are ours. Its formulas are
computed as they are printed; the exact side is read off a graph after its backward pass.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from demos.checks import INTRODUCTION, Check, Place
from demos.console import Options, aligned
from demos.quantities import Graph
from demos.report import Drawing, Picture, Section, Table, checks_of, options, present
from engine import Value, topological_order
from engine.rules import rule
from engine.support.notation import ACTIVATION, BIAS, INPUT, NIELSEN, OUTPUT, PRE_ACTIVATION, WEIGHT, Role, number
from engine.value import Constant
from nn import MLP, squared_error
from viz.plots import plot_lines

X, Y = 2.0, 1.0  # the input a⁽⁰⁾ and the expected output y of the single neuron
NEURONS = (
    (0.75, 0.25),
    (-0.75, 0.25),
    (0.5, -1.0),
)  # w and b: one that is active, one that is not, and one at the corner

WEIGHTS, BIASES = (0.9, -1.1, 0.7, 1.3), (0.1, -0.2, 0.3, 0.4)  # of the chain, layer by layer

ACTIVATIONS = ("sigmoid", "tanh", "relu")
DEPTHS = range(1, 31)

SIZES = (3, 4, 3, 2)  # of the network whose paths are counted one by one
WIDTH, GROWTH = 4, range(1, 11)  # of those whose paths are too many for that: neurons in a layer, numbers of layers


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the formulas beside the engine's numbers and draw two plots; 0 if all holds or is explained, else 1."""
    chosen = parser().parse_args(arguments)
    title = "A written introduction to backpropagation: from one neuron to all paths through a network"
    return present(chosen, title, sections(), PICTURES)


def parser() -> Options:
    return options(
        "neuron",
        "Goes from one neuron to a chain and to whole layers: the source's formulas beside the engine's numbers, "
        "factor by factor; how gradients vanish with depth; how many paths there are, and how few edges.",
    )


def checks() -> list[Check]:
    """Every row, for who compares all sources."""
    return checks_of(sections())


def sections() -> list[Section]:
    return [one_neuron(), chain_of_neurons(), vanishing(), many_neurons(), growth()]


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


def bracketed(x: float) -> str:
    return f"({number(x)})" if x < 0 else number(x)


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


# ── L layers with arbitrary neurons ────────────────────────────────────────────────────────────


def network(sizes: Sequence[int]) -> tuple[MLP, Value]:
    """A sigmoid network of these layers, the inputs included, with weights and biases by seed; and its cost."""
    rng = random.Random(4)
    weights = [[[rng.uniform(-1, 1) for _ in range(m)] for _ in range(n)] for m, n in pairwise(sizes)]
    biases = [[rng.uniform(-1, 1) for _ in range(n)] for n in sizes[1:]]
    model = MLP.from_weights(weights, biases, "sigmoid", "sigmoid")
    loss = squared_error(model([rng.uniform(-1, 1) for _ in range(sizes[0])]), [1.0] * sizes[-1])
    loss.backward()
    return model, loss


def path_counts(root: Value) -> Counter[Value]:
    """How many paths lead from each node up to `root`: as many as from its users together."""
    paths = Counter({root: 1})
    for node in reversed(topological_order(root)):
        for operand in node.operands:
            paths[operand] += paths[node]
    return paths


def path_products(root: Value, target: Value) -> list[float]:
    """The product of the local derivatives along each path from `root` down to `target`."""
    found, ways = [], [(root, 1.0)]
    while ways:
        node, product = ways.pop()
        if node is target:
            found.append(product)
        ways += [(operand, product * local) for operand, local in zip(node.operands, node.locals, strict=False)]
    return found


def edges(root: Value) -> int:
    """Those along which a gradient flows; there is none on the way to a constant."""
    return sum(not isinstance(operand, Constant) for node in topological_order(root) for operand in node.operands)


def many_neurons() -> Section:
    model, loss = network(SIZES)
    graph, paths = Graph(loss), path_counts(loss)
    place = Place(INTRODUCTION, "L Layers with Arbitrary Neurons")
    last = len(SIZES) - 1
    rows = []
    for l in range(last, -1, -1):
        kind = INPUT if l == 0 else OUTPUT if l == last else ACTIVATION
        counted = [paths[graph.nodes[Role(kind, l, (i,))]] for i in range(1, SIZES[l] + 1)]
        following = SIZES[l + 1 :]
        name = f"paths from {NIELSEN.text(Role(ACTIVATION, l, (1,)))} to C"
        product = " · ".join(map(str, following)) or "1: the cost itself"
        rows.append(place.equation(name, prod(following), counted[0] if len(set(counted)) == 1 else -1, product))
    x = graph.nodes[Role(INPUT, 0, (1,))]
    products, gradient = path_products(loss, x), x.grad  # read before a second pass adds to it
    visits = Counter((step.node, step.slot) for step in loss.backward_steps())
    rows += [
        place.equation("∂C/∂a₁⁽⁰⁾", sum(products), gradient, f"Σ over {len(products)} paths"),
        place.equation(
            "edges that the reverse pass visits once", edges(loss), sum(n == 1 for n in visits.values()), "all"
        ),
    ]
    return Section(
        "L layers with arbitrary neurons",
        [
            f"Layers of {', '.join(map(str, SIZES))} neurons. A neuron of layer L − j influences C through ∏ n⁽ᴸ⁻ⁱ⁾ "
            "paths, i = 0 … j − 1, and its gradient sums over all of them. They are counted on the graph here, "
            "each node having as many as its users together.",
            Table(rows, "source", "graph"),
            "",
            "Where the text slips:",
            Table(slips(model, graph)),
        ],
    )


def slips(model: MLP, graph: Graph) -> list[Check]:
    """To the letter, and as they are meant, on the first neuron of the network."""
    beginning = Place(INTRODUCTION, "Introducing Neural Networks")
    layer = model.layers[0].neurons
    W = [[weight.data for weight in neuron.w] for neuron in layer]
    z = graph.nodes[Role(PRE_ACTIVATION, 1, (1,))]
    a = [graph.nodes[Role(INPUT, 0, (j,))].data for j in range(1, SIZES[0] + 1)]
    b = graph.nodes[Role(BIAS, 1, (1,))].data
    weighted = sum(W[0][j] * a[j] for j in range(len(a)))
    outputs = sum(1 for role in graph.nodes if role.kind == OUTPUT)
    return [
        beginning.misprint(
            "f₂: Rˡ → Rʰ",
            "Rʰ",
            "Rᵏ",
            f"f = f₂ ∘ f₁ has the k outputs, here {outputs}, and there is no h",
            holds=outputs == SIZES[-1],
        ),
        beginning.slip(
            "Σⱼ wⱼᵢ aⱼ + bᵢ",
            sum(W[j][0] * a[j] for j in range(len(a))) + b,
            z.data,
            "in W a + b, the neuron's own index comes first: Σⱼ wᵢⱼ aⱼ + bᵢ, here for i = 1",
            meant=weighted + b,
        ),
        Place(INTRODUCTION, "L Layers with Arbitrary Neurons").slip(
            "Σⱼ (wᵢⱼ aⱼ + bᵢ)",
            sum(W[0][j] * a[j] + b for j in range(len(a))),
            z.data,
            f"to the letter the bias, {number(b)}, is added for each of the {len(a)} inputs; it stands after the sum",
            meant=weighted + b,
        ),
    ]


def growth() -> Section:
    place = Place(INTRODUCTION, "L Layers with Arbitrary Neurons")
    counted, visited = growing()
    rows = [
        place.equation(f"L = {L}", WIDTH**L, counted[i], f"{WIDTH} ^ {L} paths")
        for i, L in enumerate(GROWTH)
        if L in (1, 2, 3, 5, 10)
    ]
    return Section(
        "Paths and edges",
        [
            f"With {WIDTH} neurons in each layer an input reaches C through {WIDTH} ^ L paths. The reverse pass "
            f"multiplies and adds once for each edge: {visited[0]} times for one layer, and {visited[1] - visited[0]} "
            f"times more for each further one, {visited[-1]} times for {GROWTH[-1]}. It gathers at each node what all "
            "paths above have brought, before it goes on.",
            Table(rows, "source", "graph"),
        ],
    )


def growing() -> tuple[list[int], list[int]]:
    """For each number of layers: the paths from an input to the cost, and the events of the reverse pass."""
    counted, visited = [], []
    for L in GROWTH:
        _, loss = network([WIDTH] * (L + 1))
        counted.append(path_counts(loss)[Graph(loss).nodes[Role(INPUT, 0, (1,))]])
        visited.append(len(loss.backward_steps()))
    return counted, visited


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def depth_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot = Plot(theme)
    names = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
    plot_lines(
        {names[name]: (list(DEPTHS), first_gradients(name)) for name in ACTIVATIONS},
        x="layers L",
        y="|∂C/∂w⁽¹⁾|",
        title="How a gradient vanishes with depth: a chain of neurons, w = 1",
        log=True,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


def paths_plot(theme: str) -> Drawing:
    from viz.figures import Plot

    plot = Plot(theme)
    counted, visited = growing()
    plot_lines(
        {
            "paths from one input to C": (list(GROWTH), counted),
            "edges that the reverse pass visits, once each": (list(GROWTH), visited),
        },
        x=f"layers L of {WIDTH} neurons",
        y="number",
        title="Why backwards: paths multiply, edges add up",
        log=True,
        theme=theme,
        axes=plot.panels[0],
    )
    return plot


PICTURES = (
    Picture("neuron-depth", "how |∂C/∂w⁽¹⁾| vanishes with depth", depth_plot),
    Picture("neuron-paths", "the number of paths beside that of edges", paths_plot),
)
