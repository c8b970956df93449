"""`--where` names the line on which a rule's derivatives are taken, and stops there only when they are."""

from __future__ import annotations

import sys

import pytest

from engine.debugger.places import derivatives_of
from engine.readings.formulas import forward, local_derivatives
from engine.rules import RULES
from tests.engine.sample_points import SAMPLE_POINTS


def stops(place, function, *arguments):
    """How often a debugger with a breakpoint there would stop in a call."""
    where, _, condition = place.partition(", ")
    path, _, line = where.rpartition(":")
    found = []

    def trace(frame, event, _):
        if event == "line" and (frame.f_code.co_filename, frame.f_lineno) == (path, int(line)):
            found.append(eval(condition, frame.f_globals, frame.f_locals))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return sum(found)


@pytest.mark.parametrize("name", RULES)
def test_a_breakpoint_there_stops_when_the_derivatives_of_the_rule_are_taken_and_not_else(name):
    place, row, numbers = derivatives_of(name), RULES[name], SAMPLE_POINTS[name][-1]
    out = row.forward(*numbers)
    assert stops(place, row.locals, out, *numbers) >= 1  # a row of several lines comes back to its first
    assert stops(place, row.forward, *numbers) == 0
    assert stops(place, forward, row) == stops(place, local_derivatives, row) == 0  # read by symbols
