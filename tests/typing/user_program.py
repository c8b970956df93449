# pyright: strict
"""A typed program as a user writes it: CI copies it outside the clone, and mypy and pyright read it there, strictly."""

from typing import assert_type

from engine import Explanation, Trace, Value, compile_graph, differentiate, exp, maximum, softmax, tanh, total
from nn import MLP, SGD, fit, half_squared_error
from viz import draw, save

x = Value(2.0, "x")
y = Value(3, label="y")

assert_type(x * y + 1.0 - 2 / x, Value)
assert_type(x.tanh() + y.exp().relu() ** 2, Value)
assert_type(abs(-x), Value)
assert_type(tanh(x), Value)
assert_type(tanh(0.5), float)
assert_type(maximum(x, 0.0), Value)
assert_type(exp(y).sqrt(), Value)
assert_type(softmax([x, y]), list[Value])
assert_type(total([x, y, 1.0]), Value)
assert_type(differentiate(x * y, [x])[0], Value)
assert_type(x > 1.0, bool)
assert_type(f"{x:.3f}", str)

loss = (x * y - 1) ** 2
loss.backward()
assert_type(x.grad, float)
assert_type(loss.backward_steps(), Trace)
assert_type(loss.explain("x", depth=2, paths=True), Explanation)

model = MLP(2, [3, 1], activation="tanh", seed=1)
error = half_squared_error(model([1, 2]) - 1, 0.0)
assert_type(error, Value)
for output in MLP(2, [3, 2])([1.0, x]):
    print(output)
for parameter in model.parameters():
    assert_type(parameter, Value)
    parameter.data -= 0.1 * parameter.grad

program = compile_graph(x * y, [x])
print(program.forward([[1.0], [2.0]]).shape)
history = fit(model, [[0.0, 1.0]], [1.0], loss=half_squared_error, optimizer=SGD(model.parameters(), lr=0.1), epochs=1)
print(history.losses[-1])
save(draw(loss), "loss.svg")
