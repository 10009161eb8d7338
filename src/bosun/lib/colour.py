"""Colours as #rrggbb: mixing, contrast, and the shades of one accent that stay readable on light and dark."""

from __future__ import annotations

import re
from collections.abc import Mapping

Rgb = tuple[int, int, int]

READABLE = 4.5
WHITE, BLACK = (255, 255, 255), (16, 17, 19)
LIGHT, DARK = (255, 255, 255), (23, 24, 27)
STEPS = 24


def parse(text: str) -> Rgb | None:
    """The three parts of #rrggbb; None for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def text(rgb: Rgb) -> str:
    """The colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`one` with a share (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminance(rgb: Rgb) -> float:
    """How bright a colour is to the eye, 0 to 1, as WCAG counts it."""
    parts = [part / 255 for part in rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast of two colours, 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def readable(ink: Rgb, *grounds: Rgb) -> Rgb:
    """The nearest shade of `ink` that can be read on all of these grounds."""
    towards = BLACK if sum(map(luminance, grounds)) / len(grounds) > 0.4 else WHITE
    for step in range(STEPS + 1):
        shade = mix(ink, towards, step / STEPS)
        if all(contrast(shade, ground) >= READABLE for ground in grounds):
            return shade
    return towards


def shades(accent: Rgb, dark: bool) -> Mapping[str, str]:
    """The shades of an accent on a light or dark surface, by the name of the style sheet's property."""
    surface = DARK if dark else LIGHT
    fill = readable(accent, WHITE)
    soft = mix(surface, accent, 0.22 if dark else 0.1)
    return {
        "accent": text(fill),
        "accent-hover": text(mix(fill, WHITE if dark else BLACK, 0.12)),
        "accent-ink": text(readable(accent, surface, soft)),
        "accent-soft": text(soft),
        "accent-line": text(mix(surface, accent, 0.45 if dark else 0.33)),
        "on-accent": text(WHITE),
    }
