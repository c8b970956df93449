"""Mirror symmetry, the task of 1986: weights that come out equal and opposite, as 1 : 2 : 4.

After D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors", Nature
323 (1986), 533–536, which the primer cites: its equations, and the net of its figure 1. That figure is of one run, of
unknown initial weights; here are twenty, by seed.

    nets.py         the task, and twenty nets trained for it
    equations.py    the paper's equations on one pattern
    weights.py      what the nets come to
"""

from __future__ import annotations

from demos.kit.demo import Demo
from demos.kit.report import Section
from demos.kit.sources import NATURE
from demos.symmetry import equations, pictures, weights


def sections() -> list[Section]:
    return [equations.equations(), weights.training(), weights.signature(), weights.why_this_ratio()]


DEMO = Demo(
    "symmetry",
    title="Mirror symmetry, learned as in 1986",
    about="You see the paper's equations as numbers, on one pattern of six bits. Then twenty networks with two "
    "hidden units each learn to tell whether a pattern is symmetric about its midpoint, and you find in them "
    "the weights that the paper reports, equal and opposite about the midpoint, and learn why they come as 1 "
    ": 2 : 4.",
    sections=sections,
    source=NATURE,
    pictures=pictures.all_pictures,
)
