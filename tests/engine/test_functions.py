"""The rules as functions: public under their names, typed for editors, of Values and of numbers."""

from __future__ import annotations

import ast
import inspect

import pytest

import engine
import engine.support.methods
import nn
import viz
from engine import Value, functions, total
from engine.readings.formulas import describe
from engine.rules import TABLE

ATTACHED = ["backward_steps", "called", "debug", "explain"]


def test_every_row_that_is_no_operator_is_public_and_declared_for_editors():
    """A new row is a function at once; this test tells where to declare it, so that editors complete its name."""
    tree = ast.parse(inspect.getsource(functions))
    (block,) = [part for part in tree.body if isinstance(part, ast.If)]
    declared = {part.target.id for part in block.body if isinstance(part, ast.AnnAssign)}
    declared |= {part.name for part in block.body if isinstance(part, ast.FunctionDef)}
    rows = {row.name for row in TABLE} - {*"add sub mul div pow neg abs".split()}
    assert declared | {"dot"} == rows
    assert {*functions.__all__} == rows - {"sum"} | {"softmax", "total"}
    assert {*functions.__all__} <= {*engine.__all__}


def test_a_sum_is_one_node():
    x, y = Value(1.0), Value(2.0)
    node = total([x, y, 3.0, x])
    assert (node.op.name, node.data, len(node.operands)) == ("sum", 7.0, 4)
    assert total([1.0, 2.5]) == 3.5


@pytest.mark.parametrize("wrong", [(), (1.0, 2.0)])
def test_a_function_of_one_operand_takes_one(wrong):
    with pytest.raises(TypeError, match=rf"^tanh takes 1 operand; got {len(wrong)}$"):
        functions.FUNCTIONS["tanh"](*wrong)


def test_every_method_of_one_operand_is_declared_and_described_for_editors():
    tree = ast.parse(inspect.getsource(engine.support.methods))
    declared = {part.name: ast.get_docstring(part) for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}
    assert all(callable(getattr(Value, name)) for name in declared)
    rows = {row.name: describe(row) for row in TABLE if row.arity == 1}
    assert {name: told for name, told in declared.items() if name not in ATTACHED} == rows


@pytest.mark.parametrize("name", ATTACHED)
def test_what_later_rooms_attach_is_declared_with_the_options_that_it_has(name):
    tree = ast.parse(inspect.getsource(engine.support.methods))
    (declared,) = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name == name]
    attached = ast.parse(inspect.getsource(getattr(Value, name))).body[0].args
    declared.args.args[0].arg, declared.args.args[0].annotation = attached.args[0].arg, attached.args[0].annotation
    assert ast.unparse(declared.args) == ast.unparse(attached)


def test_help_on_an_operator_says_what_it_computes_and_its_derivatives():
    assert Value.__add__.__doc__ == "self + other, as a node. out = add(x, y): ∂/∂x = 1, ∂/∂y = 1"
    assert Value.__rtruediv__.__doc__.startswith("other / self, as a node. out = div(x, y): ∂/∂x = 1 / y")
    assert Value.tanh.__doc__.startswith("out = tanh(x): ∂/∂x = 1 − out²")


@pytest.mark.parametrize("module", [engine, nn, viz])
def test_dir_lists_what_is_public(module):
    assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize("function", [functions.softmax, functions.total])
def test_of_nothing_there_is_no_result(function):
    with pytest.raises(ValueError, match=r"^(softmax|sum) must have at least one operand; got none$"):
        function([])
