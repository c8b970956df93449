"""Safe expressions: what they can ask of an event, and what they refuse."""

from __future__ import annotations

import pytest

from engine import Value, topological_order
from engine.debugger.conditions import NAMES, condition, expression
from engine.naming.names import Naming
from engine.steps import Step

x, y = Value(2.0, "x"), Value(3.0, "y")
product = x * y
product.label = "p"
EVENT = Step(1, product, x, 0, 3.0, -0.5, -1.5, 0.25, -1.25, Naming(topological_order(product)))


def find(label):
    named = {"x": x, "y": y, "p": product}
    if label not in named:
        raise ValueError(f"nothing here is called {label!r}")
    return named[label]


@pytest.mark.parametrize(
    "text",
    [
        "contribution < 0",
        "local == 3 and upstream == -0.5 and contribution == -1.5 and grad == -1.25",
        "not contribution > 0",
        "contribution > 0 or grad < 0",
        "-2 < grad < -1",
        'node == "p" and operand == "x" and operand != "y"',
        "node != operand",
        '"p" == node',
        "abs(contribution) + 1 >= 2.5",
        "max(local, upstream, 2) == 3 and min(local, 1) == 1",
        "2 * local - 1 == 5 and local / 2 == 1.5 and local ** 2 == 9 and local % 2 == 1",
        "contribution",
        "True",
        "contribution == −1.5",  # as the screen prints it
        "local·upstream ≤ contribution and local × 2 ≠ 5",
        "(contribution < 0) and (((grad)) < 0)",
    ],
)
def test_a_condition_holds(text):
    assert condition(text, find)(EVENT) is True
    assert condition(f"not ({text})", find)(EVENT) is False


@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_stands_in_quotes_is_taken_as_it_is(quote):
    asked = []
    expression(f"node == {quote}a − b · c{quote}", lambda label: asked.append(label) or x)
    assert asked == ["a − b · c"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contribution <",
        "node.data > 1",
        "node.__class__",
        "__import__('os')",
        "open('x')",
        "print(1)",
        "abs",
        "abs()",
        "abs(1, 2)",
        "max(1)",
        "max(*[1, 2])",
        "abs(x=1)",
        "[n for n in (1, 2)]",
        "(lambda: 1)()",
        "node[0] == 1",
        "(grad := 1)",
        "1 if grad else 2",
        'f"{grad}" == "1"',
        "b'x' == 1",
        "1j > 0",
        "grad is None",
        "grad in (1, 2)",
        "node < 1",
        "node == 1",
        'grad == "x"',
        'node < "p"',
        '"x" == "x"',
        "-node",
        "node + 1",
        "(grad < 1) + 1",
        "(grad < 1) < 2",
        "not node",
        "node",
        '"x"',
        "~1",
        "1 @ 2",
        "1 << 100000",
        "1 // 2",
        "...",
        "None",
        "data > 1",
        "1" * 500,
        "9" * 390,
        "grad\n> 1; import os",
        "grad > 1\x00",
        'node == "nobody"',
    ],
)
def test_what_can_not_be_asked_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        condition(text, find)(EVENT)


@pytest.mark.parametrize("text", ["9 ** 9 ** 9 ** 9 > 1", "10.0 ** 400 > 0", "contribution / 0 > 1", "local % 0 == 1"])
def test_arithmetic_that_fails_fails_at_once(text):
    holds = condition(text, find)
    with pytest.raises(ArithmeticError):
        holds(EVENT)


def test_a_power_that_is_not_real_is_refused():
    with pytest.raises(ValueError, match="not a real number"):
        condition("upstream ** 0.5 > 0", find)(EVENT)


def test_every_name_is_a_part_of_the_event():
    assert [of(EVENT) for _, of in NAMES.values()] == [product, x, 3.0, -0.5, -1.5, -1.25]
