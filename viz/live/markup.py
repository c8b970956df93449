"""SVG as text: elements, and the texts in them that show a number of a node."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from unicodedata import bidirectional

LARGEST = 1.4  # pixels of a unit, where the screen is wide enough
VALUE, GRADIENT = "value", "gradient"  # what a text shows of a node


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element; an attribute that is None is left out, and `class_` and `data_node` are `class` and `data-node`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def _text(value: object) -> str:
    """A measure, to a tenth where it is small: more can't be seen, and makes the file larger."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 20 else f"{value:.1f}".removesuffix(".0")


def text(words: str, x: float, y: float, **attributes: object) -> str:
    return element("text", escape(words), x=x, y=y, **attributes)


def shown(node: int, what: str, words: str) -> str:
    """A number of a node inside of a text; the page keeps it up to date."""
    return element("tspan", escape(words), data_node=node, data_show=what)


def equation(name: str, node: int, what: str, words: str) -> str:
    """`name = number`."""
    return (escape(f"{isolated(name)} = ") if name else "") + shown(node, what, words)


def isolated(name: str) -> str:
    """A name that runs from right to left, kept apart from the number behind it."""
    return f"\u2068{name}\u2069" if any(bidirectional(c) in ("R", "AL", "AN") for c in name) else name


def card(node: int, kind: str, inside: Iterable[str], place: tuple[float, float]) -> str:
    """What shows a node at a place; its own numbers need not say whose they are."""
    x, y = place
    own = f' data-node="{node}"'
    where = f"translate({x:.0f},{y:.0f})"
    return element("g", "".join(inside).replace(own, ""), class_=f"node {kind}", data_node=node, transform=where)


def picture(inside: Iterable[str], box: tuple[float, float, float, float], label: str) -> str:
    """A whole picture, `box` its left and upper end and its size."""
    place = " ".join(map(_text, box))
    size = {"width": round(box[2] * LARGEST), "viewBox": place}
    return element("svg", *inside, **size, role="group", aria_label=label, class_="picture")
