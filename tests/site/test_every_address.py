"""The whole site as a reader can walk it: every link leads somewhere, every page is its own."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urldefrag, urlsplit

import pytest

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


def repeated(pattern, pages):
    seen = Counter(pattern.search(html)[1].strip() for html in pages.values())
    return [text for text, times in seen.items() if times > 1 or not text]
