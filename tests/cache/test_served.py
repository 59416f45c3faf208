"""Two instances on one database: a change of content shows through both at once."""

import pytest

from tests.browser import databases
from tests.live import gunicorns
from tests.live.gunicorns import Editor

pytestmark = pytest.mark.postgresql
NUTRIENT = "/nutrients/magnesium/"
# A moment that has passed by any clock, and one that has not, as both engines read them.
PASSED, TO_COME = "2000-01-01 00:00:00+00:00", "2100-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def instances(prepared, tmp_path_factory):
    """Two instances of two workers each, which share a database."""
    folder = tmp_path_factory.mktemp("instances") / "site"
    # One site, so one public address, whichever instance answers.
    settings = {"WEB_WORKERS": "2", "SITE_URL": "http://127.0.0.1"}
    with gunicorns.instances(2, prepared, folder, **settings) as servers:
        yield servers


def everywhere(instances, path):
    """Request a page often enough that every worker has memoized it; return all responses."""
    return [Editor(server).ask("GET", path) for server in instances for _ in range(6)]


@pytest.mark.parametrize(
    ("path", "table", "field"),
    [
        (NUTRIENT, "nutrient", "tagline"),
        # With a query, as links from elsewhere have.
        ("/?from=elsewhere", "nutrient", "tagline"),
        ("/symptoms/muscle-cramps/?from=elsewhere", "othercause", "mechanism"),
        ("/nutrients/magnesium/muscle-cramps/?from=elsewhere", "othercause", "what_helps"),
        ("/articles/nutrients-and-muscle-jerking/?from=elsewhere", "nutrient", "food_summary"),
        ("/safety/?from=elsewhere", "redflag", "why_it_matters"),
        ("/sources/?from=elsewhere", "source", "publisher"),
    ],
)
def test_commit_without_the_admin_shows_at_once(instances, path, table, field):
    words = f"Changed by hand for {path}"
    everywhere(instances, path)
    databases.execute(instances[0].folder, f"UPDATE nutrients_{table} SET {field} = '{words}'")

    assert all(words in page for *_, page in everywhere(instances, path))


def test_row_scheduled_for_later_disappears_and_comes_back(instances):
    everywhere(instances, "/symptoms/tremor/")
    for moment, status in ((TO_COME, 404), (PASSED, 200)):
        change = f"UPDATE nutrients_symptom SET publish_at = '{moment}' WHERE slug = 'tremor'"
        databases.execute(instances[0].folder, change)
        assert {answer[0] for answer in everywhere(instances, "/symptoms/tremor/")} == {status}


def test_page_is_the_same_from_every_worker_and_from_the_cache(instances):
    pages = everywhere(instances, "/articles/nutrients-and-muscle-jerking/")

    assert len({(page, headers["ETag"]) for _, headers, page in pages}) == 1
