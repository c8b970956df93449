"""Schedules: learning rates that change. Each function gives one for `lr`: a function of the steps done so far."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from nn.arguments import count, within

Schedule = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """γ(t) = lr · factor^⌊t / every⌋: a step function of t, the steps done so far.

    As for the residual networks of He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2016,
    section 3.4. Raises ValueError for a negative rate or factor, and for fewer than one step.
    """
    lr, every, factor = within("lr", lr), count("every", every), within("factor", factor)
    return lambda t: lr * factor ** (t // every)


def exponential_decay(lr: float, factor: float) -> Schedule:
    """γ(t) = lr · factorᵗ: each step's rate is `factor` times that of the step before.

    Raises ValueError for a negative rate or factor.
    """
    lr, factor = within("lr", lr), within("factor", factor)
    return lambda t: lr * factor**t


def cosine_decay(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """γ(t) = end + ½ (lr − end)(1 + cos(π t / steps)), half a wave from `lr` down, and `end` from then on.

    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5. Raises ValueError
    for a negative rate, and for fewer than one step.
    """
    lr, steps, end = within("lr", lr), count("steps", steps), within("end", end)
    return lambda t: end + 0.5 * (lr - end) * (1.0 + cos(pi * min(t, steps) / steps))


def warmup(lr: float | Schedule, steps: int) -> Schedule:
    """γ(t) = lr(t) · min(1, (t + 1) / steps): linear from lr / steps up to lr.

    `lr` is a number or another schedule, which counts these steps, too. Goyal and others, "Accurate, Large Minibatch
    SGD: Training ImageNet in 1 Hour", 2017, section 2.2. Raises ValueError for fewer than one step.
    """
    steps = count("steps", steps)
    if callable(lr):
        return lambda t: lr(t) * min(1.0, (t + 1) / steps)
    peak = within("lr", lr)
    return lambda t: peak * min(1.0, (t + 1) / steps)
