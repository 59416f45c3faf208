"""The files of open data have the content of the database, for programs and spreadsheets."""

import csv
import gzip
import io
import json
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import reversion
from django.apps import apps
from django.utils import timezone

from nutrients.common.version import content_version
from nutrients.models import (
    Answer,
    Article,
    ChangeNote,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Symptom,
)
from nutrients.open_data import files
from nutrients.open_data.tables import TABLES
from tests import factories
from tests.site.pages import text_of

pytestmark = pytest.mark.usefixtures("content")

MODELS = {table.name: table.rows(timezone.now()).model for table in TABLES}
NAMES = [*MODELS]
# Fields that have another name in the files. `status` is always published.
RENAMED = {"publish_at": "published_at", "source": "sources"}
LEFT_OUT = {"id", "status"}
# The id of a row holds its slug.
KEYS = {"slug": "id"}
ANSWER_NAMES = {"slug": "answer"}


def body(response):
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def cells(client):
    """Return the rows of a CSV file as lists of cells, header first."""

    def get(name):
        text = body(client.get(f"/data/{name}.csv")).decode()
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))

    return get


@pytest.fixture
def table(cells):
    """Return the rows of a CSV file as dictionaries, without apostrophes before formulas."""

    def get(name):
        header, *rows = cells(name)
        return [dict(zip(header, map(raw_text, row), strict=True)) for row in rows]

    return get


def raw_text(cell):
    return cell[1:] if cell.startswith("'") and files.FORMULA.match(cell) else cell


def edit(model, slug, **values):
    row = model.objects.get(slug=slug)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def stored(row, field):
    """Return the value of a field as JSON has it, with slugs for related rows."""
    if field.many_to_many:
        linked = getattr(row, field.name).all()
        if field.related_model is Answer:
            return sorted(f"{answer.question.slug}/{answer.slug}" for answer in linked)
        # Links to drafts are not public.
        return sorted(row.slug for row in linked if getattr(row, "status", "published") != "draft")
    value = getattr(row, field.name)
    if field.is_relation:
        return value.slug if value else ""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value


def cell_of(value):
    """Return a value of JSON as CSV has it."""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return "" if value is None else str(value)


@pytest.mark.postgresql
def test_files_have_every_field_of_every_row(client, table):
    # Tables that the shipped content leaves empty.
    with reversion.create_revision():
        ChangeNote.objects.create(text="=A line\nand another", title="-Zinc", address="/changes/")
        spinach = FoodSource.objects.get(slug="spinach-raw")
        FoodPortion.objects.create(food=spinach, description="1 cup", grams=30)
    sources = {row["id"] for row in table("sources")}
    for name, model in MODELS.items():
        names = RENAMED | (ANSWER_NAMES if model is Answer else KEYS)
        fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
        links = [field.name for field in fields if field.is_relation]
        expected = [
            {
                names.get(field.name, field.name): stored(row, field)
                for field in fields
                if field.name not in LEFT_OUT
            }
            for row in model._default_manager.prefetch_related(*links)
            if getattr(getattr(row, "risk_factor", row), "status", "published") == "published"
        ]
        data = json.loads(body(client.get(f"/data/{name}.json")))
        values = [{key: row[key] for key in expected[0]} for row in data["rows"]]
        assert sorted(map(as_text, values)) == sorted(map(as_text, expected)), name
        assert data["table"] == name
        assert {row["version"] for row in data["rows"]} == {data["version"]}, name

        # CSV holds the same rows under the same names.
        rows = table(name)
        assert rows == [{key: cell_of(value) for key, value in row.items()} for row in data["rows"]]
        assert len({row["id"] for row in rows}) == len(rows), name
        assert all(row["licence"] and row["version"] for row in rows), name

        # Sources are named by their row in the table of sources.
        if name not in ("sources", "answers", "changes", "articles"):
            named = {slug for row in rows for slug in row["sources"].split("; ") if slug}
            assert named, name
            assert named <= sources, name


def as_text(row):
    return json.dumps(row, sort_keys=True)


def test_dictionary_explains_every_column_of_every_file(client, cells, table):
    dictionary = table("dictionary")
    headers = {(name, column) for name in NAMES for column in cells(name)[0]}
    tables = {name: table(name) for name in NAMES}

    assert {(row["table"], row["column"]) for row in dictionary} == headers
    assert all(row["meaning"] for row in dictionary)
    json_file = client.get("/data/dictionary.json")
    assert json.loads(body(json_file)) == dictionary
    tag = {"if-none-match": json_file["ETag"]}
    assert client.get("/data/dictionary.json", headers=tag).status_code == 304
    bare = {"position", "group_position", "question_position", "usda_fdc_id"}
    for row in dictionary:
        if row["kind"] == "number" and row["column"] not in bare:
            in_the_row = (row["table"], row["unit"]) in headers
            assert in_the_row or row["unit"] in {"g", "mg", "kcal", "years", "ticks"}, row
        if row["values"]:
            values = {cells[row["column"]] for cells in tables[row["table"]]}
            assert values <= {*row["values"].split("; "), ""}, row


def test_only_public_rows_are_in_the_files(table):
    tremor = Symptom.objects.get(slug="tremor")
    rule = factories.rule(factories.flag("stiff", "urgent"), [factories.symptom("stiff"), tremor])
    assert rule.slug in {row["id"] for row in table("rules")}
    edit(Nutrient, "magnesium", status="draft")
    edit(Symptom, "tremor", publish_at=datetime.now(UTC) + timedelta(days=400))
    edit(Article, "night-leg-cramps", status="draft")

    assert "magnesium" not in {row["id"] for row in table("nutrients")}
    for name in ("associations", "amounts", "intakes"):
        assert "magnesium" not in {row["nutrient"] for row in table(name)}
    assert "tremor" not in {row["symptom"] for row in table("associations")}
    assert not [row for row in table("other-causes") if "tremor" in row["symptoms"].split("; ")]
    assert not [row for row in table("rules") if "tremor" in row["symptoms"].split("; ")]
    # A rule with a hidden tick is left out whole.
    assert rule.slug not in {row["id"] for row in table("rules")}
    assert "night-leg-cramps" not in {row["article"] for row in table("sections")}


def test_no_cell_begins_like_a_formula(cells, table):
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'=1", "＝1"]
    for nutrient, text in zip(Nutrient.objects.all(), texts, strict=False):
        edit(Nutrient, nutrient.slug, tagline=text)

    raw = [cell for row in cells("nutrients") for cell in row]
    assert {f"'{text}" for text in texts} <= set(raw)
    assert not [cell for cell in raw if cell.startswith(("=", "+", "-", "@"))]
    assert set(texts) <= {row["tagline"] for row in table("nutrients")}


def test_rows_have_the_licence_of_their_source(table):
    licences = {row["licence"] for row in table("amounts") if row["sources"] == "usda-sr28"}
    assert licences == {"US government work: public domain (CC0)."}
    assert "Open Government Licence v3." in {row["licence"] for row in table("intakes")}
    assert "no licence has been granted" in table("articles")[0]["licence"]


def test_empty_site_still_has_its_files(client, no_content, table):
    assert client.get("/data/").status_code == 200
    assert [table(name) for name in NAMES] == [[]] * len(NAMES)


def test_every_kind_of_content_is_in_a_table():
    # Groups and questions are part of other rows. The others are not for readers.
    elsewhere = {"FoodGroup", "Picture", "Question", "SafetyCase", "Synonym"}
    versioned = {
        model.__name__
        for model in apps.get_app_config("nutrients").get_models()
        if reversion.is_registered(model)
    }

    assert versioned - elsewhere == {model.__name__ for model in MODELS.values()}


@pytest.mark.parametrize("address", ["/data/amounts.csv", "/data/foods.json"])
def test_file_is_compressed_and_not_sent_again_until_it_changes(client, address):
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    whole, head = client.get(address), client.head(address)
    assert [page.get("Content-Encoding") for page in (packed, whole)] == ["gzip", None]
    assert gzip.decompress(body(packed)) == (text := body(whole))
    assert head["Content-Type"] == whole["Content-Type"]
    assert (head["ETag"], int(head["Content-Length"])) == (whole["ETag"], len(text))
    head.close()
    # Other sites may fetch it.
    assert whole["Access-Control-Allow-Origin"] == "*"
    name = address.removeprefix("/data/")
    assert whole["Content-Disposition"] == f'attachment; filename="nutrisite-{name}"'

    tag = {"if-none-match": packed["ETag"], "accept-encoding": "gzip"}
    since = {"if-modified-since": whole["Last-Modified"]}
    for headers in (tag, since):
        assert client.get(address, headers=headers).status_code == 304


def test_file_follows_the_content_and_replaces_earlier_ones(
    client, settings, tmp_path, monkeypatch
):
    settings.OPEN_DATA_DIR = tmp_path
    first = client.get("/data/foods.json")
    assert b"What is new" not in body(first)
    before = {path.name for path in tmp_path.glob("foods.*")}
    edit(FoodSource, "spinach-raw", note="What is new")

    changed = client.get("/data/foods.json", headers={"if-none-match": first["ETag"]})
    assert b"What is new" in body(changed)
    after = {path.name for path in tmp_path.glob("foods.*")}
    assert len(after) == len(before) == 4
    assert not before & after

    # A row may be dated before the last edit, as one that was imported meanwhile.
    food = factories.food("late", Nutrient.objects.first(), 1)
    FoodSource.objects.filter(pk=food.pk).update(changed_at=food.publish_at)
    imported = client.get("/data/foods.json", headers={"if-none-match": changed["ETag"]})
    assert b'"id": "late"' in body(imported)

    moment = datetime.now(UTC) + timedelta(days=1)
    edit(FoodSource, "late", publish_at=moment)
    assert b'"id": "late"' not in body(client.get("/data/foods.json"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert b'"id": "late"' in body(client.get("/data/foods.json"))


def test_interrupted_writing_leaves_no_file(client, monkeypatch):
    edit(Nutrient, "magnesium", tagline="Another version")
    with monkeypatch.context() as patch:
        patch.setattr(files, "cell_text", lambda value: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.get("/data/nutrients.json")

    assert len(json.loads(body(client.get("/data/nutrients.json")))["rows"]) > 10


def test_request_during_writing_gets_503_and_retry_after(client, monkeypatch):
    monkeypatch.setattr(files, "_writers", threading.BoundedSemaphore(0))
    edit(Nutrient, "magnesium", tagline="Another version")

    response = client.get("/data/nutrients.csv")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.content == b"This file is being written. Ask again in a few seconds.\n"


def test_unwritable_folder_is_reported_to_reader_and_operator(client, settings, tmp_path, lines):
    (tmp_path / "file").touch()
    settings.OPEN_DATA_DIR = tmp_path / "file" / "folder"

    response = client.get("/data/nutrients.csv")

    assert response.status_code == 503
    assert b"cannot be written at the moment" in response.content
    assert "Open data cannot be written" in lines[0]


def test_page_says_how_many_rows_there_are_and_who_may_use_them(client):
    text = text_of(client.get("/data/"))

    assert f"{NutrientAmount.objects.count():,}" in text
    assert "No licence has been granted yet for the words" in text
    assert f"Version {content_version(at=timezone.now()).label}" in text
    assert "In Excel, open it from the menu Data" in text
