"""Where in the engine's source the chain rule is carried out, as other debuggers take it for a breakpoint."""

from __future__ import annotations

import ast
import inspect
from difflib import get_close_matches
from textwrap import dedent

from engine.rules import RULES
from engine.value import Value


def accumulation() -> str:
    """`…/engine/value.py:70`: the line of `backward()` on which a node contributes local · upstream to an operand."""
    code = Value.backward.__code__
    source = ast.parse(dedent(inspect.getsource(code)))
    (added,) = (part for part in ast.walk(source) if isinstance(part, ast.AugAssign))
    return f"{code.co_filename}:{code.co_firstlineno + added.lineno - 1}"


def derivatives_of(name: str) -> str:
    """`…/engine/rules.py:95, CONDITION`: the line of the table that takes the local derivatives of this rule.

    The condition leaves out the moments at which the table is made, or read by symbols: there is no number then.
    Raises ValueError if the table has no such rule.
    """
    if name not in RULES:
        near = get_close_matches(name, RULES, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(RULES))}"
        raise ValueError(f"the table has no rule {name!r}; {hint}")
    code = RULES[name].locals.__code__
    return f'{code.co_filename}:{code.co_firstlineno}, isinstance(locals().get("out"), float)'
