"""Schedules against their formulas, worked out by hand."""

import math

import pytest

from nn import cosine_decay, exponential_decay, step_decay, warmup
from tests.refusals import refusal


@pytest.mark.parametrize(
    ("schedule", "rates"),  # step → rate
    [
        (step_decay(1.0, every=3), {0: 1.0, 2: 1.0, 3: 0.1, 5: 0.1, 6: 0.01}),
        (step_decay(0.4, every=1, factor=0.5), {0: 0.4, 1: 0.2, 2: 0.1}),
        (exponential_decay(2.0, factor=0.5), {0: 2.0, 1: 1.0, 4: 0.125}),
        (cosine_decay(1.0, steps=4), {0: 1.0, 1: 0.5 + math.sqrt(0.125), 2: 0.5, 4: 0.0, 9: 0.0}),
        (cosine_decay(1.0, steps=2, end=0.2), {0: 1.0, 1: 0.6, 2: 0.2, 3: 0.2}),
        (warmup(1.0, steps=4), {0: 0.25, 1: 0.5, 3: 1.0, 4: 1.0, 100: 1.0}),
        (warmup(exponential_decay(1.0, factor=0.5), steps=2), {0: 0.5, 1: 0.5, 2: 0.25}),
    ],
)
def test_the_rate_at_each_step(schedule, rates):
    assert {step: schedule(step) for step in rates} == pytest.approx(rates, rel=1e-15, abs=1e-16)


def test_a_schedule_is_that_of_pytorch():
    torch = pytest.importorskip("torch")
    theirs = torch.optim.lr_scheduler
    for ours, make in [
        (step_decay(0.3, every=4, factor=0.7), lambda o: theirs.StepLR(o, 4, 0.7)),
        (exponential_decay(0.3, factor=0.9), lambda o: theirs.ExponentialLR(o, 0.9)),
        (cosine_decay(0.3, steps=20, end=0.01), lambda o: theirs.CosineAnnealingLR(o, 20, 0.01)),
        (warmup(0.3, steps=5), lambda o: theirs.LambdaLR(o, lambda t: min(1.0, (t + 1) / 5))),
    ]:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        scheduler = make(optimizer)
        for step in range(20):
            assert ours(step) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-12)
            optimizer.step()
            scheduler.step()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: step_decay(0.1, every=0), ValueError, "every must be a whole number from 1 on; got 0"),
        (lambda: step_decay(0.1, every=2.5), TypeError, "every must be a whole number from 1 on; got 2.5 (float)"),
        (lambda: exponential_decay(-1.0, 0.5), ValueError, "lr must be a finite number of at least 0; got -1.0"),
        (lambda: exponential_decay(0.1, -0.5), ValueError, "factor must be a finite number of at least 0; got -0.5"),
        (lambda: cosine_decay(0.1, steps=True), TypeError, "steps must be a whole number from 1 on; got True (bool)"),
        (lambda: warmup(0.1, steps=-1), ValueError, "steps must be a whole number from 1 on; got -1"),
        (lambda: warmup("fast", steps=3), TypeError, "lr must be a finite number of at least 0; got 'fast' (str)"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, message):
    assert refusal(error, make) == message
