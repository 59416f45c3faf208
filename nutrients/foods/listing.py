"""The list of foods: narrowed, sorted by what they give, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Page

from nutrients.common.citations import References
from nutrients.common.parameters import ActiveFilter
from nutrients.evidence.rich_foods import GOOD, RICH
from nutrients.models import DIETS, FoodSource
from nutrients.search.foods import FoodMatches

from .catalogue import FoodShare, food_share, grams_of, sources_of_figures
from .narrowing import Narrowing, active_filters, food_facets

PAGE_SIZE = 24
# The number of nutrients in a row that the food is rich in.
MOST_NAMED = 3


class FoodRow(NamedTuple):
    """A food and what it gives: of the chosen nutrient, or else of those it gives most of.

    `words` introduce these: “Rich in”, “Some”, or nothing; `more` are left out of them.
    """

    food: FoodSource
    shares: list[FoodShare]
    words: str = ""
    more: int = 0


class FoodListPage:
    """One page of the foods that pass the filters, and the filters beside it. One query at most.

    `rich` of the foods are rich in `nutrient`, if one is chosen; foods without a figure for it or
    with none of it are left out. `corrected` are the words that were looked for in place of those
    typed. `has_more` says that there are imported foods, which a name would find. `ignored` says
    what was not understood.
    """

    def __init__(
        self,
        narrowing: Narrowing,
        matches: FoodMatches | None,
        page: Page[FoodSource],
        ignored: str,
        *,
        at: datetime,
    ) -> None:
        self.filters, self.page, self.ignored = narrowing.filters, page, ignored
        self.rows = [_row(narrowing, food) for food in page]
        self.nutrient = narrowing.nutrient
        self.rich = len(narrowing.giving(RICH) & narrowing.passing)
        self.facets = food_facets(narrowing)
        self.active = active_filters(narrowing)
        self.unmeasured = _unmeasured(narrowing, at=at)
        self.corrected = matches.corrected if matches else ""
        self.has_more = narrowing.choices.has_imported and not self.filters.words
        nutrients = {share.nutrient.pk for row in self.rows for share in row.shares}
        self.references = References()
        self.citations = self.references.cite(sources_of_figures(page, nutrients))

    @property
    def some(self) -> int:
        """How many of the foods contain some of the nutrient without being rich in it."""
        return self.page.paginator.count - self.rich

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters that would give more foods if they were taken off, the most first."""
        return sorted((step for step in self.active if step.count), key=lambda step: -step.count)


def notable_shares(shares: Iterable[FoodShare], limited: frozenset[int]) -> list[FoodShare]:
    """Return the shares that speak for a food, the largest first; sodium's does not."""
    notable = [share for share in shares if share.percent and share.nutrient.pk not in limited]
    return sorted(notable, key=lambda share: -(share.percent or 0))


def _row(narrowing: Narrowing, food: FoodSource) -> FoodRow:
    filters, choices, table = narrowing.filters, narrowing.choices, narrowing.table
    country = filters.country
    if narrowing.nutrient:
        grams = grams_of(food, filters.basis)
        return FoodRow(food, [food_share(food, narrowing.nutrient, grams, country)])
    good = [
        food_share(food, nutrient, food.serving_grams, country)
        for nutrient in choices.nutrients.values()
        if food.slug in table.giving(nutrient, GOOD, country)
    ]
    notable = notable_shares(good, choices.limited)
    rich = [share for share in notable if (share.printed or 0) >= RICH]
    shares = rich or notable
    words = "Rich in" if rich else "Some" if notable else ""
    return FoodRow(food, shares[:MOST_NAMED], words, max(len(shares) - MOST_NAMED, 0))


def _unmeasured(narrowing: Narrowing, *, at: datetime) -> list[FoodSource]:
    if narrowing.nutrient is None:
        return []
    diets = [DIETS[diet].value for diet in narrowing.filters.diets]
    return list(narrowing.nutrient.unmeasured_foods.published(at=at).suiting(diets))
