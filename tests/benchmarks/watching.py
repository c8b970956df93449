"""What watching costs: `python -m tests.benchmarks.watching` prints figures for a graph of 100,000 nodes."""

from __future__ import annotations

import gc
import io
import statistics
from collections.abc import Callable
from time import perf_counter

from engine import Value, backward_steps, topological_order
from nn import MLP, half_squared_error

ROUNDS = 7


def chain(nodes: int) -> Value:
    """A deep graph: x, then sums and products with it, one after the other."""
    x = total = Value(0.5, "x")
    for i in range(nodes - 1):
        total = total + x if i % 2 else total * x
    return total


def network(nodes: int) -> Value:
    """A wide one: samples through an MLP 2→16→16→1, their losses summed."""
    model = MLP(2, [16, 16, 1], activation="tanh")
    loss = half_squared_error(model([0.5, -0.5]), 1)
    per_sample = len(topological_order(loss)) - len(model.parameters())
    for i in range((nodes - len(model.parameters())) // per_sample):
        loss = loss + half_squared_error(model([0.01 * i, 1 - 0.01 * i]), i % 2)
    return loss


def wide(nodes: int) -> Value:
    """One sample through one large layer: most nodes are weights."""
    side = int((nodes - 1000) ** 0.5)
    return half_squared_error(MLP(side, [side, 3], activation="tanh")([0.01 * i for i in range(side)]), [0, 1, 0])


def median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        started = perf_counter()
        action()
        times.append(perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    print(f"medians of {ROUNDS}; why: at most 0.1 s, opening the debugger: at most 3 s\n")
    print(f"{'graph':25}{'nodes':>9}{'edges':>10}{'backward':>11}{'trace':>10}{'ratio':>8}{'why':>10}{'open':>10}")
    graphs = (
        ("wide net, w[1][3,4]", wide(100_000), "w[1][3,4]"),
        ("many samples, w[2][3,4]", network(100_000), "w[2][3,4]"),
        ("chain, x in every node", chain(100_000), "x"),
    )
    for name, root, asked in graphs:
        order = topological_order(root)
        edges = sum(len(node.operands) for node in order)
        backward = median(root.backward)
        trace = median(lambda root=root: backward_steps(root).finish())
        why = median(lambda root=root, asked=asked: str(root.explain(asked)))
        opened = median(lambda root=root: root.debug(io.StringIO("quit\n"), io.StringIO())) - trace
        row = (f"{backward:.3f} s", f"{trace:.3f} s", f"{trace / backward:.1f}×", f"{why:.3f} s", f"{opened:.3f} s")
        print(f"{name:25}{len(order):>9,}{edges:>10,}{row[0]:>11}{row[1]:>10}{row[2]:>8}{row[3]:>10}{row[4]:>10}")


if __name__ == "__main__":
    main()
