"""Life stages: the age bands of each authority's tables, by sex, pregnancy and menopause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest

from nutrients.common.parameters import Reading
from nutrients.models import Authority, LifeStatus, NotSuggestedTo, ReferenceIntake, Sex

# Plates are not for babies: below one year milk comes first.
YOUNGEST_YEARS = 1
GROUPS = ["Female", "Male", "Pregnant", "Breastfeeding", "After the menopause", "Children"]
# The end of an open band when years are counted: with a later one, "25 years and over" would be
# closest to "71 years and over".
END_OF_OPEN_BAND = Decimal(75)
# From this age on, tables without needs for after the menopause lower the need of women for iron.
MENOPAUSE = 51


@dataclass(frozen=True, slots=True)
class LifeStage:
    """An age band, in years with the end excluded, in which no need of an authority changes."""

    authority: Authority
    age_from: Decimal
    age_below: Decimal | None
    sex: Sex
    life_status: LifeStatus
    label: str

    @property
    def slug(self) -> str:
        """The value for addresses: "19-30-female", "31-50-lactation", "children-1-3"."""
        if self.age_from < YOUNGEST_YEARS:
            return f"infants-{self.label.replace(' to ', '-').replace(' ', '-')}"
        ages = self.label.removesuffix(" years").replace(" years and over", "-plus")
        ages = ages.replace(" to ", "-")
        if self.life_status != LifeStatus.NONE:
            return f"{ages}-{self.life_status}"
        return f"children-{ages}" if self.is_for_children else f"{ages}-{self.sex}"

    @property
    def group(self) -> str:
        """The people it is for, one of GROUPS."""
        if self.life_status != LifeStatus.NONE:
            return str(self.life_status.label)
        return "Children" if self.is_for_children else str(self.sex.label)

    @property
    def is_for_children(self) -> bool:
        """Whether it is a band of ages for which the sexes have one stage."""
        return self.sex == Sex.BOTH

    @property
    def is_adult(self) -> bool:
        return self.age_from >= self.authority.adult_from

    @property
    def is_for_plates(self) -> bool:
        """Whether a plate can be compared with its needs."""
        return self.age_from >= YOUNGEST_YEARS

    @property
    def restricted_groups(self) -> list[NotSuggestedTo]:
        """The group, if any, that some foods are not suggested to."""
        if self.life_status == LifeStatus.PREGNANCY:
            return [NotSuggestedTo.PREGNANCY]
        return [NotSuggestedTo.CHILDREN] if self.is_for_children else []

    def __str__(self) -> str:
        return f"{self.group.lower()}, {self.label}"

    def need(self, intakes: Iterable[ReferenceIntake]) -> ReferenceIntake | None:
        """Return the need that the stage's authority sets, from intakes of one nutrient.

        A general figure also applies after the menopause, but never in pregnancy or breastfeeding.
        """
        needs = {row.life_status: row for row in reversed(self._own(intakes)) if row.is_need}
        is_after = self.life_status == LifeStatus.MENOPAUSE
        return needs.get(self.life_status, needs.get(LifeStatus.NONE) if is_after else None)

    def stay_below(self, intakes: Iterable[ReferenceIntake]) -> ReferenceIntake | None:
        """Return the authority's intake that names an amount to stay below."""
        statuses = (self.life_status, LifeStatus.NONE)
        rows = (row for row in self._own(intakes) if row.chronic_disease_limit_mg is not None)
        return next((row for row in rows if row.life_status in statuses), None)

    def _own(self, intakes: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
        """Return the authority's intakes that cover the whole stage."""
        rows = (row for row in intakes if row.authority == self.authority)
        return [row for row in rows if self.is_covered_by(row)]

    def is_covered_by(self, row: ReferenceIntake | LifeStage) -> bool:
        """Whether the row is for everybody of these ages and this sex."""
        last = row.age_below
        ends = last is None or (self.age_below is not None and self.age_below <= last)
        return row.sex in (Sex.BOTH, self.sex) and row.age_from <= self.age_from and ends

    def limiting(self, intakes: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
        """Return the intakes of all authorities that state a limit, or none, at any of its ages.

        What an authority says about pregnancy or breastfeeding replaces its general limit.
        """
        rows = [row for row in intakes if row.limits and self._overlaps(row)]
        special = {row.authority for row in rows if row.life_status == self.life_status}
        return [
            row
            for row in rows
            if row.life_status == self.life_status
            or (row.life_status == LifeStatus.NONE and row.authority not in special)
        ]

    def _overlaps(self, row: ReferenceIntake) -> bool:
        begins = self.age_below is None or row.age_from < self.age_below
        ends = row.age_below is None or row.age_below > self.age_from
        sexes = row.sex == Sex.BOTH or self.sex in (Sex.BOTH, row.sex)
        return begins and ends and sexes

    def years_shared(self, other: LifeStage) -> Decimal:
        """Return the number of years that both stages include; not positive without any."""
        begin = max(self.years[0], other.years[0])
        return min(self.years[1], other.years[1]) - begin

    @property
    def years(self) -> tuple[Decimal, Decimal]:
        """The ages to compare with those of other stages; the end is exclusive."""
        is_after = self.life_status == LifeStatus.MENOPAUSE
        begin = max(self.age_from, Decimal(MENOPAUSE)) if is_after else self.age_from
        return begin, self.age_below or END_OF_OPEN_BAND


Stages = Mapping[Authority, Mapping[str, LifeStage]]


def life_stages(*, at: datetime) -> dict[Authority, dict[str, LifeStage]]:
    """Return the life stages of each authority by slug, adults first, children last. One query."""
    rows = ReferenceIntake.objects.published(at=at).needs().order_by()
    names = ("authority", "age_from", "age_below", "sex", "life_status", "life_stage_label")
    bands: dict[str, list[LifeStage]] = {authority: [] for authority in Authority}
    for row in rows.values_list(*names).distinct():
        band = LifeStage(*row)
        bands[band.authority].append(band)
    return {authority: _stages(authority, bands[authority]) for authority in Authority}


def nearest_stage(stage: LifeStage, stages: Iterable[LifeStage]) -> LifeStage | None:
    """Return the stage of another authority that shares most years with this one, if any does."""
    others = [other for other in stages if _is_comparable(other, stage)]
    return max(others, key=stage.years_shared, default=None)


def _is_comparable(stage: LifeStage, other: LifeStage) -> bool:
    """Whether the stages share years and a group of people: girls and boys may share a band."""
    if stage.years_shared(other) <= 0:
        return False
    if LifeStatus.NONE == stage.life_status == other.life_status:
        return Sex.BOTH in (stage.sex, other.sex) or stage.sex == other.sex
    after = {stage.life_status, other.life_status} == {LifeStatus.MENOPAUSE, LifeStatus.NONE}
    return stage.sex == other.sex and (after or stage.life_status == other.life_status)


def _stages(authority: Authority, bands: list[LifeStage]) -> dict[str, LifeStage]:
    """Split the bands, which may overlap, wherever one begins or ends: no stage has two needs."""
    general = [band for band in bands if band.life_status == LifeStatus.NONE]
    grown = [band.age_from for band in general if band.sex != Sex.BOTH]
    # From this age on the sexes have separate stages, even if one nutrient's table joins them.
    apart = min([*grown, Decimal(authority.adult_from)])
    possible = [
        LifeStage(authority, start, end, sex, LifeStatus.NONE, _label(start, end, general))
        for start, end in _spans(general, apart)
        for sex in ([Sex.BOTH] if start < apart else [Sex.FEMALE, Sex.MALE])
    ]
    for status in (LifeStatus.PREGNANCY, LifeStatus.LACTATION):
        special = [band for band in bands if band.life_status == status]
        possible += [
            LifeStage(authority, start, end, Sex.FEMALE, status, _label(start, end, special))
            for start, end in _spans(special)
        ]
    stages = [
        stage
        for stage in possible
        if any(stage.is_covered_by(b) for b in bands if b.life_status == stage.life_status)
    ]
    if any(band.life_status == LifeStatus.MENOPAUSE for band in bands):
        # No table gives the menopause an age, so it is offered once, from the oldest band on.
        oldest = [stage for stage in stages if stage.group == "Female"][-1:]
        stages += [replace(stage, life_status=LifeStatus.MENOPAUSE) for stage in oldest]
    stages.sort(key=lambda stage: GROUPS.index(stage.group))
    return {stage.slug: stage for stage in stages}


def _spans(bands: list[LifeStage], *more: Decimal) -> list[tuple[Decimal, Decimal | None]]:
    """Return the spans between the ages at which any band begins or ends, and `more` ages."""
    ages = {band.age_from for band in bands} | {b.age_below for b in bands if b.age_below}
    ends = [(band.age_from, band.age_below or END_OF_OPEN_BAND) for band in bands]
    ages |= {age for age in more if any(start < age < end for start, end in ends)}
    starts = sorted(ages)
    return list(zip_longest(starts, starts[1:]))


def _label(age_from: Decimal, age_below: Decimal | None, bands: list[LifeStage]) -> str:
    """Write the ages in whole years, or under one year in months as the table has them."""
    if age_from < YOUNGEST_YEARS:
        ages = (age_from, age_below)
        named = [band.label for band in bands if (band.age_from, band.age_below) == ages]
        return min(named, default=f"{age_from * 12:.0f} to {(age_below or 1) * 12:.0f} months")
    if age_below is None:
        return f"{age_from:.0f} years and over"
    last = age_below - 1
    return f"{age_from:.0f} years" if last == age_from else f"{age_from:.0f} to {last:.0f} years"


def read_stage(
    reading: Reading, stages: Stages, country: Authority, default: str = ""
) -> tuple[str, str]:
    """Read the slug of a life stage, with a sentence for the reader if it had to be changed.

    A stage of another country is replaced by the one that shares most years with it, so that old
    addresses and a change of country keep the choice.
    """
    by_slug = {slug: stage for of_country in stages.values() for slug, stage in of_country.items()}
    slug = reading.value("stage", by_slug, default)
    if not slug or slug in stages[country]:
        return slug, ""
    nearest = nearest_stage(by_slug[slug], stages[country].values())
    if nearest is None:
        reading.ignored.append(slug)
        return default, ""
    return nearest.slug, (
        f"Age groups differ between countries. For {country.phrase} we took the closest one: "
        f"{nearest}."
    )
