"""The tables of articles, their sections, sources and changes."""

from __future__ import annotations

from typing import Any

from nutrients import prose
from nutrients.models import NoteKind, ReadForm, SourceKind
from nutrients.queries.version import ContentVersion

from . import columns as c
from .cells import Value


def _since(row: Any) -> Value:
    return ContentVersion(row.made_at).label


def _cited(row: Any) -> Value:
    return sorted(set(prose.cited_slugs(row.body)))


ARTICLES = c.Table(
    "articles",
    "Articles",
    "an article; its text stands in the table of sections",
    (
        c.key("The article’s stable identifier."),
        c.address(),
        c.text("title", "Its title."),
        c.text("short_title", "Its title in menus."),
        c.text("summary", "What it is about, in a sentence."),
        c.text("standfirst", "What stands under the title."),
        c.text("key_points", "Its key points, one on each line."),
        c.text("written_by", "Who wrote it."),
        c.number("position", "Its place in lists: the lowest comes first."),
        c.ids("related_nutrients", "Nutrients to go on to, as ids."),
        c.ids("related_symptoms", "Symptoms to go on to, as ids."),
        *c.checked(),
    ),
)

SECTIONS = c.Table(
    "sections",
    "Sections of articles",
    "a section: a heading and its text in Markdown",
    (
        c.key("Article and anchor."),
        c.address(),
        c.text("article", "The article, as an id.", "article.slug"),
        c.text("anchor", "The section’s place on the page."),
        c.number("position", "Its place in the article: the lowest comes first."),
        c.text("title", "Its heading."),
        c.text("body", "Markdown with [@source] citations; [[name]] stands for a live table."),
        c.Column("sources", "The sources it cites, as ids.", _cited, c.Kind.LIST),
    ),
)

SOURCES = c.Table(
    "sources",
    "Sources",
    "a publication that claims and figures rest on, and how it was last read",
    (
        c.key("The source’s stable identifier."),
        c.address(),
        c.text("title", "Its title."),
        c.text("publisher", "Who publishes it."),
        c.text("url", "Its own address; empty where it has none."),
        c.choice("kind", "What sort of publication it is.", SourceKind),
        c.text("licence_note", "The licence that the source itself states."),
        c.text("how_seen", "What was read: the page itself, a copy, or a quotation."),
        c.choice("read_form", "In what form it was read.", ReadForm),
        c.day("checked_on", "When an editor last read it in that form."),
        c.day("next_review_on", "When its publisher says it will review it."),
    ),
)

CHANGES = c.Table(
    "changes",
    "Changes and corrections",
    "a note for readers on what was changed or corrected, and when",
    (
        c.key("Address and moment."),
        c.text("address", "The place on the site that it is about, without the host."),
        c.text("title", "The name of that page or entry."),
        c.choice("kind", "A correction says that something was wrong.", NoteKind),
        c.text("text", "What changed."),
        c.moment("made_at", "When it was changed."),
        c.Column("since_version", "A file of this version or a later one has the change.", _since),
        c.text("subject", "The sort of row that was edited."),
        c.text("subject_key", "The key of that row, as JSON."),
    ),
)
