"""The random graph on an index tape in plain Python: a list of operations, operands by number, no objects.

The forward pass stores the local derivatives, and computes once what they share with the value (the exponentials
of a softmax, e⁻|ˣ| of a softplus). The backward pass is "one-loop", the chain rule once for all operations, as in
any tape to which operations can be added; or "written-out", a branch for each operation.
"""

import sys
from math import exp, log1p

from clock import seconds_each, serve
from random_graph import INPUT, OPERATIONS, PRODUCT, SOFTPLUS, SUM, inputs, recipe

Locals = list[tuple[float, ...]]


class Tape:
    def __init__(self, backward: str, operations: str = str(OPERATIONS)) -> None:
        self.steps, self.outputs = recipe(int(operations))
        self.backward = {"one-loop": self.one_loop, "written-out": self.written_out}[backward]
        self.ops = [op for op, _ in self.steps]
        self.operands = [operands for _, operands in self.steps]
        self.inputs = inputs(self.steps)
        self.places = [i for i, op in enumerate(self.ops) if op == INPUT]

    def forward(self, numbers: list[float]) -> tuple[list[float], Locals]:
        values: list[float] = []
        locals_: Locals = []
        given = iter(numbers)
        for op, operands in self.steps:
            if op == SUM:
                a, b, c, d = operands
                values.append(values[a] + values[b] + values[c] + values[d])
                locals_.append((1.0, 1.0, 1.0, 1.0))
            elif op == PRODUCT:
                a, b = operands
                x, y = values[a], values[b]
                values.append(x * y)
                locals_.append((y, x))
            elif op == SOFTPLUS:
                x = values[operands[0]]
                if x > 0.0:
                    e = exp(-x)
                    values.append(x + log1p(e))
                    locals_.append((1.0 / (1.0 + e),))
                else:
                    e = exp(x)
                    values.append(log1p(e))
                    locals_.append((e / (1.0 + e),))
            elif op == INPUT:
                values.append(next(given))
                locals_.append(())
            else:
                a, b, c, d = operands
                xa, xb, xc, xd = values[a], values[b], values[c], values[d]
                top = max(xa, xb, xc, xd)
                ea, eb, ec, ed = exp(xa - top), exp(xb - top), exp(xc - top), exp(xd - top)
                scale = 1.0 / (ea + eb + ec + ed)
                p = ea * scale
                q = -p * scale
                values.append(p)
                locals_.append((p + q * ea, q * eb, q * ec, q * ed))
        return values, locals_

    def one_loop(self, gradients: list[float], values: list[float], locals_: Locals) -> None:
        operands = self.operands
        for i in range(len(gradients) - 1, -1, -1):
            upstream = gradients[i]
            for operand, local in zip(operands[i], locals_[i]):  # noqa: B905  (`strict` costs a seventh of the time)
                gradients[operand] += local * upstream

    def written_out(self, gradients: list[float], values: list[float], locals_: Locals) -> None:
        ops, operands = self.ops, self.operands
        for i in range(len(gradients) - 1, -1, -1):
            upstream, op = gradients[i], ops[i]
            if op == SUM:
                a, b, c, d = operands[i]
                gradients[a] += upstream
                gradients[b] += upstream
                gradients[c] += upstream
                gradients[d] += upstream
            elif op == PRODUCT:
                a, b = operands[i]
                gradients[a] += values[b] * upstream
                gradients[b] += values[a] * upstream
            elif op == SOFTPLUS:
                gradients[operands[i][0]] += locals_[i][0] * upstream
            elif op != INPUT:
                a, b, c, d = operands[i]
                la, lb, lc, ld = locals_[i]
                gradients[a] += la * upstream
                gradients[b] += lb * upstream
                gradients[c] += lc * upstream
                gradients[d] += ld * upstream

    def gradient(self, numbers: list[float]) -> tuple[float, list[float]]:
        """The root, and its derivative by each input."""
        values, locals_ = self.forward(numbers)
        gradients = [0.0] * len(values)
        for i in self.outputs:
            gradients[i] = 1.0
        self.backward(gradients, values, locals_)
        return sum(values[i] for i in self.outputs), [gradients[i] for i in self.places]

    def numbers(self) -> list[float]:
        root, gradient = self.gradient(self.inputs)
        return [root, *gradient]


if __name__ == "__main__":
    tape = Tape(*sys.argv[1:])
    serve(numbers=tape.numbers, time=lambda: seconds_each(lambda: tape.gradient(tape.inputs)))
