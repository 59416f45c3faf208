"""Live blocks of articles, drawn from the models, so that no article shows a stale fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from nutrients.common.citations import Cited, References, cite_rows
from nutrients.evidence.content import associations_by_nutrient, red_flags_by_level
from nutrients.evidence.needs import AdultNeed, adult_needs
from nutrients.models import (
    Association,
    BodyArea,
    Evidence,
    Figure,
    Nutrient,
    OtherCause,
    Picture,
    RedFlag,
    Relation,
    Symptom,
    Typicality,
    Urgency,
)
from nutrients.prose import Block

# What an article on movements compares; the nutrient's own page gives the rest.
AREAS = (BodyArea.MUSCLES, BodyArea.NERVES)


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
    levels: dict[Urgency, list[RedFlag]]
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
            levels=red_flags_by_level(at=at, symptoms=slugs) if "red-flags" in kinds else {},
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
            # The page of warning signs has their sources.
            return {
                level: [Cited(flag, []) for flag in flags] for level, flags in self.levels.items()
            }
        causes = [
            cause
            for cause in self.causes
            if any(symptom.slug == block.argument for symptom in cause.symptoms.all())
        ]
        return cite_rows(self.references, causes)


def _core(*, at: datetime) -> list[CoreRow]:
    nutrients = list(Nutrient.objects.published(at=at).featured())
    ids = [nutrient.pk for nutrient in nutrients]
    signs = associations_by_nutrient(at=at, nutrients=ids)
    needs = adult_needs(nutrients=ids, at=at)
    return [
        CoreRow(nutrient, _sign_groups(signs.get(nutrient.pk, [])), needs.get(nutrient.pk))
        for nutrient in nutrients
    ]


def _sign_groups(associations: Iterable[Association]) -> list[tuple[str, list[Association]]]:
    """Signs of too little by the verb that their evidence allows; rare ones are left out."""
    signs = [
        association
        for association in associations
        if not association.is_against
        and association.relation != Relation.EXCESS
        and association.symptom.is_noticeable
        and association.symptom.body_area in AREAS
        and association.typicality != Typicality.RARE
    ]
    groups = [
        (grade.verb, [sign for sign in signs if sign.evidence == grade]) for grade in Evidence
    ]
    return [(verb, found) for verb, found in groups if found]


def _causes(symptoms: list[str], *, at: datetime) -> list[OtherCause]:
    if not symptoms:
        return []
    # The page of the symptom has the rarer ones.
    rows = OtherCause.objects.published(at=at).filter(symptoms__slug__in=symptoms, is_common=True)
    rows = rows.distinct().order_by("position", "name")
    return list(rows.prefetch_related("sources", "symptoms"))


def _pictures(slugs: list[str]) -> dict[str, Picture]:
    rows = Picture.objects.filter(slug__in=slugs).defer("data") if slugs else ()
    return {row.slug: row for row in rows}
