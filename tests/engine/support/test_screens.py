"""Screens that are not UTF-8: nothing that is printed here raises, and names come as they are typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.support.notation import BISHOP, KINDS, NIELSEN, Role
from engine.support.screens import PLAIN_SPELLING

ROOT = Path(__file__).parents[3]


def shown(encoding, *arguments):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, env=environment, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode(encoding)
    return done.stdout.decode(encoding.partition(":")[0])


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("w₂,₃⁽²⁾ = −1.5", "w[2][2,3] = -1.5"),
        ("δ₂⁽¹⁾#3 = 3.422×10⁻⁴", "delta[1][2]#3 = 3.422x10^-4"),
        ("∂E/∂w₁,₁⁽¹⁾ = Σₖ wₖ,₁⁽²⁾ δₖ⁽²⁾", "dE/dw[1][1,1] = sum[k] w[2][k,1] delta[2][k]"),
        ("h′(a₁₀) ≤ ½ · x² → ∞ …", "h'(a[10]) <= 1/2 * x^2 -> inf ..."),
        ("1.5×10¹²", "1.5x10^12"),
        ("grad = —", "grad = -"),
        ("Café 中", "Cafe \\u4e2d"),
        ("ω₁ Ω Λ λ ά", "omega[1] Omega Lambda lambda alpha"),
    ],
)
def test_what_ascii_can_not_hold_is_spelled_plainly(text, plain):
    assert text.encode("ascii", PLAIN_SPELLING).decode() == plain


def test_what_an_encoding_has_stays():
    spelled = "w₁⁽²⁾ · x² = −1 × 10⁻³ Café".encode("cp1252", PLAIN_SPELLING).decode("cp1252")
    assert spelled == "w[2][1] · x² = -1 × 10^-3 Café"


PROGRAM = """
from engine import Value, compile_graph
from nn import MLP, half_squared_error
W = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]]
model = MLP.from_weights(W, activation="tanh")
x, t = [Value(1.0), Value(2.0)], [Value(1.0), Value(1.15)]
loss = half_squared_error(model(x), t)
print(model.layers[1].neurons[1].w[2])
loss.backward()
print(model.layers[1].neurons[1].w[2])
print(loss.explain("w[2][2,3]"))
print(next(iter(loss.backward_steps())))
print(compile_graph(loss, [*x, *t]))
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_program_prints_on_a_screen_that_is_not_utf_8(encoding):
    text = shown(encoding, "-c", PROGRAM)
    dash, dot = ("-", "*") if encoding == "ascii" else ("—", "·")
    assert text.splitlines()[:3] == [
        f"Value(w[2][2,3] = 0.6, grad = {dash})",
        "Value(w[2][2,3] = 0.6, grad = -0.003422)",
        f"dE/dw[2][2,3] = delta[2][2] {dot} z[1][3] = (-0.003658)(0.9354) = -0.003422",
    ]
    product = "3x2" if encoding == "ascii" else "3×2"
    dots = "..." if encoding == "ascii" else "…"
    assert f"matrix product {product}: [w[1][1,1] {dots} w[1][3,2]] {dot} [x[1] {dots} x[2]]" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(("demo", "has"), [("primer", "w[2][2,3]"), ("debugger", "delta[1][2]"), ("unroll", "w1_1_1")])
def test_demos_run_to_their_end(demo, has, encoding, tmp_path):
    arguments = ["--out", str(tmp_path)] if demo == "primer" else []
    assert has in shown(encoding, "-m", "demos", demo, *arguments)


def test_errors_are_spelled_plainly_too():
    program = "from nn import Neuron; import sys; print(Neuron(2).w[1].name, file=sys.stderr)"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, cwd=ROOT, check=True)
    assert done.stderr.split() == [b"w[2]"]


@pytest.mark.parametrize("asked", ["replace", "backslashreplace", "xmlcharrefreplace"])
def test_what_a_user_asks_of_stdout_stays(asked):
    assert shown(f"ascii:{asked}", "-c", "import sys, engine; print(sys.stdout.errors)").split() == [asked]


def test_every_name_on_a_screen_is_the_one_that_is_typed():
    for notation in (BISHOP, NIELSEN):
        for kind in KINDS:
            role = Role(kind, 2, (11, 3))
            spelled = notation.text(role, 4).encode("ascii", PLAIN_SPELLING).decode()
            assert spelled == notation.plain(role, 4)


def test_a_screen_of_utf_8_is_left_as_it_is():
    assert shown("utf-8", "-c", "import sys, engine; print('δ', sys.stdout.errors)").split() == ["δ", "strict"]
