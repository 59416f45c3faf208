"""What adults need a day, for pages that compare nutrients."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from nutrients.models import LifeStatus, ReferenceIntake, ReferenceType, Source, Unit

from .citations import Citation, cite
from .references import References

ADULT_FROM_YEARS = 19


@dataclass(frozen=True, slots=True)
class AdultNeed:
    """What adults need a day, from the least to the most of any adult life stage, in `unit`.

    `sources` are those of the figures. A page that prints them has its `citations` too.
    """

    least: Decimal
    most: Decimal
    unit: Unit
    kinds: tuple[ReferenceType, ...]
    sources: tuple[Source, ...]
    citations: tuple[Citation, ...] = ()

    def cited(self, references: References) -> Self:
        """The same need, cited on a page."""
        return replace(self, citations=tuple(cite(references, self.sources)))

    @property
    def words(self) -> str:
        """The range with its unit, such as “310 to 420 mg”."""
        amounts = [f"{amount.normalize():,f}" for amount in dict.fromkeys((self.least, self.most))]
        return f"{' to '.join(amounts)} {self.unit}"

    @property
    def kind_words(self) -> str:
        """What sort of reference it is: “RDA”, “AI”."""
        return " or ".join(self.kinds)

    @property
    def in_mcg(self) -> Decimal:
        """The least in micrograms, to compare nutrients of different units. 1 mg is 1,000 mcg."""
        return self.least * 1000 if self.unit == Unit.MG else self.least


def adult_needs() -> dict[int, AdultNeed]:
    """What adults from 19 years need a day, under the nutrient's id.

    Pregnancy and breastfeeding are left out; the nutrient's page gives them. Two queries.
    """
    rows: dict[int, list[ReferenceIntake]] = defaultdict(list)
    intakes = ReferenceIntake.objects.filter(
        life_status=LifeStatus.NONE, age_from__gte=ADULT_FROM_YEARS
    ).select_related("nutrient")
    for intake in intakes.prefetch_related("sources"):
        rows[intake.nutrient_id].append(intake)
    return {nutrient: _adult_need(found) for nutrient, found in rows.items()}


def _adult_need(intakes: list[ReferenceIntake]) -> AdultNeed:
    amounts = [intake.amount for intake in intakes]
    kinds = {ReferenceType(intake.reference_type) for intake in intakes}
    unit = Unit(intakes[0].nutrient.unit)
    sources = dict.fromkeys(source for intake in intakes for source in intake.sources.all())
    return AdultNeed(min(amounts), max(amounts), unit, tuple(sorted(kinds)), tuple(sources))
