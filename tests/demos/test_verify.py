"""All sources in one table: nothing is left out, nothing unexplained passes, and the committed page is current."""

from __future__ import annotations

import re
from math import log10

import pytest

from demos.kit.catalogue import demos, imported
from demos.kit.checks import TOLERANCE, Check, Outcome
from demos.kit.demo import Demo
from demos.kit.report import Section, Table
from demos.kit.sources import DEEP, INTRODUCTION, PAGE
from demos.verify import FIVE, LONG, PAGE_FILE, SECTIONS, Row, cells, link, page, rows_of, sources, verify
from tests.demos.test_primer import REFERENCE, TABLE

JULY_26, JULY_27 = FIVE[:2]
STALE = "demos/VERIFICATION.md is not what the demos say now; run: python -m demos verify --markdown"


@pytest.fixture(scope="module")
def rows():
    return rows_of({name: demo for name, demo in sources().items() if name not in LONG})


@pytest.fixture(scope="module")
def of_source(rows):
    return {source: [row.check for row in rows if row.check.source == source] for source in FIVE}


# ── nothing is left out ────────────────────────────────────────────────────────────────────────


def test_every_demo_that_has_rows_brings_them():
    assert list(sources()) == [name for name in demos() if hasattr(imported(name), "checks")]
    assert set(sources()) >= LONG


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        (JULY_26, [row[1] for row in TABLE] + REFERENCE.split()),
        (JULY_27, [row[2] for row in TABLE] + REFERENCE.split()),
        (PAGE, "1.1 0.750 0.600 0.646 0.354 0.125 0.229 −0.0811 −0.0608 0.1875 −0.01217 −0.02434".split()),
        (PAGE, "0.806 0.501 0.302".split()),
    ],
    ids=["July 26", "July 27", "page", "its updates"],
)
def test_each_printed_number_has_its_row(of_source, source, printed):
    found = [check.printed for check in of_source[source]]
    assert [number for number in printed if found.count(number) < printed.count(number)] == []


@pytest.mark.parametrize("source", [JULY_26, JULY_27])
@pytest.mark.parametrize("number", range(1, 8))
def test_each_numbered_equation_of_the_primer_has_its_row(of_source, source, number):
    rows = [check for check in of_source[source] if check.quantity.startswith(f"({number}) ")]
    assert [check.outcome for check in rows] == [Outcome.HOLDS]


SLIPS = [  # source, quantity; where they are the source's own, what is printed, and what is meant or exact
    (JULY_26, "E", "mean square", "half the sum"),
    (JULY_26, "z₃⁽¹⁾", "0.93", "0.9354"),
    (JULY_26, "∂a₂⁽²⁾/∂w₂,₃⁽²⁾", "z₂⁽¹⁾", "z₃⁽¹⁾"),
    (JULY_26, "∂z₃⁽¹⁾/∂a₃⁽¹⁾", "1.14", "0.1250"),
    (JULY_26, "∂a₂⁽²⁾/∂a₃⁽¹⁾", "0.68", "0.07501"),
    (JULY_26, "(4), over its brace (3)", "∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁾", "∂zₘ⁽ˡ⁻¹⁾/∂aₘ⁽ˡ⁻¹⁾"),
    (JULY_26, "(7), on its left for l = L", "δₘ⁽ˡ⁻¹⁾", "δₖ⁽ᴸ⁾"),
    (JULY_26, "(7), under h′", "aₘ⁽ˡ⁾", "aₘ⁽ˡ⁻¹⁾"),
    (JULY_26, "(7), the last m", "M⁽ˡ⁻¹⁾", "M⁽ˡ⁾"),
    (JULY_26, "∂E/∂w₁,₂⁽¹⁾", "−0.09", "−0.08300"),
    (JULY_27, "∂z₃⁽¹⁾/∂a₃⁽¹⁾", "tanh(1.7)", "tanh′(1.7)"),
    (JULY_27, "δ₁⁽¹⁾, δ₂⁽¹⁾, δ₃⁽¹⁾", "tanh", "tanh′"),
    (JULY_27, "(7), on its left for l = L", "δₘ⁽ˡ⁻¹⁾", "δₖ⁽ᴸ⁾"),
    (JULY_27, "∂E/∂w₁,₂⁽²⁾", "−0.42", "−0.4107"),
    (JULY_27, "how far hand and script are apart", "< 0.005", "0.0093"),
    (DEEP, "sigmoid, ½ (y − f)²"),
    (DEEP, "partial_online_partial_output, of an output", "∂J/∂output", "δ = ∂J/∂z"),
    (DEEP, "z, “the output from node i”", "output", "before the activation"),
    (PAGE, "δ_out", "−0.0811", "−0.1621"),
    (PAGE, "∂L/∂w₃", "−0.0608", "−0.1216"),
    (PAGE, "L", "0.125", "0.1255"),
    (INTRODUCTION, "Σ ((k₀xᵢ⁰ + … + k_d xᵢᵈ) − yᵢ)"),
    (INTRODUCTION, "z⁽²⁾ = W⁽¹⁾ a⁽¹⁾ + b⁽²⁾", "W⁽¹⁾", "W⁽²⁾"),
    (INTRODUCTION, "Z⁽²⁾ = W⁽¹⁾ A⁽¹⁾ + B⁽²⁾", "W⁽¹⁾", "W⁽²⁾"),
    (INTRODUCTION, "Δ⁽¹⁾ = ReLU′(Z⁽¹⁾) ⊙ (W⁽¹⁾)ᵀ Δ⁽²⁾", "(W⁽¹⁾)ᵀ", "(W⁽²⁾)ᵀ"),
    (INTRODUCTION, "Δ⁽²⁾"),
    (INTRODUCTION, "∂C/∂b⁽²⁾"),
    (INTRODUCTION, "δ⁽¹⁾"),
    (INTRODUCTION, "δ⁽ᴸ⁻¹⁾ = μ′(z⁽ᴸ⁾) ⊙ W⁽ᴸ⁾ᵀ δ⁽ᴸ⁾", "μ′(z⁽ᴸ⁾)", "μ′(z⁽ᴸ⁻¹⁾)"),
    (INTRODUCTION, "zₖ⁽¹⁾, its sum to nₗ"),
    (INTRODUCTION, "Σⱼ wⱼᵢ aⱼ + bᵢ"),
    (INTRODUCTION, "∂C/∂W⁽³⁾ of C = 1/N Σ ‖a − y‖²"),
    (INTRODUCTION, "f₂: Rˡ → Rʰ", "Rʰ", "Rᵏ"),
    (INTRODUCTION, "δ⁽²⁾ = ∂C/∂a⁽²⁾ ⊙ Softmax′(z⁽²⁾)", "⊙", "a product"),
    (INTRODUCTION, "ReLU′(0)", "undefined", "0"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{FIVE.index(slip[0]) + 1}: {slip[1]}")
def test_each_slip_has_its_row_with_a_cause(of_source, slip):
    source, *told = slip
    causes = [
        check.why
        for check in of_source[source]
        if [check.quantity, check.printed, check.exact][: len(told)] == told and check.outcome is Outcome.SLIP
    ]
    assert len(causes) == 1
    assert causes[0]


def test_each_source_has_rows_and_all_of_them_agree_hold_or_are_explained(of_source):
    assert min(map(len, of_source.values())) >= 30
    assert [check for checks in of_source.values() for check in checks if not check.explained] == []


# ── in which order ─────────────────────────────────────────────────────────────────────────────


def test_rows_come_source_by_source_and_section_by_section(rows):
    sources = list(dict.fromkeys(row.check.source for row in rows))
    assert sources == list(FIVE)
    places = [(row.check.source, row.check.where) for row in rows]
    assert len(set(places)) == sum(place != before for place, before in zip(places, [None, *places], strict=False))


@pytest.mark.parametrize("source", SECTIONS)
def test_the_sections_stand_in_the_order_of_the_source(of_source, source):
    wheres = [check.where for check in of_source[source]]
    order = [[where.startswith(beginning) for beginning in SECTIONS[source]].index(True) for where in wheres]
    assert order == sorted(order)


# ── what is unexplained ────────────────────────────────────────────────────────────────────────


def only(*checks, name="sigmoid"):
    """These as the checks of the only demo."""
    return {name: Demo(name, "", "", sections=lambda: [Section("", [Table(checks)])])}


def check(outcome, source=PAGE, quantity="x"):
    return Check(source, "section 1", quantity, "1.5", "1.25", outcome, "because" if outcome is Outcome.SLIP else "")


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_unexplained_ends_it_with_exit_code_1_and_is_named_at_the_end(capsys, outcome):
    code = verify(quick=False, markdown=False, found=only(check(Outcome.HOLDS), check(outcome, quantity="z")))
    out = capsys.readouterr().out
    assert code == (outcome is Outcome.UNEXPLAINED)
    line = f"NOT EXPLAINED: {PAGE}, section 1: z is 1.5, not 1.25 (demo sigmoid)"
    assert (line in out.splitlines()) == (outcome is Outcome.UNEXPLAINED)


def test_the_summary_counts_each_outcome_of_each_source(capsys):
    checks = *[check(outcome) for outcome in Outcome], check(Outcome.SLIP), check(Outcome.HOLDS, "elsewhere")
    verify(quick=True, markdown=False, found=only(*checks))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    start = lines.index(["agrees", "holds", "slip", "UNEXPLAINED", "rows"])
    assert lines[start + 1 : start + 4] == [
        [*PAGE.split(), "1", "1", "2", "1", "5"],
        ["elsewhere", "0", "1", "0", "0", "1"],
        ["in", "all", "1", "2", "2", "1", "6"],
    ]


def test_quick_leaves_out_what_is_trained_for(capsys):
    asked = []
    found = {name: Demo(name, "", "", sections=lambda name=name: asked.append(name) or []) for name in sources()}
    assert verify(quick=True, markdown=False, found=found) == 0
    assert asked == [name for name in sources() if name not in LONG]
    assert f"without the rows of {', '.join(sorted(LONG))}" in capsys.readouterr().out


# ── the page ───────────────────────────────────────────────────────────────────────────────────


def page_rows(name):
    """The lines of the committed page whose section is linked to this demo."""
    return [line for line in PAGE_FILE.read_text(encoding="utf-8").splitlines() if f"]({link(name)}) |" in line]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in sources()]
)
def test_the_page_has_the_rows_that_a_demo_has_now(name):
    now = [f"| {' | '.join(cells(row))} |" for row in rows_of({name: imported(name)})]
    assert sorted(page_rows(name)) == sorted(now), STALE


@pytest.mark.slow
def test_the_page_is_what_all_demos_say_now():
    assert PAGE_FILE.read_text(encoding="utf-8") == page(rows_of(sources())), STALE


def test_every_section_of_the_page_is_linked_to_a_file():
    links = set(re.findall(r"\]\(([^)]+)\) \|", PAGE_FILE.read_text(encoding="utf-8")))
    assert links == {link(name) for name in sources()}
    assert [target for target in links if not (PAGE_FILE.parent / target).is_file()] == []


def below_the_tolerance(text):
    """The powers of ten that are smaller than it: these superscripts are no range of characters."""
    powers = (
        power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) for power in re.findall(r"×10⁻([⁰¹²³⁴-⁹]+)", text)
    )
    return [int(power) for power in powers if int(power) > -log10(TOLERANCE)]


def test_no_number_of_the_page_is_rounding():
    """What is below the tolerance would differ on another machine."""
    text = PAGE_FILE.read_text(encoding="utf-8")
    assert below_the_tolerance(text) == []
    assert "| equal |" in text


def test_a_number_that_is_rounding_would_be_found():
    assert below_the_tolerance("1.5×10⁻³, 2×10⁻¹², 1×10⁻¹³, 4×10⁻¹⁶, 3×10⁻²⁰, 7×10⁻³⁰¹") == [13, 16, 20, 301]


def test_markdown_writes_the_page_and_nothing_else(tmp_path, capsys):
    file = tmp_path / "VERIFICATION.md"
    assert verify(quick=False, markdown=True, found=only(check(Outcome.SLIP)), file=file) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["VERIFICATION.md"]
    text = file.read_text(encoding="utf-8")
    assert text == page([Row("sigmoid", check(Outcome.SLIP))])
    assert "| [section 1](sigmoid/__init__.py) | x |  | 1.5 | 1.25 | slip: because |\n" in text
    assert f"| {PAGE} | 0 | 0 | 1 | 0 | 1 |\n" in text
    assert f"Wrote {file}" in capsys.readouterr().out


def test_what_a_row_holds_breaks_no_table():
    hostile = "a | b * c_d <i> [x](y) `z` \\"
    row = Row("demo", Check("source", hostile, hostile, hostile, hostile, Outcome.SLIP, hostile, hostile))
    for cell in cells(row):
        assert not re.search(r"(?<!\\)(?:\\\\)*[|*<`]", cell)
    assert re.sub(r"\\(.)", r"\1", cells(row)[1]) == hostile
