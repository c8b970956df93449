"""The page of explanations: it is what is said, and each last number follows from the numbers before it.

The numbers are read off the page, as a reader reads them: one of four digits stands for all that are rounded to it.
"""

from __future__ import annotations

import re

import pytest
from mpmath import iv, mpf

from engine.support.numerals import on_the_line
from tests.engine.explaining.explanations import PAGE, cases, explained, page

NUMBER = re.compile(r"−?(\d+)(?:\.(\d+))?(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")


def test_the_page_is_what_is_said(request):
    found = page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(found, encoding="utf-8")
    assert found == PAGE.read_text(encoding="utf-8"), (
        "read what differs, then run python -m tests.engine.explaining.explanations"
    )


def test_there_are_sixty_explanations_and_no_two_alike():
    titles = [case.title for case in cases()]
    assert len(set(titles)) == len(titles) >= 60


# ── arithmetic by what is printed ──────────────────────────────────────────────────────────────


def interval(text: str, digits: int):
    """All numbers that are printed like this: of fewer digits than asked for, the number itself."""
    whole, part, power = NUMBER.fullmatch(text).groups()
    written = (whole + (part or "")).lstrip("0")
    scale = mpf(10) ** (int(on_the_line(power)) if power else 0)
    middle = mpf(text.split("×")[0].replace("−", "-")) * scale
    half = mpf(10) ** -len(part or "") * scale / 2 if len(written) >= digits else 0
    return iv.mpf([middle - half, middle + half])


def to_python(text: str) -> str:
    """An expression of printed numbers as Python, the numbers as intervals."""
    text = re.sub(r" \[via [^]]*\]", "", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r" if [^,()]+ ≟ [^,()]+(?=\))", "", text)  # the last of several cases
    text = text.replace(", else ", " else ").replace(", ", " else ").replace("½", "0.5")
    text = re.sub(r"\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", lambda m: f"I('{m[0]}')", text)
    text = re.sub("([²³])", lambda m: f" ** {on_the_line(m[1])}", text)
    return text.replace("−", "-").replace("·", "*").replace(")(", ") * (").replace("σ(", "sigmoid(").replace("\n", " ")


def functions(digits: int) -> dict[str, object]:
    return {
        "I": lambda text: interval(text, digits), "exp": iv.exp, "log": iv.log, "sqrt": iv.sqrt, "cos": iv.cos,
        "sin": iv.sin, "tanh": lambda x: 1 - 2 / (iv.exp(2 * x) + 1), "sigmoid": lambda x: 1 / (1 + iv.exp(-x)),
    }  # fmt: skip


def follows(before: str, last: str, digits: int = 4) -> bool:
    """May the last number be what these numbers come to, all of them rounded as they are printed?"""
    found, printed = (eval(to_python(side), functions(digits)) for side in (before, last))
    return bool(found.a <= printed.b and found.b >= printed.a)


@pytest.mark.parametrize(
    ("before", "last"),
    [
        ("(0.5)(−2)", "−1.001"),
        ("0.4869 − 1", "−0.5133"),
        ("1 − 0.4621²", "0.7866"),
        ("3 · (1 if 2 > 2, 0 if 2 < 2, ½ if 2 ≟ 2)", "3"),
        ("σ(0.6585) − 1", "0.3411"),
        ("2 · (−3) [via d] + 12 [via e]", "−6"),
        ("−1/4 − 1", "−3/4"),
    ],
)
def test_a_wrong_number_does_not_follow(before, last):
    assert not follows(before, last)


def equations(text: str):
    """Each equation of an explanation, its sides as they stand; a line that begins with spaces goes on."""
    for line in re.sub(r"\n {2,}", " ", text).splitlines():
        if not re.search(r" = ", line) or line.startswith(("grad", "zero", "undefined")):
            continue
        whole = re.sub(r"  \([^()]*(?:\([^()]*\)[^()]*)*\)$", "", line)  # without its remark
        head, *sides = re.sub(r"( if [^,()]+) = ", r"\1 ≟ ", whole).split(" = ")  # a tie is a condition
        yield line, head, sides


CASES = [case for case in cases() if "along its paths" not in case.title]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_last_number_follows_from_those_before_it(case):
    digits = case.options.get("digits", 4)
    checked = 0
    for text in explained(case):
        for line, _, sides in equations(text):
            *_, before, last = ["", *sides]
            if not before or re.search(r"[A-Za-zα-ω∂₀-₉]", _without_words(before) + last):
                continue
            assert follows(before, last, digits), line
            checked += 1
    assert checked or _has_no_arithmetic(case)


def _without_words(side: str) -> str:
    """Without the names of functions and of nodes that terms come through."""
    return re.sub(r" \[via [^]]*\]|\b(?:exp|log|sqrt|cos|sin|tanh|if|else)\b|σ(?=\()", "", side)


def _has_no_arithmetic(case) -> bool:
    """One name, whose number it is: ∂E/∂a = b = −3; or no number at all."""
    return all(
        not sides or len(sides) <= 2 or sides[-1] == "undefined"
        for text in explained(case)
        for _, _, sides in equations(text)
    )
