"""Long lists are divided into pages."""

import re

import pytest

from tests.site.pages import text_of

pytestmark = pytest.mark.usefixtures("content")

# The constant with the size of a page, and a size at which the shipped content fills several.
SIZES = {
    "/articles/": ("nutrients.articles.pages.ARTICLES_A_PAGE", 1),
    "/nutrients/": ("nutrients.reference.nutrients.NUTRIENTS_A_PAGE", 5),
    "/symptoms/": ("nutrients.reference.symptoms.SYMPTOMS_A_PAGE", 20),
    "/a-z/": ("nutrients.search.views.ENTRIES_A_PAGE", 200),
}
ENTRY = re.compile(
    r'<h[23]><a class="card-link" href="([^"]+)"|<li id="([^"]+)">'
    r'|<li><a href="([^"]+)">[^<]*</a> <span'
)
NUMBERS = re.compile(r'href="\?page=(\d+)"')


def pages(client, address):
    """Return every page of a list."""
    first = client.get(address)
    last = max(map(int, NUMBERS.findall(first.text)))
    return [first, *(client.get(address, {"page": number}) for number in range(2, last + 1))]


def entries(page):
    """Return the titles of the cards or lines of the list on a page."""
    return ENTRY.findall(page.text)


@pytest.mark.parametrize("address", SIZES)
def test_pages_divide_the_list_and_have_titles_and_addresses(client, address, monkeypatch):
    constant, size = SIZES[address]
    monkeypatch.setattr(constant, 10_000)
    whole_page = client.get(address)
    assert "pagination" not in whole_page.text
    whole = entries(whole_page)
    monkeypatch.setattr(constant, size)
    listed = pages(client, address)

    assert len(listed) > 1
    assert [link for page in listed for link in entries(page)] == whole
    titles = {re.search(r"<title>(.*?)</title>", page.text)[1] for page in listed}
    assert len(titles) == len(listed)
    canonical = [re.search(r'rel="canonical" href="([^"]+)"', page.text)[1] for page in listed]
    assert canonical[0].endswith(address)
    numbers = [url.partition("?page=")[2] for url in canonical[1:]]
    assert numbers == [str(number) for number in range(2, len(listed) + 1)]


def test_unknown_page_number_shows_the_first_page_with_a_notice(client):
    # The lists share how a number is read.
    first = entries(client.get("/symptoms/"))
    for number in ("0", "-1", "two", "1.5", "9" * 5000, "٢", "99999"):
        page = client.get("/symptoms/", {"page": number})

        assert page.status_code == 200, number
        assert "We did not understand “" in text_of(page), number
        assert entries(page) == first, number


def test_letters_lead_to_the_page_on_which_they_begin(client, monkeypatch):
    monkeypatch.setattr(*SIZES["/a-z/"])
    first, second, *others = pages(client, "/a-z/")
    numbered = enumerate([first, second, *others], 1)
    texts = {f"?page={number}": page.text for number, page in numbered} | {"": second.text}
    letters = re.search(r'<ul class="letters">(.*?)</ul>', second.text, re.DOTALL)[1]

    for query, anchor in re.findall(r'href="(\?page=\d+)?#([a-z0-9]+)"', letters):
        assert f'<h2 id="{anchor}"' in texts[query], (query, anchor)
