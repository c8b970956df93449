"""Sections on the screen, pictures on the disk, and the exit code between them."""

from __future__ import annotations

import sys

import pytest

from demos.kit.catalogue import demos, imported
from demos.kit.checks import Check, Outcome
from demos.kit.console import Refusal
from demos.kit.demo import Demo
from demos.kit.report import Picture, Section, Table, broken, summary
from demos.kit.sources import CITATIONS
from demos.verify import LONG


def check(outcome=Outcome.HOLDS, printed="1.5", why="", formula=""):
    return Check("a source", "section 1", "x", printed, "1.25", outcome, why, formula)


class Drawn:
    """A drawing whose bytes say how it was drawn."""

    def __init__(self, theme):
        self.theme = theme

    def pipe(self, format):
        return f"{self.theme} {format}".encode()


PLOT = Picture("curve", "a curve", Drawn)
NETWORK = Picture("network", "a network", Drawn, plot=False)


def shown(capsys, tmp_path, *arguments, sections=(), pictures=(PLOT, NETWORK)):
    demo = Demo("test", "The title", "A test.", sections=lambda: sections, pictures=lambda: pictures)
    code = demo.main(["--out", str(tmp_path), *arguments])
    return code, capsys.readouterr().out, {path.name: path.read_text() for path in tmp_path.iterdir()}


def test_prose_is_wrapped_lines_are_kept_and_causes_stand_below_their_rows():
    table = Table([check(Outcome.SLIP, "10", "cut off", "2 · 5"), check()], "page", "engine")
    section = Section("1  A section", ["word " * 30, ["a   b", ""], table])
    assert list(section.lines()) == [
        "\n1  A section",
        "     " + "word " * 17 + "word",
        "     " + "word " * 11 + "word",
        "     a   b",
        "",
        "               page  engine  verdict",
        "     x  2 · 5  10      1.25  slip",
        "          cut off",
        "     x          1.5    1.25  holds",
    ]
    assert section.checks == table.checks


def test_a_table_without_formulas_has_no_column_for_them():
    assert list(Table([check()]).lines()) == ["        printed  exact  verdict", "     x      1.5   1.25  holds"]


def test_the_verdicts_that_occur_are_explained_below_the_title(capsys, tmp_path):
    table = Table([check(), check(Outcome.SLIP, why="cut off")])
    out = shown(capsys, tmp_path, sections=[Section("1", [table])], pictures=())[1]
    assert out.splitlines()[:5] == [
        "The title",
        "     A test.",
        "     “holds”: the numbers bear it out; “slip”: the source errs, and it is said how.",
        "",
        "1",
    ]


def test_where_there_is_no_verdict_none_is_explained(capsys, tmp_path):
    assert "“" not in shown(capsys, tmp_path, sections=[Section("1", ["words"])], pictures=())[1]


@pytest.mark.parametrize("name", [name for name in demos() if isinstance(imported(name), Demo)])
def test_a_demo_cites_the_source_that_its_rows_name(name):
    demo = imported(name)
    assert CITATIONS[demo.source]
    assert name in LONG or {row.source.split(", July")[0] for row in demo.checks()} == {demo.source}


def test_a_long_equation_is_broken_before_its_numbers_and_a_short_one_is_not():
    assert list(broken("a = b + c = 1 + 2 = 3")) == ["a = b + c = 1 + 2 = 3"]
    symbols, numbers = " + ".join(["w · x"] * 8), " + ".join(["1 · 2"] * 8)
    assert list(broken(f"a₁ = {symbols} = {numbers} = 16")) == [f"a₁ = {symbols}", f"   = {numbers} = 16"]
    assert list(broken("a = " + "b" * 100)) == ["a = " + "b" * 100]


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ([Outcome.HOLDS, Outcome.AGREES], "2 checks: 1 agree to the printed digits, 1 hold"),
        ([Outcome.SLIP], "1 checks: 1 slip explained"),
        ([Outcome.SLIP, Outcome.SLIP, Outcome.UNEXPLAINED], "3 checks: 2 slips explained, 1 NOT EXPLAINED"),
    ],
)
def test_the_summary_counts_each_outcome(outcomes, line):
    assert summary([check(outcome) for outcome in outcomes]) == line


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.AGREES, 0), (Outcome.HOLDS, 0), (Outcome.SLIP, 0), (Outcome.UNEXPLAINED, 1)]
)
def test_what_is_unexplained_ends_with_exit_code_1(capsys, tmp_path, outcome, code):
    sections = [Section("1", [Table([check()])]), Section("2", [Table([check(outcome)])])]
    assert shown(capsys, tmp_path, sections=sections)[0] == code


def test_pictures_are_written_in_the_format_and_theme_that_were_asked_for(capsys, tmp_path):
    _, out, files = shown(capsys, tmp_path / "new", "--format", "png", "--theme", "print")
    assert files == {"curve.png": "print png", "network.png": "print png"}
    assert f"Wrote {tmp_path / 'new' / 'curve.png'}: a curve\n" in out
    assert out.startswith("The title\n")


def test_without_matplotlib_it_says_what_is_not_drawn_and_how_to_install_it_and_goes_on(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, files = shown(capsys, tmp_path, sections=[Section("1", [Table([check()])])])
    assert (code, files) == (0, {"network.svg": "light svg"})
    assert "Not drawn: curve, a curve\n     plots need matplotlib: pip install 'glassgrad[plots]'\n" in out
    assert out.endswith("1 checks: 1 hold\n")


def test_if_one_picture_fails_none_appears(capsys, tmp_path):
    def fail(theme):
        raise ValueError("no such line")

    with pytest.raises(Refusal) as refusal:
        shown(capsys, tmp_path, pictures=(NETWORK, Picture("other", "what fails", fail)))
    assert str(refusal.value) == f"can't write to {tmp_path}: no such line"
    assert list(tmp_path.iterdir()) == []


def test_own_options_are_given_to_the_sections_the_pictures_and_the_ending(capsys, tmp_path):
    def options(parser):
        parser.add_argument("--word", default="nothing")

    demo = Demo(
        "test",
        "The title",
        "A test.",
        sections=lambda word: [Section(f"on {word}", [Table([check()])])],
        pictures=lambda word: (Picture(word, f"a picture of {word}", Drawn, plot=False),),
        options=options,
        formats=("dot", "svg"),
        ending=lambda sections, word: [f"{len(sections)} section on {word}"],
    )
    assert demo.main(["--out", str(tmp_path), "--word", "curves"]) == 0
    out = capsys.readouterr().out
    assert "\non curves\n" in out
    assert out.endswith(f"\nWrote {tmp_path / 'curves.dot'}: a picture of curves\n\n1 section on curves\n")
    assert [found.quantity for found in demo.checks()] == ["x"]


def test_pictures_of_which_nothing_is_said_are_told_in_one_line(capsys, tmp_path):
    _, out, _ = shown(capsys, tmp_path, pictures=(Picture("a", "", Drawn), PLOT, Picture("b", "", Drawn)))
    assert f"Wrote {tmp_path / 'a.svg'} and {tmp_path / 'b.svg'}\nWrote {tmp_path / 'curve.svg'}: a curve\n" in out


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("mine")
    demo = Demo("test", "", "", sections=lambda: pytest.fail("it must not come to this"))
    with pytest.raises(Refusal) as refusal:
        demo.main(["--out", str(tmp_path / "file")])
    assert str(refusal.value) == f"can't write to {tmp_path / 'file'}: it is not a directory"


@pytest.mark.parametrize("name", ["layers", "moons", "neuron", "regression", "sigmoid", "softmax", "symmetry"])
def test_a_demo_shows_its_own_checks_in_lines_that_fit_and_writes_its_pictures(capsys, tmp_path, name):
    demo = imported(name)
    assert demo.main(["--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.split("\nWrote ")[0].splitlines())) <= 100
    assert out.endswith(summary(demo.checks()) + "\n")
    pictures = demo.pictures()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{picture.name}.svg" for picture in pictures)
    assert all(picture.name.startswith(f"{name}-") for picture in pictures)
    assert all(path.read_bytes().startswith(b"<?xml") for path in tmp_path.iterdir())
