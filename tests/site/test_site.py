"""The home page and the pages about the site."""

import re
from datetime import UTC, datetime

import pytest
from django.core.paginator import Paginator

from nutrients.evidence.ranking import ORDER
from nutrients.models import (
    READ,
    Article,
    ArticleTopic,
    Nutrient,
    OtherCause,
    ReadForm,
    RedFlag,
    Source,
    Symptom,
)
from nutrients.models.red_flags import CALL
from nutrients.search.index import catch_up
from nutrients.site.pages import FEELINGS
from nutrients.site.sources import SOURCES_A_PAGE, read_sources
from nutrisite.logging import ACCESS_FIELDS
from tests.addresses import EVERY_KIND
from tests.site.pages import links_of, text_of

from . import more_content
from .test_cost import COSTS

ABOUT_THE_SITE = [
    *("/", "/about/", "/method/", "/sources/", "/changes/", "/privacy/", "/accessibility/"),
    *("/safety/", "/safety/test-book/"),
]
HIDDEN = [{"status": "draft"}, {"publish_at": datetime(2999, 1, 1, tzinfo=UTC)}]
SITE_MAP = ("articles", "nutrients", "symptoms", "evidence", "foods")
SHOW_ALL = {
    *EVERY_KIND,
    *COSTS,
    *(f"/sitemap-{part}.xml" for part in SITE_MAP),
    *("/compare.csv", "/data/nutrients.json", "/data/symptoms.csv"),
}
HIDDEN_PAGES = [
    *("/nutrients/quuxly-nutrient/", "/symptoms/quuxly-sign/", "/foods/quuxly-food/"),
    *("/nutrients/magnesium/quuxly-sign/", "/nutrients/quuxly-nutrient/muscle-cramps/"),
    *("/articles/quuxly-article/", "/feeds/changes/quuxly-nutrient/"),
]


@pytest.mark.parametrize("hidden", HIDDEN, ids=["draft", "to come"])
def test_hidden_rows_show_nowhere_and_have_no_page(client, content, hidden):
    source = more_content.add("quuxly", **hidden)
    catch_up()

    for address in SHOW_ALL:
        assert "quuxly" not in client.get(address).getvalue().decode().lower(), address
    for address in HIDDEN_PAGES:
        assert client.get(address).status_code == 404, address
    assert "Nothing found" in text_of(client.get("/search/?q=quuxly"), "main")
    assert "No food matches" in text_of(client.get("/foods/?q=quuxly"), "food-results")
    page = text_of(client.get(source.get_absolute_url()))
    assert "Nothing that readers can see at the moment." in page
    Symptom.objects.filter(slug="tremor").update(**hidden)
    for address in ("/nutrients/magnesium/", "/sitemap-evidence.xml", "/compare/"):
        assert "/nutrients/magnesium/tremor/" not in client.get(address).text, address


def test_pages_work_without_content(client, no_content):
    messages = {
        "/sources/": "No source is recorded yet.",
        "/articles/": "No article is published yet",
        "/foods/plate/?food=kale-raw": "Your plate is empty",
    }
    for address in (*ABOUT_THE_SITE, *messages):
        response = client.get(address)
        assert response.status_code == 200, address
        assert b"<h1" in response.content
        assert messages.get(address, "") in text_of(response), address
    home = client.get("/")
    for words in ("Read the guide", "What people ask"):
        assert words not in text_of(home, "main")
    assert "/symptoms/eyelid-twitch/" not in links_of(home, "main")


def test_home_page_links_to_symptoms_doors_and_core_nutrients(client, content):
    page = client.get("/")
    links = links_of(page, "main")

    for address in ("/articles/nutrients-and-muscle-jerking/", "/compare/", "/checklist/"):
        assert address in links
    core = Nutrient.objects.filter(is_featured=True)
    assert {row.get_absolute_url() for row in core} <= set(links)
    assert {f"/symptoms/{slug}/" for slug in FEELINGS} <= set(links)
    assert {"/safety/", "tel:999", "tel:112", "tel:911"} <= set(links)
    assert OtherCause.objects.get(slug="caffeine").name in text_of(page, "main")
    topics = {row.topic for row in Article.objects.all() if row.get_absolute_url() in links}
    assert topics == set(ArticleTopic)


@pytest.mark.parametrize("address", ["/", "/about/"])
def test_review_is_claimed_only_while_there_is_one(client, content, address):
    none = "No clinician has reviewed these pages yet."
    symptom = Symptom.objects.filter(slug="tingling")
    review = {"reviewed_on": "2025-11-01", "reviewed_by": "A. Tester, doctor"}
    # No page says who reviewed a warning sign.
    RedFlag.objects.update(**review)
    assert none in text_of(client.get(address), "main")

    symptom.update(**review)
    text = text_of(client.get(address), "main")
    assert "A clinician has reviewed some of these pages." in text
    assert none not in text

    symptom.update(review_due_on="2026-01-31")
    assert none in text_of(client.get(address), "main")


@pytest.mark.parametrize("address", ["/about/", "/privacy/", "/accessibility/", "/changes/"])
def test_contact_is_named_only_where_there_is_one(client, db, settings, address):
    settings.CONTACT_EMAIL = ""
    assert "We do not have a contact address yet." in text_of(client.get(address))
    settings.CONTACT_EMAIL = "editors@example.org"
    assert "mailto:editors@example.org" in links_of(client.get(address))


def test_privacy_page_counts_the_parts_of_a_log_line(client, db):
    # The time and the number, which every line has, and what the middleware writes.
    assert len(ACCESS_FIELDS) + 2 == 6
    words = "It contains these six things and no more: the time"
    assert words in text_of(client.get("/privacy/"))


def test_method_says_how_the_site_is_made(client, content):
    page = client.get("/method/")
    text = text_of(page, "main")

    for words in (
        *("It is not a medical device", "Do not stop a prescribed medicine"),
        *("No adverts, no sponsors, nothing for sale", *(step.words for step in ORDER)),
    ):
        assert words in text
    assert {"/changes/", "/safety/", "/sources/"} <= set(links_of(page, "main"))
    assert text.index("What this site is for") < text.index("Grades and their verbs")


def test_each_source_that_was_read_is_listed_and_links_to_how_it_was_checked(client, content):
    number = Paginator(read_sources(), SOURCES_A_PAGE).num_pages
    pages = [client.get(f"/sources/?page={page}") for page in range(1, number + 1)]
    listed = {link for page in pages for link in links_of(page, "main")}
    read = Source.objects.filter(read_form__in=READ)
    unread = Source.objects.filter(read_form=ReadForm.UNREAD)
    assert {row.get_absolute_url() for row in read} <= listed
    assert not {row.get_absolute_url() for row in unread} & listed
    assert client.get(unread[0].get_absolute_url()).status_code == 404

    read.filter(slug="ods-calcium").update(publisher="Église")
    letters = [line.letter for line in read_sources()]
    assert letters == sorted(letters, key="ABCDEFGHIJKLMNOPQRSTUVWXYZ".index)
    assert links_of(pages[0], "main").count("#a") == 1

    source = Source.objects.get(slug="ods-magnesium")
    assert any(source.publisher in text_of(page, "main") for page in pages)
    page = client.get(source.get_absolute_url())
    for words in (source.title, source.publisher, source.how_seen, "Daily needs: 22 Magnesium"):
        assert words in text_of(page, "main")
    assert {source.url, "/nutrients/magnesium/fatigue/#deficiency"} <= set(links_of(page, "main"))


def test_source_names_every_published_fact_once(client, content):
    source = more_content.add("extra")
    text = text_of(client.get(source.get_absolute_url()), "main")

    # Eleven rows, and the intake; the food's amount rests on a source of its own.
    assert sum(int(count) for count in re.findall(r": (\d+) ", f"{text} ")) == 12


def test_safety_page_lists_every_red_flag_most_urgent_first(client, content):
    page = client.get("/safety/")
    flags = RedFlag.objects.filter(status="published")

    for flag in flags:
        text = text_of(page, flag.slug)
        assert flag.action.removeprefix(CALL).strip() in text, flag
        assert flag.why_it_matters in text
        assert {row.get_absolute_url() for row in flag.sources.all()} <= set(
            links_of(page, flag.slug)
        )
    text = text_of(page, "main")
    levels = ("emergency", "urgent", "see-a-doctor")
    places = [text.lower().index(flags.filter(level=level)[0].sign.lower()) for level in levels]
    assert places == sorted(places)
    assert {"tel:999", "tel:112", "tel:911"} <= set(links_of(page, "main"))
    assert "Do not stop a prescribed medicine" in text
