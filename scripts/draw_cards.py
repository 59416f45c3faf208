"""Draw the pictures beside shared links: each article, each nutrient and each kind of page.

python -m scripts.draw_cards

They are drawn by the browser that the tests use, with the site's own font, into static/img/cards,
and are part of the repository. `words.json` beside them holds the words on each, so that the site
shows none of a row that says something else now. Draw them again when such words change.
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
# Flat colours and the edges of letters: with more, a file is three times as large, and no better.
COLOURS = 16
# Where the words end, and where the drawing under them begins, in pixels.
FOOT = "document.querySelector('.text')?.getBoundingClientRect().bottom ?? 0"
LOWEST = 496
# A title or a symbol longer than this is set smaller.
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
    """A picture as HTML, and the words of the row on it, in the order that the page gives them."""

    html: str
    words: list[str]


def main() -> None:
    drawn = cards()
    CARDS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=False, args=["--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, drawing in drawn.items():
            draw(page, drawing.html, name)
        browser.close()
    for file in CARDS.glob("*.png"):
        if file.stem not in drawn:
            file.unlink()
    words = {name: drawing.words for name, drawing in sorted(drawn.items()) if drawing.words}
    text = json.dumps(words, indent=0, ensure_ascii=False)
    (CARDS / "words.json").write_text(f"{text}\n", encoding="utf-8")


def cards() -> dict[str, Card]:
    """Give each card under the name of its file: those of the kinds, and of published rows."""
    drawn = {"site": Card(site(), [])}
    drawn |= {name: Card(card(title, line), []) for name, (title, line) in KINDS.items()}
    for row in published("nutrient", "02_nutrients.yaml"):
        words = name, line, symbol = [row["name"], row["tagline"], row["symbol"]]
        accent = ACCENTS[row.get("accent", "neutral")]
        drawn[f"nutrient-{row['slug']}"] = Card(card(name, line, symbol, accent), words)
    for row in published("article", "15_articles*.yaml"):
        title = row["short_title"]
        drawn[f"article-{row['slug']}"] = Card(card(title, KINDS["article"][1]), [title])
    return drawn


def published(model: str, files: str) -> list[dict[str, Any]]:
    """Give the fields of each shipped row of a model that readers see."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures").glob(files))]
    rows = [row for text in texts for row in yaml.safe_load(text)]
    fields = [row["fields"] for row in rows if row["model"] == f"nutrients.{model}"]
    return [each for each in fields if each["status"] == "published"]


def card(
    title: str, line: str, symbol: str = "", accent: tuple[str, str] = ACCENTS["neutral"]
) -> str:
    """Give a card as HTML: a title, a line under it, and the symbol of a nutrient if it has one."""
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


def site() -> str:
    """Give the card of every other page as HTML: the drawing with the site's question."""
    family = '"Atkinson Hyperlegible Next"'
    face = f'@font-face {{ font-family: {family}; src: url("{font()}"); font-weight: 200 800; }}'
    style = f"<style>{face} body {{ margin: 0; }} svg {{ width: 100%; }}</style>"
    return f"<!DOCTYPE html>{style}{SITE.read_text(encoding='utf-8')}"


def font() -> str:
    return f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}"


def drawing() -> str:
    """Give the name of the site and the settling line, which the site's own card has on lines."""
    lines = SITE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "<path" in line)


def draw(page: Page, html: str, name: str) -> None:
    """Write one card as a PNG file of few colours, or exit if its words run into the line."""
    page.set_content(html)
    page.evaluate("document.fonts.ready")
    if page.evaluate(FOOT) > LOWEST:
        sys.exit(f"The words of {name} are too long for a card.")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(CARDS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
