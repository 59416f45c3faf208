"""What searches are answered from: the documents that the public may see, and their addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
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
from .query import Scored

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


def shown(*, at: datetime) -> Q:
    """The documents whose rows the public may see at the moment `at`, asked of the rows.

    Each document looks its own row up: a list of all rows would hold thousands of foods.
    """
    # Pages and groups of foods have no state.
    visible = Q(kind=DocumentKind.PAGE) | Q(kind=DocumentKind.FOOD, row="")
    for kind, model in ROWS.items():
        rows = model.objects.published(at=at).filter(slug=OuterRef("row"))
        visible |= Q(Exists(rows), kind=kind)
    visible |= Q(kind=DocumentKind.DETAIL, row__in=_details(at=at))
    return visible | Q(kind=DocumentKind.EVIDENCE, row__in=_pairs(at=at))


def addresses_of(documents: Sequence[SearchDocument], *, at: datetime) -> Addresses:
    """The address of each risk factor, cause and interaction among the documents.

    A cause is on the page of the most common symptom that it brings on, a risk factor on that of
    the nutrient it does most to, the others on that of the first nutrient; an address is empty if
    no such page is published.
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
            shown_on = [page for link in links for page in getattr(row, link).all()]
            if kind == DocumentKind.RISK_FACTOR:
                shown_on.sort(key=_strength_of(row))
            address = f"{shown_on[0].get_absolute_url()}#{part}-{row.slug}" if shown_on else ""
            addresses[kind, row.slug] = address
    return addresses


def _strength_of(risk: RiskFactor) -> Callable[[Nutrient], int]:
    """What gives the rank of the strength with which a risk factor acts on a nutrient."""
    ranks = {one.nutrient_id: Strength(one.strength).rank for one in risk.effects.all()}
    return lambda nutrient: ranks.get(nutrient.pk, Strength.MODERATE.rank)


def _details(*, at: datetime) -> QuerySet[NutrientDetail]:
    rows = NutrientDetail.objects.published(at=at)
    rows = rows.filter(nutrient__in=Nutrient.objects.published(at=at).values("pk"))
    key = Concat("nutrient__slug", Value("/"), "topic", output_field=CharField())
    return rows.order_by().values_list(key, flat=True)


def _pairs(*, at: datetime) -> QuerySet[Association]:
    pair = Concat(
        *("nutrient__slug", Value("/"), "symptom__slug", Value("/"), "relation"),
        output_field=CharField(),
    )
    return Association.objects.published(at=at).order_by().values_list(pair, flat=True)


class SearchContent(FoodVocabulary):
    """What every search is answered from, read when it is first needed."""

    def __init__(self, *, at: datetime) -> None:
        super().__init__(at=at)
        self._documents: dict[int, Scored] = {}
        self._addresses: Addresses = {}

    @cached_property
    def public(self) -> frozenset[int]:
        """The ids of the documents of all that editors wrote and the public may see."""
        return frozenset(self._rows().order_by().values_list("pk", flat=True))

    def documents(self, ids: Iterable[int]) -> list[Scored]:
        """Those of these documents that are public, each read when a search first finds it."""
        ids = [pk for pk in ids if pk in self.public]
        if missing := [pk for pk in ids if pk not in self._documents]:
            rows = SearchDocument.objects.defer("words").in_bulk(missing)
            self._documents.update({pk: Scored(row) for pk, row in rows.items()})
        return [self._documents[pk] for pk in ids if pk in self._documents]

    def addresses(self, documents: Iterable[SearchDocument]) -> Addresses:
        """Where these documents are; those without a page are asked for when first found."""
        asked = [row for row in documents if not row.url]
        missing = [row for row in asked if (row.kind, row.key) not in self._addresses]
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
        """The nearest of our own words as it is written; None if none is near."""
        names, texts, written = self._own_words
        ours = nearest(word, (names, texts))
        return ours and written.get(ours, ours)

    @cached_property
    def _own_words(self) -> tuple[list[str], list[str], dict[str, str]]:
        """The words of titles and names, those of texts, and how each is written."""
        shown = ("title", "names", "text")
        words = ("title_words", "name_words", "text_words")
        rows = list(self._rows().only(*shown, *words).order_by("key"))
        written: dict[str, str] = {}
        for row in rows:
            for word, form in _as_written((row.title, row.names, row.text)):
                written.setdefault(word, form)
        names = vocabulary(f"{row.title_words} {row.name_words}" for row in rows)
        return names, vocabulary(row.text_words for row in rows), written

    def _rows(self) -> QuerySet[SearchDocument]:
        return SearchDocument.objects.filter(shown(at=self.at), is_imported=False)


def _as_written(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Each word of texts as it is compared, and as it is written, in lower case."""
    for text in texts:
        composed = normalize("NFC", text)
        for word, start, end in spans(composed):
            yield word, composed[start:end].lower()
