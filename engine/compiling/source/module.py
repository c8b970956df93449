"""Straight-line code as text: the backpropagation that one would write by hand, for any graph."""

from __future__ import annotations

from collections.abc import Sequence

from engine.compiling.form import Form
from engine.compiling.source.function import LONGEST_FUNCTION, Function
from engine.compiling.source.helpers import helper_definitions, words_of
from engine.compiling.source.javascript import JavaScript
from engine.compiling.source.languages import Language
from engine.compiling.source.python import Python
from engine.readings.formulas import OUT, SYMBOLIC, operand_symbols
from engine.readings.symbols import symbol
from engine.rules import Rule
from engine.support.notation import Notation
from engine.support.numerals import plural
from engine.value import Value

LANGUAGES: dict[str, Language] = {"python": Python(), "javascript": JavaScript()}


class Source:
    """A form as a module: `text()` for who reads it, `pieces()` for who compiles it.

    With `inline` it is made to be fast, without it to be read; a function of more than `longest_function` lines is
    cut in parts.
    """

    def __init__(
        self,
        form: Form,
        order: Sequence[Value],
        parameters: Sequence[int],
        inputs: Sequence[Value],
        language: str = "python",
        *,
        notation: Notation | str | None = None,
        inline: bool = False,
        backward: bool = True,
        longest_function: int = LONGEST_FUNCTION,
    ) -> None:
        self.form, self.inputs, self.parameters = form, inputs, parameters
        self.language, self.inline, self.backward = LANGUAGES[language], inline, backward
        self.names = self.language.functions if backward else ("forward",)
        self.functions = [
            Function(
                form, order, parameters, inputs, self.language, notation, inline, name == "gradient", longest_function
            )
            for name in self.names
        ]

    def text(self) -> str:
        """The module: what the library gives, helpers, the functions, and the recorded sample to try them on."""
        head, *functions = self.pieces()
        origins = [self.form.origins[i] for i in self.parameters]
        parameters = [origin.data for origin in origins if origin is not None]
        sample = self.language.sample([leaf.data for leaf in self.inputs], parameters, self.names[-1])
        return self.language.between.join([head, *functions, sample]) + "\n"

    def pieces(self) -> list[str]:
        """What can be compiled one by one: the head, helpers, the parts of a function, the function itself."""
        functions = [text for function in self.functions for text in function.texts()]
        helpers = helper_definitions(functions, self.language)
        words = set().union(*map(words_of, [*helpers, *functions]))
        return [self._head(sorted(words & self.language.library)), *helpers, *functions]

    def _head(self, taken: Sequence[str]) -> str:
        what = "One sample forward and backward" if self.backward else "One sample forward"
        summary = f"{what}: {plural(len(self.inputs), 'input')}, {plural(len(self.parameters), 'parameter')}."
        return self.language.head(summary, [] if self.inline else self._remarks(), taken)

    def _remarks(self) -> list[str]:
        """Where a derivative is not written as in textbooks."""
        used = dict.fromkeys(rule for i, rule in enumerate(self.form.rules) if rule and self.form.needs_gradient[i])
        return [
            f"The derivative of {rule.name} is {_textbook(rule)}; computed otherwise"
            f"{f': {rule.because}' * bool(rule.because)}."
            for rule in used
            if self.backward and rule.textbook and rule.arity == 1
        ]


def _textbook(rule: Rule) -> str:
    assert rule.textbook
    (derivative,) = SYMBOLIC[rule.name].textbook(OUT, *operand_symbols(rule))
    return str(symbol(derivative).text)
