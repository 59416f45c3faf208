"""Every pair of colours that the design relies on, computed from the tokens in light and dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
TEXT = 7.0  # Any text, large or small: WCAG AAA for body text.
EDGE = 3.0  # Edges and graphics: WCAG 1.4.11.
NUTRIENTS = ["mg", "ca", "vd", "b12", "neutral"]

TEXT_PAIRS = [
    *[
        ("ink", ground)
        for ground in ["paper", "surface", "sunken", "butter-soft", "brand-tint", "caution-tint"]
    ],
    *[("ink", ground) for ground in ["danger-tint", "marker"]],
    *[("ink-soft", ground) for ground in ["paper", "surface", "sunken", "brand-tint"]],
    *[
        ("link", ground)
        for ground in ["paper", "surface", "sunken", "brand-tint", "caution-tint", "danger-tint"]
    ],
    ("on-butter", "butter"),
    ("on-butter", "butter-soft"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-danger", "danger"),
    ("danger", "paper"),
    ("danger", "danger-tint"),
    ("caution", "caution-tint"),
    *[(name, f"{name}-tint") for name in NUTRIENTS],
    *[("ink", f"{name}-tint") for name in NUTRIENTS],
    ("foot-ink", "foot"),
    ("foot-soft", "foot"),
    ("foot-accent", "foot"),
]
EDGE_PAIRS = [
    *[("line-strong", ground) for ground in ["surface", "paper", "butter-soft"]],
    *[("focus", ground) for ground in ["paper", "butter", "surface"]],
    *[(f"{name}-fill", "sunken") for name in NUTRIENTS],
    ("brand", "brand-tint"),
    ("foot-accent", "foot"),
    ("danger", "paper"),
    ("brand", "surface"),
    ("caution", "surface"),
]


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


def ratio(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_ratio_of_black_and_white_is_21():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT_PAIRS)
def test_text_stands_out(front, ground, scheme):
    colours = palettes()[scheme]
    assert ratio(colours[front], colours[ground]) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), EDGE_PAIRS)
def test_edges_and_drawings_stand_out(front, ground, scheme):
    colours = palettes()[scheme]
    assert ratio(colours[front], colours[ground]) >= EDGE
