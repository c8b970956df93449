"""`python -m demos` from outside: the list, exit codes, one line for each refusal, quiet ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import demos.__main__
import demos.kit.console
from demos.kit.catalogue import imported
from demos.kit.demo import Command, Demo

ROOT = Path(__file__).parents[2]


def demos_command(*arguments, cwd, **environment):
    """Run from another folder than the project's."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    command = [sys.executable, "-W", "error", "-m", "demos", *arguments]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, check=False, encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_the_demos_are_listed_with_a_line_each(capsys, arguments):
    assert demos.__main__.main(arguments) == 0
    out = capsys.readouterr().out
    assert "usage: python -m demos NAME" in out
    assert "python -m demos all " in out
    assert "Begin with: python -m demos primer" in out
    assert re.search(r"^  primer +Start here: one pass forward and one back through a small network", out, re.M)


def test_a_demo_is_a_file_or_folder_with_a_record_of_that_name():
    found = list(demos.__main__.demos())
    assert found == sorted(found)
    assert {"debugger", "neuron", "primer", "regression", "sigmoid", "verify"} <= set(found)
    for place in (ROOT / "demos").iterdir():
        if (place.suffix == ".py" or (place / "__init__.py").exists()) and not place.name.startswith("_"):
            record = getattr(import_module(f"demos.{place.stem}"), "DEMO", None)
            assert (record is not None) == (place.stem in found)
            if record:
                assert isinstance(record, Demo | Command)
                assert record.name == place.stem


def test_what_is_listed_is_what_lies_in_the_folder_and_a_little():
    lying = {place.stem for place in (ROOT / "demos").iterdir() if not place.name.startswith(("_", "py.typed"))}
    assert lying - set(demos.__main__.demos()) == {"kit", "mnist", "data", "notebooks", "pictures", "VERIFICATION"}


def test_listing_imports_neither_the_demos_nor_what_they_need(tmp_path):
    code = (
        "import sys, demos.__main__; demos.__main__.demos(); "
        "sys.exit(bool({'engine', 'nn', 'viz', 'numpy', 'graphviz', 'demos.primer'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def of_all(monkeypatch, *names):
    """`python -m demos all`, if these were the only demos."""
    monkeypatch.chdir(ROOT)
    return lambda *arguments: demos.__main__.run_all(list(names), list(arguments))


def test_all_runs_each_demo_with_those_of_the_options_that_it_has(tmp_path, monkeypatch, capfd):
    run_all = of_all(monkeypatch, "debugger", "primer", "unroll")
    assert run_all("--out", str(tmp_path), "--format", "png") == 0
    out = capfd.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["primer-graph.png", "primer-network.png"]
    assert re.findall(r"^── (\w+) ─+$", out, re.M) == ["debugger", "primer", "unroll", "all"]
    assert out.index("── primer") < out.index("The paper prints 92 numbers") < out.index("── unroll")
    assert out.endswith("  debugger  ok\n  primer    ok\n  unroll    ok\n")


def test_all_goes_on_when_a_demo_fails_and_says_which(tmp_path, monkeypatch, capfd):
    (tmp_path / "file").write_text("mine")
    run_all = of_all(monkeypatch, "primer", "unroll")
    assert run_all("--out", str(tmp_path / "file")) == 1
    out, err = capfd.readouterr()
    assert out.endswith("  primer  FAILED: exit code 2\n  unroll  ok\n")
    assert "it is not a directory" in err


@pytest.mark.parametrize("name", demos.__main__.demos())
def test_every_demo_can_be_run_without_options(name):
    parser = imported(name).parser()
    assert parser.prog == f"python -m demos {name}"
    parser.parse_args([])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("prime", "did you mean primer?"), ("Xyz", f"there are: {', '.join(demos.__main__.demos())}")],
)
def test_an_unknown_name_gets_the_nearest_ones(name, hint):
    with pytest.raises(demos.kit.console.Refusal) as refusal:
        demos.__main__.main([name])
    assert str(refusal.value) == f"no demo is called {name!r}; {hint}"


def test_help_tells_every_option(tmp_path):
    done = demos_command("primer", "--help", cwd=tmp_path)
    assert done.returncode == 0
    for option in ("--out DIR", "--notation {bishop,nielsen}", "--format {svg,png,dot}", "--theme {light,dark,print}"):
        assert option in done.stdout
    assert "exit code: 0 if" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prime"], "no demo is called prime; did you mean primer?"),
        (["primer", "--format", "gif"], "argument --format: invalid choice: gif (choose from svg, png, dot)"),
        (
            ["primer", "--notation", "leibniz"],
            "argument --notation: invalid choice: leibniz (choose from bishop, nielsen)",
        ),
        (["primer", "--out", "file"], "can't write to file: it is not a directory"),
        (["neuron", "--out", "file"], "can't write to file: it is not a directory"),
        (["all", "--theme", "pink"], "argument --theme: invalid choice: pink (choose from light, dark, print)"),
        (["verify", "--quick", "--markdown"], "argument --markdown: not allowed with argument --quick"),
    ],
)
def test_a_refusal_is_one_line_and_exit_code_2_with_nothing_printed_or_written(tmp_path, arguments, message):
    (tmp_path / "file").write_text("mine")
    done = demos_command(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    said = f"python -m demos: {message}\n"
    assert done.stderr.replace("'", "") == said.replace("'", "")  # in which versions of Python differ
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_it_runs_in_any_folder_without_a_system_dot_and_on_a_console_that_knows_ascii_only(tmp_path):
    done = demos_command("primer", cwd=tmp_path, PATH="", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "The paper prints 92 numbers" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["primer-graph.svg", "primer-network.svg"]


def piped(command, tmp_path, **options):
    return subprocess.Popen(
        [sys.executable, "-c", command], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options
    )


def test_a_closed_pipe_ends_it_quietly(tmp_path):
    read, write = os.pipe()
    os.close(read)
    with piped(
        "import sys; from demos.kit.console import run; sys.exit(run(lambda _: print('δ' * 10**6) or 0, []))",
        tmp_path,
        stdout=write,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(write)
        assert process.communicate()[1] == b""
    assert process.returncode == demos.kit.console.PIPE_CLOSED


def test_ctrl_c_ends_it_quietly(tmp_path):
    with piped(
        "import sys, time; from demos.kit.console import run; "
        "sys.exit(run(lambda _: print('ready', flush=True) or time.sleep(60), []))",
        tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == b""
    assert process.returncode == demos.kit.console.INTERRUPTED
