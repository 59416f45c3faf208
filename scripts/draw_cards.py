"""Draw the pictures beside shared links: for each article, nutrient, symptom and kind of page.

python -m scripts.draw_cards

They are drawn by the browser that the tests use, with the site's own font, into static/img/cards,
and are part of the repository. Draw them again when a name or a tagline changes.
"""

import base64
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import yaml
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
CARDS = ROOT / "static" / "img" / "cards"
FONT = ROOT / "scripts" / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
SITE = ROOT / "static" / "img" / "og-image.svg"

WIDTH, HEIGHT = 1200, 630
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


def main() -> None:
    """Draw every card anew."""
    CARDS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), chromium_sandbox=False, args=["--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, html in cards().items():
            draw(page, html, name)
        browser.close()


def cards() -> dict[str, str]:
    """Give each card as HTML under the name of its file."""
    drawn = {name: card(title, line) for name, (title, line) in KINDS.items()}
    for row in fields_of("nutrient", "02_nutrients.yaml"):
        drawn[f"nutrient-{row['slug']}"] = of(row)
    for row in fields_of("symptom", "03_symptoms.yaml"):
        if row["status"] == "published":
            line = f"{KINDS['symptom'][1]}. In medicine: {row['clinical_term']}"
            drawn[f"symptom-{row['slug']}"] = card(row["name"], line)
    for row in fields_of("article", "15_articles.yaml"):
        drawn[f"article-{row['slug']}"] = card(row["short_title"], KINDS["article"][1])
    return drawn


def fields_of(model: str, file: str) -> list[dict[str, Any]]:
    """Give the fields of each shipped row of a model."""
    rows = yaml.safe_load((ROOT / "fixtures" / file).read_text(encoding="utf-8"))
    return [row["fields"] for row in rows if row["model"] == f"nutrients.{model}"]


def of(nutrient: dict[str, Any]) -> str:
    """Give the card of a nutrient as HTML."""
    accent = ACCENTS[nutrient.get("accent", "neutral")]
    return card(nutrient["name"], nutrient["tagline"], nutrient["symbol"], accent)


def card(
    title: str, line: str, symbol: str = "", accent: tuple[str, str] = ACCENTS["neutral"]
) -> str:
    """Give a card as HTML: a title, a line under it, and the symbol of a nutrient if it has one."""
    template = Template((ROOT / "scripts" / "card.html").read_text(encoding="utf-8"))
    return template.substitute(
        font=f"data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}",
        drawing=drawing(),
        title=escape(title),
        size="long" if len(title) > LONG_TITLE else "",
        line=escape(line),
        symbol=escape(symbol),
        tile_size="long" if len(symbol) > LONG_SYMBOL else "",
        tint=accent[0],
        ink=accent[1],
    )


def drawing() -> str:
    """Give the name of the site and the settling line, which the site's own card has on lines."""
    lines = SITE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if "<path" in line)


def draw(page: Page, html: str, name: str) -> None:
    """Write one card as a PNG file."""
    page.set_content(html)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=CARDS / f"{name}.png")


if __name__ == "__main__":
    main()
