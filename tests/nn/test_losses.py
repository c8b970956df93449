"""Losses against direct arithmetic, 50-digit truth, finite differences and micrograd's published numbers."""

import math
import random
from functools import partial

import mpmath
import numpy as np
import pytest

from engine import Value, check_gradients, sigmoid, softmax, topological_order
from engine.support.notation import LOSS, TARGET
from nn import (
    MLP,
    Layer,
    binary_cross_entropy,
    cross_entropy,
    deltas,
    half_squared_error,
    hinge,
    mean_squared_error,
    squared_error,
)
from tests.engine.truth import agrees
from tests.refusals import refusal

LOSSES = [half_squared_error, squared_error, mean_squared_error]
every_loss = pytest.mark.parametrize("loss", LOSSES)

mp = mpmath.mp.clone()
mp.dps = 50


@pytest.mark.parametrize(
    ("loss", "E", "slopes"),  # of y = (1.5, −2) and t = (1, 1): y − t = (0.5, −3)
    [
        (half_squared_error, 4.625, [0.5, -3.0]),
        (squared_error, 9.25, [1.0, -6.0]),
        (mean_squared_error, 4.625, [0.5, -3.0]),
    ],
)
def test_a_loss_and_its_gradients(loss, E, slopes):
    y, t = [Value(1.5), Value(-2.0)], [Value(1.0), Value(1.0)]
    found = loss(y, t)
    found.backward()
    assert found.data == E
    assert [v.grad for v in y] == slopes
    assert [v.grad for v in t] == [-slope for slope in slopes]


def test_the_mean_is_over_the_outputs():
    assert mean_squared_error([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0]).data == 7.5


@pytest.mark.parametrize(("loss", "E"), [*zip(LOSSES, [4.5, 9.0, 9.0], strict=True)])
@pytest.mark.parametrize(
    "target", [1.0, 1, [1.0], (1.0,), np.array([1.0]), np.array(1.0), np.float32(1.0), Value(1.0)], ids=repr
)
def test_one_output_may_be_a_value_or_a_list(loss, E, target):
    assert loss(Value(4.0), target).data == E
    assert loss([Value(4.0)], target).data == E


@every_loss
@pytest.mark.parametrize("kind", [list, tuple, iter, np.array])
def test_several_outputs_may_be_any_sequence(loss, kind):
    assert loss(kind([1.5, -2.0]), kind([1.0, 1.0])).data == loss([1.5, -2.0], [1.0, 1.0]).data


@every_loss
def test_a_loss_is_called_e(loss):
    E = loss(Value(2.0), 1.0)
    assert E.role.kind == LOSS
    assert E.name == "E"


@every_loss
def test_target_numbers_become_target_leaves(loss):
    E = loss([Value(2.0, "u"), Value(3.0, "v")], [5.0, 7.0])
    targets = [node for node in topological_order(E) if node.role and node.role.kind == TARGET]
    assert [(t.name, t.data, t.operands) for t in targets] == [("t₁", 5.0, ()), ("t₂", 7.0, ())]


@every_loss
def test_target_values_join_the_graph_as_they_are(loss):
    named, bare, made = Value(1.0, "goal"), Value(2.0), Value(1.5) * 2.0
    order = topological_order(loss([Value(0.0)] * 3, [named, bare, made]))
    assert {named, bare, made} < set(order)
    assert [named.name, bare.name, made.name] == ["goal", "t₂", ""]


def test_an_input_that_is_its_own_target_stays_an_input():
    x = [Value(1.0), Value(2.0)]
    half_squared_error(MLP(2, [2])(x), x)
    assert [v.name for v in x] == ["x₁", "x₂"]


@every_loss
@pytest.mark.parametrize(("outputs", "targets"), [([1.0, 2.0], [1.0]), ([1.0], [1.0, 2.0]), ([], [1.0])])
def test_every_output_must_have_a_target(loss, outputs, targets):
    assert refusal(ValueError, loss, outputs, targets) == (
        f"a loss must have a target for each output; got {len(outputs)} outputs and {len(targets)} targets"
    )


@every_loss
def test_a_loss_of_nothing_is_refused(loss):
    assert refusal(ValueError, loss, [], []) == "sum must have at least one operand; got none"


@every_loss
def test_a_target_that_is_no_number_is_refused(loss):
    message = "a Value holds one real number; got 'a' (str); convert it first, with float()"
    assert refusal(TypeError, loss, Value(1.0), "a") == message


# ── cross-entropy ──────────────────────────────────────────────────────────────────────────────

LOGITS = [
    [0.0, 0.0],
    [1.0, -2.0, 0.5],
    [1e4, -1e4],
    [-1e4, 1e4, 9999.5],
    [1e4, 1e4, 1e4],
    [-1e4, -1e4, -1e4, -9999.0],
    [1e-8, -1e-8],
]


def true_softmax(logits):
    exponentials = [mp.exp(z) for z in logits]
    return [x / mp.fsum(exponentials) for x in exponentials]


def true_cross_entropy(logits, target):
    shares = true_softmax(logits)
    return -mp.fsum(t * mp.log(share) for t, share in zip(target, shares, strict=True) if t)


def one_hot(k, count):
    return [float(i == k) for i in range(count)]


def near(true, size=1.0):
    """To the rounding of numbers of this size."""
    return pytest.approx(float(true), rel=1e-14, abs=4e-16 * size)


PROBABILITIES = [
    *((logits, one_hot(k, len(logits))) for logits in LOGITS for k in range(len(logits))),
    *((logits, [1 / len(logits)] * len(logits)) for logits in LOGITS),
    ([1.0, -2.0, 0.5], [0.2, 0.3, 0.5]),
]


@pytest.mark.parametrize(("logits", "target"), PROBABILITIES, ids=str)
def test_cross_entropy_is_the_50_digit_truth_and_delta_is_softmax_minus_t(logits, target):
    z = [Value(x) for x in logits]
    E = cross_entropy(z, target)
    E.backward()
    assert E.data == near(true_cross_entropy(logits, target), max(map(abs, logits)))
    for v, share, t in zip(z, true_softmax(logits), target, strict=True):
        assert v.grad == near(share - t, 4)


@pytest.mark.parametrize("logits", LOGITS, ids=str)
def test_a_class_number_is_its_one_hot_list(logits):
    for k in range(len(logits)):
        by_number, by_list = [Value(x) for x in logits], [Value(x) for x in logits]
        E, F = cross_entropy(by_number, k), cross_entropy(by_list, one_hot(k, len(logits)))
        E.backward()
        F.backward()
        assert E.data == F.data
        assert [v.grad for v in by_number] == pytest.approx([v.grad for v in by_list], rel=0, abs=1e-15)


def test_a_class_number_is_one_node_of_all_logits_less_that_of_the_class():
    z = [Value(1.0), Value(2.0), Value(3.0)]
    E = cross_entropy(z, 1)
    assert (E.op.name, E.operands) == ("log_sum_exp_less", (z[1], *z))


LARGE = [
    [1e308, 1e308],
    [1e308, -1e308, 0.0],
    [1e12, 1e12 + 1.0, 1e12 - 3.5],
    [-1e12, -1e12 + 0.25],
    [50.0, 0.0],
    [700.0, -700.0, 699.0],
    [1e-300, 0.0, -1e-300],
    [-745.0, 0.0, 30.0],
]


@pytest.mark.parametrize("logits", LARGE, ids=str)
def test_softmax_and_cross_entropy_keep_their_digits_for_logits_of_any_size(logits):
    with mpmath.workdps(400):
        powers = [mpmath.exp(mpmath.mpf(x) - mpmath.mpf(max(logits))) for x in logits]
        for as_given in (logits, list(map(Value, logits))):
            for share, power in zip(softmax(as_given), powers, strict=True):
                true = power / sum(powers)
                assert agrees(share.data if isinstance(share, Value) else share, true, 1e-12)
        for k, power in enumerate(powers):
            if power:
                true = mpmath.log(sum(powers) / power)
                assert agrees(cross_entropy(logits, k).data, true, 1e-12)  # 2e308 is infinite


def test_the_gradient_of_a_cross_entropy_of_large_logits_is_softmax_less_target():
    z = [Value(1e12), Value(1e12 + 1.0)]
    cross_entropy(z, 0).backward()
    share = 1.0 / (1.0 + math.exp(-1.0))
    assert [x.grad for x in z] == pytest.approx([-share, share], rel=1e-12)


def test_a_list_is_one_dot_of_the_targets():
    E = cross_entropy([1.0, 2.0, 3.0], [0.5, 0.25, 0.25])
    assert E.op.name == "dot"
    assert [t.name for t in E.operands[:3]] == ["t₁", "t₂", "t₃"]


@pytest.mark.parametrize(
    "number", [1, 1.0, True, np.int64(1), np.uint8(1), np.array(1), np.float32(1.0), np.True_], ids=repr
)
def test_a_class_may_be_any_whole_number(number):
    assert cross_entropy([0.5, 2.5], number).data == pytest.approx(math.log1p(math.exp(-2.0)), rel=1e-15)


@pytest.mark.parametrize("number", [-1, 3, 10**20, -1.0, np.int64(3)], ids=repr)
def test_a_class_out_of_range_is_refused(number):
    message = f"there is no class {int(number)}: 3 logits have the classes 0 … 2"
    assert refusal(ValueError, cross_entropy, [1.0, 2.0, 3.0], number) == message


@pytest.mark.parametrize("number", [0.5, math.nan, math.inf, np.float32(1.5)], ids=repr)
def test_a_class_that_is_no_whole_number_is_refused(number):
    message = f"a class must be a whole number, 0 … 2 for 3 logits; got {number!r}"
    assert refusal(ValueError, cross_entropy, [1.0, 2.0, 3.0], number) == message


PROBABILITIES = "the targets of cross_entropy must be probabilities"


def test_a_value_is_no_class():
    assert refusal(TypeError, cross_entropy, [1.0, 2.0], Value(1.0)) == (
        "a class must be a plain number, since it decides which logit is used; got Value(1, grad = —). "
        "In fit, numbers of classes must have the shape (N,), not (N, 1)"
    )


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([1.0, 0.0], "a loss must have a target for each output; got 3 outputs and 2 targets"),
        ([0.5, 0.7, -0.2], f"{PROBABILITIES}, none of them negative; got -0.2"),
        ([Value(1.0), 0.7, -0.2], f"{PROBABILITIES}, none of them negative; got -0.2"),
        ([math.nan, 0.5, 0.5], f"{PROBABILITIES}, none of them negative; got nan"),
        ([1.0, 1.0, 0.0], f"{PROBABILITIES} that sum to 1; these sum to 2.0"),
        ([0.5, 0.5, 2e-6], f"{PROBABILITIES} that sum to 1; these sum to 1.000002"),
        (np.zeros(3), f"{PROBABILITIES} that sum to 1; these sum to 0.0"),
    ],
    ids=str,
)
def test_targets_that_are_no_probabilities_are_refused(target, message):
    assert refusal(ValueError, cross_entropy, [1.0, 2.0, 3.0], target) == message


def test_probabilities_may_be_rounded():
    third = 0.3333333
    assert cross_entropy([1.0, 1.0, 1.0], [third] * 3).data == pytest.approx(3 * third * math.log(3.0), rel=1e-15)


@pytest.mark.parametrize("numbers", [[0.0, 0.0], [3.0, -1.5], [-7.0, 2.0]])
def test_values_among_the_targets_are_not_checked(numbers):
    z, t = [Value(0.5), Value(-1.0)], [Value(number) for number in numbers]
    cross_entropy(z, t).backward()
    shares = true_softmax([0.5, -1.0])
    assert [v.grad for v in z] == [near(sum(numbers) * share - t.data, 8) for share, t in zip(shares, t, strict=True)]
    assert [v.grad for v in t] == [near(-mp.log(share)) for share in shares]


def test_one_logit_has_no_cross_entropy():
    message = "cross_entropy of one logit is always 0; for one output use binary_cross_entropy"
    assert refusal(ValueError, cross_entropy, MLP(2, [3, 1])([1.0, 2.0]), 0) == message


@pytest.mark.parametrize("loss", [partial(cross_entropy, target=0), partial(binary_cross_entropy, targets=[0, 1])])
@pytest.mark.parametrize(
    ("squashed", "name", "remedy"),
    [
        (MLP(2, [2], output_activation="softmax"), "softmax", "use output_activation='linear'"),
        (MLP(2, [2], output_activation="sigmoid"), "sigmoid", "use output_activation='linear'"),
        (Layer(2, 2, "softmax"), "softmax", "use output_activation='linear'"),
        (lambda x: softmax([Value(1.0), x[0]]), "softmax", "give it what softmax() was given"),
        (lambda x: [sigmoid(Value(1.0)), x[0]], "sigmoid", "give it what sigmoid() was given"),
    ],
)
def test_probabilities_are_no_logits(loss, squashed, name, remedy):
    assert refusal(ValueError, loss, squashed([1.0, 2.0])) == (
        f"{loss.func.__name__} takes logits, the outputs before {name}, and does the rest itself; "
        f"these have been through {name} already: {remedy}"
    )


@pytest.mark.parametrize("activation", ["linear", "exp", "tanh", "softplus"])
def test_other_outputs_are_logits(activation):
    assert cross_entropy(MLP(2, [2], output_activation=activation)([1.0, 2.0]), 0).data >= 0.0


def test_softmax_and_the_log_of_its_share_have_the_same_delta():
    # The other way to the same loss: −log of the share that softmax gives to the class.
    logits, shares = (MLP(3, [4, 3], "tanh", name, seed=5) for name in ("linear", "softmax"))
    E = cross_entropy(logits([0.5, -1.0, 2.0]), 1)
    F = -shares([0.5, -1.0, 2.0])[1].log()
    E.backward()
    F.backward()
    assert E.data == pytest.approx(F.data, rel=1e-14)
    for ours, others in zip(deltas(E)[0], deltas(F)[0], strict=True):
        assert ours == pytest.approx(others, rel=1e-12, abs=1e-16)


# ── binary cross-entropy ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", [0, 1, 0.0, 1.0, 0.25, True])
@pytest.mark.parametrize("logit", [0.0, 1e-8, 0.5, -2.0, 30.0, -30.0, 1e4, -1e4])
def test_binary_cross_entropy_is_the_50_digit_truth_and_delta_is_sigma_minus_t(logit, target):
    z = Value(logit)
    E = binary_cross_entropy(z, target)
    E.backward()
    log_share, log_rest = -mp.log1p(mp.exp(-mp.mpf(logit))), -mp.log1p(mp.exp(mp.mpf(logit)))
    assert E.data == near(-(target * log_share + (1 - target) * log_rest), max(1.0, abs(logit)))
    assert z.grad == near(1 / (1 + mp.exp(-mp.mpf(logit))) - target)


def test_binary_cross_entropy_is_summed_over_the_outputs():
    logits, targets = [0.5, -1.0, 2.0], [1, 0, 0.5]
    parts = [binary_cross_entropy(z, t).data for z, t in zip(logits, targets, strict=True)]
    assert binary_cross_entropy(logits, targets).data == pytest.approx(sum(parts), rel=1e-15)


def test_two_logits_of_cross_entropy_are_their_difference_in_binary_cross_entropy():
    assert cross_entropy([2.0, 0.5], 0).data == pytest.approx(binary_cross_entropy(1.5, 1).data, rel=1e-15)


@pytest.mark.parametrize("target", [-1, 2, 1.0001, math.nan, np.int64(-1)], ids=repr)
def test_binary_targets_lie_from_0_to_1(target):
    message = f"the targets of binary_cross_entropy must be from 0 to 1; got {float(target)!r}"
    assert refusal(ValueError, binary_cross_entropy, [0.5, 0.5], [Value(7.0), target]) == message


# ── hinge ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("y", "t", "E", "slope"),
    [(0.25, 1, 0.75, -1.0), (0.25, -1, 1.25, 1.0), (3.0, 1, 0.0, 0.0), (-3.0, -1, 0.0, 0.0), (1.0, 1, 0.0, 0.0)],
)
def test_hinge_asks_for_a_margin_of_1(y, t, E, slope):
    output = Value(y)
    found = hinge(output, t)
    found.backward()
    assert (found.data, output.grad) == (E, slope)


def test_hinge_is_summed_over_the_outputs():
    assert hinge([0.25, 0.25, 3.0], [1, -1, 1]).data == 2.0


@pytest.mark.parametrize("target", [0, 2, 0.5, False, math.nan], ids=repr)
def test_hinge_targets_are_plus_and_minus_1(target):
    message = f"the targets of hinge must be +1 or −1; got {float(target)!r} (where they are 0 and 1, give 2*t - 1)"
    assert refusal(ValueError, hinge, [0.5, 0.5], [1, target]) == message


def test_micrograds_published_training_follows_from_hinge():
    random.seed(1337)
    inputs, targets = [], []
    for i in range(20):
        angle = math.pi * i / 19
        inputs.append([math.cos(angle) + random.gauss(0, 0.1), math.sin(angle) + random.gauss(0, 0.1)])
        inputs.append([1 - math.cos(angle) + random.gauss(0, 0.1), 0.5 - math.sin(angle) + random.gauss(0, 0.1)])
        targets += [1, -1]
    model = MLP(2, [16, 16, 1])
    losses = []
    for k in range(10):
        data_loss = sum(hinge(model(x), t) for x, t in zip(inputs, targets, strict=True)) * (1.0 / len(inputs))
        total = data_loss + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        losses.append(total.data)
    assert losses == pytest.approx(
        [
            *(1.085969961999802, 0.5239142545013338, 1.3029738352905544, 0.45362603077872, 0.5117609739912667),
            *(0.3474546105152314, 0.3731689362758699, 0.416284411345931, 0.5039709719298531, 0.32429740059484385),
        ],  # printed by micrograd 0.1.0
        rel=1e-12,
        abs=0,
    )


# ── all of these ───────────────────────────────────────────────────────────────────────────────

every_seed = pytest.mark.parametrize("seed", range(10))


@every_seed
def test_gradients_of_cross_entropy_agree_with_finite_differences(seed):
    generator = random.Random(seed)
    z, t = ([Value(generator.uniform(0.5, 2.5)) for _ in range(4)] for _ in "zt")
    check_gradients(cross_entropy(z, t))
    check_gradients(cross_entropy(z, seed % 4))


@every_seed
def test_gradients_of_binary_cross_entropy_agree_with_finite_differences(seed):
    generator = random.Random(seed)
    check_gradients(binary_cross_entropy([generator.uniform(-4, -1), generator.uniform(1, 4)], [0.9, seed % 2]))


@every_seed
def test_gradients_of_hinge_agree_with_finite_differences(seed):
    generator = random.Random(seed)
    check_gradients(hinge([generator.uniform(-4, -2), generator.uniform(0.1, 0.8)], [1, generator.choice([1, -1])]))


@pytest.mark.parametrize("loss", [cross_entropy, binary_cross_entropy])
def test_a_loss_of_logits_is_called_e_and_its_targets_t(loss):
    E = loss([Value(2.0, "u"), Value(3.0, "v")], [1.0, 0.0])
    targets = [node for node in topological_order(E) if node.role and node.role.kind == TARGET]
    assert E.name == "E"
    assert [(t.name, t.data, t.operands) for t in targets] == [("t₁", 1.0, ()), ("t₂", 0.0, ())]


@pytest.mark.parametrize("loss", [hinge, binary_cross_entropy])
def test_one_output_and_its_target_may_be_a_value_or_a_list(loss):
    expected = loss(Value(0.5), 1).data
    for target in (1.0, [1], np.array([1.0]), np.array(1), Value(1.0)):
        assert loss(Value(0.5), target).data == loss([Value(0.5)], target).data == expected


@pytest.mark.parametrize("loss", [hinge, binary_cross_entropy])
def test_losses_of_one_output_must_have_a_target_for_each(loss):
    message = "a loss must have a target for each output; got 2 outputs and 1 targets"
    assert refusal(ValueError, loss, [0.5, 0.5], 1) == message
