"""Small programs as people write them for micrograd: lectures, exercises, optimizers, visualizers, notebooks.

Each leaves its numbers in `result`. They are kept as they run with micrograd; the tests change the imports, no more.
"""

PROGRAMS = {}


def program(name):
    def add(source):
        PROGRAMS[name] = source

    return add


# ── the pass by hand ───────────────────────────────────────────────────────────────────────────

program("a pass by hand, node after node")("""
from micrograd.engine import Value
x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
x1w1 = x1 * w1
x2w2 = x2 * w2
both = x1w1 + x2w2
n = both + b
o = n.relu()
o.grad = 1.0
o._backward()
n._backward()
b._backward()
both._backward()
x1w1._backward()
x2w2._backward()
result = [o.data, n.grad, both.grad, x1w1.grad, x2w2.grad, x1.grad, x2.grad, w1.grad, w2.grad, b.grad]
""")

program("a topological sort of one's own")("""
from micrograd.engine import Value
a, b = Value(-4.0), Value(2.0)
c = a + b
d = a * b + b**3
e = (c * d + c).relu() + d / 2
topo, visited = [], set()
def build_topo(v):
    if v not in visited:
        visited.add(v)
        for child in v._prev:
            build_topo(child)
        topo.append(v)
build_topo(e)
e.grad = 1.0
for node in reversed(topo):
    node._backward()
result = [e.data, a.grad, b.grad, c.grad, d.grad]
""")

program("gradients cleared by hand between passes")("""
from micrograd.engine import Value
x = Value(3.0)
result = []
for _ in range(3):
    x.grad = 0
    y = x * x + 2 * x
    y.backward()
    result += [y.data, x.grad]
""")

program("a gradient that accumulates over two losses")("""
from micrograd.engine import Value
w = Value(1.5)
(w * 2).backward()
(w * w).backward()
result = [w.grad]
""")

program("a node used twice")("""
from micrograd.engine import Value
a = Value(3.0)
b = a + a
b.backward()
c = Value(-2.0)
d = c * c * c
d.backward()
result = [a.grad, c.grad]
""")

program("finite differences beside the gradient")("""
from micrograd.engine import Value
def f(a, b):
    c = a * b
    d = c + 10
    return (d * -2.0 + b / a) ** 2
a, b = Value(2.0), Value(-3.0)
out = f(a, b)
out.backward()
h = 1e-6
slope = (f(Value(2.0 + h), Value(-3.0)).data - f(Value(2.0 - h), Value(-3.0)).data) / (2 * h)
result = [out.data, a.grad, b.grad, float(abs(slope - a.grad) < 1e-3)]
""")

# ── operations by closures ─────────────────────────────────────────────────────────────────────

program("tanh as a method patched onto Value")("""
import math
from micrograd.engine import Value
def tanh(self):
    x = self.data
    t = (math.exp(2*x) - 1) / (math.exp(2*x) + 1)
    out = Value(t, (self,), 'tanh')
    def _backward():
        self.grad += (1 - t**2) * out.grad
    out._backward = _backward
    return out
Value.tanh = tanh
a, b = Value(0.8), Value(-0.4)
o = (a * b + a).tanh() * b
o.backward()
result = [o.data, a.grad, b.grad]
""")

program("exp and log patched onto Value, a softmax of them")("""
import math
from micrograd.engine import Value
def exp(self):
    out = Value(math.exp(self.data), (self,), 'exp')
    def _backward():
        self.grad += out.data * out.grad
    out._backward = _backward
    return out
def log(self):
    out = Value(math.log(self.data), (self,), 'log')
    def _backward():
        self.grad += (1 / self.data) * out.grad
    out._backward = _backward
    return out
Value.exp, Value.log = exp, log
logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
counts = [logit.exp() for logit in logits]
denominator = sum(counts)
probs = [c / denominator for c in counts]
loss = -probs[3].log()
loss.backward()
result = [loss.data, *(logit.grad for logit in logits)]
""")

program("a function of two Values with a closure")("""
from micrograd.engine import Value
def hypot2(x, y):
    out = Value(x.data**2 + y.data**2, _children=(x, y), _op='hypot2')
    def _backward():
        x.grad += 2 * x.data * out.grad
        y.grad += 2 * y.data * out.grad
    out._backward = _backward
    return out
a, b = Value(3.0), Value(-4.0)
h = hypot2(a, b) * a
h.backward()
result = [h.data, a.grad, b.grad]
""")

program("a closure over one node twice")("""
from micrograd.engine import Value
def mix(x, y):
    out = Value(x.data * y.data + x.data, (x, y), 'mix')
    def _backward():
        x.grad += (y.data + 1) * out.grad
        y.grad += x.data * out.grad
    out._backward = _backward
    return out
u = Value(3.0)
m = mix(u, u)
m.backward()
result = [m.data, u.grad]
""")

program("a subclass with operations of its own")("""
import math
from micrograd.engine import Value
class Rich(Value):
    def sin(self):
        out = Rich(math.sin(self.data), (self,), 'sin')
        def _backward():
            self.grad += math.cos(self.data) * out.grad
        out._backward = _backward
        return out
    def cos(self):
        out = Rich(math.cos(self.data), (self,), 'cos')
        def _backward():
            self.grad -= math.sin(self.data) * out.grad
        out._backward = _backward
        return out
x = Rich(0.7)
y = x.sin() * x.cos() + x.sin()
y.backward()
result = [y.data, x.grad]
""")

program("a straight-through step, which passes the gradient on")("""
from micrograd.engine import Value
def binarize(x):
    out = Value(1.0 if x.data > 0 else -1.0, (x,), 'sign')
    def _backward():
        x.grad += out.grad
    out._backward = _backward
    return out
w = [Value(0.3), Value(-0.7)]
y = sum(binarize(wi) * xi for wi, xi in zip(w, [2.0, 5.0]))
y.backward()
result = [y.data, w[0].grad, w[1].grad]
""")

program("an operation that stops the gradient")("""
from micrograd.engine import Value
x = Value(3.0)
frozen = Value(x.data, (x,), 'detach')
y = x * frozen
y.backward()
result = [y.data, x.grad]
""")

program("a closure of many operands, clipped above")("""
from micrograd.engine import Value
def mean(values):
    out = Value(sum(v.data for v in values) / len(values), tuple(values), 'mean')
    def _backward():
        for v in values:
            v.grad += out.grad / len(values)
    out._backward = _backward
    return out
vs = [Value(float(i)) for i in range(5)]
m = mean(vs) * vs[0] + mean(vs) ** 2
m.backward()
result = [m.data, *(v.grad for v in vs)]
""")

# ── attributes: optimizers ─────────────────────────────────────────────────────────────────────

program("momentum kept on the parameters")("""
from micrograd.engine import Value
w = [Value(1.0), Value(-2.0)]
for p in w:
    p.velocity = 0.0
for _ in range(20):
    loss = (w[0] * 3 + w[1] - 1) ** 2 + w[0] ** 2
    for p in w:
        p.grad = 0
    loss.backward()
    for p in w:
        p.velocity = 0.9 * p.velocity - 0.01 * p.grad
        p.data += p.velocity
result = [loss.data, *(p.data for p in w), *(p.velocity for p in w)]
""")

program("Adam kept on the parameters")("""
from micrograd.engine import Value
w = [Value(0.5), Value(-1.0), Value(2.0)]
for p in w:
    p.m = p.v = 0
for t in range(1, 31):
    loss = sum((p * (i + 1) - 1) ** 2 for i, p in enumerate(w))
    for p in w:
        p.grad = 0
    loss.backward()
    for p in w:
        p.m = 0.9 * p.m + 0.1 * p.grad
        p.v = 0.999 * p.v + 0.001 * p.grad ** 2
        m, v = p.m / (1 - 0.9 ** t), p.v / (1 - 0.999 ** t)
        p.data -= 0.1 * m / (v ** 0.5 + 1e-8)
result = [loss.data, *(p.data for p in w)]
""")

program("a history on a Value")("""
from micrograd.engine import Value
a, b = Value(2.0), Value(5.0)
a.history = []
for _ in range(3):
    y = a * b - a ** 2
    a.grad = 0
    y.backward()
    a.history.append(a.grad)
    a.data += 0.1 * a.grad
result = a.history
""")

# ── visualizers ────────────────────────────────────────────────────────────────────────────────

program("a trace of nodes and edges")("""
from micrograd.engine import Value
def trace(root):
    nodes, edges = set(), set()
    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)
    build(root)
    return nodes, edges
a, b = Value(2.0), Value(-3.0)
L = ((a * b + 10.0) * -2.0).relu() + a
nodes, edges = trace(L)
L.backward()
result = [len(nodes), len(edges), sum(len(n._op) > 0 for n in nodes), sum(n.data for n in nodes), a.grad, b.grad]
""")

program("operations counted by their symbol")("""
from collections import Counter
from micrograd.engine import Value
a, b = Value(2.0), Value(3.0)
y = (a ** 2 + b ** -1) * (a - b) / 2
seen, pending, ops = set(), [y], Counter()
while pending:
    v = pending.pop()
    if v in seen:
        continue
    seen.add(v)
    ops[v._op] += 1
    pending.extend(v._prev)
y.backward()
result = [a.grad, b.grad, y.data, float(ops['+'] >= 1)]
""")

program("the depth of a graph")("""
from micrograd.engine import Value
def depth(v):
    return 1 + max((depth(c) for c in v._prev), default=0)
x = Value(1.5)
y = ((x * x).relu() + x).relu() * x
result = [depth(y), depth(x), y.data]
""")

# ── networks ───────────────────────────────────────────────────────────────────────────────────

program("a neuron of one's own")("""
import random
from micrograd.engine import Value
random.seed(7)
class Neuron:
    def __init__(self, nin):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))
    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu()
    def parameters(self):
        return self.w + [self.b]
n = Neuron(3)
y = n([2.0, 3.0, -1.0])
y.backward()
result = [y.data, *(p.grad for p in n.parameters())]
""")

program("a network of one's own, on micrograd's Module")("""
import random
from micrograd.engine import Value
from micrograd.nn import Module
random.seed(3)
class Neuron(Module):
    def __init__(self, nin, nonlin=True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin
    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act
    def parameters(self):
        return self.w + [self.b]
class Layer(Module):
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]
    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out
    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]
class Net(Module):
    def __init__(self, nin, nouts):
        sizes = [nin] + nouts
        self.layers = [Layer(sizes[i], sizes[i+1], nonlin=i != len(nouts)-1) for i in range(len(nouts))]
    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
net = Net(3, [4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
losses = []
for _ in range(10):
    loss = sum((net(x) - y) ** 2 for x, y in zip(xs, ys))
    net.zero_grad()
    loss.backward()
    for p in net.parameters():
        p.data += -0.01 * p.grad
    losses.append(loss.data)
result = [len(net.parameters()), *losses]
""")

program("micrograd's MLP fits four points")("""
import random
from micrograd.nn import MLP
random.seed(42)
n = MLP(3, [4, 4, 1])
xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]
losses = []
for k in range(15):
    ypred = [n(x) for x in xs]
    loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred))
    for p in n.parameters():
        p.grad = 0.0
    loss.backward()
    for p in n.parameters():
        p.data += -0.01 * p.grad
    losses.append(loss.data)
result = losses
""")

program("a subclass of Neuron inside a Layer")("""
import random
from micrograd.engine import Value
from micrograd.nn import Layer, Neuron
random.seed(5)
class Scaled(Neuron):
    def __call__(self, x):
        return super().__call__(x) * 2
layer = Layer(2, 2)
layer.neurons = [Scaled(2, nonlin=False) for _ in range(2)]
out = layer([Value(1.0), Value(-2.0)])
loss = out[0] * 3 + out[1]
loss.backward()
result = [loss.data, *(p.grad for p in layer.parameters())]
""")

program("nonlin switched off afterwards")("""
import random
from micrograd.nn import MLP
random.seed(9)
m = MLP(2, [3, 1])
for neuron in m.layers[0].neurons:
    neuron.nonlin = False
y = m([1.0, -2.0])
y.backward()
result = [y.data, *(p.grad for p in m.parameters())]
""")

program("weights set by hand")("""
from micrograd.nn import MLP
m = MLP(2, [2, 1])
for i, p in enumerate(m.parameters()):
    p.data = 0.1 * (i - 3)
y = m([0.5, -1.5])
y.backward()
result = [y.data, *(p.grad for p in m.parameters())]
""")

program("a hinge loss with regularization and accuracy")("""
import random
from micrograd.engine import Value
from micrograd.nn import MLP
random.seed(1337)
X = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(20)]
y = [1 if a * b > 0 else -1 for a, b in X]
model = MLP(2, [8, 1])
result = []
for k in range(5):
    scores = [model(list(map(Value, row))) for row in X]
    losses = [(1 + -yi * si).relu() for yi, si in zip(y, scores)]
    total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum((p * p for p in model.parameters()))
    model.zero_grad()
    total.backward()
    for p in model.parameters():
        p.data -= (1.0 - 0.9 * k / 5) * p.grad
    result += [total.data, sum((yi > 0) == (si.data > 0) for yi, si in zip(y, scores)) / 20]
""")

program("stochastic batches, a learning rate that decays")("""
import random
from micrograd.engine import Value
random.seed(11)
a, b = Value(0.0), Value(0.0)
data = [(x / 10, 3 * x / 10 - 1) for x in range(-10, 11)]
for step in range(50):
    batch = random.sample(data, 5)
    loss = sum((a * x + b - t) ** 2 for x, t in batch) / len(batch)
    a.grad = b.grad = 0
    loss.backward()
    rate = 0.5 * 0.97 ** step
    a.data -= rate * a.grad
    b.data -= rate * b.grad
result = [a.data, b.data, loss.data]
""")

program("gradients clipped by their norm")("""
from micrograd.engine import Value
w = [Value(2.0), Value(-1.0)]
loss = (w[0] * 10 + w[1] * 5) ** 2
loss.backward()
norm = sum(p.grad ** 2 for p in w) ** 0.5
for p in w:
    p.grad = p.grad / max(norm, 1.0)
    p.data -= 0.1 * p.grad
result = [loss.data, norm, *(p.data for p in w)]
""")

# ── arithmetic ─────────────────────────────────────────────────────────────────────────────────

program("every operator, with numbers on either side")("""
from micrograd.engine import Value
x, y = Value(1.7), Value(-0.6)
z = 3 + x * 2 - 1 / y + (x - 4) / (5 - y) + 2 * -x + x ** 3 + y ** -2 + (x / 2) ** 0.5
z += 1
z *= x
z.backward()
result = [z.data, x.grad, y.grad]
""")

program("the sanity check of its own tests")("""
from micrograd.engine import Value
x = Value(-4.0)
z = 2 * x + 2 + x
q = z.relu() + z * x
h = (z * z).relu()
y = h + q + q * x
y.backward()
result = [y.data, x.grad]
""")

program("more operations, as in its own tests")("""
from micrograd.engine import Value
a = Value(-4.0)
b = Value(2.0)
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
g.backward()
result = [g.data, a.grad, b.grad]
""")

program("Newton's method with the gradient")("""
from micrograd.engine import Value
x = Value(2.0)
for _ in range(6):
    y = x ** 2 - 2
    x.grad = 0
    y.backward()
    x.data -= y.data / x.grad
result = [x.data]
""")

program("a polynomial by Horner's rule")("""
from micrograd.engine import Value
c = [Value(v) for v in (1.0, -2.0, 0.5, 3.0)]
x = Value(1.5)
p = Value(0)
for ci in reversed(c):
    p = p * x + ci
p.backward()
result = [p.data, x.grad, *(ci.grad for ci in c)]
""")
