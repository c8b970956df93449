"""From DOT to a file: with and without a system `dot`, and never half a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.refusals import refusal
from tests.viz.graphs import primer, reuse
from viz import draw, draw_network, save
from viz.renderer import Drawing

MAGIC = {"svg": b"<?xml", "png": b"\x89PNG", "dot": b"digraph"}


@pytest.mark.parametrize("suffix", MAGIC)
@pytest.mark.usefixtures("no_system_dot")
def test_pip_install_alone_can_draw(suffix, tmp_path):
    path = save(draw_network(*primer()), tmp_path / f"figure.{suffix}")
    assert path.read_bytes().startswith(MAGIC[suffix])


@pytest.mark.skipif(not shutil.which("dot"), reason="no Graphviz on this machine")
@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_the_system_dot_draws_where_there_is_one(suffix, tmp_path):
    content = save(draw_network(*primer()), tmp_path / f"figure.{suffix}").read_bytes()
    assert content.startswith(MAGIC.get(suffix, b"%PDF"))
    assert b"graphviz-pure" not in content


@pytest.mark.usefixtures("no_system_dot")
def test_a_pdf_without_graphviz_is_refused_with_the_remedy(tmp_path):
    assert refusal(ValueError, save, draw(reuse()), tmp_path / "figure.pdf") == (
        "a PDF needs Graphviz's own `dot`, which is not on this machine: install it "
        "(apt install graphviz, brew install graphviz, winget install graphviz), or save as svg or png"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused_and_nothing_written(tmp_path):
    assert refusal(ValueError, save, draw(reuse()), tmp_path / "figure.gif") == (
        "unknown format 'gif'; a drawing can be saved as svg, png, pdf, dot"
    )
    assert refusal(ValueError, save, draw(reuse()), tmp_path / "figure") == (
        f"{str(tmp_path / 'figure')!r} has no suffix to tell the format; it can be svg, png, pdf, dot"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_drawing_fails(tmp_path):
    path = tmp_path / "figure.svg"
    path.write_text("the old picture")
    with pytest.raises(RuntimeError, match="could not draw"):
        save(Broken(), path)
    assert path.read_text() == "the old picture"
    assert [p.name for p in tmp_path.iterdir()] == ["figure.svg"]


class Broken(Drawing):
    source = "digraph {"


def test_a_missing_folder_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        save(draw(reuse()), tmp_path / "missing" / "figure.dot")


def test_at_a_prompt_a_drawing_says_how_to_see_it():
    assert repr(draw(reuse())) == (
        'Drawing; save(drawing, "picture.svg") of viz writes it, drawing.view() opens it, a notebook shows it'
    )


@pytest.mark.usefixtures("no_system_dot")
@pytest.mark.parametrize("picture", [lambda: draw(reuse()), lambda: draw_network(*primer())])
def test_a_drawing_displays_in_a_notebook_no_wider_than_its_column(picture, tmp_path):
    bundle = picture()._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml"}
    displayed = ElementTree.fromstring(bundle["image/svg+xml"])
    saved = ElementTree.parse(save(picture(), tmp_path / "figure.svg")).getroot()
    assert displayed.attrib.pop("style") == "max-width:100%;height:auto"
    assert displayed.attrib == saved.attrib  # its width and height, so that it is never made larger, and its viewBox
    assert {"width", "height", "viewBox"} <= set(saved.attrib)
    assert list(map(ElementTree.tostring, displayed)) == list(map(ElementTree.tostring, saved))


@pytest.mark.usefixtures("no_system_dot")
def test_render_writes_as_graphviz_would(tmp_path):
    drawing = draw(reuse(), format="png")
    path = drawing.render("graph", directory=tmp_path, cleanup=True)
    assert Path(path).name == "graph.png"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.png"]


@pytest.mark.usefixtures("no_system_dot")
def test_the_renderer_warns_the_user_of_nothing(capfd):
    draw(primer()[1]).pipe(format="svg")
    assert capfd.readouterr() == ("", "")


def test_without_any_renderer_the_error_says_how_to_get_one(monkeypatch, tmp_path):
    import viz.renderer

    def missing(name):
        raise viz.renderer.PackageNotFoundError(name)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(viz.renderer, "distribution", missing)
    assert refusal(RuntimeError, lambda: draw(reuse()).pipe(format="svg")) == (
        "nothing here can draw: pip install graphviz-pure, or install Graphviz itself"
    )


def test_the_saved_dot_is_what_the_system_dot_reads(tmp_path):
    path = save(draw(reuse()), tmp_path / "graph.dot")
    if command := shutil.which("dot"):
        assert subprocess.run([command, "-Tsvg", path], capture_output=True, check=True).stdout.count(b"<svg") == 1
    assert path.read_text() == draw(reuse()).source


VIEWED = {"render": lambda drawing: drawing.render("graph", view=True), "view": lambda drawing: drawing.view("graph")}


@pytest.mark.parametrize("show", VIEWED.values(), ids=VIEWED)
def test_a_drawing_is_shown_by_the_viewer_of_the_system(show, tmp_path, monkeypatch):
    shown = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Drawing, "_view", lambda self, path, **options: shown.append((path, options["format"])))
    assert show(draw(reuse())) == "graph.svg"
    assert shown == [("graph.svg", "svg")]
    assert "<svg" in (tmp_path / "graph.svg").read_text(encoding="utf-8")
