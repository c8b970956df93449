"""The notebooks keep their word: each runs from a clean kernel, and gives what is committed."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from demos.moons import published
from demos.primer.facts import TENSORFLOW
from tests.demos.notebooks import NOTEBOOKS, VARIES, differences, environment, read, run, text, tidied, words

LARGEST = 400_000  # bytes of a notebook
LARGEST_PICTURE = 120_000  # characters; a PNG takes a third more of them than it has bytes
LONGEST = 80  # lines of a printed output

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
committed = cache(read)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def pictures(notebook):
    """The kind and the content of each."""
    data = [output.data for output in outputs(notebook) if "data" in output]
    return [(kind, content) for found in data for kind, content in found.items() if kind.startswith("image/")]


def printed(notebook):
    return "\n".join(map(words, outputs(notebook)))


# ── what is committed ──────────────────────────────────────────────────────────────────────────


def test_there_is_one_for_the_learner_one_for_the_tinkerer_and_one_about_a_gpt():
    assert [path.stem for path in NOTEBOOKS] == ["gpt", "learner", "tinkerer"]


@each_notebook
def test_it_runs_and_gives_what_is_committed(path):
    different = differences(committed(path), run(committed(path)))
    assert not different, "\n".join([*different, "python -m tests.demos.notebooks writes the outputs anew"])


@each_notebook
def test_its_file_holds_sources_and_outputs_and_nothing_else(path):
    assert path.read_text(encoding="utf-8") == text(tidied(committed(path)))
    nbformat.validate(committed(path))


@each_notebook
def test_its_outputs_are_small(path):
    assert path.stat().st_size < LARGEST
    assert pictures(committed(path))
    assert max(len(content) for _, content in pictures(committed(path))) < LARGEST_PICTURE
    assert max(words(output).count("\n") for output in outputs(committed(path)) if "text" in output) < LONGEST


@each_notebook
def test_a_picture_fits_a_page(path):
    for kind, content in pictures(committed(path)):
        if kind == "image/svg+xml":
            picture = ElementTree.fromstring(content)
            assert "max-width:100%" in picture.get("style")
            assert picture.get("viewBox")  # or it would be cut, not scaled


@each_notebook
def test_nothing_in_it_tells_of_the_machine_that_ran_it(path):
    found = re.findall(
        r"(?:/home|/root|/tmp|/usr|/Users|[A-Z]:\\)\S*|\bat 0x[0-9a-f]+|^stderr:", printed(committed(path)), re.M
    )
    assert found == []


@each_notebook
def test_its_cells_stand_under_headings_and_its_links_lead_somewhere(path):
    cells = committed(path).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", prose) if "://" not in link]
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


def notebook_named(name):
    return committed(next(path for path in NOTEBOOKS if path.stem == name))


def test_the_learner_sees_the_numbers_that_the_primer_prints():
    """The gradients by a₁⁽¹⁾ … a₃⁽¹⁾ are those by the weights of x₁ = 1."""
    reference = [shown.value for _, shown in TENSORFLOW[:6:2]]
    (line,) = re.findall(r"δ of layer 1: (.*)", printed(notebook_named("learner")))
    assert [float(delta) for delta in line.split()] == pytest.approx(list(map(float, reference)), abs=1e-6)


def test_the_tinkerer_sees_the_losses_that_micrograds_demo_prints():
    losses, accuracies = published()
    found = re.findall(r"step (\d+): loss ([\d.]+), accuracy (\d+)%", printed(notebook_named("tinkerer")))
    steps = [int(step) for step, *_ in found]
    assert steps == list(range(10))
    assert [float(loss) for _, loss, _ in found] == pytest.approx(losses[steps], rel=1e-11)
    assert [int(accuracy) for *_, accuracy in found] == [round(accuracy) for accuracy in accuracies[steps]]
    assert f"\n{losses[-1]:.6f}\n" in printed(notebook_named("tinkerer")).replace("stdout: ", "\n")


# ── how they are run and compared ──────────────────────────────────────────────────────────────


def printing(*lines, tags=()):
    """A notebook with a cell for each line, which has printed it."""
    cells = []
    for i, line in enumerate(lines):
        outputs = [nbformat.v4.new_output("stream", text=line)] if line else []
        cells.append(nbformat.v4.new_code_cell(f"print({line!r})", id=f"c{i}", outputs=outputs))
        cells[-1].metadata.tags = list(tags)
    return nbformat.v4.new_notebook(cells=cells)


def test_another_output_is_told_by_its_cell():
    assert differences(printing("1", "2"), printing("1", "2")) == []
    (told,) = differences(printing("1", "2"), printing("1", "3"))
    assert told == "cell 'c1' has ['stdout: 2'], and gives ['stdout: 3']"


def test_an_output_that_varies_may_be_another_one_and_must_not_be_missing():
    before = printing("1 s", tags=[VARIES])
    assert differences(before, printing("2 s", tags=[VARIES])) == []
    assert len(differences(before, printing("", tags=[VARIES]))) == 1


def test_pictures_are_compared_by_their_words_in_any_order():
    def drawn(*labels):
        content = "".join(f"<text>{label}</text>" for label in labels)
        notebook = printing("")
        notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", {"image/svg+xml": f"<svg>{content}</svg>"})]
        return notebook

    assert differences(drawn("a = 1", "b = 2"), drawn("b = 2", "a = 1")) == []
    assert len(differences(drawn("a = 1"), drawn("a = 2"))) == 1


def test_a_run_leaves_no_trace_in_a_notebook():
    notebook = printing("1")
    cell = notebook.cells[0]
    cell.execution_count, cell.metadata.execution = 7, {"iopub.status.busy": "2025-07-26T10:00:00Z"}
    data = {"image/png": "iVBORw0KGgo=", "text/plain": "<Plot at 0x7f0123456789>"}
    cell.outputs = [
        nbformat.v4.new_output("execute_result", data, execution_count=7, metadata={"image/png": {"width": 9}})
    ]
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    left = text(tidied(notebook))
    assert "iVBORw0KGgo=" in left
    assert not [trace for trace in ("7", "2025", "0x", "width", "3.11") if trace in left]


def test_a_system_dot_is_out_of_sight(tmp_path, monkeypatch):
    dot = tmp_path / ("dot.exe" if os.name == "nt" else "dot")
    dot.write_text("")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert shutil.which("dot") == str(dot)
    assert shutil.which("dot", path=environment("")["PATH"]) is None


def test_a_cell_that_fails_is_an_error():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run(notebook)
