"""The design: contrast of its colours, letters of its font, and its stylesheets."""

import re

import pytest
from fontTools.ttLib import TTFont

from tests.processes import ROOT

STYLES = ROOT / "static" / "css"
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
    css = re.sub(r"/\*.*?\*/", "", (STYLES / "tokens.css").read_text(), flags=re.DOTALL)
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
def test_colours_have_enough_contrast(scheme, pairs, least):
    colours = palettes()[scheme]
    weak = [
        (front, ground)
        for front, grounds in pairs.items()
        for ground in grounds.split()
        if ratio(colours[front], colours[ground]) < least
    ]

    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert weak == []


# Font


@pytest.fixture(scope="module")
def font():
    return TTFont(ROOT / "static" / "fonts" / "atkinson-hyperlegible-next.woff2")


def test_font_has_every_letter_of_the_texts(font):
    texts = [*(ROOT / "fixtures").rglob("*.yaml"), *(ROOT / "templates").rglob("*.html")]
    used = {letter for path in texts for letter in path.read_text() if letter.isprintable()}

    assert len(used) > 70
    assert {letter for letter in used if ord(letter) not in font.getBestCmap()} == set()


def test_font_has_every_weight_of_the_stylesheets_and_tabular_figures(font):
    styles = "".join(path.read_text() for path in STYLES.rglob("*.css"))
    weights = {int(weight) for weight in re.findall(r"font-weight: (\d+);", styles)}
    [axis] = font["fvar"].axes

    assert axis.minValue <= min(weights) <= max(weights) <= axis.maxValue
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


# Stylesheets


def test_every_stylesheet_is_imported_once():
    names = re.findall(r'^@import "([^"]+)";$', (STYLES / "site.css").read_text(), re.MULTILINE)
    files = {str(file.relative_to(STYLES)) for file in STYLES.rglob("*.css")}
    # The table, the page for a doctor and previews of proposals add a sheet of their own.
    linked = ("site.css", "comparison.css", "sheet.css", "preview.css")
    parts = {name for name in files if name not in linked and not name.startswith("admin")}

    assert sorted(names) == sorted(parts)
