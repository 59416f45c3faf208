"""Daily needs of a nutrient by age and sex, and its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from nutrients.common.citations import Citation, References
from nutrients.evidence.life_stages import LifeStage
from nutrients.evidence.needs import adult_need, in_mcg, is_of_adults, range_words, sources_of
from nutrients.models import Authority, LifeStatus, LimitKind, ReferenceIntake, Sex, Unit, group_by
from nutrients.models.intakes import NEEDS

Cell = Decimal | str | None


class NeedRow(NamedTuple):
    """One age band, with a figure, words or None (nothing is set) for each column."""

    label: str
    female: Cell
    male: Cell
    pregnant: Cell
    breastfeeding: Cell

    @property
    def cells(self) -> list[tuple[Cell, int]]:
        """The cells with their widths: equal neighbours are joined."""
        columns = [self.female, self.male, self.pregnant, self.breastfeeding]
        return [(cell, len(list(same))) for cell, same in groupby(columns)]


class NeedTable(list[NeedRow]):
    @property
    def has_pregnancy(self) -> bool:
        """Whether it has any figure for pregnancy or breastfeeding."""
        return any((row.pregnant, row.breastfeeding) != (None, None) for row in self)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit by one authority, from the least to the most of the age bands that it covers.

    `unit` may differ from the nutrient's unit. `kind` is None for an advised amount to stay below.
    """

    authority: Authority
    least: Decimal
    most: Decimal
    unit: Unit
    citations: list[Citation]
    applies_to: str = ""
    kind: LimitKind | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """The figure with its unit written out, such as “2,000 to 2,500 milligrams”."""
        return f"{range_words([self.least, self.most])} {self.unit.spoken}"

    @property
    def is_for_supplements(self) -> bool:
        """Whether it counts supplements only, and not what food contains."""
        return "supplements" in self.applies_to


class StageNeed(NamedTuple):
    """The daily need of a nutrient at a life stage, and the limits for it, lowest first.

    `intake` is None if the authority sets no need. `stay_below` is the intake with an advised
    amount to stay below.
    """

    intake: ReferenceIntake | None
    stay_below: ReferenceIntake | None
    limits: list[Limit]


class DailyNeeds:
    """The needs of a nutrient in the tables of one authority, and the limits of all authorities.

    `adult` and the limits are for adults, without pregnancy and breastfeeding. `limits` and
    `stay_below` have an entry for each authority, lowest first; `unlimited` are the authorities
    that state that they set no limit. `tables` and `own_…` attributes are those of the authority.
    Amounts are in the nutrient's unit. Sources repeat their numbers in `references`, which cite
    those of all intakes.
    """

    def __init__(
        self, intakes: list[ReferenceIntake], authority: Authority, references: References
    ) -> None:
        self._intakes, self._references = intakes, references
        own = [row for row in intakes if row.authority == authority]
        self.citations = references.cite_again(sources_of(own))
        self.tables = {
            kind: _rows(rows, _amount) for kind, rows in group_by(own, NEEDS, "reference_type")
        }
        self.adult = adult_need(authority, own)
        if self.adult:
            citations = references.cite_again(self.adult.sources)
            self.adult = replace(self.adult, citations=tuple(citations))
        adults = [row for row in intakes if is_of_adults(row)]
        self.limits = _by_authority(_limited(adults), self._limit)
        unlimited = {row.authority for row in adults if row.limits}
        unlimited -= {limit.authority for limit in self.limits}
        self.unlimited = [authority for authority in Authority if authority in unlimited]
        self.stay_below = _by_authority(_reduced(adults), self._reduction)
        self.own_limits = _rows(_limited(own), lambda row: row.upper_limit)
        self.own_limit = next(iter(_by_authority(_limited(own), self._limit)), None)
        self.own_reductions = _rows(_reduced(own), lambda row: row.chronic_disease_limit_mg)

    @property
    def limits_by_age(self) -> list[tuple[Cell, str]]:
        """The figures of the own limit, each with its ages; none if they differ within an age."""
        rows = self.own_limits
        if len(rows) < 2 or any(len({*row[1:]} - {None}) != 1 for row in rows):
            return []
        # A table without any figure for pregnancy must say so.
        if all(row.pregnant is None for row in rows):
            return []
        return [
            (figure, _ages([row.label for row in same], rows[-1].label))
            for figure, same in groupby(rows, attrgetter("female"))
        ]

    @property
    def do_limits_agree(self) -> bool:
        """Whether all authorities set the same limit for adults."""
        limits = {
            (row.least, row.most, row.unit, row.applies_to.startswith("all sources"))
            for row in self.limits
        }
        return len(limits) == 1 and len(self.limits) == len(Authority)

    def at_stage(self, stage: LifeStage | None) -> StageNeed | None:
        """Return the need and each authority's lowest limit at a life stage."""
        if stage is None:
            return None
        limits = _by_authority(_limited(stage.limiting(self._intakes)), self._lowest_limit)
        return StageNeed(stage.need(self._intakes), stage.stay_below(self._intakes), limits)

    def _lowest_limit(self, authority: Authority, rows: list[ReferenceIntake]) -> Limit:
        return self._limit(authority, [min(rows, key=lambda row: row.upper_limit or 0)])

    def _limit(self, authority: Authority, rows: list[ReferenceIntake]) -> Limit:
        amounts = [row.upper_limit for row in rows if row.upper_limit is not None]
        last = rows[-1]
        return Limit(
            authority,
            min(amounts),
            max(amounts),
            Unit(last.upper_limit_unit),
            self._references.cite_again(sources_of(rows)),
            last.upper_limit_applies_to,
            LimitKind(last.upper_limit_kind),
            last.note if last.reference_type == "" else "",
        )

    def _reduction(self, authority: Authority, rows: list[ReferenceIntake]) -> Limit:
        amounts = [row.chronic_disease_limit_mg or Decimal(0) for row in rows]
        citations = self._references.cite_again(sources_of(rows))
        return Limit(authority, min(amounts), max(amounts), Unit.MG, citations, note=rows[-1].note)


def _ages(labels: list[str], oldest: str) -> str:
    if len(labels) > 2 and labels[-1] == oldest:
        return f"{labels[0]} and every age above"
    return " and ".join(labels)


def _limited(rows: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
    return [row for row in rows if row.upper_limit is not None]


def _reduced(rows: Iterable[ReferenceIntake]) -> list[ReferenceIntake]:
    return [row for row in rows if row.chronic_disease_limit_mg is not None]


def _by_authority(
    intakes: list[ReferenceIntake], make: Callable[[Authority, list[ReferenceIntake]], Limit]
) -> list[Limit]:
    """Make a limit of each authority's intakes, and return them lowest first."""
    limits = [
        make(authority, rows) for authority, rows in group_by(intakes, Authority, "authority")
    ]
    return sorted(limits, key=lambda limit: (in_mcg(limit.least, limit.unit), limit.authority))


def _amount(intake: ReferenceIntake) -> Cell:
    return intake.amount_words if intake.amount is None else intake.amount


def _rows(intakes: list[ReferenceIntake], value: Callable[[ReferenceIntake], Cell]) -> NeedTable:
    general = [row for row in intakes if row.life_status != LifeStatus.MENOPAUSE]
    bands = {
        (row.age_from, row.age_below): row.life_stage_label
        for row in sorted(general, key=lambda row: row.age_from)
    }
    cells = {(r.age_from, r.age_below, r.sex, r.life_status): value(r) for r in general}

    def cell(ages: tuple[Decimal, Decimal | None], sex: Sex, status: LifeStatus) -> Cell:
        return cells.get((*ages, sex, status), cells.get((*ages, Sex.BOTH, status)))

    rows = NeedTable(
        NeedRow(
            label,
            female=cell(ages, Sex.FEMALE, LifeStatus.NONE),
            male=cell(ages, Sex.MALE, LifeStatus.NONE),
            pregnant=cell(ages, Sex.FEMALE, LifeStatus.PREGNANCY),
            breastfeeding=cell(ages, Sex.FEMALE, LifeStatus.LACTATION),
        )
        for ages, label in bands.items()
    )
    after = [row for row in intakes if row.life_status == LifeStatus.MENOPAUSE]
    rows += [NeedRow("After the menopause", value(row), None, None, None) for row in after]
    return rows
