"""Sections on the screen, pictures on the disk, and the exit code between them."""

from __future__ import annotations

import sys

import pytest

from demos import layers, moons, neuron, regression, sigmoid, softmax, symmetry
from demos.checks import Check, Outcome
from demos.console import Refusal
from demos.report import Picture, Section, Table, options, present, summary


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
    chosen = options("test", "A test.").parse_args(["--out", str(tmp_path), *arguments])
    code = present(chosen, "The title", sections, pictures)
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

    with pytest.raises(Refusal, match=r"can't write to .*: no such line"):
        shown(capsys, tmp_path, pictures=(NETWORK, Picture("other", "what fails", fail)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "demo",
    [layers, moons, neuron, regression, sigmoid, softmax, symmetry],
    ids=lambda demo: demo.__name__.partition(".")[2],
)
def test_a_demo_shows_its_own_checks_in_lines_that_fit_and_writes_its_pictures(capsys, tmp_path, demo):
    assert demo.main(["--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.split("\nWrote ")[0].splitlines())) <= 100
    assert out.endswith(summary(demo.checks()) + "\n")
    name = demo.__name__.partition(".")[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{picture.name}.svg" for picture in demo.PICTURES
    )
    assert all(picture.name.startswith(f"{name}-") for picture in demo.PICTURES)
    assert all(path.read_bytes().startswith(b"<?xml") for path in tmp_path.iterdir())
