"""The primer: what both editions print (typed off here once more), the exact numbers, the slips, the pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import tests.primer
from demos.kit.console import Refusal
from demos.kit.printed import PaperComparison, Printed, nearest
from demos.kit.quantities import Graph
from demos.kit.report import Picture, checks_of
from demos.primer import DEMO, report
from demos.primer.example import INPUTS, TARGETS, WEIGHTS, example
from demos.primer.facts import EDITIONS, SECTIONS, TENSORFLOW
from demos.primer.remarks import REMARKS, Remark
from demos.primer.report import PrimerReport
from engine.support.notation import BISHOP, NIELSEN

# symbol, July 26, July 27, exact, verdict
TABLE = [
    ("a₁⁽¹⁾", "0.5", "0.5", "0.5", "agrees"),
    ("z₁⁽¹⁾", "0.46", "0.46", "0.4621", "agrees"),
    ("a₂⁽¹⁾", "1.1", "1.1", "1.1", "agrees"),
    ("z₂⁽¹⁾", "0.80", "0.80", "0.8005", "agrees"),
    ("a₃⁽¹⁾", "1.7", "1.7", "1.7", "agrees"),
    ("z₃⁽¹⁾", "0.93", "0.93", "0.9354", "slip"),
    ("y₁", "0.48", "0.48", "0.4869", "slip"),
    ("y₂", "1.14", "1.14", "1.146", "slip"),
    ("∂a₂⁽²⁾/∂w₂,₃⁽²⁾", "0.93", "0.93", "0.9354", "slip"),
    ("∂a₂⁽²⁾/∂z₃⁽¹⁾", "0.6", "0.6", "0.6", "agrees"),
    ("∂z₃⁽¹⁾/∂a₃⁽¹⁾", "1.14", "0.14", "0.1250", "slip"),
    ("∂a₂⁽²⁾/∂a₃⁽¹⁾", "0.68", "0.08", "0.07501", "slip (July 26)"),
    ("δ₁⁽²⁾", "−0.52", "−0.52", "−0.5131", "slip"),
    ("δ₂⁽²⁾", "−0.01", "−0.01", "−0.003658", "slip"),
    ("δ₁⁽¹⁾", "−0.044", "−0.04", "−0.04150", "slip (July 26)"),
    ("δ₂⁽¹⁾", "−0.039", "−0.04", "−0.03752", "slip (July 26)"),
    ("δ₃⁽¹⁾", "−0.020", "−0.02", "−0.01952", "agrees"),
    ("∂E/∂w₁,₁⁽²⁾", "−0.24", "−0.24", "−0.2371", "agrees"),
    ("∂E/∂w₁,₂⁽²⁾", "−0.41", "−0.42", "−0.4107", "slip (July 27)"),
    ("∂E/∂w₁,₃⁽²⁾", "−0.48", "−0.48", "−0.4799", "agrees"),
    ("∂E/∂w₂,₁⁽²⁾", "−0.00", "0.00", "−0.001691", "agrees"),
    ("∂E/∂w₂,₂⁽²⁾", "−0.01", "−0.01", "−0.002928", "slip"),
    ("∂E/∂w₂,₃⁽²⁾", "−0.01", "−0.01", "−0.003422", "slip"),
    ("∂E/∂w₁,₁⁽¹⁾", "−0.04", "−0.04", "−0.04150", "agrees"),
    ("∂E/∂w₁,₂⁽¹⁾", "−0.09", "−0.08", "−0.08300", "slip (July 26)"),
    ("∂E/∂w₂,₁⁽¹⁾", "−0.04", "−0.04", "−0.03752", "agrees"),
    ("∂E/∂w₂,₂⁽¹⁾", "−0.08", "−0.08", "−0.07503", "agrees"),
    ("∂E/∂w₃,₁⁽¹⁾", "−0.02", "−0.02", "−0.01952", "agrees"),
    ("∂E/∂w₃,₂⁽¹⁾", "−0.04", "−0.04", "−0.03903", "agrees"),
]

REFERENCE = """
    −0.04150072 −0.08300145 −0.03751578 −0.07503156 −0.01951589 −0.03903178
    0.46211717 0.8004991 0.935409
    −0.23709649 −0.41070867 −0.47992632 −0.00169051 −0.00292837 −0.00342189
    0.48693424 1.1463418
"""

CAUSES = [
    "cut off, not rounded: tanh(1.7) = 0.93541 → 0.93",
    "0.93 carried on: 0.1 · 0.46 + 0.2 · 0.80 + 0.3 · 0.93 = 0.485 (half-way) → 0.48",
    "0.93 carried on: 0.4 · 0.46 + 0.5 · 0.80 + 0.6 · 0.93 = 1.142 → 1.14",
    "0.93 carried on: z₃⁽¹⁾ = 0.93",
    "July 26: a 1 too many and 0.93 carried on: 1 + 1 − 0.93² = 1.1351 → 1.14",
    "July 27: 0.93 carried on: 1 − 0.93² = 0.1351 → 0.14",
    "July 26: 1.14 carried on: 1.14 · 0.6 = 0.684 → 0.68",
    "0.48 carried on: 0.48 − 1 = −0.52",
    "1.14 carried on: 1.14 − 1.15 = −0.01",
    "July 26: −0.52, −0.01 carried on: 0.7864 · (0.1 · (−0.52) + 0.4 · (−0.01)) = −0.044041 → −0.044",
    "July 26: −0.52, −0.01 carried on: 0.3592 · (0.2 · (−0.52) + 0.5 · (−0.01)) = −0.039153 → −0.039",
    "July 27: −0.52 carried on: −0.52 · 0.80 = −0.416 → −0.42",
    "−0.01 carried on: −0.01 · 0.80 = −0.008 → −0.01",
    "−0.01, 0.93 carried on: −0.01 · 0.93 = −0.0093 → −0.01",
    "July 26: −0.044 carried on: −0.044 · 2 = −0.088 → −0.09",
]

WORKS = [work for section in SECTIONS for work in section.works]


@pytest.fixture(scope="module")
def loss():
    return example()[1]


@pytest.fixture(scope="module")
def graph(loss):
    return Graph(loss)


def shown(loss, notation):
    """The lines of all sections."""
    return [line for section in PrimerReport(loss, notation).sections() for line in section.lines()]


@pytest.fixture
def run(capsys, tmp_path):
    """The exit code, the lines and the files of `python -m demos primer`."""

    def run(*arguments):
        code = DEMO.main(["--out", str(tmp_path / "out"), *arguments])
        files = sorted(path.name for path in (tmp_path / "out").iterdir())
        return code, capsys.readouterr().out.splitlines(), files

    return run


def cells(line):
    return re.split(r"\s{2,}", line.strip())


def is_row(line):
    """A row of a table has six cells: symbol, formula, two editions, exact, verdict; those of section 6 five."""
    return line.startswith("     ") and len(cells(line)) == 6


def test_every_worked_quantity_stands_beside_both_editions_with_its_verdict(loss):
    rows = [cells(line) for line in shown(loss, BISHOP) if is_row(line)]
    assert [(symbol, *rest) for symbol, _, *rest in rows] == TABLE


def test_every_slip_has_its_cause_with_the_numbers_in_it(loss):
    lines = [line.strip() for line in shown(loss, BISHOP) if " → " in line or " carried on: " in line]
    assert lines == CAUSES


def test_the_formulas_with_the_graphs_own_numbers_give_what_the_graph_has(graph):
    for work in WORKS:
        value = work.formula(*(operand.read(graph) for operand in work.operands))
        assert value == pytest.approx(work.quantity.read(graph), rel=1e-14), work


def test_the_formulas_show_numbers_of_four_digits(loss):
    formulas = {cells(line)[0]: cells(line)[1] for line in shown(loss, BISHOP) if is_row(line)}
    assert formulas["z₃⁽¹⁾"] == "tanh(1.7)"
    assert formulas["y₁"] == "0.1 · 0.4621 + 0.2 · 0.8005 + 0.3 · 0.9354"
    assert formulas["∂z₃⁽¹⁾/∂a₃⁽¹⁾"] == "1 − 0.9354²"
    assert formulas["∂a₂⁽²⁾/∂z₃⁽¹⁾"] == "w₂,₃⁽²⁾"
    assert formulas["δ₂⁽²⁾"] == "1.146 − 1.15"
    assert formulas["δ₁⁽¹⁾"] == "0.7864 · (0.1 · (−0.5131) + 0.4 · (−0.003658))"
    assert formulas["∂E/∂w₁,₂⁽¹⁾"] == "−0.04150 · 2"


@pytest.mark.parametrize(
    ("notation", "statements"),
    [
        (
            BISHOP,
            """
            (1)  ∂aₖ⁽ˡ⁾/∂wₖ,ₘ⁽ˡ⁾ = zₘ⁽ˡ⁻¹⁾
            (2)  ∂aₖ⁽ˡ⁾/∂zₘ⁽ˡ⁻¹⁾ = wₖ,ₘ⁽ˡ⁾
            (3)  ∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁻¹⁾ = h′(aₘ⁽ˡ⁻¹⁾)
            (4)  ∂aₖ⁽ˡ⁾/∂aₘ⁽ˡ⁻¹⁾ = ∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁻¹⁾ · ∂aₖ⁽ˡ⁾/∂zₘ⁽ˡ⁻¹⁾ = h′(aₘ⁽ˡ⁻¹⁾) · wₖ,ₘ⁽ˡ⁾
            (5)  δₖ⁽ᴸ⁾ = yₖ − tₖ
            (6)  δₖ⁽ˡ⁾ ≡ ∂E/∂aₖ⁽ˡ⁾
            (7)  δₘ⁽ˡ⁻¹⁾ = h′(aₘ⁽ˡ⁻¹⁾) · Σₖ wₖ,ₘ⁽ˡ⁾ · δₖ⁽ˡ⁾
            """,
        ),
        (
            NIELSEN,
            """
            (1)  ∂zₖ⁽ˡ⁾/∂wₖ,ₘ⁽ˡ⁾ = aₘ⁽ˡ⁻¹⁾
            (2)  ∂zₖ⁽ˡ⁾/∂aₘ⁽ˡ⁻¹⁾ = wₖ,ₘ⁽ˡ⁾
            (3)  ∂aₘ⁽ˡ⁻¹⁾/∂zₘ⁽ˡ⁻¹⁾ = h′(zₘ⁽ˡ⁻¹⁾)
            (4)  ∂zₖ⁽ˡ⁾/∂zₘ⁽ˡ⁻¹⁾ = ∂aₘ⁽ˡ⁻¹⁾/∂zₘ⁽ˡ⁻¹⁾ · ∂zₖ⁽ˡ⁾/∂aₘ⁽ˡ⁻¹⁾ = h′(zₘ⁽ˡ⁻¹⁾) · wₖ,ₘ⁽ˡ⁾
            (5)  δₖ⁽ᴸ⁾ = aₖ⁽ᴸ⁾ − yₖ
            (6)  δₖ⁽ˡ⁾ ≡ ∂C/∂zₖ⁽ˡ⁾
            (7)  δₘ⁽ˡ⁻¹⁾ = h′(zₘ⁽ˡ⁻¹⁾) · Σₖ wₖ,ₘ⁽ˡ⁾ · δₖ⁽ˡ⁾
            """,
        ),
    ],
    ids=["Bishop", "Nielsen"],
)
def test_the_seven_equations_are_stated_in_general(loss, notation, statements):
    found = [line for line in shown(loss, notation) if line.startswith("(")]
    assert found == [line.strip() for line in statements.strip().splitlines()]


def test_the_sections_come_in_the_papers_order(loss):
    text = "\n".join(shown(loss, BISHOP))
    assert re.findall(r"^(\d\S*)  \w", text, re.MULTILINE) == ["3", "4.1", "4.2", "5.1", "5.2", "6"]


@pytest.mark.parametrize(
    ("section", "editions", "words"),
    [
        ("3", "both editions", "E is called the mean square of the errors; it is half the sum"),
        ("4.1", "July 26", "the text calls ∂a₂⁽²⁾/∂w₂,₃⁽²⁾ z₂⁽¹⁾, which is 0.8005; it is z₃⁽¹⁾"),
        ("4.2", "July 27", "tanh(1.7) where tanh′(1.7) is meant"),
        ("4.2", "both editions", "(4) has ∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁾ over its brace (3), where ∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁻¹⁾ is meant"),
        ("5.1", "July 27", "the three worked lines of (7) have tanh where tanh′ is meant"),
        ("5.1", "July 26", "(7) does not carry on the 1.14 of (3), which would give −0.1847"),
        ("5.1", "both editions", "(7) has δₘ⁽ˡ⁻¹⁾ on its left in both cases; for l = L it is δₖ⁽ᴸ⁾ that is yₖ − tₖ"),
        ("5.2", "July 26", "the −0.41 of ∂E/∂w₁,₂⁽²⁾ agrees, but not with its own line: −0.52 · 0.80 = −0.416"),
    ],
)
def test_each_slip_of_the_text_is_remarked_where_it_stands(graph, section, editions, words):
    remarks = [make(graph, BISHOP) for make in REMARKS[section]]
    assert [remark.holds for remark in remarks if remark.editions == editions and words in remark.text] == [True]


def test_tensorflows_digits_stand_beside_ours_and_agree_to_float32(loss):
    rows = [cells(line) for line in shown(loss, BISHOP) if line.startswith("     ")]
    rows = [row for row in rows if len(row) == 5 and row[-1] == "agrees"]
    assert [row[1] for row in rows] == REFERENCE.split()
    for _, printed, exact, _, _ in rows:
        assert abs(float(printed.replace("−", "-")) - float(exact.replace("−", "-"))) <= 1e-7


@pytest.mark.parametrize("notation", [BISHOP, NIELSEN], ids=["Bishop", "Nielsen"])
def test_lines_fit_a_terminal_and_columns_are_aligned(loss, notation):
    lines = [line for text in shown(loss, notation) for line in text.splitlines()]
    assert max(map(len, lines)) <= 115
    starts = {line.index(cells(line)[1], 6) for line in lines if is_row(line)}
    assert len(starts) == 1
    ends = {line.index(cells(line)[-1], len(line) - len(cells(line)[-1])) for line in lines if is_row(line)}
    assert len(ends) == 1


def test_in_nielsens_notation_the_letters_change_and_the_numbers_do_not(loss):
    letters = str.maketrans({"a": "z", "z": "a", "E": "C", "t": "y"})
    bishop, nielsen = (
        [cells(line) for line in shown(loss, notation) if is_row(line)] for notation in (BISHOP, NIELSEN)
    )
    for (symbol, _, *numbers), (other, _, *same) in zip(bishop, nielsen, strict=True):
        assert numbers == same
        assert other == ({"y₁": "a₁⁽²⁾", "y₂": "a₂⁽²⁾"}.get(symbol) or symbol.translate(letters))


# ── the lesson ─────────────────────────────────────────────────────────────────────────────────


def equations(lines):
    """What each equation of the page ends with, by its left side; one in two lines ends in the second."""
    text = re.sub(r"\n +=", " =", "\n".join(lines))
    found = re.findall(r"^ {5}(\S+) = (?:.* = )?([−\d.]+)(?:  \(h = tanh\))?$", text, re.M)
    return {left: float(right.replace("−", "-")) for left, right in found}


def by_hand():
    """All that both passes come to, by numpy alone."""
    (W1, W2), x, t = map(np.array, tests.primer.WEIGHTS), np.array(INPUTS), np.array(TARGETS)
    a1 = W1 @ x
    z1 = np.tanh(a1)
    y = W2 @ z1
    delta2 = y - t
    delta1 = (1 - z1**2) * (W2.T @ delta2)
    low = "₀₁₂₃"
    numbers = {"E": np.sum((y - t) ** 2) / 2}
    for i in range(3):
        k = low[i + 1]
        numbers |= {f"a{k}⁽¹⁾": a1[i], f"z{k}⁽¹⁾": z1[i], f"δ{k}⁽¹⁾": delta1[i], f"h′(a{k}⁽¹⁾)": 1 - z1[i] ** 2}
        numbers |= {f"∂E/∂w{k},{low[m + 1]}⁽¹⁾": delta1[i] * x[m] for m in range(2)}
    for i in range(2):
        k = low[i + 1]
        numbers |= {f"y{k}": y[i], f"δ{k}⁽²⁾": delta2[i]}
        numbers |= {f"∂E/∂w{k},{low[m + 1]}⁽²⁾": delta2[i] * z1[m] for m in range(3)}
    return numbers


def test_the_lesson_has_every_number_of_both_passes_with_its_equation(run):
    found = equations(run("--format", "dot")[1])
    assert found == pytest.approx(by_hand(), rel=5e-4)


def test_the_lesson_shows_equations_by_symbols_and_by_numbers_and_breaks_the_long_ones(run):
    lines = run("--format", "dot")[1]
    assert "     a₁⁽¹⁾ = w₁,₁⁽¹⁾ · x₁ + w₁,₂⁽¹⁾ · x₂ = 0.1 · 1 + 0.2 · 2 = 0.5" in lines
    assert "     z₃⁽¹⁾ = tanh(a₃⁽¹⁾) = tanh(1.7) = 0.9354" in lines
    place = lines.index("     y₁ = w₁,₁⁽²⁾ · z₁⁽¹⁾ + w₁,₂⁽²⁾ · z₂⁽¹⁾ + w₁,₃⁽²⁾ · z₃⁽¹⁾")
    assert lines[place + 1] == "        = 0.1 · 0.4621 + 0.2 · 0.8005 + 0.3 · 0.9354 = 0.4869"
    assert "     E = ½ · ((y₁ − t₁)² + (y₂ − t₂)²) = ½ · ((0.4869 − 1)² + (1.146 − 1.15)²) = 0.1316" in lines


def test_the_backward_pass_of_the_lesson_is_what_explain_says(run, loss):
    page = re.sub(r"\n +=", " =", "\n".join(run("--format", "dot")[1]))
    names = ["δ₁⁽²⁾", "δ₂⁽²⁾", "δ₁⁽¹⁾", "δ₂⁽¹⁾", "δ₃⁽¹⁾", "w[1][1,1]", "w[1][3,2]", "w[2][1,1]", "w[2][2,3]"]
    places = [page.index("\n     ".join(str(loss.explain(name)).splitlines())) for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("notation", ["bishop", "nielsen"])
def test_the_lesson_fits_two_screens(run, notation):
    lines = [line for line in run("--format", "dot", "--notation", notation)[1] if not line.startswith("Wrote ")]
    assert max(map(len, lines)) <= 96
    assert len(lines) <= 80


def test_a_step_against_the_gradients_lowers_the_error_by_what_the_lesson_says(run):
    (W1, W2), x, t = map(np.array, tests.primer.WEIGHTS), np.array(INPUTS), np.array(TARGETS)
    after = W2 - 0.1 * np.array(tests.primer.DW2)
    y = after @ np.tanh((W1 - 0.1 * np.array(tests.primer.DW1)) @ x)
    (said,) = re.findall(r"falls from 0\.1316 to\s+([\d.]+[\d])", "\n".join(run("--format", "dot")[1]))
    assert float(said) == pytest.approx(np.sum((y - t) ** 2) / 2, rel=1e-4)


def test_the_lesson_ends_with_how_many_numbers_the_paper_prints_and_how_many_of_them_slip(run):
    slips = sum(edition in verdict or verdict == "slip" for *_, verdict in TABLE for edition in EDITIONS)
    code, lines, _ = run("--format", "dot")
    assert code == 0
    text = " ".join(" ".join(lines).split())
    printed = 2 * (len(TABLE) + len(REFERENCE.split()))
    assert f"The paper prints {printed} numbers, by hand and by a script, in two editions; {slips} of them slip" in text
    assert "     python -m demos primer --slips" in lines


def test_lesson_and_slips_have_the_same_checks():
    lesson, slips = (checks_of(DEMO.sections(notation="bishop", slips=slips)) for slips in (False, True))
    assert lesson == slips == DEMO.checks()


def test_a_falsified_digit_makes_the_lesson_fail_too(run, monkeypatch):
    quantity, _ = TENSORFLOW[0]
    monkeypatch.setattr(report, "TENSORFLOW", ((quantity, Printed("-0.04150092")), *TENSORFLOW[1:]))
    code, lines, _ = run("--format", "dot")
    assert code == 1
    assert "NOT EXPLAINED: ∂E/∂w₁,₁⁽¹⁾, ∂E/∂w₁,₁⁽¹⁾" in lines


# ── falsified digits ───────────────────────────────────────────────────────────────────────────


def falsified(printed, exact):
    """The printed number with its last digit one step further from the exact one."""
    step = Fraction(1, 10**printed.places) * (1 if printed.value >= exact else -1)
    return replace(printed, digits=f"{float(printed.value + step):.{printed.places}f}")


@pytest.mark.parametrize("edition", range(len(EDITIONS)), ids=EDITIONS)
@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.quantity.symbol(BISHOP))
def test_any_falsified_digit_is_found(graph, work, edition):
    printed = list(work.printed)
    printed[edition] = falsified(printed[edition], work.quantity.read(graph))
    false = replace(work, printed=tuple(printed))
    verdicts = PaperComparison([false if other is work else other for other in WORKS], graph, BISHOP).verdicts
    assert not verdicts[work.quantity][edition].explained
    assert verdicts[work.quantity][1 - edition].explained


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.quantity.symbol(BISHOP))
def test_a_cause_is_claimed_for_slips_only(graph, work):
    for printed in work.printed:
        agrees = printed.value in nearest(work.quantity.read(graph), printed.places)
        assert agrees == (printed.cause is None)


def test_a_falsified_digit_makes_the_demo_fail(run, monkeypatch):
    section = SECTIONS[-1]
    false = replace(section.parts[1], printed=(Printed("-0.24"), Printed("-0.25")))
    parts = (section.parts[0], false, *section.parts[2:])
    monkeypatch.setattr(report, "SECTIONS", (*SECTIONS[:-1], replace(section, parts=parts)))
    code, lines, _ = run("--format", "dot", "--slips")
    assert code == 1
    assert "29 quantities: 14 agree, 14 slips explained, 1 NOT EXPLAINED" in lines
    assert ["∂E/∂w₁,₁⁽²⁾", "−0.24", "−0.25", "UNEXPLAINED (July 27)"] in [
        [row[0], *row[2:4], row[-1]] for row in map(cells, lines) if len(row) == 6
    ]


def test_a_falsified_digit_of_tensorflow_makes_the_demo_fail(run, monkeypatch):
    quantity, _ = TENSORFLOW[0]
    monkeypatch.setattr(report, "TENSORFLOW", ((quantity, Printed("-0.04150092")), *TENSORFLOW[1:]))
    code, lines, _ = run("--format", "dot", "--slips")
    assert code == 1
    assert "17 numbers of TensorFlow: 16 agree" in lines


def test_a_remark_that_does_not_hold_makes_the_demo_fail(run, monkeypatch):
    def wrong(graph, notation):
        return Remark("July 26", "black is white.", holds=False)

    monkeypatch.setattr(report, "REMARKS", {**REMARKS, "3": (wrong,)})
    code, lines, _ = run("--format", "dot", "--slips")
    assert code == 1
    assert "  *  July 26: black is white. DOES NOT HOLD" in lines


def test_the_example_is_the_papers():
    assert (WEIGHTS, INPUTS, TARGETS) == (tests.primer.WEIGHTS, tests.primer.INPUTS, tests.primer.TARGETS)


# ── the command ────────────────────────────────────────────────────────────────────────────────


def test_the_slips_end_with_the_sum_of_it_all(run):
    code, lines, _ = run("--format", "dot", "--slips")
    assert code == 0
    assert lines[-4:] == [
        "29 quantities: 15 agree, 14 slips explained",
        "     the slips begin with z₃⁽¹⁾ = 0.93 and ∂z₃⁽¹⁾/∂a₃⁽¹⁾ = 1.14 (July 26); the others carry these on",
        "8 remarks on the text: 8 hold",
        "17 numbers of TensorFlow: 17 agree",
    ]


@pytest.mark.parametrize("notation", ["bishop", "nielsen"])
@pytest.mark.parametrize("format", ["svg", "dot"])
def test_it_writes_both_pictures_and_says_where(run, tmp_path, format, notation):
    code, lines, files = run("--format", format, "--notation", notation)
    assert code == 0
    assert files == [f"primer-graph.{format}", f"primer-network.{format}"]
    network, graph = (tmp_path / "out" / f"primer-{name}.{format}" for name in ("network", "graph"))
    assert f"Wrote {network}: the network, with the numbers of both passes" in lines
    assert f"Wrote {graph}: the same, operation by operation" in lines
    for picture in (network, graph):
        text = picture.read_text(encoding="utf-8")
        assert text.count("<svg" if format == "svg" else "digraph") == 1
        assert "−0.003658" in text


def test_it_writes_png_and_themes(run, tmp_path):
    for theme in ("light", "dark"):
        assert run("--format", "png", "--theme", theme)[0] == 0
        network = (tmp_path / "out" / "primer-network.png").read_bytes()
        assert network.startswith(b"\x89PNG")
        (tmp_path / theme).write_bytes(network)
    assert (tmp_path / "light").read_bytes() != (tmp_path / "dark").read_bytes()


def test_if_the_second_picture_fails_there_is_no_first(tmp_path):
    class Drawn:
        def pipe(self, format):
            return b"a picture"

    def fail(theme):
        raise RuntimeError("nothing here can draw")

    pictures = (Picture("primer-network", "", lambda theme: Drawn(), False), Picture("primer-graph", "", fail, False))
    with pytest.raises(Refusal) as refusal:
        replace(DEMO, pictures=lambda **own: pictures).main(["--out", str(tmp_path / "out")])
    assert str(refusal.value) == f"can't write to {tmp_path / 'out'}: nothing here can draw"
    assert list(tmp_path.iterdir()) == []
