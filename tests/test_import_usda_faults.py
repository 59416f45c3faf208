"""Bad lines and broken files: named by line, left out, and never at the cost of another line."""

import gzip
import io
import re

import pytest
from django.core.management import CommandError, call_command

from nutrients.models import FoodPortion, FoodSource
from tests.usda_tables import FOODS, PORTIONS, lines_of, with_cell, write

pytestmark = pytest.mark.django_db

HEADER, *LINES = lines_of(FOODS, 11)
# Line 4 of the table: the third food.
BAD = 2
NUMBER = LINES[BAD][:5]


def import_foods(table, portions=PORTIONS):
    """Import and give what was said of bad lines; None where all is well."""
    err = io.StringIO()
    try:
        call_command("import_usda", file=table, portions=portions, stdout=io.StringIO(), stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return None


def table_with(tmp_path, line):
    return write(tmp_path / "foods.csv.gz", [HEADER, *LINES[:BAD], line, *LINES[BAD + 1 :]])


def imported():
    foods = FoodSource.objects.filter(is_curated=False)
    return set(foods.values_list("usda_ndb_number", flat=True))


def whole():
    chosen = set(FoodSource.objects.filter(is_curated=True).values_list("usda_ndb_number"))
    return {line[:5] for line in LINES if (line[:5],) not in chosen}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("magnesium_mg", "some", "magnesium_mg is “some”, which is not a number"),
        ("magnesium_mg", "1,5", "magnesium_mg is “1,5”, which is not a number"),
        ("magnesium_mg", "NaN", "magnesium_mg is “NaN”, which is not a number"),
        ("magnesium_mg", "1e3", "magnesium_mg is “1e3”, which is not a number"),
        ("magnesium_mg", "٣", "magnesium_mg is “٣”, which is not a number"),
        ("iron_mg", "-0.1", "iron_mg is -0.1, and cannot be negative"),
        ("iron_mg", "0.00001", "iron_mg is 0.00001: at most 7 digits and 4 decimals"),
        ("calcium_mg", "123456789", "calcium_mg is 123456789: at most 7 digits and 4 decimals"),
        ("energy_kcal", "-5", "energy_kcal is -5, and cannot be negative"),
        ("ndb_no", "1003", "ndb_no is “1003”, and must be five digits"),
        ("ndb_no", "01001", "food 01001 stands in line 2 already"),
        ("usda_fdc_id", "12x", "usda_fdc_id is “12x”, and must be a whole number"),
        ("description", "", "description must be 1 to 200 characters of plain text"),
        ("description", "x" * 201, "description must be 1 to 200 characters of plain text"),
        ("description", "Butter\x00", "description must be 1 to 200 characters of plain text"),
    ],
)
def test_a_bad_cell_costs_its_line_alone_and_is_imported_once_it_is_right(
    tmp_path, column, value, reason
):
    bad = table_with(tmp_path, with_cell(LINES[BAD], column, value, HEADER))
    said = import_foods(bad)

    assert f"foods.csv.gz, line 4: {reason}." in said
    assert said.endswith("1 line was left out. Put them right and run it again.")
    assert imported() == whole() - {NUMBER}
    assert import_foods(write(tmp_path / "foods.csv.gz", [HEADER, *LINES])) is None
    assert imported() == whole()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINES[BAD].rpartition(",")[0], "it has 19 columns, and the header has 20"),
        (f"{LINES[BAD]},7", "it has 21 columns, and the header has 20"),
        ("", "it has 0 columns, and the header has 20"),
        (LINES[BAD].replace('"', "", 1), "it has 2"),
        (f'{NUMBER},1,"never closed,1', "it cannot be split into columns"),
        (LINES[BAD].encode().replace(b"Butter", b"B\xfftter"), "it is not UTF-8 from byte"),
    ],
)
def test_a_line_that_cannot_be_read_costs_no_other(tmp_path, line, reason):
    assert f"foods.csv.gz, line 4: {reason}" in import_foods(table_with(tmp_path, line))
    assert imported() == whole() - {NUMBER}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("01001,1,tbsp,heavy", "grams is “heavy”, which is not a number"),
        ("01001,1,tbsp,-14", "grams is -14, and cannot be negative"),
        ("01001,1,tbsp,0", "a portion needs an amount and grams above zero"),
        ("01001,,tbsp,14", "a portion needs an amount and grams above zero"),
        ("01001,1,tbsp", "it has 3 columns, and the header has 4"),
        ("1001,1,tbsp,14", "ndb_no is “1001”, and must be five digits"),
    ],
)
def test_a_bad_portion_is_left_out_and_added_once_it_is_right(tmp_path, line, reason):
    foods = write(tmp_path / "foods.csv.gz", [HEADER, *LINES])
    header, first, second, *rest = lines_of(PORTIONS, 30)
    assert second.startswith("01001,1,tbsp,")
    said = import_foods(foods, write(tmp_path / "portions.csv.gz", [header, first, line, *rest]))

    assert f"portions.csv.gz, line 3: {reason}." in said
    butter = FoodPortion.objects.filter(food__usda_ndb_number="01001")
    assert sorted(butter.values_list("description", flat=True)) == [
        "1 cup",
        '1 pat (1" sq, 1/3" high)',
        "1 stick",
    ]
    whole_table = [header, first, second, *rest]
    assert import_foods(foods, write(tmp_path / "portions.csv.gz", whole_table)) is None
    assert butter.filter(description="1 tbsp").count() == 1
    assert butter.count() == 4


def test_a_file_cut_short_is_read_as_far_as_it_goes_and_finished_later(tmp_path):
    data = FOODS.read_bytes()
    cut = tmp_path / "foods.csv.gz"
    cut.write_bytes(data[: len(data) // 20])
    said = import_foods(cut)

    line = int(re.search(r"foods.csv.gz, line (\d+): the file breaks off here", said)[1])
    whole_lines = lines_of(FOODS, line - 1)
    there = {"01001", whole_lines[-1][:5]}
    assert there <= set(FoodSource.objects.values_list("usda_ndb_number", flat=True))
    first = imported()
    assert import_foods(write(cut, lines_of(FOODS, line + 10))) is None
    assert first < imported()


def test_portions_cut_short_stop_the_import_before_it_begins(tmp_path):
    foods = write(tmp_path / "foods.csv.gz", [HEADER, *LINES])
    cut = tmp_path / "portions.csv.gz"
    cut.write_bytes(PORTIONS.read_bytes()[:20_000])

    assert re.search(r"breaks off after line \d+: foods would lack", import_foods(foods, cut))
    assert imported() == set()


def damaged(data):
    """The checksum stands in the last eight bytes."""
    return data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (damaged, "is damaged or no gzip file"),
        (lambda data: data[:5000] + b"\0" * 200 + data[5200:], "is damaged or no gzip file"),
        (gzip.decompress, "is damaged or no gzip file"),
        (lambda data: b"", "lacks the column ndb_no"),
        (lambda data: gzip.compress(b"ndb_no,description\n"), "lacks the column usda_fdc_id"),
        (lambda data: gzip.compress(b'"\xff'), "lacks the column ndb_no"),
    ],
)
def test_a_table_that_cannot_be_trusted_is_not_imported_at_all(tmp_path, make, reason):
    table = tmp_path / "foods.csv.gz"
    table.write_bytes(make(FOODS.read_bytes()))

    assert reason in import_foods(table)
    assert imported() == set()


def test_a_missing_file_is_said_in_a_sentence(tmp_path):
    said = import_foods(tmp_path / "nowhere.csv.gz")

    assert said == f"{tmp_path / 'nowhere.csv.gz'} cannot be read: No such file or directory."
