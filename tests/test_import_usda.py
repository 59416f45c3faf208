"""The import of the USDA's foods: complete, safe to repeat, and never against an editor."""

import io

import pytest
from django.core.management import CommandError, call_command
from reversion.models import Revision

from nutrients.models import (
    Allergen,
    Diet,
    FoodGroup,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Source,
)
from tests.usda_tables import (
    FOODS,
    PORTIONS,
    amounts_of,
    lines_of,
    portions_by_food,
    rows_of,
    write,
)

pytestmark = pytest.mark.django_db

COUNT = 120


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def table(tmp_path):
    """The first foods of the USDA's table; chosen ones are among them."""
    return write(tmp_path / "foods.csv.gz", lines_of(FOODS, COUNT + 1))


def import_foods(table, portions=PORTIONS, stdout=None):
    out = stdout or io.StringIO()
    call_command("import_usda", file=table, portions=portions, stdout=out)
    return out.getvalue()


def imported(number):
    return FoodSource.objects.get(usda_ndb_number=number)


def all_rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (FoodSource, NutrientAmount, FoodPortion, FoodGroup)
    ]


def test_every_food_comes_with_exactly_its_amounts_and_portions(table):
    chosen = set(FoodSource.objects.values_list("usda_ndb_number", flat=True))
    import_foods(table)
    portions = portions_by_food()
    rows = [row for row in rows_of(FOODS, COUNT) if row["ndb_no"] not in chosen]
    assert COUNT > len(rows) > COUNT / 2

    for row in rows:
        food = imported(row["ndb_no"])
        found = dict(food.amounts.values_list("nutrient__slug", "per_100g"))
        assert found == amounts_of(row), food
        assert list(food.portions.values_list("description", "grams")) == portions.get(
            row["ndb_no"], []
        )
        assert str(food.energy_kcal or "") == (row["energy_kcal"] and f"{row['energy_kcal']}.00")
        assert food.usda_fdc_id == (int(row["usda_fdc_id"]) if row["usda_fdc_id"] else None)
        assert food.name == food.usda_description == row["description"]
    assert sum(len(amounts_of(row)) for row in rows) < 13 * len(rows), "no blank cell was tried"


def test_an_imported_food_is_public_and_sourced_and_claims_nothing_that_is_not_known(table, client):
    import_foods(table)
    butter = imported("01001")

    assert butter.slug == "butter-salted-01001"
    assert butter.group.slug == "dairy"
    assert not butter.is_curated
    assert {getattr(butter, flag) for flag in [*Diet.values, *Allergen.values]} == {None}
    assert [source.slug for source in butter.sources.all()] == ["usda-sr28"]
    assert {amount.source.slug for amount in butter.amounts.all()} == {"usda-sr28"}
    assert client.get(butter.get_absolute_url()).status_code == 200


def test_an_import_writes_no_history_and_looks_like_no_edit(table):
    import_foods(table)
    butter = imported("01001")

    assert butter.changed_at == butter.publish_at
    assert not Revision.objects.exists()


def test_a_second_run_adds_nothing_and_changes_nothing(table):
    import_foods(table)
    before = all_rows()

    assert "nothing to add" in import_foods(table)
    assert all_rows() == before


def test_a_chosen_food_keeps_everything_and_gains_its_portions(table):
    row = FoodSource.objects.filter(usda_ndb_number__startswith="010").first()
    kept = FoodSource.objects.filter(pk=row.pk).values().get()
    amounts = list(row.amounts.order_by("pk").values())
    import_foods(table)

    assert FoodSource.objects.filter(pk=row.pk).values().get() == kept
    assert list(row.amounts.order_by("pk").values()) == amounts
    assert (
        list(row.portions.values_list("description", "grams"))
        == portions_by_food()[row.usda_ndb_number]
    )


def test_what_an_editor_changed_stays_changed(table):
    import_foods(table)
    butter = imported("01001")
    butter.name, butter.is_curated, butter.dairy_free = "Salted butter", True, False
    butter.save()
    butter.amounts.filter(nutrient__slug="sodium").update(per_100g=600)
    butter.portions.filter(description="1 cup").update(grams=220)
    before = all_rows()

    assert "nothing to add" in import_foods(table)
    assert all_rows() == before


def test_what_an_editor_deleted_stays_deleted(table):
    import_foods(table)
    imported("01001").delete()
    imported("01002").amounts.all().delete()
    imported("01002").portions.all().delete()
    before = all_rows()

    assert "1 left deleted, nothing to add" in import_foods(table)
    assert all_rows() == before


def test_a_chosen_food_that_an_editor_deleted_before_the_import_stays_deleted(table):
    row = FoodSource.objects.filter(usda_ndb_number__startswith="010").first()
    row.delete()
    import_foods(table)

    assert not FoodSource.objects.filter(usda_ndb_number=row.usda_ndb_number).exists()


def test_a_food_whose_number_an_editor_changed_comes_once(table):
    import_foods(table)
    FoodSource.objects.filter(usda_ndb_number="01001").update(usda_ndb_number="")
    assert "nothing to add" in import_foods(table)
    FoodSource.objects.filter(slug="butter-salted-01001").update(usda_ndb_number="99001")

    assert "nothing to add" in import_foods(table)
    assert FoodSource.objects.filter(name="Butter, salted").count() == 1


def test_groups_are_made_where_they_are_needed_and_editors_names_for_them_stay(tmp_path):
    header, *lines = lines_of(FOODS)
    spices = write(
        tmp_path / "spices.csv.gz", [header, *(line for line in lines if "Spices and" in line)]
    )
    assert not FoodGroup.objects.filter(slug="herbs-and-spices").exists()
    own = FoodGroup.objects.create(slug="spices", name="Herbs and spices")
    import_foods(spices)

    # One of the 64 is a chosen food with a group of its own.
    assert own.foods.count() == 63
    assert not FoodGroup.objects.filter(slug="herbs-and-spices").exists()


def test_a_terminal_sees_a_bar_and_a_log_sees_lines(table):
    bar = import_foods(table, stdout=Terminal())

    assert "\r" in bar
    assert "█" in bar
    assert f"{COUNT} of {COUNT} foods" in import_foods(table)
    assert "\r" not in import_foods(table)


def test_without_the_source_nothing_is_imported(table, no_content):
    with pytest.raises(CommandError, match=r"run .manage\.py load_content. first"):
        import_foods(table)

    assert not FoodSource.objects.exists()


def test_a_nutrient_in_another_unit_stops_the_import(table):
    Nutrient.objects.filter(slug="vitamin-d").update(unit="mg")
    with pytest.raises(CommandError, match="Vitamin D is measured in mg here, and in mcg"):
        import_foods(table)

    assert not FoodSource.objects.filter(is_curated=False).exists()


def test_a_nutrient_that_editors_deleted_is_left_out(table):
    Nutrient.objects.get(slug="copper").delete()
    import_foods(table)

    assert set(imported("01001").amounts.values_list("nutrient__slug", flat=True)) == {
        *amounts_of(rows_of(FOODS, 1)[0])
    } - {"copper"}
    assert Source.objects.filter(slug="usda-sr28").exists()
