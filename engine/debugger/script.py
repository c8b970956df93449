"""Running a program under the debugger: `python -m engine.debugger [-m] PROGRAM [ARGUMENTS]`; `--where` runs none.

The program runs as `__main__`, as Python would run it; only `Value.backward` is another one for that time. Its output,
its exit code and what it raises are its own.
"""

from __future__ import annotations

import linecache
import os
import runpy
import sys
from importlib.util import find_spec
from io import open_code
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import NoReturn

import engine.debugger.prompt
from engine.debugger.places import accumulation, derivatives_of
from engine.debugger.prompt import BACKWARD, Debugger
from engine.value import Value

USAGE = "usage: python -m engine.debugger SCRIPT [ARGUMENTS], or -m MODULE [ARGUMENTS]; stops at each backward() in it"
WHERE = """\
       python -m engine.debugger --where         prints FILE:LINE of operand.grad += local * upstream
       python -m engine.debugger --where RULE    prints FILE:LINE, CONDITION for the derivative of tanh, say"""


def main(arguments: list[str]) -> None:
    """Run the program that is named; a missing one is a line on stderr and exit code 2."""
    if not arguments or arguments == ["-m"]:
        _refuse(USAGE)
    if arguments[0] in ("-h", "--help"):
        print(USAGE, WHERE, sep="\n")
        return
    if arguments[0] == "--where":
        print(_where(arguments[1:]))
        return
    debugger = Debugger()  # before the program can put other streams in the place of ours

    def backward(root: Value) -> None:
        if debugger.detached:
            BACKWARD(root)
        else:
            debugger.debug(root, _place(sys._getframe(1)))

    Value.backward = backward  # type: ignore[assignment, method-assign]
    try:
        if arguments[0] == "-m":
            _run_module(arguments[1], arguments[2:])
        else:
            _run_script(arguments[0], arguments[1:])
    except SystemExit:
        raise
    except BaseException:  # Python will say it, and end as it ends on that; our frames are no part of it
        hook = sys.excepthook
        sys.excepthook = lambda kind, error, trace: hook(kind, error.with_traceback(own := _own(trace)), own)
        raise
    finally:
        Value.backward = BACKWARD  # type: ignore[method-assign]  # a notebook goes on after the program


def _run_script(path: str, arguments: list[str]) -> None:
    try:
        with open_code(os.path.abspath(path)) as file:
            source = file.read()
    except OSError as error:
        _refuse(f"can't open {path!r}: {error.strerror}")
    program = ModuleType("__main__")
    program.__file__ = os.path.abspath(path)
    program.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = program
    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(os.path.realpath(path))
    code: CodeType = compile(source, program.__file__, "exec", dont_inherit=True)
    exec(code, program.__dict__)


def _run_module(name: str, arguments: list[str]) -> None:
    try:
        found = find_spec(name)
    except ModuleNotFoundError:
        found = None
    if found is None:
        _refuse(f"there is no module {name!r}")
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _where(rules: list[str]) -> str:
    """What `--where` prints, with or without a rule."""
    if len(rules) > 1:
        _refuse(f"--where takes one rule, or none; got {' '.join(rules)}")
    try:
        return derivatives_of(rules[0]) if rules else accumulation()
    except ValueError as error:
        _refuse(str(error))


def _refuse(message: str) -> NoReturn:
    print(f"python -m engine.debugger: {message}", file=sys.stderr)
    raise SystemExit(2)


def _place(frame: FrameType) -> str:
    """Where in the program: `train.py:12: loss.backward()`."""
    path, line = frame.f_code.co_filename, frame.f_lineno
    return f"{os.path.basename(path)}:{line}: {linecache.getline(path, line).strip()}"


def _own(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without the debugger's frames."""
    parts = []
    while trace is not None:
        parts.append(trace)
        trace = trace.tb_next
    for part in reversed(parts):
        if part.tb_frame.f_code.co_filename not in OURS:
            trace = TracebackType(trace, part.tb_frame, part.tb_lasti, part.tb_lineno)
    return trace


_FOLDER = os.path.dirname(__file__)
OURS = (__file__, f"{_FOLDER}/__main__.py", engine.debugger.prompt.__file__, runpy.run_module.__code__.co_filename)
