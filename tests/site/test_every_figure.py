"""Every figure on a page links to its source, without script.

A figure is an amount with its unit. The link is in its own paragraph, line or cell, in the chart,
card, list or detail around it, or in the caption of its table.
"""

import re

import pytest

from tests.site.pages import parse

FIGURE = re.compile(r"\d[\d.,]*[\s\xa0]*(?:mg|mcg|milligrams|micrograms)\b")
LINES = {"p", "li", "td", "dd"}
WHOLES = {"figure", "card", "detail", "plate-row", "plate-gaps"}
# Headings, links and choices hold names; what is only spoken is printed beside.
NAMES = {"script", "style", "select", "a", "summary", "h1", "h2", "h3", "visually-hidden"}
PAGES = {
    "/compare/": 13,
    "/compare/?symptom=muscle-cramps&diet=vegan": 5,
    "/nutrients/magnesium/": 13,
    "/nutrients/sodium/?stage=51-70-male&country=us": 13,
    "/nutrients/vitamin-b6/?country=eu&stage=25-plus-female": 16,
    "/nutrients/thiamin/?country=eu": 12,
    "/nutrients/vitamin-d/?stage=infants-0-3-months": 12,
    "/nutrients/folate/?stage=19-50-pregnancy": 15,
    "/foods/spinach-raw/?portion=100": 20,
    "/foods/plate/": 10,
    "/foods/plate/?food=spinach-raw&food=beef-liver-cooked&stage=19-50-male": 40,
    "/articles/nutrients-and-muscle-jerking/": 4,
}


class Page:
    """A page as elements that know what is around them."""

    def __init__(self, response):
        self.elements = list(parse(response).iter())
        self.around = {child: parent for parent in self.elements for child in parent}

    def ancestors(self, element):
        """Return the element and everything around it, from the inside."""
        ancestors = [element]
        while ancestors[-1] in self.around:
            ancestors.append(self.around[ancestors[-1]])
        return ancestors

    def is_cited(self, element):
        """Whether what the element's text is read with leads to a source."""
        ancestors = self.ancestors(element)
        line = next((node for node in ancestors if node.tag in LINES), element)
        wholes = [node for node in ancestors if kinds(node) & WHOLES]
        captions = [
            part
            for node in ancestors
            if node.tag == "table"
            for part in node
            if part.tag == "caption"
        ]
        return any(map(cites, [line, *wholes, *captions]))

    def assert_numbers_lead_there_and_back(self):
        ids = {node.get("id") for node in self.elements}
        numbers = {target(node)[1:] for node in self.elements if "cite" in kinds(node)}
        back = {target(node)[1:] for node in self.elements if target(node).startswith("#ref-")}

        assert numbers
        assert numbers | back <= ids
        assert len(numbers) == len(back)


def kinds(element):
    """Return the tag and the classes of an element."""
    return {element.tag, *element.get("class", "").split()}


def target(element):
    return element.get("href", "")


def cites(element):
    """Whether a numbered source or a link to a source is in it."""
    return any(
        "cite" in kinds(node) or target(node).startswith("/sources/") for node in element.iter()
    )


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_links_to_its_source_and_back(client, content, address):
    page = Page(client.get(address))
    main = next(node for node in page.elements if node.tag == "main")
    figures = [
        (element, text.strip())
        for element in main.iter()
        if not any(kinds(node) & NAMES for node in page.ancestors(element))
        for text in (element.text or "", *(child.tail or "" for child in element))
        if FIGURE.search(text)
    ]

    assert len(figures) >= PAGES[address]
    assert [text for element, text in figures if not page.is_cited(element)] == []
    if not address.startswith("/compare/"):
        page.assert_numbers_lead_there_and_back()


@pytest.mark.parametrize("query", ["", "?nutrient=calcium"])
def test_list_of_foods_cites_its_sources(client, content, query):
    page = Page(client.get(f"/foods/{query}"))
    rows = [node for node in page.elements if "food-row" in kinds(node)]

    page.assert_numbers_lead_there_and_back()
    assert len(rows) == 24
    assert all(any(target(node).startswith("/foods/") for node in row.iter()) for row in rows)
