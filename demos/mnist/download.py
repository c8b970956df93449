"""Fetches MNIST's four files from public mirrors: checked, resumable, and never half-written.

A file comes as `NAME.gz.part`. Cut off, it stays, and the next attempt goes on from there. Complete, it is unpacked and
held against its checksum, and only then gets its name.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from demos.kit.console import Refusal, writing
from demos.mnist.idx import GZIP

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)

# SHA-256 of the unpacked files: those that are packed anew elsewhere are the same files.
CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

CHUNK = 1 << 16  # bytes that are read at a time
MOST = 1 << 24  # bytes: no file of MNIST is as large, packed
TRIES = 5  # at one mirror, each going on where the one before was cut off
PATIENCE = 30.0  # seconds without a byte
PARTIAL, NOTHING_AFTER = 206, 416  # what a server says that goes on where it was asked to, or that has nothing there


class Failure(Exception):  # noqa: N818  (no error: there are other mirrors)
    """Why a mirror did not give a file."""


def download(folder: Path, mirrors: Sequence[str] = MIRRORS, checksums: Mapping[str, str] = CHECKSUMS) -> None:
    """Make `folder` hold these files; those that it has, unpacked or with .gz, are checked and stay.

    Raises Refusal if a file there is another one, or if no mirror gives it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, checksum in checksums.items():
        if not _is_there(folder, name, checksum):
            _fetch(folder / f"{name}.gz", checksum, mirrors)


def _is_there(folder: Path, name: str, checksum: str) -> bool:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            try:
                _verify(path, checksum)
            except (Failure, OSError) as failure:
                raise Refusal(f"{path} is there, but {failure}; move it away, or name another folder") from None
            return True
    return False


def _fetch(path: Path, checksum: str, mirrors: Sequence[str]) -> None:
    part = path.with_name(f"{path.name}.part")
    failures = []
    for mirror in mirrors:
        try:
            with writing(path):
                _receive(f"{mirror}{path.name}", part, checksum)
                os.replace(part, path)
        except Failure as failure:
            failures.append(f"{mirror}: {failure}")
        else:
            return
    raise Refusal(f"can't fetch {path.name}: {'; '.join(failures)}")


def _receive(url: str, part: Path, checksum: str) -> None:
    """The whole file as `part`, in as many attempts as bring it further."""
    for _ in range(TRIES):
        earlier = part.stat().st_size if part.exists() else 0
        if _attempt(url, part, earlier):
            try:
                return _verify(part, checksum)
            except Failure:
                part.unlink()
                if not earlier:
                    raise
                # what there was before may have been the beginning of something else: once more, from nothing
        elif part.stat().st_size <= earlier:
            break
    raise Failure("the connection was cut off")


def _attempt(url: str, part: Path, earlier: int) -> bool:
    """Append to `part` what comes after `earlier` bytes; is it complete then?"""
    request = Request(url, headers={"Range": f"bytes={earlier}-"} if earlier else {})
    try:
        response = urlopen(request, timeout=PATIENCE)
    except HTTPError as error:
        error.close()
        if error.code == NOTHING_AFTER:
            return True
        raise Failure(f"{error.code} {error.reason}") from None
    except (HTTPException, OSError) as error:
        raise Failure(str(getattr(error, "reason", error))) from None
    with response:
        # a server that does not know how to go on sends everything
        start = earlier if response.status == PARTIAL else 0
        length = response.headers.get("Content-Length", "")
        size = start + int(length) if length.isdecimal() else None
        progress = Progress(part.stem, start, size)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in _chunks(response):
                file.write(chunk)
                progress.add(len(chunk))
                if progress.received > MOST:
                    break
        progress.end()
    if progress.received > MOST:
        part.unlink()
        raise Failure(f"it sends more than {MOST} bytes")
    return size is None or progress.received == size


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    """What comes until the end or until the connection breaks: how much it was tells which."""
    with suppress(HTTPException, OSError):
        while chunk := response.read(CHUNK):
            yield chunk


def _verify(path: Path, checksum: str) -> None:
    """Raise Failure if this is not the file, packed or unpacked, that has the checksum."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
        with gzip.open(path) if packed else path.open("rb") as content:
            while chunk := content.read(CHUNK):
                found.update(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Failure("its gzip data are damaged") from None
    if found.hexdigest() != checksum:
        raise Failure(f"its content has the SHA-256 {found.hexdigest()[:12]}…; expected {checksum[:12]}…")


class Progress:
    """A line on stderr; on a terminal it moves."""

    def __init__(self, name: str, received: int, size: int | None) -> None:
        self.name, self.received, self.size = name, received, size

    def add(self, count: int) -> None:
        self.received += count
        if sys.stderr.isatty():
            self._print("\r")

    def end(self) -> None:
        self._print("\n")

    def _print(self, end: str) -> None:
        whole = "" if self.size is None else f" of {self.size / 1e6:.1f}"
        print(f"{self.name}: {self.received / 1e6:.1f}{whole} MB", end=end, file=sys.stderr, flush=True)
