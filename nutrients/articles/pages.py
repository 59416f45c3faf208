"""The article pages: sections as texts and live blocks, cited in reading order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils.safestring import SafeString

from nutrients import prose
from nutrients.common.citations import References
from nutrients.models import (
    Article,
    ArticleSection,
    ArticleTopic,
    ChangeNote,
    Nutrient,
    Source,
    Symptom,
    choice_rank,
)

from .live_blocks import LiveBlocks

# Each card shows the reading time, for which the words of the whole article are counted.
ARTICLES_A_PAGE = 24
ARTICLES_FED = 20
FED = ("slug", "title", "summary", "written_by", "publish_at", "changed_at")
MOST_RELATED = 4
LINK = ("slug", "title")
NUTRIENT_LINK = ("slug", "name", "symbol", "accent")


class Part(NamedTuple):
    """A part of a section: HTML in `text`, or in `content` what the template draws for its kind."""

    kind: str
    argument: str
    text: SafeString
    content: Any


class Question(NamedTuple):
    """A question with its answer as HTML, and in words alone as machines read it."""

    question: str
    answer: SafeString
    words: str


class Section(NamedTuple):
    """A section with its parts, and the related nutrient that it is named after, if any."""

    anchor: str
    title: str
    parts: list[Part]
    nutrient: Nutrient | None


class ArticlePage:
    """An article with its short answer and its sections, and the pages that it links to.

    The number of queries depends on its kinds of live block alone.
    """

    def __init__(self, article: Article, *, at: datetime) -> None:
        self.article, self.references = article, References()
        nutrients = list(article.related_nutrients.published(at=at).only(*NUTRIENT_LINK))
        self.symptoms = list(article.related_symptoms.published(at=at).only("slug", "name"))
        answer = ArticleSection(title="", body=article.short_answer)
        [first, *self.sections] = _sections(
            [answer, *article.sections.all()], self.references, nutrients, self.symptoms, at=at
        )
        # A section of a nutrient links to it already.
        with_section = {section.nutrient for section in self.sections}
        self.nutrients = [nutrient for nutrient in nutrients if nutrient not in with_section]
        self.short_answer = SafeString("".join(part.text for part in first.parts))
        self.questions: list[Question] = [
            row
            for section in self.sections
            for part in section.parts
            if part.kind == "questions"
            for row in part.content
        ]
        self.related = _related(article, self.symptoms, at=at)
        self.notes = list(ChangeNote.objects.newest_on(article.get_absolute_url(), at=at))


def listed_articles(*, at: datetime) -> Paginator[Article]:
    """Return the published articles by topic, with their sections for the reading time."""
    topics = choice_rank(ArticleTopic, "topic")
    rows = Article.objects.published(at=at).order_by(topics, "position", "title")
    rows = rows.only("slug", "title", "summary", "topic", "changed_at")
    return Paginator(rows.prefetch_related("sections"), ARTICLES_A_PAGE)


def latest_articles(*, at: datetime) -> list[Article]:
    rows = Article.objects.published(at=at).only(*FED)
    return list(rows.order_by("-publish_at", "-pk")[:ARTICLES_FED])


def section_preview(body: str, *, at: datetime) -> tuple[Section, References]:
    """Return a section from text that is not saved, and its sources, numbered from 1.

    Without an article, its block of warning signs shows all signs.
    """
    references = References()
    [section] = _sections([ArticleSection(body=body)], references, [], None, at=at)
    return section, references


def _sections(
    rows: Iterable[ArticleSection],
    references: References,
    nutrients: list[Nutrient],
    symptoms: list[Symptom] | None,
    *,
    at: datetime,
) -> list[Section]:
    named = {nutrient.name: nutrient for nutrient in nutrients}
    bodies = [(row, prose.split(row.body)) for row in rows]
    blocks = [block for _, body in bodies for block in body]
    slugs = {slug for block in blocks for slug in prose.cited_slugs(block.text)}
    cited = Source.objects.filter(slug__in=slugs).order_by()
    mark = references.citer(cited.only("slug", "title", "publisher", "url"))
    live = LiveBlocks(blocks, references, symptoms, at=at)
    glossary = prose.Glossary()
    # In reading order, because drawing a part numbers what it cites.
    return [
        Section(
            row.anchor,
            row.title,
            [_part(block, mark, live, glossary) for block in body],
            named.get(row.title),
        )
        for row, body in bodies
    ]


def _part(block: prose.Block, mark: prose.Cite, live: LiveBlocks, glossary: prose.Glossary) -> Part:
    if block.kind in prose.LIVE_BLOCKS:
        return Part(block.kind, block.argument, SafeString(), live.content(block))
    if block.kind == "questions":
        return Part(block.kind, "", SafeString(), _questions(block, mark))
    text = prose.render(
        block.text, mark, kind=block.kind, caption=block.argument, glossary=glossary
    )
    return Part(block.kind, block.argument, text, None)


def _questions(block: prose.Block, mark: prose.Cite) -> list[Question]:
    return [
        Question(
            " ".join(prose.plain_lines(question)),
            prose.render(answer, mark),
            " ".join(prose.plain_lines(answer)),
        )
        for question, answer in prose.questions(block.text)
    ]


def _related(article: Article, symptoms: list[Symptom], *, at: datetime) -> list[Article]:
    """Return the published articles that share most symptoms with this one."""
    rows = Article.objects.published(at=at).filter(related_symptoms__in=symptoms)
    rows = rows.exclude(pk=article.pk).annotate(shared=Count("related_symptoms"))
    return list(rows.only(*LINK).order_by("-shared", "position", "title")[:MOST_RELATED])
