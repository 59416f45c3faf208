"""Draw the pictures of shared links: one for each article, nutrient and kind of page.

python -m scripts.draw_cards

The tests' browser draws them with the site's font into static/img/cards, part of the repository.
`words.json` there has the words on each, so that the site shows no picture whose row has changed.
Draw them again when such words change.
"""

import base64
import io
import json
import sys
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import yaml
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
CARDS = ROOT / "static" / "img" / "cards"
FONT = ROOT / "scripts" / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
SITE = ROOT / "static" / "img" / "og-image.svg"

WIDTH, HEIGHT = 1200, 630
# With more, a file is three times as large and looks the same.
COLOURS = 16
# Pixels from the top at which the text ends, and where the drawing below it begins
TEXT_BOTTOM = "document.querySelector('.text')?.getBoundingClientRect().bottom ?? 0"
DRAWING_TOP = 496
# Longer titles and symbols are set smaller.
LONG_TITLE, LONG_SYMBOL = 16, 2
# Tile and symbol of each accent, as in static/css/tokens.css; gold would not show on butter.
ACCENTS = {
    "mg": ("#e7f2df", "#27591d"),
    "ca": ("#e3eef7", "#1f5078"),
    "vd": ("#ffffff", "#6d4600"),
    "b12": ("#fae6ee", "#862050"),
    "neutral": ("#ecefe7", "#34443d"),
}
KINDS = {
    "article": ("Read the guide", "Plain articles with a source for every claim"),
    "nutrient": ("Nutrients", "What each does in muscle and nerve, and how good the evidence is"),
    "symptom": ("Symptoms", "Common causes first, then nutrients"),
    "food": ("Foods", "How much of each nutrient a serving gives"),
}


class Card(NamedTuple):
    """A picture as HTML, and the words of the row on it, in the page's order."""

    html: str
    words: list[str]


def main() -> None:
    all_cards = cards()
    CARDS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=False, args=["--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, card in all_cards.items():
            draw(page, card.html, name)
        browser.close()
    for file in CARDS.glob("*.png"):
        if file.stem not in all_cards:
            file.unlink()
    words = {name: card.words for name, card in sorted(all_cards.items()) if card.words}
    text = json.dumps(words, indent=0, ensure_ascii=False)
    (CARDS / "words.json").write_text(f"{text}\n", encoding="utf-8")


def cards() -> dict[str, Card]:
    """Return each card under the name of its file: those of kinds of page and of published rows."""
    cards = {"site": Card(site_html(), [])}
    cards |= {name: Card(card_html(title, line), []) for name, (title, line) in KINDS.items()}
    for row in published("nutrient", "02_nutrients.yaml"):
        words = name, line, symbol = [row["name"], row["tagline"], row["symbol"]]
        accent = ACCENTS[row.get("accent", "neutral")]
        cards[f"nutrient-{row['slug']}"] = Card(card_html(name, line, symbol, accent), words)
    for row in published("article", "15_articles*.yaml"):
        title = row["short_title"]
        cards[f"article-{row['slug']}"] = Card(card_html(title, KINDS["article"][1]), [title])
    return cards


def published(model: str, files: str) -> list[dict[str, Any]]:
    """Return the fields of each published shipped row of a model."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures").glob(files))]
    rows = [row for text in texts for row in yaml.safe_load(text)]
    fields = [row["fields"] for row in rows if row["model"] == f"nutrients.{model}"]
    return [row for row in fields if row["status"] == "published"]


def card_html(
    title: str, line: str, symbol: str = "", accent: tuple[str, str] = ACCENTS["neutral"]
) -> str:
    template = Template((ROOT / "scripts" / "card.html").read_text(encoding="utf-8"))
    return template.substitute(
        font=font(),
        drawing=drawing(),
        title=escape(title),
        size="long" if len(title) > LONG_TITLE else "",
        line=escape(line),
        symbol=escape(symbol),
        tile_size="long" if len(symbol) > LONG_SYMBOL else "",
        tint=accent[0],
        ink=accent[1],
    )


def site_html() -> str:
    """Return the card of every other page: the drawing with the site's question."""
    family = '"Atkinson Hyperlegible Next"'
    face = f'@font-face {{ font-family: {family}; src: url("{font()}"); font-weight: 200 800; }}'
    style = f"<style>{face} body {{ margin: 0; }} svg {{ width: 100%; }}</style>"
    return f"<!DOCTYPE html>{style}{SITE.read_text(encoding='utf-8')}"


def font() -> str:
    return f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}"


def drawing() -> str:
    """Return the site's name and its settling line, each a line of the site's card."""
    lines = SITE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "<path" in line)


def draw(page: Page, html: str, name: str) -> None:
    """Write a card as a PNG file of few colours, or exit if its words overlap the drawing."""
    page.set_content(html)
    page.evaluate("document.fonts.ready")
    if page.evaluate(TEXT_BOTTOM) > DRAWING_TOP:
        sys.exit(f"The words of {name} are too long for a card.")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(CARDS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
