"""Pages are shown as a proposal would have them, and readers never see a word of it."""

from threading import Thread

import pytest
import reversion
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import RequestFactory
from django.utils import timezone

from nutrients.models import Article, Nutrient, NutrientAmount, Source
from nutrients.proposals import add_row, begin
from nutrients.proposals.pages import (
    as_proposed,
    candidates,
    changing_pages,
    drawn,
    marked_page,
    proposed,
)
from nutrisite.page_cache import in_front_of
from tests.addresses import EVERY_KIND

from .forms import address_of

WORDS = "Soothes unquiet fibres"
JOB = f"{WORDS}."
MACHINES = ["/sitemap-articles.xml", "/feeds/articles/", "/data/nutrients.json", "/compare.csv"]


@pytest.fixture
def proposal(content, editor):
    """Another tagline for magnesium, and another title for an article."""
    made = begin("Other words", by=editor)
    magnesium = Nutrient.objects.get(slug="magnesium")
    add_row(made, magnesium, {"tagline": WORDS, "job": JOB}, by=editor)
    add_row(made, Article.objects.get(slug="night-leg-cramps"), {"title": WORDS}, by=editor)
    return made


def ask(application, address):
    """The page at an address, which is there."""
    said = []
    environ = RequestFactory().get(address).environ
    answer = application(environ, lambda status, *_: said.append(status))
    page = b"".join(answer).decode()
    if hasattr(answer, "close"):
        answer.close()
    assert said == ["200 OK"], address
    return page


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_reader_gets_proposed_words_while_pages_are_previewed_or_after(proposal):
    application = in_front_of(get_wsgi_application())
    addresses = {*EVERY_KIND, *candidates(proposal)[0], *MACHINES}
    read = []

    def read_all():
        try:
            read.extend(ask(application, address) for address in addresses)
        finally:
            connections.close_all()

    with as_proposed(proposal):
        assert WORDS in drawn("/nutrients/magnesium/")
        # SQLite in memory, as in these tests, is locked for readers until the preview is made.
        if connections["default"].vendor == "postgresql":
            reader = Thread(target=read_all)
            reader.start()
            reader.join()
            assert len(read) == len(addresses)
    read_all()

    assert read
    assert not any(WORDS in page for page in read)


@pytest.mark.django_db
def test_every_page_on_which_the_words_show_is_found_and_shown_in_three_ways(
    proposal, editor_client
):
    address = address_of(proposal, "pages")
    paths = [page.path for page in editor_client.get(address).context["pages"]]

    assert paths[0] == "/nutrients/magnesium/"
    assert {"/", "/compare/", "/articles/", "/articles/night-leg-cramps/"} <= set(paths)
    for path in EVERY_KIND:
        if "?" not in path and path != "/data/":
            assert (WORDS in proposed(proposal, path)) <= (path in paths), path

    ways = {
        way: editor_client.get(address, {"path": "/nutrients/magnesium/", "as": way})
        for way in ("marked", "proposed", "live")
    }
    assert f"<ins>{JOB}</ins>" in ways["marked"].content.decode()
    assert "<del>" in ways["marked"].content.decode()
    assert "<ins>" not in ways["proposed"].content.decode()
    assert WORDS in ways["proposed"].content.decode()
    assert WORDS not in ways["live"].content.decode()
    assert editor_client.get(address, {"path": "/about/us/"}).status_code == 404
    assert editor_client.get(address, {"path": "/data/nutrients.csv"}).status_code == 404


@pytest.mark.django_db
def test_pages_are_drawn_again_only_once_the_proposal_or_the_content_changes(
    proposal, editor, monkeypatch
):
    looked_at = []

    def noting(path, *memory):
        looked_at.append(path)
        return drawn(path, *memory)

    def changing(**how):
        proposal.refresh_from_db()
        looked_at.clear()
        return changing_pages(proposal, at=timezone.now(), **how)

    monkeypatch.setattr("nutrients.proposals.pages.MOST_PAGES", 3)
    monkeypatch.setattr("nutrients.proposals.pages.drawn", noting)
    before = changing(recheck=True)
    assert len(looked_at) == 6
    assert changing() == changing(recheck=True) == before
    assert looked_at == []
    add_row(proposal, Nutrient.objects.get(slug="magnesium"), {"tagline": "Other"}, by=editor)
    assert changing(recheck=True) == before
    assert len(looked_at) == 3
    with reversion.create_revision():
        Nutrient.objects.get(slug="iron").save()
    changing(recheck=True)
    assert len(looked_at) == 6

    add_row(proposal, Source, NEW, by=editor)
    (new,) = set(changing()) - set(before)
    assert (new.path, new.is_new) == ("/sources/a-tale/", True)


@pytest.mark.django_db
def test_editor_is_told_how_many_pages_were_not_looked_at(
    cases, proposal, editor_client, monkeypatch
):
    """Magnesium is in more foods, and linked with more symptoms, than are looked at."""
    monkeypatch.setattr("nutrients.proposals.pages.drawn", lambda path, *memory: "")
    page = editor_client.get(address_of(proposal, "pages"))

    paths, left = candidates(proposal)
    foods = NutrientAmount.objects.filter(nutrient__slug="magnesium").values("food").distinct()
    drawn_foods = sum(path.startswith("/foods/") and len(path) > 13 for path in paths)
    assert left["foods"] == foods.count() - drawn_foods
    assert f"{left['foods']} more pages under /foods/" in page.content.decode()


NEW = {"slug": "a-tale", "title": "A tale", "publisher": "P", "kind": "reference"}
NEW |= {"read_form": "page", "checked_on": "2026-11-01"}


def test_words_are_marked_and_tags_stay_those_of_the_new_page():
    before = "<main>\n<p>One two <b>three</b>.</p>\n<p>Same</p>\n</main>"
    after = "<main>\n<p>One <i>four</i> <b>three</b>.</p>\n<p>Same</p>\n</main>"

    marked = marked_page(before, after)

    assert marked.split("\n")[1] == "<p>One <del>two</del> <i><ins>four</ins></i> <b>three</b>.</p>"
    assert marked.split("\n")[2] == "<p>Same</p>"
