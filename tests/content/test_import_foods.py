"""Import tables of foods: your own, and those of agencies as they are published."""

import codecs
import gzip
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from nutrients.models import FoodSource
from tests.content.food_files import FOODS, import_foods, imported_foods, packed, workbook, written

pytestmark = pytest.mark.django_db

WHOLE = FOODS.read_bytes()
# FoodData Central's files, with columns that are read and some that are not.
FDC = {
    "food.csv": (
        '"fdc_id","data_type","description","food_category_id","publication_date"\n'
        '"321358","foundation_food","Hummus, commercial","16","2019-04-01"\n'
        '"321357","foundation_food","Hummus, commercial","16","2018-04-01"\n'
        '"2346396","foundation_food","Flour, \xa0oat","20","2022-10-28"\n'
        '"319874","sub_sample_food","HUMMUS, SABRA CLASSIC","16","2019-04-01"\n'
    ),
    "foundation_food.csv": (
        '"fdc_id","NDB_number","footnote"\n"321358","16999",""\n"2346396","",""\n'
    ),
    "food_category.csv": (
        '"id","code","description"\n"16","1600","Legumes and Legume Products"\n'
        '"20","2000","Cereal Grains and Pasta"\n'
    ),
    "food_nutrient.csv": (
        '"id","fdc_id","nutrient_id","amount","data_points"\n'
        '"1","321358","1090","71.1","9"\n"2","321358","1114","","9"\n"3","321358","1008","229","1"\n'
        '"4","2346396","1090","125.5","8"\n"5","319874","1090","68.2","1"\n'
        '"6","321358","1003","7.35","9"\n"7","321358","2047","243","1"\n'
        '"8","321358","1165","0.06319","8"\n"9","321358","1098","6.25E-4","8"\n'
        '"10","2346396","2048","387","8"\n"11","2346396","2047","389.4","8"\n'
        '"12","321357","1090","70.9","9"\n"13","321358","1177","36","9"\n'
    ),
    "measure_unit.csv": '"id","name"\n"1001","tablespoon"\n"9999","undetermined"\n',
    "food_portion.csv": (
        '"id","fdc_id","seq_num","amount","measure_unit_id","portion_description","modifier",'
        '"gram_weight"\n"118804","321358","1","2.0","1001","","","33.9"\n'
        '"118805","2346396","1","","9999","","cup","104"\n'
    ),
}


def amounts(food):
    """Return the amounts in 100 g of an imported food by nutrient."""
    rows = imported_foods().get(name=food).amounts
    return dict(rows.values_list("nutrient__slug", "per_100g"))


@pytest.mark.parametrize(
    "table",
    [
        b"id,name,group,magnesium_mg,vitamin_d_mcg\n7,Oat biscuit,nuts,65.5,\n8,Plum,nuts,7,0\n",
        # As a spreadsheet saves it.
        codecs.BOM_UTF8
        + b"id;name;group;magnesium_mg;vitamin_d_mcg\r\n7;Oat biscuit;nuts;65,5;\r\n"
        b"8;Plum;nuts;7;0\r\n",
        gzip.compress(
            codecs.BOM_UTF8
            + "id\tname\tgroup\tMagnesium (g/100 g)\tVitamin D (µg)\n"
            "7\tOat biscuit\tnuts\t0.0655\tn\n8\tPlum\tnuts\t0.007\ttr\n".encode()
        ),
    ],
    ids=["commas", "semicolons and a mark", "tabs and grams, compressed"],
)
def test_own_table_is_read_as_people_write_it(tmp_path, table):
    output, _ = import_foods(written(tmp_path / "own.csv", table))

    assert output.startswith("own-table: 2 foods added with 3 amounts")
    assert amounts("Oat biscuit") == {"magnesium": Decimal("65.5")}
    assert amounts("Plum") == {"magnesium": 7, "vitamin-d": 0}
    plum = imported_foods().get(name="Plum")
    assert (plum.slug, plum.group.slug) == ("plum-8", "nuts")
    assert {amount.source.slug for amount in plum.amounts.all()} == {"own-table"}
    assert "nothing to add" in import_foods(tmp_path / "own.csv")[0]


def test_number_of_a_food_is_unique_within_its_source_only(tmp_path):
    almonds = FoodSource.objects.get(slug="almonds").usda_ndb_number
    import_foods(written(tmp_path / "one.csv", f"id,name,iron_mg\n{almonds},Rusk,2\n"), "first")
    other = written(tmp_path / "other.csv", f"id,name,iron_mg,Iron (oz)\n{almonds},Wafer,3,4\n")
    assert "The column “Iron (oz)” is left out: its unit is" in import_foods(other, "second")[1]

    assert (amounts("Rusk"), amounts("Wafer")) == ({"iron": 2}, {"iron": 3})


def test_food_is_served_and_measured_as_its_table_says(tmp_path):
    foods = (
        "id,name,iron_mg,energy_kcal,serving,serving_grams\n"
        "1,Rusk,2,400,1 rusk,9.5\n2,Crisps,2,400,1 bag,\n3,Tart,2,400,,28\n"
        "4,Saffron,2,400,1 pinch,0.001\n"
    )
    portions = "id,amount,unit_description,grams\n1,1,packet,120\n"
    import_foods(
        written(tmp_path / "foods.csv", foods), portions=written(tmp_path / "p.csv", portions)
    )

    assert list(imported_foods().values_list("serving_description", "serving_grams")) == [
        ("100 g", 100),
        ("1 rusk", Decimal("9.5")),
        ("100 g", 100),
        ("28 g", 28),
    ]
    rusk = FoodSource.objects.get(name="Rusk")
    assert rusk.energy_kcal == 400
    portion = rusk.portions.get()
    assert (portion.description, portion.grams) == ("1 packet", 120)


USDA_HEADER = (
    "ndb_no,description,food_group,usda_fdc_id,magnesium_mg,iron (g/100 g),energy_kcal,serving,"
    "serving_grams"
)
# Lines that cannot be used, each with the reason.
BAD_LINES = {
    "99001,Rusk,,,some,,,,": "magnesium_mg is “some”, which is not a number.",
    "99001,Rusk,,,1e3,,,,": "magnesium_mg is “1e3”, which is not a number.",
    "99001,Rusk,,,1 234,,,,": "magnesium_mg is “1 234”, which is not a number.",
    "99001,Rusk,,,٣,,,,": "magnesium_mg is “٣”, which is not a number.",
    '99001,Rusk,,,"1,5",,,,': "magnesium_mg is “1,5”, which is not a number.",
    "99001,Rusk,,,-0.1,,,,": "magnesium_mg is -0.1, and cannot be negative.",
    "99001,Rusk,,,100001,,,,": "magnesium_mg is 100001: at most 100,000.",
    "99001,Rusk,,,1,101,,,": "iron (g/100 g) is 101: at most 100.",
    "99001,Rusk,,,1,,3700,,": "energy_kcal is 3700: at most 902.",
    "99001,Rusk,,,1,,,1 bag,2835": "serving_grams is 2835: at most 2,000.",
    f"99001,Rusk,,,1,,,{'x' * 81},5": "serving must be 1 to 80 characters of plain text.",
    "103,Rusk,,,1,,,,": "ndb_no is “103”, and must be four to six digits.",
    "9101,Rusk,,,1,,,,": "food 09101 is in a line above already.",
    "99001,Rusk,,12x,1,,,,": "usda_fdc_id is “12x”, and must be a whole number.",
    "99001,,,,1,,,,": "description must be 1 to 200 characters of plain text.",
    "99001,Rusk\x00,,,1,,,,": "description must be 1 to 200 characters of plain text.",
    "99001,1,Rusk": "it has 3 columns, and the header has 9.",
    "": "it has 0 columns, and the header has 9.",
    '99001,1,"never closed,1': "it cannot be split into columns",
}


def test_lines_that_cannot_be_used_are_left_out_until_they_are_corrected(tmp_path):
    good = ["09101,Bun,,,1,0.5,,,", "99002,Wafer,,,5.5,,,,"]
    table = written(tmp_path / "foods.csv", [USDA_HEADER, *good, *BAD_LINES])
    _, errors = import_foods(table)

    for number, reason in enumerate(BAD_LINES.values(), start=4):
        assert f"foods.csv, line {number}: {reason}" in errors
    assert errors.endswith("19 lines were left out. Correct the table and run this again.")
    assert list(imported_foods().values_list("name", flat=True)) == ["Bun", "Wafer"]
    assert amounts("Bun") == {"magnesium": 1, "iron": 500}
    written(table, [USDA_HEADER, *good, "99001,Rusk,,,1,,,,"])
    assert "1 food added with 1 amount," in import_foods(table)[0]


def test_numbers_of_foods_that_differ_in_punctuation_alone_are_no_two_foods(tmp_path):
    lines = ["id;name;magnesium_mg", "1.1;Rusk;1.234,5", "1.1;Rusk;5,5", "11;Rusk;6"]
    _, errors = import_foods(written(tmp_path / "own.csv", lines))

    assert errors.splitlines()[:2] == [
        "own.csv, line 2: magnesium_mg is “1.234,5”, which is not a number.",
        "own.csv, line 4: food 11 is in a line above already.",
    ]
    assert amounts("Rusk") == {"magnesium": Decimal("5.5")}


def test_bad_portion_stops_the_import(tmp_path):
    foods = written(tmp_path / "foods.csv", "ndb_no,description,iron_mg\n99001,Rusk,2\n")
    header, good = "ndb_no,amount,unit_description,grams", "99001,1,cup,30"
    for line, reason in {
        "99001,1,tbsp,heavy": "grams is “heavy”, which is not a number",
        "99001,1,tbsp,0.001": "a portion needs an amount and grams above zero",
        "99001,,tbsp,14": "a portion needs an amount and grams above zero",
        "99001,1,tbsp": "it has 3 columns, and the header has 4",
    }.items():
        portions = written(tmp_path / "portions.csv", [header, good, line])
        _, errors = import_foods(foods, portions=portions)
        assert errors.startswith(f"portions.csv, line 3: {reason}.\n")

    _, errors = import_foods(foods, portions=written(tmp_path / "p.csv", "id,id\n1,1\n"))
    assert "has the column “id” twice: keep one." in errors
    _, errors = import_foods(foods, portions=written(tmp_path / "p.csv", "id,amount\n1,1\n"))
    assert "lacks the columns unit_description and grams." in errors
    assert not imported_foods().exists()


@pytest.mark.parametrize(("number", "restored"), [("7089", "07089"), ("100173", "100173")])
def test_number_of_a_food_may_lack_its_zero_or_have_six_digits(tmp_path, number, restored):
    foods = f"ndb_no,description,iron_mg\n{number},Rusk,2\n"
    portions = f"ndb_no,amount,unit_description,grams\n{number},2,oz,56.7\n"
    import_foods(
        written(tmp_path / "foods.csv", foods), portions=written(tmp_path / "p.csv", portions)
    )

    rusk = FoodSource.objects.get(usda_ndb_number=restored)
    assert rusk.slug == f"rusk-{restored}"
    assert rusk.portions.get().description == "2 oz"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("food,magnesium_mg\nRusk,1\n", "is not understood. It needs a header with the columns id"),
        ("id,name\n1,Rusk\n", "has no column of amounts in 100 g, such as magnesium_mg"),
        ("", "is not understood"),
        ("id,name,iron_mg,iron_mg\n1,Rusk,1,2\n", "has the column “iron_mg” twice: keep one."),
        (f'"{"x" * 200_000}"', "is not understood"),
        (b"\xd0\xcf\x11\xe0 no workbook", "is damaged"),
        (b"PK\x03\x04 no zip", "is damaged"),
        ("id;name;Magnésium (mg/100 g)\n".encode("cp1252"), ": save it as “CSV UTF-8”"),
        (WHOLE[:20_000], "is damaged"),
        (WHOLE[:5000] + b"\0" * 200 + WHOLE[5200:], "is damaged"),
        # Its checksum is in the last eight bytes.
        (WHOLE[:-8] + bytes([WHOLE[-8] ^ 1]) + WHOLE[-7:], "is damaged"),
    ],
)
def test_table_that_cannot_be_read_is_refused_with_the_reason(tmp_path, text, reason):
    _, errors = import_foods(written(tmp_path / "own.csv", text))

    assert reason in errors
    assert not imported_foods().exists()


def test_missing_file_or_source_is_named(tmp_path):
    table = tmp_path / "own.csv"
    assert import_foods(table)[1] == f"{table} cannot be read: No such file or directory."
    written(table, "id,name,iron_mg\n1,Rusk,2\n")
    with pytest.raises(CommandError, match="no source unlisted: run `manage"):
        call_command("import_foods", table, source="unlisted")


@pytest.mark.postgresql
def test_fooddata_central_is_read(tmp_path):
    folder = "FoodData_Central_foundation_food_csv_2025-04-24/"
    files = {f"{folder}{name}": text for name, text in FDC.items()}
    output, errors = import_foods(packed(tmp_path / "foundation.zip", files), "fdc-foundation")
    hummus, oats = imported_foods().order_by("-usda_ndb_number")

    assert output.startswith("fdc-foundation: 2 foods added with 4 amounts, 2 portions added")
    assert "The column “folate_total_mcg” is left out" in errors
    assert (hummus.usda_ndb_number, hummus.usda_fdc_id) == ("16999", 321358)
    assert (oats.usda_ndb_number, oats.usda_fdc_id) == ("", 2346396)
    assert oats.name == "Flour, oat"
    figures = {"magnesium": Decimal("71.1"), "thiamin": Decimal("0.0632")}
    assert amounts("Hummus, commercial") == figures | {"copper": Decimal("0.0006")}
    assert (hummus.energy_kcal, oats.energy_kcal) == (229, 387)
    assert hummus.group.slug == "legumes"
    assert str(hummus.portions.get().description) == "2.0 tablespoon"
    assert str(oats.portions.get().description) == "1 cup"


def test_fooddata_central_without_such_foods_or_in_a_damaged_file_is_refused(tmp_path):
    branded = FDC | {"food.csv": FDC["food.csv"].replace("foundation_food", "branded_food")}
    _, errors = import_foods(packed(tmp_path / "branded.zip", branded))
    assert "holds neither Foundation Foods nor SR Legacy" in errors

    table = packed(tmp_path / "foundation.zip", FDC)
    # The version that a program needs to read the first file of the directory.
    data = table.read_bytes().replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff", 1)
    assert "foundation.zip is damaged: zip file version" in import_foods(written(table, data))[1]


# The columns of both editions of CIQUAL, of 2020 and of 2025.
CIQUAL = {
    "eng": [
        *("alim_grp_nom_eng", "alim_code", "alim_nom_eng"),
        "Energy,\nRegulation\nEU No\n1169/2011 (kcal/100g)",
        "Alpha-tocopherol\n(vitamine E)(mg/100g)",
        "Vitamin\nE (mg/100g)",
        "Vitamin B9 or\ntotal folates,\ndietary folate\nequivalents, DFE\n(µg/100g)",
        *("Magnesium (mg/100g)", "Sodium (mg/100g)", "Vitamin B12 (µg/100g)", "Jones\nfactor"),
        "Vitamin B9 or Folate (µg/100g)",
        "Vitamin\nB9 or\ntotal\nfolates\n(µg/100g)",
    ],
    "fr": [
        *("alim_grp_nom_fr", "alim_code", "alim_nom_fr"),
        "Energie,\nRèglement\nUE N°\n1169/2011 (kcal/100 g)",
        "Alpha-tocophérol\n(vitamine E) (mg/100 g)",
        "Vitamine\nE (mg/100 g)",
        "Vitamine B9 ou\nFolates totaux,\néquivalents folates\nalimentaires, DFE (µg/100 g)",
        *("Magnésium (mg/100 g)", "Sodium (mg/100g)", "Vitamine B12 (µg/100 g)"),
        "Facteur\nde\nJones",
        "Vitamine B9 ou Folates totaux (µg/100 g)",
        "Vitamine\nB9 ou\nFolates\ntotaux (µg/100 g)",
    ],
}


@pytest.mark.parametrize("language", ["eng", "fr"])
def test_ciqual_is_read(tmp_path, language):
    header = CIQUAL[language]
    rows = [
        ["additives", "9310", "Oat, raw"],
        ["cereals", "9310", "Oat, raw", "383", "-", "", "", "134", "traces", "< 0,5", 6.25, "32,4"],
        ["salads", 25600, "Celeriac salad", 114, "2,2", "-", "27,5", "-", 2, "", 6.25, "", "6,39"],
        ["salads", 25601, "Tuna salad", "117,5", "-", "1,6", "-", "228,5", "", "", 6.25, "", "31"],
        ["drinks", 18020, "Tea", 0.063, "2,20001", "1,6", "< 1", "", "", "", 6.25, "", "-"],
    ]
    path = workbook(tmp_path / "c.xlsx", {"food composition": [header, *rows]})
    output, errors = import_foods(path, "ciqual")

    assert output.startswith("ciqual: 4 foods added with 10 amounts")
    # Plain micrograms of folate.
    left_out = {" ".join(column.split()) for column in header[-2:]}
    assert all(f"The column “{column}” is left out" in errors for column in left_out)
    assert errors.count("\n") == len(left_out)
    assert amounts("Oat, raw") == {"magnesium": 134, "sodium": 0, "vitamin-b12": 0}
    celeriac = {"vitamin-e": Decimal("2.2"), "folate": Decimal("27.5"), "sodium": 2}
    assert amounts("Celeriac salad") == celeriac
    assert amounts("Tuna salad") == {"vitamin-e": Decimal("1.6"), "magnesium": Decimal("228.5")}
    assert amounts("Tea") == {"vitamin-e": Decimal("2.2"), "folate": 0}
    energies = imported_foods().order_by("pk").values_list("energy_kcal", flat=True)
    assert [str(energy) for energy in energies] == ["383.00", "114.00", "117.50", "0.06"]
    # Two figures of a food would be one too many.
    twice = workbook(tmp_path / "t.xlsx", {"foods": [[*header, header[3]], [*rows[2], 1]]})
    assert "twice: keep one." in import_foods(twice, "ciqual")[1]


def test_cofid_is_read(tmp_path):
    first = ["Food Code", "Food Name", "Description", "Group"]
    beer = ["17-207", "Beer, bitter", "", "QA"]
    twice = ["13-145", "Ackee, again", "", "DG"]
    sheets = {
        "1.1 Notes": [["Composition of foods"], ["Read me"]],
        "1.3 Proximates": [
            [*first, "Energy (kcal) (kcal)", "Energy (kJ) (kJ)"],
            ["", "", "", "", "KCALS", "KJ"],
            ["", "", "", "", "Energy", "Energy"],
            ["13-145", "Ackee, canned, drained", "10 cans", "DG", 151, 625],
            [*beer, 30, 124],
            [*twice, 151, 625],
            ["13-147", "Agar, dried, soaked and drained", "", "DG", 2, 7],
        ],
        "1.4 Inorganics": [
            [*first, "Sodium (mg)", "Magnesium (mg)", "Iron (mg)", "Energy (kcal) (kcal)"],
            ["13-145", "Ackee, canned, drained", "10 cans", "DG", 240, 40, 0.7000000000000001, 151],
            [*beer, 6, 7, 0.1],
            ["13-147", "Agar", "", "DG", 12, 2, 0.2, 20],
        ],
        "1.5 Vitamins": [
            [*first, "Vitamin D (µg)", "Thiamin (mg)", "Vitamin B12 (µg)", "Folate (µg)"],
            ["13-145", "Ackee, canned", "10 cans", "DG", 0, "0.03", "Tr", "N"],
        ],
    }
    output, errors = import_foods(workbook(tmp_path / "cofid.xlsx", sheets), "cofid")

    assert output.startswith("cofid: 2 foods added with 6 amounts")
    assert "2 lines were left out" in errors
    for row in ("1.3 Proximates: food 13-145", "1.4 Inorganics: food 13-147"):
        assert f"cofid.xlsx, {row} has another name or figure in an earlier row." in errors
    assert "Left out are alcoholic drinks, measured in 100 ml: 1 (groups Q)." in errors
    ackee = {"sodium": 240, "magnesium": 40, "vitamin-d": 0, "vitamin-b12": 0}
    ackee |= {"iron": Decimal("0.7"), "thiamin": Decimal("0.03")}
    assert amounts("Ackee, canned, drained") == ackee
    assert FoodSource.objects.get(slug="ackee-canned-drained-13-145").energy_kcal == 151
