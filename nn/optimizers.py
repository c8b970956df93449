"""Optimizers: how a gradient changes the parameters.

Each has one rule, `update`, which works on all parameters as one vector, in place. `fit` calls it with the vector of
a compiled program; `step()` gathers the Values' data and gradients for it, and writes the result back.

The letters: θ the parameters, g their gradient, γ the learning rate (Adam's α), λ the weight decay, t the steps from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import hypot, isfinite, sqrt
from typing import Any

import numpy as np

from engine.compiling.vectors import Vector, assign_data, assign_gradients, data_vector, gradient_vector
from engine.support.numerals import number, plural
from engine.value import Constant, Value, clear_gradients
from nn.arguments import within

Rate = float | Callable[[int], float]


class Optimizer:
    """What all optimizers share; one of your own defines `change`, and says how many vectors of memory it needs.

    `parameters` are Values, and `lr` is the learning rate: a number, or a function of the steps done so far (0, 1, …).
    Raises TypeError for what is no list of Values, ValueError for one that is empty, has a Value twice or has one that
    is no leaf, and for a rate or a decay that is negative or not finite.
    """

    def __init__(self, parameters: Iterable[Value], lr: Rate, weight_decay: float = 0.0, *, memories: int = 0) -> None:
        self.parameters = _leaves(parameters)
        self.lr: Rate = lr if callable(lr) else within("lr", lr)
        self.weight_decay = within("weight_decay", weight_decay)
        self.steps = 0  # done so far
        self.memory = [np.zeros(len(self.parameters)) for _ in range(memories)]  # aligned with the parameters
        self._scratch = np.empty(len(self.parameters))

    def change(self, vector: Vector, gradient: Vector, rate: float) -> Vector:
        """What to take from the parameters, a vector such as `vector` and `gradient`; `self.steps` counts this step."""
        raise NotImplementedError(f"{type(self).__name__} has no rule: define change(vector, gradient, rate)")

    def update(self, vector: Any, gradient: Any) -> None:
        """One step, in place; both vectors are aligned with `parameters`."""
        rate = self.rate
        self.steps += 1
        vector -= self.change(vector, gradient, rate)  # the one place that touches it: Ctrl-C finds it before or after

    def step(self) -> None:
        """One step of the parameters' `data` against their `grad`."""
        vector = data_vector(self.parameters)
        self.update(vector, gradient_vector(self.parameters))
        assign_data(self.parameters, vector)

    def zero_grad(self) -> None:
        """Clear the gradients of the parameters: the next backward pass adds to what they hold."""
        clear_gradients(self.parameters)

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return within(f"lr({self.steps})", self.lr(self.steps)) if callable(self.lr) else self.lr

    def arrange(self, parameters: Sequence[Value]) -> None:
        """Put the same parameters into another order, together with the memory of each."""
        place = {parameter: i for i, parameter in enumerate(self.parameters)}
        order = [place[parameter] for parameter in parameters]
        self.parameters = list(parameters)
        for memory in self.memory:
            memory[:] = memory[order]

    def __repr__(self) -> str:
        name = getattr(self.lr, "__name__", "")
        shown = (name if name.isidentifier() else "a schedule") if callable(self.lr) else number(self.lr)
        count = plural(len(self.parameters), "parameter")
        return f"{type(self).__name__}(lr={shown}) for {count}; steps so far: {self.steps}"


class SGD(Optimizer):
    """Gradient descent: b ← μ b + g + λ θ, θ ← θ − γ b, with momentum μ and weight decay λ.

    The momentum is PyTorch's, without dampening: the rate stands outside of b. (In Sutskever, Martens, Dahl and Hinton,
    "On the importance of initialization and momentum in deep learning", 2013, equations 1 and 2, it stands inside:
    v = −γ b. The two are the same as long as γ is.)
    """

    def __init__(self, parameters: Iterable[Value], lr: Rate, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        self.momentum = within("momentum", momentum)
        super().__init__(parameters, lr, weight_decay, memories=1 if self.momentum else 0)

    def change(self, vector: Vector, gradient: Vector, rate: float) -> Vector:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * vector
        if self.momentum:
            (b,) = self.memory
            b *= self.momentum
            b += gradient
            gradient = b
        return np.multiply(gradient, rate, out=self._scratch)


class Adam(Optimizer):
    """Steps by running means of the gradient and of its square, with PyTorch's defaults; weight decay adds λ θ to g.

    Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, Algorithm 1:

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − γ m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas must be two numbers, (β₁, β₂); got {betas!r}")
        self.betas = within("β₁ of betas", betas[0], below=1.0), within("β₂ of betas", betas[1], below=1.0)
        self.eps = within("eps", eps)
        super().__init__(parameters, lr, weight_decay, memories=2)

    def change(self, vector: Vector, gradient: Vector, rate: float) -> Vector:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * vector
        return self.by_moments(gradient, rate)

    def by_moments(self, g: Vector, rate: float) -> Vector:
        """γ m̂ / (√v̂ + ε), each operation in place: the vectors are long, and making new ones costs as much again."""
        (β1, β2), (m, v), out = self.betas, self.memory, self._scratch
        np.subtract(g, m, out=out)  # m ← m + (1 − β₁)(g − m)
        out *= 1.0 - β1
        m += out
        np.multiply(g, g, out=out)  # v ← v + (1 − β₂)(g² − v)
        out -= v
        out *= 1.0 - β2
        v += out
        np.sqrt(v, out=out)  # √v̂ + ε
        out /= sqrt(1.0 - β2**self.steps)
        out += self.eps
        np.divide(m, out, out=out)
        out *= rate / (1.0 - β1**self.steps)
        return out


class AdamW(Adam):
    """Adam whose weight decay stands apart, θ ← θ − γ λ θ, as in PyTorch.

    Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, Algorithm 2.
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def change(self, vector: Vector, gradient: Vector, rate: float) -> Vector:
        out = self.by_moments(gradient, rate)
        if self.weight_decay:
            out += (rate * self.weight_decay) * vector
        return out


# ── clipping ───────────────────────────────────────────────────────────────────────────────────


def clip_gradients(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale the gradients so that their norm ‖g‖, over all parameters, is at most `max_norm`; gives ‖g‖ before.

    g ← g · min(1, max_norm / (‖g‖ + 10⁻⁶)): Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
    neural networks", 2013, Algorithm 1, as PyTorch computes it. Raises ValueError for a negative `max_norm`.
    """
    given = _leaves(parameters)
    gradient = gradient_vector(given)
    norm = clip(gradient, within("max_norm", max_norm))
    assign_gradients(given, gradient)
    return norm


def clip(gradient: Vector, max_norm: float) -> float:
    """`clip_gradients` of a vector, in place."""
    with np.errstate(over="ignore"):
        squares = float(gradient @ gradient)
    norm = sqrt(squares) if isfinite(squares) else hypot(*gradient.tolist())  # hypot, as its squares don't overflow
    factor = max_norm / (norm + 1e-6)
    if factor < 1.0:
        gradient *= factor
    return norm


def _leaves(parameters: Iterable[Value]) -> list[Value]:
    if hasattr(parameters, "parameters"):
        raise TypeError(
            f"parameters must be a list of Values, such as model.parameters(); got the {type(parameters).__name__}"
        )
    if isinstance(parameters, Value):
        raise TypeError(f"parameters must be a list of Values; for one, [{parameters.name or 'v'}]")
    found = list(parameters)
    if not found:
        raise ValueError("parameters is empty, so there is nothing to train; if it was a generator, was it used up?")
    for parameter in found:
        if not isinstance(parameter, Value) or isinstance(parameter, Constant):
            raise TypeError(f"a parameter must be a Value; got {parameter!r} ({type(parameter).__name__})")
        if parameter.op is not None:
            raise ValueError(f"a parameter must be a leaf; {parameter!r} is the result of {parameter.op.name}")
    if len(set(found)) < len(found):
        twice = next(parameter for i, parameter in enumerate(found) if parameter in found[:i])
        raise ValueError(f"each parameter must be listed once; {twice!r} is listed twice")
    return found
