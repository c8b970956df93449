"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` into a new file beside `path`, then put that in its place; what was there stays until then.

    Whatever ends it early, Ctrl-C included, nothing is left beside. Raises OSError, which names `path`.
    """
    beside = Path(path).parent / f".unfinished-{token_hex(8)}"
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
    finally:
        with suppress(OSError):  # gone, if it was put in place; not made, where nothing can be written
            beside.unlink()
