"""Links of articles to the site's own pages, and where they lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, urlsplit

from django.urls import Resolver404, ResolverMatch, resolve

from nutrients import prose
from nutrients.models import ArticleSection, Association, Status
from nutrients.queries.removed import SHOWN


def dead_links(
    sections: Iterable[ArticleSection],
) -> Iterator[tuple[ArticleSection, int, str]]:
    """Each link that leads nowhere: its section, its line counted from 1, and a sentence.

    Addresses of other sites are not asked.
    """
    pages = _Pages()
    for section in sections:
        for line, address in prose.links(section.body):
            reason = pages.fault(address, section)
            if reason:
                yield section, line, reason


class _Pages:
    """The published rows that links may lead to, asked for once."""

    def __init__(self) -> None:
        self.slugs = {
            name: set(model.objects.filter(status=Status.PUBLISHED).values_list("slug", flat=True))
            for name, model in SHOWN.items()
        }
        pairs = Association.objects.filter(status=Status.PUBLISHED)
        self.pairs = set(pairs.values_list("nutrient__slug", "symptom__slug"))
        self.anchors = set(ArticleSection.objects.values_list("article__slug", "anchor"))

    def fault(self, address: str, section: ArticleSection) -> str | None:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return None
        if not parts.path:
            known = (section.article.slug, parts.fragment) in self.anchors
            return None if known else f"this article has no section “{parts.fragment}”."
        try:
            match = resolve(parts.path)
        except Resolver404:
            return f"{address} leads nowhere: a link to our own page begins and ends with “/”."
        return self._row_fault(match, parts.fragment) or self._query_fault(parts.query)

    def _row_fault(self, match: ResolverMatch, fragment: str) -> str | None:
        name, slug = match.url_name or "", match.kwargs.get("slug", "")
        if name in self.slugs and slug not in self.slugs[name]:
            return f"there is no published {name} “{slug}”."
        if name == "association" and (slug, match.kwargs["symptom"]) not in self.pairs:
            return f"no published row ties “{slug}” to “{match.kwargs['symptom']}”."
        if name == "article" and fragment and (slug, fragment) not in self.anchors:
            return f"the article “{slug}” has no section “{fragment}”."
        return None

    def _query_fault(self, query: str) -> str | None:
        unknown = set(parse_qs(query).get("symptom", [])) - self.slugs["symptom"]
        return f"there is no published symptom “{min(unknown)}”." if unknown else None
