"""A module to be read: the backpropagation that one would write by hand, for any graph."""

from __future__ import annotations

from collections.abc import Sequence

from engine.compiling.form import Form
from engine.compiling.source.function import LONGEST_FUNCTION
from engine.compiling.source.helpers import helper_definitions, taken_by
from engine.compiling.source.javascript import JavaScript
from engine.compiling.source.languages import Language
from engine.compiling.source.python import Python
from engine.compiling.source.readable import readable
from engine.readings.formulas import OUT, SYMBOLIC, operand_symbols
from engine.readings.symbols import symbol
from engine.rules import Rule
from engine.support.notation import Notation
from engine.support.numerals import plural
from engine.value import Value

LANGUAGES: dict[str, Language] = {"python": Python(), "javascript": JavaScript()}


class Source:
    """A form as a module to be read; a function of more than `longest_function` statements is cut in parts."""

    def __init__(
        self,
        form: Form,
        order: Sequence[Value],
        parameters: Sequence[int],
        inputs: Sequence[Value],
        language: str = "python",
        *,
        notation: Notation | str | None = None,
        backward: bool = True,
        longest_function: int = LONGEST_FUNCTION,
    ) -> None:
        self.form, self.inputs, self.parameters = form, inputs, parameters
        self.language, self.backward, self.longest_function = LANGUAGES[language], backward, longest_function
        self.functions = [
            readable(form, order, parameters, inputs, self.language, notation, name == "gradient")
            for name in (self.language.functions if backward else ("forward",))
        ]

    def text(self) -> str:
        """What the library gives, helpers, the functions, and the recorded sample to try them on."""
        language = self.language
        functions = [text for function in self.functions for text in function.texts(language, self.longest_function)]
        helpers = helper_definitions(functions, language)
        origins = [self.form.origins[i] for i in self.parameters]
        parameters = [origin.data for origin in origins if origin is not None]
        sample = language.sample([leaf.data for leaf in self.inputs], parameters, self.functions[-1].name)
        head = language.head(
            self._summary(), remarks(self.form) if self.backward else [], taken_by([*helpers, *functions], language)
        )
        return language.between.join([head, *helpers, *functions, sample]) + "\n"

    def _summary(self) -> str:
        what = "One sample forward and backward" if self.backward else "One sample forward"
        return f"{what}: {plural(len(self.inputs), 'input')}, {plural(len(self.parameters), 'parameter')}."


def remarks(form: Form) -> list[str]:
    """Where a derivative is not written as in textbooks."""
    used = dict.fromkeys(rule for i, rule in enumerate(form.rules) if rule and form.needs_gradient[i])
    return [
        f"The derivative of {rule.name} is {_textbook(rule)}; computed otherwise"
        f"{f': {rule.because}' * bool(rule.because)}."
        for rule in used
        if rule.textbook and rule.arity == 1
    ]


def _textbook(rule: Rule) -> str:
    assert rule.textbook
    (derivative,) = SYMBOLIC[rule.name].textbook(OUT, *operand_symbols(rule))
    return str(symbol(derivative).text)
