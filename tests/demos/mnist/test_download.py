"""Downloads from a server on this machine: good ones, wrong bytes, connections cut off, mirrors that have nothing."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demos.kit.console import Refusal
from demos.mnist import download as module
from demos.mnist.download import CHECKSUMS, MIRRORS, download
from demos.mnist.reading import FILES

NAME = "digits"
CONTENT = bytes(range(256)) * 2000
PACKED = gzip.compress(CONTENT, 0)  # not compressed, so that there is enough to cut off
CHECKSUM = {NAME: hashlib.sha256(CONTENT).hexdigest()}
WRONG = gzip.compress(b"wrong" * 100)
WRONG_IS, EXPECTED = hashlib.sha256(b"wrong" * 100).hexdigest()[:12], CHECKSUM[NAME][:12]


class Mirror(BaseHTTPRequestHandler):
    """Answers by the first word of the path: what kind of mirror it is."""

    asked: list[tuple[str, str | None]]  # the kinds, with the ranges

    def do_GET(self):
        kind = self.path.split("/")[1]
        asked = self.headers.get("Range")
        self.server.asked.append((kind, asked))
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and kind != "no-range" else 0
        body, sent = PACKED, None
        if kind == "missing":
            return self.send_error(404, "Not Found")
        if kind == "wrong":
            body = WRONG
        if kind == "page":
            body = b"<!DOCTYPE html> We have moved."
        if kind == "cut" or (kind == "cut-once" and not asked):
            sent = 200_000
        if kind == "no-range" and len(self.server.asked) == 1:
            sent = 200_000
        if kind == "stuck":
            sent = 0
        if start >= len(body):
            return self.send_error(416, "Range Not Satisfiable")
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        self.wfile.write(body[start:] if sent is None else body[start : start + sent])
        return None

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(scope="module")
def running():
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server(running):
    running.asked = []
    return running


@pytest.fixture
def fetch(server, tmp_path):
    """Download from mirrors of these kinds; gives what they were asked for."""

    def from_mirrors(*kinds, folder=tmp_path):
        mirrors = [f"http://127.0.0.1:{server.server_port}/{kind}/" for kind in kinds]
        download(folder, mirrors, CHECKSUM)
        return server.asked

    return from_mirrors


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def is_there(folder):
    return names(folder) == [f"{NAME}.gz"] and (folder / f"{NAME}.gz").read_bytes() == PACKED


def test_a_good_mirror_is_asked_once(fetch, tmp_path, capsys):
    assert fetch("good", "missing", folder=tmp_path / "new" / "deep") == [("good", None)]
    assert is_there(tmp_path / "new" / "deep")
    assert capsys.readouterr().err == "digits.gz: 0.5 of 0.5 MB\n"


def test_on_a_terminal_the_line_moves(fetch, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    fetch("good")
    lines = capsys.readouterr().err.split("\r")
    assert len(lines) > 5
    assert lines[0] == "digits.gz: 0.1 of 0.5 MB"


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["packed", "unpacked"])
def test_what_is_there_and_right_is_not_fetched_again(fetch, tmp_path, pack):
    path = tmp_path / (NAME if pack is bytes else f"{NAME}.gz")
    path.write_bytes(pack(CONTENT))
    assert fetch("missing") == []


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (WRONG, f"its content has the SHA-256 {WRONG_IS}…; expected {EXPECTED}…"),
        (PACKED[:-9], "its gzip data are damaged"),
    ],
    ids=["other content", "cut off"],
)
def test_what_is_there_and_wrong_is_left_alone(fetch, tmp_path, content, what):
    path = tmp_path / f"{NAME}.gz"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        fetch("good")
    assert str(refusal.value) == f"{path} is there, but {what}; move it away, or name another folder"
    assert path.read_bytes() == content


@pytest.mark.parametrize("bad", ["missing", "wrong", "page", "stuck"])
def test_the_next_mirror_is_asked_where_one_fails(fetch, tmp_path, bad):
    assert fetch(bad, "good") == [(bad, None), ("good", None)]
    assert is_there(tmp_path)


def test_a_connection_that_is_cut_off_is_taken_up_where_it_stopped(fetch, tmp_path):
    assert fetch("cut-once") == [("cut-once", None), ("cut-once", "bytes=200000-")]
    assert is_there(tmp_path)


def test_and_as_often_as_it_gets_on(fetch, tmp_path):
    assert fetch("cut") == [("cut", None), ("cut", "bytes=200000-"), ("cut", "bytes=400000-")]
    assert is_there(tmp_path)


def test_another_mirror_goes_on_where_the_first_stopped(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TRIES", 1)
    assert fetch("cut", "good") == [("cut", None), ("good", "bytes=200000-")]
    assert is_there(tmp_path)


def test_another_day_goes_on_where_the_first_stopped(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "TRIES", 1)
    with pytest.raises(Refusal, match=r"can't fetch digits\.gz: .*/cut/: the connection was cut off$"):
        fetch("cut")
    assert names(tmp_path) == [f"{NAME}.gz.part"]
    assert fetch("good")[-1] == ("good", "bytes=200000-")
    assert is_there(tmp_path)


def test_a_server_that_knows_no_ranges_sends_everything_again(fetch, tmp_path):
    assert fetch("no-range") == [("no-range", None), ("no-range", "bytes=200000-")]
    assert is_there(tmp_path)


@pytest.mark.parametrize("part", [b"something else", PACKED + b"!"], ids=["shorter", "longer"])
def test_the_part_of_something_else_is_fetched_once_more_from_nothing(fetch, tmp_path, part):
    (tmp_path / f"{NAME}.gz.part").write_bytes(part)
    assert fetch("good") == [("good", f"bytes={len(part)}-"), ("good", None)]
    assert is_there(tmp_path)


def test_a_part_that_is_the_whole_already_needs_its_name_only(fetch, tmp_path):
    (tmp_path / f"{NAME}.gz.part").write_bytes(PACKED)
    assert fetch("good") == [("good", f"bytes={len(PACKED)}-")]
    assert is_there(tmp_path)


def test_more_than_any_such_file_is_refused(fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST", 300_000)
    with pytest.raises(Refusal, match="it sends more than 300000 bytes"):
        fetch("good")
    assert names(tmp_path) == []


def test_if_no_mirror_has_it_one_line_tells_why_of_each(fetch, tmp_path):
    with pytest.raises(Refusal) as caught:
        fetch("missing", "wrong", "page")
    message = re.sub(r"http://127\.0\.0\.1:\d+/(\S+)/: ", r"\1: ", str(caught.value))
    another = "its content has the SHA-256 HASH…; expected HASH…"
    assert re.sub(r"\b[0-9a-f]{12}…", "HASH…", message) == (
        f"can't fetch digits.gz: missing: 404 Not Found; wrong: {another}; page: {another}"
    )
    assert names(tmp_path) == []


def test_a_server_that_is_not_there(tmp_path):
    with pytest.raises(Refusal, match=r"http://127\.0\.0\.1:1/: .*refused"):
        download(tmp_path, ["http://127.0.0.1:1/"], CHECKSUM)


def test_a_folder_that_cannot_be_written(fetch, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(Refusal) as refusal:
        fetch("good", folder=tmp_path / "file")
    assert str(refusal.value) == f"can't write to {tmp_path / 'file'}: {os.strerror(errno.EEXIST)}"


def test_the_four_files_have_checksums_and_several_mirrors():
    assert tuple(CHECKSUMS) == FILES
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in CHECKSUMS.values())
    assert len(MIRRORS) > 1
    assert all(re.fullmatch(r"https?://.*/", mirror) for mirror in MIRRORS)
