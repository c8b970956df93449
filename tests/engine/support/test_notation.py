"""How roles are named."""

import pytest

from engine.support.notation import (
    ACTIVATION,
    BIAS,
    BISHOP,
    INPUT,
    LOSS,
    NIELSEN,
    OUTPUT,
    PRE_ACTIVATION,
    TARGET,
    WEIGHT,
    Notation,
    Role,
)

A = Role(PRE_ACTIVATION, 1, (2,))
W = Role(WEIGHT, 2, (2, 3))
Y = Role(OUTPUT, 2, (1,))
LINEAR_OUTPUT = Role(PRE_ACTIVATION, 2, (1,), also=OUTPUT)  # no function comes between a and y

# ── names ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "bishop", "nielsen"),
    [
        (A, "a₂⁽¹⁾", "z₂⁽¹⁾"),
        (Role(ACTIVATION, 1, (2,)), "z₂⁽¹⁾", "a₂⁽¹⁾"),
        (W, "w₂,₃⁽²⁾", "w₂,₃⁽²⁾"),
        (Role(BIAS, 1, (2,)), "b₂⁽¹⁾", "b₂⁽¹⁾"),
        (Role(INPUT, 0, (1,)), "x₁", "x₁"),
        (Role(TARGET, None, (2,)), "t₂", "y₂"),
        (Role(LOSS), "E", "C"),
        (Y, "y₁", "a₁⁽²⁾"),
        (LINEAR_OUTPUT, "a₁⁽²⁾ = y₁", "z₁⁽²⁾ = a₁⁽²⁾"),
        (Role(WEIGHT, 10, (12, 345)), "w₁₂,₃₄₅⁽¹⁰⁾", "w₁₂,₃₄₅⁽¹⁰⁾"),
        (Role(PRE_ACTIVATION), "a", "z"),  # a neuron on its own
        (Role(PRE_ACTIVATION, None, (2,)), "a₂", "z₂"),  # a layer on its own
    ],
)
def test_a_notation_names_every_role(role, bishop, nielsen):
    assert BISHOP.text(role) == bishop
    assert NIELSEN.text(role) == nielsen


@pytest.mark.parametrize(
    ("role", "sample", "text", "plain", "latex"),
    [
        (A, None, "a₂⁽¹⁾", "a[1][2]", "a_{2}^{(1)}"),
        (A, 3, "a₂⁽¹⁾#3", "a[1][2]#3", r"a_{2}^{(1)\,\#3}"),
        (W, None, "w₂,₃⁽²⁾", "w[2][2,3]", "w_{2,3}^{(2)}"),
        (Y, 12, "y₁#12", "y[1]#12", r"y_{1}^{\,\#12}"),
        (LINEAR_OUTPUT, None, "a₁⁽²⁾ = y₁", "a[2][1]", "a_{1}^{(2)} = y_{1}"),
        (Role(LOSS), None, "E", "E", "E"),
        (Role(LOSS), 3, "E#3", "E#3", r"E^{\,\#3}"),
    ],
)
def test_a_name_for_screens_for_keyboards_and_for_paper(role, sample, text, plain, latex):
    assert BISHOP.text(role, sample) == text
    assert BISHOP.plain(role, sample) == plain
    assert BISHOP.latex(role, sample) == latex


@pytest.mark.parametrize("notation", [BISHOP, NIELSEN])
def test_the_error_signal_belongs_to_the_pre_activation(notation):
    assert notation.error_signal(A) == "δ₂⁽¹⁾"
    assert notation.error_signal(A, 3) == "δ₂⁽¹⁾#3"
    assert notation.error_signal(LINEAR_OUTPUT) == "δ₁⁽²⁾"


@pytest.mark.parametrize(
    ("notation", "role", "gradient"),
    [
        (BISHOP, W, "∂E/∂w₂,₃⁽²⁾"),
        (BISHOP, A, "∂E/∂a₂⁽¹⁾"),
        (NIELSEN, A, "∂C/∂z₂⁽¹⁾"),
        (BISHOP, LINEAR_OUTPUT, "∂E/∂a₁⁽²⁾"),
    ],
)
def test_a_gradient_is_written_as_a_fraction(notation, role, gradient):
    assert notation.gradient(notation.text(role)) == gradient


def test_a_user_may_make_a_notation():
    house = Notation("house", pre_activation="net", activation="out", loss="J", output="o", input="i", delta="ε")
    assert house.text(A) == "net₂⁽¹⁾"
    assert house.text(LINEAR_OUTPUT, 2) == "net₁⁽²⁾#2 = o₁#2"
    assert house.plain(Role(INPUT, 0, (1,))) == "i[1]"
    assert house.error_signal(A) == "ε₂⁽¹⁾"
    assert house.gradient("w") == "∂J/∂w"


def test_the_letters_of_a_notation_are_set_as_labels_are():
    house = Notation("house", pre_activation="net", activation="η", loss="ℒ", weight="w_in", bias="%", delta="δ")
    assert house.latex(A) == r"\text{net}_{2}^{(1)}"
    assert house.latex(LINEAR_OUTPUT, 2) == r"\text{net}_{1}^{(2)\,\#2} = y_{1}^{\,\#2}"
    assert house.latex(Role(ACTIVATION, 1, (2,))) == r"\eta_{2}^{(1)}"
    assert house.latex(W) == r"{w_{\text{in}}}_{2,3}^{(2)}"
    assert house.latex(Role(BIAS, 1, (2,))) == r"{\%}_{2}^{(1)}"
    assert house.latex(A.only("error signal")) == r"\delta_{2}^{(1)}"
    assert house.latex_gradient("w") == r"\frac{\partial \mathcal{L}}{\partial w}"
    assert house.latex_gradient("w", "d") == r"\frac{\partial d}{\partial w}"


def test_an_unknown_kind_of_role_is_refused():
    with pytest.raises(ValueError, match="unknown kind of role 'wieght'; a role is one of input, weight, bias"):
        BISHOP.text(Role("wieght", 1, (1,)))


def test_a_role_may_play_two_parts():
    assert LINEAR_OUTPUT.plays(PRE_ACTIVATION)
    assert LINEAR_OUTPUT.plays(OUTPUT)
    assert not A.plays(OUTPUT)


def test_a_role_says_what_it_is_and_what_it_is_called():
    assert repr(A) == "Role(pre-activation, a₂⁽¹⁾)"
    assert repr(LINEAR_OUTPUT) == "Role(pre-activation and output, a₁⁽²⁾ = y₁)"
    assert repr(Role(LOSS, notation=NIELSEN)) == "Role(loss, C)"


def test_a_notation_shows_its_letters_as_one_writes_them_down():
    assert eval(repr(NIELSEN)) == NIELSEN
    assert len(repr(NIELSEN)) < 150
