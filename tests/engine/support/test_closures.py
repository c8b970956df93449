"""Operations in micrograd's way: a closure, asked once, gives local derivatives that stand on the edges."""

from __future__ import annotations

import copy
import pickle

import pytest

from engine import Value, compile_graph, detect_anomaly, differentiate, topological_order
from engine.check import check_gradients
from tests.refusals import refusal
from viz import draw


def cube(x, calls=None):
    out = Value(x.data**3, (x,), "cube")

    def _backward():
        if calls is not None:
            calls.append(out.grad)
        x.grad += 3 * x.data**2 * out.grad

    out._backward = _backward
    return out


# ── the pass by hand ───────────────────────────────────────────────────────────────────────────


def test_the_pass_by_hand_is_that_of_backward():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    d = (c + 10.0).tanh()
    e, *_ = d.operands
    d.grad = 1.0
    d._backward()
    e._backward()
    c._backward()
    by_hand = [node.grad for node in (a, b, c, d, e)]
    d.zero_grad()
    d.backward()
    assert by_hand == [node.grad for node in (a, b, c, d, e)]


def test_a_gradient_that_someone_has_set_counts_as_computed():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    out = x * y
    assert (repr(out), repr(x)) == ("Value(6, grad = —)", "Value(x = 2, grad = —)")
    out.grad = 1.0
    assert repr(out) == "Value(6, grad = 1)"
    out._backward()
    assert repr(x) == "Value(x = 2, grad = 3)"
    assert str(out.explain("x")) == "∂E/∂x = y = 3"  # and no word of "not computed yet"
    assert "—" not in draw(out).source.replace("—: not computed yet, or cleared", "")


def test_a_leaf_has_a_turn_that_does_nothing():
    x = Value(2.0)
    x._backward()
    assert x.grad == 0.0


def test_the_middle_of_a_pass_is_not_taken_for_a_gradient():
    x = Value(3.0, "x")
    root = x * x
    root.backward()
    trace = root.backward_steps()
    trace.step()
    assert (x.grad, repr(x)) == (3.0, "Value(x = 3, grad = —)")
    trace.finish()
    assert repr(x) == "Value(x = 3, grad = 12)"


# ── closures ───────────────────────────────────────────────────────────────────────────────────


def test_a_closure_is_asked_once_when_it_is_set_and_every_gradient_is_put_back():
    calls = []
    x = Value(2.0, "x")
    x.grad = 5.0
    y = cube(x, calls)
    assert (calls, x.grad, y.grad, y.locals) == ([1.0], 5.0, 0.0, (12.0,))
    y.backward()
    assert (calls, x.grad) == ([1.0], 17.0)


def test_it_is_a_node_like_any_other():
    x = Value(2.0, "x")
    y = cube(x) * x
    y.label = "y"
    steps = [str(step) for step in y.backward_steps()]
    assert steps[-1] == "step 3: cube(x) contributes 12 · 2 = 24 to x, which makes 32"
    assert str(y.explain("x")).startswith(
        "∂y/∂x = ∂cube(x)/∂x · x + cube(x) = 12 · 2 [via cube(x)] + cube(2) [via y] = 32"
    )
    assert [d.data for d in differentiate(y * 2.0, [y])] == [2.0]
    assert y._prev == {y.operands[0], x}
    assert y.operands[0]._op == "cube"
    assert ">cube<" in draw(y).pipe("svg").decode()
    with detect_anomaly():
        y.backward()


def test_copies_and_pickles_keep_it_with_attributes_of_ones_own():
    x = Value(2.0, "x")
    x.velocity = 0.25
    for y in (copy.deepcopy(cube(x)), pickle.loads(pickle.dumps(cube(x)))):
        (leaf,) = y.operands
        y.backward()
        assert (leaf.grad, leaf.velocity, y.op.name) == (12.0, 0.25, "cube")
        assert y.op is cube(x).op


def test_a_closure_over_one_node_twice():
    u = Value(3.0)
    out = Value(u.data * u.data, (u, u), "mix")

    def _backward():
        u.grad += u.data * out.grad
        u.grad += u.data * out.grad

    out._backward = _backward
    assert out.locals == (6.0, 0.0)
    out.backward()
    assert u.grad == 6.0


def test_a_closure_over_three_nodes():
    a, b, c = (Value(x) for x in (2.0, 3.0, 4.0))
    out = Value(a.data * b.data + c.data, (a, b, c), "fma")

    def _backward():
        a.grad += b.data * out.grad
        b.grad += a.data * out.grad
        c.grad += out.grad

    out._backward = _backward
    (out * 2.0).backward()
    assert [v.grad for v in (a, b, c)] == [6.0, 4.0, 2.0]


def test_a_closure_that_reads_data_late_has_that_of_the_forward_pass():
    x = Value(2.0)
    y = cube(x)
    x.data = 100.0
    y.backward()
    assert x.grad == 12.0


def test_a_closure_that_raises_does_so_in_the_pass_that_needs_it():
    x, w = Value(0.0, "x"), Value(2.0, "w")
    out = Value(0.0, (x,), "root")

    def _backward():
        x.grad += 0.5 / x.data * out.grad

    x.grad = 7.0
    out._backward = _backward
    assert x.grad == 7.0
    (w * 3.0).backward()  # another graph
    with pytest.raises(ZeroDivisionError) as raised:
        (out * w).backward()
    assert raised.value.__notes__ == [
        "in the _backward of 'root'",
        "in backward(), on the edge from Value(0, grad = 2) to Value(x = 0, grad = —)",
    ]
    assert x.grad == 7.0


def test_a_closure_that_adds_to_a_stranger_is_refused():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    out = Value(6.0, (x,), "*")

    def _backward():
        x.grad += y.data * out.grad
        y.grad += x.data * out.grad

    assert refusal(ValueError, setattr, out, "_backward", _backward) == (
        "the _backward of '*' adds to Value(y = 3, grad = —), which is none of its children: "
        "name it among them, Value(data, children, '*')"
    )
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_what_is_no_function_and_what_is_no_value_is_refused():
    x = Value(2.0)
    out = Value(4.0, (x,), "square")
    assert refusal(TypeError, setattr, out, "_backward", 3) == (
        "_backward must be a function of no arguments; got 3 (int)"
    )
    assert refusal(TypeError, Value, 4.0, (x, 2.0), "square") == "children must be Values; got 2.0 (float)"


CUBED = (
    "'cube' is an operation in micrograd's way: only the program knows what it computes, so it can't be computed anew, "
    "compiled or differentiated twice; engine.operation() makes one that can"
)


def test_what_can_not_go_on_from_it_names_the_operation():
    x = Value(2.0)
    y = cube(x)
    assert refusal(TypeError, compile_graph, y, [x]) == CUBED
    assert refusal(TypeError, differentiate, y, [x]) == CUBED
    assert refusal(TypeError, check_gradients, y) == CUBED


# ── patched and derived ────────────────────────────────────────────────────────────────────────


def test_a_method_patched_onto_value(monkeypatch):
    monkeypatch.setattr(Value, "cube", cube, raising=False)
    x = Value(2.0)
    (x.cube() + x).backward()
    assert x.grad == 13.0


class Loud(Value):
    """As programs derive one: with attributes, and an operation that makes its own kind."""

    def __init__(self, data, children=(), op=""):
        super().__init__(data, children, op)
        self._backward = lambda: None
        self.seen = 0

    def square(self):
        out = Loud(self.data**2, (self,), "square")

        def _backward():
            self.grad += 2 * self.data * out.grad

        out._backward = _backward
        return out


def test_a_subclass_sets_its_backward():
    x = Loud(3.0)
    y = x.square() * 2 + x
    y.backward()
    assert (x.grad, x.seen, type(x.square())) == (13.0, 0, Loud)
    assert all(isinstance(node, Value) for node in topological_order(y))


def test_sums_begin_with_their_first_term():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    assert sum([x, y]).operands == (x, y)
    assert x + 0 is x
    assert 0 + x is x
    assert (x + 0.0).operands[1].data == 0.0  # who writes a float means it


class Squared(Value):
    """With `_backward` as a method, and an attribute that comes after super().__init__."""

    def __init__(self, x):
        super().__init__(x.data**2, (x,), "squared")
        self.x = x

    def _backward(self):
        self.x.grad += 2 * self.x.data * self.grad


class Late(Value):
    def __init__(self, x):
        super().__init__(x.data**2, (x,), "late")
        self._backward = self._differentiate  # set before what it needs is there
        self.x = x

    def _differentiate(self):
        self.x.grad += 2 * self.x.data * self.grad


@pytest.mark.parametrize("kind", [Squared, Late])
def test_a_subclass_that_can_not_tell_yet_is_asked_in_the_pass(kind):
    x = Value(3.0, "x")
    y = kind(x) * 2.0
    assert str(y.explain("x")).endswith("= 12\nnot computed yet, or cleared: this is what backward() will give")
    y.backward()
    assert (x.grad, y.operands[0].locals) == (12.0, (6.0,))
    z = kind(Value(3.0))
    assert pickle.loads(pickle.dumps(z.operands[0])).data == 3.0
    assert tuple(copy.deepcopy(z * 1.0).operands[0].locals) == (6.0,)


def test_a_pass_that_fails_leaves_a_gradient_of_zero_computed():
    x, y = Value(0.0, "x"), Value(2.0, "y")
    (y * 0.0 + x * 0.0).backward()
    assert (repr(x), repr(y)) == ("Value(x = 0, grad = 0)", "Value(y = 2, grad = 0)")
    with pytest.raises(ZeroDivisionError):
        (x**0.5 * y).backward()
    assert (repr(x), repr(y)) == ("Value(x = 0, grad = 0)", "Value(y = 2, grad = 0)")
