"""Mirror symmetry, the task of 1986: a net that learns weights equal and opposite about the midpoint, as 1 : 2 : 4.

After D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors", Nature
323 (1986), 533–536, which the primer cites: its equations, and the net of its figure 1. That figure is of one run, of
unknown initial weights; here are twenty, by seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.checks import Check, Place
from demos.console import Options, aligned
from demos.quantities import Graph
from demos.report import Drawing, Picture, Section, Table, checks_of, options, present
from engine import Value, compile_graph
from engine.functions import FUNCTIONS
from engine.support.notation import ACTIVATION, NOT_COMPUTED, Notation, Role, number
from nn import MLP, SGD, half_squared_error, matrices
from viz import draw_network

NATURE = "Learning representations by back-propagating errors"
LETTERS = Notation(
    "Nature, 1986", pre_activation="x", activation="y", loss="E", output="", input="y", target="d", bias="b"
)

INPUTS, HALF = 6, 3
PATTERNS = np.array(list(product((0.0, 1.0), repeat=INPUTS)))  # all 64
TARGETS = np.array([[float(np.array_equal(pattern, pattern[::-1]))] for pattern in PATTERNS])

EPSILON, ALPHA, SPREAD = 0.1, 0.9, 0.3  # of the update; the initial weights are uniform in ±SPREAD
PUBLISHED, SWEEPS = 1425, 4000  # sweeps through all patterns: the figure's, and those here
SEEDS = range(20)
FEW = 3  # nets whose weights are shown

WRONG = 1 / 8  # ½ (y − d)² of a pattern whose output is on the wrong side of ½
REPORTED, OTHER = (1, 2, 4), (2, 3, 4)
MIRRORED, IN_RATIO, TWINS = 0.001, 0.02, 0.02  # how near to exactly so, relative to the largest weight
ONE_PATTERN = (1.0, 0.0, 1.0, 1.0, 0.0, 0.0)

Vector = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the equations, twenty trainings and the weights, and draw; 0 if all holds, else 1."""
    chosen = parser().parse_args(arguments)
    return present(chosen, "Mirror symmetry, learned as in 1986", sections(), PICTURES)


def parser() -> Options:
    return options(
        "symmetry",
        "Trains twenty nets of six inputs, two hidden units and one output to tell whether a pattern is symmetric "
        "about its midpoint, by the paper's update, and looks for the weights that it reports.",
    )


def checks() -> list[Check]:
    """Every row, for who compares all sources."""
    return checks_of(sections())


def sections() -> list[Section]:
    return [equations(), training(), signature(), why_this_ratio()]


# ── the nets ───────────────────────────────────────────────────────────────────────────────────


def network(seed: int) -> MLP:
    """The net before its training: biases are weights from a unit that is always 1, so they are drawn like the rest."""
    generator = random.Random(seed)
    model = MLP(INPUTS, [2, 1], "sigmoid", "sigmoid", seed=seed)
    for parameter in model.parameters():
        parameter.data = generator.uniform(-SPREAD, SPREAD)
    return model


@dataclass(frozen=True, eq=False)
class Net:
    """A trained net; its hidden units by their weights."""

    seed: int
    model: MLP
    errors: Vector  # E, before each sweep and after the last
    learned: int | None  # the sweeps after which all 64 patterns were first on the right side of ½

    @cached_property
    def hidden(self) -> Vector:
        """The weights of the two hidden units: (2, 6)."""
        return np.array([[weight.data for weight in neuron.w] for neuron in self.model.layers[0].neurons])

    @property
    def biases(self) -> list[float]:
        """Of the two hidden units, then of the output."""
        return [neuron.b.data for layer in self.model.layers for neuron in layer.neurons if neuron.b is not None]

    @property
    def top(self) -> list[float]:
        """From the hidden units to the output."""
        return [weight.data for weight in self.model.layers[1].neurons[0].w]

    @property
    def asymmetry(self) -> float:
        """How far weights on the two sides of the midpoint are from equal and opposite, relative to the largest."""
        return relative(self.hidden[:, :HALF] + self.hidden[:, : HALF - 1 : -1], self.hidden)

    @property
    def twins_differ(self) -> float:
        """How far the two hidden units are from having the same weights with opposite signs."""
        return relative(self.hidden[0] + self.hidden[1], self.hidden)

    @property
    def halves(self) -> Vector:
        """The magnitudes of each half's three weights in order of size, the largest as 4."""
        sizes = np.sort(np.abs(self.hidden).reshape(-1, HALF))
        return np.asarray(4 * sizes / sizes[:, -1:])

    @property
    def ratio(self) -> Vector:
        """The mean of the halves of both units."""
        return np.asarray(self.halves.mean(axis=0))

    @property
    def pattern(self) -> tuple[int, ...] | None:
        """The ratio in whole numbers, if the net has learned the task and all its halves come near to one."""
        if self.learned is None:
            return None
        whole = np.round(self.ratio)
        near = relative(self.halves - whole, whole) <= IN_RATIO
        return tuple(whole.astype(int).tolist()) if near else None


def relative(difference: Vector, whole: Vector) -> float:
    return float(np.max(np.abs(difference)) / np.max(np.abs(whole)))


@cache
def trained() -> tuple[Net, ...]:
    """Every net of `SEEDS`, trained in one graph: its gradients don't mix, as the nets share no weight."""
    models = [network(seed) for seed in SEEDS]
    inputs, target = [Value(0.0) for _ in range(INPUTS)], Value(0.0)
    errors = [half_squared_error(model(inputs), target) for model in models]
    each = compile_graph(errors, [*inputs, target])
    together = compile_graph(FUNCTIONS["sum"](errors), [*inputs, target])

    rule, vector, found = SGD(together.parameters, EPSILON, ALPHA), together.vector(), []
    for sweep in range(SWEEPS + 1):
        found.append(each.forward((PATTERNS, TARGETS)))
        if sweep < SWEEPS:
            _, gradient = together.gradient((PATTERNS, TARGETS), vector, reduction="sum")
            rule.update(vector, gradient)
            together.assign(vector)
    history = np.array(found)  # (sweeps, patterns, nets)
    right: NDArray[np.bool_] = np.all(history < WRONG, axis=1)
    return tuple(
        Net(seed, model, history[:, :, k].sum(axis=1), int(right[:, k].argmax()) if right[:, k].any() else None)
        for k, (seed, model) in enumerate(zip(SEEDS, models, strict=True))
    )


def with_pattern(pattern: tuple[int, ...]) -> list[Net]:
    return [net for net in trained() if net.pattern == pattern]


# ── what is shown ──────────────────────────────────────────────────────────────────────────────


def equations() -> Section:
    """(1) to (7) on one pattern through a net of random weights, and (9) over some sweeps."""
    model = network(SEEDS[0])
    loss = half_squared_error(model(ONE_PATTERN), [0.0])
    loss.backward()
    first, last = matrices(loss)
    graph = Graph(loss)
    rows = []

    def row(which: int, quantity: str, said: Any, exact: Any, formula: str) -> None:
        place = Place(NATURE, f"equation ({which})")
        rows.append(place.equation(f"({which}) {quantity}", np.squeeze(said), np.squeeze(exact), formula))

    y = np.array(ONE_PATTERN)
    for name, layer in (("hidden", first), ("output", last)):
        x = layer.W @ y + layer.b
        row(1, f"x, {name}", x, layer.a[0], "Σ yᵢ wⱼᵢ, with bias")
        y = 1 / (1 + np.exp(-x))
        row(2, f"y, {name}", y, layer.z[0], "1 / (1 + e⁻ˣʲ)")
    row(3, "E", 0.5 * float(y[0] - 0) ** 2, loss.data, "½ Σ Σ (y − d)²")
    by_y = y - 0
    row(4, "∂E/∂y, output", by_y, [graph.nodes[LAST].grad], "yⱼ − dⱼ")
    for name, layer in (("output", last), ("hidden", first)):
        by_x = by_y * layer.z[0] * (1 - layer.z[0])
        row(5, f"∂E/∂x, {name}", by_x, layer.delta[0], "∂E/∂yⱼ · yⱼ(1 − yⱼ)")
        row(6, f"∂E/∂w, {name}", np.outer(by_x, layer.x[0]), layer.dW, "∂E/∂xⱼ · yᵢ")
        if layer is last:
            by_y = layer.W.T @ by_x
            below = [graph.nodes[Role(ACTIVATION, 1, (i,))].grad for i in (1, 2)]
            row(7, "∂E/∂y, hidden", by_y, below, "Σ ∂E/∂xⱼ · wⱼᵢ")
    literal, by_engine = updates(50)
    row(9, "Δw, for 50 sweeps", literal, by_engine, "−ε ∂E/∂w(t) + α Δw(t−1)")
    return Section(
        "The equations, on one pattern of a net that has not learned yet",
        [
            f"Six inputs, two hidden units, one output, all sigmoid. The pattern is {shown(ONE_PATTERN)}, which is not "
            "symmetric: d = 0.",
            Table(rows, "paper", "engine"),
        ],
    )


LAST = Role("output", 2, (1,))


def updates(sweeps: int) -> tuple[Vector, Vector]:
    """How the weights have changed after so many sweeps, by equation (9) and by `SGD` with momentum."""
    model = network(SEEDS[0])
    inputs, target = [Value(0.0) for _ in range(INPUTS)], Value(0.0)
    program = compile_graph(half_squared_error(model(inputs), target), [*inputs, target])
    rule, by_engine = SGD(program.parameters, EPSILON, ALPHA), program.vector()
    start, literal, change = program.vector(), program.vector(), np.zeros(len(program.parameters))
    for _ in range(sweeps):
        gradient = program.gradient((PATTERNS, TARGETS), literal, reduction="sum")[1]
        change = -EPSILON * gradient + ALPHA * change
        literal = literal + change
        rule.update(by_engine, program.gradient((PATTERNS, TARGETS), by_engine, reduction="sum")[1])
    return literal - start, by_engine - start


def training() -> Section:
    place = Place(NATURE, "figure 1")
    nets = trained()
    learned = [net.learned for net in nets if net.learned is not None]
    early = sum(sweeps <= PUBLISHED for sweeps in learned)
    waiting = [net for net in nets if net.learned is None]
    rows = [
        place.claim(
            f"the task is learned, and {PUBLISHED} sweeps are enough",
            f"{early} of {len(nets)} nets; {len(learned)} by {SWEEPS}",
            holds=early > 0,
        ),
        place.claim(
            f"{PUBLISHED} is a usual number, neither the least nor the most",
            f"{min(learned)} to {max(learned)}, median {number(float(np.median(learned)))}",
            holds=min(learned) < PUBLISHED < max(learned),
        ),
    ]
    table = [
        (
            str(net.seed),
            str(net.learned or NOT_COMPUTED),
            *(number(net.errors[sweep], 3) for sweep in (0, PUBLISHED, SWEEPS)),
            " : ".join(number(part, 3) for part in net.ratio) if net.pattern else NOT_COMPUTED,
        )
        for net in nets
    ]
    return Section(
        f"Training: ε = {EPSILON}, α = {ALPHA}, weights and biases at first uniform in ±{SPREAD}",
        [
            "All 64 patterns make a sweep, after which the weights change by the sum of their gradients. The twenty "
            "nets stand in one graph and are trained at the same time. A net has learned the task when each output "
            "is on the right side of ½.",
            aligned(
                ("seed", "learned after", "E at first", f"at {PUBLISHED}", f"at {SWEEPS}", "ratio"), table, ">>...<"
            ),
            f"The {len(waiting)} that have not learned it yet are all near E = 4: they answer “not symmetric” to every "
            "pattern, which is wrong for 8 of 64, at ½ each. Some of them leave that plateau later.",
            Table(rows, "", "here"),
        ],
    )


def signature() -> Section:
    """What the paper says of the weights, on the first nets that came to them."""
    place = Place(NATURE, "figure 1")
    parts: list[str | Sequence[str] | Table] = []
    for net in with_pattern(REPORTED)[:FEW]:
        table = [
            (f"hidden unit {j}", *(number(w, 3) for w in net.hidden[j - 1]), number(net.biases[j - 1], 3))
            for j in (1, 2)
        ]
        table.append(("output", *(number(w, 3) for w in net.top), *[""] * (INPUTS - 2), number(net.biases[2], 3)))
        parts += [
            ["", f"Seed {net.seed}"],
            aligned(("weights", *map(str, range(1, INPUTS + 1)), "bias"), table, "<" + "." * (INPUTS + 1)),
            Table(claims(place, net), "", "here"),
        ]
    return Section(
        f"The weights that are reported, on the first {FEW} seeds that come to them",
        [
            f"In {len(with_pattern(REPORTED))} of the {len(trained())} nets. The more a net is trained, the nearer it "
            f"comes; after {SWEEPS} sweeps the deviations are these, relative to the largest weight.",
            *parts,
        ],
    )


def claims(place: Place, net: Net) -> list[Check]:
    """Each sentence of the figure's caption, as a number."""
    x = PATTERNS @ net.hidden.T  # what the inputs send to each hidden unit
    on = 1 / (1 + np.exp(-(x + net.biases[:2])))
    y = net.model.predict(PATTERNS)
    symmetric = TARGETS[:, 0] == 1
    largest, one_on = float(on[symmetric].max()), float(on[~symmetric].max(axis=1).min())
    return [
        place.claim(
            "weights about the midpoint are equal and opposite",
            f"within {number(net.asymmetry, 2)}",
            holds=net.asymmetry <= MIRRORED,
        ),
        place.claim(
            "on each side they are in the ratio 1 : 2 : 4",
            " : ".join(map(number, net.ratio)),
            holds=net.pattern == REPORTED,
        ),
        place.claim(
            "the two hidden units are the same with opposite signs",
            f"within {number(net.twins_differ, 2)}",
            holds=net.twins_differ <= TWINS,
        ),
        place.claim(
            "the hidden biases are negative, the output's positive",
            ", ".join(number(b, 3) for b in net.biases),
            holds=net.biases[0] < 0 and net.biases[1] < 0 < net.biases[2],
        ),
        place.claim(
            "a symmetric pattern sends them nothing: both are off",
            f"y ≤ {number(largest, 2)}",
            holds=bool(np.abs(x[symmetric]).max() <= HALF * MIRRORED * np.abs(net.hidden).max()) and largest < 0.5,
        ),
        place.claim(
            "any other turns one on, which suppresses the output",
            f"y ≥ {number(one_on, 2)}",
            holds=one_on > 0.5 and max(net.top) < 0 and bool((y[~symmetric] < 0.5).all()),
        ),
        place.claim(
            "the output is on for the 8 symmetric patterns only",
            f"{number(float(y[symmetric].min()), 3)}, {number(float(y[~symmetric].max()), 3)}",
            holds=bool(((y > 0.5) == symmetric).all()),
        ),
    ]


def sums(weights: Sequence[int]) -> list[int]:
    """What each of the eight patterns on one side of the midpoint sends to a hidden unit."""
    return sorted(sum(chosen) for count in range(len(weights) + 1) for chosen in combinations(weights, count))


def tell_apart(largest: int) -> list[tuple[int, ...]]:
    """Three different whole numbers, none above `largest`, whose eight sums all differ."""
    return [three for three in combinations(range(1, largest + 1), HALF) if len(set(sums(three))) == 2**HALF]


def why_this_ratio() -> Section:
    place = Place(NATURE, "figure 1")
    count = {pattern: len(with_pattern(pattern)) for pattern in (REPORTED, OTHER)}
    rows = [
        place.claim(
            "1 : 2 : 4 gives each of the eight patterns a sum of its own",
            " ".join(map(str, sums(REPORTED))),
            holds=sums(REPORTED) == list(range(2**HALF)),
        ),
        place.claim("so does 2 : 3 : 4", " ".join(map(str, sums(OTHER))), len(set(sums(OTHER))) == 2**HALF),
        place.claim(
            "of three numbers up to 4 no others do; up to 3, none",
            f"{len(tell_apart(4)) - 2} and {len(tell_apart(3))}",
            holds=tell_apart(4) == [REPORTED, OTHER] and not tell_apart(3),
        ),
        place.claim(
            "every net that has learned has come to one of the two",
            f"{count[REPORTED]} and {count[OTHER]} nets",
            holds=sum(count.values()) == sum(net.learned is not None for net in trained()),
        ),
    ]
    return Section(
        "Why 1 : 2 : 4, and what else",
        [
            "One side of the midpoint must balance the other only if it is its mirror image, so the eight patterns of "
            "a side must send eight different sums. The paper says that 1 : 2 : 4 ensures this. So does 2 : 3 : 4: its "
            "sums, too, lie at least a fourth of the largest weight apart, and some nets come to it.",
            Table(rows, "", "here"),
        ],
    )


def shown(pattern: Sequence[float]) -> str:
    return " ".join(map(number, pattern))


# ── pictures ───────────────────────────────────────────────────────────────────────────────────


def network_picture(theme: str) -> Drawing:
    """The first net with the reported weights, as it answers a symmetric pattern."""
    model = with_pattern(REPORTED)[0].model
    model.zero_grad()
    loss = half_squared_error(model([1.0, 0.0, 1.0, 1.0, 0.0, 1.0]), [1.0])
    loss.backward()
    drawing: Drawing = draw_network(model, loss, notation=LETTERS, theme=theme)
    return drawing


def weights_plot(theme: str) -> Drawing:
    """The hidden units' weights by the place of the input: a net of each kind."""
    from viz.figures import HATCHES, Plot, colors, labelled, legend

    plot = Plot(theme, panels=2)
    for axes, pattern in zip(plot.panels, (REPORTED, OTHER), strict=True):
        net = min(with_pattern(pattern), key=lambda net: net.errors[-1])
        labelled(axes, plot.theme, "input", "weight", f"{' : '.join(map(str, pattern))}, seed {net.seed}")
        axes.axhline(0, color=plot.theme.faint, linewidth=0.8)
        axes.axvline(HALF + 0.5, color=plot.theme.ink, linestyle=":", linewidth=1)
        for j in (0, 1):
            places = np.arange(1, INPUTS + 1) + (-0.2 if j == 0 else 0.2)
            bars = axes.bar(
                places,
                net.hidden[j],
                width=0.38,
                color=colors(plot.theme)[j],
                edgecolor=plot.theme.background,
                hatch=HATCHES[j],
                label=f"hidden unit {j + 1}",
            )
            axes.bar_label(bars, [number(w, 3) for w in net.hidden[j]], fontsize=7, color=plot.theme.ink, padding=2)
        axes.margins(y=0.12)
        legend(axes, plot.theme)
    return plot


def training_plot(theme: str) -> Drawing:
    """E of all nets over the sweeps."""
    from viz.figures import DASHES, Plot, colors, labelled, legend

    plot = Plot(theme)
    (axes,) = plot.panels
    labelled(axes, plot.theme, "sweeps", "E", f"{len(trained())} nets learn mirror symmetry, or wait at E = 4")
    kinds = {"1 : 2 : 4": REPORTED, "2 : 3 : 4": OTHER, "not learned yet": None}
    for (name, pattern), color, dashes in zip(
        kinds.items(), (*colors(plot.theme)[:2], plot.theme.faint), DASHES, strict=False
    ):
        for i, net in enumerate(net for net in trained() if net.pattern == pattern):
            axes.plot(net.errors, color=color, linestyle=dashes, linewidth=1.1, label="" if i else name)
    axes.axvline(PUBLISHED, color=plot.theme.ink, linestyle=":", linewidth=1)
    axes.annotate(
        f"{PUBLISHED}, the paper's",
        (PUBLISHED, 0.97),
        xycoords=axes.get_xaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        va="top",
        color=plot.theme.ink,
        fontsize=9,
    )
    axes.set_yscale("log")
    legend(axes, plot.theme)
    return plot


PICTURES = (
    Picture(
        "symmetry-network", "a trained net and a symmetric pattern, in the paper's letters", network_picture, False
    ),
    Picture("symmetry-weights", "the hidden units' weights about the midpoint", weights_plot),
    Picture("symmetry-training", "how E falls for twenty seeds", training_plot),
)
