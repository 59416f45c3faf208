"""Feeds of changes and of articles, read by a parser that is not ours."""

import re

import feedparser
import pytest

from nutrients.models import Article
from tests.site.test_changes import note

pytestmark = pytest.mark.usefixtures("content")
CHANGES, ARTICLES = "/feeds/changes/", "/feeds/articles/"


@pytest.fixture
def feed(client):
    """Return a function that parses a feed, which must be well formed Atom 1.0."""

    def get(address):
        response = client.get(address, headers={"host": "localhost"})
        headers = {name.lower(): value for name, value in response.headers.items()}
        parsed = feedparser.parse(response.content, response_headers=headers)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == "atom10"
        return parsed

    return get


@pytest.mark.parametrize("address", [CHANGES, ARTICLES])
def test_feed_has_what_atom_asks_for(client, feed, address):
    note("It said 1 mg.")
    parsed = feed(address)

    assert parsed.feed.title
    assert parsed.feed.id
    assert parsed.feed.updated_parsed
    assert parsed.feed.author == "Nutrisite editors"
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == [
        f"http://testserver{address}"
    ]
    assert parsed.entries
    ids = [entry.id for entry in parsed.entries]
    assert len(set(ids)) == len(ids)
    assert all(entry.title and entry.updated_parsed and entry.link for entry in parsed.entries)
    links = " ".join(client.get("/articles/").text.split())
    assert re.search(f'type="application/atom.xml" title="Nutrisite [^"]+" href="{address}"', links)


def test_entries_are_newest_first_with_their_page_time_and_kind(feed):
    note("The heading is clearer.")
    note("It said 1 mg. It is 2 mg.", 1, address="/nutrients/calcium/#needs", kind="correction")
    note("Not yet.", 99_999, title="To come")

    correction, change = feed(CHANGES).entries

    assert (correction.title, change.title) == ("Correction: Calcium", "Change: Calcium")
    assert correction.link == "http://testserver/nutrients/calcium/#needs"
    assert correction.summary == "It said 1 mg. It is 2 mg."
    assert [tag.term for tag in correction.tags] == ["correction"]
    assert (correction.updated[:10], change.updated) == ("2026-03-02", "2026-03-01T09:00:00+00:00")
    assert correction.id != change.id


def test_every_article_has_an_entry_with_its_dates(feed):
    article = Article.objects.get(slug="night-leg-cramps")
    by_link = {entry.link: entry for entry in feed(ARTICLES).entries}

    entry = by_link["http://testserver/articles/night-leg-cramps/"]
    assert len(by_link) == Article.objects.count()
    assert (entry.title, entry.summary, entry.id) == (article.title, article.summary, entry.link)
    assert entry.updated == "2026-11-22T00:00:00+00:00"


def test_text_in_feeds_is_escaped(feed):
    note("<b>x</b> & \x0b\uffffy", title="A < B\x01")
    Article.objects.filter(slug="night-leg-cramps").update(title="A < B\x01", summary="<b>x</b> &")

    [entry] = feed(CHANGES).entries
    article = next(each for each in feed(ARTICLES).entries if "night" in each.id)

    assert (entry.title, entry.summary) == ("Change: A < B", "&lt;b&gt;x&lt;/b&gt; &amp; y")
    assert (article.title, article.summary) == ("A < B", "&lt;b&gt;x&lt;/b&gt; &amp;")
