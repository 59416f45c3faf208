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
    # Shares alone, which are no amounts
    "/foods/": 0,
    "/foods/?nutrient=calcium": 0,
    "/foods/spinach-raw/?portion=100": 20,
    "/foods/plate/": 10,
    "/foods/plate/?food=spinach-raw&food=beef-liver-cooked&stage=19-50-male": 40,
    "/articles/nutrients-and-muscle-jerking/": 4,
}


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


def figures_in(element, line=None, is_cited=False):
    """Yield each text with a figure in an element, and whether it leads to a source.

    `line` is the innermost line around the element; `is_cited` is true if something around it that
    is read as a whole leads to a source.
    """
    if kinds(element) & NAMES:
        return
    if element.tag in LINES:
        line = element
    wholes = [element] if kinds(element) & WHOLES else element.findall("caption")
    is_cited = is_cited or any(map(cites, wholes))
    for text in (element.text, *(child.tail for child in element)):
        if FIGURE.search(text or ""):
            yield text.strip(), is_cited or cites(element if line is None else line)
    for child in element:
        yield from figures_in(child, line, is_cited)


def assert_numbers_lead_there_and_back(page):
    ids = {node.get("id") for node in page.iter()}
    numbers = {target(node)[1:] for node in page.iter() if "cite" in kinds(node)}
    back = {target(node)[1:] for node in page.iter() if target(node).startswith("#ref-")}

    assert numbers
    assert numbers | back <= ids
    assert len(numbers) == len(back)


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_links_to_its_source_and_back(client, content, address):
    page = parse(client.get(address))
    figures = list(figures_in(page.find(".//main")))

    assert len(figures) >= PAGES[address]
    assert [text for text, is_cited in figures if not is_cited] == []
    if not address.startswith("/compare/"):
        assert_numbers_lead_there_and_back(page)
