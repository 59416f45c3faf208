"""What an address leads to: a page that can be cited, a deleted or unknown one, an error."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import timezone

from nutrients.models import Article, FoodSource, Nutrient, RedFlagRule, SafetyCase, Symptom
from tests.admin.forms import GONE
from tests.site.pages import text_of

pytestmark = pytest.mark.usefixtures("content")

FILTERED = [
    *("/compare/?symptom=tremor", "/foods/?diet=vegan", "/foods/?page=2"),
    *("/checklist/?symptom=tremor", "/search/?q=magnesium"),
]


def test_address_without_its_slash_leads_to_the_page_with_its_query(client):
    response = client.get("/nutrients/magnesium?from=a%20b")
    assert (response.status_code, response["Location"]) == (301, "/nutrients/magnesium/?from=a%20b")


@pytest.mark.parametrize("address", FILTERED)
def test_filtered_page_is_not_indexed(client, address):
    html = client.get(address).text

    assert '<meta name="robots" content="noindex, follow">' in html
    assert 'rel="canonical"' not in html
    assert "og:url" not in html


CITED = {
    "/articles/night-leg-cramps/": "What helps night leg cramps?",
    "/nutrients/magnesium/": "Magnesium",
    "/symptoms/tremor/": "Tremor (shaking)",
    "/foods/spinach-raw/": "Spinach, raw",
    "/nutrients/magnesium/muscle-cramps/": "Magnesium and muscle cramps",
}


@pytest.mark.parametrize("address", CITED)
def test_page_can_be_cited_with_version_date_and_address(client, address):
    text = text_of(client.get(address), "main")

    assert f"Nutrisite editors. “{CITED[address]}”, Nutrisite." in text
    version = "Version 2026-11-22.000000, changed on 22 November 2026."
    assert f"{version} http://testserver{address} " in text


@pytest.fixture
def delete(admin_client):
    """Return a function that deletes a row as an editor does; no test case or rule blocks it."""
    SafetyCase.objects.update(status="draft")
    RedFlagRule.objects.all().delete()

    def deleted(row):
        name = f"admin:nutrients_{row._meta.model_name}_delete"
        admin_client.post(reverse(name, args=[row.pk]), {"post": "yes", **GONE})
        assert not type(row).objects.filter(pk=row.pk).exists()

    return deleted


@pytest.mark.parametrize("model", [Article, FoodSource, Nutrient, Symptom])
def test_deleted_page_is_gone_until_it_returns_and_a_draft_is_unknown(client, delete, model):
    # The last nutrient has the fewest articles, which keep a version each.
    row = model.objects.published(at=timezone.now()).last()
    address = row.get_absolute_url()
    assert client.get(address).status_code == 200
    delete(row)
    answer = client.get(address)

    assert answer.status_code == 410
    assert "This page was taken down" in answer.text
    assert 'href="/changes/"' in answer.text
    if model is Nutrient:
        row.save()
        assert client.get(address).status_code == 200
    if draft := model.objects.filter(status="draft").first():
        delete(draft)
        assert client.get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "405", "410", "411", "500", "503"])
def test_error_page_needs_no_context_or_collected_files(name, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "nutrisite.staticfiles.BundledStaticFilesStorage"}
    }
    html = render_to_string(f"{name}.html")

    assert html.count("<h1>") == 1
    assert "call 999, 112, 911" in html
    addresses = re.findall(r'<a [^>]*href="(/[^"]*)"', html)
    assert addresses
    assert all(resolve(address) for address in addresses)
    assert '<link rel="stylesheet" href="/static/css/site.css">' in html
    # Without it a browser asks for /favicon.ico, and gets one more error.
    assert '<link rel="icon" href="/static/img/favicon.svg"' in html
