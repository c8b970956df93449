"""The trace: exactly what `backward()` does, one event at a time, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, backward_steps, dot, log_sum_exp, maximum, minimum, tanh, topological_order
from engine.functions import FUNCTIONS
from engine.rules import TABLE
from nn import MLP, half_squared_error
from tests.primer import WEIGHTS

UNARY = [row.name for row in TABLE if row.arity == 1]
ONE = [lambda x, name=name: FUNCTIONS[name](x * x + 0.5) for name in UNARY]  # x² + ½ lies in every domain
ONE += [lambda x: x * x, lambda x: x / 3.0, lambda x: 2.0**x, lambda x: -x]
TWO = [
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / (y * y + 0.5), maximum, minimum,
    lambda x, y: (x * x + 0.5) ** y, lambda x, y: FUNCTIONS["sum"]([x, y, x]), lambda x, y: log_sum_exp([x, y, x]),
    lambda x, y: dot([x, y], [y, x]), lambda x, y: dot([x, y], [y, x], x),
    lambda x, y: FUNCTIONS["largest"]([x, y, x]), FUNCTIONS["greater"], FUNCTIONS["at_least"],
    lambda x, y: FUNCTIONS["where"](x, y * y, x * y), lambda x, y: FUNCTIONS["share"](x, y, x),
    lambda x, y: FUNCTIONS["neg_log_share"](x, y, x),
    lambda x, y: FUNCTIONS["log_sum_exp_less"]([x, y, x]),
]  # fmt: skip


@st.composite
def graphs(draw):
    """A root over a few leaves, with nodes that are used many times, and some that are not."""
    nodes = [Value(draw(st.floats(-2.0, 2.0))) for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(0, 12))):
        pick = st.integers(max(0, len(nodes) - 5), len(nodes) - 1)
        if draw(st.booleans()):
            nodes.append(draw(st.sampled_from(ONE))(tanh(nodes[draw(pick)])))
        else:
            x, y = nodes[draw(pick)], nodes[draw(pick)]
            nodes.append(draw(st.sampled_from(TWO))(tanh(x), y if y.data**2 < 100.0 else tanh(y)))
    return nodes[-1]


def test_every_rule_is_on_trial():
    tried = {node.op.name for f in ONE for node in topological_order(f(Value(1.0))) if node.op}
    tried |= {node.op.name for f in TWO for node in topological_order(f(Value(1.0), Value(2.0))) if node.op}
    assert tried == {row.name for row in TABLE}


def state(order):
    return [(node.grad, node.reached) for node in order]


def primer():
    return half_squared_error(MLP.from_weights(WEIGHTS, activation="tanh")([1, 2]), [1, 1.15])


@given(graphs(), st.integers(0, 2))
@settings(max_examples=500, deadline=None)
def test_a_trace_ends_as_backward_does_and_goes_back_to_what_it_found(root, earlier_passes):
    order = topological_order(root)
    for _ in range(earlier_passes):
        root.backward()
    found = state(order)
    root.backward()
    expected = state(order)
    for node, (grad, reached) in zip(order, found, strict=True):
        node.grad, node.reached = grad, reached

    trace = backward_steps(root)
    events = list(trace)
    trace.finish()
    assert len(events) == len(trace)
    assert state(order) == expected
    while trace.back():
        pass
    assert state(order) == found
    trace.finish()
    assert state(order) == expected


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_the_contributions_sum_to_the_gradient(root):
    order = topological_order(root)
    brought = dict.fromkeys(order, 0.0)
    brought[root] = 1.0
    for event in backward_steps(root):
        assert event.local == event.node.locals[event.slot]
        assert event.node.operands[event.slot] is event.operand
        assert event.upstream == brought[event.node]
        assert event.before == brought[event.operand]
        brought[event.operand] += event.contribution
        assert event.after == brought[event.operand]
    assert [node.grad for node in order] == [brought[node] for node in order]


@given(graphs(), st.data())
@settings(max_examples=100, deadline=None)
def test_any_walk_to_a_position_leads_to_the_same_graph(root, data):
    order = topological_order(root)
    trace = backward_steps(root)
    states = [state(order)]
    while trace.step():
        states.append(state(order))
    for _ in range(6):
        n = data.draw(st.integers(0, len(trace)))
        trace.goto(n)
        assert trace.position == n
        assert state(order) == states[n]


def test_events_come_in_the_order_of_the_backward_pass():
    x = Value(3.0, "x")
    square = x * x
    root = square + x
    assert [(event.node, event.operand, event.slot) for event in root.backward_steps()] == [
        (root, square, 0),
        (root, x, 1),
        (square, x, 0),
        (square, x, 1),
    ]


def test_there_is_no_event_on_the_way_to_a_constant():
    assert len(backward_steps(Value(2.0) * 3.0 + 1.0)) == 2


def test_an_event_is_one_sentence():
    events = [str(event) for event in backward_steps(primer())]
    assert events[8] == "step 9: a₂⁽²⁾ contributes 0.9354 · −0.003658 = −0.003422 to w₂,₃⁽²⁾"
    assert events[18] == "step 19: a₁⁽²⁾ contributes 0.1 · −0.5131 = −0.05131 to z₁⁽¹⁾, which makes −0.05277"
    assert all(event.count("\n") == 0 for event in events)


def test_nothing_happens_before_the_first_step():
    root = primer()
    root.backward()
    before = state(topological_order(root))
    trace = backward_steps(root)
    event = trace.peek()
    assert (event.index, event.node, event.upstream) == (1, root, 1.0)
    assert trace.position == 0
    assert state(topological_order(root)) == before


def test_peek_is_the_event_that_step_does():
    trace = backward_steps(primer())
    while (event := trace.peek()) is not None:
        assert trace.step() == event
    assert trace.step() is None


def test_back_returns_the_event_that_it_undoes():
    trace = backward_steps(primer())
    done = list(trace)
    assert [trace.back() for _ in done] == done[::-1]
    assert trace.back() is None


def test_a_gradient_counts_as_reached_when_it_is_complete():
    x = Value(3.0, "x")
    square = x * x
    root = square + x
    trace = backward_steps(root)
    reached = []
    while trace.step():
        reached.append([node.reached for node in (root, square, x)])
    assert reached == [[True, True, None], [True, True, None], [True, True, None], [True, True, True]]


def test_a_leaf_alone_has_no_events_and_the_gradient_one():
    x = Value(2.0)
    trace = backward_steps(x)
    assert (len(trace), trace.complete) == (0, False)
    trace.finish()
    assert (x.grad, trace.complete) == (1.0, True)
    trace.back()
    assert (x.grad, x.reached) == (0.0, False)


@pytest.mark.parametrize("n", [-1, 37, 1.5, "3"])
def test_a_position_that_does_not_exist_is_refused(n):
    with pytest.raises(ValueError, match="positions 0 to 36"):
        backward_steps(primer()).goto(n)


def test_an_undefined_derivative_stops_the_trace_before_its_event():
    x = Value(0.0, "x")
    trace = backward_steps(x**0.5 + 1.0)
    trace.step()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError, match=r"does not exist at x = 0\.0"):
            trace.step()
    assert (trace.position, x.grad) == (1, 0.0)
    trace.goto(0)
    assert not x.reached
