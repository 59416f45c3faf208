"""Open data: the files hold what the database holds, for programs and for spreadsheets."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import reversion
from django.apps import apps

from nutrients.models import (
    Answer,
    Article,
    Association,
    ChangeNote,
    FoodPortion,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    RedFlag,
    RedFlagRule,
    ReferenceIntake,
    RiskFactor,
    Source,
    Symptom,
)
from nutrients.models.articles import ArticleSection
from nutrients.open_data import TABLES, Kind
from nutrients.open_data.cells import raw_text, safe_cell
from tests import factories

pytestmark = pytest.mark.usefixtures("content")

MODELS = {
    "nutrients": Nutrient,
    "symptoms": Symptom,
    "associations": Association,
    "foods": FoodSource,
    "portions": FoodPortion,
    "amounts": NutrientAmount,
    "intakes": ReferenceIntake,
    "risk-factors": RiskFactor,
    "other-causes": OtherCause,
    "interactions": Interaction,
    "red-flags": RedFlag,
    "rules": RedFlagRule,
    "answers": Answer,
    "sources": Source,
    "articles": Article,
    "sections": ArticleSection,
    "changes": ChangeNote,
}
NAMES = [table.name for table in TABLES]
# What a field is called in the files where it has another name; the state is always published.
RENAMED = {"publish_at": "published_at", "source": "sources"}
LEFT_OUT = {"id", "status"}
# The key of a row already holds its slug.
KEYS = {"slug": "id"}
ANSWER_NAMES = {"slug": "answer"}
NUMBERS = {Kind.NUMBER: Decimal, Kind.DAY: date.fromisoformat, Kind.MOMENT: datetime.fromisoformat}


def body(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def table(client):
    """The rows of a CSV file as dictionaries of cells, apostrophes before formulas taken off."""

    def get(name):
        text = body(client.get(f"/data/{name}.csv")).decode()
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        return [{key: raw_text(cell) for key, cell in row.items()} for row in rows]

    return get


@pytest.fixture
def more_rows(content):
    """Rows of the two tables that the shipped content leaves empty."""
    ChangeNote.objects.create(text="=A line\nand another", title="-Zinc", address="/changes/")
    spinach = FoodSource.objects.get(slug="spinach-raw")
    FoodPortion.objects.create(food=spinach, description="1 cup", grams=30)


def parsed(column, cell):
    """The value that a cell of a column stands for."""
    if column.kind == Kind.LIST:
        return cell.split("; ") if cell else []
    if column.kind == Kind.YES_NO:
        return {"true": True, "false": False, "": None}[cell]
    if not cell:
        return None if column.kind in NUMBERS else ""
    return NUMBERS.get(column.kind, str)(cell)


def stored(row, field):
    """The value of a field in the database, a row it leads to as its slug."""
    if field.many_to_many:
        linked = getattr(row, field.name).all()
        if field.related_model is Answer:
            return sorted(f"{answer.question.slug}/{answer.slug}" for answer in linked)
        # A link to a draft is nobody's business yet.
        return sorted(row.slug for row in linked if getattr(row, "status", "published") != "draft")
    value = getattr(row, field.name)
    return value.slug if field.is_relation else value


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_every_row_comes_back_from_the_csv_file(table, more_rows, name):
    columns = {
        column.name: column for each in TABLES if each.name == name for column in each.columns
    }
    model = MODELS[name]
    rows = table(name)
    names = RENAMED | (ANSWER_NAMES if model is Answer else KEYS)
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    fields = [field for field in fields if field.name not in LEFT_OUT]

    expected = [
        {names.get(field.name, field.name): stored(row, field) for field in fields}
        for row in model._default_manager.all()
        if getattr(row, "status", "published") == "published"
    ]

    found = [
        {key: parsed(columns[key], row[key]) for key in (expected[0] if expected else ())}
        for row in rows
    ]
    assert len(rows) == len(expected) > 0
    assert sorted(map(repr, map(plain, found))) == sorted(map(repr, map(plain, expected)))


def plain(row):
    """A row whose numbers compare by value, moments in UTC, and one source as a list would."""
    plains = {Decimal: lambda n: f"{n.normalize():f}", int: str, datetime: utc}
    return {key: plains.get(type(value), lambda v: v)(value) for key, value in sorted(row.items())}


def utc(moment):
    return moment.astimezone(UTC).isoformat()


@pytest.mark.parametrize("name", NAMES)
def test_json_holds_the_rows_of_the_csv_file_under_the_same_names(client, table, name):
    data = json.loads(body(client.get(f"/data/{name}.json")))
    rows = table(name)

    assert data["table"] == name
    assert [list(row) for row in data["rows"]] == [list(row) for row in rows]
    assert [row.get("id") for row in data["rows"]] == [row.get("id") for row in rows]
    assert [row["version"] for row in data["rows"]] == [data["version"]] * len(rows)


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_are_unique_and_rows_name_licence_and_version(table, more_rows, name):
    rows = table(name)

    assert rows
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["licence"] and row["version"] for row in rows)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"sources", "answers", "changes", "articles"}))
def test_rows_name_sources_that_are_in_the_table_of_sources(table, more_rows, name):
    known = {row["id"] for row in table("sources")}
    rows = table(name)

    assert {slug for row in rows for slug in row["sources"].split("; ") if slug} <= known
    assert any(row["sources"] for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_that_is_an_amount_has_its_unit_in_the_row_or_the_dictionary(client, name):
    dictionary = json.loads(body(client.get("/data/dictionary.json")))
    columns = {row["column"]: row for row in dictionary if row["table"] == name}
    bare = {"position", "group_position", "question_position", "usda_fdc_id"}

    amounts = [row for key, row in columns.items() if row["kind"] == "number" and key not in bare]

    assert all(row["unit"] for row in amounts)
    units = {row["unit"] for row in amounts} - {"g", "mg", "kcal", "years"}
    assert units <= set(columns)


def test_dictionary_explains_every_column_of_every_file_and_nothing_else(client):
    dictionary = list(
        csv.DictReader(io.StringIO(body(client.get("/data/dictionary.csv")).decode()))
    )
    headers = {
        (name, column)
        for name in NAMES
        for column in next(csv.reader(io.StringIO(body(client.get(f"/data/{name}.csv")).decode())))
    }

    assert {(row["table"], row["column"]) for row in dictionary} == headers
    assert all(row["meaning"] for row in dictionary)
    assert json.loads(body(client.get("/data/dictionary.json"))) == dictionary


def test_values_are_those_that_the_dictionary_lists(client, table):
    dictionary = json.loads(body(client.get("/data/dictionary.json")))
    listed = [row for row in dictionary if row["values"]]

    strange = [
        f"{row['table']}.{row['column']}: {cells - set(row['values'].split('; ')) - {''}}"
        for row in listed
        if not (cells := {each[row["column"]] for each in table(row["table"])})
        <= {*row["values"].split("; "), ""}
    ]

    assert len(listed) > 20
    assert strange == []


def test_only_public_rows_are_in_the_files(table):
    now = datetime.now(UTC)
    Nutrient.objects.filter(slug="magnesium").update(status="draft")
    Symptom.objects.filter(slug="tremor").update(publish_at=now.replace(year=now.year + 1))
    Article.objects.filter(slug="night-leg-cramps").update(status="draft")

    assert "magnesium" not in {row["id"] for row in table("nutrients")}
    for name in ("associations", "amounts", "intakes"):
        assert "magnesium" not in {row["nutrient"] for row in table(name)}
    assert "tremor" not in {row["symptom"] for row in table("associations")}
    assert not [row for row in table("other-causes") if "tremor" in row["symptoms"].split("; ")]
    assert not [row for row in table("rules") if "tremor" in row["symptoms"].split("; ")]
    assert "night-leg-cramps" not in {row["article"] for row in table("sections")}


def test_rule_that_names_a_hidden_tick_is_left_out_whole(table):
    flag, tick = factories.flag("stiff", "urgent"), factories.symptom("stiffness")
    factories.rule(flag, symptoms=[tick, Symptom.objects.get(slug="tremor")])
    assert "stiff-rule" in {row["id"] for row in table("rules")}

    tick.status = "draft"
    tick.save()

    assert "stiff-rule" not in {row["id"] for row in table("rules")}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'=1", "＝1"])
def test_no_cell_begins_like_a_formula_and_the_text_comes_back(client, table, text):
    Nutrient.objects.filter(slug="zinc").update(tagline=text)
    Nutrient.objects.filter(slug="magnesium").update(tagline=text)

    raw = csv.reader(io.StringIO(body(client.get("/data/nutrients.csv")).decode(), newline=""))

    assert not [cell for row in raw for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert safe_cell(text).startswith("'")
    assert text in {row["tagline"] for row in table("nutrients")}


def test_unknown_is_an_empty_cell_and_nought_a_nought(client, table):
    salt = next(row for row in table("foods") if row["is_food"] == "false")
    amounts = {row["id"]: row["per_100g"] for row in table("amounts")}

    assert salt["serving_grams"] == ""
    assert amounts["spinach-raw/vitamin-d"] == "0"


def test_figures_of_the_usda_are_in_the_public_domain_and_own_words_have_no_licence(table):
    assert {row["licence"] for row in table("amounts") if row["sources"] == "usda-sr28"} == {
        "US government work: public domain (CC0)."
    }
    assert "no licence has been granted" in table("articles")[0]["licence"]


def test_empty_site_still_has_its_files(client, no_content, table):
    assert client.get("/data/").status_code == 200
    assert [table(name) for name in NAMES] == [[]] * len(NAMES)
    assert "Last-Modified" not in client.get("/data/nutrients.csv")


def test_every_sort_of_content_is_in_a_table():
    # Groups and questions stand in the rows that belong to them; the others are not for readers.
    elsewhere = {"FoodGroup", "Question", "SafetyCase", "Synonym"}
    kept = {
        model.__name__
        for model in apps.get_app_config("nutrients").get_models()
        if reversion.is_registered(model)
    }

    assert kept - elsewhere == {model.__name__ for model in MODELS.values()}
