"""Callbacks on gradients, and the watch for the first NaN or infinity."""

from __future__ import annotations

import gc
import math
import threading
import weakref
from functools import partial

import pytest

from engine import Value, detect_anomaly, exp, log, on_gradient
from engine.support.modes import modes


def graph():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    product = w * x
    return x, w, product, product * product


def test_a_callback_hears_the_complete_gradient_once_in_a_pass():
    x, _, product, root = graph()
    heard = []
    on_gradient(product, heard.append)
    on_gradient(x, heard.append)
    root.backward()
    assert heard == [12.0, 36.0]  # both edges of product * product are in


def test_what_a_callback_returns_takes_the_place_of_the_gradient():
    x, w, product, root = graph()
    on_gradient(product, lambda gradient: min(gradient, 1.0))
    root.backward()
    assert (product.grad, w.grad, x.grad) == (1.0, 2.0, 3.0)


def test_callbacks_on_one_node_run_in_the_order_in_which_they_came():
    _, w, _, root = graph()
    on_gradient(w, lambda gradient: gradient + 1.0)
    on_gradient(w, lambda gradient: gradient * 10.0)
    root.backward()
    assert w.grad == (24.0 + 1.0) * 10.0


def test_a_leaf_hears_of_this_pass_and_not_of_earlier_ones():
    _, w, _, root = graph()
    heard = []
    on_gradient(w, heard.append)
    root.backward()
    root.backward()
    assert heard == [24.0, 24.0]
    assert w.grad == 48.0


def test_a_removed_callback_is_silent():
    _, w, _, root = graph()
    heard = []
    first, second = on_gradient(w, heard.append), on_gradient(w, lambda gradient: heard.append(-gradient))
    first.remove()
    first.remove()  # twice does no harm
    root.backward()
    assert heard == [-24.0]
    second.remove()
    with on_gradient(w, heard.append):
        root.backward()
    root.backward()
    assert heard == [-24.0, 24.0]


def test_an_error_in_a_callback_carries_the_node():
    _, w, _, root = graph()

    def complain(gradient):
        raise RuntimeError("too steep")

    on_gradient(w, complain)
    with pytest.raises(RuntimeError, match="too steep") as caught:
        root.backward()
    assert caught.value.__notes__[0] == "in a callback on the gradient of Value(w = 3, grad = 24)"


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError) as refused:
        on_gradient(Value(1.0), 3)
    assert str(refused.value) == "on_gradient expected a function of the gradient; got 3 (int)"


def test_callbacks_keep_no_graph_alive():
    x, w, product, root = graph()
    on_gradient(product, abs)
    gone = weakref.ref(product)
    del x, w, product, root
    gc.collect()
    assert gone() is None


def test_callbacks_run_in_a_trace_and_going_back_takes_back_what_they_did():
    _, w, product, root = graph()
    on_gradient(product, lambda gradient: min(gradient, 1.0))
    trace = root.backward_steps()
    trace.finish()
    assert w.grad == 2.0
    trace.goto(1)
    assert product.grad == 6.0
    trace.goto(0)
    assert product.grad == 0.0
    trace.finish()
    assert w.grad == 2.0


# ── anomalies ──────────────────────────────────────────────────────────────────────────────────


def test_the_first_infinity_of_a_forward_pass_is_named_with_its_operands_and_the_chain_from_a_leaf():
    x = Value(1e200, "x")
    with detect_anomaly(), pytest.raises(FloatingPointError, match="mul gives ∞") as caught:
        (x * 1.0 * x) + 1.0
    assert caught.value.op.name == "mul"
    assert caught.value.operands[1] is x
    assert caught.value.__notes__[0].startswith("in mul(Value(1×10²⁰⁰, grad = —), Value(x = 1×10²⁰⁰")
    assert "the chain from a leaf: Value(x = 1×10²⁰⁰, grad = —) → " in caught.value.__notes__[-1]


def test_a_nan_is_found_where_it_is_made():
    inf = Value(math.inf, "∞")
    with detect_anomaly(), pytest.raises(FloatingPointError, match="sub gives NaN"):
        exp(inf - inf)


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_leaf_that_is_no_number_shows_at_the_first_operation(wrong):
    with detect_anomaly(), pytest.raises(FloatingPointError, match="add gives"):
        Value(wrong) + 1.0


def test_the_first_anomaly_of_a_backward_pass_is_named_with_the_edges_that_brought_it():
    x = Value(1e-300, "x")
    y = log(x) * 1e200
    with detect_anomaly(), pytest.raises(FloatingPointError, match=r"the gradient of Value\(x = .* is ∞") as caught:
        y.backward()
    assert any("contributes 1.000×10³⁰⁰ · 1×10²⁰⁰" in note for note in caught.value.__notes__)
    assert any("the chain from a leaf: Value(x = " in note for note in caught.value.__notes__)


def test_without_the_watch_nothing_is_raised():
    x = Value(1e200)
    assert (x * x).data == math.inf


def test_the_watch_ends_with_its_block_and_belongs_to_its_thread():
    found = []
    with detect_anomaly():
        with detect_anomaly():
            pass
        thread = threading.Thread(target=lambda: found.append((Value(1e200) * Value(1e200)).data))
        thread.start()
        thread.join()
        with pytest.raises(FloatingPointError):
            Value(1e200) * Value(1e200)
    assert found == [math.inf]
    assert not modes


def test_an_arithmetic_error_carries_what_a_picture_of_it_needs():
    x = Value(-1.0, "x")
    with pytest.raises(ValueError, match=r"domain|positive") as caught:
        (x * 2.0).log()
    assert caught.value.op.name == "log"
    assert [operand.data for operand in caught.value.operands] == [-2.0]


def test_a_cycle_is_found_and_named():
    x = Value(1.0, "x")
    y = x + 1.0
    y.label = "y"
    z = y * 2.0
    y.operands = (z, y.operands[1])
    for attempt in (z.backward, z.zero_grad):
        with pytest.raises(ValueError, match=r"the graph has a cycle.*Value\(y = 2"):
            attempt()


def test_a_hook_says_on_what_it_is_and_whether_it_still_is():
    x, *_ = graph()

    def clip(gradient):
        return min(gradient, 1.0)

    hook = on_gradient(x, clip)
    assert repr(hook) == "Hook of clip on the gradient of Value(x = 2, grad = —)"
    hook.remove()
    assert repr(hook) == "Hook of clip on the gradient of Value(x = 2, grad = —), removed"
    assert repr(on_gradient(x, partial(clip))) == "Hook of partial on the gradient of Value(x = 2, grad = —)"
