"""From DOT text to a picture: by the system's `dot` where there is one, else by the `graphviz-pure` package."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from graphviz import Digraph

from engine.support.files import write_atomically

DPI = 144  # of PNGs: sharp on screens of today
FORMATS = ("svg", "png", "pdf", "dot")


class Drawing(Digraph):  # type: ignore[misc]  # graphviz has no types
    """A `graphviz.Digraph` that displays, pipes and renders without a system `dot`, too."""

    def __repr__(self) -> str:
        return 'Drawing; save(drawing, "picture.svg") of viz writes it, drawing.view() opens it, a notebook shows it'

    def pipe(
        self, format: str | None = None, *_: Any, engine: str | None = None, encoding: str | None = None, **__: Any
    ) -> Any:
        """The picture as bytes, or as text if an encoding is given."""
        picture = render(self.source, format or self.format, engine or self.engine)
        return picture.decode(encoding) if encoding else picture

    def render(
        self,
        filename: str | None = None,
        directory: str | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *_: Any,
        quiet_view: bool = False,
        **__: Any,
    ) -> str:
        """Save the DOT text as `filename` and the picture beside it; returns the picture's path."""
        source = Path(self.save(filename, directory=directory))
        picture = save(self, source.with_name(f"{source.name}.{format or self.format}"))
        if cleanup:
            source.unlink()
        if view or quiet_view:
            self._view(str(picture), format=format or self.format, quiet=True)
        return str(picture)

    def _repr_image_svg_xml(self) -> str:
        """For a notebook: where the column is narrower than the picture, the browser makes the picture smaller."""
        picture: str = self.pipe(format="svg", encoding="utf-8")
        return picture.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)


def render(source: str, format: str, engine: str = "dot") -> bytes:
    """DOT text as a picture; raises ValueError for a format that can't be made here, with the remedy."""
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; a drawing can be saved as {', '.join(FORMATS)}")
    if format == "dot":
        return source.encode()
    command = shutil.which("dot")
    if command is None and format == "pdf":
        raise ValueError(
            "a PDF needs Graphviz's own `dot`, which is not on this machine: install it "
            "(apt install graphviz, brew install graphviz, winget install graphviz), or save as svg or png"
        )
    run = subprocess.run(
        [command or _graphviz_pure(), "-q", f"-K{engine}", f"-T{format}", *([f"-Gdpi={DPI}"] * (format == "png"))],
        input=source.encode(),
        capture_output=True,
        check=False,
    )
    if run.returncode or not run.stdout:
        raise RuntimeError(f"{run.args[0]} could not draw this: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def _graphviz_pure() -> str:
    """The binary that the package installs; it may not be on the PATH of an environment that is not activated."""
    try:
        files = distribution("graphviz-pure").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"):
            return str(file.locate())
    raise RuntimeError("nothing here can draw: pip install graphviz-pure, or install Graphviz itself")


def save(drawing: Drawing, path: str | os.PathLike[str]) -> Path:
    """Write a drawing to `path`, in the format of its suffix: .svg, .png, .pdf or .dot.

    Written beside and then put in place, so that there is never half a picture. Raises ValueError for a
    format that can't be made, and OSError for a place that can't be written.
    """
    path = Path(path)
    suffix = path.suffix.removeprefix(".").lower()
    if not suffix:
        raise ValueError(f"{str(path)!r} has no suffix to tell the format; it can be {', '.join(FORMATS)}")
    picture = render(drawing.source, suffix, drawing.engine)
    write_atomically(path, picture)
    return path
