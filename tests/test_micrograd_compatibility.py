"""A program written for micrograd runs when its two import lines change, and comes to the same numbers."""

import runpy
from pathlib import Path

import pytest

from engine import Value
from tests.micrograd_programs import PROGRAMS

PROGRAM = Path(__file__).with_name("micrograd_program.py")
IMPORTS = {
    "from micrograd.engine import Value\n": "from engine import Value\n",
    "from micrograd.nn import MLP, Layer, Neuron\n": "from nn import MLP, Layer, Neuron\n",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """What the program leaves behind."""
    text = PROGRAM.read_text(encoding="utf-8")
    for old, new in IMPORTS.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    changed = tmp_path_factory.mktemp("changed") / PROGRAM.name
    changed.write_text(text, encoding="utf-8")
    return runpy.run_path(str(changed))


# All numbers were printed by micrograd 0.1.0. It walks over sets, so that its own last digits differ from run to run.


def test_every_operator_has_micrograds_value_and_gradients(program):
    assert program["operators"] == pytest.approx(
        {"data": 11.253525403784439, "by u": 3.348504233964073, "by v": -9.566666666666666}, rel=1e-14, abs=0
    )


def test_a_walk_over_prev_sees_micrograds_graph(program):
    assert program["picture"] == {
        "nodes": 10,
        "edges": 10,
        "operations": ["", "", "", "", "*", "*", "+", "+", "+", "ReLU"],
        "leaves": [-1.5, 3.0, 5.0, 9.0],
    }


def test_training_follows_micrograd_step_by_step(program):
    training = program["training"]
    assert training["parameters"] == 337
    assert training["first gradient"] == pytest.approx(
        [-0.11088152979121907, 0.11656379524493536, -0.011281363602751313, -0.225], rel=1e-12, abs=0
    )
    assert training["losses"] == pytest.approx(
        [
            *(1.085969961999802, 0.5239142545013338, 1.3029738352905544, 0.45362603077872, 0.5117609739912667),
            *(0.3474546105152314, 0.3731689362758699, 0.416284411345931, 0.5039709719298531, 0.32429740059484385),
        ],
        rel=1e-12,
        abs=0,
    )
    assert training["accuracies"] == [0.5, 0.75, 0.625, 0.825, 0.8, 0.825, 0.825, 0.825, 0.8, 0.875]


def test_the_modules_print_as_micrograds(program):
    assert program["reprs"] == [
        "LinearNeuron(3)",
        "Layer of [ReLUNeuron(2), ReLUNeuron(2)]",
        "MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]",
    ]


# ── small programs, beside micrograd itself ────────────────────────────────────────────────────


@pytest.fixture
def value_as_it_was():
    """Programs patch methods onto Value."""
    before = dict(vars(Value))
    yield
    for name in vars(Value).keys() - before.keys():
        delattr(Value, name)
    for name, was in before.items():
        if vars(Value)[name] is not was:
            setattr(Value, name, was)


def result(source):
    names = {"__name__": "program"}
    exec(source, names)
    return names["result"]


@pytest.mark.usefixtures("value_as_it_was")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_comes_to_micrograds_numbers(name):
    micrograd = pytest.importorskip("micrograd.engine").Value
    patched = dict(vars(micrograd))
    try:
        expected = result(PROGRAMS[name])
    finally:
        for added in vars(micrograd).keys() - patched.keys():
            delattr(micrograd, added)
    source = PROGRAMS[name].replace("from micrograd.engine", "from engine").replace("from micrograd.nn", "from nn")
    assert result(source) == pytest.approx(expected, rel=1e-9, abs=1e-12)
