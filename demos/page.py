"""The live page: a graph to step through, change and train in a browser, as one file that needs nothing else.

Each page is a graph of another demo: the primer's network, an expression that uses values twice, micrograd's moons with
the plane on which a small network decides, three classes and a softmax; and the primer's network with its error signals
left to be found.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from demos.kit.console import Options, all_or_none, writing
from demos.kit.demo import Command
from demos.moons import moons
from demos.primer.example import example
from engine import Value
from engine.support.notation import NOTATIONS
from nn import MLP, cross_entropy, hinge
from viz import page

CORNERS = [(0.0, 1.0), (-0.9, -0.6), (0.9, -0.6)]  # where three classes of points lie
SPREAD, PER_CLASS = 0.35, 12


def primer(path: Path, notation: str) -> None:
    model, loss = example(backward=False)
    page(loss, path, model=model, title="The primer’s network", notation=notation)


def quiz(path: Path, notation: str) -> None:
    model, loss = example(backward=False)
    page(loss, path, model=model, title="Find the error signals", notation=notation, hide="deltas")


def reuse(path: Path, notation: str) -> None:
    a, b = Value(-2.0, "a"), Value(3.0, "b")
    d, e = a * b, a + b
    f = d * e
    d.label, e.label, f.label = "d", "e", "f"
    page(f, path, title="f = a · b · (a + b)", notation=notation)


def two_moons(path: Path, notation: str) -> None:
    model = MLP(2, [8, 1], activation="tanh", seed=1)
    x, t = [Value(0.0, "x₁"), Value(0.0, "x₂")], Value(1.0, "t")
    points, classes = moons()
    rows = [[*point, side] for point, side in zip(points.round(3).tolist(), classes.tolist(), strict=True)]
    page(hinge(model(x), t), path, title="Two moons", notation=notation, inputs=[*x, t], samples=rows)


def softmax(path: Path, notation: str) -> None:
    model = MLP(2, [3, 3], activation="tanh", seed=4)
    x, t = [Value(0.0, "x₁"), Value(1.0, "x₂")], [Value(1.0), Value(0.0), Value(0.0)]
    random = Random(1)
    rows = [
        [round(random.gauss(at, SPREAD), 2) for at in corner] + [float(k == j) for j in range(len(CORNERS))]
        for k, corner in enumerate(CORNERS)
        for _ in range(PER_CLASS)
    ]
    loss = cross_entropy(model(x), t)
    page(loss, path, title="Three classes and a softmax", notation=notation, inputs=[*x, *t], samples=rows)


PAGES: dict[str, Callable[[Path, str], None]] = {
    "primer": primer,
    "quiz": quiz,
    "reuse": reuse,
    "moons": two_moons,
    "softmax": softmax,
}


def make(name: str, out: Path, notation: str) -> int:
    """Write the page into the folder."""
    file = f"{name}-page.html"
    with all_or_none(out, [file]) as (path,), writing(out):
        PAGES[name](path, notation)
    print(f"Wrote {out / file}: open it in a browser")
    return 0


def options(parser: Options) -> None:
    parser.add_argument(
        "name", nargs="?", choices=PAGES, default="primer", help="of what graph: %(choices)s (%(default)s)"
    )
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the page goes (default: here)")
    parser.add_argument(
        "--notation", choices=NOTATIONS, default="bishop", help="whose letters: %(choices)s (%(default)s)"
    )


DEMO = Command(
    "page",
    "Writes a live page, one HTML file: step through a pass in both directions, change weights, train, find what is "
    "hidden.",
    run=make,
    options=options,
    exit_codes="exit code: 0, or 2 if nothing could be written",
)
