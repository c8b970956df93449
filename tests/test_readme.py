"""The README keeps its word: every snippet runs and prints what stands below it, and every link leads somewhere."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demos.kit.sources import CITATIONS
from tests.viz.graphs import primer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```(?:\n+```text\n(.*?)```)?", README, re.S)
PICTURES = ["graph.png", "network.html", "network.svg"]
DOCUMENTS = [path.relative_to(ROOT) for place in ("*.md", "demos/*.md", "engine/**/*.md") for path in ROOT.glob(place)]


@pytest.mark.usefixtures("operations_forgotten")
def test_the_snippets_run_one_after_the_other_and_print_what_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(SNIPPETS) >= 4
    names: dict[str, object] = {}  # one reader, one session
    for code, expected in SNIPPETS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == PICTURES


@pytest.mark.parametrize(("code", "expected"), SNIPPETS, ids=[f"snippet {i}" for i in range(1, len(SNIPPETS) + 1)])
def test_each_snippet_runs_in_a_session_of_its_own(tmp_path, code, expected):
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, expected), done.stderr
    written = [name for name in PICTURES if f'"{name}"' in code]
    assert sorted(path.name for path in tmp_path.iterdir()) == written


def test_the_session_at_the_prompt_is_what_the_debugger_says():
    (session,) = re.findall(r"```console\n(.*?)```", README, re.S)
    loss = primer(backward=False)[1]
    commands = re.findall(r"^\(backward .*?\) (.*)$", session, re.M)
    said = io.StringIO()
    loss.debug(io.StringIO("\n".join([*commands, "quit", ""])), said)
    assert session in said.getvalue()


def targets(text):
    """What its links and pictures lead to, code left out."""
    words = re.sub(r"```.*?```", "", text, flags=re.S)
    return re.findall(r"\]\(([^)]+)\)", words) + re.findall(r'(?:src|srcset)="([^"]+)"', words)


def anchors(text):
    """What GitHub makes of its headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_and_picture_leads_to_a_file_or_a_heading(document):
    path = ROOT / document
    own = [target for target in targets(path.read_text(encoding="utf-8")) if not target.startswith("https://")]
    assert own or document.name not in ("README.md", "CONTRIBUTING.md")
    dead = []
    for target in own:
        place, _, heading = target.partition("#")
        file = path.parent / place if place else path
        if not file.exists() or (heading and heading not in anchors(file.read_text(encoding="utf-8"))):
            dead.append(target)
    assert dead == []


def test_a_dead_link_and_a_missing_heading_would_be_seen():
    text = "# The house, again\n[a](nowhere.md) [b](#the-house-again)\n```python\n# no heading\nx[0](1)\n```\n"
    assert targets(text) == ["nowhere.md", "#the-house-again"]
    assert anchors(text) == {"the-house-again"}


def test_the_contents_name_every_section():
    contents = README[README.index("[Two commands](#two-commands) ·") :].partition("\n\n")[0]
    sections = [anchors(heading).pop() for heading in re.findall(r"^## .*$", README, re.M)]
    assert [name for name in re.findall(r"\]\(#([\w-]+)\)", contents) if name in sections] == sections


def test_the_two_commands_are_one_line_each():
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [command.rsplit(".venv/bin/python -m ")[-1] for command in commands] == ["demos primer", "pytest"]


def test_every_source_of_the_demos_is_cited_in_full():
    said = " ".join(re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", README).split())
    assert [citation for citation in CITATIONS.values() if citation.rstrip(".") not in said] == []
