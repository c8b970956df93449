"""Schedules: learning rates that change. Each function gives one for `lr`: a function of the steps done so far."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from nn.arguments import count, within

Schedule = Callable[[int], float]


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """γ(t) = lr · factor^⌊t / every⌋: a step function, as for the residual networks of He et al. 2016 (section 3.4)."""
    lr, every, factor = within("lr", lr), count("every", every), within("factor", factor)
    return lambda t: lr * factor ** (t // every)


def exponential_decay(lr: float, factor: float) -> Schedule:
    """γ(t) = lr · factorᵗ."""
    lr, factor = within("lr", lr), within("factor", factor)
    return lambda t: lr * factor**t


def cosine_decay(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """γ(t) = end + ½ (lr − end)(1 + cos(π t / steps)), and `end` from then on: Loshchilov & Hutter 2017, equation 5."""
    lr, steps, end = within("lr", lr), count("steps", steps), within("end", end)
    return lambda t: end + 0.5 * (lr - end) * (1.0 + cos(pi * min(t, steps) / steps))


def warmup(lr: float | Schedule, steps: int) -> Schedule:
    """γ(t) = lr(t) · min(1, (t + 1) / steps): linear from lr / steps up to lr, Goyal et al. 2017 (section 2.2).

    `lr` is a number or another schedule, which counts these steps, too.
    """
    steps = count("steps", steps)
    if callable(lr):
        return lambda t: lr(t) * min(1.0, (t + 1) / steps)
    peak = within("lr", lr)
    return lambda t: peak * min(1.0, (t + 1) / steps)
