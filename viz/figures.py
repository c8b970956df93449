"""Figures of matplotlib, in the colors of the other pictures. No other file imports it; it is an extra, `plots`."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from engine.support.numerals import plural
from viz.theme import FURTHER, THEMES, Theme, theme_named

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] != "matplotlib":
        raise
    raise ModuleNotFoundError(
        "plots are drawn by matplotlib, which is not installed: pip install 'glassgrad[plots]'", name="matplotlib"
    ) from None

DPI = 144  # of PNGs, as of the other pictures
SIZE = (6.4, 4.0)  # inches
FORMATS = ("svg", "png", "pdf")

# What tells curves and classes apart beside their colors.
DASHES = ("-", "--", ":", "-.")
MARKERS = "os^DvP*"
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---")


class Plot(Figure):
    """A matplotlib figure that no window holds: notebooks show it, `savefig` writes it, `pipe` gives its bytes."""

    def __init__(self, theme: str = "light", panels: int = 1) -> None:
        self.theme = theme_named(theme)
        width, height = SIZE
        super().__init__((width * panels, height), facecolor=self.theme.background, layout="constrained")
        self.panels: list[Axes] = [dressed(self.add_subplot(1, panels, i + 1), self.theme) for i in range(panels)]

    def pipe(self, format: str = "svg") -> bytes:
        """The picture as bytes, the same ones each time; raises ValueError for a format other than svg, png, pdf."""
        if format not in FORMATS:
            raise ValueError(f"unknown format {format!r}; a plot can be saved as {', '.join(FORMATS)}")
        picture = BytesIO()
        undated = {"svg": "Date", "pdf": "CreationDate"}.get(format)
        with rc_context({"svg.hashsalt": "glassgrad"}):
            self.savefig(picture, format=format, dpi=DPI, metadata={undated: None} if undated else None)
        return picture.getvalue()

    def __repr__(self) -> str:
        return f'Plot of {plural(len(self.panels), "panel")}; plot.savefig("plot.png") writes it, a notebook shows it'

    def _repr_png_(self) -> bytes:
        return self.pipe("png")


def colors(theme: Theme) -> tuple[str, ...]:
    """One after the other for curves or classes; who draws more than there are starts over, with another second cue."""
    name = next(name for name, known in THEMES.items() if known == theme)
    return theme.forward, theme.backward, *FURTHER[name]


def cycled(cues: Sequence[str], i: int) -> str:
    return cues[i % len(cues)]


def dressed(axes: Axes, theme: Theme) -> Axes:
    """The axes in the colors of the theme, with no more lines than it takes."""
    axes.set_facecolor(theme.background)
    axes.tick_params(colors=theme.faint, which="both", labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_color(theme.faint)
        spine.set_visible(side in ("left", "bottom"))
    axes.set_axisbelow(True)
    return axes


def labelled(axes: Axes, theme: Theme, x: str, y: str, title: str = "") -> None:
    axes.set_xlabel(x, color=theme.ink)
    axes.set_ylabel(y, color=theme.ink)
    if title:
        axes.set_title(title, color=theme.ink, fontsize=11, loc="left")


def whole(axes: Axes) -> None:
    """Marks at whole numbers only, on the axis of what is counted."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def legend(axes: Axes, theme: Theme) -> None:
    """Inside, where it covers least."""
    box = axes.legend(
        fontsize=9, labelcolor=theme.ink, facecolor=theme.background, edgecolor=theme.faint, framealpha=0.9
    )
    box.get_frame().set_linewidth(0.6)
