"""Feeds of changes, read by a parser that is not ours."""

from datetime import UTC, datetime

import feedparser
import pytest

from nutrients.models import Article, ChangeNote

pytestmark = pytest.mark.usefixtures("content")
ALL = "/feeds/changes/"
ADDRESSES = ["/feeds/articles/", ALL]


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


def note(address, text="It said 1 mg. It is 2 mg.", **fields):
    fields = {"title": "Magnesium", "created_at": datetime(2025, 11, 30, 9, 8, tzinfo=UTC)} | fields
    return ChangeNote.objects.create(address=address, text=text, **fields)


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_has_what_atom_asks_for(feed, address):
    note("/nutrients/magnesium/")
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


def test_entries_are_newest_first_with_their_page_time_and_kind(feed):
    note("/nutrients/magnesium/")
    newer = datetime(2025, 12, 1, tzinfo=UTC)
    note("/nutrients/magnesium/#needs", kind="correction", created_at=newer)
    note("/symptoms/tremor/", title="To come", created_at=datetime(2099, 1, 1, tzinfo=UTC))

    correction, change = feed(ALL).entries

    assert (correction.title, change.title) == ("Correction: Magnesium", "Change: Magnesium")
    assert correction.link == "http://testserver/nutrients/magnesium/#needs"
    assert correction.summary == "It said 1 mg. It is 2 mg."
    assert [tag.term for tag in correction.tags] == ["correction"]
    assert (correction.updated[:10], change.updated) == ("2025-12-01", "2025-11-30T09:08:00+00:00")
    assert correction.id != change.id


def test_every_article_has_an_entry_with_its_dates(feed):
    article = Article.objects.get(slug="night-leg-cramps")
    by_link = {entry.link: entry for entry in feed("/feeds/articles/").entries}

    entry = by_link["http://testserver/articles/night-leg-cramps/"]
    assert len(by_link) == Article.objects.count()
    assert (entry.title, entry.summary, entry.id) == (article.title, article.summary, entry.link)
    assert entry.updated == "2026-11-22T00:00:00+00:00"


def test_text_in_feeds_is_escaped(feed):
    note("/nutrients/magnesium/", text="<b>x</b> & \x0by", title="A < B\x01")

    Article.objects.filter(slug="night-leg-cramps").update(title="A < B\x01", summary="<b>x</b> &")

    [entry] = feed(ALL).entries
    article = next(each for each in feed("/feeds/articles/").entries if "night" in each.id)

    assert (entry.title, entry.summary) == ("Change: A < B", "&lt;b&gt;x&lt;/b&gt; &amp; y")
    assert (article.title, article.summary) == ("A < B", "&lt;b&gt;x&lt;/b&gt; &amp;")


def test_home_page_names_the_feed_of_changes(client):
    home = " ".join(client.get("/").content.decode().split())

    feed = f'type="application/atom+xml" title="Nutrisite changes and corrections" href="{ALL}"'
    assert feed in home
