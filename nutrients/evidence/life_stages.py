"""Life stages: the age bands of each authority's tables, by sex, pregnancy and menopause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from nutrients.common.parameters import Reading
from nutrients.models import Authority, LifeStatus, NotSuggestedTo, ReferenceIntake, Sex
from nutrients.models.foods import FoodSourceQuerySet

from .rich_foods import within_limits

# Below one year milk comes first, so babies' needs are no matter of plates.
YOUNGEST_YEARS = 1
ORDER = ["Female", "Male", "Pregnant", "Breastfeeding", "After the menopause", "Children"]
# Longer than anybody lives, to measure bands without end.
ENDLESS = Decimal(120)


@dataclass(frozen=True, slots=True)
class LifeStage:
    """A band of ages, in years, in which no need of an authority changes; its end is exclusive."""

    authority: Authority
    age_from: Decimal
    age_below: Decimal | None
    sex: Sex
    life_status: LifeStatus
    label: str

    @property
    def slug(self) -> str:
        """Its value in an address: "19-30-female", "31-50-lactation", "children-1-3"."""
        if self.age_from < YOUNGEST_YEARS:
            return f"infants-{self.label.replace(' to ', '-').replace(' ', '-')}"
        ages = self.label.removesuffix(" years").replace(" years and over", "-plus")
        ages = ages.replace(" to ", "-")
        if self.life_status != LifeStatus.NONE:
            return f"{ages}-{self.life_status}"
        return f"children-{ages}" if self.sex == Sex.BOTH else f"{ages}-{self.sex}"

    @property
    def group(self) -> str:
        """Who it is for: a heading of ORDER."""
        if self.life_status != LifeStatus.NONE:
            return str(self.life_status.label)
        return "Children" if self.sex == Sex.BOTH else str(self.sex.label)

    @property
    def is_adult(self) -> bool:
        return self.age_from >= self.authority.adult_from

    @property
    def is_for_plates(self) -> bool:
        """Whether a plate can be held against its needs."""
        return self.age_from >= YOUNGEST_YEARS

    @property
    def kept_from(self) -> list[NotSuggestedTo]:
        """The group whose foods are kept from it, if it is in one."""
        by_group = {"Pregnant": NotSuggestedTo.PREGNANCY, "Children": NotSuggestedTo.CHILDREN}
        return [by_group[self.group]] if self.group in by_group else []

    def __str__(self) -> str:
        return f"{self.group.lower()}, {self.label}"

    def own(self, intakes: Iterable[ReferenceIntake]) -> ReferenceIntake | None:
        """The need that its authority sets for it, of intakes of one nutrient; None without one.

        What is said of everybody applies to women after the menopause too. What is said of those
        who are not pregnant says nothing of those who are.
        """
        needs = {row.life_status: row for row in reversed(self._own(intakes)) if row.is_need}
        is_after = self.life_status == LifeStatus.MENOPAUSE
        return needs.get(self.life_status, needs.get(LifeStatus.NONE) if is_after else None)

    def stay_below(self, intakes: Iterable[ReferenceIntake]) -> ReferenceIntake | None:
        """The intake of its authority with the amount to stay below; None without one."""
        statuses = (self.life_status, LifeStatus.NONE)
        rows = (row for row in self._own(intakes) if row.chronic_disease_limit_mg is not None)
        return next((row for row in rows if row.life_status in statuses), None)

    def _own(self, intakes: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
        """Those of its authority that are for everybody in it."""
        own = (row for row in intakes if row.authority == self.authority)
        return [row for row in own if _holds(row, self.age_from, self.age_below, self.sex)]

    def limiting(self, intakes: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
        """The intakes that say something of a limit for any age of it, of every authority.

        If an authority says something of pregnancy, or of breastfeeding, that alone counts.
        """
        rows = [row for row in intakes if row.limits and self._meets(row)]
        special = {row.authority for row in rows if row.life_status == self.life_status}
        return [
            row
            for row in rows
            if row.life_status == self.life_status
            or (row.life_status == LifeStatus.NONE and row.authority not in special)
        ]

    def _meets(self, row: ReferenceIntake) -> bool:
        begins = self.age_below is None or row.age_from < self.age_below
        ends = row.age_below is None or row.age_below > self.age_from
        sexes = row.sex == Sex.BOTH or self.sex in (Sex.BOTH, row.sex)
        return begins and ends and sexes

    def years_shared(self, other: LifeStage) -> Decimal:
        """How many years it has in common with another stage."""
        return min(self.age_below or ENDLESS, other.age_below or ENDLESS) - max(
            self.age_from, other.age_from
        )


Stages = Mapping[Authority, Mapping[str, LifeStage]]


def life_stages(*, at: datetime) -> dict[Authority, dict[str, LifeStage]]:
    """The life stages of each authority by slug: adults first, children last. One query."""
    rows = ReferenceIntake.objects.published(at=at).needs().order_by()
    names = ("authority", "age_from", "age_below", "sex", "life_status", "life_stage_label")
    bands: dict[str, list[ReferenceIntake]] = {authority: [] for authority in Authority}
    band: Any
    # Each row once, with the fields of an intake that make bands.
    for band in rows.values_list(*names, named=True).distinct():
        bands[band.authority].append(band)
    return {authority: _stages(authority, bands[authority]) for authority in Authority}


def plate_stages(stages: Stages) -> Stages:
    """Those of the stages that a plate can be held against."""
    return {
        authority: {slug: stage for slug, stage in of_country.items() if stage.is_for_plates}
        for authority, of_country in stages.items()
    }


def first_stage(stages: Mapping[str, LifeStage]) -> str:
    """The stage of a plate that names none: the first adult one; empty if none is recorded."""
    return next((slug for slug, stage in stages.items() if stage.is_adult), "")


def nearest_stage(stage: LifeStage, stages: Iterable[LifeStage]) -> LifeStage | None:
    """The stage of another authority that shares most years with this one; None without any."""
    shared = [(other.years_shared(stage), other) for other in stages if _is_like(other, stage)]
    return max(shared, key=lambda pair: pair[0])[1] if shared else None


def _is_like(stage: LifeStage, other: LifeStage) -> bool:
    """Whether both are for the same people, but for ages: girls and boys may share a band."""
    if stage.years_shared(other) <= 0:
        return False
    if LifeStatus.NONE == stage.life_status == other.life_status:
        return Sex.BOTH in (stage.sex, other.sex) or stage.sex == other.sex
    after = {stage.life_status, other.life_status} == {LifeStatus.MENOPAUSE, LifeStatus.NONE}
    return stage.sex == other.sex and (after or stage.life_status == other.life_status)


def _stages(authority: Authority, bands: list[ReferenceIntake]) -> dict[str, LifeStage]:
    """Stages between all ages at which a row begins or ends, so that none holds two needs."""
    general = [band for band in bands if band.life_status == LifeStatus.NONE]
    grown = [band.age_from for band in general if band.sex != Sex.BOTH]
    # From here on the sexes are apart, even where a table of one nutrient keeps them together.
    apart = min([*grown, Decimal(authority.adult_from)])
    stages = []
    for age_from, age_below in _spans(general, apart):
        label = _label(age_from, age_below, general)
        sexes = [Sex.BOTH] if age_from < apart else [Sex.FEMALE, Sex.MALE]
        stages += [
            LifeStage(authority, age_from, age_below, sex, LifeStatus.NONE, label)
            for sex in sexes
            if any(_holds(band, age_from, age_below, sex) for band in general)
        ]
    for status in (LifeStatus.PREGNANCY, LifeStatus.LACTATION):
        own = [band for band in bands if band.life_status == status]
        stages += [
            LifeStage(authority, start, end, Sex.FEMALE, status, _label(start, end, own))
            for start, end in _spans(own)
            if any(_holds(band, start, end, Sex.FEMALE) for band in own)
        ]
    if any(band.life_status == LifeStatus.MENOPAUSE for band in bands):
        # No table gives it an age, so it is offered once, with the oldest band.
        oldest = [stage for stage in stages if stage.group == "Female"][-1:]
        stages += [
            replace(stage, age_below=None, life_status=LifeStatus.MENOPAUSE) for stage in oldest
        ]
    stages.sort(key=lambda stage: ORDER.index(stage.group))
    return {stage.slug: stage for stage in stages}


def _spans(bands: list[ReferenceIntake], *more: Decimal) -> list[tuple[Decimal, Decimal | None]]:
    """The spans between all the ages at which one of the bands begins or ends, or `more`."""
    ages = {band.age_from for band in bands} | {b.age_below for b in bands if b.age_below}
    ages |= {age for age in more if any(_reaches(band, age) for band in bands)}
    starts = sorted(ages)
    return list(zip_longest(starts, starts[1:]))


def _reaches(band: ReferenceIntake, age: Decimal) -> bool:
    return band.age_from < age and (band.age_below is None or age < band.age_below)


def _holds(row: ReferenceIntake, age_from: Decimal, age_below: Decimal | None, sex: Sex) -> bool:
    """Whether a row is for everybody of these ages and this sex."""
    ends = row.age_below is None or (age_below is not None and age_below <= row.age_below)
    return row.sex in (Sex.BOTH, sex) and row.age_from <= age_from and ends


def _label(age_from: Decimal, age_below: Decimal | None, bands: list[ReferenceIntake]) -> str:
    """The ages in words: in whole years, or under one as a table has them in months."""
    if age_from < YOUNGEST_YEARS:
        ages = (age_from, age_below)
        named = [band.life_stage_label for band in bands if (band.age_from, band.age_below) == ages]
        return min(named, default=f"{age_from * 12:.0f} to {(age_below or 1) * 12:.0f} months")
    if age_below is None:
        return f"{age_from:.0f} years and over"
    last = age_below - 1
    return f"{age_from:.0f} years" if last == age_from else f"{age_from:.0f} to {last:.0f} years"


def read_stage(
    reading: Reading, stages: Stages, country: Authority, default: str = ""
) -> tuple[str, str]:
    """The life stage asked for, as the country has it, and a sentence if it had to be changed.

    A stage of another country's tables becomes the one that shares most years with it, so that
    old addresses and a change of country keep what was chosen.
    """
    every = {slug: stage for of_country in stages.values() for slug, stage in of_country.items()}
    slug = reading.one("stage", every, default)
    if not slug or slug in stages[country]:
        return slug, ""
    nearest = nearest_stage(every[slug], stages[country].values())
    if nearest is None:
        reading.ignored.append(slug)
        return default, ""
    return nearest.slug, (
        f"Age groups differ between countries. For {country.place} we took the closest one: "
        f"{nearest}."
    )


def suited_to_stage(
    foods: FoodSourceQuerySet, stage: LifeStage | None, *, at: datetime
) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit for any age of this life stage, kept from it by none.

    Without a stage no limit is known, and only those kept from everyone are left out.
    """
    if stage is None:
        return foods.suggested_to(())
    intakes = ReferenceIntake.objects.published(at=at)
    intakes = intakes.overlapping(stage.age_from, stage.age_below)
    intakes = intakes.filter(life_status__in=[LifeStatus.NONE, stage.life_status])
    if stage.sex != Sex.BOTH:
        intakes = intakes.filter(sex__in=[Sex.BOTH, stage.sex])
    return within_limits(foods.suggested_to(stage.kept_from), intakes)
