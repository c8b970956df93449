"""Tables, and files that appear all or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from demos.kit.console import Refusal, aligned, all_or_none, writing


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_columns_are_aligned_left_right_or_at_the_point():
    head, rows = ("name", "n", "x"), [("a", "1", "−0.5"), ("δ₁⁽²⁾", "10", "12.25"), ("b", "2", "3")]
    assert aligned(head, rows, "<>.") == [
        "name    n      x",
        "a       1  −0.5",
        "δ₁⁽²⁾  10  12.25",
        "b       2   3",
    ]


def test_all_files_move_into_the_folder_which_is_made_if_it_is_missing(tmp_path):
    folder = tmp_path / "new" / "deep"
    with all_or_none(folder, ["one", "two"]) as paths:
        for path in paths:
            path.write_text(path.name)
            assert not (folder / path.name).exists()
    assert contents(folder) == {"one": "one", "two": "two"}


def test_files_that_were_there_are_replaced(tmp_path):
    (tmp_path / "one").write_text("before")
    with all_or_none(tmp_path, ["one"]) as (one,):
        one.write_text("after")
    assert contents(tmp_path) == {"one": "after"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_no_file_has_moved_and_no_folder_is_left(tmp_path, error):
    def fail():
        with all_or_none(tmp_path / "new" / "deep", ["one", "two"]) as (one, _):
            one.write_text("half of it")
            raise error

    with pytest.raises(error):
        fail()
    assert contents(tmp_path) == {}


def test_if_the_second_file_cannot_be_placed_the_first_is_taken_back(tmp_path):
    (tmp_path / "one").write_text("before")
    (tmp_path / "three").write_text("before")

    def fail():
        with all_or_none(tmp_path, ["one", "new", "two"]) as paths:
            for path in paths:
                path.write_text("after")
            (tmp_path / "two").mkdir()  # someone else comes in between

    with pytest.raises(Refusal) as refusal:
        fail()
    assert str(refusal.value) == f"can't write to {tmp_path}: {os.strerror(errno.EISDIR)}"
    (tmp_path / "two").rmdir()
    assert contents(tmp_path) == {"one": "before", "three": "before"}


def test_a_place_that_cannot_be_written_is_refused_before_anything_happens(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken").mkdir()
    for folder, names, reason in (
        (tmp_path / "file", ["one"], "it is not a directory"),
        (tmp_path / "file" / "below", ["one"], os.strerror(errno.ENOTDIR)),
        (tmp_path, ["one", "taken"], "taken there is a directory"),
        (tmp_path / ("x" * 300), ["one"], os.strerror(errno.ENAMETOOLONG)),
    ):
        with pytest.raises(Refusal) as refusal, all_or_none(folder, names):
            pytest.fail("the block must not run")
        assert str(refusal.value) == f"can't write to {folder}: {reason}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


@pytest.mark.parametrize("error", [OSError("no place"), ValueError("no format"), RuntimeError("no renderer")])
def test_what_cannot_be_written_or_drawn_is_a_refusal_with_the_reason(tmp_path, error):
    with pytest.raises(Refusal) as refusal, writing(tmp_path):
        raise error
    assert str(refusal.value) == f"can't write to {tmp_path}: {error}"
