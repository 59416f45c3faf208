"""Every figure on a page leads to its source in one step, without script.

A figure is an amount with its unit. What it is read with holds a numbered link to the list of
sources, or a link to the source itself: its own paragraph, line or cell; the chart, card or
list around it, or the detail; its caption.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

FIGURE = re.compile(r"\d[\d.,]*[\s\xa0]*(?:mg|mcg|milligrams|micrograms)\b")
LINES = {"p", "li", "td", "dd"}
WHOLES = {"figure", "card", "detail", "plate-row", "plate-gaps"}
# Headings, links and choices hold names; what is only spoken is printed beside.
NAMES = {"script", "style", "select", "a", "summary", "h1", "h2", "h3", "visually-hidden"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "rect", "use"}
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


@dataclass
class Element:
    """An element: its tag and classes, its parent and its children."""

    kinds: set
    around: "Element | None" = None
    within: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    target: str = ""

    def ancestors(self):
        """Yield the element and everything around it, from the inside."""
        element = self
        while element:
            yield element
            element = element.around

    def all_within(self):
        """Yield the element and everything in it."""
        yield self
        for element in self.within:
            yield from element.all_within()

    def cites(self):
        """Whether a numbered source or a link to a source is in it."""
        return any(
            "cite" in element.kinds or element.target.startswith("/sources/")
            for element in self.all_within()
        )


class Tree(HTMLParser):
    """A page as elements."""

    def __init__(self, html):
        super().__init__()
        self.root = self.here = Element({"root"})
        self.ids = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag in VOID:
            return
        kinds = {tag, *(attributes.get("class") or "").split()}
        element = Element(kinds, self.here, target=attributes.get("href") or "")
        self.here.within.append(element)
        self.here = element

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert tag in self.here.kinds
            self.here = self.here.around

    def handle_data(self, data):
        self.here.texts.append(data)


def is_cited(element):
    """Whether what the element's text is read with leads to a source."""
    line = next((node for node in element.ancestors() if node.kinds & LINES), element)
    wholes = [node for node in element.ancestors() if node.kinds & WHOLES]
    captions = [
        part
        for node in element.ancestors()
        if "table" in node.kinds
        for part in node.within
        if "caption" in part.kinds
    ]
    return any(node.cites() for node in (line, *wholes, *captions))


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_leads_to_its_source_in_one_step_and_the_source_back(client, content, address):
    tree = Tree(client.get(address).content.decode())
    elements = list(tree.root.all_within())
    main = next(node for node in elements if "main" in node.kinds)
    figures = [
        (element, text.strip())
        for element in main.all_within()
        if not any(node.kinds & NAMES for node in element.ancestors())
        for text in element.texts
        if FIGURE.search(text)
    ]

    assert len(figures) >= PAGES[address]
    assert [text for element, text in figures if not is_cited(element)] == []
    if not address.startswith("/compare/"):
        assert_numbers_lead_there_and_back(tree, elements)


def assert_numbers_lead_there_and_back(tree, elements):
    numbers = {node.target[1:] for node in elements if "cite" in node.kinds}
    back = {node.target[1:] for node in elements if node.target.startswith("#ref-")}

    assert numbers
    assert numbers | back <= tree.ids
    assert len(numbers) == len(back)


@pytest.mark.parametrize("query", ["", "?nutrient=calcium", "?nutrient=calcium&also=iron"])
def test_list_of_foods_cites_what_it_rests_on_and_each_row_leads_to_its_own(client, content, query):
    tree = Tree(client.get(f"/foods/{query}").content.decode())
    elements = list(tree.root.all_within())
    rows = [node for node in elements if "food-row" in node.kinds]

    assert_numbers_lead_there_and_back(tree, elements)
    assert len(rows) == 24
    assert all(any(node.target.startswith("/foods/") for node in row.all_within()) for row in rows)
