"""The house: which room may import which, and what is public."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ["engine", "nn", "viz", "demos"]
ENGINE_ORDER = ["refusals", "notation", "rules", "value"]  # the heart, each only from those before it


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    room = path.relative_to(ROOT).parts[0]
    above = set(ROOMS[ROOMS.index(room) + 1 :])
    assert not {name.split(".")[0] for name in imports(path)} & (above | {"tests"})


BY_ARRAYS = {"arrays.py", "batch.py", "program.py", "work.py"}  # loaded when a program is first asked for


@pytest.mark.parametrize("path", sorted((ROOT / "engine").rglob("*.py")), ids=lambda path: path.name)
def test_the_engine_needs_the_standard_library_only(path):
    outside = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"engine"}
    assert outside == ({"numpy"} if path.name in BY_ARRAYS else set())


def test_the_table_knows_nothing_of_the_graph():
    known = {name for name in imports(ROOT / "engine" / "rules.py") if name.startswith("engine")}
    assert known == {"engine", "engine.vocabulary"}
    assert not [name for name in imports(ROOT / "engine" / "vocabulary.py") if name.startswith("engine")]


def test_importing_the_engine_does_not_import_numpy():
    code = "import sys, engine, nn; sys.exit('numpy' in sys.modules or 'graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_typed_and_says_what_is_public(room):
    assert (ROOT / room / "py.typed").exists()
    module = importlib.import_module(room)
    assert module.__doc__
    assert all(hasattr(module, name) for name in module.__all__)
    assert not {"sum", "abs", "pow", "max", "map"} & set(module.__all__)


def test_every_public_function_and_class_has_a_docstring():
    for room in ROOMS[:-1]:
        module = importlib.import_module(room)
        bare = [name for name in module.__all__ if not getattr(module, name).__doc__]
        assert bare == []
