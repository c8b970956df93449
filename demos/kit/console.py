"""What every demo needs of a command line: options, tables, files that appear all or not at all, quiet ends."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR, ENOTDIR
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

PROGRAM = "python -m demos"
INTERRUPTED, PIPE_CLOSED = 130, 141  # what a shell reports of a program that SIGINT or SIGPIPE ended


class Refusal(Exception):  # noqa: N818  (no error of ours: what was asked for can't be done)
    """Ends a demo with one line on stderr and exit code 2."""


class Options(argparse.ArgumentParser):
    """An argument parser that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        raise Refusal(message)


def run(main: Callable[[list[str]], int], arguments: list[str]) -> int:
    """The exit code of `main(arguments)`; what ends it early ends it without a traceback."""
    from engine.support.screens import spell_plainly  # not before: who lists the demos needs no engine

    spell_plainly()
    try:
        try:
            return main(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return PIPE_CLOSED
    except (Refusal, OSError) as refusal:
        print(f"{PROGRAM}: {refusal}", file=sys.stderr)
        _drop_output()
        return 2


def _drop_output() -> None:
    """Let the interpreter's last flush go nowhere, where it would fail once more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Lines of one width for each column: `sides` has a < or > for each, or a . to align numbers at their points."""
    columns = [
        [name, *(_at_point(cells) if side == "." else cells)]
        for name, side, cells in zip(head, sides, zip(*rows, strict=True), strict=True)
    ]
    padded = [
        [f"{cell:{side.replace('.', '>')}{max(map(len, cells))}}" for cell in cells]
        for side, cells in zip(sides, columns, strict=True)
    ]
    return ["  ".join(cells).rstrip() for cells in zip(*padded, strict=True)]


def _at_point(numbers: Sequence[str]) -> list[str]:
    """Padded on the right so that, aligned to the right, the points stand in one column."""
    places = [len(text) - len(text.partition(".")[0]) for text in numbers]
    return [text + " " * (max(places) - place) for text, place in zip(numbers, places, strict=True)]


@contextmanager
def all_or_none(folder: Path, names: Sequence[str]) -> Iterator[list[Path]]:
    """Paths to write to: at the end their files move into `folder` under `names`; after an error, none of them does.

    Makes the folder if it is missing. Raises Refusal, before anything else happens, if it can't be written.
    """
    missing: list[Path] = []
    try:
        with ExitStack() as stack:
            with writing(folder):
                missing += [path for path in (folder, *folder.parents) if not path.exists()]
                if not missing and not folder.is_dir():
                    raise NotADirectoryError(ENOTDIR, "it is not a directory")
                folder.mkdir(parents=True, exist_ok=True)
                for name in names:
                    if (folder / name).is_dir():
                        raise IsADirectoryError(EISDIR, f"{name} there is a directory")
                # beside their place, since a file moves in one step only within one file system
                beside = Path(stack.enter_context(TemporaryDirectory(prefix=".unfinished-", dir=folder)))
            yield [beside / name for name in names]
            with writing(folder):
                _move(beside, folder, names)
    except BaseException:
        for path in missing:
            with suppress(OSError):
                path.rmdir()
        raise


def _move(source: Path, folder: Path, names: Sequence[str]) -> None:
    with ExitStack() as undo:
        for name in names:
            before = source / f"{name}.before"
            if (folder / name).exists():
                shutil.copy2(folder / name, before)
                undo.callback(os.replace, before, folder / name)
            else:
                undo.callback((folder / name).unlink, missing_ok=True)
            os.replace(source / name, folder / name)
        undo.pop_all()


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Inside the block, what can't be written or drawn is a Refusal that names the place."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refusal(f"can't write to {place}: {reason}") from error
