"""How much of a nutrient a day, by age and sex, and the limits that go with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple, Self

from nutrients.common.citations import Citation, References
from nutrients.evidence.life_stages import LifeStage
from nutrients.evidence.needs import (
    AdultNeed,
    adult_need,
    in_mcg,
    is_of_adults,
    range_words,
    sources_of,
)
from nutrients.models import (
    Authority,
    LifeStatus,
    LimitKind,
    LimitStatus,
    ReferenceIntake,
    ReferenceType,
    Sex,
    Source,
    Unit,
    grouped,
)
from nutrients.models.intakes import NEEDS

Cell = Decimal | str | None


class NeedRow(NamedTuple):
    """One age band: what each column holds, a figure or words; None if nothing is set."""

    label: str
    female: Cell
    male: Cell
    pregnant: Cell
    breastfeeding: Cell

    @property
    def cells(self) -> list[tuple[Cell, int]]:
        """The columns in their order; neighbours that say the same are one cell of that width."""
        columns = [self.female, self.male, self.pregnant, self.breastfeeding]
        return [(cell, len(list(same))) for cell, same in groupby(columns)]


@dataclass(frozen=True, slots=True)
class Limit:
    """One authority's limit: the least and the most of the bands that it is read from.

    `unit` may differ from the nutrient's own. `kind` is empty for the amount that people are
    advised to stay below. A page that prints the limit has its `citations` too.
    """

    authority: Authority
    least: Decimal
    most: Decimal
    unit: Unit
    applies_to: str = ""
    kind: LimitKind | None = None
    note: str = ""
    sources: tuple[Source, ...] = ()
    citations: tuple[Citation, ...] = ()

    def cited(self, references: References) -> Self:
        """The same limit, with the numbers of its sources, which the page cites already."""
        return replace(self, citations=tuple(references.cite_again(self.sources)))

    @property
    def words(self) -> str:
        """The figure with its unit in full, such as “2,000 to 2,500 milligrams”."""
        return f"{range_words([self.least, self.most])} {self.unit.spoken}"

    @property
    def is_for_supplements(self) -> bool:
        """Whether it leaves out what food contains by itself."""
        return "supplements" in self.applies_to

    @property
    def key(self) -> tuple[object, ...]:
        """What two limits must share to say the same."""
        return self.least, self.most, self.unit, self.applies_to.startswith("all sources")


class StageNeed(NamedTuple):
    """What one life stage needs of a nutrient a day, and the limits for it, lowest first.

    `intake` is None where its authority sets no need for it. `stay_below` is the intake that has
    the amount to stay below.
    """

    stage: LifeStage
    intake: ReferenceIntake | None
    stay_below: ReferenceIntake | None
    limits: list[Limit]

    @property
    def limit(self) -> Limit | None:
        return self.limits[0] if self.limits else None

    @property
    def others(self) -> list[Limit]:
        """The higher limits that other authorities set."""
        return self.limits[1:]


@dataclass(frozen=True, slots=True)
class DailyNeeds:
    """A nutrient's needs in one authority's tables, and the limits of all of them.

    `limits` and `stay_below` are for adults, an authority each, lowest first; `unlimited` are the
    authorities that say they set no limit. The tables are of the one authority alone, and so are
    `own`, the intakes that they were read from. `intakes` are those of all.
    """

    authority: Authority
    adult: AdultNeed | None
    tables: dict[ReferenceType, list[NeedRow]]
    limits: list[Limit]
    unlimited: list[Authority]
    stay_below: list[Limit]
    own_limits: list[NeedRow]
    own_limit: Limit | None
    own_reductions: list[NeedRow]
    own: list[ReferenceIntake]
    intakes: list[ReferenceIntake]

    @property
    def lowest_limit(self) -> Limit | None:
        return self.limits[0] if self.limits else None

    @property
    def do_limits_agree(self) -> bool:
        """Whether every authority sets the same limit for adults."""
        same = len({limit.key for limit in self.limits}) == 1
        return same and len(self.limits) == len(Authority)

    def cited(self, references: References) -> Self:
        """The same, with the numbers of the sources, which the page cites already."""
        adult = self.adult
        if adult:
            adult = replace(adult, citations=tuple(references.cite_again(adult.sources)))
        return replace(
            self,
            adult=adult,
            limits=[limit.cited(references) for limit in self.limits],
            stay_below=[limit.cited(references) for limit in self.stay_below],
        )

    def at_stage(self, stage: LifeStage | None, references: References) -> StageNeed | None:
        """The need and the limits of one life stage, cited; None if none is chosen."""
        if stage is None:
            return None
        limits = [limit.cited(references) for limit in _lowest(stage.limiting(self.intakes))]
        return StageNeed(stage, stage.own(self.intakes), stage.stay_below(self.intakes), limits)


def daily_needs(intakes: Sequence[ReferenceIntake], authority: Authority) -> DailyNeeds:
    """The reference intakes of a nutrient as tables, in its unit.

    Adults are neither pregnant nor breastfeeding. The source is named by each row.
    """
    own = [row for row in intakes if row.authority == authority]
    adults = [row for row in intakes if is_of_adults(row)]
    limited = [row for row in own if row.upper_limit_status == LimitStatus.SET]
    reduced = [row for row in own if row.chronic_disease_limit_mg is not None]
    limits = _ranges(adults)
    return DailyNeeds(
        authority=authority,
        adult=adult_need(authority, own),
        tables=_tables(own),
        limits=limits,
        unlimited=_unlimited(adults, limits),
        stay_below=_reductions(adults),
        own_limits=_rows(limited, lambda row: row.upper_limit),
        own_limit=_range(authority, limited) if limited else None,
        own_reductions=_rows(reduced, lambda row: row.chronic_disease_limit_mg),
        own=own,
        intakes=list(intakes),
    )


def _lowest(rows: Iterable[ReferenceIntake]) -> list[Limit]:
    """Of each authority its lowest limit, the lowest of all first."""
    limited = [row for row in rows if row.upper_limit is not None]
    return _sorted(
        _range(authority, [min(own, key=lambda row: row.upper_limit or 0)])
        for authority, own in grouped(limited, Authority, "authority")
    )


def _ranges(rows: Iterable[ReferenceIntake]) -> list[Limit]:
    limited = [row for row in rows if row.upper_limit is not None]
    return _sorted(_range(*pair) for pair in grouped(limited, Authority, "authority"))


def _range(authority: Authority, rows: list[ReferenceIntake]) -> Limit:
    amounts = [row.upper_limit for row in rows if row.upper_limit is not None]
    last = rows[-1]
    return Limit(
        authority,
        min(amounts),
        max(amounts),
        Unit(last.upper_limit_unit),
        last.upper_limit_applies_to,
        LimitKind(last.upper_limit_kind),
        last.note if last.reference_type == "" else "",
        sources_of(rows),
    )


def _reductions(rows: Iterable[ReferenceIntake]) -> list[Limit]:
    reduced = [row for row in rows if row.chronic_disease_limit_mg is not None]
    return _sorted(
        Limit(
            authority,
            min(row.chronic_disease_limit_mg or Decimal(0) for row in own),
            max(row.chronic_disease_limit_mg or Decimal(0) for row in own),
            Unit.MG,
            note=own[-1].note,
            sources=sources_of(own),
        )
        for authority, own in grouped(reduced, Authority, "authority")
    )


def _sorted(limits: Iterable[Limit]) -> list[Limit]:
    return sorted(limits, key=lambda limit: (in_mcg(limit.least, limit.unit), limit.authority))


def _unlimited(adults: list[ReferenceIntake], limits: list[Limit]) -> list[Authority]:
    limited = {limit.authority for limit in limits}
    said = {row.authority for row in adults if row.limits}
    return [authority for authority in Authority if authority in said and authority not in limited]


def _tables(intakes: list[ReferenceIntake]) -> dict[ReferenceType, list[NeedRow]]:
    """The age bands that have an intake of each type: the types are never mixed."""
    return {kind: _rows(rows, _amount) for kind, rows in grouped(intakes, NEEDS, "reference_type")}


def _amount(intake: ReferenceIntake) -> Cell:
    return intake.amount_words if intake.amount is None else intake.amount


def _rows(
    intakes: list[ReferenceIntake], value: Callable[[ReferenceIntake], Cell]
) -> list[NeedRow]:
    general = [row for row in intakes if row.life_status != LifeStatus.MENOPAUSE]
    bands = {
        (row.age_from, row.age_below): row.life_stage_label
        for row in sorted(general, key=lambda row: row.age_from)
    }
    cells = {(r.age_from, r.age_below, r.sex, r.life_status): value(r) for r in general}

    def cell(ages: tuple[Decimal, Decimal | None], sex: Sex, status: LifeStatus) -> Cell:
        return cells.get((*ages, sex, status), cells.get((*ages, Sex.BOTH, status)))

    rows = [
        NeedRow(
            label,
            female=cell(ages, Sex.FEMALE, LifeStatus.NONE),
            male=cell(ages, Sex.MALE, LifeStatus.NONE),
            pregnant=cell(ages, Sex.FEMALE, LifeStatus.PREGNANCY),
            breastfeeding=cell(ages, Sex.FEMALE, LifeStatus.LACTATION),
        )
        for ages, label in bands.items()
    ]
    after = [row for row in intakes if row.life_status == LifeStatus.MENOPAUSE]
    return [*rows, *(NeedRow("After the menopause", value(row), None, None, None) for row in after)]
