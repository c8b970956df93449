"""The README keeps its word: every snippet runs and prints what stands below it."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.viz.graphs import primer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.usefixtures("operations_forgotten")
def test_every_snippet_runs_and_prints_what_the_readme_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```(?:\n+```text\n(.*?)```)?", README, re.S)
    assert len(snippets) >= 4
    names: dict[str, object] = {}  # one reader, one session: later snippets use what earlier ones made
    for code, expected in snippets:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.png", "network.svg"]


def test_the_session_at_the_prompt_is_what_the_debugger_says():
    (session,) = re.findall(r"```console\n(.*?)```", README, re.S)
    loss = primer(backward=False)[1]
    commands = re.findall(r"^\(backward .*?\) (.*)$", session, re.M)
    said = io.StringIO()
    loss.debug(io.StringIO("\n".join([*commands, "quit", ""])), said)
    assert session in said.getvalue()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_link_and_picture_exists(document):
    text = (ROOT / document).read_text()
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_two_commands_are_one_line_each():
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert [command.rsplit(".venv/bin/python -m ")[-1] for command in commands] == ["demos primer", "pytest"]
