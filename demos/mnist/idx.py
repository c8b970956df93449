"""IDX, the format of MNIST's files: a header that tells the shape, then a byte for each number; gzipped or not.

0, 0, 8 (unsigned bytes), the number of dimensions     4 bytes: the magic number
the size of each dimension                             4 bytes each, most significant first
the numbers, last dimension fastest                    1 byte each
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.kit.console import Refusal
from engine.support.numerals import plural

Bytes = NDArray[np.uint8]

GZIP = b"\x1f\x8b"  # how a gzipped file begins, whatever its name is


def read_idx(path: Path, dimensions: int) -> Bytes:
    """The array in an IDX file; raises Refusal, which names the file, what came and what was expected."""
    content = _unpacked(path)
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise Refusal(f"{path} is cut off: it holds {len(content)} bytes, and its header alone has {header}")
    expected = _magic(dimensions)
    if content[:4] != expected:
        raise Refusal(
            f"{path} begins with the magic number {content[:4].hex(' ')}; expected {expected.hex(' ')}, "
            f"for unsigned bytes in {plural(dimensions, 'dimension')}"
        )
    shape = tuple(np.frombuffer(content[4:header], ">u4").tolist())
    if len(content) != header + prod(shape):
        raise Refusal(
            f"{path} must have {prod(shape)} bytes after its header, for {' × '.join(map(str, shape))} numbers; "
            f"it has {len(content) - header}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def idx_bytes(array: Bytes) -> bytes:
    """The array as an IDX file."""
    return _magic(array.ndim) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def _magic(dimensions: int) -> bytes:
    return bytes([0, 0, 8, dimensions])


def _unpacked(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP) else content
    except EOFError:
        raise Refusal(f"{path} is cut off: its gzip data end before they are complete") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Refusal(f"{path} is damaged: its gzip data can't be unpacked ({error})") from None
    except OSError as error:
        raise Refusal(f"can't read {path}: {error.strerror or error}") from None
