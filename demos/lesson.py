"""One neuron, its loss and a backward pass: the program that DEBUGGING.md stops in; run it or copy it.

The neuron gives z = tanh(w · x), the loss is E = (z − 1)², and the chain rule goes back through both:
∂E/∂w = ∂E/∂z · ∂z/∂w = 2 (z − 1) · (1 − z²) x.
"""

from demos.kit.demo import Command
from engine import Value


def lesson() -> int:
    x, w = Value(2.0, "x"), Value(0.5, "w")
    z = (w * x).tanh()
    z.label = "z"
    loss = (z - 1) ** 2
    loss.label = "E"
    loss.backward()
    print(w)
    return 0


DEMO = Command(
    "lesson",
    "Runs one neuron, forward and backward: a short program to stop in, with the debugger that you use.",
    run=lesson,
)

if __name__ == "__main__":
    lesson()
