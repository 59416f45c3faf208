"""Open data over HTTP: conditional requests, streams, other sites, and the page of files."""

import gzip
import json
import shutil
from math import ceil

import pytest
from django.conf import settings
from django.utils import timezone

from nutrients.models import Nutrient, NutrientAmount
from nutrients.open_data import TABLES
from nutrients.queries.version import content_version
from tests.fixture_files import load, row
from tests.views.pages import text_of

pytestmark = pytest.mark.usefixtures("content")
NAMES = [table.name for table in TABLES]


def body(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    "address", ["/data/amounts.csv", "/data/foods.json", "/data/dictionary.csv"]
)
def test_file_that_did_not_change_is_not_sent_again(client, address):
    first = client.get(address, headers={"accept-encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(first)).decode()

    again = client.get(address, headers={"if-none-match": first["ETag"], "accept-encoding": "gzip"})

    assert again.status_code == 304


def test_file_is_dated_by_the_last_change_and_sent_anew_after_the_next(client):
    first = client.get("/data/nutrients.csv")
    since = {"if-modified-since": first["Last-Modified"]}
    assert client.get("/data/nutrients.csv", headers=since).status_code == 304

    nutrient = Nutrient.objects.get(slug="magnesium")
    nutrient.save()

    changed = client.get("/data/nutrients.csv", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_file_is_sent_anew_after_a_release_that_only_added_to_it(client, tmp_path):
    first = client.get("/data/amounts.csv")
    assert b"tempeh/vitamin-e" not in body(first)
    release = tmp_path / "fixtures"
    shutil.copytree(settings.FIXTURES, release, ignore=shutil.ignore_patterns("usda", "dossier"))
    links = {"food": ["tempeh"], "nutrient": ["vitamin-e"], "source": ["usda-sr28"]}
    with (release / "07_amounts.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row("nutrientamount", per_100g="1.25", **links)) + "\n")
    assert load(release)[0].startswith("Content: 1 added")

    again = client.get("/data/amounts.csv", headers={"if-none-match": first["ETag"]})

    assert b"tempeh/vitamin-e" in body(again)
    assert again["ETag"] != first["ETag"]


def test_rows_are_read_while_they_are_sent(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/data/amounts.csv")
    assert response.streaming
    chunks = ceil(NutrientAmount.objects.count() / 1000)
    with django_assert_num_queries(1 + 2 * chunks):
        assert b"spinach-raw" in body(response)


def test_head_has_the_headers_of_the_file_and_reads_no_rows(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.head("/data/amounts.csv")
        assert response.content == b"" if not response.streaming else not body(response)

    assert response["ETag"] == client.get("/data/amounts.csv")["ETag"]
    assert response["Content-Type"].startswith("text/csv")


def test_files_open_to_programs_of_other_sites_without_a_cookie(client):
    response = client.get("/data/nutrients.json")

    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Content-Disposition"] == 'attachment; filename="nutrisite-nutrients.json"'
    assert response.cookies == {}


@pytest.mark.parametrize("address", ["/data/secrets.csv", "/data/nutrients.xml", "/data/a/b.csv"])
def test_table_that_is_not_there_is_a_404(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/data/", "/data/nutrients.csv", "/data/dictionary.json"])
def test_open_data_can_only_be_read(client, address):
    assert client.post(address).status_code == 405


def test_page_lists_every_file_with_its_rows_and_says_who_may_use_it(client):
    response = client.get("/data/")
    text = text_of(response)

    html = response.content.decode()
    for name in NAMES:
        assert f'href="/data/{name}.csv"' in html
        assert f'href="/data/{name}.json"' in html
    assert f"{NutrientAmount.objects.count():,}" in text
    assert "No licence has been granted yet for the words" in text
    assert f"Version {content_version(at=timezone.now()).label}" in text


def test_page_costs_a_query_a_table_and_one_for_the_version(client, django_assert_num_queries):
    with django_assert_num_queries(len(TABLES) + 1):
        client.get("/data/")
