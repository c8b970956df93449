"""Rows that are written out for speed are equal to the table's."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import RULES
from engine.shortcuts import weigh
from engine.value import Value

floats = st.floats()  # NaN, infinities and −0 among them


@pytest.mark.parametrize(("apply", "rule"), [(operator.add, RULES["add"]), (operator.mul, RULES["mul"])])
@given(x=floats, y=floats)
def test_a_written_out_operator_is_its_row(apply, rule, x, y):
    node = apply(Value(x), Value(y))
    out = rule.forward(x, y)
    # repr tells −0 from 0, and NaN is like NaN
    assert repr((node.op, node.data, node.locals)) == repr((rule, out, rule.locals(out, x, y)))


@given(st.lists(st.tuples(floats, floats), min_size=1, max_size=4), st.none() | floats)
def test_the_written_out_dot_is_its_row(pairs, bias):
    w, x = ([Value(number) for number in numbers] for numbers in zip(*pairs, strict=True))
    b = None if bias is None else Value(bias)
    node = weigh(w, x, [v.data for v in x], b, None)
    assert node.operands == (*w, *x, *([] if b is None else [b]))
    numbers = [v.data for v in node.operands]
    out = RULES["dot"].forward(*numbers)
    assert repr((node.op, node.data, node.locals)) == repr((RULES["dot"], out, RULES["dot"].locals(out, *numbers)))


@pytest.mark.parametrize("apply", [operator.add, operator.mul])
def test_a_number_beside_a_value_takes_the_plain_way(apply):
    x = Value(3.0)
    for node in (apply(x, 2.0), apply(2.0, x)):
        assert [type(operand).__name__ for operand in node.operands].count("Constant") == 1
        assert node.data == apply(3.0, 2.0)
