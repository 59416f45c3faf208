"""load_content adds missing rows and never undoes what an editor did."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reversion.models import Revision

from nutrients.common.version import content_version
from nutrients.content import loader
from nutrients.models import (
    FoodGroup,
    FoodSource,
    RedFlag,
    RedFlagRule,
    ShippedRow,
    Source,
    Symptom,
)
from tests.browser import databases, server
from tests.content.fixture_files import flag, food, group, load, row, source, symptom, write

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("no_content")]


def slugs_of(model):
    return [row.slug for row in model.objects.all()]


def test_first_load_fills_the_tables_and_leaves_no_trace_of_an_edit(tmp_path):
    output, _ = load(write(tmp_path, [source(), group()], [food()]))

    almonds = FoodSource.objects.get()
    assert output == "Content: 3 added, 0 kept as they were."
    assert (almonds.group.slug, almonds.sources.get().slug) == ("nuts", "book")
    assert almonds.changed_at == almonds.publish_at
    assert not Revision.objects.exists()


def test_load_refreshes_the_statistics_of_the_tables_even_with_nothing_to_add(tmp_path):
    load(files := write(tmp_path, [source(), group()]))
    # A migration that rebuilds a table drops its statistics, by which queries are planned.
    with CaptureQueriesContext(connection) as queries:
        load(files)

    assert "ANALYZE" in [query["sql"] for query in queries]


def test_load_that_brings_something_and_an_edit_change_the_version(tmp_path, admin_client):
    first, second = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    later = datetime.now(UTC) + timedelta(days=2)
    files = write(tmp_path, [source(), group()], [food()])
    assert content_version(at=later) is None
    loader.load(files, at=first)
    loader.load(files, at=second)
    assert content_version(at=later).changed_at == first
    assert content_version(at=later).label == "2026-11-23.093000"
    loader.load(write(tmp_path, [source(), group()], [food()], [source("tale")]), at=second)
    assert content_version(at=later).changed_at == second

    # A group of foods has no date.
    pips = FoodGroup.objects.create(slug="pips", name="Pips")
    for screen in ("change", "delete"):
        before = content_version(at=later)
        address = reverse(f"admin:nutrients_foodgroup_{screen}", args=[pips.pk])
        sent = {"name": "Stones", "position": "9", "post": "yes"}
        assert admin_client.post(address, sent).status_code == 302
        assert content_version(at=later).changed_at > before.changed_at


def test_deleted_row_stays_deleted_with_what_depends_on_it(tmp_path):
    rule = row("redflagrule", slug="one", red_flag=["burst"], symptoms=[["tired"]])
    tired = symptom("tired", "Tired")
    before = [source(), source("tale"), group(), tired, flag(), rule]
    load(write(tmp_path, before))
    Source.objects.get(slug="tale").delete()
    FoodGroup.objects.all().delete()
    RedFlag.objects.get().delete()

    cramps = symptom(sources=[("book",), ("tale",)])
    output, _ = load(write(tmp_path, [*before, group("seeds", "Seeds")], [food(), cramps]))

    assert output == "Content: 2 added, 2 kept as they were, 5 left deleted."
    assert (slugs_of(Source), slugs_of(FoodGroup)) == (["book"], ["seeds"])
    assert not FoodSource.objects.exists()
    assert (RedFlag.objects.count(), RedFlagRule.objects.count()) == (0, 0)
    assert Symptom.objects.get(slug="cramps").sources.get().slug == "book"


def test_new_rule_that_names_a_deleted_tick_is_left_out_whole(tmp_path):
    before = [source(), symptom(), symptom("tired", "Tired"), flag()]
    rule = row("redflagrule", slug="both", red_flag=["burst"], symptoms=[["cramps"], ["tired"]])
    load(write(tmp_path, before))
    Symptom.objects.get(slug="tired").delete()

    output, _ = load(write(tmp_path, before, [rule]))
    plan, _ = load(write(tmp_path, before, [rule]), "--plan")

    assert RedFlagRule.objects.count() == 0
    assert output == "Content: 5 rows shipped, nothing to add, 2 left deleted."
    assert "1 left out, because what they need was deleted (red flag rules: 1)." in plan


def test_row_of_an_editor_with_the_same_name_stays(tmp_path):
    load(write(tmp_path, [source(), group()]))
    FoodGroup.objects.create(slug="pips", name="Seeds")

    rows = [source(), group(), group("seeds", "Seeds"), food(group=["seeds"])]
    output, errors = load(write(tmp_path, rows))

    assert "nothing to add" in output
    assert errors == (
        "01_rows.jsonl, row 3: nutrients.foodgroup seeds was left out,"
        " because another row has its name."
    )
    assert slugs_of(FoodGroup) == ["nuts", "pips"]

    FoodGroup.objects.filter(slug="pips").update(name="Pips")
    load(write(tmp_path, rows))
    assert slugs_of(FoodGroup) == ["nuts", "pips", "seeds"]


UNKNOWN_ANSWER = row("redflagrule", slug="fast", red_flag=["burst"], answers=[["onset", "odd"]])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([group(), food()], "row 2: its sources leads to nutrients.source book, which is neither"),
        ([source(), flag(), UNKNOWN_ANSWER], "row 3: its answers leads to nutrients.answer onset"),
        ([row("fruit", slug="x")], "row 1: it cannot be read as a row (LookupError: "),
        ([row("shippedrow", slug="x")], "row 1: it cannot be read as a row (AttributeError: "),
        ([row("foodgroup", slug="x", name="n" * 61)], "row 1: nutrients.foodgroup x is not valid"),
        ([row("redflagrule", slug="x", symptoms=5)], "row 1: it cannot be read as a row (TypeE"),
        ([source(checked_on=5)], "row 1: nutrients.source book is not valid, its checked_on"),
        ([group(), group("seeds", "Nuts")], "row 2: nutrients.foodgroup seeds is refused"),
    ],
)
def test_broken_fixture_is_named_and_leaves_nothing(tmp_path, rows, message):
    with pytest.raises(CommandError) as error:
        load(write(tmp_path, rows))

    assert str(error.value).startswith(f"01_rows.jsonl, {message}")
    assert ShippedRow.objects.count() == FoodGroup.objects.count() == Source.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("1.txt", b"", "There are no fixtures in "),
        ("1.yaml", b"- [", "1.yaml cannot be read: while parsing"),
        ("1.yaml", b"- \xe9", "1.yaml cannot be read: 'utf-8' codec"),
        ("1.jsonl", b"{", "1.jsonl cannot be read: Expecting"),
        # An empty file would withdraw its rows.
        ("1.yaml", b"", "1.yaml, row 1: it cannot be read as a row"),
        ("1.yaml", b"nutrients.source: {}", "1.yaml, row 1: it cannot be read as a row"),
    ],
)
def test_folder_without_readable_fixtures_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError) as error:
        load(tmp_path)

    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_two_loads_at_once_do_not_collide(template, tmp_path):
    server.unpack(template, site := tmp_path / "site")
    # Otherwise the rows loaded before would count as withdrawn from the files.
    databases.execute(site, "DELETE FROM nutrients_shippedrow")
    files = write(tmp_path, [source(), group("pips", "Pips")])
    with ThreadPoolExecutor(2) as pool:
        loads = [pool.submit(server.manage, site, "load_content", str(files)) for _ in range(2)]

    assert sorted(" added," in load.result() for load in loads) == [False, True]
    count = "SELECT count(*) FROM nutrients_foodgroup WHERE slug = 'pips'"
    assert databases.execute(site, count) == [(1,)]
