"""A walk through the whole site: every link works, and every page is unique."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urldefrag, urlsplit

import pytest
from django.utils import timezone

from nutrients.models import Association, FoodSource, Nutrient, NutrientAmount

LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
ID = re.compile(r'\sid="([^"]+)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
PICTURE = re.compile(r"<(?:img|svg|iframe|video) [^>]*>")
PLACE = re.compile(r"<loc>http://testserver(/[^<]*)</loc>")
# Pages of one source are many and alike, so that the walk opens those with this letter alone.
ONE_SOURCE = re.compile("/sources/[^n]")
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


@pytest.fixture
def pages(client, content):
    """Every page that links lead to from the home page, by its address without query."""
    visited, waiting = {}, {"/"}
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        is_page = response["Content-Type"].startswith("text/html")
        visited[address] = Page(address, response.content.decode()) if is_page else None
        if is_page:
            new = {path_of(link) for link in visited[address].links} - visited.keys()
            waiting |= {path for path in new if not ONE_SOURCE.match(path)}
    return {address: page for address, page in visited.items() if page}


class Page:
    """A page, and the links to pages of the site on it, absolute, as they stand."""

    def __init__(self, address, html):
        self.html = html
        self.links = links_in(address, html)


def links_in(address, html):
    links = (unescape(link) for link in LINK.findall(html))
    own = [f"{address}{link}" if link[0] in "#?" else link for link in links]
    return [link for link in own if link.startswith("/") and not link.startswith("/admin/")]


def path_of(link):
    return urlsplit(link).path


def test_every_page_is_one_of_its_kind_and_every_link_leads_to_its_place(client, pages):
    assert_listed(client, pages)
    assert_tied(pages)
    ids = {address: Counter(ID.findall(page.html)) for address, page in pages.items()}
    lost = {
        f"{address}: {link}"
        for address, page in pages.items()
        for link in page.links
        if (place := urldefrag(link).fragment)
        and path_of(link) in ids
        # The place is on another page of a long list, which has tests of its own.
        and not urlsplit(link).query.startswith("page=")
        and place not in ids[path_of(link)]
    }

    assert len(pages) > 300
    assert [a for a, page in pages.items() if len(re.findall(r"<h1[ >]", page.html)) != 1] == []
    assert repeated(TITLE, pages) == []
    assert repeated(DESCRIPTION, pages) == []
    assert [f"{a}: {i}" for a, seen in ids.items() for i, n in seen.items() if n > 1] == []
    assert sorted(lost) == []
    # Without a size a picture moves the text as it loads, and fills the window before the style.
    pictures = {tag for page in pages.values() for tag in PICTURE.findall(page.html)}
    assert pictures
    assert [tag for tag in pictures if not re.search(r' width="[^>]* height="', tag)] == []


def assert_listed(client, pages):
    """Every place of the site map is ours and opens, as do the links that the walk left out."""
    parts = PLACE.findall(client.get("/sitemap.xml").text)
    listed = {place for part in parts for place in PLACE.findall(client.get(part).text)}
    linked = {path_of(link) for page in pages.values() for link in page.links}

    assert len(listed) > 300
    assert {path for path in linked if ONE_SOURCE.match(path)} <= listed
    for address in sorted(listed - pages.keys())[::25]:
        assert client.get(address).status_code == 200, address


def assert_tied(pages):
    """Nutrient, symptom and the evidence between them lead to each other; so do foods."""
    now = timezone.now()
    links = {address: set(map(path_of, page.links)) for address, page in pages.items()}
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


def repeated(pattern, pages):
    seen = Counter(pattern.search(page.html)[1].strip() for page in pages.values())
    return [text for text, times in seen.items() if times > 1 or not text]
