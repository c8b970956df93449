"""Optimizers against the papers' pseudo-code, written out here for one number at a time, and against PyTorch."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest

from engine import Value
from engine.value import Constant
from nn import MLP, SGD, Adam, AdamW, Optimizer, clip_gradients, cosine_decay
from nn.optimizers import clip
from tests.refusals import refusal

STEPS, SIZE = 200, 7


def sgd(θ, gradients, lr, momentum=0.0, weight_decay=0.0):
    """PyTorch's SGD, as its documentation has it; b₁ = g₁."""
    b = None
    for g in gradients:
        g = g + weight_decay * θ
        if momentum:
            b = g if b is None else momentum * b + g
            g = b
        θ = θ - lr * g
        yield θ


def adam(θ, gradients, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    """Kingma & Ba 2015, Algorithm 1, line by line; weight decay joins the gradient."""
    m = v = t = 0.0
    for g in gradients:
        t += 1
        g = g + weight_decay * θ
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        m_hat = m / (1 - betas[0] ** t)
        v_hat = v / (1 - betas[1] ** t)
        θ = θ - lr * m_hat / (math.sqrt(v_hat) + eps)
        yield θ


def adamw(θ, gradients, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    """Loshchilov & Hutter 2019, Algorithm 2; as in PyTorch, the learning rate scales the decay, too."""
    m = v = t = 0.0
    for g in gradients:
        t += 1
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        m_hat = m / (1 - betas[0] ** t)
        v_hat = v / (1 - betas[1] ** t)
        θ = θ - (lr * m_hat / (math.sqrt(v_hat) + eps) + lr * weight_decay * θ)
        yield θ


PUBLISHED = {SGD: sgd, Adam: adam, AdamW: adamw}
SETTINGS = [
    (SGD, {"lr": 0.1}),
    (SGD, {"lr": 0.1, "weight_decay": 0.01}),
    (SGD, {"lr": 0.02, "momentum": 0.9}),
    (SGD, {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.1}),
    (Adam, {}),
    (Adam, {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3}),
    (Adam, {"lr": 0.05, "weight_decay": 0.1}),
    (AdamW, {}),
    (AdamW, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.3}),
]
every_setting = pytest.mark.parametrize(
    ("optimizer", "options"),
    SETTINGS,
    ids=[f"{cls.__name__}({', '.join(f'{k}={v}' for k, v in options.items())})" for cls, options in SETTINGS],
)


def random_run(seed=0):
    """Where the parameters start, and the gradients of 200 steps, of sizes from 10⁻³ to 10³."""
    generator = np.random.default_rng(seed)
    start = generator.normal(size=SIZE)
    return start, generator.normal(size=(STEPS, SIZE)) * 10 ** generator.uniform(-3, 3, size=(STEPS, SIZE))


def leaves(numbers):
    return [Value(x) for x in np.asarray(numbers).tolist()]


def data(parameters):
    return [parameter.data for parameter in parameters]


@every_setting
def test_200_steps_are_those_of_the_published_algorithm(optimizer, options):
    start, gradients = random_run()
    expected = [list(PUBLISHED[optimizer](start[i], gradients[:, i].tolist(), **options)) for i in range(SIZE)]
    vector = start.copy()
    rule = optimizer(leaves(start), **options)
    for step, gradient in enumerate(gradients):
        rule.update(vector, gradient)
        assert vector.tolist() == pytest.approx([way[step] for way in expected], rel=1e-12, abs=1e-12)


@every_setting
def test_values_take_the_same_steps_as_a_vector(optimizer, options):
    start, gradients = random_run()
    parameters, vector = leaves(start), start.copy()
    on_values, on_vector = optimizer(parameters, **options), optimizer(leaves(start), **options)
    for gradient in gradients:
        for parameter, slope in zip(parameters, gradient.tolist(), strict=True):
            parameter.grad = slope
        on_values.step()
        on_vector.update(vector, gradient)
    assert data(parameters) == vector.tolist()


@every_setting
def test_200_steps_are_those_of_pytorch(optimizer, options):
    torch = pytest.importorskip("torch")
    start, gradients = random_run()
    theirs = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    reference = getattr(torch.optim, optimizer.__name__)([theirs], **options)
    vector, ours = start.copy(), optimizer(leaves(start), **options)
    for gradient in gradients:
        theirs.grad = torch.tensor(gradient)
        reference.step()
        ours.update(vector, gradient)
        assert vector.tolist() == pytest.approx(theirs.tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("max_norm", [0.0, 0.01, 1.0, 3.0, 1e6])
def test_clipping_is_that_of_pytorch(max_norm):
    torch = pytest.importorskip("torch")
    _, gradients = random_run()
    for gradient in gradients[:20]:
        theirs = torch.zeros(SIZE, dtype=torch.float64, requires_grad=True)
        theirs.grad = torch.tensor(gradient)
        norm = torch.nn.utils.clip_grad_norm_([theirs], max_norm)
        assert clip(gradient, max_norm) == pytest.approx(norm.item(), rel=1e-14)
        assert gradient.tolist() == pytest.approx(theirs.grad.tolist(), rel=1e-14)


def test_a_training_loop_reads_as_in_pytorch():
    random.seed(0)
    model = MLP(2, [1])
    optimizer = SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss = sum((model([x, y]) - (2 * x - 3 * y + 1)) ** 2 for x, y in [(0, 0), (1, 0), (0, 1), (1, 1)])
        loss.backward()
        optimizer.step()
    assert data(model.parameters()) == pytest.approx([2, -3, 1], abs=1e-6)


def test_zero_grad_forgets_the_gradients_of_its_parameters_alone():
    mine, other = Value(2.0, "mine"), Value(3.0, "other")
    (mine * other).backward()
    SGD([mine], lr=0.1).zero_grad()
    assert (repr(mine), other.grad) == ("Value(mine = 2, grad = —)", 2.0)


def test_a_learning_rate_may_be_a_function_of_the_steps_done():
    asked = []

    def lr(step):
        asked.append(step)
        return 1.0 / (step + 1)

    vector, rule = np.zeros(1), SGD([Value(0.0)], lr)
    for _ in range(3):
        rule.update(vector, np.array([-1.0]))
    assert asked == [0, 1, 2]
    assert vector.tolist() == [1.0 + 1 / 2 + 1 / 3]
    assert (rule.steps, rule.rate) == (3, 0.25)


@pytest.mark.parametrize("optimizer", [lambda p: SGD(p, 0.1, momentum=0.9), Adam, AdamW])
def test_arranging_the_parameters_takes_their_memory_along(optimizer):
    start, gradients = random_run()
    order = [3, 0, 6, 1, 5, 2, 4]
    parameters = leaves(start)
    stays, moves = optimizer(parameters), optimizer(parameters)
    there, here = start.copy(), start.copy()
    for gradient in gradients[:5]:
        stays.update(there, gradient)
        moves.update(here, gradient)
    moves.arrange([parameters[i] for i in order])
    here = here[order]
    for gradient in gradients[5:10]:
        stays.update(there, gradient)
        moves.update(here, gradient[order])
    assert moves.parameters == [parameters[i] for i in order]
    assert here.tolist() == there[order].tolist()


def test_an_optimizer_of_ones_own_says_only_what_to_take_away():
    class SignDescent(Optimizer):
        def change(self, vector, gradient, rate):
            return rate * np.sign(gradient)

    parameters = leaves([1.0, 2.0, 3.0])
    for parameter, slope in zip(parameters, [5.0, -0.1, 0.0], strict=True):
        parameter.grad = slope
    SignDescent(parameters, lr=0.5).step()
    assert data(parameters) == [0.5, 2.5, 3.0]
    message = "Optimizer has no rule: define change(vector, gradient, rate)"
    assert refusal(NotImplementedError, Optimizer(parameters, lr=0.5).step) == message


# ── clipping ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("max_norm", "after"),
    [(10.0, [3.0, -4.0]), (5.1, [3.0, -4.0]), (1.0, [0.6, -0.8]), (0.0, [0.0, 0.0])],
)
def test_clipping_shortens_what_is_too_long_and_keeps_its_direction(max_norm, after):
    parameters = leaves([0.0, 0.0])
    parameters[0].grad, parameters[1].grad = 3.0, -4.0
    assert clip_gradients(parameters, max_norm) == 5.0
    assert [p.grad for p in parameters] == pytest.approx(after, rel=3e-7)  # PyTorch divides by ‖g‖ + 10⁻⁶


def test_the_norm_of_a_huge_gradient_does_not_overflow():
    gradient = np.array([3e200, -4e200])
    assert clip(gradient, 1.0) == pytest.approx(5e200)
    assert gradient.tolist() == pytest.approx([0.6, -0.8])


# ── what is refused ────────────────────────────────────────────────────────────────────────────

interior = Value(1.0) + 2.0
FROM_0 = "must be a finite number of at least 0"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda v: SGD([v]), TypeError, "SGD.__init__() missing 1 required positional argument: 'lr'"),
        (lambda v: SGD([v], lr=-0.1), ValueError, f"lr {FROM_0}; got -0.1"),
        (lambda v: SGD([v], lr=math.inf), ValueError, f"lr {FROM_0}; got inf"),
        (lambda v: SGD([v], lr=math.nan), ValueError, f"lr {FROM_0}; got nan"),
        (lambda v: SGD([v], lr="0.1"), TypeError, f"lr {FROM_0}; got '0.1' (str)"),
        (lambda v: SGD([v], lr=0.1, momentum=-1), ValueError, f"momentum {FROM_0}; got -1"),
        (lambda v: SGD([v], lr=0.1, weight_decay=-1), ValueError, f"weight_decay {FROM_0}; got -1"),
        (lambda v: Adam([v], betas=(0.9, 1.0)), ValueError, f"β₂ of betas {FROM_0} and less than 1; got 1.0"),
        (lambda v: Adam([v], betas=(-0.1, 0.9)), ValueError, f"β₁ of betas {FROM_0} and less than 1; got -0.1"),
        (lambda v: Adam([v], betas=0.9), TypeError, "betas must be two numbers, (β₁, β₂); got 0.9"),
        (lambda v: Adam([v], eps=-1e-8), ValueError, f"eps {FROM_0}; got -1e-08"),
        (
            lambda v: Adam([]),
            ValueError,
            "parameters is empty, so there is nothing to train; if it was a generator, was it used up?",
        ),
        (lambda v: Adam(v), TypeError, "parameters must be a list of Values; for one, [w]"),
        (
            lambda v: Adam(MLP(2, [1])),
            TypeError,
            "parameters must be a list of Values, such as model.parameters(); got the MLP",
        ),
        (lambda v: Adam([v, 2.0]), TypeError, "a parameter must be a Value; got 2.0 (float)"),
        (lambda v: Adam([Constant(1.0)]), TypeError, "a parameter must be a Value; got Constant(1) (Constant)"),
        (
            lambda v: Adam([interior]),
            ValueError,
            "a parameter must be a leaf; Value(3, grad = —) is the result of add",
        ),
        (
            lambda v: Adam([v, Value(1.0), v]),
            ValueError,
            "each parameter must be listed once; Value(w = 1, grad = —) is listed twice",
        ),
        (lambda v: clip_gradients([v], -1.0), ValueError, f"max_norm {FROM_0}; got -1.0"),
        (lambda v: SGD([v], lr=lambda step: -1.0).step(), ValueError, f"lr(0) {FROM_0}; got -1.0"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, message):
    assert refusal(error, make, Value(1.0, "w")) == message


def test_parameters_may_come_from_a_generator():
    parameters = leaves([1.0, 2.0])
    assert Adam(p for p in parameters).parameters == parameters


def test_the_losses_of_neighboring_steps_fall():
    # f(θ) = Σ k θₖ² from 1: each optimizer goes down all the way, if its steps are short.
    curvature = np.arange(1.0, SIZE + 1)
    for make in (lambda p: SGD(p, 0.05), lambda p: Adam(p, 1e-3), lambda p: AdamW(p, 1e-3)):
        vector, values = np.ones(SIZE), []
        rule = make(leaves(vector))
        for _ in range(STEPS):
            values.append(float(curvature @ vector**2))
            rule.update(vector, 2 * curvature * vector)
        assert all(after < before for before, after in pairwise(values))


def test_an_optimizer_says_how_it_stands():
    rule = SGD(leaves([1.0, 2.0]), lr=0.1)
    rule.step()
    assert repr(rule) == "SGD(lr=0.1) for 2 parameters; steps so far: 1"


@pytest.mark.parametrize(
    ("lr", "shown"),
    [(1e-4, "1×10⁻⁴"), (lambda step: 0.1, "a schedule"), (cosine_decay(0.1, 10), "a schedule"), (abs, "abs")],
    ids=["a number", "a lambda", "a schedule of nn", "a function"],
)
def test_its_learning_rate_is_a_number_or_is_named(lr, shown):
    assert repr(Adam(leaves([1.0]), lr=lr)) == f"Adam(lr={shown}) for 1 parameter; steps so far: 0"
