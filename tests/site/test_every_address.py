"""The whole site as a reader can walk it: every link leads somewhere, every page is its own."""

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
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


@pytest.fixture
def pages(client, content):
    """Every page that links lead to from the home page, by its address without query."""
    found, waiting = {}, ["/"]
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        if not response["Content-Type"].startswith("text/html"):
            found[address] = ""
            continue
        found[address] = response.content.decode()
        for path in map(path_of, links_in(address, found[address])):
            if path not in found and path not in waiting:
                waiting.append(path)
    return {address: html for address, html in found.items() if html}


def links_in(address, html):
    """The links to pages of the site, absolute, as they stand."""
    links = (unescape(link) for link in LINK.findall(html))
    own = [f"{address}{link}" if link[0] in "#?" else link for link in links]
    return [link for link in own if link.startswith("/") and not link.startswith("/admin/")]


def path_of(link):
    return urlsplit(link).path


def test_every_page_is_one_of_its_kind_and_every_link_leads_to_its_place(client, pages):
    assert_listed(client, pages)
    assert_tied(pages)
    ids = {address: Counter(ID.findall(html)) for address, html in pages.items()}
    lost = {
        f"{address}: {link}"
        for address, html in pages.items()
        for link in links_in(address, html)
        if (place := urldefrag(link).fragment)
        and path_of(link) in ids
        # The place is on another page of a long list, which has tests of its own.
        and not urlsplit(link).query.startswith("page=")
        and place not in ids[path_of(link)]
    }

    assert len(pages) > 350
    assert [a for a, html in pages.items() if len(re.findall(r"<h1[ >]", html)) != 1] == []
    assert repeated(TITLE, pages) == []
    assert repeated(DESCRIPTION, pages) == []
    assert [f"{a}: {i}" for a, seen in ids.items() for i, n in seen.items() if n > 1] == []
    assert sorted(lost) == []
    # Without a size a picture moves the text as it loads, and fills the window before the style.
    pictures = {tag for html in pages.values() for tag in PICTURE.findall(html)}
    assert pictures
    assert [tag for tag in pictures if not re.search(r' width="[^>]* height="', tag)] == []


def assert_listed(client, pages):
    """Every place of the site map is ours, and opens."""
    parts = PLACE.findall(client.get("/sitemap.xml").text)
    listed = [place for part in parts for place in PLACE.findall(client.get(part).text)]

    assert len(listed) > 300
    # The crawl has opened the others. Foods are found on further pages of their list.
    unseen = sorted(set(listed) - pages.keys())
    sample = [address for address in unseen if not address.startswith(("/foods/", "/nutrients/"))]
    for address in sample + unseen[-3:]:
        assert client.get(address).status_code == 200, address


def assert_tied(pages):
    """Nutrient, symptom and the evidence between them lead to each other; so do foods."""
    now = timezone.now()
    links = {address: set(map(path_of, links_in(address, html))) for address, html in pages.items()}
    ties = [
        (row.get_absolute_url().partition("#")[0], end.get_absolute_url())
        for row in Association.objects.published(at=now).select_related("nutrient", "symptom")
        for end in (row.nutrient, row.symptom)
        if end.status == "published"
    ]
    magnesium = Nutrient.objects.get(slug="magnesium").get_absolute_url()
    foods = FoodSource.objects.published(at=now)
    fed = [food for food in foods if food.get_absolute_url() in links[magnesium]]
    given = NutrientAmount.objects.filter(food__in=fed, nutrient__status="published")

    assert len(ties) > 100
    assert [tie for tie in ties for a, b in (tie, tie[::-1]) if b not in links[a]] == []
    assert len(fed) >= 5
    assert [
        f"{row.food} does not lead to {row.nutrient}"
        for row in given.select_related("food", "nutrient")
        if row.nutrient.get_absolute_url() not in links[row.food.get_absolute_url()]
    ] == []


def repeated(pattern, pages):
    seen = Counter(pattern.search(html)[1].strip() for html in pages.values())
    return [text for text, times in seen.items() if times > 1 or not text]
