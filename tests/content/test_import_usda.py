"""Import the USDA's foods without changing the work of editors."""

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
from tests.content.usda_tables import (
    FOODS,
    PORTIONS,
    amounts_of,
    lines_of,
    portions_by_food,
    rows_of,
    with_cell,
    write,
)

pytestmark = pytest.mark.django_db

COUNT = 120
HEADER, *LINES = lines_of(FOODS, 11)


@pytest.fixture
def table(tmp_path):
    """Write the first foods of the USDA's table, chosen ones among them, to a file."""
    return write(tmp_path / "foods.csv.gz", lines_of(FOODS, COUNT + 1))


def import_foods(table, portions=None):
    """Import a table with these portions, or a few. Return stdout and all errors."""
    portions = portions or write(table.with_name("few.csv.gz"), lines_of(PORTIONS, 1_000))
    return food_files.import_foods(table, food_import.SR28, portions=portions)


def imported(number):
    return FoodSource.objects.get(usda_ndb_number=number)


def imported_numbers():
    foods = FoodSource.objects.filter(is_curated=False)
    return set(foods.values_list("usda_ndb_number", flat=True))


def numbers_in(lines):
    chosen = FoodSource.objects.filter(is_curated=True)
    return {line[:5] for line in lines} - set(chosen.values_list("usda_ndb_number", flat=True))


def all_rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (FoodSource, NutrientAmount, FoodPortion, FoodGroup)
    ]


@pytest.mark.postgresql
def test_every_food_comes_with_its_amounts_and_portions_and_claims_nothing_more(table, client):
    chosen = set(FoodSource.objects.values_list("usda_ndb_number", flat=True))
    import_foods(table)
    portions = portions_by_food()
    rows = [row for row in rows_of(FOODS, COUNT) if row["ndb_no"] not in chosen]
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


def test_curated_food_gains_only_portions_and_a_deleted_one_stays_deleted(table):
    row, deleted = FoodSource.objects.filter(usda_ndb_number__startswith="010")[:2]
    deleted.delete()
    before = FoodSource.objects.filter(pk=row.pk).values().get()
    amounts = list(row.amounts.order_by("pk").values())
    portions = portions_by_food()[row.usda_ndb_number]
    FoodPortion.objects.create(food=row, description=portions[0][0], grams=portions[0][1])
    import_foods(table)

    assert FoodSource.objects.filter(pk=row.pk).values().get() == before
    assert list(row.amounts.order_by("pk").values()) == amounts
    assert list(row.portions.values_list("description", "grams")) == portions
    assert not FoodSource.objects.filter(usda_ndb_number=deleted.usda_ndb_number).exists()


def test_groups_are_added_as_needed_and_keep_the_names_of_editors(tmp_path):
    header, *lines = lines_of(FOODS)
    spices = write(
        tmp_path / "spices.csv.gz", [header, *(line for line in lines if "Spices and" in line)]
    )
    own = FoodGroup.objects.create(slug="spices", name="Herbs and spices")
    import_foods(spices)

    # One of the 64 is a chosen food with a group of its own.
    assert own.foods.count() == 63
    assert not FoodGroup.objects.filter(slug="herbs-and-spices").exists()


@pytest.mark.postgresql
def test_interrupted_import_leaves_nothing_behind(table, monkeypatch):
    before, entries = all_rows(), ShippedRow.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(food_import, "_add_portions", lambda portions: {}["stop"])
        with pytest.raises(KeyError):
            import_foods(table)

    assert (all_rows(), ShippedRow.objects.count()) == (before, entries)
    import_foods(table)
    assert imported("01001").portions.count() == 4


def test_nutrient_in_another_unit_stops_the_import_and_a_deleted_one_is_ignored(table):
    Nutrient.objects.filter(slug="vitamin-d").update(unit="mg")

    assert "Vitamin D is measured in mg here, and in mcg" in import_foods(table)[1]
    assert imported_numbers() == set()
    Nutrient.objects.filter(slug="vitamin-d").update(unit="mcg")
    Nutrient.objects.get(slug="copper").delete()
    import_foods(table)
    slugs = imported("01001").amounts.values_list("nutrient__slug", flat=True)
    assert {*slugs} == {*amounts_of(rows_of(FOODS, 1)[0])} - {"copper"}


@pytest.mark.parametrize(("written", "number"), [("7089", "07089"), ("100173", "100173")])
def test_number_of_a_food_may_lack_its_zero_or_have_six_digits(tmp_path, written, number):
    line = with_cell(LINES[0], "ndb_no", written, HEADER)
    portions = write(tmp_path / "portions.csv.gz", [lines_of(PORTIONS)[0], f"{written},2,oz,56.7"])
    import_foods(write(tmp_path / "foods.csv.gz", [HEADER, line]), portions)

    assert imported(number).slug == f"butter-salted-{number}"
    assert imported(number).portions.get().description == "2 oz"


# Bad cells, each for another line.
BAD_CELLS = [
    ("magnesium_mg", "some", "magnesium_mg is “some”, which is not a number"),
    ("magnesium_mg", "1,5", "magnesium_mg is “1,5”, which is not a number"),
    ("magnesium_mg", "1e3", "magnesium_mg is “1e3”, which is not a number"),
    ("magnesium_mg", "٣", "magnesium_mg is “٣”, which is not a number"),
    ("iron_mg", "-0.1", "iron_mg is -0.1, and cannot be negative"),
    ("calcium_mg", "100001", "calcium_mg is 100001: at most 100,000"),
    ("energy_kcal", "3700", "energy_kcal is 3700: at most 902"),
    ("ndb_no", "103", "ndb_no is “103”, and must be four to six digits"),
    ("ndb_no", "1001", "food 01001 is in a line above already"),
    ("usda_fdc_id", "12x", "usda_fdc_id is “12x”, and must be a whole number"),
    ("description", "", "description must be 1 to 200 characters of plain text"),
    ("description", "Butter\x00", "description must be 1 to 200 characters of plain text"),
]


def test_bad_lines_are_left_out_until_they_are_corrected(tmp_path):
    _, first, *lines = lines_of(FOODS, len(BAD_CELLS) + 6)
    bad, good = lines[: len(BAD_CELLS)], lines[len(BAD_CELLS) :]
    broken = [
        (with_cell(line, column, value, HEADER), f"{reason}.")
        for line, (column, value, reason) in zip(bad, BAD_CELLS, strict=True)
    ]
    broken += [
        ("99001,1,Rusk", "it has 3 columns, and the header has 20."),
        ("", "it has 0 columns, and the header has 20."),
        ('99002,1,"never closed,1', "it cannot be split into columns"),
    ]
    table = [HEADER, first, *(line for line, _ in broken), *good]
    _, errors = import_foods(write(tmp_path / "foods.csv.gz", table))

    for number, (_, reason) in enumerate(broken, start=3):
        assert f"foods.csv.gz, line {number}: {reason}" in errors
    assert errors.endswith(
        f"{len(broken)} lines were left out. Correct the table and run this again."
    )
    assert imported_numbers() == numbers_in([first, *good])
    import_foods(write(tmp_path / "foods.csv.gz", [HEADER, first, *lines]))
    assert imported_numbers() == numbers_in([first, *lines])


def test_bad_portion_stops_the_import(tmp_path):
    foods = write(tmp_path / "foods.csv.gz", [HEADER, *LINES])
    header, first, _, *rest = lines_of(PORTIONS, 30)
    for line, reason in (
        ("01001,1,tbsp,heavy", "grams is “heavy”, which is not a number"),
        ("01001,1,tbsp,0", "a portion needs an amount and grams above zero"),
        ("01001,,tbsp,14", "a portion needs an amount and grams above zero"),
        ("01001,1,tbsp", "it has 3 columns, and the header has 4"),
    ):
        portions = write(tmp_path / "portions.csv.gz", [header, first, line, *rest])
        _, errors = import_foods(foods, portions)

        assert errors.startswith(f"portions.csv.gz, line 3: {reason}.\n")
        assert imported_numbers() == set()


def test_damaged_file_is_not_imported(tmp_path):
    table, whole = tmp_path / "foods.csv.gz", FOODS.read_bytes()
    # Its checksum is in the last eight bytes.
    wrong_sum = whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]
    not_utf8 = LINES[0].encode().replace(b"Butter", b"B\xfftter")
    assert "is not UTF-8 from byte" in import_foods(write(table, [HEADER, not_utf8]))[1]
    for data in (wrong_sum, whole[:20_000], whole[:5000] + b"\0" * 200 + whole[5200:]):
        table.write_bytes(data)

        assert "is damaged" in import_foods(table)[1]
    table.unlink()
    assert import_foods(table)[1] == f"{table} cannot be read: No such file or directory."
    assert imported_numbers() == set()
