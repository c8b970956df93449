"""What the names in a row of a user's own stand for: words of the vocabulary, plain numbers, other operations.

All else is foreign: floats compute with it, and no other reading can.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from engine import vocabulary
from engine.rules import RULES, Rule
from engine.support.bytecode import NOWHERE, meaning, paths, same_code
from engine.vocabulary import NAMES

KNOWN = ("builtins", "math", "numpy", "engine")  # a function of theirs with the name of a word is that word


class Scope:
    """The names in the parts of a row (forward, locals, textbook), by the path as it is written: `c`, `math.erf`."""

    def __init__(self, operation: str, parts: Mapping[str, FunctionType]) -> None:
        self.operation = operation
        self.numbers: dict[str, int | float] = {}
        self.words: dict[str, str] = {}
        self.rules: dict[str, Rule] = {}  # other operations
        self.foreign: dict[str, Any] = {}  # by the first name alone
        self.foreign_paths: dict[str, None] = {}
        for role, part in parts.items():
            for path in paths(part):
                self._take(role, part, path)
            for name, default in (part.__kwdefaults__ or {}).items():
                if isinstance(default, Real):
                    self._keep(self.numbers, name, default)
                else:
                    self._keep_foreign(name, default)

    def _take(self, role: str, part: FunctionType, path: str) -> None:
        thing = meaning(part, path)
        name, dot, attribute = path.partition(".")
        rule = getattr(thing, "rule", None)
        word = path if thing is NOWHERE else getattr(thing, "__name__", "")
        if dot and ("." in attribute or not isinstance(meaning(part, name), ModuleType)):
            self._keep_foreign(path, meaning(part, name))  # what an object holds may change
        elif isinstance(thing, Real):
            self._keep(self.numbers, path, as_constant(thing))
        elif word in NAMES and (thing is NOWHERE or _root(thing) in KNOWN):
            self._keep(self.words, path, word)
        elif thing is NOWHERE:
            raise NameError(f"{role} of {self.operation!r} uses {path}, which is defined nowhere")
        elif isinstance(rule, Rule) and RULES.get(rule.name) is rule and rule.arity and not rule.only_floats:
            self._keep(self.rules, path, rule)
        else:
            self._keep_foreign(path, meaning(part, name))

    def _keep(self, kind: dict[str, Any], path: str, thing: Any) -> None:
        for other in self._kinds():
            if path in other and not (other is kind and is_same(other[path], thing)):
                raise ValueError(f"{path} stands for two things in {self.operation!r}, {other[path]!r} and {thing!r}")
        kind[path] = thing

    def _keep_foreign(self, path: str, thing: Any) -> None:
        self._keep(self.foreign, path.partition(".")[0], thing)
        self.foreign_paths[path] = None

    def _kinds(self) -> tuple[dict[str, Any], ...]:
        return self.numbers, self.words, self.rules, self.foreign

    @property
    def refusal(self) -> str:
        """What every reading but that by floats says; empty if nothing is foreign."""
        if not self.foreign:
            return ""
        return (
            f"the operation {self.operation!r} uses {', '.join(self.foreign_paths)}, which only floats understand, "
            "so it can't be compiled, differentiated twice or written as a formula. Train with "
            "fit(…, compiled=False), or write the row in the words of engine/vocabulary.py: exp, tanh, where, …"
        )

    def bound(self, names: Mapping[str, Any], parts: Mapping[str, FunctionType]) -> dict[str, Any]:
        """The parts with the words looked up in `names`; what is foreign is what it is."""
        found: dict[str, Any] = self.numbers | {path: names[word] for path, word in self.words.items()}
        found |= {path: rule.read(names).forward for path, rule in self.rules.items()}
        modules: dict[str, Any] = {}
        for path, thing in found.items():
            module, dot, attribute = path.partition(".")
            if dot:
                setattr(modules.setdefault(module, SimpleNamespace()), attribute, thing)
        everything = {**names, **found, **modules, **self.foreign}
        return {role: vocabulary.bound(part, everything) for role, part in parts.items()}

    def is_as(self, other: Scope) -> bool:
        for mine, others in zip(self._kinds(), other._kinds(), strict=True):
            if mine.keys() != others.keys() or not all(is_same(mine[path], others[path]) for path in mine):
                return False
        return True


def as_constant(x: Any) -> int | float:
    """A number as it stands in a row; numpy's would not let symbols compute with it."""
    return x if isinstance(x, int) else float(x)


def is_same(x: Any, y: Any) -> bool:
    """The same thing, an equal number or text, or a function of the same code."""
    if isinstance(x, FunctionType) and isinstance(y, FunctionType):
        return same_code(x.__code__, y.__code__) and x.__kwdefaults__ == y.__kwdefaults__
    return x is y or (type(x) is type(y) and isinstance(x, Real | str) and repr(x) == repr(y))


def _root(thing: Any) -> str:
    """The package that it comes from."""
    return str(getattr(thing, "__module__", None) or "numpy").partition(".")[0]  # (older ufuncs do not say)
