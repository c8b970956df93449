"""What is public is told: each name of `__all__`, with the methods and properties of its classes."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from tests.reference import ROOMS, ROOT, is_told, public, untold


def test_every_public_name_and_member_has_a_docstring_of_a_sentence():
    assert untold() == []


def test_it_goes_over_classes_methods_properties_and_generated_functions():
    names = {name for name, _ in public()}
    assert {f"{room}.{name}" for room in ROOMS for name in import_module(room).__all__} <= names
    assert names >= {"engine.tanh", "engine.Value.tanh", "engine.Trace.goto", "nn.MLP.from_weights", "nn.Neuron.nonlin"}
    assert names >= {"engine.Program.gradient", "nn.fit", "nn.Module.predict", "nn.Adam.step", "viz.draw_dot"}
    assert "nn.History.losses" not in names


def without():
    pass


def too_short():
    """Two words."""


def no_sentence():
    """a number that has no end and no point

    Another paragraph.
    """


class Bare:
    @property
    def alone(self):
        return 0

    def method(self):
        """The method that tells what it does."""


class Derived(Bare):
    def method(self):
        pass


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        (without, False),
        (too_short, False),
        (no_sentence, False),
        (Bare.alone, False),
        (Bare.method, True),
        (Derived.method, True),  # as in the class above
        (Derived.alone, False),
        (is_told, True),
        (3, True),
    ],
)
def test_what_counts_as_told(thing, told):
    assert is_told(thing) == told


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_docstring_calls_code_is_closed(room):
    """An open backtick would swallow the rest of the page."""
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (told := ast.get_docstring(node)):
                assert len(re.findall(r"`", told)) % 2 == 0, (path, node)
