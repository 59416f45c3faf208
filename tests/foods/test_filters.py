"""The filters of the list of foods: what an address carries comes back from it."""

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from nutrients.foods.filters import (
    ALLERGENS,
    BASES,
    LEVELS,
    SORTS,
    FoodChoices,
    FoodFilters,
    read_food_filters,
)
from nutrients.models import DIETS, Authority, FoodGroup, Nutrient

NUTRIENTS, GROUPS = ["iron", "zinc", "vitamin-d"], ["nuts", "dairy"]
CHOICES = FoodChoices(
    {slug: Nutrient(slug=slug, name=slug.title()) for slug in NUTRIENTS},
    {slug: FoodGroup(slug=slug, name=slug.title()) for slug in GROUPS},
)


@st.composite
def any_filters(draw):
    nutrient = draw(st.sampled_from(["", *NUTRIENTS]))
    others = [slug for slug in NUTRIENTS if slug != nutrient]
    return FoodFilters(
        nutrient=nutrient,
        also=draw(st.sampled_from(["", *others])) if nutrient else "",
        # Without a nutrient there is no amount to ask much of, so the address leaves it out.
        level=draw(st.sampled_from(list(LEVELS))) if nutrient else "any",
        diets=tuple(draw(st.lists(st.sampled_from(list(DIETS)), unique=True))),
        free_from=tuple(draw(st.lists(st.sampled_from(list(ALLERGENS)), unique=True))),
        group=draw(st.sampled_from(["", *GROUPS])),
        words=draw(st.sampled_from(["", "oat milk", "50% & more", "é"])),
        basis=draw(st.sampled_from(list(BASES))),
        sort=draw(st.sampled_from([*SORTS, *NUTRIENTS])),
        country=draw(st.sampled_from(list(Authority))),
    )


@given(any_filters())
def test_filters_are_read_as_they_were_written(filters):
    assert read_food_filters(QueryDict(filters.query), CHOICES) == (filters, [])


def test_second_nutrient_alone_is_the_first_and_a_repeated_one_counts_once():
    for query in ("also=iron", "nutrient=iron&also=iron"):
        filters, ignored = read_food_filters(QueryDict(query), CHOICES)

        assert (filters.nutrient, filters.also, ignored) == ("iron", "", [])
