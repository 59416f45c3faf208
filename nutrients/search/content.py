"""The content of searches: the documents that the public may see, and their addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any
from unicodedata import normalize

from django.db.models import CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat

from nutrients.common.words import nearest, spans, vocabulary
from nutrients.evidence.life_stages import Stages, life_stages
from nutrients.models import (
    DocumentKind,
    Nutrient,
    RiskEffect,
    RiskFactor,
    SearchDocument,
    Strength,
    Symptom,
)

from .documents import ORIGINS
from .foods import FoodVocabulary
from .query import Scorable

# The kind and the key of a document
Key = tuple[str, str]
Addresses = dict[Key, str]


def is_public(*, at: datetime) -> Q:
    """Return the condition for documents of rows that the public may see at the moment `at`.

    Each document looks up its row: a list of all rows would have thousands of foods.
    """
    # Pages and groups of foods have no status.
    public = Q(kind=DocumentKind.PAGE) | Q(kind=DocumentKind.FOOD, row="")
    for kind, origin in ORIGINS.items():
        rows = origin.model.objects.published(at=at)
        has_slug = origin.model.KEY == ("slug",)
        row = Exists(rows.filter(slug=OuterRef("row"))) if has_slug else Q(row__in=_keys(rows))
        public |= Q(row, kind=kind)
    return public


def addresses_of(keys: Collection[Key], *, at: datetime) -> Addresses:
    """Return the address of each risk factor, cause and interaction among the keys.

    A risk factor is on the page of the nutrient that it affects most, a cause on that of the most
    common symptom that it can cause, and an interaction on that of its first nutrient. The address
    is empty if no such page is published.
    """

    def linked(kind: DocumentKind, link: str, hosts: QuerySet[Any]) -> QuerySet[Any]:
        slugs = [slug for row_kind, slug in keys if row_kind == kind]
        rows = ORIGINS[kind].model.objects.filter(slug__in=slugs)
        return rows.prefetch_related(Prefetch(link, hosts))

    nutrients = Nutrient.objects.published(at=at).only("slug")
    symptoms = Symptom.objects.published(at=at).order_by("-is_common", "position").only("slug")
    effects = RiskEffect.objects.filter(nutrient__in=nutrients).order_by("nutrient__position")
    hosts: dict[Key, Any] = {
        (DocumentKind.RISK_FACTOR, risk.slug): _most_affected(risk)
        for risk in linked(DocumentKind.RISK_FACTOR, "effects", effects.select_related("nutrient"))
    }
    for cause in linked(DocumentKind.OTHER_CAUSE, "symptoms", symptoms):
        hosts[DocumentKind.OTHER_CAUSE, cause.slug] = next(iter(cause.symptoms.all()), None)
    for pair in linked(DocumentKind.INTERACTION, "nutrients", nutrients):
        hosts[DocumentKind.INTERACTION, pair.slug] = next(iter(pair.nutrients.all()), None)
    return {
        (kind, slug): f"{host.get_absolute_url()}#{kind}-{slug}" if host else ""
        for (kind, slug), host in hosts.items()
    }


def _most_affected(risk: RiskFactor) -> Nutrient | None:
    effects = sorted(risk.effects.all(), key=lambda effect: Strength(effect.strength).rank)
    return effects[0].nutrient if effects else None


def _keys(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the natural keys of rows as documents have them, with their parts joined."""
    first, *others = rows.model.key_paths()
    parts = chain.from_iterable((Value("/"), path) for path in others)
    key = Concat(first, *parts, output_field=CharField())
    return rows.order_by().values_list(key, flat=True)


class SearchContent(FoodVocabulary):
    """The content that searches need, each part fetched on first use."""

    def __init__(self, *, at: datetime) -> None:
        super().__init__(at=at)
        self._documents: dict[int, Scorable] = {}
        self._addresses: Addresses = {}

    @cached_property
    def public(self) -> frozenset[int]:
        """The ids of public documents, without those of imported foods."""
        return frozenset(self._rows().order_by().values_list("pk", flat=True))

    def documents(self, ids: Iterable[int]) -> list[Scorable]:
        """Return those of the documents that are public, each fetched on first use."""
        ids = [pk for pk in ids if pk in self.public]
        if missing := [pk for pk in ids if pk not in self._documents]:
            rows = SearchDocument.objects.defer("words").in_bulk(missing)
            self._documents.update({pk: Scorable(row) for pk, row in rows.items()})
        return [self._documents[pk] for pk in ids if pk in self._documents]

    def addresses(self, documents: Iterable[SearchDocument]) -> Addresses:
        """Return the addresses of documents without a page of their own, by kind and key."""
        keys = {(row.kind, row.key) for row in documents if not row.url}
        if missing := keys - self._addresses.keys():
            self._addresses.update(addresses_of(missing, at=self.at))
        return self._addresses

    @cached_property
    def nutrients(self) -> list[Nutrient]:
        return list(Nutrient.objects.published(at=self.at))

    @cached_property
    def stages(self) -> Stages:
        return life_stages(at=self.at)

    def corrected(self, word: str) -> str | None:
        """Return the nearest word of the site's names as written there; None if none is near."""
        names, written = self._own_words
        similar = nearest(word, names)
        return similar and written.get(similar, similar)

    @cached_property
    def _own_words(self) -> tuple[list[str], dict[str, str]]:
        """The words of titles and names, without those of texts, and how each is written."""
        fields = ("title", "names", "text", "title_words", "name_words")
        rows = list(self._rows().only(*fields).order_by("key"))
        written: dict[str, str] = {}
        for row in rows:
            for text in (row.title, row.names, row.text):
                composed = normalize("NFC", text)
                for word, start, end in spans(composed):
                    written.setdefault(word, composed[start:end].lower())
        return vocabulary(f"{row.title_words} {row.name_words}" for row in rows), written

    def _rows(self) -> QuerySet[SearchDocument]:
        return SearchDocument.objects.filter(is_public(at=self.at), is_imported=False)
