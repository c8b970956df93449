"""Small nets, in plain Python, so that every engine starts from the same points and weights.

moons: micrograd's demo, 2 → 16 → 16 → 1 with ReLU, hinge loss and L2 on 100 points
xor:   2 → 8 → 1 with tanh, squared error on 4 points
"""

from typing import NamedTuple

from micrograd_demo import L2, SIZES, moons


class Net(NamedTuple):
    sizes: list[int]
    activation: str
    loss: str  # of a point; its mean over all points is the loss of a step
    l2: float  # times the squares of all parameters


NETS = {"moons": Net(SIZES, "relu", "hinge", L2), "xor": Net([2, 8, 1], "tanh", "squared_error", 0.0)}


def points(name: str) -> list[tuple[list[float], float]]:
    """The inputs and the target of each point."""
    if name == "moons":
        return moons()
    return [([float(a), float(b)], float(a != b)) for a in (0, 1) for b in (0, 1)]
