"""A program as micrograd's users write it: a moon against a moon, learned by a network, then looked at.

It is kept as it would run with micrograd; `test_micrograd_compatibility.py` changes its two imports, no more.
"""

import math
import random

from micrograd.engine import Value
from micrograd.nn import MLP, Layer, Neuron

# every operator, with numbers on either side

u = Value(3.0)
v = Value(-1.5)
w = (u + v) * (2 - v) / (u - 0.5)
w += 1 + v**2 - u**-1
w -= 4.0 / (u * u + 1)
w *= -v + 0.25 * u
w = w.relu() + (v - u).relu() + u**0.5 / 2
w.backward()

operators = {"data": w.data, "by u": u.grad, "by v": v.grad}


# a walk down the graph, as for a picture: whatever was used, and by what

shared = (u * v + v * 5 + 9).relu()
walk, nodes, edges = [shared + shared], set(), set()
while walk:
    node = walk.pop()
    nodes.add(node)
    for operand in node._prev:
        edges.add((operand, node))
        walk.append(operand)

picture = {
    "nodes": len(nodes),
    "edges": len(edges),
    "operations": sorted(n._op for n in nodes),
    "leaves": sorted(n.data for n in nodes if not n._prev),
}

# two moons

random.seed(1337)
X, y = [], []
for i in range(20):
    angle = math.pi * i / 19
    X.append([math.cos(angle) + random.gauss(0, 0.1), math.sin(angle) + random.gauss(0, 0.1)])
    y.append(1)
    X.append([1 - math.cos(angle) + random.gauss(0, 0.1), 0.5 - math.sin(angle) + random.gauss(0, 0.1)])
    y.append(-1)

model = MLP(2, [16, 16, 1])


def loss():
    inputs = [list(map(Value, row)) for row in X]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]  # noqa: B905
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    accuracy = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores)]  # noqa: B905
    return data_loss + reg_loss, sum(accuracy) / len(accuracy)


history = []
for k in range(10):
    total, accuracy = loss()
    model.zero_grad()
    total.backward()
    if k == 0:
        first = [p.grad for p in model.parameters()]
    rate = 1.0 - 0.9 * k / 100
    for p in model.parameters():
        p.data -= rate * p.grad
    history.append((total.data, accuracy))

training = {
    "parameters": len(model.parameters()),
    "losses": [data for data, _ in history],
    "accuracies": [accuracy for _, accuracy in history],
    "first gradient": [first[0], first[2], first[100], first[336]],
}

reprs = [repr(Neuron(3, nonlin=False)), repr(Layer(2, 2)), repr(MLP(2, [1, 1]))]
