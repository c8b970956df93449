"""The notebooks and their outputs: `python -m tests.demos.notebooks` runs each from a clean kernel and writes it anew.

What is committed is what `tidied` leaves: sources and outputs, no trace of when, where and how often they were run.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import matplotlib.font_manager  # noqa: F401  (fills its cache, or a kernel that finds it empty tells so in its output)
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "demos" / "notebooks").glob("*.ipynb"))

VARIES = "varies"  # the tag of a cell whose output is another one each time, such as seconds
SECONDS = 60  # that a cell may take before it is given up
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def text(notebook: NotebookNode) -> str:
    """The notebook as its file has it."""
    return nbformat.writes(notebook) + "\n"


# ── running ────────────────────────────────────────────────────────────────────────────────────


def run(notebook: NotebookNode) -> NotebookNode:
    """A copy with the outputs of a clean kernel, in a folder of its own; an error in a cell is raised."""
    notebook = tidied(notebook)
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            config=Config({"AsyncKernelManager": connection(folder)}),
            kernel_name="python3",
            timeout=SECONDS,
            resources={"metadata": {"path": folder}},
            coalesce_streams=True,
            record_timing=False,
        )
        client.execute(env=environment(folder))
    return tidied(notebook)


def connection(folder: str) -> dict[str, str]:
    """By sockets in the folder, not by the network, where the system has such sockets."""
    return {} if os.name == "nt" else {"transport": "ipc", "ip": f"{folder}/kernel"}


def environment(folder: str) -> dict[str, str]:
    """This clone, nobody's settings, and no system `dot`: graphviz-pure draws the same lines on every machine."""
    path = [place for place in os.environ["PATH"].split(os.pathsep) if not shutil.which("dot", path=place)]
    return os.environ | {"PATH": os.pathsep.join(path), "PYTHONPATH": str(ROOT), "IPYTHONDIR": folder}


# ── what is kept ───────────────────────────────────────────────────────────────────────────────


def tidied(notebook: NotebookNode) -> NotebookNode:
    """Sources, ids, tags and outputs; nothing else."""
    cells = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        kept = {
            "id": cell.id,
            "cell_type": cell.cell_type,
            "source": cell.source,
            "metadata": {"tags": tags} if tags else {},
        }
        if cell.cell_type == "code":
            kept |= {"execution_count": None, "outputs": [tidied_output(output) for output in cell.outputs]}
        cells.append(kept)
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": METADATA, "cells": cells})


def tidied_output(output: NotebookNode) -> dict[str, Any]:
    """An output without its number; a picture or a formula also without its `repr`, which no one would see."""
    if output.output_type not in ("display_data", "execute_result"):
        return dict(output)
    data = dict(output.data)
    if len(data) > 1:
        data.pop("text/plain", None)
    counted = {"execution_count": None} if output.output_type == "execute_result" else {}
    return {"output_type": output.output_type, "data": data, "metadata": {}, **counted}


# ── what is compared ───────────────────────────────────────────────────────────────────────────


def words(output: NotebookNode) -> str:
    """What is to be read in an output: of an SVG its words, of a PNG that there is one."""
    if output.output_type == "stream":
        return f"{output.name}: {output.text}"
    assert output.output_type in ("display_data", "execute_result"), output
    return "\n".join(f"{kind}: {read_in(kind, content)}" for kind, content in sorted(output.data.items()))


def read_in(kind: str, content: str) -> str:
    if kind == "image/png":
        return "a picture"
    if kind == "image/svg+xml":
        found = (re.sub(r"\s+", " ", part).strip() for part in ElementTree.fromstring(content).itertext())
        return "\n".join(sorted(filter(None, found)))
    return content


def differences(committed: NotebookNode, found: NotebookNode) -> list[str]:
    """The cells whose outputs do not read the same, but for those that vary; there only the kinds are compared."""
    different = []
    for mine, its in zip(committed.cells, found.cells, strict=True):
        if mine.cell_type != "code":
            continue
        varies = VARIES in mine.metadata.get("tags", [])
        before, after = (
            [output.output_type if varies else words(output) for output in cell.outputs] for cell in (mine, its)
        )
        if before != after:
            different.append(f"cell {mine.id!r} has {before}, and gives {after}")
    return different


if __name__ == "__main__":
    for path in NOTEBOOKS:
        path.write_text(text(run(read(path))), encoding="utf-8")
        print(path.relative_to(ROOT))
