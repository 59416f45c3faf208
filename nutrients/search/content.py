"""The content of searches: the documents that the public may see, and their addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    Article,
    Association,
    DocumentKind,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientDetail,
    OtherCause,
    RedFlag,
    RiskFactor,
    SearchDocument,
    Strength,
    Symptom,
)

from .foods import FoodVocabulary
from .query import Scorable

ROWS: dict[DocumentKind, type[Any]] = {
    DocumentKind.RED_FLAG: RedFlag,
    DocumentKind.SYMPTOM: Symptom,
    DocumentKind.NUTRIENT: Nutrient,
    DocumentKind.ARTICLE: Article,
    DocumentKind.FOOD: FoodSource,
    DocumentKind.RISK_FACTOR: RiskFactor,
    DocumentKind.OTHER_CAUSE: OtherCause,
    DocumentKind.INTERACTION: Interaction,
}
Addresses = dict[tuple[str, str], str]


def is_public(*, at: datetime) -> Q:
    """Return the condition for documents of rows that the public may see at the moment `at`.

    Each document looks up its row: a list of all rows would have thousands of foods.
    """
    # Pages and groups of foods have no status.
    public = Q(kind=DocumentKind.PAGE) | Q(kind=DocumentKind.FOOD, row="")
    for kind, model in ROWS.items():
        rows = model.objects.published(at=at).filter(slug=OuterRef("row"))
        public |= Q(Exists(rows), kind=kind)
    details, links = NutrientDetail.objects, Association.objects
    public |= Q(kind=DocumentKind.DETAIL, row__in=_keys(details.published(at=at)))
    return public | Q(kind=DocumentKind.EVIDENCE, row__in=_keys(links.published(at=at)))


def addresses_of(documents: Sequence[SearchDocument], *, at: datetime) -> Addresses:
    """Return the address of each risk factor, cause and interaction among the documents.

    A cause is on the page of the most common symptom that it brings on, a risk factor on that of
    the nutrient it acts on most, an interaction on that of its first nutrient; an address is empty
    if no such page is published.
    """
    nutrients = Nutrient.objects.published(at=at).only("slug")
    symptoms = Symptom.objects.published(at=at).order_by("-is_common", "position").only("slug")
    pages: tuple[tuple[DocumentKind, str, QuerySet[Any], tuple[str, ...]], ...] = (
        (DocumentKind.RISK_FACTOR, "risk", nutrients, ("lowers", "raises")),
        (DocumentKind.OTHER_CAUSE, "cause", symptoms, ("symptoms",)),
        (DocumentKind.INTERACTION, "pair", nutrients, ("nutrients",)),
    )
    addresses: Addresses = {}
    for kind, part, public, links in pages:
        keys = [document.key for document in documents if document.kind == kind]
        rows = ROWS[kind].objects.filter(slug__in=keys)
        if kind == DocumentKind.RISK_FACTOR:
            rows = rows.prefetch_related("effects")
        for row in rows.prefetch_related(*(Prefetch(link, public) for link in links)):
            hosts = [host for link in links for host in getattr(row, link).all()]
            if kind == DocumentKind.RISK_FACTOR:
                hosts.sort(key=_strength_of(row))
            address = f"{hosts[0].get_absolute_url()}#{part}-{row.slug}" if hosts else ""
            addresses[kind, row.slug] = address
    return addresses


def _strength_of(risk: RiskFactor) -> Callable[[Nutrient], int]:
    """Return a function that ranks nutrients by how strongly a risk factor acts on them."""
    ranks = {row.nutrient_id: Strength(row.strength).rank for row in risk.effects.all()}
    return lambda nutrient: ranks.get(nutrient.pk, Strength.MODERATE.rank)


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
        """Return the public ones of these documents, each fetched on first use."""
        ids = [pk for pk in ids if pk in self.public]
        if missing := [pk for pk in ids if pk not in self._documents]:
            rows = SearchDocument.objects.defer("words").in_bulk(missing)
            self._documents.update({pk: Scorable(row) for pk, row in rows.items()})
        return [self._documents[pk] for pk in ids if pk in self._documents]

    def addresses(self, documents: Iterable[SearchDocument]) -> Addresses:
        """Return the addresses of documents without a page of their own, by kind and key."""
        missing = [
            row for row in documents if not row.url and (row.kind, row.key) not in self._addresses
        ]
        if missing:
            self._addresses.update(addresses_of(missing, at=self.at))
        return self._addresses

    @cached_property
    def nutrients(self) -> list[Nutrient]:
        return list(Nutrient.objects.published(at=self.at))

    @cached_property
    def stages(self) -> Stages:
        return life_stages(at=self.at)

    def corrected(self, word: str) -> str | None:
        """Return the nearest of the site's words as it is written there; None if none is near."""
        names, texts, written = self._own_words
        similar = nearest(word, (names, texts))
        return similar and written.get(similar, similar)

    @cached_property
    def _own_words(self) -> tuple[list[str], list[str], dict[str, str]]:
        """The words of titles and names, those of texts, and how each is written."""
        fields = ("title", "names", "text", "title_words", "name_words", "text_words")
        rows = list(self._rows().only(*fields).order_by("key"))
        written: dict[str, str] = {}
        for row in rows:
            for text in (row.title, row.names, row.text):
                composed = normalize("NFC", text)
                for word, start, end in spans(composed):
                    written.setdefault(word, composed[start:end].lower())
        names = vocabulary(f"{row.title_words} {row.name_words}" for row in rows)
        return names, vocabulary(row.text_words for row in rows), written

    def _rows(self) -> QuerySet[SearchDocument]:
        return SearchDocument.objects.filter(is_public(at=self.at), is_imported=False)
