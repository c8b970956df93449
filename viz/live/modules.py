"""The page's JavaScript modules as one script, since a file that is opened from a disk may import nothing.

Each keeps a scope of its own, which gives what it exports; what it imports is taken from there.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from posixpath import dirname, join, normpath

MAIN = "main"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function|const) (\w+))", re.MULTILINE)
_SPACE = re.compile(r"^ +|^\n|^// .*\n", re.MULTILINE)  # and headings
_TYPES = re.compile(
    r"^ */\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL
)  # the type checker's, and the reader's of the module


@cache
def script() -> str:
    """All modules, each after those that it imports, and a `start` for the page."""
    written: dict[str, str] = {}
    _write(MAIN, written)
    return "\n".join(["const modules = {};", *written.values(), f'const {{ start }} = modules["{MAIN}"];'])


def _write(name: str, written: dict[str, str]) -> None:
    if name in written:
        return
    text = _text(name)
    taken = []
    for names, place in _IMPORT.findall(text):
        other = normpath(join(dirname(name), place))
        _write(other, written)
        taken.append(f'const {{{names}}} = modules["{other}"];')
    body = _TYPES.sub("", _IMPORT.sub("", text))
    exported = ", ".join(_EXPORT.findall(body))
    body = _SPACE.sub("", body)  # for a smaller file
    lines = [*taken, _EXPORT.sub("", body).strip(), f"return {{ {exported} }};"]
    written[name] = "\n".join([f'modules["{name}"] = (() => {{', *lines, "})();"])


def _text(name: str) -> str:
    return files("viz.live").joinpath(f"js/{name}.js").read_text(encoding="utf-8")
