"""The page's JavaScript: its types, its unit tests, and how it is put together."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.tools import package, tool
from tests.viz.live.node import MODULES
from viz.live import modules

HERE = Path(__file__).parent


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_modules_hold_under_nodes_own_test_runner():
    run(tool("node", "runs the tests of the page's modules"), "--test", HERE / "modules.test.mjs")


def test_the_modules_are_typed():
    compiler = package("typescript", "checks the types of the page's modules") / "bin" / "tsc"
    run(tool("node", "runs the type checker"), compiler, "-p", MODULES)


def test_each_module_says_what_it_is_for_and_is_short():
    for path in MODULES.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("/** "), path
        assert len(text.splitlines()) <= 350, path
    folders = [path.parent for path in MODULES.rglob("*.js")]
    assert max(map(folders.count, folders)) <= 15


def test_the_script_holds_every_module_once_and_after_what_it_imports():
    script = modules.script()
    defined = re.findall(r'^modules\["([^"]+)"\] = ', script, re.MULTILINE)
    assert sorted(defined) == sorted(str(path.relative_to(MODULES))[:-3] for path in MODULES.rglob("*.js"))
    seen = set()
    for line in script.splitlines():
        seen |= set(re.findall(r'^modules\["([^"]+)"\] = ', line))
        assert set(re.findall(r'= modules\["([^"]+)"\];', line)) <= seen
    assert not re.search(r"^(import|export)\b|@param", script, re.MULTILINE)


def test_nothing_is_parsed_as_markup_and_nothing_is_asked_for():
    markup = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function"
    requests = r"fetch\(|XMLHttp|WebSocket|sendBeacon|localStorage|\bimport\("
    for path in MODULES.rglob("*.js"):
        text = re.sub(r"/\*\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(f"{markup}|{requests}", text), path
