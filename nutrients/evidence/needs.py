"""Daily needs of adults, for pages that compare nutrients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Self

from nutrients.common.citations import Citation, References
from nutrients.models import (
    DEFAULT_AUTHORITY,
    Authority,
    LifeStatus,
    ReferenceIntake,
    ReferenceType,
    Source,
    Unit,
)


@dataclass(frozen=True)
class NeedRange:
    """The daily need by an authority, from the least to the most of several intakes.

    `amounts` are both ends, in `unit`. It is empty if the authority states the need in words,
    which are `text`.
    """

    authority: Authority
    amounts: tuple[Decimal, ...]
    text: str
    unit: Unit
    kinds: tuple[ReferenceType, ...]
    sources: tuple[Source, ...]
    citations: tuple[Citation, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[ReferenceIntake]) -> Self:
        """Return the need that the intakes of one nutrient by one authority give together."""
        amounts = sorted({row.amount for row in rows if row.amount is not None})
        return cls(
            Authority(rows[0].authority),
            (*amounts[:1], *amounts[-1:]),
            text=next((row.amount_words for row in rows if row.amount is None), ""),
            unit=Unit(rows[0].nutrient.unit),
            kinds=tuple(sorted({row.kind for row in rows})),
            sources=sources_of(rows),
        )

    def cited(self, references: References) -> Self:
        return replace(self, citations=tuple(references.cite(self.sources)))

    @property
    def range_words(self) -> str:
        """The range without its unit, such as “310 to 420”; empty without figures."""
        return range_words(self.amounts)

    @cached_property
    def words(self) -> str:
        """The range with its unit, such as “310 to 420 mg”."""
        return f"{self.range_words} {self.unit}" if self.amounts else self.text

    @property
    def in_full(self) -> str:
        """The range with its unit written out, such as “310 to 420 milligrams a day”."""
        return f"{self.range_words} {self.unit.spoken} a day" if self.amounts else self.text

    @property
    def kind_words(self) -> str:
        """The kinds of reference, such as “RDA” or “AI”."""
        return " or ".join(self.kinds)

    @property
    def in_mcg(self) -> Decimal | None:
        """The least in micrograms."""
        return in_mcg(self.amounts[0], self.unit) if self.amounts else None


def adult_needs(
    authority: Authority = DEFAULT_AUTHORITY,
    nutrients: Iterable[int] | None = None,
    *,
    at: datetime,
) -> dict[int, NeedRange]:
    """Return the daily needs of adults by nutrient id, of all or of these `nutrients` (ids).

    Pregnancy and breastfeeding are left out; the nutrient's page gives them. Two queries.
    """
    intakes = ReferenceIntake.objects.published(at=at).needs()
    intakes = intakes.overlapping(Decimal(authority.adult_from), None)
    intakes = intakes.filter(authority=authority, life_status=LifeStatus.NONE)
    if nutrients is not None:
        intakes = intakes.filter(nutrient__in=list(nutrients))
    rows: dict[int, list[ReferenceIntake]] = defaultdict(list)
    for intake in intakes.joined("nutrient", "unit").with_sources():
        rows[intake.nutrient_id].append(intake)
    needs = {nutrient: adult_need(authority, intakes) for nutrient, intakes in rows.items()}
    return {nutrient: need for nutrient, need in needs.items() if need}


def adult_need(authority: Authority, intakes: Iterable[ReferenceIntake]) -> NeedRange | None:
    """Return the need of adults from the intakes of one nutrient, or None if there is none."""
    rows = [
        row for row in intakes if row.authority == authority and row.is_need and is_of_adults(row)
    ]
    return NeedRange.of(rows) if rows else None


def is_of_adults(row: ReferenceIntake) -> bool:
    """Whether the intake is for an age that its authority counts as adult, without pregnancy."""
    is_grown = row.age_below is None or row.age_below > Authority(row.authority).adult_from
    return is_grown and row.life_status == LifeStatus.NONE


def sources_of(rows: Iterable[ReferenceIntake]) -> tuple[Source, ...]:
    """Return the sources of intakes without repeats, in the order of the intakes."""
    return tuple(dict.fromkeys(source for row in rows for source in row.cited))


def range_words(amounts: Iterable[Decimal]) -> str:
    """Write a range such as “310 to 420”, or one figure if both ends are the same."""
    return " to ".join(f"{amount.normalize():,f}" for amount in dict.fromkeys(amounts))


def in_mcg(amount: Decimal, unit: Unit) -> Decimal:
    """Convert an amount to micrograms, to compare different units."""
    return amount * 1000 if unit == Unit.MG else amount
