"""What adults need a day, for pages that compare nutrients."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from nutrients.models import LifeStatus, ReferenceIntake, ReferenceType, Unit

ADULT_FROM_YEARS = 19


@dataclass(frozen=True, slots=True)
class AdultNeed:
    """What adults need a day, from the least to the most of any adult life stage, in `unit`."""

    least: Decimal
    most: Decimal
    unit: Unit
    kinds: tuple[ReferenceType, ...]

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

    Pregnancy and breastfeeding are left out; the nutrient's page gives them.
    """
    rows: dict[int, list[ReferenceIntake]] = defaultdict(list)
    intakes = ReferenceIntake.objects.filter(
        life_status=LifeStatus.NONE, age_from__gte=ADULT_FROM_YEARS
    ).select_related("nutrient")
    for intake in intakes:
        rows[intake.nutrient_id].append(intake)
    return {nutrient: _adult_need(found) for nutrient, found in rows.items()}


def _adult_need(intakes: list[ReferenceIntake]) -> AdultNeed:
    amounts = [intake.amount for intake in intakes]
    kinds = {ReferenceType(intake.reference_type) for intake in intakes}
    unit = Unit(intakes[0].nutrient.unit)
    return AdultNeed(min(amounts), max(amounts), unit, tuple(sorted(kinds)))
