"""Quantities are read off the graph, at the nodes that play their part."""

from __future__ import annotations

import pytest

from demos.kit.quantities import ErrorSignal, Gradient, Graph, Number, Slope
from engine import Value
from engine.support.notation import ACTIVATION, BISHOP, LOSS, NIELSEN, OUTPUT, PRE_ACTIVATION, WEIGHT, Role, Sample
from nn import MLP, half_squared_error

OUT, HIDDEN, LINKED = Role(PRE_ACTIVATION, 2, (1,)), Role(ACTIVATION, 1, (1,)), Role(PRE_ACTIVATION, 1, (1,))
W = Role(WEIGHT, 2, (1, 1))


@pytest.fixture
def graph():
    """y = 3 tanh(0.5 x) at x = 0, so z = 0 and h′(a) = 1; E = ½(y − 2)²."""
    loss = half_squared_error(MLP.from_weights([[[0.5]], [[3.0]]], activation="tanh")([0]), [2])
    loss.backward()
    return Graph(loss)


@pytest.mark.parametrize(
    ("quantity", "expected", "bishop", "nielsen"),
    [
        (Number(Role(LOSS)), 2.0, "E", "C"),
        (Number(Role(OUTPUT, 2, (1,))), 0.0, "y₁", "a₁⁽²⁾"),
        (Slope((OUT, W)), 0.0, "∂a₁⁽²⁾/∂w₁,₁⁽²⁾", "∂z₁⁽²⁾/∂w₁,₁⁽²⁾"),
        (Slope((OUT, HIDDEN)), 3.0, "∂a₁⁽²⁾/∂z₁⁽¹⁾", "∂z₁⁽²⁾/∂a₁⁽¹⁾"),
        (Slope((HIDDEN, LINKED)), 1.0, "∂z₁⁽¹⁾/∂a₁⁽¹⁾", "∂a₁⁽¹⁾/∂z₁⁽¹⁾"),
        (Slope((OUT, HIDDEN, LINKED)), 3.0, "∂a₁⁽²⁾/∂a₁⁽¹⁾", "∂z₁⁽²⁾/∂z₁⁽¹⁾"),
        (ErrorSignal(OUT), -2.0, "δ₁⁽²⁾", "δ₁⁽²⁾"),
        (ErrorSignal(LINKED), -6.0, "δ₁⁽¹⁾", "δ₁⁽¹⁾"),
        (Gradient(LINKED), -6.0, "∂E/∂a₁⁽¹⁾", "∂C/∂z₁⁽¹⁾"),
        (Gradient(W), 0.0, "∂E/∂w₁,₁⁽²⁾", "∂C/∂w₁,₁⁽²⁾"),
    ],
)
def test_a_quantity_has_a_number_and_a_symbol_in_each_notation(graph, quantity, expected, bishop, nielsen):
    assert quantity.read(graph) == expected
    assert (quantity.symbol(BISHOP), quantity.symbol(NIELSEN)) == (bishop, nielsen)


def test_several_edges_between_two_nodes_add_up():
    x = Value(3.0)
    x.role = LINKED.of(Sample())
    square = x * x
    square.role = HIDDEN
    loss = half_squared_error(square, [0])
    loss.backward()
    assert Graph(loss).local(HIDDEN, LINKED) == 6.0
