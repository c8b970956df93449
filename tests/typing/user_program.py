# pyright: strict
"""A typed program as a user writes it: CI copies it outside the clone, and mypy and pyright read it there, strictly."""

import random
from collections.abc import Sequence
from typing import assert_type

import engine
from engine import (
    Explanation,
    Program,
    Trace,
    Value,
    check_gradients,
    compile_graph,
    differentiate,
    dot,
    explain,
    log_sum_exp,
    maximum,
    no_grad,
    softmax,
    tanh,
    topological_order,
    total,
)
from nn import MLP, SGD, History, Layer, Module, Neuron, cross_entropy, deltas, fit, half_squared_error
from viz import draw, draw_dot, draw_network, page, save

# A graph, by operators, functions and methods.
x, w = Value(2.0, "x"), Value(0.5, label="w")
assert_type(x * w + 1, Value)
assert_type(1 - x / 3, Value)
assert_type(2**x, Value)
assert_type((-x) ** 2, Value)
assert_type(abs(x), Value)
assert_type(x < 3, bool)
assert_type(f"{x:.3f}", str)
assert_type(tanh(x), Value)
assert_type(tanh(0.5), float)
assert_type(engine.exp(x), Value)
assert_type(maximum(x, 0), Value)
assert_type(x.tanh(), Value)
assert_type(x.exp().log().sqrt().sin().cos().tan(), Value)
assert_type(x.relu().leaky_relu().elu().softplus().silu().sigmoid(), Value)
assert_type(x.neg().abs(), Value)
assert_type(total([x, w, 1.0]), Value)
assert_type(log_sum_exp([x, w]), Value)
assert_type(softmax([x, w]), list[Value])
assert_type(softmax([x, 1.0]), list[Value])
assert_type([share.log() for share in softmax([x, w])], list[Value])
dotted: Value = dot([w], [x])

loss = (tanh(w * x) - 1) ** 2
loss.backward()
assert_type(loss.data + w.grad, float)
assert_type(topological_order(loss), list[Value])
assert_type(differentiate(loss, [x, w]), list[Value])
assert_type(loss.explain("w", depth=2, paths=True, limit=5, notation="nielsen"), Explanation)
assert_type(explain(loss, w, depth=2), Explanation)
assert_type(loss.backward_steps(), Trace)
check_gradients(loss)
loss.zero_grad()
with no_grad():
    unrecorded = x * w


# A model of one output and a model of several, called as micrograd's programs do.
def step(model: MLP, x: Sequence[float], target: float, rate: float = 0.1) -> float:
    error = (model(x) - target) ** 2
    model.zero_grad()
    error.backward()
    for parameter in model.parameters():
        parameter.data -= rate * parameter.grad
    return error.data


one = MLP(2, [3, 1], activation="tanh", seed=1)
step(one, [1, 2], 1.0)
score: Value = one([1, 2])
assert_type(one([1, 2]) - 1, Value)
assert_type(1 + one([1, 2]) * 2, Value)
assert_type(one([1, 2]).relu(), Value)

several = MLP.from_weights([[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]], activation="tanh")
for y in several([1, 2]):
    assert_type(y, Value)
outputs: list[Value] = several([random.random(), 2])
first, *others = several([1, 2])
assert_type(several([1, 2])[0], Value)
assert_type(softmax(several([1, 2])), list[Value])
assert_type(cross_entropy(several([1, 2]), 2), Value)
assert_type(Neuron(2)([1, 2]), Value)
hidden: list[Value] = Layer(2, 3)([1, 2])


class Doubled(Module):
    """A module of a user's own."""

    def __init__(self) -> None:
        self.inner = MLP(2, [3, 1])

    def __call__(self, x: Sequence[float | Value]) -> Value:
        return 2 * self.inner(x)


assert_type(Doubled()([1, 2]), Value)

# Compiled, trained, drawn.
inputs, targets = [Value(1.0), Value(2.0)], [Value(1.0)]
program = compile_graph(half_squared_error(one(inputs), targets), inputs=[*inputs, *targets])
assert_type(program, Program)
source: str = program.source()
history = fit(one, [[0, 1], [1, 0]], [0, 1], loss=half_squared_error, optimizer=SGD(one.parameters(), lr=0.1), epochs=1)
assert_type(history, History)
assert_type(history.losses, list[float])
error = half_squared_error(several([1, 2]), [1, 0, 0])
error.backward()
assert_type(deltas(error)[0][0][0], float)
save(draw(error, theme="dark"), "graph.svg")
save(draw_network(several, error), "network.svg")
page(error, "page.html", model=several, hide=["δ[1][1]"])
drawing = draw_dot(error, format="png", rankdir="TB")
