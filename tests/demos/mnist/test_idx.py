"""IDX files: what is written comes back, and every kind of damage has its line."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from demos.kit.console import Refusal
from demos.mnist.idx import idx_bytes, read_idx

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
# Written down by hand: three dimensions of bytes, sized 2, 3 and 4.
FILE = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, *range(24)])


def written(path, content):
    path.write_bytes(content)
    return path


def refusal(path, dimensions=3):
    with pytest.raises(Refusal) as caught:
        read_idx(path, dimensions)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message.replace(str(path), "FILE")


def test_the_bytes_are_those_of_the_format():
    assert idx_bytes(ARRAY) == FILE


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("name", ["images", "images.gz"])
def test_a_file_is_read_packed_or_not_whatever_its_name_says(tmp_path, pack, name):
    found = read_idx(written(tmp_path / name, pack(FILE)), 3)
    assert found.dtype == np.uint8
    assert np.array_equal(found, ARRAY)


@given(arrays(np.uint8, array_shapes(max_dims=4, min_side=0)), st.booleans())
def test_what_is_written_comes_back(tmp_path_factory, array, packed):
    content = idx_bytes(array)
    path = written(tmp_path_factory.getbasetemp() / "file", gzip.compress(content) if packed else content)
    assert np.array_equal(read_idx(path, array.ndim), array)


@pytest.mark.parametrize("kept", [0, 3, 15])
def test_a_header_that_is_cut_off(tmp_path, kept):
    path = written(tmp_path / "images", FILE[:kept])
    assert refusal(path) == f"FILE is cut off: it holds {kept} bytes, and its header alone has 16"


@pytest.mark.parametrize(
    ("content", "came"),
    [
        (bytes([0, 0, 8, 1]) + FILE[4:], "00 00 08 01"),  # labels
        (bytes([0, 0, 13, 3]) + FILE[4:], "00 00 0d 03"),  # floats
        (b"<!DOCTYPE html>...", "3c 21 44 4f"),  # what a mirror says that has lost the file
    ],
)
def test_another_magic_number(tmp_path, content, came):
    assert refusal(written(tmp_path / "images", content)) == (
        f"FILE begins with the magic number {came}; expected 00 00 08 03, for unsigned bytes in 3 dimensions"
    )


@pytest.mark.parametrize("content", [FILE[:-1], FILE + b"!"], ids=["truncated", "too long"])
def test_another_number_of_bytes_than_the_header_says(tmp_path, content):
    assert refusal(written(tmp_path / "images", content)) == (
        f"FILE must have 24 bytes after its header, for 2 × 3 × 4 numbers; it has {len(content) - 16}"
    )


def test_a_header_that_claims_more_than_any_memory_holds_costs_none(tmp_path):
    content = bytes([0, 0, 8, 3]) + b"\xff" * 12 + bytes(10)
    assert refusal(written(tmp_path / "images", content)).endswith(
        "4294967295 × 4294967295 × 4294967295 numbers; it has 10"
    )


@given(st.data())
def test_gzip_data_that_are_cut_off_anywhere(tmp_path_factory, data):
    packed = gzip.compress(FILE)
    kept = data.draw(st.integers(3, len(packed) - 1))
    path = written(tmp_path_factory.getbasetemp() / "images.gz", packed[:kept])
    assert refusal(path) == "FILE is cut off: its gzip data end before they are complete"


@pytest.mark.parametrize("place", [2, 20, -8, -1])  # in the header, the data, the checksum, the length
def test_gzip_data_that_are_damaged(tmp_path, place):
    packed = bytearray(gzip.compress(FILE))
    packed[place] ^= 0x55
    assert "FILE is damaged: its gzip data can't be unpacked (" in refusal(written(tmp_path / "images.gz", packed))


def test_a_directory_and_a_missing_file(tmp_path):
    (tmp_path / "images").mkdir()
    assert refusal(tmp_path / "images") == "can't read FILE: Is a directory"
    assert refusal(tmp_path / "labels") == "can't read FILE: No such file or directory"
