"""What a real kernel shows of the last expression of a cell."""

from __future__ import annotations

import nbformat
import pytest

from tests.demos.notebooks import run

SETUP = """
from engine import Value, check_gradients, compile_graph, on_gradient
from nn import MLP, SGD, BISHOP, fit, half_squared_error, matrices
from viz import draw, draw_network, plot_history

model = MLP(2, [3, 1], activation="tanh", seed=1)
x, t = [Value(1.0), Value(2.0)], Value(0.5)
loss = half_squared_error(model(x), t)
loss.backward()

xor = MLP(2, [3, 1], activation="tanh", seed=2)
optimizer = SGD(xor.parameters(), lr=0.1)
points, truth = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
history = fit(xor, points, truth, loss=half_squared_error, optimizer=optimizer, epochs=30, progress=False)
"""
SHOWN = {
    "model": "text/html",
    "model.layers[0]": "text/html",
    "model.layers[0].neurons[0]": "text/plain",
    "compile_graph(loss, inputs=[*x, t])": "text/html",
    "history": "text/html",
    "matrices(loss)": "text/html",
    "matrices(loss)[0]": "text/html",
    "check_gradients(loss)": "text/html",
    "optimizer": "text/plain",
    "on_gradient(loss, print)": "text/plain",
    "loss.role": "text/plain",
    "BISHOP": "text/plain",
    "draw(loss)": "image/svg+xml",
    "draw_network(model, loss)": "image/svg+xml",
    "plot_history(history)": "image/png",
}


@pytest.fixture(scope="module")
def displayed():
    """What each of the expressions displays, by kinds, without the plain text beside a table or a picture."""
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, *SHOWN)]
    _, *done = run(nbformat.v4.new_notebook(cells=cells)).cells
    return {cell.source: [output.data for output in cell.outputs] for cell in done}


@pytest.mark.parametrize("expression", SHOWN)
def test_it_is_a_picture_a_table_or_a_sentence(expression, displayed):
    (data,) = displayed[expression]
    kind = SHOWN[expression]
    assert list(data) == [kind]
    if kind == "text/plain":
        assert len(data[kind]) < 200
        assert len(data[kind].splitlines()) == 1
    assert "object at 0x" not in data[kind]


def test_a_table_is_small(displayed):
    tables = {expression: data["text/html"] for expression, (data,) in displayed.items() if "text/html" in data}
    assert max(map(len, tables.values())) < 15_000
