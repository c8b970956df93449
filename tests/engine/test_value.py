"""The contract of Value and backward(), sentence by sentence."""

import math
import operator
import re
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine import Value, no_grad, topological_order
from engine.rules import RULES, TABLE
from engine.value import Constant

# ── random graphs ──────────────────────────────────────────────────────────────────────────────

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}

# A program makes one node after the other: (operator, which node, which other), counted round and round.
programs = st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


def step(nodes, symbol, i, j):
    return OPERATORS[symbol](nodes[i % len(nodes)], nodes[j % len(nodes)])


def run(program, leaves):
    """Every node that the program makes of `leaves`; the last one is the root."""
    nodes = list(leaves)
    for instruction in program:
        nodes.append(step(nodes, *instruction))
    return nodes


# ── what a Value holds ─────────────────────────────────────────────────────────────────────────


def test_a_leaf_is_a_number_that_nothing_made():
    x = Value(2, "x")
    assert (x.data, x.grad, x.label, x.role, x.op, x.operands, x.locals) == (2.0, 0.0, "x", None, None, (), ())
    assert type(x.data) is float


def test_a_node_remembers_how_it_was_made():
    x, y = Value(3.0), Value(4.0)
    z = x - y
    assert (z.data, z.grad, z.label, z.role) == (-1.0, 0.0, "", None)
    assert z.op is RULES["sub"]
    assert z.operands == (x, y)


def test_operands_keep_their_order_and_their_number():
    x, y = Value(3.0), Value(4.0)
    assert (y / x).operands == (y, x)
    assert (x * x).operands == (x, x)


def test_local_derivatives_are_stored_in_the_forward_pass():
    x, y = Value(3.0), Value(4.0)
    assert (x * y).locals == (4.0, 3.0)
    assert (x / y).locals == (0.25, -0.1875)


def test_the_slots_are_final_and_leave_room_for_attributes_of_ones_own():
    slots = ["__dict__", "__weakref__", "data", "grad", "label", "locals", "op", "operands", "reached", "role"]
    assert sorted(Value.__slots__) == slots
    for node in (Value(1.0), Constant(1.0), Value(1.0) * 2.0):
        node.velocity = node.m = 0.5
        assert (node.velocity, node.m, vars(node)) == (0.5, 0.5, {"velocity": 0.5, "m": 0.5})


def test_a_label_is_a_string():
    with pytest.raises(TypeError, match=r"^expected a label, or the operands of an operation; got 3 \(int\)$"):
        Value(1.0, 3)
    with pytest.raises(TypeError, match=r"^a label must be a str; got 3 \(int\)$"):
        Value(1.0, label=3)


def test_plus_x_is_x():
    x = Value(3.0)
    assert +x is x


@pytest.mark.parametrize(
    ("node", "symbol"),
    [
        (lambda x: x + x, "+"),
        (lambda x: x - x, "-"),
        (lambda x: x * x, "*"),
        (lambda x: x / x, "/"),
        (lambda x: x**2, "**2"),
        (lambda x: x**x, "**"),
        (lambda x: x**-0.5, "**-0.5"),
        (lambda x: -x, "-"),
        (lambda x: x.relu(), "ReLU"),
        (lambda x: x, ""),
    ],
)
def test_micrograd_reads_the_operation_as_op(node, symbol):
    assert node(Value(3.0))._op == symbol


def test_micrograd_reads_the_operands_as_a_set():
    x, y = Value(3.0), Value(4.0)
    assert (x + y)._prev == {x, y}
    assert (x + x)._prev == {x}
    assert x._prev == set()


# ── the rules as methods ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rule", [row for row in TABLE if row.arity == 1], ids=repr)
@given(x=st.floats(0.01, 100.0))
def test_every_rule_of_one_operand_is_a_method(rule, x):
    node = getattr(Value(x), rule.name)()
    out = rule.forward(x)
    assert (node.op, node.data, node.locals) == (rule, out, rule.locals(out, x))


# ── the order of the backward pass ─────────────────────────────────────────────────────────────


@given(programs)
def test_operands_come_before_their_users_and_every_node_once(program):
    root = run(program, [Value(1.0), Value(2.0)])[-1]
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is root
    assert all(place[operand] < place[node] for node in order for operand in node.operands)
    used = {operand for node in order for operand in node.operands}
    assert used | {root} == set(order)  # nothing foreign, nothing left out


def test_the_order_of_a_leaf_is_the_leaf():
    x = Value(1.0)
    assert topological_order(x) == [x]


def test_a_node_waits_until_all_its_users_have_paid_in():
    # The smallest graph that needs the sort: going on from b after c's first edge would give 6.
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1.0, 2.0, 4.0)


# ── gradients ──────────────────────────────────────────────────────────────────────────────────


@dataclass
class Dual:
    """x + x′ε with ε² = 0: forward mode, the other way to differentiate, in integers of any size."""

    x: int
    slope: int = 0

    def __add__(self, other):
        return Dual(self.x + other.x, self.slope + other.slope)

    def __sub__(self, other):
        return Dual(self.x - other.x, self.slope - other.slope)

    def __mul__(self, other):
        return Dual(self.x * other.x, self.slope * other.x + self.x * other.slope)


def slope_by(k, program, leaves):
    """∂root/∂node k: what becomes of an ε on that node."""
    nodes = [Dual(x, int(i == k)) for i, x in enumerate(leaves)]
    for instruction in program:
        node = step(nodes, *instruction)
        nodes.append(Dual(node.x, 1) if len(nodes) == k else node)
    return nodes[-1].slope


@given(programs, st.lists(st.integers(-3, 3), min_size=1, max_size=3))
def test_backward_gives_every_node_the_derivative_of_the_root(program, leaves):
    truth = [slope_by(k, program, leaves) for k in range(len(leaves) + len(program))]
    data = [node.x for node in run(program, [Dual(x) for x in leaves])]
    assume(max(map(abs, data + truth)) < 2**24)  # so that every product and sum is exact in floats, too
    nodes = run(program, [Value(x) for x in leaves])
    nodes[-1].backward()
    assert [node.data for node in nodes] == data
    assert [node.grad for node in nodes] == truth


def test_a_reused_value_sums_both_paths():
    # Backpropagation by hand: ∂e/∂x = y + 2x
    x, y = Value(2.0), Value(-3.0)
    e = x * y + x * x
    e.backward()
    assert (e.data, x.grad, y.grad) == (-2.0, 1.0, 2.0)


def test_the_gradient_of_a_leaf_by_itself_is_one():
    x = Value(5.0)
    x.backward()
    assert x.grad == 1.0


@given(programs, st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=3))
@example(program=[("+", 0, 0), ("+", 1, 0), ("*", 0, 2)], leaves=[0.1])
def test_a_second_backward_doubles_the_leaves_exactly(program, leaves):
    nodes = run(program, [Value(x) for x in leaves])
    root, leaves, interior = nodes[-1], nodes[: len(leaves)], nodes[len(leaves) :]
    root.backward()
    once = [leaf.grad for leaf in leaves]
    assume(all(map(math.isfinite, once)))
    within = [node.grad for node in interior]
    root.backward()
    assert [leaf.grad for leaf in leaves] == [2.0 * gradient for gradient in once]
    assert [node.grad for node in interior] == within  # they start from zero


def test_leaves_gather_the_gradients_of_several_roots():
    x = Value(3.0)
    (x * x).backward()
    (5.0 * x).backward()
    assert x.grad == 6.0 + 5.0


def test_an_interior_node_is_not_left_with_the_gradient_of_another_root():
    x = Value(3.0)
    y = x * x
    (2.0 * y).backward()
    (7.0 * y).backward()
    assert y.grad == 7.0
    assert x.grad == 2.0 * 6.0 + 7.0 * 6.0


def test_zero_grad_forgets_the_whole_graph():
    x = Value(3.0)
    y = x * x
    z = y + x
    z.backward()
    z.zero_grad()
    assert [node.grad for node in (x, y, z)] == [0.0, 0.0, 0.0]
    z.backward()
    assert x.grad == 7.0


@pytest.mark.parametrize("weight", [2.0, 0.0])  # 0 hides the input from the output, not from the gradient
def test_the_gradient_is_that_of_the_forward_pass_that_was_recorded(weight):
    w, x = Value(weight), Value(3.0)
    y = w * x
    x.data, w.data = 100.0, 100.0
    y.backward()
    assert (w.grad, x.grad) == (3.0, weight)


def test_not_computed_yet_is_not_zero():
    x, unused = Value(2.0, "x"), Value(0.0, "unused")
    y = x * unused
    assert repr(x) == "Value(x = 2, grad = —)"
    assert x.grad == 0.0  # what micrograd's programs expect to read
    y.backward()
    assert repr(x) == "Value(x = 2, grad = 0)"
    y.zero_grad()
    assert repr(x) == "Value(x = 2, grad = —)"


# ── derivatives that do not exist ──────────────────────────────────────────────────────────────


def test_a_valid_forward_pass_never_fails_because_its_derivative_would():
    assert (Value(0.0) ** 0.5).data == 0.0
    assert Value(0.0).sqrt().data == 0.0
    assert (Value(-2.0) ** Value(2.0)).data == 4.0


@pytest.mark.parametrize("root", [lambda x: x**0.5, lambda x: x.sqrt()], ids=["pow", "sqrt"])
def test_backward_complains_when_it_comes_to_the_edge_without_derivative(root):
    x = Value(0.0, "x")
    y = root(x)
    assert repr(y.locals[0]) == "undefined"
    with pytest.raises(ZeroDivisionError, match=r"the derivative of \w+ by x does not exist at x = 0\.0") as error:
        (3.0 * y).backward()
    note = error.value.__notes__[0]
    assert note.startswith("in backward(), on the edge")
    assert {"Value(0, grad = 3)", "Value(x = 0, grad = —)"} == set(re.findall(r"Value\(.*?\)", note))


def test_a_derivative_that_is_not_real_is_a_value_error():
    with pytest.raises(ValueError, match="the derivative of pow by y does not exist"):
        (Value(-2.0) ** Value(2.0)).backward()


def test_a_nan_is_no_reason_to_complain():
    x = Value(math.nan)
    (x**0.5 + x.sqrt()).backward()
    assert math.isnan(x.grad)


# ── constants ──────────────────────────────────────────────────────────────────────────────────


def test_a_plain_number_is_drawn_but_has_no_gradient():
    x = Value(3.0)
    y = 2.0 * x
    two, same = y.operands
    assert same is x
    assert (two.data, two.op, two.operands) == (2.0, None, ())
    y.backward()
    assert x.grad == 2.0
    assert two.grad == 0.0
    assert repr(two) == "Constant(2)"


def test_an_operation_on_constants_alone_is_constant():
    two = (2.0 * Value(1.0)).operands[0]
    eight = two * two + two**2  # 8, by nodes that are drawn
    assert isinstance(eight, Constant)
    assert [node.data for node in eight.operands] == [4.0, 4.0]
    y = Value(5.0) * eight
    y.backward()
    assert y.operands[0].grad == 8.0
    assert {node.grad for node in topological_order(eight)} == {0.0}
    assert {type(node) for node in (-two, two.exp(), two.sqrt(), two**two)} == {Constant}


def test_a_negative_base_never_asks_for_its_logarithm():
    x = Value(-2.0)
    y = x**3
    y.backward()
    assert (y.data, x.grad) == (-8.0, 12.0)


# ── comparisons, identity, text ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (math.nan, 2.0)])
def test_comparisons_compare_data(compare, a, b):
    truth = compare(a, b)
    assert compare(Value(a), Value(b)) is truth
    assert compare(Value(a), b) is truth
    assert compare(a, Value(b)) is truth


def test_values_are_equal_by_identity_so_they_live_in_sets_and_lists():
    x, twin = Value(1.0), Value(1.0)
    assert x == x
    assert x != twin
    assert len({x, twin, x}) == 2
    assert {x: "x", twin: "twin"}[twin] == "twin"
    assert [x, twin].index(twin) == 1
    assert x != "x"
    assert x is not None
    assert x != None  # noqa: E711


@pytest.mark.parametrize(("spec", "text"), [(".3f", "2.500"), ("8.1f", "     2.5"), ("+.1e", "+2.5e+00")])
def test_format_formats_the_data(spec, text):
    assert format(Value(2.5), spec) == text


def test_format_without_a_specification_is_the_repr():
    x = Value(2.5, "x")
    assert f"{x}" == repr(x) == str(x)


def test_repr_is_one_line_whatever_the_graph():
    x = Value(1.0)
    for _ in range(50_000):  # a repr that descended would never come back
        x = x + 1.0
    assert repr(x) == "Value(5.000×10⁴, grad = —)"


# ── no_grad ────────────────────────────────────────────────────────────────────────────────────


def recorded(x):
    """Does an operation on `x` leave a trace, by each of the ways in which nodes are made?"""
    traces = {bool(y.operands and y.locals and y.op) for y in (x + x, x * x, x - 1.0, 2.0 / x, x.tanh(), x.sqrt())}
    assert len(traces) == 1
    return traces.pop()


def test_no_grad_records_no_edges():
    x = Value(2.0)
    with no_grad():
        y = x * x + 1.0
        assert not recorded(x)
    assert (y.data, y.op, y.operands, y.locals) == (5.0, None, (), ())
    assert recorded(x)


def test_no_grad_nests():
    x = Value(2.0)
    with no_grad():
        with no_grad():
            pass
        assert not recorded(x)
    assert recorded(x)


def test_an_exception_ends_no_grad():
    x = Value(2.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        1.0 / Value(0.0)
    assert recorded(x)


def test_no_grad_holds_in_its_own_thread_only():
    x, together = Value(2.0), Barrier(2, timeout=10)

    def pause():
        with no_grad():
            together.wait()
            mine = recorded(x)
            together.wait()
        return mine

    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(pause)
        together.wait()
        assert recorded(x)
        together.wait()
        assert theirs.result() is False


# ── errors of arithmetic ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "data", "error", "note"),
    [
        (lambda x: x.log(), -1.0, ValueError, "in log(Value(x = −1, grad = —))"),
        (lambda x: 1.0 / x, 0.0, ZeroDivisionError, "in div(Constant(1), Value(x = 0, grad = —))"),
        (lambda x: x.exp(), 1000.0, OverflowError, "in exp(Value(x = 1000, grad = —))"),
        (lambda x: x ** (1 / 3), -8.0, ValueError, "in pow(Value(x = −8, grad = —), Constant(0.3333))"),
        (lambda x: x**-1, 0.0, ZeroDivisionError, "in pow(Value(x = 0, grad = —), Constant(−1))"),
        (lambda x: x**x, 1000.0, OverflowError, "in pow(Value(x = 1000, grad = —), Value(x = 1000, grad = —))"),
        (lambda x: x.sqrt(), -4.0, ValueError, "in sqrt(Value(x = −4, grad = —))"),
    ],
)
def test_arithmetic_errors_keep_their_type_and_say_where(operation, data, error, note):
    with pytest.raises(error) as raised:
        operation(Value(data, "x"))
    assert type(raised.value) is error
    assert raised.value.__notes__[0] == note


def test_an_overflow_is_told_in_words():
    with pytest.raises(OverflowError) as caught:
        _ = Value(1e200) ** 2.0
    assert [type(part) for part in caught.value.args] == [str]  # Python's own has a number in front


def test_an_arithmetic_error_names_the_domain():
    with pytest.raises(ValueError, match=r"domain|positive") as raised:
        Value(-1.0).log()
    assert raised.value.__notes__[1] == "log: x > 0"


def test_what_overflows_by_a_product_is_infinite_as_in_python():
    assert (Value(1e308) * Value(10.0)).data == math.inf


# ── size ───────────────────────────────────────────────────────────────────────────────────────


def test_a_chain_of_a_million_operations_works():
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + x
    y.backward()
    assert (y.data, x.grad) == (1_000_001.0, 1_000_001.0)
    assert repr(y) == "Value(1.000×10⁶, grad = 1)"
    last = weakref.ref(y)
    del y
    assert last() is None


def test_a_repr_calls_as_little_however_large_the_graph():
    def calls(depth):
        y = x = Value(1.0)
        for _ in range(depth):
            y = y * x
        called = []
        sys.setprofile(lambda frame, event, argument: called.append(event))
        try:
            repr(y)
        finally:
            sys.setprofile(None)
        return len(called)

    assert calls(1000) == calls(10)


def test_a_graph_has_no_cycles_to_collect():
    x = Value(1.0)
    y = (x * x).tanh() + 1.0
    y.backward()
    node = weakref.ref(y.operands[0])
    del y
    assert node() is None  # at once, by its count of references
