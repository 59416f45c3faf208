"""The A to Z: everything by its name."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from nutrients.models import Article, FoodSource, Nutrient, OtherCause, RiskFactor, Symptom
from tests.site.pages import links_of, text_of

PAGE = "/a-z/"


@pytest.fixture(autouse=True)
def _one_page(monkeypatch):
    monkeypatch.setattr("nutrients.search.views.ENTRIES_A_PAGE", 10_000)


def test_every_public_row_is_listed_by_its_names(client, content):
    page = client.get(PAGE)
    text = text_of(page, "main")
    for model in (Article, Nutrient, Symptom, FoodSource, RiskFactor, OtherCause):
        rows = model.objects.published(at=datetime.now(UTC))
        if model is RiskFactor:
            # An age that acts on no nutrient is on no page.
            rows = rows.exclude(effects=None)
        named = [getattr(row, "title", None) or row.name for row in rows]

        assert len(named) > 2
        assert [name for name in named if " ".join(name.split()) not in text] == []
    # Other names lead to the page and say its name.
    assert "Cobalamin" in text
    assert "The added form" not in text
    assert re.search(r"Charley horse.{0,60}Muscle cramps", text)
    assert links_of(page, "main").count("/nutrients/vitamin-b12/") > 1


def test_names_are_in_order_under_their_letter(client, db):
    html = client.get(PAGE).text.partition("</main>")[0]
    parts = re.split(r'<h2 id="([a-z]|09)"', html)[1:]
    letters = {
        anchor: [unescape(name) for name in re.findall(r"<li[^>]*><a [^>]*>(.*?)</a>", part)]
        for anchor, part in zip(parts[::2], parts[1::2], strict=True)
    }

    assert len(letters) > 15
    assert letters["m"].index("Magnesium") < letters["m"].index("Muscle cramps")
    assert "Not making sense" in letters["n"]
    misplaced = [
        (letter, name)
        for letter, names in letters.items()
        for name in names
        if letter != "09"
        and not any(word.lower().startswith(letter) for word in re.findall(r"\w+", name))
    ]
    assert misplaced == []


def test_every_group_of_foods_leads_to_foods(client, content):
    addresses = [link for link in links_of(client.get(PAGE), "main") if "group=" in link]

    assert len(addresses) > 10
    for address in addresses:
        assert re.match(r"[1-9]\d* foods?\b", text_of(client.get(address), "results")), address
