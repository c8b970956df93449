"""Files that are written whole or not at all."""

import os

import pytest

from engine.support.files import write_atomically


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["text", "path"])
def test_a_file_is_made_or_replaced(tmp_path, kind):
    path = tmp_path / "model.json"
    for content in (b"first", b"second", b""):
        write_atomically(kind(path), content)
        assert path.read_bytes() == content
        assert names(tmp_path) == ["model.json"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=repr)
@pytest.mark.parametrize("operation", ["write_bytes", "replace"])
def test_what_ends_it_early_leaves_the_old_file_and_nothing_beside(tmp_path, monkeypatch, operation, interruption):
    path = tmp_path / "model.json"
    path.write_bytes(b"old")

    def interrupted(self, argument):
        with open(self, "wb") as file:
            file.write(b"half")
        raise interruption

    monkeypatch.setattr(f"pathlib.Path.{operation}", interrupted)
    with pytest.raises(type(interruption)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.json"]


def missing_folder(tmp_path):
    return tmp_path / "nowhere" / "model.json", FileNotFoundError, "No such file or directory"


def folder_that_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    return tmp_path / "file" / "model.json", NotADirectoryError, "Not a directory"


def place_of_a_directory(tmp_path):
    (tmp_path / "model.json").mkdir()
    return tmp_path / "model.json", IsADirectoryError, "Is a directory"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other messages")
@pytest.mark.parametrize("make", [missing_folder, folder_that_is_a_file, place_of_a_directory])
@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["text", "path"])
def test_an_error_names_the_path_that_was_given(tmp_path, make, kind):
    path, error, message = make(tmp_path)
    before = names(tmp_path)
    with pytest.raises(error) as caught:
        write_atomically(kind(path), b"new")
    assert str(caught.value).endswith(f"{message}: {str(path)!r}")
    assert (caught.value.filename, caught.value.filename2) == (str(path), None)
    assert names(tmp_path) == before


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("m" * 250 + ".json")
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"
