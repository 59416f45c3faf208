"""One address a page: without its slash it leads there, filtered ones are not listed, and it can
be cited."""

import re

import pytest

from tests.site.pages import text_of

pytestmark = pytest.mark.usefixtures("content")

WITHOUT_SLASH = {
    "/nutrients": "/nutrients/",
    "/nutrients/magnesium": "/nutrients/magnesium/",
    "/nutrients/magnesium/muscle-cramps": "/nutrients/magnesium/muscle-cramps/",
    "/feeds/articles": "/feeds/articles/",
}
FILTERED = [
    "/compare/?symptom=tremor",
    "/foods/?diet=vegan",
    "/foods/?page=2",
    "/checklist/?symptom=tremor",
    "/search/?q=magnesium",
]


def ask(client, path, **extra):
    # The client itself would take two slashes at the beginning for the name of a host.
    return client.get("/", PATH_INFO=path, **extra)


@pytest.mark.parametrize("path", WITHOUT_SLASH)
def test_address_without_its_slash_leads_to_the_page(client, path):
    response = ask(client, path)

    assert (response.status_code, response["Location"]) == (301, WITHOUT_SLASH[path])
    assert client.get(WITHOUT_SLASH[path]).status_code == 200


def test_query_goes_along_as_it_was_written(client):
    response = ask(client, "/compare", QUERY_STRING="symptom=tremor&symptom=a%20b")

    assert response["Location"] == "/compare/?symptom=tremor&symptom=a%20b"


@pytest.mark.parametrize("path", ["/nowhere", "//evil.example/", "/sitemap.xml/", "/Admin/x"])
def test_address_that_leads_nowhere_is_a_404_at_once(client, path):
    assert ask(client, path).status_code == 404


@pytest.mark.parametrize("address", FILTERED)
def test_filtered_page_is_not_listed_and_names_no_other_address(client, address):
    html = client.get(address).content.decode()

    assert '<meta name="robots" content="noindex, follow">' in html
    assert 'rel="canonical"' not in html
    assert "og:url" not in html


@pytest.mark.parametrize("address", ["/nutrients/magnesium/?from=mail", "/?utm_source=x"])
def test_page_has_one_address_whatever_is_added_to_it(client, address):
    html = client.get(address).content.decode()

    plain = address.partition("?")[0]
    assert f'<link rel="canonical" href="http://testserver{plain}">' in html
    assert "noindex" not in html


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (
            "/articles/night-leg-cramps/",
            "Nutrisite editors. “What helps night leg cramps?”, Nutrisite.",
        ),
        ("/nutrients/magnesium/", "Nutrisite editors. “Magnesium”, Nutrisite."),
        ("/symptoms/tremor/", "Nutrisite editors. “Tremor (shaking)”, Nutrisite."),
        ("/foods/spinach-raw/", "Nutrisite editors. “Spinach, raw”, Nutrisite."),
        (
            "/nutrients/magnesium/muscle-cramps/",
            "Nutrisite editors. “Magnesium and muscle cramps”, Nutrisite.",
        ),
    ],
)
def test_page_can_be_cited_with_version_date_and_address(client, address, line):
    text = text_of(client.get(address), "main")

    assert line in text
    version = "Version 2026-11-22.000000, changed on 22 November 2026."
    assert f"{version} http://testserver{address} " in text


def test_every_section_of_the_text_links_to_itself(client):
    html = client.get("/data/").content.decode().partition("<main")[2].partition("</main>")[0]

    linked = re.findall(r'<h2 id="([^"]+)"><a class="self-link" href="#([^"]+)">', html)

    assert len(linked) > 2
    assert [place for place, link in linked if place != link] == []
    assert {"sources", "tables"} & {place for place, _ in linked}
