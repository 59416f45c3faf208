"""Every pair of colours that the design relies on, computed from the tokens in light and dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
TEXT = 7.0  # Any text, large or small: WCAG AAA for body text.
EDGE = 3.0  # Edges and graphics: WCAG 1.4.11.
NUTRIENTS = ["mg", "ca", "vd", "b12", "neutral"]
TINTS = " ".join(f"{name}-tint" for name in NUTRIENTS)
# What is drawn in a colour, and the grounds that it is drawn on.
TEXTS = {
    "ink": f"paper surface sunken butter-soft brand-tint caution-tint danger-tint marker {TINTS}",
    "ink-soft": "paper surface sunken brand-tint",
    "link": "paper surface sunken brand-tint caution-tint danger-tint",
    "on-butter": "butter butter-soft",
    "on-brand": "brand brand-strong",
    "on-danger": "danger",
    "danger": "paper danger-tint",
    "caution": "caution-tint",
    **{name: f"{name}-tint" for name in NUTRIENTS},
    **dict.fromkeys(("foot-ink", "foot-soft", "foot-accent"), "foot"),
}
EDGES = {
    "line-strong": "surface paper butter-soft",
    "focus": "paper butter surface",
    **{f"{name}-fill": "sunken" for name in NUTRIENTS},
    "brand": "brand-tint surface",
    "foot-accent": "foot",
    "danger": "paper",
    "caution": "surface",
}


def palettes():
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.DOTALL)
    light, rest = css.split("@media (prefers-color-scheme: dark)")
    dark = rest.split("@media (prefers-contrast: more)")[0]
    colours = {"light": hex_values(light)}
    return colours | {"dark": colours["light"] | hex_values(dark)}


def hex_values(css):
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", css))


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(first, second):
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, TEXT), (EDGES, EDGE)], ids=["texts", "edges"])
def test_colours_stand_out_from_their_grounds(scheme, pairs, least):
    colours = palettes()[scheme]
    weak = [
        (front, ground)
        for front, grounds in pairs.items()
        for ground in grounds.split()
        if ratio(colours[front], colours[ground]) < least
    ]

    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert weak == []
