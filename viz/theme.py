"""Colors. Forward and backward differ by color and by a second cue: solid and dashed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    background: str
    ink: str  # names and outlines
    faint: str  # what is there, but not the point: constants, the legend
    fill: str  # neurons and leaves
    forward: str
    backward: str


# Blue and vermilion of the Okabe-Ito palette, which color-blind readers tell apart; sky blue and orange on dark.
THEMES = {
    "light": Theme("#ffffff", "#222222", "#666666", "#f5f7fa", "#0072B2", "#D55E00"),
    "dark": Theme("#14171c", "#e8e8e8", "#a0a6b0", "#20252d", "#56B4E9", "#E69F00"),
    "print": Theme("#ffffff", "#000000", "#555555", "#ffffff", "#000000", "#666666"),
}

# For what shows several classes or curves, after forward and backward; green comes last, far from vermilion.
FURTHER = {
    "light": ("#CC79A7", "#E69F00", "#56B4E9", "#009E73"),
    "dark": ("#CC79A7", "#F0E442", "#0072B2", "#009E73"),
    "print": ("#999999", "#333333", "#bbbbbb", "#777777"),
}


def theme_named(name: str) -> Theme:
    if name not in THEMES:
        raise ValueError(f"unknown theme {name!r}; there are {', '.join(THEMES)}")
    return THEMES[name]
