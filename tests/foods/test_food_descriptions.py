"""Foods found by how their USDA description begins: the right ones, and by an index."""

import pytest
from django.db import connection

from nutrients.models import FoodSource
from tests import factories


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("spinach", {"Spinach, raw", "SPINACH, cooked"}),
        ("Spinach, r", {"Spinach, raw"}),
        ("sp", {"Spinach, raw", "SPINACH, cooked", "Spelt"}),
        ("emu", {"Emu"}),
        ("emus", set()),
        ("%", set()),
        ("s_in", set()),
        ("", {"Spinach, raw", "SPINACH, cooked", "Spelt", "Emu", "Oil, spinach"}),
    ],
)
def test_foods_are_found_by_the_beginning_of_their_description(no_content, beginning, found):
    iron = factories.nutrient("iron")
    for number, words in enumerate(
        ["Spinach, raw", "SPINACH, cooked", "Spelt", "Emu", "Oil, spinach"]
    ):
        factories.food(f"food-{number}", iron, 1, usda_description=words)

    rows = FoodSource.objects.described_as(beginning)
    assert set(rows.values_list("usda_description", flat=True)) == found


def test_an_index_leads_to_them(content):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It would rather read a table as small as this one.
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "foodsource_description_begins" in FoodSource.objects.described_as("spinach").explain()
