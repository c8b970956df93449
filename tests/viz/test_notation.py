"""Pictures are drawn in the notation of what they show, unless another one is asked for."""

import pytest

from engine import backward_steps
from nn import BISHOP, MLP, NIELSEN, half_squared_error
from viz import draw, draw_network


@pytest.fixture
def model():
    return MLP.from_weights([[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]], activation="tanh", notation=NIELSEN)


@pytest.fixture
def loss(model):
    return half_squared_error(model([1.0, 2.0]), 1.0)


def test_the_default_is_the_notation_of_the_model(model, loss):
    assert draw(loss).source == draw(loss, notation=NIELSEN).source == draw(loss, notation="nielsen").source
    assert draw_network(model, loss).source == draw_network(model, loss, notation="nielsen").source
    assert "Nielsen’s notation" in draw(loss).source
    assert "Bishop’s notation" in draw(loss, notation="bishop").source


@pytest.mark.parametrize(("notation", "name"), [(None, "z₁⁽²⁾"), (BISHOP, "a₁⁽²⁾")])
def test_the_step_of_a_trace_is_told_in_the_notation_of_the_picture(loss, notation, name):
    trace = backward_steps(loss)
    trace.goto(6)
    source = draw(loss, trace=trace, notation=notation).source
    assert f"Step 6 of {len(trace)}, backward: {name} contributes 0.4621 · −0.2886 = −0.1334 to w₁,₁⁽²⁾" in source


@pytest.mark.parametrize(("notation", "names"), [(None, ("C", "a₁⁽²⁾")), (BISHOP, ("E", "y₁"))])
def test_an_error_names_nodes_in_it(model, loss, notation, names):
    other = half_squared_error(model([1.0, 2.0]), 1.0)
    with pytest.raises(ValueError, match="this trace is of") as raised:
        draw(other, trace=backward_steps(loss), notation=notation)
    shown = f"Value({names[0]} = 0.04166, grad = —)"
    assert str(raised.value) == f"this trace is of {shown}; to draw it, draw that root, not {shown}"


@pytest.mark.parametrize(
    "picture", [lambda model, loss, n: draw(loss, notation=n), lambda *a: draw_network(*a[:2], notation=a[2])]
)
def test_an_unknown_notation_is_refused(model, loss, picture):
    with pytest.raises(ValueError, match="unknown notation 'nielson'; it must be 'bishop' or 'nielsen'"):
        picture(model, loss, "nielson")
