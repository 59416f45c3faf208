"""The plate's page: foods, totals against needs and limits, and what would fill the gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Window

from nutrients.common.citations import Citation, References
from nutrients.evidence.life_stages import LifeStage, life_stages
from nutrients.evidence.rich_foods import Eater, unmeasured_foods, within_limits
from nutrients.foods.catalogue import FoodTable, sources_of_figures
from nutrients.models import (
    DIETS,
    Authority,
    FoodSource,
    LifeStatus,
    Nutrient,
    ReferenceIntake,
    ReferenceType,
    Sex,
)
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.search.foods import FoodMatches

from .arithmetic import Helping, Need, Total
from .choices import PlateChoices
from .gaps import FoodSuggestion, fill_gaps, single_servings

MOST_MATCHES = 8


@dataclass(frozen=True, slots=True)
class PlateFood:
    """A helping, and its part of the drawn plate by weight, in degrees from the top."""

    helping: Helping
    start: float
    share: float

    @property
    def middle(self) -> float:
        return self.start + self.share / 2


class StageContent(NamedTuple):
    """The needs and foods of a life stage, for every plate of it.

    `suited` are the slugs of the chosen foods that may be suggested, and `unmeasured` the sources
    without a figure, such as sunlight, by the nutrient's id.
    """

    stage: LifeStage | None
    needs: list[Need]
    suited: frozenset[str]
    unmeasured: Mapping[int, list[FoodSource]]


class PlateRow(NamedTuple):
    """One nutrient of the plate, with the sources of its amounts, of its need and of its limit."""

    total: Total
    amount_citations: list[Citation]
    need_citations: list[Citation]
    limit_citations: list[Citation]


class Gap(NamedTuple):
    """A need that is not met, what would fill it, and sources without a figure.

    An empty plate has no rows, so its gaps cite the needs.
    """

    row: PlateRow
    suggestions: list[FoodSuggestion]
    unmeasured: list[FoodSource]
    need_citations: list[Citation]


class PlatePage:
    """Everything that a plate shows; `table` has its foods. One query, if there are `matches`.

    `gaps` are the needs that are not met; on an empty plate, the core nutrients to begin with. They
    are filled from the `chosen` foods. `matches` are the first foods that a search by name gives,
    None without a search; `corrected` are the words that were looked for in place of those typed.
    """

    def __init__(
        self,
        choices: PlateChoices,
        table: FoodTable,
        content: StageContent,
        chosen: FoodTable,
        *,
        matches: FoodMatches | None,
        at: datetime,
    ) -> None:
        references = self.references = References()
        servings = choices.servings
        helpings = [Helping(table.foods[slug], count) for slug, count in servings.items()]
        rows = [_row(need, helpings, references) for need in content.needs]
        # An empty plate has no gaps, so suggest foods for the core nutrients.
        short = {
            row.total.need.nutrient.pk: row
            for row in rows
            if (row.total.is_short if helpings else row.total.need.nutrient.is_featured)
        }
        suited = content.suited.difference(servings)
        offered = [
            helping
            for helping in chosen.once(single_servings)
            if helping.food.slug in suited and _suits(helping.food, choices)
        ]
        totals = {row.total.need.nutrient.pk: row.total for row in rows}
        suggestions = fill_gaps(choices, helpings, totals, short, offered)
        suggested = [
            helping.food
            for filling in suggestions.values()
            for suggestion in filling
            for helping in (suggestion.helping, suggestion.out)
            if helping
        ]
        self.choices, self.stage = choices, content.stage
        self.foods = _plate_foods(helpings)
        self.rows = rows if helpings else []
        # Cited after the rows and before the needs of an empty plate, as they are read.
        self.gap_citations = references.cite(sources_of_figures(suggested, suggestions))
        self.gaps = [
            Gap(
                row,
                suggestions[key],
                _unmeasured(content.unmeasured.get(key, ()), choices),
                [] if helpings else _cite(row.total.need.intake, references),
            )
            for key, row in short.items()
        ]
        self.matches, self.match_count = _first_matches(choices, matches, at=at)
        self.corrected = matches.corrected if matches else ""

    @property
    def core(self) -> list[PlateRow]:
        """The core nutrients whose share of the need is known, the largest share first."""
        rows = [
            row for row in self.rows if row.total.need.nutrient.is_featured and row.total.aims_high
        ]
        return sorted(rows, key=lambda row: -(row.total.percent_of_need or 0))

    @property
    def kinds(self) -> list[ReferenceType]:
        """The kinds of the needs that the totals name."""
        intakes = (row.total.need.intake for row in self.rows)
        return list(dict.fromkeys(intake.kind for intake in intakes if intake))

    @property
    def has_notes(self) -> bool:
        """Whether there is anything to say about a food on the plate."""
        return any(item.helping.food.note for item in self.foods)


def _unmeasured(sources: Iterable[FoodSource], choices: PlateChoices) -> list[FoodSource]:
    return [source for source in sources if not source.is_food or _suits(source, choices)]


def _suits(food: FoodSource, choices: PlateChoices) -> bool:
    """Whether a food is known to suit every diet that is chosen."""
    return all(getattr(food, DIETS[diet].value) for diet in choices.diets)


def _plate_foods(helpings: list[Helping]) -> list[PlateFood]:
    weight, start = sum(helping.grams for helping in helpings), 0.0
    plate_foods = []
    for helping in helpings:
        share = float(helping.grams * 360 / weight)
        plate_foods.append(PlateFood(helping, start, share))
        start += share
    return plate_foods


def _first_matches(
    choices: PlateChoices, matches: FoodMatches | None, *, at: datetime
) -> tuple[list[FoodSource] | None, int]:
    """Return the first matches that suit the diets, chosen foods first, and the number of all."""
    if matches is None:
        return None, 0
    diets = [DIETS[diet].value for diet in choices.diets]
    foods = FoodSource.objects.published(at=at).foods().suiting(diets)
    foods = foods.filter(slug__in=matches.slugs).exclude(slug__in=choices.servings)
    # Counted in the same query.
    counted = foods.annotate(count=Window(Count("pk"))).order_by("-is_curated", "name")
    first = list(counted[:MOST_MATCHES])
    return first, first[0].count if first else 0


def _row(need: Need, helpings: list[Helping], references: References) -> PlateRow:
    total = Total(need, helpings)
    if not helpings:
        return PlateRow(total, [], [], [])
    # Sources are numbered in the order of reading.
    cited = dict.fromkeys(part.food.figures[total.nutrient].source for part in total.parts)
    amount_citations = references.cite(cited)
    need_citations = _cite(need.intake, references)
    limit_citations = _cite(need.reduction or need.limit, references)
    return PlateRow(total, amount_citations, need_citations, limit_citations)


def _cite(row: ReferenceIntake | None, references: References) -> list[Citation]:
    return references.cite(row.cited) if row else []


def stage_content(country: Authority, slug: str, *, at: datetime) -> StageContent:
    """Return the needs of a life stage, in the nutrients' order, and its foods. Six queries."""
    stage = life_stages(at=at)[country].get(slug)
    nutrients = {nutrient.pk: nutrient for nutrient in Nutrient.objects.published(at=at)}
    intakes: dict[int, list[ReferenceIntake]] = defaultdict(list)
    if stage:
        rows = ReferenceIntake.objects.published(at=at).filter(nutrient__in=nutrients)
        for intake in rows.overlapping(stage.age_from, stage.age_below).with_sources():
            intake.nutrient = nutrients[intake.nutrient_id]
            intakes[intake.nutrient_id].append(intake)
    foods = _suited_to_stage(FoodSource.objects.published(at=at).foods().curated(), stage, at=at)
    return StageContent(
        stage,
        [_need(nutrient, stage, intakes[key]) for key, nutrient in nutrients.items()],
        frozenset(foods.order_by().values_list("slug", flat=True)),
        unmeasured_foods(Eater(groups=frozenset(stage.restricted_groups if stage else ())), at=at),
    )


def _need(nutrient: Nutrient, stage: LifeStage | None, intakes: list[ReferenceIntake]) -> Need:
    if stage is None:
        return Need(nutrient)
    limited = [row for row in stage.limiting(intakes) if row.upper_limit is not None]
    counting_food = [row for row in limited if row.food_limit is not None]
    limit = min(counting_food or limited, key=lambda row: row.upper_limit or 0, default=None)
    return Need(nutrient, stage.need(intakes), stage.stay_below(intakes), limit)


def _suited_to_stage(
    foods: FoodSourceQuerySet, stage: LifeStage | None, *, at: datetime
) -> FoodSourceQuerySet:
    """Filter foods to those of which a serving passes no limit at any age of this life stage.

    Foods that editors withhold from its group are left out. Without a stage no limit applies.
    """
    if stage is None:
        return foods.suggested_to(())
    intakes = ReferenceIntake.objects.published(at=at)
    intakes = intakes.overlapping(stage.age_from, stage.age_below)
    intakes = intakes.filter(life_status__in=[LifeStatus.NONE, stage.life_status])
    if stage.sex != Sex.BOTH:
        intakes = intakes.filter(sex__in=[Sex.BOTH, stage.sex])
    return within_limits(foods.suggested_to(stage.restricted_groups), intakes)
