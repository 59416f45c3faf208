"""Import the USDA's foods without changing the work of editors."""

import csv
from decimal import Decimal

import pytest

from nutrients.content import food_import
from nutrients.models import (
    Allergen,
    Diet,
    FoodGroup,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    ShippedRow,
)
from tests.content import food_files
from tests.content.food_files import (
    FOODS,
    PORTIONS,
    amounts_of,
    lines_of,
    portions_by_food,
    written,
)

pytestmark = pytest.mark.django_db

COUNT = 120


@pytest.fixture
def table(tmp_path):
    """Write the first foods of the USDA's table, chosen ones among them, to a file."""
    return written(tmp_path / "foods.csv", lines_of(FOODS, COUNT + 1))


def import_foods(table):
    """Import a table with a few portions. Return stdout and all errors."""
    portions = written(table.with_name("few.csv"), lines_of(PORTIONS, 1_000))
    return food_files.import_foods(table, food_import.SR28, portions=portions)


def imported(number):
    return FoodSource.objects.get(usda_ndb_number=number)


def all_rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (FoodSource, NutrientAmount, FoodPortion, FoodGroup, ShippedRow)
    ]


@pytest.mark.postgresql
def test_every_food_comes_with_its_amounts_and_portions_and_claims_nothing_more(table, client):
    chosen = set(FoodSource.objects.values_list("usda_ndb_number", flat=True))
    import_foods(table)
    portions = portions_by_food()
    rows = csv.DictReader(lines_of(FOODS, COUNT + 1))
    rows = [row for row in rows if row["ndb_no"] not in chosen]
    assert COUNT > len(rows) > COUNT / 2

    for row in rows:
        food, number = imported(row["ndb_no"]), row["ndb_no"]
        amounts = food.amounts.values_list("nutrient__slug", "per_100g")
        assert dict(amounts) == amounts_of(row), food
        measures = food.portions.values_list("description", "grams")
        assert list(measures) == portions.get(number, []), food
        assert str(food.energy_kcal or "") == (row["energy_kcal"] and f"{row['energy_kcal']}.00")
        assert food.usda_fdc_id == (int(row["usda_fdc_id"]) if row["usda_fdc_id"] else None)
        assert food.name == food.usda_description == row["description"]
        assert food.changed_at == food.publish_at
        assert {getattr(food, flag) for flag in [*Diet.values, *Allergen.values]} == {None}
    assert sum(len(amounts_of(row)) for row in rows) < 13 * len(rows), "no blank cell was tried"
    butter = imported("01001")
    assert (butter.slug, butter.group.slug) == ("butter-salted-01001", "dairy")
    assert [source.slug for source in butter.sources.all()] == ["usda-sr28"]
    assert {amount.source.slug for amount in butter.amounts.all()} == {"usda-sr28"}
    assert client.get(butter.get_absolute_url()).status_code == 200


def test_second_import_changes_nothing(table):
    import_foods(table)
    butter = imported("01001")
    butter.name, butter.is_curated, butter.dairy_free = "Salted butter", True, False
    butter.save()
    butter.amounts.filter(nutrient__slug="sodium").update(per_100g=600)
    butter.portions.filter(description="1 cup").update(grams=220)
    imported("01002").amounts.all().delete()
    imported("01002").portions.all().delete()
    imported("01003").delete()
    # A number that an editor changed is no new food.
    for number in ("01001", "", "99001"):
        FoodSource.objects.filter(pk=butter.pk).update(usda_ndb_number=number)
        before = all_rows()

        assert "1 left deleted, nothing to add" in import_foods(table)[0]
        assert all_rows() == before


def test_curated_food_gains_only_portions(table):
    row = FoodSource.objects.filter(usda_ndb_number__startswith="010")[0]
    before = FoodSource.objects.filter(pk=row.pk).values().get()
    amounts = list(row.amounts.order_by("pk").values())
    portions = portions_by_food()[row.usda_ndb_number]
    FoodPortion.objects.create(food=row, description=portions[0][0], grams=portions[0][1])
    import_foods(table)

    assert FoodSource.objects.filter(pk=row.pk).values().get() == before
    assert list(row.amounts.order_by("pk").values()) == amounts
    assert list(row.portions.values_list("description", "grams")) == portions


def test_groups_are_added_as_needed_and_keep_the_names_of_editors(tmp_path):
    header, *lines = lines_of(FOODS)
    spices = [line for line in lines if "Spices and" in line]
    own = FoodGroup.objects.create(slug="spices", name="Herbs and spices")
    import_foods(written(tmp_path / "spices.csv", [header, *spices]))

    # One of the 64 is a chosen food with a group of its own.
    assert own.foods.count() == 63
    assert not FoodGroup.objects.filter(slug="herbs-and-spices").exists()


@pytest.mark.postgresql
def test_interrupted_import_leaves_nothing_behind(table, monkeypatch):
    before = all_rows()
    with monkeypatch.context() as patch:
        patch.setattr(food_import, "_add_portions", lambda portions: {}["stop"])
        with pytest.raises(KeyError):
            import_foods(table)

    assert all_rows() == before
    import_foods(table)
    assert imported("01001").portions.count() == 4


def test_figures_are_in_the_units_of_the_site_and_without_deleted_nutrients(table):
    Nutrient.objects.filter(slug="vitamin-b12").update(unit="mg")
    Nutrient.objects.filter(slug="folate").update(unit="mcg")
    Nutrient.objects.get(slug="copper").delete()
    _, errors = import_foods(table)

    assert "The column “folate_mcg_dfe” is left out: this site counts" in errors
    amounts = dict(imported("01001").amounts.values_list("nutrient__slug", "per_100g"))
    # 0.17 micrograms.
    assert amounts["vitamin-b12"] == Decimal("0.0002")
    assert amounts["iron"] == Decimal("0.02")
    assert not {"copper", "folate"} & amounts.keys()
