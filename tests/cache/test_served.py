"""Two instances on one database: an edit through one shows through the other at once."""

from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from tests.browser import databases, server
from tests.cache.asking import get, send, sign_in

NUTRIENT = "/nutrients/magnesium/"
# A moment that has passed by any clock, and one that has not, as both engines read them.
PASSED, TO_COME = "2000-01-01 00:00:00+00:00", "2100-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def instances(prepared, tmp_path_factory):
    """Two instances of two workers each, which share a database."""
    folder = tmp_path_factory.mktemp("instances") / "site"
    server.unpack(prepared, folder)
    with ExitStack() as stack:
        # One site, so one public address, whichever instance answers.
        settings = {"WEB_WORKERS": "2", "SITE_URL": "http://127.0.0.1"}
        served = [server.served(folder, name, **settings) for name in ("one.txt", "two.txt")]
        first, second = (stack.enter_context(each) for each in served)
        yield SimpleNamespace(first=first, second=second, folder=folder)


def everywhere(instances, path):
    """Request the page from both instances, often enough that every worker has memoized it."""
    return [get(url + path) for url in (instances.first, instances.second) for _ in range(6)]


def test_edit_through_one_shows_through_both_on_the_next_request(instances):
    before = everywhere(instances, "/sources/")
    browser = sign_in(instances.first)
    fields = {
        "slug": "a-new-source",
        "title": "A source that was added through one instance",
        "publisher": "A publisher of tests",
        "url": "https://example.org/added",
        "kind": "government",
        "read_form": "page",
        "checked_on": "2026-11-01",
        "_save": "Save",
    }
    saved = send(browser, f"{instances.first}/admin/nutrients/source/add/", fields)
    after = everywhere(instances, "/sources/")

    assert saved.url.endswith("/admin/nutrients/source/")
    assert not any(fields["title"] in page.text for page in before)
    assert all(fields["title"] in page.text for page in after)


@pytest.mark.parametrize(
    ("path", "table", "field"),
    [
        (NUTRIENT, "nutrient", "tagline"),
        # With a query of their own, as links from elsewhere have.
        ("/?from=elsewhere", "nutrient", "tagline"),
        ("/symptoms/muscle-cramps/?from=elsewhere", "othercause", "mechanism"),
        ("/nutrients/magnesium/muscle-cramps/?from=elsewhere", "othercause", "what_helps"),
        ("/articles/nutrients-and-muscle-jerking/?from=elsewhere", "nutrient", "food_summary"),
        ("/safety/?from=elsewhere", "redflag", "why_it_matters"),
        ("/sources/?from=elsewhere", "source", "publisher"),
    ],
)
def test_commit_past_every_screen_shows_at_once(instances, path, table, field):
    words = f"Changed by hand for {path}"
    everywhere(instances, path)
    databases.execute(instances.folder, f"UPDATE nutrients_{table} SET {field} = '{words}'")

    assert all(words in page.text for page in everywhere(instances, path))


def test_row_set_for_later_is_away_and_comes_back(instances):
    def set_for(moment):
        databases.execute(
            instances.folder,
            f"UPDATE nutrients_symptom SET publish_at = '{moment}' WHERE slug = 'tremor'",
        )

    everywhere(instances, "/symptoms/")
    set_for(TO_COME)
    away = everywhere(instances, "/symptoms/tremor/")
    set_for(PASSED)

    assert {page.status for page in away} == {404}
    assert {page.status for page in everywhere(instances, "/symptoms/tremor/")} == {200}


def test_page_is_the_same_made_anew_and_kept(instances):
    pages = everywhere(instances, "/articles/nutrients-and-muscle-jerking/")

    assert len({page.text for page in pages}) == 1
    assert len({page.headers["ETag"] for page in pages}) == 1
