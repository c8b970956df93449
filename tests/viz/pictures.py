"""The README's pictures: `python -m tests.viz.pictures` draws them anew."""

from __future__ import annotations

from pathlib import Path

from tests.viz.graphs import primer
from viz import draw_network, save

FOLDER = Path(__file__).parent.parent.parent / "demos" / "pictures"
PICTURES = {"primer-network.svg": "light", "primer-network-dark.svg": "dark"}


def drawing(name: str):
    return draw_network(*primer(), theme=PICTURES[name])


if __name__ == "__main__":
    for name in PICTURES:
        print(save(drawing(name), FOLDER / name))
