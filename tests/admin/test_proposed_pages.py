"""Previews of the pages that a proposal changes, which no reader sees."""

from threading import Thread

import pytest
import reversion
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import RequestFactory
from django.utils import timezone

from nutrients.models import Article, Nutrient, Source
from nutrients.proposals.marking import mark_page
from nutrients.proposals.pages import candidates, changing_pages, render_page, render_proposed
from nutrients.proposals.rows import add_row, as_proposed, begin_proposal
from nutrisite.page_cache import with_page_cache
from tests.addresses import EVERY_KIND
from tests.admin.forms import address_of

WORDS = "Soothes unquiet fibres"
JOB = f"{WORDS}."
TALE = {"slug": "a-tale", "title": "A tale", "publisher": "P", "kind": "reference"}
TALE |= {"read_form": "page", "checked_on": "2026-11-01"}
MACHINES = ["/sitemap-articles.xml", "/feeds/articles/", "/data/nutrients.json", "/compare.csv"]


@pytest.fixture
def proposal(content, editor):
    """Another tagline for magnesium, and another title for an article."""
    proposal = begin_proposal("Other words", by=editor)
    magnesium = Nutrient.objects.get(slug="magnesium")
    add_row(proposal, magnesium, {"tagline": WORDS, "job": JOB}, by=editor)
    add_row(proposal, Article.objects.get(slug="night-leg-cramps"), {"title": WORDS}, by=editor)
    return proposal


def read_page(application, address):
    statuses = []
    environ = RequestFactory().get(address).environ
    response = application(environ, lambda status, *_: statuses.append(status))
    page = b"".join(response).decode()
    if hasattr(response, "close"):
        response.close()
    assert statuses == ["200 OK"], address
    return page


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_readers_never_get_proposed_words(proposal):
    application = with_page_cache(get_wsgi_application())
    addresses = {*EVERY_KIND, *candidates(proposal), *MACHINES}
    pages = []

    def read_all():
        try:
            pages.extend(read_page(application, address) for address in addresses)
        finally:
            connections.close_all()

    with as_proposed(proposal):
        assert WORDS in render_page("/nutrients/magnesium/")
        # SQLite in memory, as in these tests, is locked for readers until the preview is made.
        if connections["default"].vendor == "postgresql":
            reader = Thread(target=read_all)
            reader.start()
            reader.join()
            assert len(pages) == len(addresses)
    read_all()

    assert pages
    assert not any(WORDS in page for page in pages)


@pytest.mark.django_db
def test_pages_that_change_are_listed_and_previewed_in_three_modes(proposal, editor_client):
    address = address_of(proposal, "pages")
    paths = [page.path for page in editor_client.get(address).context["pages"]]

    assert paths[0] == "/nutrients/magnesium/"
    assert {"/", "/compare/", "/articles/", "/articles/night-leg-cramps/"} <= set(paths)
    for path in EVERY_KIND:
        if "?" not in path and path != "/data/":
            assert (WORDS in render_proposed(proposal, path)) <= (path in paths), path

    marked, proposed, live = (
        editor_client.get(address, {"path": "/nutrients/magnesium/", "as": mode}).text
        for mode in ("marked", "proposed", "live")
    )
    assert f"<ins>{JOB}</ins>" in marked
    assert "<del>" in marked
    assert "<ins>" not in proposed
    assert WORDS in proposed
    assert WORDS not in live
    assert editor_client.get(address, {"path": "/about/us/"}).status_code == 404
    assert editor_client.get(address, {"path": "/data/nutrients.csv"}).status_code == 404


@pytest.mark.django_db
def test_pages_are_rendered_again_only_after_a_change(proposal, editor, monkeypatch):
    rendered = []

    def render(path, *memory):
        rendered.append(path)
        return render_page(path, *memory)

    def changing(**options):
        proposal.refresh_from_db()
        rendered.clear()
        return changing_pages(proposal, at=timezone.now(), **options)

    monkeypatch.setattr("nutrients.proposals.pages.MAX_PAGES", 3)
    monkeypatch.setattr("nutrients.proposals.pages.render_page", render)
    before = changing(recheck=True)
    assert len(rendered) == 6
    assert changing() == changing(recheck=True) == before
    assert rendered == []
    add_row(proposal, Nutrient.objects.get(slug="magnesium"), {"tagline": "Other"}, by=editor)
    assert changing(recheck=True) == before
    assert len(rendered) == 6
    with reversion.create_revision():
        Nutrient.objects.get(slug="iron").save()
    changing(recheck=True)
    assert len(rendered) == 6

    add_row(proposal, Source, TALE, by=editor)
    (new,) = set(changing()) - set(before)
    assert (new.path, new.is_new) == ("/sources/a-tale/", True)


def test_changed_words_are_marked_within_the_tags_of_the_new_page():
    before = "<main>\n<p>One two <b>three</b>.</p>\n<p>Same</p>\n</main>"
    after = "<main>\n<p>One <i>four</i> <b>three</b>.</p>\n<p>Same</p>\n</main>"

    marked = mark_page(before, after)

    assert marked.split("\n")[1] == "<p>One <del>two</del> <i><ins>four</ins></i> <b>three</b>.</p>"
    assert marked.split("\n")[2] == "<p>Same</p>"
