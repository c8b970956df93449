"""The cyclic garbage collector, which a graph keeps busy for nothing.

Every so many new objects it walks through the young ones, to look for cycles. A graph has none, but consists of nothing
else: with Python's own threshold of 700 objects the collector takes two thirds of a step that records 10,000 nodes.
"""

from __future__ import annotations

import gc

THRESHOLD = 50_000  # objects; a cycle of the program's own waits so long for its end
PYTHONS_OWN = {(700, 10, 10), (2000, 10, 10), (2000, 10, 0)}  # of 3.11 and 3.12, of 3.13, of 3.14


def call_less_often() -> None:
    """Raise the first threshold, if it is Python's own: who has set another one, or switched it off, knows why."""
    if gc.isenabled() and gc.get_threshold() in PYTHONS_OWN:
        gc.set_threshold(THRESHOLD, *gc.get_threshold()[1:])
