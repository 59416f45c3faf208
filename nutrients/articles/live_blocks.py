"""Live blocks of articles, drawn from the models, so that no article shows a stale fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Self

from django.db.models import Prefetch

from nutrients.common.citations import Cited, References
from nutrients.evidence.content import red_flags_by_level
from nutrients.evidence.needs import AdultNeed, adult_needs
from nutrients.models import (
    Association,
    BodyArea,
    Evidence,
    Figure,
    Nutrient,
    OtherCause,
    Picture,
    Relation,
    Symptom,
    Typicality,
    Urgency,
    grouped,
)
from nutrients.prose import Block

# What an article on movements compares; the nutrient's own page gives the rest.
AREAS = (BodyArea.MUSCLES, BodyArea.NERVES)
# The list leads to the page of the sign, which has the others.
SOURCES_OF_CAUSE = 1


class CoreRow(NamedTuple):
    """One core nutrient: its signs when low by verb, and what adults need a day."""

    nutrient: Nutrient
    groups: list[tuple[str, list[Association]]]
    need: AdultNeed | None


@dataclass(frozen=True, slots=True)
class LiveBlocks:
    """The facts behind the live blocks of one article, asked for once and only where needed."""

    references: References
    core: list[CoreRow]
    levels: dict[Urgency, list[Cited]]
    causes: list[OtherCause]
    pictures: dict[str, Picture]

    @classmethod
    def of(
        cls,
        blocks: Iterable[Block],
        references: References,
        symptoms: Iterable[Symptom] | None,
        *,
        at: datetime,
    ) -> Self:
        """Ask for what these blocks show at the moment `at`.

        Of the red flags only those of the symptoms are shown; without symptoms, all of them.
        """
        slugs = None if symptoms is None else [symptom.slug for symptom in symptoms]
        wanted = {(block.kind, block.argument) for block in blocks}
        kinds = {kind for kind, _ in wanted}
        return cls(
            references,
            core=_core(at=at) if "comparison-table" in kinds else [],
            levels=_levels(slugs, at=at) if "red-flags" in kinds else {},
            causes=_causes([slug for kind, slug in wanted if kind == "other-causes"], at=at),
            pictures=_pictures([slug for kind, slug in wanted if kind == "picture"]),
        )

    def rows(self, block: Block) -> Any:
        """What one block shows; its sources are cited as it is reached."""
        if block.kind == "figure":
            return f"figures/{block.argument}.html" if block.argument in Figure.values else ""
        if block.kind == "picture":
            return self.pictures.get(block.argument)
        if block.kind == "comparison-table":
            return [
                row._replace(need=row.need.cited(self.references)) if row.need else row
                for row in self.core
            ]
        if block.kind == "red-flags":
            return self.levels
        causes = [
            cause
            for cause in self.causes
            if any(symptom.slug == block.argument for symptom in cause.symptoms.all())
        ]
        return self.references.cite_rows(causes, SOURCES_OF_CAUSE)


def _levels(symptoms: list[str] | None, *, at: datetime) -> dict[Urgency, list[Cited]]:
    """The red flags by level, without sources: the page of warning signs has them."""
    levels = red_flags_by_level(at=at, symptoms=symptoms, cited=False)
    return {level: [Cited(flag, []) for flag in flags] for level, flags in levels.items()}


def _core(*, at: datetime) -> list[CoreRow]:
    rows = Nutrient.objects.published(at=at).featured()
    rows = rows.only("slug", "name", "symbol", "accent", "tagline", "food_summary", "review_due_on")
    nutrients = {row.pk: row for row in rows}
    signs: dict[int, list[Association]] = {pk: [] for pk in nutrients}
    for sign in _signs(nutrients, at=at):
        sign.nutrient = nutrients[sign.nutrient_id]
        signs[sign.nutrient_id].append(sign)
    needs = adult_needs(nutrients=nutrients, at=at)
    return [CoreRow(row, _by_verb(signs[pk]), needs.get(pk)) for pk, row in nutrients.items()]


def _signs(nutrients: Iterable[int], *, at: datetime) -> list[Association]:
    """Signs of too little of these nutrients (ids), most typical first; rare ones are left out."""
    rows = (
        Association.objects.published(at=at)
        .supporting()
        .filter(
            nutrient__in=list(nutrients), symptom__is_noticeable=True, symptom__body_area__in=AREAS
        )
    )
    rows = rows.exclude(relation=Relation.EXCESS).exclude(typicality=Typicality.RARE).order_by()
    named = Symptom.objects.only("slug", "name", "sentence_name")
    return sorted(rows.prefetch_related(Prefetch("symptom", named)), key=attrgetter("strength"))


def _by_verb(signs: list[Association]) -> list[tuple[str, list[Association]]]:
    """The signs by the verb that their evidence allows."""
    return [(grade.verb, rows) for grade, rows in grouped(signs, Evidence, "evidence")]


def _causes(symptoms: list[str], *, at: datetime) -> list[OtherCause]:
    if not symptoms:
        return []
    # The page of the symptom has the rarer ones.
    rows = OtherCause.objects.published(at=at).filter(symptoms__slug__in=symptoms, is_common=True)
    rows = rows.distinct().order_by("position", "name")
    named = Prefetch("symptoms", Symptom.objects.only("slug"))
    return list(rows.with_sources().prefetch_related(named))


def _pictures(slugs: list[str]) -> dict[str, Picture]:
    rows = Picture.objects.filter(slug__in=slugs).defer("data") if slugs else ()
    return {row.slug: row for row in rows}
