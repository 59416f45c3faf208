"""A walk through the whole site: every link works, and every page is unique."""

import re
from collections import Counter
from urllib.parse import urldefrag, urlsplit

import pytest
from django.utils import timezone

from nutrients.models import Association, FoodSource, Nutrient, NutrientAmount
from tests.site.pages import parse

LOCATION = re.compile(r"<loc>http://testserver(/[^<]*)</loc>")
PICTURES = {"img", "svg", "iframe", "video"}
# Pages of one source are many and alike, so that the walk opens those with this letter alone.
SOURCE_LEFT_OUT = re.compile("/sources/[^n]")


class Page:
    """What must be unique on a page, and its links to pages of the site."""

    def __init__(self, address, response):
        elements = list(parse(response).iter())
        links = [element.get("href") for element in elements if element.tag == "a"]
        own = [f"{address}{link}" if link[0] in "#?" else link for link in filter(None, links)]
        self.links = [link for link in own if link[0] == "/" and not link.startswith("/admin/")]
        self.paths = set(map(path_of, self.links))
        self.ids = Counter(element.get("id") for element in elements if element.get("id"))
        self.titles = [element.text.strip() for element in elements if element.tag == "title"]
        self.headings = [element for element in elements if element.tag == "h1"]
        self.description = next(
            element.get("content") for element in elements if element.get("name") == "description"
        )
        self.empty_lists = [e.attrib for e in elements if e.tag in {"ul", "ol"} and not len(e)]
        # Without a size a picture moves the text as it loads, and fills the window before styles.
        self.without_size = [
            element.attrib
            for element in elements
            if element.tag in PICTURES and not {"width", "height"} <= element.attrib.keys()
        ]


def path_of(link):
    return urlsplit(link).path


@pytest.fixture
def pages(client, content):
    """Return every page that links lead to from the home page, by its address without query."""
    pages, visited, waiting = {}, set(), {"/"}
    while waiting:
        address = waiting.pop()
        visited.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        if response["Content-Type"].startswith("text/html"):
            pages[address] = Page(address, response)
            waiting |= {path for path in pages[address].paths if not SOURCE_LEFT_OUT.match(path)}
            waiting -= visited
    return pages


def test_pages_are_unique_and_every_link_works(client, pages):
    assert len(pages) > 300
    assert_listed(client, pages)
    assert_tied(pages)
    assert repeated(page.titles[0] for page in pages.values()) == []
    assert repeated(page.description for page in pages.values()) == []
    for address, page in pages.items():
        assert len(page.headings) == 1, address
        assert repeated(page.ids.elements()) == [], address
        assert page.without_size == [], address
        assert page.empty_lists == [] or address == "/checklist/", address
        for link in page.links:
            anchor, path = urldefrag(link).fragment, path_of(link)
            # The anchor may be on another page of a long list.
            if anchor and path in pages and not urlsplit(link).query.startswith("page="):
                assert anchor in pages[path].ids, (address, link)


def assert_listed(client, pages):
    """Check that addresses of the site map open, as do links that the walk left out."""
    parts = LOCATION.findall(client.get("/sitemap.xml").text)
    listed = {address for part in parts for address in LOCATION.findall(client.get(part).text)}
    linked = {path for page in pages.values() for path in page.paths}

    assert len(listed) > 300
    assert {path for path in linked if SOURCE_LEFT_OUT.match(path)} <= listed
    for address in sorted(listed - pages.keys())[::25]:
        assert client.get(address).status_code == 200, address


def assert_tied(pages):
    """Nutrient, symptom and the evidence between them lead to each other; so do foods."""
    now = timezone.now()
    links = {address: page.paths for address, page in pages.items()}
    ties = [
        (row.get_absolute_url().partition("#")[0], end.get_absolute_url())
        for row in Association.objects.published(at=now).select_related("nutrient", "symptom")
        for end in (row.nutrient, row.symptom)
        if end.status == "published"
    ]
    magnesium = Nutrient.objects.get(slug="magnesium").get_absolute_url()
    foods = FoodSource.objects.published(at=now)
    fed = [food for food in foods if food.get_absolute_url() in links[magnesium]]
    amounts = NutrientAmount.objects.filter(food__in=fed, nutrient__status="published")

    assert len(ties) > 100
    assert [tie for tie in ties for a, b in (tie, tie[::-1]) if b not in links[a]] == []
    assert len(fed) >= 5
    assert [
        f"{row.food} does not lead to {row.nutrient}"
        for row in amounts.select_related("food", "nutrient")
        if row.nutrient.get_absolute_url() not in links[row.food.get_absolute_url()]
    ] == []


def repeated(texts):
    return [text for text, times in Counter(texts).items() if times > 1 or not text]
