"""What a plate is clearly short of, and the foods that would fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from nutrients.common.citations import Citation, References, cite
from nutrients.evidence.life_stages import LifeStage, suited_to_stage
from nutrients.evidence.rich_foods import unmeasured_foods
from nutrients.foods.catalogue import Shelf
from nutrients.foods.filters import DIETS
from nutrients.models import FoodSource, NutrientAmount, Source

from .arithmetic import (
    Addition,
    Helping,
    Part,
    Swap,
    Total,
    best_additions,
    best_swap,
    harmless_swaps,
    percent,
)
from .choices import ONE_SERVING, PlateChoices, helping_of
from .rows import PlateRow


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate as its address has it: its foods by slug, its helpings, and a row a nutrient."""

    choices: PlateChoices
    stage: LifeStage | None
    foods: dict[str, FoodSource]
    helpings: list[Helping]
    rows: list[PlateRow]

    @property
    def totals(self) -> dict[int, Total]:
        return {row.nutrient.pk: row.total for row in self.rows}

    @property
    def short(self) -> list[PlateRow]:
        """What it is clearly short of; on an empty plate, the core nutrients to begin with."""
        if not self.foods:
            return [row for row in self.rows if row.nutrient.is_featured]
        return [row for row in self.rows if row.total.is_short]


@dataclass(frozen=True, slots=True)
class AddedFood:
    """A food that would fill a gap: what one serving gives, and the plate with it added."""

    food: FoodSource
    amount: Decimal
    percent: int | None
    citations: list[Citation]
    query: str


@dataclass(frozen=True, slots=True)
class SwappedFood:
    """A food of the same group in place of one on the plate, and the plate after that.

    `before` and `after` are what the two give, in the nutrient's unit.
    """

    out: FoodSource
    food: FoodSource
    servings: Decimal
    before: Decimal
    after: Decimal
    citations: list[Citation]
    query: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A nutrient that the plate is clearly short of, and what would fill it.

    `unmeasured` are sources without a figure, such as sunlight.
    """

    row: PlateRow
    additions: list[AddedFood]
    swap: SwappedFood | None
    unmeasured: list[FoodSource]
    need_citations: list[Citation]


def plate_gaps(plate: Plate, shelf: Shelf, references: References, *, at: datetime) -> list[Gap]:
    """What would fill each gap: chosen foods, of a shelf, that suit the diets and the life stage.

    Three queries, whatever the number of gaps and foods.
    """
    diets = [DIETS[diet].value for diet in plate.choices.diets]
    offered = _offered(plate, shelf, diets, at=at)
    swaps = harmless_swaps(_swaps(plate, shelf, offered), plate.totals)
    additions = [Addition(food.slug, _given(shelf, food)) for food in offered.values()]
    found = {
        row.nutrient.pk: _Found(
            best_additions(additions, row.nutrient.pk, plate.totals),
            _best_swap(swaps, row),
        )
        for row in plate.short
    }
    telling = _Telling(plate, offered, _sources(found), references)
    unmeasured = unmeasured_foods(
        at=at, diets=diets, groups=plate.stage.kept_from if plate.stage else ()
    )
    return [
        telling.gap(row, found[row.nutrient.pk], unmeasured.get(row.nutrient.pk, []))
        for row in plate.short
    ]


@dataclass(frozen=True, slots=True)
class _Found:
    """What would fill one gap."""

    additions: list[Addition]
    swap: Swap | None

    @property
    def slugs(self) -> set[str]:
        swapped = {self.swap.out.slug, self.swap.into.slug} if self.swap else set()
        return swapped | {one.slug for one in self.additions}


@dataclass(frozen=True, slots=True)
class _Telling:
    """Puts what was found into words for the page, citing sources in reading order.

    `foods` are those offered, by slug; `sources` those of their figures, by nutrient and slug.
    """

    plate: Plate
    foods: dict[str, FoodSource]
    sources: dict[tuple[int, str], Source]
    references: References

    def gap(self, row: PlateRow, found: _Found, unmeasured: list[FoodSource]) -> Gap:
        """One gap: additions first, then the swap, then the need that they are held against."""
        return Gap(
            row,
            additions=[self._addition(row, one) for one in found.additions],
            swap=self._swap(row, found.swap) if found.swap else None,
            unmeasured=unmeasured,
            need_citations=cite(self.references, row.intake.sources.all() if row.intake else []),
        )

    def _addition(self, row: PlateRow, addition: Addition) -> AddedFood:
        amount, need = addition.amounts[row.nutrient.pk], row.total.need
        return AddedFood(
            food=self.foods[addition.slug],
            amount=amount,
            percent=percent(amount, need.amount) if need else None,
            citations=self._cite(row, addition.slug),
            query=self.plate.choices.having(addition.slug).query,
        )

    def _swap(self, row: PlateRow, swap: Swap) -> SwappedFood:
        out, into = swap.out.slug, swap.into.slug
        return SwappedFood(
            out=self.plate.foods[out],
            food=self.foods[into],
            servings=swap.into.servings,
            before=swap.before[row.nutrient.pk],
            after=swap.after[row.nutrient.pk],
            citations=self._cite(row, out, into),
            query=self.plate.choices.swapping(out, into).query,
        )

    def _cite(self, row: PlateRow, *slugs: str) -> list[Citation]:
        sources = dict.fromkeys(self.sources[row.nutrient.pk, slug] for slug in slugs)
        return cite(self.references, sources)


def _best_swap(swaps: list[Swap], row: PlateRow) -> Swap | None:
    need = row.total.need
    return best_swap(swaps, row.nutrient.pk, need.amount) if need else None


def _offered(
    plate: Plate, shelf: Shelf, diets: list[str], *, at: datetime
) -> dict[str, FoodSource]:
    """The foods that may be suggested and are not on the plate yet, by slug. One query."""
    chosen = FoodSource.objects.filter(pk__in=[food.pk for food in shelf.foods])
    suited = set(
        suited_to_stage(chosen, plate.stage, at=at).order_by().values_list("pk", flat=True)
    )
    return {
        food.slug: food
        for food in shelf.foods
        if food.pk in suited
        and food.slug not in plate.foods
        and all(getattr(food, diet) for diet in diets)
    }


def _swaps(plate: Plate, shelf: Shelf, offered: dict[str, FoodSource]) -> Iterator[Swap]:
    """Every helping with every offered food of its group in its place."""
    held: dict[str, dict[int, Decimal]] = {helping.slug: {} for helping in plate.helpings}
    for key, total in plate.totals.items():
        for part in total.parts:
            held[part.helping.slug][key] = part.amount
    for helping in plate.helpings:
        for food in offered.values():
            if food.group_id == plate.foods[helping.slug].group_id:
                into = helping_of(food, helping.servings)
                after = _given(shelf, food, helping.servings)
                yield Swap(helping, into, held[helping.slug], after)


def _given(shelf: Shelf, food: FoodSource, servings: Decimal = ONE_SERVING) -> dict[int, Decimal]:
    """What servings of a food give of each nutrient whose figure is known."""
    helping = helping_of(food, servings)
    figures = shelf.per_100g.get(food.pk, {})
    return {key: Part(helping, per_100g).amount for key, per_100g in figures.items()}


def _sources(found: dict[int, _Found]) -> dict[tuple[int, str], Source]:
    """The source of each figure that is named, by nutrient and the food's slug. One query."""
    slugs = {slug for one in found.values() for slug in one.slugs}
    rows = NutrientAmount.objects.filter(food__slug__in=slugs, nutrient__in=found)
    rows = rows.select_related("food", "source").only("nutrient", "food__slug", "source")
    return {(amount.nutrient_id, amount.food.slug): amount.source for amount in rows}
