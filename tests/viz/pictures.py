"""The README's pictures: `python -m tests.viz.pictures` draws them anew, and the page that one of them shows.

With `film` behind it also the film of the page, which takes Chromium.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from tests.viz.graphs import primer
from viz import draw_network, page, save

FOLDER = Path(__file__).parent.parent.parent / "demos" / "pictures"
PICTURES = {"primer-network.svg": "light", "primer-network-dark.svg": "dark"}
PAGE, FILM = FOLDER / "primer-page.html", FOLDER / "primer-page.gif"

SIZE = 1200, 760
CLICK = "new MouseEvent('click', {bubbles: true})"
SCENES = [  # what is done before each frame, and how long it is seen, in seconds
    ("", 1.6),
    *((f"glassgrad.goto({position})", 0.7) for position in (1, 2, 3, 4, 7, 8, 14)),
    *((f"glassgrad.goto({position})", 0.9) for position in (15, 17, 18, 23, 24, 27, 28, 33, 34, 38)),
    ("glassgrad.goto(50)", 1.6),
    ("document.querySelector('[data-node=\"10\"] [data-show]').dispatchEvent(" + CLICK + ")", 1.2),
    *((f"glassgrad.set('w[1][2,1]', {x})", 0.35) for x in (0.4, 0.5, 0.6, 0.7, 0.8)),
    ("glassgrad.set('w[1][2,1]', 0.9)", 1.8),
    *(("glassgrad.train({rate: 0.1, steps: 1})", 0.25) for _ in range(12)),
    ("glassgrad.train({rate: 0.1, steps: 1})", 2.0),
]  # fmt: skip


def drawing(name: str):
    return draw_network(*primer(), theme=PICTURES[name])


def write_page(path: Path) -> Path:
    model, loss = primer(backward=False)
    return page(loss, path, model=model, title="The primer’s network")


def film(path: Path) -> None:
    """The page in motion: both passes, a weight that is dragged, some training."""
    from PIL import Image

    from tests.viz.live.browser import chromium

    frames = []
    with chromium() as browser:
        browser.size(*SIZE)
        browser.media(prefers_color_scheme="light", prefers_reduced_motion="reduce")
        browser.open(PAGE)
        for script, _ in SCENES:
            browser.run(script)
            frames.append(Image.open(BytesIO(browser.picture())).convert("RGB"))
    colors = frames[24].quantize(64)
    small = [frame.quantize(palette=colors, dither=Image.Dither.NONE) for frame in frames]
    seconds = [round(1000 * seconds) for _, seconds in SCENES]
    small[0].save(path, save_all=True, append_images=small[1:], duration=seconds, loop=0, optimize=True)


if __name__ == "__main__":
    for name in PICTURES:
        print(save(drawing(name), FOLDER / name))
    print(write_page(PAGE))
    if "film" in sys.argv:
        film(FILM)
        print(FILM)
