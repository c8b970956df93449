"""Layers of many neurons: the paths from a node to the cost, and the edges that the reverse pass visits."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import prod

from demos.kit.checks import Check, Place
from demos.kit.quantities import Graph
from demos.kit.report import Section, Table
from demos.kit.sources import INTRODUCTION
from engine import Value, topological_order
from engine.support.notation import ACTIVATION, BIAS, INPUT, NIELSEN, OUTPUT, PRE_ACTIVATION, Role
from engine.support.numerals import number
from engine.value import Constant
from nn import MLP, squared_error

SIZES = (3, 4, 3, 2)  # of the network whose paths are counted one by one
WIDTH, GROWTH = 4, range(1, 11)  # of those whose paths are too many for that: neurons in a layer, numbers of layers


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
