"""The page as one HTML file: its pictures, its data and its scripts, under a policy that lets nothing else in."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from engine.compiling.source.rows import Rows
from engine.support.labels import one_line
from viz.live import modules
from viz.live.data import Data
from viz.live.record import Record
from viz.theme import FURTHER, THEMES

NO_PICTURE = (
    "<p>This graph is too large to be drawn, and has no neurons to be drawn by. Search it, or see the table.</p>"
)
START = "start(ROWS, { gradient: GRADIENT, outputs: OUTPUTS });"
BACKWARD_INK = {"light": "#A84B00", "print": "#444444"}  # for small text: vermilion on white is too faint for that


@dataclass(frozen=True)
class Pictures:
    """The pictures of one graph; those that there are not are empty."""

    network: str
    operations: str
    neurons: str
    layers: str
    begins_folded: bool

    @property
    def best(self) -> str:
        """The one that tells most."""
        return self.network or self.operations or self.neurons or self.layers

    @property
    def of_graph(self) -> list[str]:
        """Those of the graph, the one that is shown first in front."""
        folded = [picture for picture in (self.neurons, self.layers) if picture]
        unfolded = [self.operations] if self.operations else []
        return [*folded, *unfolded] if self.begins_folded else [*unfolded, *folded]


def document(record: Record, pictures: Pictures) -> str:
    """The file as text."""
    data = Data(record)
    written = _json(data.all())
    script = _closing_nothing("\n".join([modules.script(), *_programs(record, data.rows), START]))
    style = _style()
    inside = {
        "title": escape(one_line(record.title)),
        "policy": policy(script, style),
        "style": style,
        "graph": "\n".join(pictures.of_graph) or NO_PICTURE,
        "network": pictures.network,
        "data": written,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: inside[found[1]], re.sub(r"\n +", "\n", _text("page.html")))


def policy(script: str, style: str) -> str:
    """What the page may do: run this script and wear this style, and load nothing."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _programs(record: Record, rows: Rows) -> list[str]:
    """What Python has written in JavaScript for this graph, each in a scope of its own."""
    training = record.training
    numbered = ", ".join(f"[row_{i}, row_{i}_locals]" for i in range(1, len(rows.functions) // 2 + 1))
    gradient = training.script.code if training.script else "const gradient = null;"
    outputs = training.plane.script.code if training.plane else "const forward = null;"
    return [
        f"const ROWS = (() => {{\n{rows.text()}\nreturn [null, {numbered}];\n}})();",
        f"const GRADIENT = (() => {{\n{gradient}\nreturn gradient;\n}})();",
        f"const OUTPUTS = (() => {{\n{outputs}\nreturn forward;\n}})();",
    ]


def _style() -> str:
    return re.sub(r"\s*\n\s*", " ", _text("page.css").replace("/* colors */", _colors()))


CONTRAST = "--background: #000; --ink: #fff; --faint: #e0e0e0; --fill: #111"  # over those of the dark theme


def _colors() -> str:
    """The colors of the themes, as custom properties: as the reader's system has it, or as she has chosen."""
    light, dark, paper = (_properties(name) for name in ("light", "dark", "print"))
    return "\n".join(
        [
            f":root {{ {light} }}",
            f"@media (prefers-color-scheme: dark), (prefers-contrast: more) {{ :root {{ {dark} }} }}",
            f"@media (prefers-contrast: more) {{ :root {{ {CONTRAST} }} }}",
            f":root[data-theme=light] {{ {light}; color-scheme: light }}",
            f":root:is([data-theme=dark], [data-theme=contrast]) {{ {dark}; color-scheme: dark }}",
            f":root[data-theme=contrast] {{ {CONTRAST} }}",
            f"@media print {{ :root, :root[data-theme] {{ {paper} }} }}",
        ]
    )


def _properties(name: str) -> str:
    further = dict(zip(("third", "fourth", "fifth", "sixth"), FURTHER[name], strict=True))
    backward_ink = {"backward-ink": BACKWARD_INK.get(name, THEMES[name].backward)}
    return "; ".join(f"--{key}: {color}" for key, color in (vars(THEMES[name]) | backward_ink | further).items())


def _closing_nothing(script: str) -> str:
    """The script with no `</script` in it; in strings and comments, where labels may be, this changes nothing."""
    return script.replace("</", r"<\/").replace("<!--", r"<\!--")


def _json(data: Any) -> str:
    """JSON inside of an element: nothing in it closes that."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _text(name: str) -> str:
    return files("viz.live").joinpath(name).read_text(encoding="utf-8")
