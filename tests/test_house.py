"""The house: which room may import which, and what is public."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ["engine", "nn", "viz", "demos"]
# Inside `engine`, each only from those before it; a folder counts as one.
ENGINE = """
    vocabulary rules support value shortcuts readings functions operations derivatives check copying
    naming steps explaining compiling debugger __init__
""".split()
BY_ARRAYS = ["engine/readings/arrays.py", "engine/compiling/"]  # numpy: loaded when a program is first asked for


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_of(path): path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}


def imports(source: str):
    """What a module imports when it runs, in every way there is: late ones, and those by a name that is written there.

    Left out is what stands under `if TYPE_CHECKING:`.
    """
    pending = list(ast.iter_child_nodes(ast.parse(source)))
    while pending:
        node = pending.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=other):
                pending += other
                continue
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError(f"a relative import in line {node.lineno}")
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[first, *_]) if called in (
                "import_module",
                "__import__",
                "find_spec",
            ):
                yield from _named(first)
        pending += ast.iter_child_nodes(node)


def _named(argument: ast.expr):
    """The module that such a call names, as far as it is written there: "demos." of f"demos.{name}"."""
    parts = [part for part in ast.walk(argument) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    yield from (part.value.strip(".") for part in parts)


IMPORTS = {module: sorted(set(imports(path.read_text(encoding="utf-8")))) for module, path in FILES.items()}


def module_in(name: str) -> str:
    """The module of the house that an import of `name` loads: it may be a name inside one; "" if it is none of ours."""
    while name and name not in FILES:
        name = name.rpartition(".")[0]
    return name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import viz", ["viz"]),
        ("from viz import draw", ["viz.draw"]),
        ("def f():\n    from viz.text import html", ["viz.text.html"]),
        ("import importlib\nimportlib.import_module('viz')", ["importlib", "viz"]),
        (
            "from importlib import import_module as load\n__import__('viz.text')",
            ["importlib.import_module", "viz.text"],
        ),
        ("import_module(f'demos.{name}')", ["demos"]),
        ("if TYPE_CHECKING:\n    import viz\nelse:\n    import nn", ["nn"]),
    ],
)
def test_every_way_of_importing_is_seen(source, found):
    assert sorted(imports(source)) == found


@pytest.mark.parametrize("module", FILES)
def test_imports_run_one_way_between_the_rooms(module):
    room = ROOMS.index(module.split(".")[0])
    above = {*ROOMS[room + 1 :], "tests"}
    assert not [name for name in IMPORTS[module] if name.split(".")[0] in above]


@pytest.mark.parametrize("module", [module for module in FILES if module.startswith("engine.")])
def test_imports_run_one_way_inside_the_engine(module):
    place = ENGINE.index(module.split(".")[1])
    parts = [name.split(".")[1] for name in map(module_in, IMPORTS[module]) if name.startswith("engine.")]
    assert not [part for part in parts if ENGINE.index(part) > place]


def test_no_imports_go_round_in_a_circle():
    graph = {
        module: {
            ours for ours in map(module_in, names) if ours and ours != module and not module.startswith(f"{ours}.")
        }
        for module, names in IMPORTS.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("module", [module for module in FILES if module.split(".")[0] == "engine"])
def test_the_engine_needs_the_standard_library_only(module):
    outside = {name.split(".")[0] for name in IMPORTS[module]} - set(sys.stdlib_module_names) - {"engine"}
    by_arrays = any(str(FILES[module].relative_to(ROOT)).startswith(place) for place in BY_ARRAYS)
    assert outside <= ({"numpy"} if by_arrays else set())


def test_the_table_knows_nothing_of_the_graph():
    assert {module_in(name) for name in IMPORTS["engine.rules"]} == {"", "engine.vocabulary"}
    assert {module_in(name) for name in IMPORTS["engine.vocabulary"]} == {""}


def test_importing_the_engine_does_not_import_numpy():
    code = "import sys, engine, nn; sys.exit('numpy' in sys.modules or 'graphviz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_lesson_is_short():
    lines = [len(FILES[f"engine.{name}"].read_text(encoding="utf-8").splitlines()) for name in ("rules", "value")]
    assert sum(lines) <= 400


def test_no_folder_holds_more_modules_than_one_can_look_over():
    folders = [path.parent for path in FILES.values() if path.name != "__init__.py"]
    assert max(map(folders.count, folders)) <= 15


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_typed_and_says_what_is_public(room):
    assert (ROOT / room / "py.typed").exists()
    module = importlib.import_module(room)
    assert module.__doc__
    assert all(hasattr(module, name) for name in module.__all__)
    assert not {"sum", "abs", "pow", "max", "map"} & set(module.__all__)


def test_every_public_function_and_class_has_a_docstring_of_its_own():
    for room in ROOMS[:-1]:
        module = importlib.import_module(room)
        public = {name: getattr(module, name) for name in module.__all__}
        # what `dataclass` and `NamedTuple` write, in place of one, begins with the name
        bare = [name for name, thing in public.items() if not thing.__doc__ or thing.__doc__.startswith(f"{name}(")]
        assert bare == []
