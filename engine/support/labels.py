"""Labels are data: what a user calls a node, made fit for one line of text or of LaTeX."""

from __future__ import annotations

import re
import unicodedata


def one_line(label: str) -> str:
    """The label on one line; what is a control character or no character at all shows as �."""
    return _characters(" ".join(label.split()))


def shortened(label: str, longest: int) -> str:
    """`one_line`, of at most `longest` characters; the last is … where some are left out."""
    line = one_line(label)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _characters(line: str) -> str:
    return "".join("�" if unicodedata.category(c)[0] == "C" else c for c in line)


# ── LaTeX: only what lualatex with amsmath, MathJax and KaTeX all know ─────────────────────────

SIMPLE = 60  # characters of a label that may be mathematics


def latex_label(label: str) -> str:
    r"""The label as one sets it by hand, where nothing in it is a command.

    `w₁`, `w1` and `w_1` are `w_{1}`, `β` is `\beta`, words are upright. A simple expression is mathematics, in brackets
    if it has an operator: `x1*w1` is `(x_{1} \cdot w_{1})`. All else is text.
    """
    line = unicodedata.normalize("NFD", one_line(label)) if len(label) <= SIMPLE else ""
    form = _OPERAND.sub(_PLACE, line)
    kind = _without_brackets(form)
    if not _SUM.fullmatch(kind):
        return latex_text(label)
    operands = map(_operand, _OPERAND.finditer(line))
    latex = "".join(next(operands) if c == _PLACE else _BETWEEN.get(c, c) for c in form)
    return latex if kind == _PLACE else f"({latex.strip()})"


def latex_letter(letter: str) -> str:
    """A label that takes a further subscript and superscript: in braces, if it has one of its own."""
    latex = latex_label(letter)
    return f"{{{latex}}}" if re.search("[_^']", latex) else latex


def latex_operator(name: str) -> str:
    r"""An identifier as the name of a function: `\operatorname{softplus}`."""
    plain = re.fullmatch("[A-Za-z0-9_]+", name)
    return rf"\operatorname{{{name.replace('_', _SPECIAL['_']) if plain else latex_text(name)}}}"


def latex_text(text: str) -> str:
    r"""Words on one line, upright; what `\text` has no glyph or another meaning for, stands between its pieces."""
    line = _characters(re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)))
    line = _LOOSE.sub("�", line)
    pieces = [_piece(piece) for piece in _APART.split(line) if piece]
    return pieces[0] if len(pieces) == 1 else f"{{{''.join(pieces)}}}"


def _piece(piece: str) -> str:
    if piece[0] in _LOWER:
        return f"{{}}_{{{_spelled(piece, _LOWER)}}}"
    if piece[0] in _UPPER:
        return f"{{}}^{{{_spelled(piece, _UPPER)}}}"
    return f"{{{_COMMANDS.get(piece, piece)}}}" if _SINGLE.fullmatch(piece) else rf"\text{{{piece}}}"


def _operand(found: re.Match[str]) -> str:
    """A number, or a letter or word with its subscript, primes and superscript."""
    if found["number"]:
        return found["number"]
    if found["word"]:
        called = found.string[found.end() : found.end() + 1] == "("
        base = latex_operator(found["word"]) if called else rf"\text{{{found['word']}}}"
    else:
        base = _LETTERS.get(found["letter"], found["letter"])
        base = f"{_ACCENTS[found['accent']]}{{{base}}}" if found["accent"] else base
        base = f"{_LETTERS[found['change']]} {base}" if found["change"] else base
    lower = found["index"] or _spelled(found["lower"] or "", _LOWER)
    if found["short"]:
        lower = found["short"] if len(found["short"]) == 1 else rf"\text{{{found['short']}}}"
    primes = found["primes"].replace("″", "''").replace("′", "'")
    upper = found["power"] or _spelled(found["upper"] or "", _UPPER)
    return base + (f"_{{{lower}}}" if lower else "") + primes + (f"^{{{upper}}}" if upper else "")


def _spelled(characters: str, table: dict[str, str]) -> str:
    return "".join(table.get(c, c) for c in characters)


def _without_brackets(form: str) -> str:
    """The form of an expression with one place for each call, index, or sum in brackets."""
    while (shorter := _BRACKETS.sub(_PLACE, form)) != form:
        form = shorter
    return form


def _table(characters: str, spelled: str) -> dict[str, str]:
    return dict(zip(characters, spelled.split(), strict=True))


_LETTERS = _table(
    "αβγδεϵζηθϑικλμµνξπϖρϱσςτυφϕχψωΓΔΘΛΞΠΣΥΦΨΩ∂∇∞ℓℒ",
    r"""\alpha \beta \gamma \delta \varepsilon \epsilon \zeta \eta \theta \vartheta \iota \kappa \lambda \mu \mu
        \nu \xi \pi \varpi \rho \varrho \sigma \varsigma \tau \upsilon \varphi \phi \chi \psi \omega
        \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega
        \partial \nabla \infty \ell \mathcal{L}""",
)
_LETTERS |= {"ο": "o"} | {
    like: rf"\mathrm{{{latin}}}" for like, latin in zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True)
}
_SIGNS = _table(
    "−·⋅×÷±∓∘⊙⊗⊕≤≥≠≈≡∼∝→←↦⇒∈∑∏∫√‖⟨⟩⌊⌋…⋯∧∨¬∀∃∅∪∩⊂",
    r"""- \cdot \cdot \times \div \pm \mp \circ \odot \otimes \oplus \le \ge \ne \approx \equiv \sim \propto
        \to \leftarrow \mapsto \Rightarrow \in \sum \prod \int \surd \Vert \langle \rangle \lfloor \rfloor
        \dots \cdots \wedge \vee \neg \forall \exists \emptyset \cup \cap \subset""",
)
_SPECIAL = _table(r"\^~<>{}$%&#_�", r"\backslash \wedge \sim < > \{ \} \$ \% \& \# \_ ?")  # LuaTeX stops at a �
_COMMANDS = _LETTERS | _SIGNS | _SPECIAL
_LOWER = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True))
_UPPER = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        strict=True,
    )
)
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0307": r"\dot"}

_low, _up = "".join(_LOWER), "".join(_UPPER)
_OPERAND = re.compile(
    rf"""(?<!\w) (?! \w_\w+- ) (?:  # h_t-1 can be read in two ways
        (?P<number> [0-9]+ (?:\.[0-9]+)? )
      | (?: (?P<change> [∂∇Δ] )? (?P<letter> [A-Za-z{"".join(_LETTERS)}] ) (?P<accent> [{"".join(_ACCENTS)}] )?
          | (?P<word> [A-Za-z]{{2,}} ) (?= [({_low}{_up}] ) )
        (?: _? (?P<index> [0-9]+ ) | _ (?P<short> [A-Za-z]+ ) | (?P<lower> [{_low}]+ (?: ,[{_low}]+ )* ) )?
        (?P<primes> ['′″]* )
        (?: (?P<upper> [{_up}]+ ) | (?: \^ | \*\* ) (?P<power> [0-9]+ | [A-Za-z] ) )?
    ) (?!\w)""",
    re.VERBOSE,
)
_PLACE = "\0"  # an operand, where only the form of an expression is of interest
_TERMS = rf"[-−+]?{_PLACE}(?: ?[-−+*/·⋅×] ?{_PLACE})*"
_SUM = re.compile(_TERMS)
_LIST = f"{_TERMS}(?:, ?{_TERMS})*"
_BRACKETS = re.compile(rf"{_PLACE}?\({_LIST}\)|{_PLACE}\[{_LIST}\]")
_BETWEEN = {sign: f" {_SIGNS.get(sign, sign)} " for sign in "-−+/·⋅×"} | {"*": r" \cdot ", ",": ", ", " ": ""}
_UPPER |= {"′": r"\prime ", "″": r"\prime \prime "}  # in text; an operand has its primes apart
_symbols = "‼\u2100-\u214f\u2190-\u22ff\u231c-\u231f\u27c0-\u27ef\u2980-\u2aff\U0001d400-\U0001d7ff"  # no text in KaTeX
_SINGLE = re.compile(f"[{re.escape(''.join(_COMMANDS))}{_symbols}]")
_APART = re.compile(f"([{_low}]+|[{''.join(_UPPER)}]+|{_SINGLE.pattern})")
_LOOSE = re.compile(  # accents that KaTeX does not know, or that have no letter to stand on
    "(?<![A-Za-z])[\u0300-\u036f]|[\u0300-\u036f](?<![\u0300-\u0304\u0306-\u0308\u030a-\u030c\u0327])"
)
