"""Foods match by the beginning of their USDA description."""

import pytest

from nutrients.models import FoodSource
from tests import factories

EVERY = {"Spinach, raw", "SPINACH, cooked", "Spelt", "Emu", "Oil, spinach"}


@pytest.mark.parametrize(
    ("beginning", "descriptions"),
    [
        ("spinach", {"Spinach, raw", "SPINACH, cooked"}),
        ("Spinach, r", {"Spinach, raw"}),
        ("sp", {"Spinach, raw", "SPINACH, cooked", "Spelt"}),
        ("emu", {"Emu"}),
        ("emus", set()),
        ("%", set()),
        ("s_in", set()),
        ("", EVERY),
    ],
)
def test_foods_match_by_the_beginning_of_their_description(no_content, beginning, descriptions):
    iron = factories.nutrient("iron")
    for number, words in enumerate(EVERY):
        factories.food(f"food-{number}", iron, 1, usda_description=words)

    rows = FoodSource.objects.described_as(beginning)
    assert set(rows.values_list("usda_description", flat=True)) == descriptions
