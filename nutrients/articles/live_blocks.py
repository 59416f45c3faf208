"""Live blocks of articles, drawn from the models, so that no article shows a stale fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F

from nutrients.common.citations import Cited, References
from nutrients.evidence.content import red_flags_by_level
from nutrients.evidence.needs import NeedRange, adult_needs
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
    group_by,
)
from nutrients.prose import Block

# The signs that an article compares; the page of the nutrient has the rest.
AREAS = (BodyArea.MUSCLES, BodyArea.NERVES)
# Sources shown for a cause. The page of the symptom, to which the list links, has the others.
SOURCES_OF_CAUSE = 1
# The fields of a nutrient and of a symptom that the table prints.
CORE = ("slug", "name", "symbol", "accent", "tagline", "food_summary", "review_due_on")
SIGN = (
    *("nutrient", "relation", "typicality", "evidence", "review_due_on"),
    *("symptom__slug", "symptom__name", "symptom__sentence_name"),
)


class CoreRow(NamedTuple):
    """A core nutrient: its signs when low, by verb, and what adults need a day."""

    nutrient: Nutrient
    groups: list[tuple[str, list[Association]]]
    need: NeedRange | None


class LiveBlocks:
    """The facts of an article's live blocks. Each kind that the article has is fetched once.

    The red flags are those of the symptoms, or all if `symptoms` is None.
    """

    def __init__(
        self,
        blocks: Iterable[Block],
        references: References,
        symptoms: Iterable[Symptom] | None,
        *,
        at: datetime,
    ) -> None:
        self._arguments: dict[str, set[str]] = defaultdict(set)
        for block in blocks:
            self._arguments[block.kind].add(block.argument)
        self._references, self._at = references, at
        self._symptoms = None if symptoms is None else [symptom.slug for symptom in symptoms]

    def content(self, block: Block) -> Any:
        """Return what the template draws for a block of this kind, and cite its sources."""
        if block.kind == "figure":
            return f"figures/{block.argument}.html" if block.argument in Figure.values else ""
        if block.kind == "picture":
            return self._pictures.get(block.argument)
        if block.kind == "comparison-table":
            return self._core()
        if block.kind == "red-flags":
            return self._levels
        return self._references.cite_rows(self._causes[block.argument], SOURCES_OF_CAUSE)

    @cached_property
    def _pictures(self) -> dict[str, Picture]:
        rows = Picture.objects.filter(slug__in=self._arguments["picture"]).defer("data")
        return {row.slug: row for row in rows}

    @cached_property
    def _levels(self) -> dict[Urgency, list[Cited]]:
        """The red flags by level, without sources: the page of warning signs has them."""
        levels = red_flags_by_level(at=self._at, symptoms=self._symptoms, cited=False)
        return {level: [Cited(flag, []) for flag in flags] for level, flags in levels.items()}

    @cached_property
    def _causes(self) -> dict[str, list[OtherCause]]:
        """Common causes of each symptom (slug) that a block names; its page has the rarer ones."""
        rows = OtherCause.objects.published(at=self._at).with_sources()
        rows = rows.filter(symptoms__slug__in=self._arguments["other-causes"], is_common=True)
        rows = rows.only("slug", "name", "mechanism", "what_helps", "position")
        causes: dict[str, list[OtherCause]] = defaultdict(list)
        for row in rows.annotate(symptom=F("symptoms__slug")).order_by("position", "name"):
            causes[row.symptom].append(row)
        return causes

    def _core(self) -> list[CoreRow]:
        featured = Nutrient.objects.published(at=self._at).filter(is_featured=True)
        nutrients = {row.pk: row for row in featured.only(*CORE)}
        signs: dict[int, list[Association]] = defaultdict(list)
        for sign in _signs(nutrients, at=self._at):
            sign.nutrient = nutrients[sign.nutrient_id]
            signs[sign.nutrient_id].append(sign)
        needs = adult_needs(nutrients=nutrients, at=self._at)
        return [
            CoreRow(
                nutrient,
                [(grade.verb, rows) for grade, rows in group_by(signs[pk], Evidence, "evidence")],
                needs[pk].cited(self._references) if pk in needs else None,
            )
            for pk, nutrient in nutrients.items()
        ]


def _signs(nutrients: Iterable[int], *, at: datetime) -> list[Association]:
    """Signs of too little of these nutrients (ids), most typical first; rare ones are left out."""
    rows = Association.objects.published(at=at).filter(is_against=False).order_by()
    rows = rows.filter(
        nutrient__in=list(nutrients), symptom__is_noticeable=True, symptom__body_area__in=AREAS
    )
    rows = rows.exclude(relation=Relation.EXCESS).exclude(typicality=Typicality.RARE)
    return sorted(rows.select_related("symptom").only(*SIGN), key=attrgetter("strength"))
