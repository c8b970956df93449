"""Statements as a function, which is cut in parts if it is too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.compiling.source.helpers import words_of
from engine.compiling.source.identifiers import Identifiers
from engine.compiling.source.languages import Language

LONGEST_FUNCTION = 100_000  # statements; a longer one is cut, so that Python's compiler stays linear


@dataclass
class Function:
    """The function `gradient(inputs, parameters)` or, without the way back, `forward(inputs, parameters)`."""

    about: str
    arguments: Mapping[str, Sequence[str]]  # the names for what `inputs` and `parameters` hold
    statements: Sequence[str]
    values: Sequence[str]  # of the roots
    gradients: Sequence[str] | None
    identifiers: Identifiers  # those that are taken

    @property
    def name(self) -> str:
        return "forward" if self.gradients is None else "gradient"

    def texts(self, language: Language, longest: int = LONGEST_FUNCTION) -> list[str]:
        """The function, and before it the parts of one of more than `longest` statements."""
        head = [language.unpacked(names, source) for source, names in self.arguments.items() if names]
        values = self.values[0] if len(self.values) == 1 else language.listed(self.values)
        returned = language.returned(values, self.gradients)
        parts, body = list[str](), self.statements
        if len(body) > longest:
            parts, body = self._parts(language, max(longest // 30, 1), words_of(returned))
        lines = [*head, *body, "", returned]
        return [*parts, language.function(self.name, ", ".join(self.arguments), lines, self.about)]

    def _parts(self, language: Language, size: int, returned: Iterable[str]) -> tuple[list[str], list[str]]:
        """The statements as functions of `size` of them, and the calls of these: each takes what it reads."""
        comment = language.comment("").strip()
        statements = [statement for statement in self.statements if statement and not statement.startswith(comment)]
        chunks = [statements[k : k + size] for k in range(0, len(statements), size)]
        texts = ["\n".join(chunk) for chunk in chunks]
        defined = [dict.fromkeys(language.assigned_in(text)) for text in texts]
        known = {name for names in (*self.arguments.values(), *defined) for name in names}
        read = [
            [name for name in words_of(text) if name in known and name not in own]
            for text, own in zip(texts, defined, strict=True)
        ]
        last_use = {name: k for k, names in enumerate([*read, returned]) for name in names}
        functions, calls = [], []
        for k, chunk in enumerate(chunks):
            part = self.identifiers.numbered("part" if self.gradients is not None else "forward_part")
            arguments = language.wrapped(", ".join(read[k]), len(f"def {part}("), "").strip(" ")
            used_later = [name for name in defined[k] if last_use.get(name, -1) > k]
            kept = language.wrapped(language.listed(used_later), len(f"{language.indent}return "))
            functions.append(language.function(part, arguments, [*chunk, "", language.returned(kept)]))
            calls.append(language.unpacked(used_later, f"{part}({arguments})"))
        return functions, calls
